"""Enlarging without arithmetic: copy every pixel, or place it among zeros. NumPy."""

import numpy as np

from cvlib.resample.size import Size, planes
from cvlib.validate import check_shape, pair


def nearest(
    x: np.ndarray,
    size: Size | None = None,
    *,
    scale_factor: Size | None = None,
) -> np.ndarray:
    """Every pixel of the result copies the one it falls into, ⌊i·H/P⌋ and ⌊j·W/Q⌋.

    With a whole factor f each pixel becomes a block of f × f. As
    `torch.nn.functional.interpolate(…, mode="nearest")`; whole numbers are divided
    here, so a place that falls exactly on an edge is never rounded to the wrong side.

    Args:
        x: (…, H, W), any dtype: nothing is computed.
        size: height and width of the result, or one number for both.
        scale_factor: whole numbers of times, instead of `size`.

    Returns:
        (…, P, Q).

    Raises:
        ShapeError: `x` has fewer than two axes, or no pixels.
        TypeError, ValueError: not exactly one of `size` and `scale_factor` is given,
            or it is not whole and positive.

    Example:
        >>> nearest(np.array([[1, 2], [3, 4]]), scale_factor=2)
        array([[1, 1, 2, 2],
               [1, 1, 2, 2],
               [3, 3, 4, 4],
               [3, 3, 4, 4]])
    """
    _, (H, W), (P, Q) = planes(x, size, scale_factor)
    rows, columns = np.arange(P) * H // P, np.arange(Q) * W // Q
    return x[..., rows[:, None], columns]


def nearest_loops(
    x: np.ndarray,
    size: Size | None = None,
    *,
    scale_factor: Size | None = None,
) -> np.ndarray:
    """`nearest` by its definition: same arguments, same result, slowly.

    Example:
        >>> nearest_loops(np.array([[1, 2]]), (1, 5))
        array([[1, 1, 1, 2, 2]])
    """
    lead, (H, W), (P, Q) = planes(x, size, scale_factor)
    y = np.empty((*lead, P, Q), x.dtype)
    for p, q in np.ndindex(P, Q):
        y[..., p, q] = x[..., p * H // P, q * W // Q]
    return y


def bed_of_nails(x: np.ndarray, scale_factor: Size) -> np.ndarray:
    """Every pixel in the upper left corner of its block, zeros around it.

    The zeros are a promise: a convolution that follows will fill them in. Zeros and
    convolution together are a transposed convolution.

    Args:
        x: (…, H, W), any dtype.
        scale_factor: the side of a block, or height and width.

    Returns:
        (…, H·f, W·g).

    Raises:
        ShapeError: `x` has fewer than two axes.
        TypeError, ValueError: `scale_factor` is not whole and positive.

    Example:
        >>> bed_of_nails(np.array([[1, 2], [3, 4]]), 2)
        array([[1, 0, 2, 0],
               [0, 0, 0, 0],
               [3, 0, 4, 0],
               [0, 0, 0, 0]])
    """
    *lead, H, W = check_shape("x", x, "... H W")
    f, g = pair("scale_factor", scale_factor)
    y = np.zeros((*lead, H * f, W * g), x.dtype)
    y[..., ::f, ::g] = x
    return y
