"""Cross-correlation and convolution: the same but for a flip, in NumPy."""

import numpy as np

from cvlib.conv.arguments import Geometry, widen
from cvlib.conv.fast import correlate
from cvlib.conv.sizes import full_padding, same_padding
from cvlib.validate import ShapeError, check_choice, check_shape

MODES = ["valid", "same", "full"]


def flip(w: np.ndarray) -> np.ndarray:
    """Turn a kernel by half a turn: last row first, last column first.

    Args:
        w: (…, R, S) kernels, or (R,).

    Example:
        >>> flip(np.array([[3, 4, 5], [1, 0, 1], [9, 7, 8]]))
        array([[8, 7, 9],
               [1, 0, 1],
               [5, 4, 3]])
    """
    if w.ndim == 0:
        raise ShapeError("w must be (…, R, S) or (R,), got ()")
    return w[::-1] if w.ndim == 1 else w[..., ::-1, ::-1]


def cross_correlate2d(x: np.ndarray, w: np.ndarray, mode: str = "valid") -> np.ndarray:
    """Slide `w` over `x` as it is: y[p, q] = Σ w[i, j] · x[p + i, q + j].

    Whole numbers are welcome here, and answered in int64.

    Args:
        x: (H, W) one-channel image.
        w: (R, S) kernel.
        mode: "valid" where `w` fits, "same" as many as `x` has pixels, "full" wherever
            the two overlap; beyond its edge `x` is 0.

    Returns:
        (H−R+1, W−S+1), (H, W) or (H+R−1, W+S−1).

    Raises:
        ShapeError: an argument is not 2-D.
        ValueError: the mode is unknown, or `w` is too large for "valid".

    Example:
        >>> x, w = np.array([[0.0, 1, 0]]), np.array([[1.0, 2, 3]])
        >>> cross_correlate2d(x, w, mode="same")
        array([[3., 2., 1.]])
    """
    return _slide(x, w, _zeros(w, mode))


def convolve2d(x: np.ndarray, w: np.ndarray, mode: str = "valid") -> np.ndarray:
    """Flip `w`, then slide it: y[p, q] = Σ w[i, j] · x[p − i, q − j].

    The flip buys algebra: convolution commutes and associates, cross-correlation does
    not. A network that learns its kernels has no use for either. Modes and centring are
    those of `scipy.signal.convolve2d`.

    Args:
        x: (H, W) one-channel image.
        w: (R, S) kernel.
        mode: as in `cross_correlate2d`.

    Returns:
        (H−R+1, W−S+1), (H, W) or (H+R−1, W+S−1).

    Raises:
        ShapeError: an argument is not 2-D.
        ValueError: the mode is unknown, or `w` is too large for "valid".

    Example:
        >>> convolve2d(np.array([[0, 1, 0]]), np.array([[1, 2, 3]]), mode="same")
        array([[1, 2, 3]])
    """
    zeros = [(after, before) for before, after in _zeros(w, mode)]  # flipped with w
    return _slide(x, flip(w), zeros)


def _zeros(w: np.ndarray, mode: str) -> list[tuple[int, int]]:
    """Padding `(before, after)` of both axes."""
    check_shape("w", w, "R S")
    check_choice("mode", mode, MODES)
    if mode == "valid":
        return [(0, 0), (0, 0)]
    if mode == "same":
        return [same_padding(k) for k in w.shape]
    return [(full_padding(k),) * 2 for k in w.shape]


def _slide(x: np.ndarray, w: np.ndarray, zeros: list[tuple[int, int]]) -> np.ndarray:
    check_shape("x", x, "H W")
    g = Geometry(x.shape, w.shape, (1, 1), tuple(zeros), (1, 1))
    return correlate(widen(x)[None], widen(w)[None, None], None, g)[0]
