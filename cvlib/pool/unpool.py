"""Max unpooling: values go back to where the maxima came from. NumPy only."""

import numpy as np

from cvlib.validate import check_floating, check_shape, pair

from .maximum import check_indices
from .windows import Size


def max_unpool2d(
    x: np.ndarray,
    indices: np.ndarray,
    kernel_size: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: tuple[int, ...] | None = None,
) -> np.ndarray:
    """Put every value where the switches say its window's maximum was, 0 elsewhere.

    It undoes max pooling as far as that can be undone: the places come back, the values
    that lost do not. Where two windows share a winner, the later value stays.

    Args:
        x: (N, C, P, Q) or (C, P, Q) values to place.
        indices: the switches of `max_pool2d(…, return_indices=True)`, of that shape.
        kernel_size: that of the pooling, as are `stride` and `padding`.
        stride: step from window to window; `kernel_size` if None.
        padding: margin on each side.
        output_size: shape of the pooled array, or its height and width. Several sizes
            pool to the same P×Q; without it (P − 1)·stride − 2·padding + kernel_size
            is taken.

    Returns:
        (N, C, H, W) or (C, H, W).

    Raises:
        ShapeError: `x` has not 3 or 4 axes, or `indices` another shape.
        TypeError: `x` is not floating point, or `indices` are not integers.
        ValueError: `output_size` cannot pool to P×Q, or an index lies outside it.

    Source:
        Zeiler, Taylor and Fergus, Adaptive deconvolutional networks for mid and high
        level feature learning, ICCV 2011.

    Example:
        >>> from cvlib.pool import max_pool2d
        >>> x = np.array([[1., 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]])
        >>> maxima, switches = max_pool2d(x[None], 2, return_indices=True)
        >>> maxima[0]
        array([[5., 6.],
               [7., 8.]])
        >>> max_unpool2d(np.array([[[1., 2], [3, 4]]]), switches, 2)[0]
        array([[0., 0., 2., 0.],
               [0., 1., 0., 0.],
               [0., 0., 0., 0.],
               [3., 0., 0., 4.]])
    """
    *planes, P, Q = check_shape("x", x, "N C P Q | C P Q")
    check_floating("x", x)
    H, W = _plane((P, Q), kernel_size, stride, padding, output_size)
    check_indices(indices, x, "x", (H, W))
    flat = np.zeros((*planes, H * W), dtype=x.dtype)
    places = indices.reshape(*planes, P * Q)
    np.put_along_axis(flat, places, x.reshape(places.shape), axis=-1)
    return flat.reshape(*planes, H, W)


def _plane(pooled, kernel_size, stride, padding, output_size) -> tuple[int, int]:
    """Height and width to unpool to."""
    kernels = pair("kernel_size", kernel_size)
    strides = kernels if stride is None else pair("stride", stride)
    paddings = pair("padding", padding, minimum=0)
    settings = zip(pooled, kernels, strides, paddings, strict=True)
    H, W = ((size - 1) * s - 2 * p + k for size, k, s, p in settings)
    if output_size is None:
        return H, W
    plane = pair("output_size", tuple(output_size)[-2:])
    for size, usual, s in zip(plane, (H, W), strides, strict=True):
        if abs(size - usual) >= s:
            raise ValueError(
                f"output_size must be within {s - 1} of {usual} to pool to {pooled}, "
                f"got {size}; pass the shape of the array that was pooled"
            )
    return plane
