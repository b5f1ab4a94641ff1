"""What the objective says of recorded pictures."""

import numpy as np
import torch

from cvlib.style import Objective


def golden() -> list[dict]:
    """Shares of J by `Objective`; places and bounds by NumPy."""
    rng, cases = np.random.default_rng(0), []
    a, b, x = (torch.tensor(rng.uniform(size=(1, 3, 6, 6))) for _ in range(3))
    for ratio in (1.0, 0.3, 0.01):
        goal = Objective(
            lambda pixels: {"pixels": pixels}, a, b, content_layers=["pixels"],
            style_layers=["pixels"], alpha=ratio,
        )  # fmt: skip
        terms = goal(x)
        frame = {
            "ratio": ratio,
            "content": terms.content.item(),
            "style": terms.style.item(),
        }
        share = (terms.total - terms.style) / terms.total
        cases.append({"fn": "contentShare", "args": [frame], "expected": share.item()})
    ratios = [1.0, 0.3, 0.1, 0.03, 0.01, 0.003]
    for value in (2.0, 0.5, 0.16, 0.031, 0.0001):
        nearest = int(np.abs(np.log(np.array(ratios) / value)).argmin())
        cases.append({"fn": "nearest", "args": [ratios, value], "expected": nearest})
    for value, low, high in ((1, 1, 8), (8, 1, 8), (2, 1, 8), (0.05, 0.01, 1)):
        where = float(np.interp(np.log(value), np.log([low, high]), [0, 1]))
        cases.append({"fn": "place", "args": [value, low, high], "expected": where})
    frames = [
        {"manner": m, "ratio": r, "content": float(c), "style": float(s)}
        for m, r, c, s in zip("abab", (0.1, 1, 1, 0.1), *rng.uniform(0.01, 1, (2, 4)),
                              strict=True)
    ]  # fmt: skip
    both = np.array([[f["content"], f["style"]] for f in frames])
    limits = np.stack([both.min(0) / 1.25, both.max(0) * 1.25], 1).tolist()
    cases.append({"fn": "bounds", "args": [frames], "expected": limits})
    for manner in "ab":
        own = sorted(
            (f for f in frames if f["manner"] == manner), key=lambda f: -f["ratio"]
        )
        cases.append({"fn": "ofManner", "args": [frames, manner], "expected": own})
    return cases
