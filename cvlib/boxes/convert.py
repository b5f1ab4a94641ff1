"""Three ways to write a box down, its area, and two ways to tidy a list (torch)."""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_box_array, check_boxes
from cvlib.validate import check_choice, check_number, pair

FORMATS = ("xyxy", "xywh", "cxcywh")


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Write boxes in another format.

    "xyxy" is two corners, "xywh" the upper left corner and the size, "cxcywh" the
    middle and the size. Every conversion goes through "xyxy", so there are four rules
    and not six.

    Args:
        boxes: (N, 4) in `in_fmt`.
        in_fmt: "xyxy", "xywh" or "cxcywh".
        out_fmt: the same.

    Returns:
        (N, 4), never the same memory; fractions where a middle may be one.

    Raises:
        TypeError, ShapeError: `boxes` are not (N, 4) numbers.
        ValueError: a format is unknown, a coordinate is not finite, or a width or
            height is negative.

    Example:
        >>> box_convert(torch.tensor([[2., 3., 8., 5.]]), "xyxy", "cxcywh")
        tensor([[5., 4., 6., 2.]])
    """
    check_choice("in_fmt", in_fmt, FORMATS)
    check_choice("out_fmt", out_fmt, FORMATS)
    if in_fmt == "xyxy":
        check_boxes("boxes", boxes)
    else:
        _check_sizes(boxes, in_fmt)
    if in_fmt == out_fmt:
        return boxes.clone()
    return _from_xyxy(_to_xyxy(boxes, in_fmt), out_fmt)


def _to_xyxy(boxes: Tensor, fmt: str) -> Tensor:
    a, b, w, h = boxes.unbind(dim=1)
    if fmt == "xywh":
        return torch.stack([a, b, a + w, b + h], dim=1)
    if fmt == "cxcywh":
        return torch.stack([a - w / 2, b - h / 2, a + w / 2, b + h / 2], dim=1)
    return boxes


def _from_xyxy(boxes: Tensor, fmt: str) -> Tensor:
    x1, y1, x2, y2 = boxes.unbind(dim=1)
    if fmt == "xywh":
        return torch.stack([x1, y1, x2 - x1, y2 - y1], dim=1)
    if fmt == "cxcywh":
        middle = (x1 + x2) / 2, (y1 + y2) / 2
        return torch.stack([*middle, x2 - x1, y2 - y1], dim=1)
    return boxes


def _check_sizes(boxes: Tensor, fmt: str) -> None:
    check_box_array("boxes", boxes)
    negative = (boxes[:, 2:] < 0).any(dim=1)
    if negative.any():
        first = int(negative.nonzero()[0])
        values = ", ".join(f"{value:g}" for value in boxes[first].tolist())
        raise ValueError(
            f"boxes must have w ≥ 0 and h ≥ 0 in {fmt!r}, "
            f"got boxes[{first}] = ({values})"
        )


def box_area(boxes: Tensor) -> Tensor:
    """Width times height.

    Args:
        boxes: (N, 4) xyxy.

    Returns:
        (N,) in pixels²; int64 for integers, and float32 at least for fractions, because
        a box of 300 × 300 pixels is more than half precision can hold.

    Raises:
        TypeError, ShapeError, ValueError: `boxes` are not boxes.

    Example:
        >>> box_area(torch.tensor([[2., 3., 8., 5.], [4., 4., 4., 9.]]))
        tensor([12.,  0.])
    """
    check_boxes("boxes", boxes)
    return area(upcast(boxes))


def area(boxes: Tensor) -> Tensor:
    """`box_area` of boxes that were checked.

    Example:
        >>> area(torch.tensor([[2, 3, 8, 5]]))
        tensor([12])
    """
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def upcast(boxes: Tensor) -> Tensor:
    """The dtype in which products of coordinates neither overflow nor vanish.

    Example:
        >>> upcast(torch.tensor([200], dtype=torch.uint8)).dtype
        torch.int64
    """
    if not boxes.dtype.is_floating_point:
        return boxes.long()
    return boxes.to(torch.promote_types(boxes.dtype, torch.float32))


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Cut off what lies outside the picture.

    A box that lies outside altogether becomes empty, on the border: it stays in the
    list, so that scores still match. `remove_small_boxes` finds it.

    Args:
        boxes: (N, 4) xyxy.
        size: (height, width) of the picture.

    Returns:
        (N, 4) with 0 ≤ x ≤ width and 0 ≤ y ≤ height.

    Raises:
        TypeError, ShapeError, ValueError: `boxes` are not boxes, `size` not two sizes.

    Example:
        >>> clip_boxes_to_image(torch.tensor([[-5., 2., 30., 9.]]), (10, 20))
        tensor([[ 0.,  2., 20.,  9.]])
    """
    check_boxes("boxes", boxes)
    height, width = pair("size", size, minimum=0)
    x = boxes[:, 0::2].clamp(0, width)
    y = boxes[:, 1::2].clamp(0, height)
    return torch.stack([x, y], dim=2).reshape(-1, 4)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """Which boxes have both sides at least `min_size` long.

    Args:
        boxes: (N, 4) xyxy.
        min_size: in pixels, at least 0.

    Returns:
        int64 indices of those that stay, in order; `boxes[keep]` and `scores[keep]`
        still belong together.

    Raises:
        TypeError, ShapeError, ValueError: `boxes` are not boxes, `min_size` negative.

    Example:
        >>> remove_small_boxes(torch.tensor([[0., 0., 9., 1.], [0., 0., 9., 9.]]), 2)
        tensor([1])
    """
    check_boxes("boxes", boxes)
    min_size = check_number("min_size", min_size, minimum=0)
    sides = boxes[:, 2:] - boxes[:, :2]
    return (sides >= min_size).all(dim=1).nonzero()[:, 0]
