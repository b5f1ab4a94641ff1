"""What cvlib says of a 1-D convolution: where windows start, its matrix, its output."""

import numpy as np

from cvlib.conv import conv1d, toeplitz, window_starts

SETTINGS = [  # n, kernel size, stride, padding
    (8, 2, 2, 0),
    (8, 2, 1, 0),
    (8, 3, 1, 1),
    (8, 4, 3, 2),
    (5, 5, 1, 0),
    (7, 1, 3, 2),
    (3, 4, 1, 1),
]


def golden() -> list[dict]:
    """The lecture's two cases, padding, a window as long as the input."""
    rng = np.random.default_rng(0)
    cases = []
    for n, k, stride, padding in SETTINGS:
        x, w = rng.integers(-3, 10, n) * 1.0, rng.normal(size=k)
        T = toeplitz(w, n, stride=stride, padding=padding)
        y = conv1d(x[None], w[None, None], stride=stride, padding=padding)[0]
        first = window_starts(n, k, stride=stride, padding=padding)
        rest, Tx = [stride, padding], [T.tolist(), x.tolist()]
        cases += [
            {"fn": "starts", "args": [n, k, *rest], "expected": list(map(int, first))},
            {"fn": "toeplitz", "args": [w.tolist(), n, *rest], "expected": T.tolist()},
            {"fn": "multiply", "args": Tx, "expected": y.tolist()},
        ]
    return cases
