"""What cvlib says of detections on coins."""

import numpy as np
import torch

from cvlib.boxes import iou_of_two
from cvlib.metrics import average_precision, envelope, precision_recall
from cvlib.widgets.moving_threshold import COINS, detections, matched


def verdicts(found, targets, threshold) -> list[dict]:
    """The list of the page, from the surest down."""
    scores, hits = matched(found, targets, threshold)
    rows = []
    for i in scores.argsort(descending=True, stable=True).tolist():
        coins = targets[found[i]["picture"]]
        best = max((iou_of_two(found[i]["box"], coin) for coin in coins), default=0.0)
        word = "hit" if hits[i] else "duplicate" if best > threshold else "false"
        rows.append(
            {"index": i, "score": scores[i].item(), "overlap": best, "verdict": word}
        )
    return rows


def random_case(rng) -> tuple[list, list]:
    """Pictures with few objects on a grid: ties, duplicates, an empty picture."""

    def box():
        x, y, w, h = rng.integers([0, 0, 1, 1], [4, 4, 5, 5]).tolist()
        return [x, y, x + w, y + h]

    targets = [[box() for _ in range(k)] for k in (3, 0, 2)]
    found = [
        {"score": score / 8, "picture": picture, "box": box()}
        for score, picture in rng.integers([1, 0], [9, 3], (9, 2)).tolist()
    ]
    return found, targets


def golden() -> list[dict]:
    cases = []

    def case(fn, args, expected):
        cases.append({"fn": fn, "args": args, "expected": expected})

    lists = [(detections(d), COINS) for d in (False, True)]
    lists += [random_case(np.random.default_rng(seed)) for seed in range(6)]
    for found, targets in lists:
        for threshold in (0.3, 0.5, 0.75, 0.9):
            rows = verdicts(found, targets, threshold)
            case("judged", [found, targets, threshold], rows)
            hits = [row["verdict"] == "hit" for row in rows]
            number = sum(map(len, targets))
            scores = torch.arange(len(hits), 0, -1).double()
            table = scores, torch.tensor(hits), number
            for method in ("area", "11 points", "101 points"):
                if method != "101 points":  # COCO's rounding is not drawn
                    value = average_precision(*table, method=method).item()
                    case("averagePrecision", [hits, number, method], value)
            points = precision_recall(*table)
            pairs = zip(*(c.tolist() for c in points[:2]), strict=True)
            expected = [{"precision": p, "recall": r} for p, r in pairs]
            case("curve", [hits, number], expected)
            case("envelope", [points[0].tolist()], envelope(points[0]).tolist())
    exact = [True] * 3
    table = torch.tensor([3.0, 2, 1]), torch.tensor(exact), 8
    value = average_precision(*table, method="101 points").item()
    case("averagePrecision", [exact, 8, "101 points"], value)
    case("averagePrecision", [exact, 10, "11 points"], 4 / 11)
    return cases
