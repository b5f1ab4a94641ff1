"""Precision and recall as a threshold falls, and the area under them (torch).

A detection that hits is a true positive, any other a false one. Going down the list
of scores and stopping after each detection gives one point of the curve.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.validate import check_choice, check_int, check_no_nan, check_shape

METHODS = ("area", "11 points", "101 points")


class Curve(NamedTuple):
    """One point after each detection, the surest first."""

    precision: Tensor  # (N,) hits so far / detections so far
    recall: Tensor  # (N,) hits so far / objects
    thresholds: Tensor  # (N,) the score down to which was counted


def precision_recall(scores: Tensor, hits: Tensor, num_targets: int) -> Curve:
    """Precision and recall after each detection, in the order of falling scores.

    Equal scores keep the order in which they came. A threshold cannot part them; the
    curve has a point after each all the same, as in VOC and COCO.

    Args:
        scores: (N,) how sure the detector is of each.
        hits: (N,) bool, whether each found an object that none before it had found.
        num_targets: objects to be found.

    Returns:
        `precision`, `recall` and `thresholds`, each (N,). Without objects the recall
        is NaN: 0/0 is not 0.

    Raises:
        ShapeError, TypeError, ValueError: shapes disagree, `hits` is not bool, a score
            is NaN, or there are more hits than objects.

    Example:
        >>> hits = torch.tensor([True, False, True])
        >>> curve = precision_recall(torch.tensor([0.9, 0.8, 0.7]), hits, 4)
        >>> curve.precision
        tensor([1.0000, 0.5000, 0.6667], dtype=torch.float64)
        >>> curve.recall
        tensor([0.2500, 0.2500, 0.5000], dtype=torch.float64)
    """
    num_targets = _check(scores, hits, num_targets)
    order = scores.argsort(descending=True, stable=True)
    true = hits[order].cumsum(0)
    every = torch.arange(1, len(true) + 1, device=true.device)
    return Curve(true.double() / every, true.double() / num_targets, scores[order])


def envelope(precision: Tensor) -> Tensor:
    """The best precision at this recall or any higher one: a staircase that only falls.

    A detector with a lower threshold may have a higher precision. Whoever wants this
    recall may take that threshold, so each point is as good as the best behind it.

    Args:
        precision: (…, N), in the order of growing recall.

    Returns:
        (…, N), not increasing.

    Example:
        >>> envelope(torch.tensor([1.0, 0.5, 0.67, 0.5]))
        tensor([1.0000, 0.6700, 0.6700, 0.5000])
    """
    return precision.flip(-1).cummax(-1).values.flip(-1)


def average_precision(
    scores: Tensor, hits: Tensor, num_targets: int, *, method: str = "area"
) -> Tensor:
    """The mean height of the precision–recall curve's envelope.

    Args:
        scores: (N,) scores of the detections of one class in all images.
        hits: (N,) bool, as `match_detections` gives them.
        num_targets: objects of the class, without those that are to be ignored.
        method: `"area"` is the exact area under the staircase (VOC from 2010),
            `"11 points"` the mean of its heights at recalls 0, 0.1, …, 1 (VOC 2007),
            `"101 points"` at 0, 0.01, …, 1 (COCO). A recall that is never reached
            counts 0.

    Returns:
        A scalar in [0, 1]; NaN if there are no objects.

    Raises:
        ShapeError, TypeError, ValueError: as `precision_recall`, or another method.

    Source:
        Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, IJCV 2010;
        Lin et al., Microsoft COCO, ECCV 2014.

    Example:
        >>> hits = torch.tensor([True, False, True])
        >>> average_precision(torch.tensor([0.9, 0.8, 0.7]), hits, 4)
        tensor(0.4167, dtype=torch.float64)
    """
    check_choice("method", method, METHODS)
    precision = precision_recall(scores, hits, num_targets).precision
    if num_targets == 0:
        return torch.tensor(torch.nan, dtype=torch.float64)
    height = envelope(precision)
    hits = hits[scores.argsort(descending=True, stable=True)]
    if method == "area":  # every hit is a step of width 1 / num_targets
        return height[hits].sum() / num_targets
    true = hits.cumsum(0)
    if method == "11 points":  # whole numbers: recall 3/10 reaches 0.3 for certain
        levels, reached = torch.arange(11) * num_targets, true * 10
    else:  # COCO's own grid, rounding and all
        levels, reached = coco_levels(), true.double() / num_targets
    first = torch.searchsorted(reached.cpu(), levels)  # recall ≥ level from there on
    height = torch.cat([height.cpu(), height.new_zeros(1).cpu()])  # never reached: 0
    return height[first].mean()


def average_precision_by_definition(
    scores: Tensor, hits: Tensor, num_targets: int, *, method: str = "area"
) -> float:
    """The same number, term by term: what `average_precision` is tested against.

    Example:
        >>> hits = torch.tensor([True, False, True])
        >>> scores = torch.tensor([0.9, 0.8, 0.7])
        >>> round(average_precision_by_definition(scores, hits, 4), 4)
        0.4167
    """
    ranked = sorted(
        zip(scores.tolist(), hits.tolist(), strict=True), key=lambda pair: -pair[0]
    )
    points, true = [], 0
    for n, (_, hit) in enumerate(ranked, start=1):
        true += hit
        points.append((true, true / n))  # hits so far, precision

    def best_from(enough):
        return max((p for true, p in points if enough(true)), default=0.0)

    n = num_targets
    if method == "area":
        return sum(best_from(lambda t, k=k: t >= k) for k in range(1, n + 1)) / n
    if method == "11 points":
        return sum(best_from(lambda t, k=k: 10 * t >= k * n) for k in range(11)) / 11
    levels = coco_levels().tolist()
    return sum(best_from(lambda t, r=r: t / n >= r) for r in levels) / 101


def coco_levels() -> Tensor:
    """The 101 recalls at which COCO reads the curve, as its own tool rounds them.

    Example:
        >>> len(coco_levels()), coco_levels()[57].item()
        (101, 0.5700000000000001)
    """
    return torch.arange(101, dtype=torch.float64) * 0.01  # numpy.linspace(0, 1, 101)


def _check(scores: Tensor, hits: Tensor, num_targets: int) -> int:
    (N,) = check_shape("scores", scores, "N")
    check_shape("hits", hits, "N", N=N, to_match=f"scores {(N,)}")
    check_no_nan("scores", scores)
    if hits.dtype != torch.bool:
        raise TypeError(
            f"hits must be True or False, got {hits.dtype}; did you mean hits.bool()?"
        )
    num_targets = check_int("num_targets", num_targets, minimum=0)
    if int(hits.sum()) > num_targets:
        raise ValueError(
            f"hits must be at most num_targets, {num_targets}, got {int(hits.sum())}; "
            "an object that is found twice is one hit and one false positive"
        )
    return num_targets
