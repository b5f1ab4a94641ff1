"""W24: lower a score threshold over detections on pictures and draw the curve."""

import torch
import traitlets as t

from cvlib import show
from cvlib.data.photos import photo
from cvlib.image import resize
from cvlib.metrics import (
    average_precision,
    envelope,
    match_detections,
    precision_recall,
)
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import data_uri

SIZE = (132, 120)  # height and width of each part of the photograph
CORNERS = [(20, 124), (95, 12)]  # its first row and column
COINS = [
    [[8, 8, 55, 54], [68, 10, 116, 53], [10, 90, 49, 125], [62, 85, 102, 124]],
    [[13, 9, 55, 50], [72, 13, 110, 50], [14, 82, 51, 122], [68, 80, 112, 122]],
]
"""The coins in each part, drawn by hand: (x1, y1, x2, y2)."""
FOUND = [
    (0.97, 0, [9, 9, 55, 54]),
    (0.93, 1, [70, 82, 113, 124]),
    (0.88, 0, [74, 16, 118, 58]),
    (0.81, 0, [40, 55, 68, 85]),
    (0.76, 1, [15, 12, 57, 52]),
    (0.68, 0, [66, 94, 106, 130]),
    (0.61, 1, [73, 14, 111, 50]),
    (0.54, 1, [78, 86, 102, 112]),
    (0.47, 1, [18, 86, 55, 125]),
    (0.38, 1, [50, 55, 80, 78]),
    (0.30, 0, [4, 84, 40, 112]),
]
"""What an imagined detector says: score, picture, box."""
TWICE = (0.85, 0, [6, 6, 53, 52])  # the first coin again


def detections(duplicate: bool = False) -> list[dict]:
    """What the detector says, as the page holds it."""
    given = [*FOUND, TWICE] if duplicate else FOUND
    return [{"score": s, "picture": n, "box": box} for s, n, box in given]


def matched(found: list[dict], coins: list, iou: float) -> tuple:
    """Scores and hits of all detections, in the order in which they are given."""
    scores = torch.tensor([d["score"] for d in found], dtype=torch.float64)
    hits = torch.zeros(len(found), dtype=torch.bool)
    for n, boxes in enumerate(coins):
        mine = [i for i, d in enumerate(found) if d["picture"] == n]
        own = torch.tensor([found[i]["box"] for i in mine], dtype=torch.float64)
        truth = torch.tensor(boxes, dtype=torch.float64).reshape(-1, 4)
        hits[mine] = match_detections(
            own.reshape(-1, 4), scores[mine], truth, iou_threshold=iou
        ).hits
    return scores, hits


class MovingThreshold(Interactive):
    """Two parts of a photograph, a list of detections, and the curve they draw.

    Example:
        >>> MovingThreshold(iou=0.75).threshold
        0.6
    """

    label = t.Unicode("A falling score threshold draws the curve").tag(sync=True)
    threshold = t.Float(0.6).tag(sync=True)
    iou = t.Float(0.5).tag(sync=True)
    duplicate = t.Bool(False).tag(sync=True)
    method = t.Unicode("area").tag(sync=True)
    """Of `cvlib.metrics.average_precision`."""
    size = t.List(t.Int(), default_value=[SIZE[1], SIZE[0]]).tag(sync=True)
    targets = t.List(default_value=COINS).tag(sync=True)
    found = t.List().tag(sync=True)
    """All detections; the last is the second box on the first coin."""
    pictures = t.List(t.Unicode()).tag(sync=True)

    def __init__(self, **state: object) -> None:
        (H, W), image = SIZE, photo("coins")
        parts = [image[y : y + H, x : x + W] for y, x in CORNERS]
        large = [data_uri(resize(part, (2 * H, 2 * W))) for part in parts]
        super().__init__(pictures=large, found=detections(True), **state)

    def still(self) -> str:
        """The curve, with the point of the threshold."""
        found = detections(self.duplicate)
        scores, hits = matched(found, self.targets, self.iou)
        number = sum(map(len, self.targets))
        curve = precision_recall(scores, hits, number)
        value = average_precision(scores, hits, number, method=self.method).item()
        fig, ax = show.figure(4.5, 3)
        ax.step(curve.recall, envelope(curve.precision), color=p.RULE, where="pre")
        ax.plot(curve.recall, curve.precision, "o-", color=p.OUTPUT)
        here = int((curve.thresholds >= self.threshold).sum()) - 1
        if here >= 0:
            at = curve.recall[here], curve.precision[here]
            ax.scatter(*at, s=90, color=p.HAND, zorder=3)
        ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.05))
        words = f"Precision over recall; average precision {value:.2f}."
        return show.Picture(fig, words)._repr_html_()
