"""What cvlib makes of stamps, all of them and the first few."""

import numpy as np

from cvlib.conv import conv_transpose2d, conv_transpose_output_size
from cvlib.resample import overlap_count

SETTINGS = [
    (2, 2, 3, 2, 0),
    (3, 3, 3, 2, 1),
    (3, 2, 4, 2, 1),
    (1, 1, 3, 1, 0),
    (2, 3, 1, 3, 0),
    (3, 3, 2, 2, 0),
    (2, 2, 4, 3, 2),
]
"""Height, width, kernel size, stride, padding."""


def golden() -> list[dict]:
    """Sums, counts and the products behind one pixel."""
    rng = np.random.default_rng(0)
    cases = []
    for H, W, k, s, p in SETTINGS:
        x, w = rng.integers(-9, 10, (H, W)) * 1.0, rng.integers(-3, 4, (k, k)) * 1.0
        options = {"stride": s, "padding": p}
        size = conv_transpose_output_size(H, k, **options)
        cases.append({"fn": "outSize", "args": [H, k, s, p], "expected": size})
        plan = [x.tolist(), w.tolist(), s, p]
        for upto in (1, H * W):
            first = np.where(np.arange(H * W).reshape(H, W) < upto, x, 0.0)
            y = conv_transpose2d(first[None], w[None, None], **options)[0]
            cases.append(
                {"fn": "transposed", "args": [*plan, upto], "expected": y.tolist()}
            )
        counts = overlap_count((H, W), k, **options)
        cases.append({"fn": "overlaps", "args": plan, "expected": counts.tolist()})
        cases.append(_terms(x, w, options, *np.array(counts.shape) // 2))
    return cases


def _terms(x, w, options, i: int, j: int) -> dict:
    """The products that land on (i, j), found by stamping one pixel at a time."""
    found = []
    codes = 1.0 + np.arange(w.size).reshape(w.shape)  # which weight lands there
    for stamp in range(x.size):
        one = np.zeros(x.size)
        one[stamp] = 1
        one = one.reshape(1, *x.shape)
        code = int(conv_transpose2d(one, codes[None, None], **options)[0, i, j])
        if code:
            value = {"stamp": stamp, "x": x.flat[stamp], "w": w.flat[code - 1]}
            found.append(value)
    args = [x.tolist(), w.tolist(), options["stride"], options["padding"]]
    return {"fn": "terms", "args": [*args, int(i), int(j)], "expected": found}
