"""W23: two thresholds over the many boxes that a detector sees in a crowd."""

import torch
import traitlets as t

from cvlib.boxes import batched_nms, box_iou, nms
from cvlib.data.candidates import Candidates, candidates
from cvlib.data.scenes import Scene, scene
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import data_uri

SEED, SAID = 32, 3  # of the scene, and of what is said of it


def crowd() -> tuple[Scene, Candidates]:
    """Seven objects, two of them rings of which one hides half the other.

    Example:
        >>> shot, said = crowd()
        >>> len(shot), len(said)
        (7, 47)
    """
    shot = scene(
        SEED, size=(240, 300), n_objects=7, radius=(0.15, 0.24), background="paper"
    )
    return shot, candidates(shot, SAID)


def kept(boxes, scores, labels, score: float, iou: float, per_class: bool) -> list[int]:
    """Which boxes stay, the best first: low scores go, then what overlaps a better."""
    boxes, scores, labels = map(torch.tensor, (boxes, scores, labels))
    likely = (scores >= score).nonzero()[:, 0]
    if per_class:
        stay = batched_nms(boxes[likely], scores[likely], labels[likely], iou)
    else:
        stay = nms(boxes[likely], scores[likely], iou)
    return likely[stay].tolist()


def outcome(boxes, labels, keep, truth, truth_labels) -> list[str]:
    """What each box that stays is, the best first: "hit", "again" or "stray".

    A hit has the class of an object and an IoU above 0.5 with it; "again" is another
    hit of an object that was hit before.
    """
    said = []
    taken = set()
    for n in keep:
        row = box_iou(torch.tensor([boxes[n]]), torch.tensor(truth))[0].tolist()
        fits = [
            (overlap, -m)
            for m, overlap in enumerate(row)
            if overlap > 0.5 and truth_labels[m] == labels[n]
        ]
        place = -max(fits)[1] if fits else None
        said.append("stray" if place is None else "again" if place in taken else "hit")
        taken.add(place)
    return said


class Suppression(Interactive):
    """A crowded picture, the boxes before and after, a slider for each threshold.

    Example:
        >>> crowded = Suppression()
        >>> len(crowded.boxes) > 5 * len(crowded.kept()) > 0
        True
    """

    label = t.Unicode("Thresholds of non-maximum suppression").tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    size = t.List(t.Int()).tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    truth = t.List(t.List(t.Float())).tag(sync=True)
    truth_labels = t.List(t.Int()).tag(sync=True)
    boxes = t.List(t.List(t.Float())).tag(sync=True)
    scores = t.List(t.Float()).tag(sync=True)
    labels = t.List(t.Int()).tag(sync=True)
    score = t.Float(0.6).tag(sync=True)
    iou = t.Float(0.5).tag(sync=True)
    per_class = t.Bool(True).tag(sync=True)

    def __init__(self, **state: object) -> None:
        shot, said = crowd()
        super().__init__(
            picture=data_uri(shot.image),
            size=list(shot.image.shape[:2]),
            names=list(shot.class_names),
            truth=shot.boxes.tolist(),
            truth_labels=shot.labels.tolist(),
            boxes=said.boxes.astype(float).round(1).tolist(),
            scores=said.scores.astype(float).round(2).tolist(),
            labels=said.labels.tolist(),
            **state,
        )

    def kept(self) -> list[int]:
        """The boxes that stay at the present thresholds."""
        data = self.boxes, self.scores, self.labels
        return kept(*data, self.score, self.iou, self.per_class)

    def still(self) -> str:
        """The picture with the boxes that stay."""
        H, W = self.size
        rects = "".join(
            f'<rect x="{x1}" y="{y1}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}" '
            'style="fill:none;stroke:#009e73;stroke-width:2"/>'
            for x1, y1, x2, y2 in (self.boxes[n] for n in self.kept())
        )
        words = f"A crowded picture with the {len(self.kept())} boxes that stay"
        return (
            f'<svg viewBox="0 0 {W} {H}" role="img" aria-label="{words}" '
            f'style="width:34rem;max-width:100%"><image href="{self.picture}" '
            f'width="{W}" height="{H}"/>{rects}</svg>'
        )
