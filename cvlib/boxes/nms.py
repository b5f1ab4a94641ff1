"""One box for one object: non-maximum suppression, hard and soft (torch)."""

import torch
from torch import Tensor

from cvlib.boxes.convert import upcast
from cvlib.boxes.guards import check_boxes, check_scores, check_tensor
from cvlib.boxes.iou import iou_of_two, pairwise_iou
from cvlib.validate import check_choice, check_number, check_shape

BLOCK = 32  # boxes settled at a time; their overlaps should fit in the cache


def nms_by_definition(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Take the best box, throw away what overlaps it too much, and begin again.

    Args, Returns, Raises: those of `nms`.

    Example:
        >>> boxes = torch.tensor([[0., 0, 10, 10], [1., 0, 11, 10], [20., 0, 30, 10]])
        >>> nms_by_definition(boxes, torch.tensor([0.8, 0.9, 0.7]), 0.5)
        tensor([1, 2])
    """
    threshold = _check(boxes, scores, iou_threshold)
    places, values = boxes.tolist(), scores.tolist()
    # sorted is stable: of equal scores the first in the list is the better
    remaining = sorted(range(len(boxes)), key=lambda n: -values[n])
    keep = []
    while remaining:
        best, *others = remaining
        keep.append(best)
        remaining = [
            n for n in others if iou_of_two(places[best], places[n]) <= threshold
        ]
    return torch.tensor(keep, dtype=torch.int64)


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Which boxes stay when each object should have one.

    A box goes if its IoU with a better one that stays is *above* the threshold. What
    was thrown away throws nobody away; of equal scores the earlier is the better; and
    an empty box overlaps nothing, so it stays.

    The boxes are taken in blocks of the best that are left. Within a block they decide
    among themselves; those that stay then clear all the worse ones in one go.

    Args:
        boxes: (N, 4) xyxy.
        scores: (N,) higher is better.
        iou_threshold: from 0 (any overlap is too much) to 1 (none is).

    Returns:
        int64 indices of the boxes that stay, the best first.

    Raises:
        TypeError, ShapeError: the arguments are not boxes with a score each.
        ValueError: a coordinate or score is NaN, a box has its corners swapped, or the
            threshold lies outside [0, 1].

    Source:
        Neubeck and Van Gool, Efficient non-maximum suppression, ICPR 2006.

    Example:
        >>> boxes = torch.tensor([[0., 0, 10, 10], [1., 0, 11, 10], [20., 0, 30, 10]])
        >>> nms(boxes, torch.tensor([0.8, 0.9, 0.7]), 0.5)
        tensor([1, 2])
    """
    threshold = _check(boxes, scores, iou_threshold)
    return _nms(upcast(boxes.detach()), scores, threshold)


def _nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    left = scores.argsort(descending=True, stable=True)
    keep = [left[:0]]
    while len(left):
        block, left = left[:BLOCK], left[BLOCK:]
        overlap = pairwise_iou(boxes[block], boxes[block]) > threshold
        keep.append(block[_stay(overlap.triu(diagonal=1))])
        most = pairwise_iou(boxes[keep[-1]], boxes[left]).amax(dim=0)
        left = left[most <= threshold]
    return torch.cat(keep)


def _stay(covers: Tensor) -> Tensor:
    """(B,) who stays, if i throws out j > i where covers[i, j] and i itself stays.

    Start with everybody. A round settles at least one more of the first, so it ends;
    most often after three or four.
    """
    stay = torch.ones(len(covers), dtype=torch.bool, device=covers.device)
    while True:
        after = ~(covers & stay[:, None]).any(dim=0)
        if torch.equal(after, stay):
            return stay
        stay = after


def batched_nms(
    boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float
) -> Tensor:
    """`nms` for every class by itself: a cat does not throw out the dog it lies on.

    Other libraries move each class to a place of its own and run once. Boxes with
    negative coordinates then meet the neighbouring class; so here it is a loop.

    Args:
        boxes: (N, 4) xyxy.
        scores: (N,) higher is better.
        idxs: (N,) integers, the class (or picture, or pyramid level) of each box.
        iou_threshold: from 0 to 1.

    Returns:
        int64 indices of the boxes that stay, of all classes, the best first.

    Raises:
        As `nms`; and if `idxs` are not (N,) integers.

    Example:
        >>> boxes = torch.tensor([[0., 0, 10, 10]] * 3)
        >>> scores, labels = torch.tensor([0.8, 0.9, 0.7]), torch.tensor([1, 2, 1])
        >>> batched_nms(boxes, scores, labels, 0.5)
        tensor([1, 0])
    """
    threshold = _check(boxes, scores, iou_threshold)
    check_tensor("idxs", idxs)
    N = len(boxes)
    check_shape("idxs", idxs, "N", N=N, to_match=f"boxes {N, 4}")
    if idxs.dtype.is_floating_point:
        raise TypeError(
            f"idxs must be integers, got {str(idxs.dtype).removeprefix('torch.')}; "
            "did you mean idxs.long()?"
        )
    boxes = upcast(boxes.detach())
    stay = torch.zeros(N, dtype=torch.bool, device=boxes.device)
    for index in idxs.unique():
        own = (idxs == index).nonzero()[:, 0]
        stay[own[_nms(boxes[own], scores[own], threshold)]] = True
    keep = stay.nonzero()[:, 0]
    return keep[scores[keep].argsort(descending=True, stable=True)]


def soft_nms(
    boxes: Tensor,
    scores: Tensor,
    *,
    method: str = "gaussian",
    iou_threshold: float = 0.5,
    sigma: float = 0.5,
    score_threshold: float = 0.001,
) -> tuple[Tensor, Tensor]:
    """Lower the score of what overlaps a better box, rather than throw it away.

    Again and again the best box is taken, and the scores of those left are multiplied
    by 1 − IoU where that is above the threshold ("linear"), or by exp(−IoU²/σ)
    ("gaussian"). A neighbour in a crowd keeps a score, only a lower one.

    Args:
        boxes: (N, 4) xyxy.
        scores: (N,) floating point, at least 0.
        method: "linear" or "gaussian".
        iou_threshold: for "linear".
        sigma: for "gaussian"; above 0, small is strict.
        score_threshold: a box whose score falls below is left out.

    Returns:
        int64 (M,) indices in the order in which they were taken, and (M,) their scores
        then. The scores never rise along the list.

    Raises:
        As `nms`; and ValueError for an unknown method, a negative score, or a number
        out of bounds.

    Source:
        Bodla et al., Soft-NMS, ICCV 2017. There "linear" begins at the threshold, here
        above it, like `nms`.

    Example:
        >>> boxes = torch.tensor([[0., 0, 10, 10], [2., 0, 12, 10], [20., 0, 30, 10]])
        >>> soft_nms(boxes, torch.tensor([0.9, 0.8, 0.7]), method="linear")
        (tensor([0, 2, 1]), tensor([0.9000, 0.7000, 0.2667]))
    """
    threshold = _check(boxes, scores, iou_threshold)
    check_choice("method", method, ("linear", "gaussian"))
    sigma = check_number("sigma", sigma, minimum=0)
    lowest = check_number("score_threshold", score_threshold, minimum=0)
    _check_soft(scores, sigma)
    boxes, scores = upcast(boxes.detach()), scores.detach().clone()
    left = torch.arange(len(boxes), device=boxes.device)
    keep, values = [], []
    while True:
        left = left[scores[left] >= lowest]
        if not len(left):
            break
        best = left[scores[left].argmax()]  # the first of equals
        keep.append(best)
        values.append(scores[best])
        left = left[left != best]
        iou = pairwise_iou(boxes[best][None], boxes[left])[0]
        if method == "linear":
            factor = torch.where(iou > threshold, 1 - iou, 1)
        else:
            factor = torch.exp(-(iou**2) / sigma)
        scores[left] *= factor.to(scores.dtype)
    if not keep:
        return left, scores[left]
    return torch.stack(keep), torch.stack(values)


def _check(boxes: Tensor, scores: Tensor, iou_threshold: float) -> float:
    check_boxes("boxes", boxes)
    check_scores("scores", scores, boxes)
    return check_number("iou_threshold", iou_threshold, minimum=0, maximum=1)


def _check_soft(scores: Tensor, sigma: float) -> None:
    if sigma == 0:
        raise ValueError("sigma must be above 0, got 0; the decay divides by it")
    if not scores.dtype.is_floating_point:
        raise TypeError(
            f"scores must be floating point, got {str(scores.dtype)[6:]}: they will be "
            "lowered by a factor; use scores.float()"
        )
    if (scores < 0).any():
        raise ValueError(
            f"scores must be at least 0, got {scores.min().item():g}: a factor below 1 "
            "would raise it; did you mean scores.sigmoid()?"
        )
