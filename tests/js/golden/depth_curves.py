"""What cvlib says of logged runs."""

import numpy as np

from cvlib.widgets import depth_curves as dc

LEVELS = (90.0, 40.0, 12.5, 0.0)


def invented(seed: int, depths: tuple[int, ...], epochs: int) -> list[dict]:
    """Runs that fall, more or less, from nine tenths of mistakes."""
    rng = np.random.default_rng(seed)
    runs = []
    for residual in (False, True):
        for depth in depths:
            fall = 90 * np.exp(-np.arange(epochs) * rng.uniform(0.02, 0.6))
            train = (fall + rng.uniform(0, 3, epochs)).round(2).tolist()
            test = (fall + rng.uniform(0, 20) + rng.uniform(0, 3, epochs)).round(2)
            runs.append(
                {
                    "name": f"{'resnet' if residual else 'plain'}{depth}",
                    "depth": depth,
                    "residual": residual,
                    "train": train,
                    "test": test.clip(0, 100).tolist(),
                }
            )
    rng.shuffle(runs)
    return runs


def case(fn: str, *args: object) -> dict:
    return {"fn": fn, "args": list(args), "expected": getattr(dc, fn)(*args)}


def golden() -> list[dict]:
    """Every function on runs of several depths and lengths."""
    cases = []
    for seed, (depths, epochs) in enumerate(
        [((20, 56), 40), ((8, 20, 32), 12), ((20,), 3), ((110, 20, 56), 25)]
    ):
        runs = invented(seed, depths, epochs)
        cases += [case("depths", runs), case("axis_top", runs)]
        cases.append(case("find", runs, 57, True))
        for run in runs:
            at = runs, run["depth"], run["residual"]
            cases.append(case("find", *at))
            for epoch in (1, epochs // 2, epochs):
                cases.append(case("verdict", *at, epoch))
                cases += [case("gap", *at, epoch, key) for key in ("train", "test")]
            cases += [case("reached", run["train"], level) for level in LEVELS]
    box = {"x": 10, "y": 5, "width": 90, "height": 50}
    expected = [[10, 55 - 50 * 40 / 50], [55, 5], [100, 55]]
    cases.append({"fn": "points", "args": [[40, 60, 0], box, 50], "expected": expected})
    return cases
