"""Which anchor stands for which object, by overlap (torch)."""

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_floating, check_no_nan, check_number, check_shape

BELOW = -1
"""Matched to nothing: background."""
BETWEEN = -2
"""Neither one nor the other: left out of the loss."""


def match(
    iou: Tensor, *, high: float, low: float, allow_low_quality: bool = False
) -> Tensor:
    """The object that each box stands for, or that it stands for none.

    A box with IoU ≥ `high` stands for the object it overlaps most. Below `low` it is
    background, between the two it is nothing. With `allow_low_quality` the best box of
    each object, all of them if several are equally good, is matched however low its
    IoU: to the object which *it* overlaps most. An object that no box touches gets
    none; torchvision would let every box that touches nothing stand for it.

    Args:
        iou: (M, N) of M objects with N boxes, as `box_iou(objects, boxes)`.
        high: at and above it, matched.
        low: below it, background.
        allow_low_quality: no object that is touched goes without a box.

    Returns:
        (N,) int64: number of the object, or `BELOW`, or `BETWEEN`. Without objects all
        are `BELOW`, where torchvision raises.

    Raises:
        TypeError, ShapeError: `iou` is not a floating-point tensor (M, N).
        ValueError: it holds NaN, or low > high.

    Source:
        Ren, He, Girshick, Sun, Faster R-CNN, NeurIPS 2015.

    Example:
        >>> iou = torch.tensor([[0.8, 0.5, 0.1, 0.0], [0.0, 0.0, 0.2, 0.4]])
        >>> match(iou, high=0.7, low=0.3)
        tensor([ 0, -2, -1, -2])
        >>> match(iou, high=0.7, low=0.3, allow_low_quality=True)
        tensor([ 0, -2, -1,  1])
    """
    check_tensor("iou", iou)
    M, N = check_shape("iou", iou, "M N")
    check_floating("iou", iou)
    check_no_nan("iou", iou)
    check_number("low", low, minimum=0, maximum=check_number("high", high))
    if M == 0 or N == 0:
        return torch.full((N,), BELOW, device=iou.device)
    best, nearest = iou.max(dim=0)
    matches = nearest.clone()
    matches[best < high] = BETWEEN
    matches[best < low] = BELOW
    if allow_low_quality:
        best_of_object = iou.amax(dim=1, keepdim=True)
        rescued = ((iou == best_of_object) & (best_of_object > 0)).any(dim=0)
        matches[rescued] = nearest[rescued]
    return matches


def anchor_labels(matches: Tensor) -> Tensor:
    """1 for an anchor that stands for an object, 0 for background, −1 for neither.

    Example:
        >>> anchor_labels(torch.tensor([0, BETWEEN, BELOW, 1]))
        tensor([ 1, -1,  0,  1])
    """
    labels = (matches >= 0).long()
    labels[matches == BETWEEN] = -1
    return labels


def roi_labels(
    iou: Tensor,
    labels: Tensor,
    *,
    foreground: float = 0.5,
    background: tuple[float, float] = (0.1, 0.5),
) -> tuple[Tensor, Tensor]:
    """The class of each region, 0 for background, −1 if it is left out (Fast R-CNN).

    A region with IoU ≥ `foreground` gets the class of the object it overlaps most. It
    is background if its best IoU lies in [low, high): the lower bound leaves out what
    has nothing to do with any object, a crude search for hard examples.

    Args:
        iou: (M, N) of M objects with N regions.
        labels: (M,) classes of the objects, 1 and up.
        foreground: at and above it, an object.
        background: low and high.

    Returns:
        (N,) classes and (N,) numbers of the objects overlapped most (0 if there is
        none).

    Raises:
        TypeError, ShapeError: `iou` is not a floating-point tensor (M, N), `labels` is
            not (M,).

    Source:
        Girshick, Fast R-CNN, ICCV 2015.

    Example:
        >>> iou = torch.tensor([[0.8, 0.3, 0.05]])
        >>> roi_labels(iou, torch.tensor([7]))
        (tensor([ 7,  0, -1]), tensor([0, 0, 0]))
    """
    check_tensor("iou", iou)
    M, N = check_shape("iou", iou, "M N")
    check_floating("iou", iou)
    check_no_nan("iou", iou)
    check_shape("labels", labels, "M", M=M, to_match=f"iou {tuple(iou.shape)}")
    low, high = background
    best, nearest = iou.new_zeros(N), torch.zeros(N, dtype=torch.long)
    classes = torch.full((N,), -1, device=iou.device)
    if M and N:
        best, nearest = iou.max(dim=0)
    classes[(best >= low) & (best < high)] = 0
    found = best >= foreground
    if M:
        classes[found] = labels[nearest[found]]
    return classes, nearest
