"""What cvlib says of pooling: starts, winners and means, and the way back."""

import numpy as np

from cvlib.conv import window_starts
from cvlib.pool import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from cvlib.widgets.pooling_window import LECTURE, OVERLAP

SETTINGS = [  # rows, columns, kernel size, stride, padding
    (5, 5, 2, 2, 0),
    (6, 4, 3, 1, 1),
    (6, 6, 4, 3, 2),
    (4, 6, 1, 3, 0),
    (5, 4, 4, 1, 0),
]


def golden() -> list[dict]:
    """The lecture's grid, the page's overlap, ties, padding, and grids not square."""
    rng = np.random.default_rng(0)
    inputs = [(np.array(LECTURE, float), 2, 2, 0), (np.array(OVERLAP, float), 3, 2, 0)]
    inputs.append((np.zeros((4, 4)), 3, 1, 1))  # everywhere a tie: the first wins
    for H, W, *setting in SETTINGS:
        inputs.append((rng.integers(-9, 3, (H, W)) * 1.0, *setting))
    cases = []
    for x, f, s, p in inputs:
        options = {"stride": s, "padding": p}
        top, switches = max_pool2d(x[None], f, **options, return_indices=True)
        mean = avg_pool2d(x[None], f, **options)
        grad = rng.normal(size=top.shape)
        back = {
            "max": max_pool2d_backward(grad, switches, (1, *x.shape)),
            "average": avg_pool2d_backward(grad, (1, *x.shape), f, **options),
        }
        rest = [f, s, p]
        first = list(map(int, window_starts(len(x), f, stride=s, padding=p)))
        maxima = {"values": top[0].tolist(), "switches": switches[0].tolist()}
        cases += [
            {"fn": "starts", "args": [len(x), *rest], "expected": first},
            {"fn": "maxPool", "args": [x.tolist(), *rest], "expected": maxima},
            {
                "fn": "averagePool",
                "args": [x.tolist(), *rest],
                "expected": mean[0].tolist(),
            },
        ]
        for kind, grad_x in back.items():
            args = [grad[0].tolist(), x.tolist(), kind, *rest]
            cases.append(
                {"fn": "backward", "args": args, "expected": grad_x[0].tolist()}
            )
    return cases
