"""What cvlib says of distances and thresholds."""

import numpy as np

from cvlib.faces import error_growth
from cvlib.metrics import equal_error_rate, roc, roc_by_definition
from cvlib.widgets.face_threshold import FaceThreshold, as_pairs


def golden() -> list[dict]:
    cases = []

    def case(fn, args, expected):
        cases.append({"fn": fn, "args": args, "expected": expected})

    rng = np.random.default_rng(0)
    sets = list(FaceThreshold().sets.values())
    for _ in range(5):  # few distances on a grid: ties
        same, different = rng.integers(0, 8, (2, 6)) / 4
        sets.append({"same": same.tolist(), "different": different.tolist()})
    sets.append({"same": [0.1], "different": [0.9]})
    for pairs in sets:
        curve = roc(*as_pairs(pairs))
        points = np.stack([curve.false_accept, curve.true_accept], 1).tolist()
        case("curve", [pairs], points)
        case("equalError", [points], equal_error_rate(*as_pairs(pairs)).rate)
        for threshold in (0.0, 0.25, 0.8, 1.7, 4.0):
            false, true = roc_by_definition(*as_pairs(pairs), threshold)
            expected = {"falseAccept": false, "trueAccept": true}
            case("rates", [pairs, threshold], expected)
            turned = {"falseAccept": 1 - false, "trueAccept": 1 - true}
            case("rates", [pairs, threshold, True], turned)
        counts, _ = np.histogram(pairs["same"], 7, (0, 4.1))
        case("histogram", [pairs["same"], 7, 4.1], counts.tolist())
    case("histogram", [[0, 1, 2, 2], 2, 2], [1, 3])
    for error, people in ((0.0, 10), (0.01, 1), (0.01, 100), (0.5, 3), (1.0, 2)):
        case("growth", [error, people], error_growth(error, people))
    return cases
