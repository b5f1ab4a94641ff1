"""Which detections found an object: COCO's rule, ten thresholds and four sizes (torch).

The rule is greedy, a detection after another, and cannot be turned into one formula.
But images and classes do not know of each other, nor do thresholds and sizes. So the
first detections of all of them choose at once, then the second ones, and so on.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.metrics.guards import Flat

MAX_DETECTIONS = (1, 10, 100)
CHUNK = 2_000_000  # numbers that are compared at once


class Outcome(NamedTuple):
    """What became of detections and objects, for A sizes and T thresholds."""

    hit: Tensor  # (N, A, T) bool: found an object that was asked for
    miss: Tensor  # (N, A, T) bool: a false positive; neither means ignored
    not_asked: Tensor  # (objects, A) bool: a crowd, or of another size
    rank: Tensor  # (N,) place among the detections of its image and class
    order: Tensor  # (N,) indices of detections: image by image, the surest first


def coco_match_by_definition(
    overlap: Tensor, not_asked: Tensor, crowd: Tensor, iou_threshold: float
) -> list[int]:
    """The object that each detection of one image and class takes, −1 for none.

    Objects that are not asked for are taken only by detections that find no other.
    A crowd may be taken by many. Of equal overlaps the later object wins.

    Args:
        overlap: (N, M) of detections, the surest first, and objects.
        not_asked: (M,) bool, objects that are to be ignored.
        crowd: (M,) bool.
        iou_threshold: the overlap that is enough.

    Example:
        >>> overlap = torch.tensor([[0.9, 0.6], [0.8, 0.6]])
        >>> nobody = torch.tensor([False, False])
        >>> coco_match_by_definition(overlap, nobody, nobody, 0.5)
        [0, 1]
    """
    taken: set[int] = set()
    choices = []
    for row in overlap.tolist():
        best = -1
        for wanted in (True, False):
            least = min(iou_threshold, 1 - 1e-10)
            for j, value in enumerate(row):
                free = j not in taken or bool(crowd[j])
                if free and bool(not_asked[j]) != wanted and value >= least:
                    best, least = j, value
            if best >= 0:
                break
        taken |= {best} - {-1}
        choices.append(best)
    return choices


def match_all(
    found: Flat,
    truth: Flat,
    iou_thresholds: Tensor,
    areas: Tensor,
    *,
    overlaps: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Outcome:
    """Match all detections to all objects.

    Args:
        found: detections of all images.
        truth: objects of all images; `flags` are crowds.
        iou_thresholds: (T,) rising.
        areas: (A, 2) the smallest and the largest size of each range.
        overlaps: of detections and objects, given the numbers of both, (P, D) and
            (P, G), as (P, D, G); None for those of the boxes.

    Example:
        >>> from cvlib.metrics.guards import flatten
        >>> box = {"boxes": torch.tensor([[0., 0, 9, 9]]), "labels": torch.tensor([1])}
        >>> found = flatten("detections", [box | {"scores": torch.ones(1)}], "scores")
        >>> truth = flatten("targets", [box], "iscrowd", "area")
        >>> sizes = torch.tensor([[0.0, 1e10], [100.0, 1e10]])
        >>> match_all(found, truth, torch.tensor([0.5, 0.9]), sizes).hit
        tensor([[[ True,  True],
                 [False, False]]])
    """
    N, A, T = len(found.boxes), len(areas), len(iou_thresholds)
    crowd = truth.flags if truth.flags is not None else truth.labels < truth.labels
    not_asked = crowd[:, None] | _outside(truth.area, areas)
    group = _groups(found, truth)
    rank, order = _ranks(group[:N], found.scores)
    surest = order[rank[order] < MAX_DETECTIONS[-1]]
    matched = torch.zeros(N, A, T, dtype=torch.bool)
    ignored = torch.zeros_like(matched)
    if overlaps is None:

        def overlaps(rows: Tensor, cols: Tensor) -> Tensor:
            return _overlap(found.boxes[rows], truth.boxes[cols], crowd[cols])

    for rows, cols in _chunks(group[:N], group[N:], rank, surest, A, T):
        _match_groups(rows, cols, overlaps(rows, cols), not_asked, crowd,
                      iou_thresholds, matched, ignored)  # fmt: skip
    side = found.boxes[:, 2:] - found.boxes[:, :2]
    size = side.prod(dim=1) if found.area is None else found.area
    ignored |= ~matched & _outside(size, areas)[:, :, None]
    return Outcome(matched & ~ignored, ~matched & ~ignored, not_asked, rank, order)


def _outside(size: Tensor, areas: Tensor) -> Tensor:
    return (size[:, None] < areas[:, 0]) | (size[:, None] > areas[:, 1])


def _groups(found: Flat, truth: Flat) -> Tensor:
    """A number for each pair of image and class, for detections and then objects."""
    labels = torch.cat([found.labels, truth.labels]).unique(return_inverse=True)[1]
    image = torch.cat([found.image, truth.image])
    kinds = int(labels.max()) + 1 if len(labels) else 1
    return (image * kinds + labels).unique(return_inverse=True)[1]


def _ranks(group: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
    """Each one's place within its group, the surest first, and all in that order."""
    order = scores.argsort(descending=True, stable=True)
    order = order[group[order].argsort(stable=True)]
    return _places(group, order), order


