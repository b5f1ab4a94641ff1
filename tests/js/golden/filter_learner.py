"""What cvlib says of a kernel that is learned: its answer, its way, its losses."""

import numpy as np

from cvlib.conv import cross_correlate2d, unfold
from cvlib.filters import EMBOSS, LAPLACIAN_4, SOBEL_X, box, learn_kernel


def golden() -> list[dict]:
    """Random pictures, with and without momentum; the slowest goal last."""
    rng = np.random.default_rng(0)
    cases = []
    for goal, lr, momentum, steps in [
        (SOBEL_X, 0.3, 0.0, 1),
        (SOBEL_X, 0.1, 0.9, 12),
        (LAPLACIAN_4, 0.05, 0.5, 7),
        (EMBOSS, 0.2, 0.0, 5),
        (box(3), 0.1, 0.97, 20),
    ]:
        x = rng.random((9, 11))
        y = cross_correlate2d(x, goal)
        args = [x.tolist(), goal.tolist()]
        cases.append({"fn": "correlate", "args": args, "expected": y.tolist()})
        patches = unfold(x[None], 3)  # (9, positions)
        A = patches @ patches.T / patches.shape[1]
        cases.append(
            {"fn": "products", "args": [x.tolist(), 3], "expected": A.tolist()}
        )
        w, losses = learn_kernel(x, y, 3, lr=lr, steps=steps, momentum=momentum)
        final = np.mean((cross_correlate2d(x, w) - y) ** 2)
        expected = {"losses": [*losses.tolist(), final]}
        args = [*args, lr, momentum, steps]
        cases.append({"fn": "learn", "args": args, "expected": expected})
    stripes = np.tile(np.arange(8) // 2 % 2, (8, 1)).astype(float)
    for x in (rng.random((8, 8)), stripes, np.full((8, 8), 0.5)):
        patches = unfold(x[None], 3)
        A = patches @ patches.T / patches.shape[1]
        expected = int(np.linalg.matrix_rank(A, hermitian=True))
        cases.append({"fn": "rank", "args": [A.tolist()], "expected": expected})
    for value, text in [(0.125, "0.125"), (3.2e-5, "3·10⁻⁵"), (0, "0"), (2e6, "2·10⁶")]:
        cases.append({"fn": "power", "args": [value], "expected": text})
    return cases
