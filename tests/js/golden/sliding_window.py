"""What cvlib says a sliding window gives."""

import numpy as np

from cvlib.conv import cross_correlate2d, window
from cvlib.widgets.sliding_window import IMAGE, KERNEL


def golden() -> list[dict]:
    """The lecture's 5 × 5 picture and random ones that are not square."""
    rng = np.random.default_rng(0)
    pairs = [(np.array(IMAGE, float), np.array(KERNEL, float))]
    for H, W, f, g in [(3, 3, 3, 3), (4, 7, 2, 3), (6, 5, 1, 1), (5, 8, 4, 2)]:
        pairs.append((rng.integers(-3, 4, (H, W)) * 1.0, rng.normal(size=(f, g))))
    cases = []
    for image, kernel in pairs:
        args = [image.tolist(), kernel.tolist()]
        y = cross_correlate2d(image, kernel)
        cases.append({"fn": "slide", "args": args, "expected": y.tolist()})
        i, j = y.shape[0] - 1, y.shape[1] - 1
        seen = window(image[None], i, j, kernel.shape)[0]
        products = [
            {"x": x, "w": w, "value": x * w}
            for x, w in zip(seen.ravel().tolist(), kernel.ravel().tolist(), strict=True)
        ]
        cases.append({"fn": "products", "args": [*args, i, j], "expected": products})
    return cases
