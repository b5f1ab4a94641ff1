"""What cvlib leaves of the boxes in a crowd."""

import numpy as np

from cvlib.boxes import iou_of_two
from cvlib.widgets.suppression import Suppression, kept, outcome

# Words of 30 by 8 pixels in a picture of 100 by 80, placed by hand: [left, baseline].
SAME = [20, 20, 90, 60]
PLACED = [
    ([SAME], [[22, 29]]),
    ([SAME] * 3, [[22, 29], [58, 29], [22, 55.8]]),
    ([[-10, -10, 50, 40]], [[2, 9]]),
    ([[80, 60, 130, 95]], [[68, 69]]),
    ([[30, 30, 40, 44]] * 2, [[32, 39], [32, 26.8]]),
    ([[0, 0, 100, 8]] * 3, [[2, 9], [68, 9], [2, 19]]),
    ([[0, 0, 32, 8]] * 4, [[2, 9], [2, 19], None, None]),
    ([], []),
]


def golden() -> list[dict]:
    """The boxes that stay and what they are, for the widget's own crowd and others."""
    crowd = Suppression()
    data = [crowd.boxes, crowd.scores, crowd.labels]
    truth = [crowd.truth, crowd.truth_labels]
    cases = []
    for score in (0.0, 0.4, 0.6, 0.8, 1.0):
        for iou in (0.0, 0.3, 0.5, 0.7, 1.0):
            for per_class in (True, False):
                args = [*data, score, iou, per_class]
                keep = kept(*args)
                cases.append({"fn": "kept", "args": args, "expected": keep})
                said = outcome(data[0], data[2], keep, *truth)
                args = [data[0], data[2], keep, *truth]
                cases.append({"fn": "outcome", "args": args, "expected": said})
    for boxes, expected in PLACED:
        args = [boxes, [30] * len(boxes), 8, [100, 80]]
        cases.append({"fn": "wordsAt", "args": args, "expected": expected})
    rng = np.random.default_rng(0)
    for _ in range(8):  # whole pixels and few scores: ties of every kind
        corners = rng.integers(0, 8, (9, 2))
        boxes = np.concatenate([corners, corners + rng.integers(0, 7, (9, 2))], axis=1)
        boxes = boxes.astype(float).tolist()
        scores = (rng.integers(1, 5, 9) / 4).tolist()
        args = [boxes, scores, rng.integers(1, 3, 9).tolist(), 0.5, 0.25, True]
        cases.append({"fn": "kept", "args": args, "expected": kept(*args)})
        pair = boxes[:2]
        cases.append({"fn": "iou", "args": pair, "expected": iou_of_two(*pair)})
    return cases
