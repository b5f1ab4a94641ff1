"""What every pooling of regions asks of its arguments (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.boxes.guards import check_boxes, check_tensor
from cvlib.validate import (
    ShapeError,
    check_floating,
    check_no_nan,
    check_number,
    check_shape,
    pair,
)

Regions = Tensor | Sequence[Tensor]


def check_regions(input: Tensor, boxes: Regions) -> Tensor:
    """Return the regions as (K, 5): number of the image, then xyxy.

    Args:
        input: (N, C, H, W), floating point.
        boxes: (K, 5), or for each image a tensor (L, 4).

    Returns:
        (K, 5) on the device of `input`; in its dtype, half precision made float.

    Raises:
        TypeError: an argument is not a tensor or not floating point.
        ShapeError: an argument has another shape.
        ValueError: a box is none, or an image does not exist.

    Example:
        >>> maps = torch.zeros(2, 1, 8, 8)
        >>> check_regions(maps, [torch.zeros(0, 4), torch.ones(1, 4)])
        tensor([[1., 1., 1., 1., 1.]])
    """
    check_tensor("input", input)
    N, *_ = check_shape("input", input, "N C H W")
    check_floating("input", input)
    exact = input.dtype in (torch.float32, torch.float64)
    to = {"device": input.device, "dtype": input.dtype if exact else torch.float32}
    if not isinstance(boxes, Tensor):
        return _of_images(boxes, N).to(**to)
    if boxes.ndim == 2 and boxes.shape[1] == 4:
        raise ShapeError(
            f"boxes must be (K, 5) or a list of (L, 4), one an image, got "
            f"{tuple(boxes.shape)}; did you mean [boxes]?"
        )
    check_shape("boxes", boxes, "K 5")
    check_boxes("boxes[:, 1:]", boxes[:, 1:])
    images = boxes[:, 0]
    check_no_nan("boxes[:, 0]", images)
    wrong = (images < 0) | (images >= N) | (images != images.floor())
    if wrong.any():
        raise ValueError(
            f"boxes[:, 0] must be numbers of images from 0 to {N - 1}, got "
            f"{images[wrong][0]:g}; the columns are image, x1, y1, x2, y2"
        )
    return boxes.detach().to(**to)


def _of_images(boxes: Sequence[Tensor], N: int) -> Tensor:
    if len(boxes) != N:
        raise ShapeError(
            f"boxes must be one tensor (L, 4) for each of {N} images, got "
            f"{len(boxes)}; an image without regions has torch.zeros(0, 4)"
        )
    for n, own in enumerate(boxes):
        check_boxes(f"boxes[{n}]", own)
    columns = [own.detach().double() for own in boxes]
    images = [own.new_full((len(own), 1), n) for n, own in enumerate(columns)]
    return torch.cat([torch.cat(images), torch.cat(columns)], dim=1)


def check_sizes(
    output_size: int | tuple[int, int], spatial_scale: float
) -> tuple[int, int, float]:
    """Return P, Q and the scale.

    Raises:
        TypeError, ValueError: the sizes are not positive integers, the scale is not a
            positive number.

    Example:
        >>> check_sizes(7, 1 / 16)
        (7, 7, 0.0625)
    """
    P, Q = pair("output_size", output_size)
    scale = check_number("spatial_scale", spatial_scale)
    if scale <= 0:
        raise ValueError(
            f"spatial_scale must be positive, got {spatial_scale}; it is the size of "
            "the map over the size of the image, 1/16 for a stride of 16"
        )
    return P, Q, scale
