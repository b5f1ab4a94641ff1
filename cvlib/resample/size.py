"""How large the result is: a size, or a whole factor. NumPy only."""

from collections.abc import Sequence

import numpy as np

from cvlib.validate import check_shape, pair

Size = int | Sequence[int]  # one for both axes, or (height, width)


def planes(
    x: np.ndarray, size: Size | None, scale_factor: Size | None
) -> tuple[list[int], tuple[int, int], tuple[int, int]]:
    """The axes before the last two, (H, W), and the height and width to make.

    Raises:
        ShapeError: `x` has fewer than two axes, or no pixels.
        ValueError: both or neither of `size` and `scale_factor` are given.
    """
    *lead, H, W = check_shape("x", x, "... H W")
    if not (H and W):
        check_shape("x", x, "... H W", H=max(H, 1), W=max(W, 1))
    if (size is None) == (scale_factor is None):
        given = "neither" if size is None else "both"
        raise ValueError(
            f"one of size and scale_factor must be given, got {given}; "
            "did you mean scale_factor=2?"
        )
    if size is not None:
        return lead, (H, W), pair("size", size)
    f, g = pair("scale_factor", scale_factor)
    return lead, (H, W), (H * f, W * g)
