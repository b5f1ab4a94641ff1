"""Anchors as YOLO has them (torch): shapes without a place.

A box that is compared with an anchor is first laid upon it, corner on corner, so that
only width and height count.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_positive, check_shape


def shape_iou(sizes: Tensor, anchors: Tensor) -> Tensor:
    """IoU of boxes that share a corner.

    Args:
        sizes: (N, 2) widths and heights.
        anchors: (B, 2) the same.

    Returns:
        (N, B) in (0, 1].

    Raises:
        ShapeError, TypeError, ValueError: not (N, 2) positive numbers.

    Example:
        >>> shape_iou(torch.tensor([[2., 4.]]), torch.tensor([[2., 4.], [4., 2.]]))
        tensor([[1.0000, 0.3333]])
    """
    sizes, anchors = check_sizes("sizes", sizes), check_sizes("anchors", anchors)
    return _shape_iou(sizes, anchors.to(sizes))


def _shape_iou(sizes: Tensor, anchors: Tensor) -> Tensor:
    shared = torch.minimum(sizes[:, None], anchors).prod(dim=2)  # (N, B)
    return shared / (sizes.prod(dim=1)[:, None] + anchors.prod(dim=1) - shared)


def assign_anchors(sizes: Tensor, anchors: Tensor) -> Tensor:
    """(N,) int64: the anchor whose shape overlaps each box most, the first of equals.

    Args, Raises: those of `shape_iou`.

    Example:
        >>> anchors = torch.tensor([[30., 80.], [80., 30.]])  # tall, wide
        >>> assign_anchors(torch.tensor([[20., 60.], [60., 9.]]), anchors)
        tensor([0, 1])
    """
    return shape_iou(sizes, anchors).argmax(dim=1)


def cluster_anchors(sizes: Tensor, num_anchors: int, *, rounds: int = 100) -> Tensor:
    """Anchors that fit given shapes: k-means with 1 − IoU for the distance.

    With plain distances large boxes would decide everything: ten pixels are much of a
    small box and little of a large one. The search starts from the boxes in order of
    area, in B equal parts, so it needs no luck.

    Args:
        sizes: (N, 2) widths and heights of the objects of a training set.
        num_anchors: B, at most N.
        rounds: at most; it stops when nothing moves.

    Returns:
        (B, 2), the smallest area first.

    Raises:
        ShapeError, TypeError, ValueError: as `shape_iou`; or there are too few shapes.

    Source:
        Redmon and Farhadi, YOLO9000, CVPR 2017, section 2. They do not say how a
        centre is computed; here it is the median of widths and that of heights.

    Example:
        >>> sizes = torch.tensor([[9., 10.], [10., 10.], [40., 20.], [44., 20.]])
        >>> cluster_anchors(sizes, 2)
        tensor([[ 9., 10.],
                [40., 20.]])
    """
    sizes = check_sizes("sizes", sizes)
    B = check_positive("num_anchors", num_anchors)
    if len(sizes) < B:
        raise ValueError(
            f"num_anchors must be at most the number of sizes, {len(sizes)}, got {B}; "
            "an anchor is the middle of some of them"
        )
    order = sizes.prod(dim=1).argsort(stable=True)
    anchors = torch.stack([_middle(sizes[part]) for part in order.tensor_split(B)])
    for _ in range(check_positive("rounds", rounds)):
        nearest = _shape_iou(sizes, anchors).argmax(dim=1)
        moved = [
            _middle(sizes[nearest == b]) if (nearest == b).any() else anchors[b]
            for b in range(B)
        ]
        if torch.equal(torch.stack(moved), anchors):
            break
        anchors = torch.stack(moved)
    return anchors[anchors.prod(dim=1).argsort(stable=True)]


def _middle(sizes: Tensor) -> Tensor:
    return sizes.median(dim=0).values


def check_sizes(name: str, sizes: Tensor | Sequence[Sequence[float]]) -> Tensor:
    """(B, 2) positive floats, of a tensor or of nested lists.

    Raises:
        TypeError: neither of them.
        ShapeError: not (B, 2).
        ValueError: a side is not positive and finite.

    Example:
        >>> check_sizes("anchors", [[30, 80], [80, 30]])
        tensor([[30., 80.],
                [80., 30.]])
    """
    if isinstance(sizes, (list, tuple)):
        sizes = torch.tensor(sizes, dtype=torch.float32)
    check_tensor(name, sizes)
    check_shape(name, sizes, "B 2")
    sizes = sizes if sizes.is_floating_point() else sizes.float()
    wrong = ~((sizes > 0) & sizes.isfinite()).all(dim=1)
    if wrong.any():
        n = int(wrong.nonzero()[0])
        raise ValueError(
            f"{name} must be positive widths and heights, got {name}[{n}] = "
            f"{sizes[n].tolist()}; did you pass boxes' corners?"
        )
    return sizes
