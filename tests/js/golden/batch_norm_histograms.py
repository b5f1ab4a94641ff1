"""What cvlib says of a batch: its statistics, the running ones, x̂, y, a histogram."""

import numpy as np

from cvlib.norm import batch_norm
from cvlib.widgets import BatchNormHistograms

STATES = [
    {},
    {"size": 2, "seen": 0},
    {"size": 2, "seen": 7, "training": False, "momentum": 1.0},
    {"shift": -4.0, "spread": 0.1, "gamma": -2.5, "beta": 1.25, "size": 16},
    {"beta": -3.0, "training": False, "seen": 60, "momentum": 0.03, "size": 64},
    {"size": 8, "seen": 23, "gamma": 0.0},
]


def golden() -> list[dict]:
    """Batches with and without the value in hand, both modes, values off the axis."""
    cases = []
    for state in STATES:
        widget = BatchNormHistograms(**state)
        k, size, shift, spread = widget.seen, widget.size, widget.shift, widget.spread
        z = widget.z[: 41 if size <= 16 else None]  # so small that batches wrap around
        widget.z = z
        x, y = widget.batch()
        mean, var = widget.running()
        earlier = [widget._batch(j, with_hand=False)[:, 0].tolist() for j in range(k)]
        used = {"mean": x.mean(), "var": x.var()}
        if not widget.training:
            used = {"mean": mean[0], "var": var[0]}
        plain = batch_norm(
            x[:, None], np.array([used["mean"]]), np.array([used["var"]])
        )
        counts = np.histogram(y.clip(-9, 8.99), bins=72, range=(-9, 9))[0]
        both = {"xHat": plain[:, 0].tolist(), "y": y.tolist()}
        kept = {"mean": mean[0], "var": var[0]}
        own = {"mean": x.mean(), "var": x.var()}
        calls = {
            "batch": ([z, k, size, shift, spread, True], x.tolist()),
            "statistics": ([x.tolist()], own),
            "running": ([earlier, widget.momentum], kept),
            "normalise": ([x.tolist(), used, widget.gamma, widget.beta], both),
            "histogram": ([y.tolist(), -9, 9, 72], counts.tolist()),
            "cut": ([y.tolist()], float((np.maximum(y, 0) == 0).mean())),
        }
        cases += [
            {"fn": fn, "args": args, "expected": expected}
            for fn, (args, expected) in calls.items()
        ]
    return cases
