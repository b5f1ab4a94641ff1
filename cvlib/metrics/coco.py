"""COCO's twelve figures: precision and recall over thresholds and sizes (torch).

`coco_matching` decides who found what; here the answers of all images are put into one
list a class and read off. The values are those of pycocotools.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.metrics.coco_matching import MAX_DETECTIONS, Outcome, match_all
from cvlib.metrics.curves import coco_levels, envelope
from cvlib.metrics.guards import Flat, Image, check_pairs, flatten

IOU_THRESHOLDS = 0.5 + torch.arange(10, dtype=torch.float64) * ((0.95 - 0.5) / 9)
AREAS = torch.tensor(
    [[0, 1e10], [0, 32**2], [32**2, 96**2], [96**2, 1e10]], dtype=torch.float64
)
"""All, small, medium, large: pixels², both ends included."""


class CocoFigures(NamedTuple):
    """The twelve lines that COCO's tool prints; −1 where there is none to measure."""

    AP: float  # mean over IoU 0.50, 0.55, …, 0.95
    AP50: float  # IoU ≥ 0.50
    AP75: float  # IoU ≥ 0.75
    APs: float  # objects below 32² pixels
    APm: float  # from 32² to 96²
    APl: float  # above 96²
    AR1: float  # recall with one detection an image and class
    AR10: float  # with 10
    AR100: float  # with 100
    ARs: float  # with 100, small objects
    ARm: float
    ARl: float


def coco_metrics(detections: Sequence[Image], targets: Sequence[Image]) -> CocoFigures:
    """Evaluate detections as COCO does.

    Against VOC: an overlap *equal* to the threshold is enough, of equal overlaps the
    later object is taken, a detection whose best object is gone may take another, and
    each image has 100 detections of a class at most. Detections that land in a crowd,
    on an object of another size, or that have another size and land nowhere, do not
    count.

    Args:
        detections: a dictionary an image: `boxes` (N, 4) xyxy, `labels` (N,) integers,
            `scores` (N,).
        targets: a dictionary an image: `boxes` (M, 4), `labels` (M,); where there are
            any `iscrowd` (M,) bool; where it is not that of the box `area` (M,), in
            COCO the pixels of the mask.

    Returns:
        Twelve numbers by name, each a mean over the classes that have such objects.

    Raises:
        KeyError, ShapeError, TypeError, ValueError: what is wrong, and where.

    Source:
        Lin et al., Microsoft COCO: Common objects in context, ECCV 2014; pycocotools.

    Example:
        >>> box, label = torch.tensor([[0., 0, 40, 40]]), torch.tensor([1])
        >>> found = {"boxes": box + 4, "labels": label, "scores": torch.tensor([0.9])}
        >>> figures = coco_metrics([found], [{"boxes": box, "labels": label}])
        >>> figures.AP50, round(figures.AP, 3), figures.APs
        (1.0, 0.4, -1.0)
    """
    check_pairs(detections, targets)
    found = flatten("detections", detections, "scores")
    truth = flatten("targets", targets, "iscrowd", "area")
    return figures_of(found, truth, match_all(found, truth, IOU_THRESHOLDS, AREAS))


def figures_of(found: Flat, truth: Flat, outcome: Outcome) -> CocoFigures:
    """Read the twelve figures off, whatever overlaps they were matched by.

    Example:
        >>> none = flatten("detections", [], "scores"), flatten("targets", [], "area")
        >>> figures_of(*none, match_all(*none, IOU_THRESHOLDS, AREAS)).AP
        -1.0
    """
    precision, recall = accumulate(found, truth, outcome)
    at_most = len(MAX_DETECTIONS) - 1  # the largest number
    return CocoFigures(
        mean_of_known(precision[:, 0]),
        mean_of_known(precision[:, 0, 0]),
        mean_of_known(precision[:, 0, 5]),
        *(mean_of_known(precision[:, area]) for area in (1, 2, 3)),
        *(mean_of_known(recall[:, 0, :, m]) for m in range(len(MAX_DETECTIONS))),
        *(mean_of_known(recall[:, area, :, at_most]) for area in (1, 2, 3)),
    )


def accumulate(found: Flat, truth: Flat, outcome: Outcome) -> tuple[Tensor, Tensor]:
    """Precision and recall of every class; −1 for a class without objects of a size.

    Args:
        found: the K classes' detections.
        truth: the objects.
        outcome: what became of them.

    Returns:
        (K, A, T) average precision, and (K, A, T, M) recall for each limit on the
        number of detections; A sizes, T thresholds.

    Example:
        >>> none = flatten("detections", [], "scores"), flatten("targets", [], "area")
        >>> accumulate(*none, match_all(*none, IOU_THRESHOLDS, AREAS))[0].shape
        torch.Size([0, 4, 10])
    """
    classes = torch.cat([found.labels, truth.labels]).unique()
    K, A, T, M = len(classes), len(AREAS), len(IOU_THRESHOLDS), len(MAX_DETECTIONS)
    precision = torch.full((K, A, T), -1.0, dtype=torch.float64)
    recall = torch.full((K, A, T, M), -1.0, dtype=torch.float64)
    for k, label in enumerate(classes):
        objects = (~outcome.not_asked[truth.labels == label]).sum(dim=0)  # (A,)
        asked = objects > 0
        mine = outcome.order[found.labels[outcome.order] == label]
        mine = mine[outcome.rank[mine] < MAX_DETECTIONS[-1]]
        mine = mine[found.scores[mine].argsort(descending=True, stable=True)]
        true, false = outcome.hit[mine], outcome.miss[mine]  # (n, A, T)
        for m, limit in enumerate(MAX_DETECTIONS):
            hits = true[outcome.rank[mine] < limit].sum(dim=0)  # (A, T)
            recall[k, asked, :, m] = (hits / objects[:, None].double())[asked]
        precision[k, asked] = _average_precision(true, false, objects)[asked]
    return precision, recall


def _average_precision(true: Tensor, false: Tensor, objects: Tensor) -> Tensor:
    """(A, T): the mean of 101 readings of each curve."""
    true = true.movedim(0, -1).cumsum(-1).double()  # (A, T, n)
    false = false.movedim(0, -1).cumsum(-1).double()
    height = envelope(true / (true + false).clamp(min=1))  # 0 before any counts
    reached = true / objects[:, None, None].clamp(min=1)
    levels = coco_levels().expand(*reached.shape[:2], -1).contiguous()
    first = torch.searchsorted(reached.contiguous(), levels)
    never = height.new_zeros(*height.shape[:2], 1)
    return torch.cat([height, never], dim=-1).gather(-1, first).mean(dim=-1)


def mean_of_known(values: Tensor) -> float:
    """The mean of all that is not −1; −1 if there is nothing else.

    Example:
        >>> mean_of_known(torch.tensor([0.5, -1.0]))
        0.5
    """
    known = values[values > -1]
    return known.mean().item() if known.numel() else -1.0
