"""What cvlib makes of gradients by clipping them."""

import math

import numpy as np

from cvlib.train.clip import clip_by_norm, clip_by_value

GRADIENTS = [
    ([5.0, 1.0], 2.0, 0.0),
    ([5.5, -0.2], 0.5, 0.0),
    ([4.0, 4.0], 2.0, 0.0),
    ([1.0, 0.7], 2.0, 0.0),
    ([1.5, 1.0], 2.0, 6.0),
    ([-3.0, -4.0], 5.0, 0.0),
    ([0.0, 0.0], 1.0, 3.0),
    ([0.0, -2.0], 0.0, 1.0),
]


def angle(a: list[float], b: list[float]) -> float:
    """Degrees between two arrows; 0 if one has no length."""
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    if lengths == 0:
        return 0.0
    return math.degrees(math.acos(np.clip(np.dot(a, b) / lengths, -1, 1)))


def golden() -> list[dict]:
    """Both clippings, the norm of all, and the angle by which each turns."""
    cases = []
    for g, limit, others in GRADIENTS:
        value = clip_by_value([g], limit)[0]
        norm = clip_by_norm([g, [others]], limit)[0]
        together = float(np.linalg.norm([*g, others]))
        cases += [
            {"fn": "byValue", "args": [g, limit], "expected": value},
            {"fn": "byNorm", "args": [g, limit, others], "expected": norm},
            {"fn": "total", "args": [g, others], "expected": together},
        ]
    for a, b in [
        ([5, 1], [2, 1]),
        ([1, 0], [0, 2]),
        ([3, 0], [-1, 0]),
        ([0, 0], [1, 1]),
    ]:
        cases.append({"fn": "angle", "args": [a, b], "expected": angle(a, b)})
    return cases