def _places(group: Tensor, order: Tensor) -> Tensor:
    """Each one's place within its group; `order` has the groups one after the other."""
    start = torch.searchsorted(group[order], group[order])  # where its group begins
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order)) - start
    return place


def _chunks(
    group: Tensor, object_group: Tensor, rank: Tensor, surest: Tensor, A: int, T: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Groups with both detections and objects, as (P, D) and (P, G) indices.

    Groups of like size go together and are filled up with −1; those with the most
    detections come first.
    """
    cells = 1 + max(int(g.max()) if len(g) else 0 for g in (group, object_group))
    D = torch.bincount(group[surest], minlength=cells)
    G = torch.bincount(object_group, minlength=cells)
    both = ((D > 0) & (G > 0)).nonzero()[:, 0]
    both = both[(D[both] * (G.max() + 1) + G[both]).argsort(descending=True)]
    rows = _table(group, rank, surest, both, D)
    order = object_group.argsort(stable=True)  # objects keep their order
    cols = _table(object_group, _places(object_group, order), order, both, G)
    start = 0
    while start < len(both):
        d, widest = int(D[both[start]]), G[both[start:]].cummax(0).values
        numbers = torch.arange(1, len(widest) + 1) * widest * T * max(d, A)
        fits = torch.searchsorted(numbers, CHUNK, right=True)
        stop = start + max(1, int(fits))
        yield rows[start:stop, :d], cols[start:stop, : int(widest[stop - start - 1])]
        start = stop


def _table(
    group: Tensor, place: Tensor, these: Tensor, both: Tensor, size: Tensor
) -> Tensor:
    """(P, longest) indices of each group's members in their places; −1 beyond."""
    table = torch.full((len(size), int(size.max())), -1)
    table[group[these], place[these]] = these
    return table[both]


def _match_groups(
    rows: Tensor, cols: Tensor, overlap: Tensor, not_asked: Tensor,
    crowd: Tensor, iou_thresholds: Tensor, matched: Tensor, ignored: Tensor,
) -> None:  # fmt: skip
    """Let the first detections of P groups choose, then the second ones, and so on."""
    (P, D), (_, G) = rows.shape, cols.shape
    A, T = not_asked.shape[1], len(iou_thresholds)
    overlap[(rows < 0)[:, :, None] | (cols < 0)[:, None, :]] = -1.0
    # a whole number in the place of each overlap: growing, the later of equals higher
    prefer = overlap.argsort(dim=2, stable=True).argsort(dim=2).int() + 1  # (P, D, G)
    least = iou_thresholds.clamp(max=1 - 1e-10)
    enough = overlap[:, :, None, :] >= least[:, None]  # (P, D, T, G)
    crowds = crowd[cols][:, None, None, :]  # (P, 1, 1, G)
    unasked = not_asked[cols].transpose(1, 2)[:, :, None, :]  # (P, A, 1, G)
    bonus = (~unasked).int() * (G + 1)  # what is asked for comes before the rest
    free = torch.ones(P, A, T, G, dtype=torch.bool)
    count = (rows >= 0).sum(dim=1)
    for d in range(D):
        n = int((count > d).sum())  # groups come with the most detections first
        able = enough[:n, d, None] & (free[:n] | crowds[:n])
        key = (prefer[:n, d, None, None, :] + bonus[:n]) * able  # (n, A, T, G)
        value, choice = key.max(dim=-1)
        own = rows[:n, d]
        taken = value > 0
        matched[own] = taken
        chosen = unasked[:n].expand(-1, -1, T, -1).gather(-1, choice[..., None])[..., 0]
        ignored[own] = taken & chosen
        left = free[:n].gather(-1, choice[..., None]) & ~taken[..., None]
        free[:n].scatter_(-1, choice[..., None], left)


def _overlap(boxes: Tensor, objects: Tensor, crowd: Tensor) -> Tensor:
    """(P, D, G) IoU; with a crowd, the share of the detection that lies in it."""
    first = torch.maximum(boxes[:, :, None, :2], objects[:, None, :, :2])
    last = torch.minimum(boxes[:, :, None, 2:], objects[:, None, :, 2:])
    inter = (last - first).clamp(min=0).prod(dim=-1)
    area = (boxes[..., 2:] - boxes[..., :2]).prod(dim=-1)[:, :, None]
    other = (objects[..., 2:] - objects[..., :2]).prod(dim=-1)[:, None, :]
    union = torch.where(crowd[:, None, :], area, area + other - inter)
    return torch.where(inter > 0, inter / union, 0.0)
