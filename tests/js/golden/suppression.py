"""What cvlib leaves of the boxes in a crowd."""

import numpy as np

from cvlib.boxes import iou_of_two
from cvlib.widgets.suppression import Suppression, kept, outcome


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
