"""Which map of a feature pyramid a box is read from (torch)."""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_boxes
from cvlib.validate import check_int

SLACK = 1e-6
"""So that a box of exactly 224 pixels stays on its level."""


def fpn_level(
    boxes: Tensor,
    k_min: int,
    k_max: int,
    *,
    canonical_scale: float = 224,
    canonical_level: int = 4,
) -> Tensor:
    """⌊k₀ + log₂(√area / 224)⌋, kept between the coarsest and the finest level.

    Args:
        boxes: (N, 4) xyxy in pixels of the image.
        k_min: the finest level there is; level k has a stride of 2ᵏ.
        k_max: the coarsest.
        canonical_scale: the side of a box that goes to `canonical_level`.
        canonical_level: k₀.

    Returns:
        (N,) int64. torchvision counts from `k_min` instead.

    Raises:
        TypeError, ShapeError, ValueError: `boxes` are no boxes, or k_min > k_max.

    Source:
        Lin et al., Feature pyramid networks for object detection, CVPR 2017.

    Example:
        >>> sides = torch.tensor([56.0, 112, 223, 224, 500, 0])
        >>> fpn_level(torch.stack([0 * sides, 0 * sides, sides, sides], 1), 2, 5)
        tensor([2, 3, 3, 4, 5, 2])
    """
    check_boxes("boxes", boxes)
    k_max = check_int("k_max", k_max, minimum=check_int("k_min", k_min))
    width, height = (boxes[:, 2:] - boxes[:, :2]).double().unbind(1)
    root = (width * height).sqrt()
    level = (canonical_level + (root / canonical_scale).log2() + SLACK).floor()
    return level.clamp(k_min, k_max).to(torch.int64)
