"""Pooling to a size instead of by a size, and over the whole plane. NumPy only."""

import numpy as np

from cvlib.validate import check_floating, check_positive, check_shape, pair

from .maximum import BATCH

OutputSize = int | tuple[int | None, int | None]


def adaptive_bins(n: int, size: int) -> list[tuple[int, int]]:
    """First pixel and one past the last of each of `size` bins over `n` pixels.

    Bin i runs from ⌊i·n/size⌋ to ⌈(i+1)·n/size⌉. Rounding outwards leaves no pixel out
    and no bin empty; where `size` does not divide `n`, neighbours overlap.

    Raises:
        TypeError: an argument is not an integer.
        ValueError: an argument is not positive.

    Source:
        He et al., Spatial pyramid pooling in deep convolutional networks for visual
        recognition, TPAMI 2015 (appendix).

    Example:
        >>> adaptive_bins(6, 3)
        [(0, 2), (2, 4), (4, 6)]
        >>> adaptive_bins(7, 3)
        [(0, 3), (2, 5), (4, 7)]
    """
    n, size = check_positive("n", n), check_positive("size", size)
    return [(i * n // size, -(-(i + 1) * n // size)) for i in range(size)]


def adaptive_avg_pool2d(x: np.ndarray, output_size: OutputSize) -> np.ndarray:
    """The mean of every bin of a P×Q grid laid over the plane, whatever its size.

    Args:
        x: (N, C, H, W) or (C, H, W), floating point.
        output_size: (P, Q), or one number for both; None keeps that axis as it is.

    Returns:
        (N, C, P, Q) or (C, P, Q) means.

    Raises:
        ShapeError: `x` has not 3 or 4 axes.
        TypeError: `x` is not floating point, or `output_size` not integers.
        ValueError: `output_size` is not positive, or `x` has no pixels.

    Example:
        >>> adaptive_avg_pool2d(np.arange(7.).reshape(1, 1, 7), (1, 3))
        array([[[1., 3., 5.]]])
    """
    rows, columns = _grid(x, output_size)
    means = np.empty((*x.shape[:-2], len(rows), len(columns)), dtype=x.dtype)
    for p, (top, bottom) in enumerate(rows):
        for q, (left, right) in enumerate(columns):
            means[..., p, q] = x[..., top:bottom, left:right].mean(axis=(-2, -1))
    return means


def adaptive_max_pool2d(
    x: np.ndarray, output_size: OutputSize, *, return_indices: bool = False
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """The largest value of every bin of a P×Q grid laid over the plane.

    Args:
        x: (N, C, H, W) or (C, H, W), floating point.
        output_size: (P, Q), or one number for both; None keeps that axis as it is.
        return_indices: also say where each maximum was found.

    Returns:
        (N, C, P, Q) or (C, P, Q) maxima; with `return_indices` also the switches,
        as `max_pool2d` gives them.

    Raises:
        ShapeError: `x` has not 3 or 4 axes.
        TypeError: `x` is not floating point, or `output_size` not integers.
        ValueError: `output_size` is not positive, or `x` has no pixels.

    Example:
        >>> adaptive_max_pool2d(np.arange(7.).reshape(1, 1, 7), (1, 3))
        array([[[2., 4., 6.]]])
    """
    rows, columns = _grid(x, output_size)
    H, W = x.shape[-2:]
    switches = np.empty((*x.shape[:-2], len(rows), len(columns)), dtype=np.int64)
    for p, (top, bottom) in enumerate(rows):
        for q, (left, right) in enumerate(columns):
            bin_ = x[..., top:bottom, left:right]
            row, column = np.divmod(_argmax(bin_), right - left)
            switches[..., p, q] = (top + row) * W + left + column
    flat = x.reshape(*x.shape[:-2], H * W)
    places = switches.reshape(*x.shape[:-2], len(rows) * len(columns))
    maxima = np.take_along_axis(flat, places, axis=-1).reshape(switches.shape)
    return (maxima, switches) if return_indices else maxima


def _argmax(window: np.ndarray) -> np.ndarray:
    """Flat position of the maximum of each plane: the first one, or the last NaN."""
    flat = window.reshape(*window.shape[:-2], window.shape[-2] * window.shape[-1])
    nan = np.isnan(flat)
    last_nan = flat.shape[-1] - 1 - nan[..., ::-1].argmax(axis=-1)
    return np.where(nan.any(axis=-1), last_nan, flat.argmax(axis=-1))


def _grid(x: np.ndarray, output_size: OutputSize) -> tuple[list, list]:
    """Bins of the rows and bins of the columns."""
    *_, H, W = check_shape("x", x, BATCH)
    check_floating("x", x)
    _check_pixels(x)
    if isinstance(output_size, (tuple, list)) and len(output_size) == 2:
        P, Q = output_size
        output_size = (H if P is None else P, W if Q is None else Q)
    P, Q = pair("output_size", output_size)
    return adaptive_bins(H, P), adaptive_bins(W, Q)


def _check_pixels(x: np.ndarray) -> None:
    check_positive("the height of x", x.shape[-2])
    check_positive("the width of x", x.shape[-1])


def global_avg_pool2d(x: np.ndarray) -> np.ndarray:
    """The mean of every feature map: a volume becomes a vector.

    Args:
        x: (N, C, H, W) or (C, H, W), floating point.

    Returns:
        (N, C) or (C,), ready for a linear layer; `adaptive_avg_pool2d(x, 1)` gives the
        same numbers as (N, C, 1, 1).

    Raises:
        ShapeError: `x` has not 3 or 4 axes.
        TypeError: `x` is not floating point.
        ValueError: `x` has no pixels.

    Source:
        Lin, Chen and Yan, Network in network, ICLR 2014.

    Example:
        >>> global_avg_pool2d(np.array([[[1., 2], [3, 4]], [[0, 0], [0, 8]]]))
        array([2.5, 2. ])
    """
    check_shape("x", x, BATCH)
    check_floating("x", x)
    _check_pixels(x)
    return x.mean(axis=(-2, -1))


def global_max_pool2d(x: np.ndarray) -> np.ndarray:
    """The largest value of every feature map: is the feature anywhere in the image?

    Args:
        x: (N, C, H, W) or (C, H, W), floating point.

    Returns:
        (N, C) or (C,).

    Raises:
        ShapeError: `x` has not 3 or 4 axes.
        TypeError: `x` is not floating point.
        ValueError: `x` has no pixels.

    Source:
        Oquab et al., Is object localization for free? CVPR 2015.

    Example:
        >>> global_max_pool2d(np.array([[[1., 2], [3, 4]], [[0, 0], [0, 8]]]))
        array([4., 8.])
    """
    check_shape("x", x, BATCH)
    check_floating("x", x)
    _check_pixels(x)
    return x.max(axis=(-2, -1))
