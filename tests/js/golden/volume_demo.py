"""What cvlib says of filters over a volume: products, their sums, the output."""

import numpy as np

from cvlib.conv import conv2d, window
from cvlib.data import lecture

SHAPES = [  # channels, height, width, filters, kernel, stride, padding
    (1, 3, 3, 1, (3, 3), 1, 0),
    (2, 4, 6, 3, (2, 3), 1, 1),
    (3, 6, 5, 2, (3, 3), 2, 2),
    (4, 5, 5, 1, (1, 1), 3, 0),
]


def golden() -> list[dict]:
    """The lecture's volume at four of its outputs, and random ones."""
    demo = (lecture.VOLUME, lecture.FILTERS, lecture.BIASES)
    cases = of(*demo, lecture.STRIDE, lecture.PADDING)
    rng = np.random.default_rng(0)
    for C, H, W, F, size, stride, padding in SHAPES:
        x, w = rng.normal(size=(C, H, W)), rng.normal(size=(F, C, *size))
        cases += of(x, w, rng.normal(size=F), stride, padding)
    return cases


def of(x, w, b, stride, padding) -> list[dict]:
    y = conv2d(x, w, b, stride=stride, padding=padding)
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding)])
    args = [x.tolist(), w.tolist(), b.tolist(), stride, padding]
    cases = [
        {"fn": "pad", "args": [args[0], padding], "expected": padded.tolist()},
        {"fn": "convolve", "args": args, "expected": y.tolist()},
    ]
    F, P, Q = y.shape
    for f, i, j in [(0, 0, 0), (F - 1, P - 1, Q - 1)]:
        chunk = window(x, i, j, w.shape[2:], stride=stride, padding=padding)
        at = [padded.tolist(), w[f].tolist(), i * stride, j * stride]
        seen = chunk * w[f]
        cases += [
            {"fn": "products", "args": at, "expected": seen.tolist()},
            {"fn": "sums", "args": at, "expected": seen.sum((1, 2)).tolist()},
        ]
    return cases
