"""What cvlib says of two boxes."""

import numpy as np

from cvlib.widgets.box_overlap import BoxOverlap

PAIRS = [
    ([4, 4, 16, 14], [8, 6, 20, 16]),
    ([4, 4, 16, 14], [4, 4, 16, 14]),
    ([4, 4, 16, 14], [5, 5, 8, 8]),
    ([4, 4, 16, 14], [16, 4, 26, 14]),
    ([2, 4, 10, 12], [22, 8, 29, 14]),
    ([4, 4, 16, 14], [10, 2, 10, 18]),
    ([4, 4, 4, 14], [10, 9, 10, 9]),
    ([3, 3, 3, 3], [3, 3, 3, 3]),
]


def golden() -> list[dict]:
    """The measures by cvlib, and how a box may be moved on a sheet of 20 × 30."""
    rng = np.random.default_rng(0)
    pairs = list(PAIRS)
    for _ in range(12):
        corners = rng.integers(0, 12, (2, 2))
        boxes = np.concatenate([corners, corners + rng.integers(0, 9, (2, 2))], axis=1)
        pairs.append(tuple(boxes.tolist()))
    cases = []
    for one, two in pairs:
        expected = BoxOverlap(truth=one, prediction=two).measures()
        cases.append({"fn": "measures", "args": [one, two], "expected": expected})
    box, sheet = [4, 4, 16, 14], [20, 30]
    for args, expected in (
        ((box, 3, -2, sheet), [7, 2, 19, 12]),
        ((box, 99, -99, sheet), [18, 0, 30, 10]),
        ((box, -5, 7, sheet), [0, 10, 12, 20]),
    ):
        cases.append({"fn": "moved", "args": list(args), "expected": expected})
    for args, expected in (
        ((box, 0, 6.4, sheet), [6, 4, 16, 14]),
        ((box, 0, 20, sheet), [20, 4, 20, 14]),
        ((box, 3, 2, sheet), [4, 2, 16, 2]),
        ((box, 2, 99, sheet), [4, 4, 30, 14]),
    ):
        cases.append({"fn": "withSide", "args": list(args), "expected": expected})
    return cases
