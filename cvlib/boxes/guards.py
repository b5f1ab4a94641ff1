"""What every function of boxes asks of its boxes (torch)."""

import torch
from torch import Tensor

from cvlib.validate import check_no_nan, check_shape


def check_boxes(name: str, boxes: Tensor) -> int:
    """Return how many boxes there are, if they are boxes; else raise one sentence.

    A box that has its corners swapped would get a negative width, an area with the
    wrong sign and a wrong overlap: nearly always it came in another format.

    Args:
        name: what the caller calls the boxes.
        boxes: (N, 4) xyxy, floating point or integers; empty boxes are boxes.

    Returns:
        N.

    Raises:
        TypeError: `boxes` is no tensor, or holds neither real numbers nor integers.
        ShapeError: `boxes` is not (N, 4).
        ValueError: a coordinate is NaN or infinite, or a box has x2 < x1 or y2 < y1.

    Example:
        >>> check_boxes("boxes", torch.tensor([[0, 0, 4, 3], [1, 1, 1, 1]]))
        2
        >>> check_boxes("boxes", torch.tensor([[9, 9, 4, 3]]))
        Traceback (most recent call last):
        ValueError: boxes must have x2 ≥ x1 and y2 ≥ y1, got boxes[0] = (9, 9, 4, 3); \
did you mean box_convert(boxes, 'xywh', 'xyxy')?
    """
    N = check_box_array(name, boxes)
    inverted = (boxes[:, 2:] < boxes[:, :2]).any(dim=1)
    if inverted.any():
        first = int(inverted.nonzero()[0])
        values = ", ".join(f"{value:g}" for value in boxes[first].tolist())
        raise ValueError(
            f"{name} must have x2 ≥ x1 and y2 ≥ y1, got {name}[{first}] = ({values}); "
            f"did you mean box_convert({name}, 'xywh', 'xyxy')?"
        )
    return N


def check_box_array(name: str, boxes: Tensor) -> int:
    """Return N of (N, 4) numbers in any format: what `box_convert` may ask.

    Raises:
        TypeError, ShapeError, ValueError: as `check_boxes`, but for swapped corners.

    Example:
        >>> check_box_array("boxes", torch.tensor([[10, 10, 4, 3]]))  # as xywh
        1
    """
    check_tensor(name, boxes)
    N, _ = check_shape(name, boxes, "N 4")
    if boxes.dtype == torch.bool or boxes.dtype.is_complex:
        dtype = str(boxes.dtype).removeprefix("torch.")
        raise TypeError(
            f"{name} must be floating point or integers, got {dtype}; "
            "a box is four coordinates in pixels"
        )
    if not boxes.isfinite().all():
        check_no_nan(name, boxes)
        raise ValueError(
            f"{name} must be finite, got {int(boxes.isinf().sum())} infinite of "
            f"{boxes.numel()} values; clamp what goes into exp"
        )
    return N


def check_scores(name: str, scores: Tensor, boxes: Tensor) -> None:
    """Refuse anything but one number, not NaN, for each of the boxes.

    Raises:
        TypeError: `scores` is no tensor.
        ShapeError: `scores` is not (N,) for N boxes.
        ValueError: a score is NaN: it is neither above nor below another.

    Example:
        >>> check_scores("scores", torch.tensor([[0.9], [0.8]]), torch.zeros(2, 4))
        Traceback (most recent call last):
        cvlib.validate.ShapeError: scores must be (2,) to match boxes (2, 4), \
got (2, 1); did you mean scores[:, 0]?
    """
    check_tensor(name, scores)
    N = len(boxes)
    check_shape(name, scores, "N", N=N, to_match=f"boxes {N, 4}")
    check_no_nan(name, scores)


def check_tensor(name: str, value: Tensor) -> None:
    """Refuse a NumPy array or a list where torch is spoken.

    Raises:
        TypeError: `value` is not a tensor.

    Example:
        >>> check_tensor("scores", [0.9, 0.8])
        Traceback (most recent call last):
        TypeError: scores must be a torch tensor, got list; \
did you mean torch.as_tensor(scores)?
    """
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name} must be a torch tensor, got {type(value).__name__}; "
            f"did you mean torch.as_tensor({name})?"
        )
