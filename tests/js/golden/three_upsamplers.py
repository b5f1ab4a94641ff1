"""What cvlib makes of a map by copying, by placing and by unpooling."""

import numpy as np

from cvlib.pool import max_pool2d, max_unpool2d
from cvlib.resample import bed_of_nails, nearest


def golden() -> list[dict]:
    """Small maps, factors 2 and 3, with ties among what was pooled."""
    rng = np.random.default_rng(0)
    cases = []
    for H, W, f in [(2, 2, 2), (2, 2, 3), (1, 3, 2), (3, 2, 3)]:
        x = rng.integers(-9, 10, (H, W)).astype(float)
        before = rng.integers(0, 4, (H * f, W * f)).astype(float)  # full of ties
        _, switches = max_pool2d(before[None], f, return_indices=True)
        results = {
            "nearest": nearest(x, scale_factor=f),
            "nails": bed_of_nails(x, f),
            "unpooling": max_unpool2d(x[None], switches, f)[0],
        }
        cases.append(
            {
                "fn": "switches",
                "args": [before.tolist(), f],
                "expected": switches[0].tolist(),
            }
        )
        for method, y in results.items():
            args = [method, x.tolist(), before.tolist(), f]
            cases.append({"fn": "enlarge", "args": args, "expected": y.tolist()})
    return cases
