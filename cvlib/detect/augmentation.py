"""The same example, seen differently: mirrored, zoomed, in another light (torch)."""

import torch
from torch import Tensor

from cvlib.augment import (
    Sample,
    random_channel_permutation,
    random_horizontal_flip,
    random_jitter,
    random_resized_crop,
)
from cvlib.boxes import box_area, remove_small_boxes

LEAST_LEFT = 0.4
"""Objects of whose box less is left after a crop are forgotten."""


def standard_detection(
    example: tuple[Tensor, dict[str, Tensor]], generator: torch.Generator | None = None
) -> tuple[Tensor, dict[str, Tensor]]:
    """Mirror, cut out at least six tenths of the picture, change light and colours.

    Everything that stands beside the boxes, one row an object, stays beside them.
    Masks and proposals move with the picture.

    Args:
        example: image (3, H, W) and its target.
        generator: source of the draws; None for torch's own.

    Returns:
        An example of the same size.

    Example:
        >>> target = {"boxes": torch.tensor([[4.0, 4, 20, 20]]),
        ...           "labels": torch.tensor([1])}
        >>> image, target = standard_detection((torch.rand(3, 32, 40), target))
        >>> image.shape, sorted(target)
        (torch.Size([3, 32, 40]), ['boxes', 'labels'])
    """
    image, target = example
    M = len(target["boxes"])
    proposals = target.get("proposals", target["boxes"][:0])
    boxes = torch.cat([target["boxes"], proposals])
    corners = target["boxes"].unflatten(1, (2, 2))  # points, which no edge cuts off
    sample = Sample(image, boxes, target.get("masks"), corners)
    sample = random_horizontal_flip(sample, generator)
    size = (image.shape[1], image.shape[2])
    sample = random_resized_crop(sample, generator, size=size, scale=(0.6, 1.0))
    image = random_jitter(
        sample.image, generator, brightness=0.4, contrast=0.4, saturation=0.8
    )
    boxes, proposals = sample.boxes[:M], sample.boxes[M:]
    whole = (sample.points[:, 1] - sample.points[:, 0]).abs().prod(1)
    left = box_area(boxes) >= LEAST_LEFT * whole
    moved = {"boxes": boxes, "masks": sample.masks}
    changed = {
        key: moved.get(key, value)[left]
        for key, value in target.items()
        if key != "proposals"
    }
    if "proposals" in target:
        changed["proposals"] = proposals[remove_small_boxes(proposals, 1.0)]
    return random_channel_permutation(image, generator), changed
