"""Bilinear interpolation three ways, in NumPy: four neighbours, a matrix, a kernel."""

import numpy as np

from cvlib.resample.size import Size, planes
from cvlib.validate import check_floating, check_positive, pair


def source_positions(n: int, size: int, *, align_corners: bool = False) -> np.ndarray:
    """Where the pixels of the result lie among the `n` pixels they are read from.

    A pixel has a width. By default the two rows of pixels cover the same length, so
    centre i lies at (i + ½)·n/size − ½, and what falls outside the first and the last
    centre is moved onto it. With `align_corners` the first and the last *centres* lie
    on each other, and centre i lies at i·(n − 1)/(size − 1).

    Args:
        n: pixels to read from.
        size: pixels to make.
        align_corners: whether the outermost centres are kept in place.

    Returns:
        (size,) positions in [0, n − 1].

    Raises:
        TypeError, ValueError: `n` or `size` is not whole and positive.

    Example:
        >>> source_positions(2, 4)
        array([0.  , 0.25, 0.75, 1.  ])
        >>> source_positions(2, 5, align_corners=True)
        array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    n, size = check_positive("n", n), check_positive("size", size)
    i = np.arange(size)
    if align_corners:
        return i * (n - 1) / max(size - 1, 1)  # a single pixel is read at the start
    return np.clip((i + 0.5) * n / size - 0.5, 0, n - 1)


def bilinear(
    x: np.ndarray,
    size: Size | None = None,
    *,
    scale_factor: Size | None = None,
    align_corners: bool = False,
) -> np.ndarray:
    """Every pixel of the result is a blend of the four around its place in `x`.

    Computed as A x Bᵀ, one matrix for the rows and one for the columns. As
    `torch.nn.functional.interpolate(…, mode="bilinear")`: also when the result is
    smaller, where it does not blur first and so may miss what lies between.

    Args:
        x: (…, H, W).
        size: height and width of the result, or one number for both.
        scale_factor: whole numbers of times, instead of `size`.
        align_corners: see `source_positions`.

    Returns:
        (…, P, Q).

    Raises:
        ShapeError: `x` has fewer than two axes, or no pixels.
        TypeError, ValueError: `x` is not floating point, or not exactly one of `size`
            and `scale_factor` is given, or it is not whole and positive.

    Example:
        >>> bilinear(np.array([[0.0, 4.0]]), (1, 4))
        array([[0., 1., 3., 4.]])
    """
    _, (H, W), (P, Q) = planes(x, size, scale_factor)
    check_floating("x", x)
    rows = interpolation_matrix(H, P, align_corners=align_corners)
    columns = interpolation_matrix(W, Q, align_corners=align_corners)
    return rows.astype(x.dtype) @ x @ columns.T.astype(x.dtype)


def bilinear_loops(
    x: np.ndarray,
    size: Size | None = None,
    *,
    scale_factor: Size | None = None,
    align_corners: bool = False,
) -> np.ndarray:
    """`bilinear` by its definition: same arguments, same result, slowly.

    Example:
        >>> bilinear_loops(np.array([[0.0, 4.0]]), (1, 5), align_corners=True)
        array([[0., 1., 2., 3., 4.]])
    """
    lead, (H, W), (P, Q) = planes(x, size, scale_factor)
    check_floating("x", x)
    y = np.empty((*lead, P, Q), x.dtype)
    for p, v in enumerate(source_positions(H, P, align_corners=align_corners)):
        for q, u in enumerate(source_positions(W, Q, align_corners=align_corners)):
            top, left = int(v), int(u)
            below, right = min(top + 1, H - 1), min(left + 1, W - 1)
            a, b = v - top, u - left  # how far down and how far to the right
            y[..., p, q] = (
                (1 - a) * (1 - b) * x[..., top, left]
                + (1 - a) * b * x[..., top, right]
                + a * (1 - b) * x[..., below, left]
                + a * b * x[..., below, right]
            )
    return y


def interpolation_matrix(
    n: int, size: int, *, align_corners: bool = False
) -> np.ndarray:
    """Linear interpolation of a row of `n` pixels, as a matrix of (size, n) weights.

    Each line holds the one or two weights of one pixel of the result; they sum to 1.

    Example:
        >>> interpolation_matrix(2, 4)
        array([[1.  , 0.  ],
               [0.75, 0.25],
               [0.25, 0.75],
               [0.  , 1.  ]])
    """
    places = source_positions(n, size, align_corners=align_corners)
    # a hat over each pixel: 1 at its centre, 0 from the next centre on
    return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(n)))


def bilinear_kernel(scale_factor: Size) -> np.ndarray:
    """The stamp with which a transposed convolution interpolates bilinearly.

    A hat of 2f − (f mod 2) pixels: use it with `stride=f, padding=f // 2`. Away from
    the edge the result is that of `bilinear`; at the edge the stamps of pixels outside
    are missing, so it darkens. Networks start from it and may learn something better.

    Args:
        scale_factor: f, or one for the height and one for the width.

    Returns:
        (R, S) weights, symmetric; the stamps on one pixel sum to 1.

    Raises:
        TypeError, ValueError: `scale_factor` is not whole and positive.

    Source:
        Long, Shelhamer and Darrell, Fully convolutional networks for semantic
        segmentation, CVPR 2015.

    Example:
        >>> bilinear_kernel((1, 2))
        array([[0.25, 0.75, 0.75, 0.25]])
        >>> bilinear_kernel((1, 3)) * 3
        array([[1., 2., 3., 2., 1.]])
    """
    rows, columns = (_hat(f) for f in pair("scale_factor", scale_factor))
    return np.outer(rows, columns)


def _hat(f: int) -> np.ndarray:
    """A triangle whose middle is between two pixels if f is even, on one if odd."""
    k = 2 * f - f % 2
    return 1 - np.abs(np.arange(k) - (k - 1) / 2) / f
