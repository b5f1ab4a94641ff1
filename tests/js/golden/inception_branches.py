"""The counts of Inception modules, from torch's layers and cvlib's widget."""

import numpy as np
import torch

from cvlib.nets.googlenet import MODULES, Inception, NaiveInception
from cvlib.summary import multiply_adds
from cvlib.widgets import InceptionBranches


def golden() -> list[dict]:
    """The nine published modules and a few drawn at random, on maps of one pixel.

    There every weight works once, so multiply-adds count the weights.
    """
    rng = np.random.default_rng(7)
    chosen = [(c, list(widths)) for c, *widths in MODULES.values()]
    for _ in range(4):
        widths = [int(w) * 8 for w in rng.integers(1, 40, 6)]
        chosen.append((int(rng.integers(1, 50)) * 16, widths))
    cases = []
    for c, w in chosen:
        with torch.device("meta"):
            module = Inception(c, *w)
            plain = NaiveInception(c, w[0], w[2], w[4])
            one = torch.nn.Conv2d(c, w[0] + w[2] + w[4] + w[5], 3, padding=1)
        widget = InceptionBranches(in_channels=c, widths=w)
        expected = {
            "weights": multiply_adds(module, (c, 1, 1)),
            "naive": multiply_adds(plain, (c, 1, 1)),
            "single": multiply_adds(one, (c, 1, 1)),
            "byBranch": list(widget.by_branch().values()),
        }
        cases += [{"fn": f, "args": [c, w], "expected": e} for f, e in expected.items()]
        cases.append({"fn": "outChannels", "args": [w], "expected": one.out_channels})
        assert widget.weights() == expected["weights"]
        assert widget.naive() == expected["naive"]
        assert widget.single() == expected["single"]
    cases.append({"fn": "whole", "args": [448_512], "expected": "448\u202f512"})
    return cases
