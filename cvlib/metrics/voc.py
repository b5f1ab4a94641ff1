"""Which detections found an object, and how good that is on average: VOC (torch).

A detection takes the object that it overlaps most. If the overlap is above the
threshold and nobody surer has taken the object, it is a hit; if the object is gone, the
detection is a false positive, even where it overlaps a second object as well.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.boxes import box_iou, check_boxes, check_scores
from cvlib.boxes.iou import pairwise_iou
from cvlib.metrics.curves import average_precision
from cvlib.metrics.guards import Flat, Image, check_pairs, flatten
from cvlib.validate import check_number, check_shape


class Matches(NamedTuple):
    """What became of each detection, in the order in which they were given."""

    hits: Tensor  # (N,) bool: the first to find its object
    ignored: Tensor  # (N,) bool: found a difficult object, counts neither way
    target: Tensor  # (N,) index of the object it overlaps most, −1 if not enough


class MeanAveragePrecision(NamedTuple):
    """The mean, and what it is the mean of."""

    mean: float  # over the classes that have objects
    per_class: dict[int, float]  # NaN where a class has none


def match_detections(
    boxes: Tensor,
    scores: Tensor,
    targets: Tensor,
    *,
    iou_threshold: float = 0.5,
    difficult: Tensor | None = None,
    inclusive: bool = False,
) -> Matches:
    """Match the detections of one class in one image to its objects, as VOC does.

    The best object is looked for among all, taken or not, the first of equals; the
    overlap has to be *above* the threshold. A difficult object is taken by nobody:
    every detection that lands on it is ignored.

    Args:
        boxes: (N, 4) xyxy of the detections.
        scores: (N,) how sure each is; the surest chooses first.
        targets: (M, 4) xyxy of the objects.
        iou_threshold: what an overlap must exceed.
        difficult: (M,) bool, objects nobody is asked to find.
        inclusive: x2 and y2 are the last pixel, as VOC's files have it, not one past
            it: sides are x2 − x1 + 1.

    Returns:
        `hits`, `ignored` and `target`, each (N,).

    Raises:
        ShapeError, TypeError, ValueError: shapes disagree, a box is none, a score NaN.

    Source:
        Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, IJCV 2010,
        section 4.2, and its development kit.

    Example:
        >>> found = torch.tensor([[0., 0, 10, 10], [1, 0, 10, 10], [50, 0, 60, 10]])
        >>> truth = torch.tensor([[0., 0, 10, 10]])
        >>> match_detections(found, torch.tensor([0.8, 0.9, 0.7]), truth).hits
        tensor([False,  True, False])
    """
    check_boxes("boxes", boxes)
    M = check_boxes("targets", targets)
    check_scores("scores", scores, boxes)
    check_number("iou_threshold", iou_threshold, minimum=0, maximum=1)
    if difficult is None:
        difficult = torch.zeros(M, dtype=torch.bool, device=targets.device)
    check_shape("difficult", difficult, "M", M=M, to_match=f"targets {M, 4}")
    overlap = _overlap(boxes, targets, inclusive)
    return _matched(overlap, scores, difficult.bool(), iou_threshold)


def match_by_definition(
    boxes: Tensor, scores: Tensor, targets: Tensor, *, iou_threshold: float = 0.5
) -> list[bool]:
    """The hits of `match_detections`, one detection after another.

    Example:
        >>> box = torch.tensor([[0., 0, 10, 10]])
        >>> match_by_definition(box.repeat(2, 1), torch.tensor([0.8, 0.9]), box)
        [False, True]
    """
    overlap = box_iou(boxes.double(), targets.double()).tolist()
    hits, taken = [False] * len(boxes), set()
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):  # the surest first
        best = max(overlap[i], default=0.0)
        if best > iou_threshold:
            j = overlap[i].index(best)  # the first of equals
            hits[i] = j not in taken  # else a duplicate
            taken.add(j)
    return hits


def mean_average_precision(
    detections: Sequence[Image],
    targets: Sequence[Image],
    *,
    iou_threshold: float = 0.5,
    method: str = "area",
    inclusive: bool = False,
) -> MeanAveragePrecision:
    """The average precision of each class over all images, and its mean (mAP).

    Args:
        detections: a dictionary an image: `boxes` (N, 4), `labels` (N,) integers, and
            `scores` (N,), as a detector returns them.
        targets: a dictionary an image: `boxes` (M, 4), `labels` (M,), and, where there
            are any, `difficult` (M,) bool.
        iou_threshold: what an overlap must exceed.
        method: of `average_precision`: `"area"`, `"11 points"` or `"101 points"`.
        inclusive: as in `match_detections`.

    Returns:
        `mean` and `per_class`. A class that is only detected has no average precision
        (NaN) and is left out of the mean, which is NaN if there are no objects at all.

    Raises:
        KeyError, ShapeError, TypeError, ValueError: what is wrong, and where.

    Source:
        Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, IJCV 2010.

    Example:
        >>> box, label = torch.tensor([[0., 0, 10, 10]]), torch.tensor([1])
        >>> found = {"boxes": box, "labels": label, "scores": torch.tensor([0.9])}
        >>> mean_average_precision([found], [{"boxes": box, "labels": label}])
        MeanAveragePrecision(mean=1.0, per_class={1: 1.0})
    """
    check_pairs(detections, targets)
    check_number("iou_threshold", iou_threshold, minimum=0, maximum=1)
    found = flatten("detections", detections, "scores")
    truth = flatten("targets", targets, "difficult")
    hits, ignored = _match_all(found, truth, len(targets), iou_threshold, inclusive)
    per_class = {}
    for label in torch.cat([found.labels, truth.labels]).unique().tolist():
        counts = (found.labels == label) & ~ignored
        objects = int(((truth.labels == label) & ~truth.flags).sum())
        per_class[label] = average_precision(
            found.scores[counts], hits[counts], objects, method=method
        ).item()
    known = [value for value in per_class.values() if value == value]
    mean = sum(known) / len(known) if known else torch.nan
    return MeanAveragePrecision(mean, per_class)


def _match_all(
    found: Flat, truth: Flat, images: int, iou_threshold: float, inclusive: bool
) -> tuple[Tensor, Tensor]:
    """Hits and ignored of the detections of all images, class by class."""
    hits = torch.zeros(len(found.boxes), dtype=torch.bool)
    ignored = torch.zeros_like(hits)
    ends = torch.arange(images + 1)  # the tables are in the order of the images
    rows = torch.searchsorted(found.image, ends).tolist()
    cols = torch.searchsorted(truth.image, ends).tolist()
    for i in range(images):
        mine, its = slice(*rows[i : i + 2]), slice(*cols[i : i + 2])
        overlap = _overlap(found.boxes[mine], truth.boxes[its], inclusive)
        other = found.labels[mine, None] != truth.labels[its]
        overlap[other] = -1.0  # an object of another class cannot be found
        matches = _matched(overlap, found.scores[mine], truth.flags[its], iou_threshold)
        hits[mine], ignored[mine] = matches.hits, matches.ignored
    return hits, ignored


def _matched(
    overlap: Tensor, scores: Tensor, difficult: Tensor, iou_threshold: float
) -> Matches:
    """VOC's rule given the (N, M) overlaps: all detections at once."""
    N, M = overlap.shape
    if M == 0:
        none = torch.zeros(N, dtype=torch.bool, device=overlap.device)
        return Matches(none, none.clone(), torch.full_like(none, -1, dtype=torch.int64))
    best = overlap.argmax(dim=1)  # the first of equals
    enough = overlap.gather(1, best[:, None])[:, 0] > iou_threshold
    ignored = enough & difficult[best]
    order = scores.argsort(descending=True, stable=True)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(N, device=order.device)
    claims = torch.where(enough, rank, N)  # the surest claim to an object wins it
    first = claims.new_full((M,), N).scatter_reduce(0, best, claims, "amin")
    hits = enough & ~ignored & (first[best] == rank)
    return Matches(hits, ignored, torch.where(enough, best, -1))


def _overlap(boxes1: Tensor, boxes2: Tensor, inclusive: bool) -> Tensor:
    """IoU in double precision: whether 0.5 is above 0.5 must not depend on rounding."""
    past = boxes1.new_tensor([0, 0, 1, 1] if inclusive else [0] * 4).double()
    return pairwise_iou(boxes1.double() + past, boxes2.double() + past)
