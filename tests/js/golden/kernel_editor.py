"""What cvlib says a kernel makes of a picture, and what lies under its window."""

import base64

import numpy as np

from cvlib.filters import EMBOSS, SOBEL_X, box, filter_image, gaussian
from cvlib.image import to_float


def golden() -> list[dict]:
    """Known and random kernels, pictures smaller than the window, every corner."""
    rng = np.random.default_rng(0)
    kernels = [SOBEL_X, EMBOSS, box(5), gaussian(5, 1.0), np.array([[-2.0]])]
    kernels += [rng.normal(size=(3, 3)), np.zeros((3, 3))]
    cases = []
    for kernel, (H, W) in zip(
        kernels, [(6, 5), (4, 9), (7, 7), (2, 3), (3, 4), (1, 1), (5, 2)], strict=True
    ):
        image, half = rng.random((H, W)), len(kernel) // 2
        y = filter_image(image, kernel)
        args = [image.tolist(), kernel.tolist()]
        cases.append({"fn": "filterImage", "args": args, "expected": y.tolist()})
        around = np.pad(image, half, mode="edge")
        for i, j in {(0, 0), (H - 1, W - 1), (H // 2, 0)}:
            seen = around[i : i + len(kernel), j : j + len(kernel)]
            assert np.isclose((seen * kernel).sum(), y[i, j])
            args = [image.tolist(), len(kernel), i, j]
            cases.append({"fn": "windowAt", "args": args, "expected": seen.tolist()})
        cases.append(
            {"fn": "total", "args": [kernel.tolist()], "expected": kernel.sum()}
        )
    raw = rng.integers(0, 256, (4, 3), dtype=np.uint8)
    packed = {
        "height": 4,
        "width": 3,
        "data": base64.b64encode(raw.tobytes()).decode(),
    }
    expected = to_float(raw).tolist()
    cases.append({"fn": "decode", "args": [packed], "expected": expected})
    return cases
