"""What a box regressor predicts: how to move and stretch a proposal (torch)."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.boxes.convert import box_convert
from cvlib.boxes.guards import check_box_array, check_boxes, check_tensor
from cvlib.validate import check_floating, check_no_nan, check_number, check_shape

BBOX_XFORM_CLIP = math.log(1000 / 16)
"""The most a side may grow, as a logarithm: a stride of 16 to a picture of 1000."""


def encode_boxes(
    reference_boxes: Tensor,
    proposals: Tensor,
    *,
    weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
) -> Tensor:
    """The four numbers that turn each proposal into the box it should have been.

    dx and dy say how far the middle has to move, in widths and heights of the proposal;
    dw and dh how much it has to grow, as a logarithm: twice and half are equally far.
    So a shift of 5 pixels is much for a small box and little for a large one.

    Args:
        reference_boxes: (N, 4) xyxy, what each proposal should become.
        proposals: (N, 4) xyxy, one for each.
        weights: multiply dx, dy, dw and dh; R-CNN's box heads use (10, 10, 5, 5), which
            brings the targets near a standard deviation of 1.

    Returns:
        (N, 4) dx, dy, dw, dh.

    Raises:
        TypeError, ShapeError: the arguments are not boxes, one for each.
        ValueError: a box has no area, or there are not four positive weights.

    Source:
        Girshick et al., Rich feature hierarchies, CVPR 2014, appendix C.

    Example:
        >>> proposal = torch.tensor([[0., 0., 10., 10.]])
        >>> encode_boxes(torch.tensor([[5., 0., 25., 10.]]), proposal)
        tensor([[1.0000, 0.0000, 0.6931, 0.0000]])
    """
    N = _check_with_area("reference_boxes", reference_boxes)
    _check_with_area("proposals", proposals)
    check_shape("proposals", proposals, "N 4", N=N, to_match=f"reference_boxes {N, 4}")
    weights = _check_weights(weights)
    g = box_convert(reference_boxes, "xyxy", "cxcywh")
    p = box_convert(proposals, "xyxy", "cxcywh")
    shift = (g[:, :2] - p[:, :2]) / p[:, 2:]
    growth = torch.log(g[:, 2:] / p[:, 2:])
    return torch.cat([shift, growth], dim=1) * shift.new_tensor(weights)


def decode_boxes(
    rel_codes: Tensor,
    boxes: Tensor,
    *,
    weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    bbox_xform_clip: float = BBOX_XFORM_CLIP,
) -> Tensor:
    """Move and stretch each box as the regressor says: `encode_boxes` undone.

    Args:
        rel_codes: (N, 4) dx, dy, dw, dh; or (N, 4·K) for K classes side by side.
        boxes: (N, 4) xyxy, the proposals or anchors.
        weights: those the targets were encoded with.
        bbox_xform_clip: dw and dh are cut off above, so that exp cannot overflow in the
            first steps of a training; not below, a side that vanishes does no harm.

    Returns:
        xyxy, of the shape of `rel_codes`.

    Raises:
        TypeError, ShapeError: `boxes` are not boxes, `rel_codes` not 4·K fractions for
            each.
        ValueError: a code is NaN, or there are not four positive weights.

    Source:
        Girshick et al., CVPR 2014, equations 1 to 4.

    Example:
        >>> codes = torch.tensor([[1., 0., 0., 0.], [0., 0., 99., 0.]])
        >>> decode_boxes(codes, torch.tensor([[0., 0., 16., 16.]] * 2)).round()
        tensor([[  16.,    0.,   32.,   16.],
                [-492.,    0.,  508.,   16.]])
    """
    N = check_boxes("boxes", boxes)
    codes = _check_codes(rel_codes, N)  # (N, K, 4)
    clip = check_number("bbox_xform_clip", bbox_xform_clip, minimum=0)
    codes = codes / codes.new_tensor(_check_weights(weights))
    p = box_convert(boxes, "xyxy", "cxcywh")[:, None].to(codes.dtype)  # (N, 1, 4)
    middle = p[..., :2] + codes[..., :2] * p[..., 2:]
    half = p[..., 2:] * codes[..., 2:].clamp(max=clip).exp() / 2
    return torch.cat([middle - half, middle + half], dim=2).reshape(rel_codes.shape)


def _check_with_area(name: str, boxes: Tensor) -> int:
    N = check_boxes(name, boxes)
    empty = (boxes[:, 2:] == boxes[:, :2]).any(dim=1)
    if empty.any():
        first = int(empty.nonzero()[0])
        values = ", ".join(f"{value:g}" for value in boxes[first].tolist())
        raise ValueError(
            f"{name} must have an area, got {name}[{first}] = ({values}): its size has "
            "no logarithm; leave such boxes out with remove_small_boxes"
        )
    return N


def _check_codes(rel_codes: Tensor, N: int) -> Tensor:
    check_tensor("rel_codes", rel_codes)
    _, four = check_shape("rel_codes", rel_codes, "N 4K", N=N, to_match=f"boxes {N, 4}")
    if four % 4:
        check_box_array("rel_codes", rel_codes)  # says what is wanted
    check_floating("rel_codes", rel_codes)
    check_no_nan("rel_codes", rel_codes)
    return rel_codes.reshape(N, four // 4, 4)


def _check_weights(weights: Sequence[float]) -> list[float]:
    if len(weights) != 4 or min(weights) <= 0:
        raise ValueError(
            "weights must be four positive numbers, for dx, dy, dw and dh, "
            f"got {tuple(weights)}"
        )
    return [float(weight) for weight in weights]
