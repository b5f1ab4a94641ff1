"""Convolution by its definition, in NumPy: one multiply-add at a time.

Slow on purpose. These loops say what a convolution *is*; `fast` says the same sooner.
"""

import numpy as np

from cvlib.conv.arguments import check_conv, geometry, in_one_dtype, pad, widen
from cvlib.conv.sizes import Padding, Size
from cvlib.validate import check_int, check_shape


def cross_correlate2d(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Slide `w` over `x`; at each place multiply what lies on top and add it all up.

    Whole numbers are welcome here, and answered in int64.

    Args:
        x: (H, W) one-channel image.
        w: (R, S) kernel.

    Returns:
        (H−R+1, W−S+1) one number for each place where `w` fits on `x`.

    Raises:
        ShapeError: an argument is not 2-D.
        ValueError: `w` is larger than `x`.

    Example:
        >>> cross_correlate2d(np.eye(3, dtype=int), np.array([[1, 0], [0, 1]]))
        array([[2, 0],
               [0, 2]])
    """
    size = check_shape("x", x, "H W")
    R, S = check_shape("w", w, "R S")
    P, Q = geometry(size, (R, S), 1, 0, 1).output_size
    x, w = in_one_dtype(widen(x), widen(w))
    y = np.zeros((P, Q), x.dtype)
    for p in range(P):
        for q in range(Q):
            for i in range(R):
                for j in range(S):
                    y[p, q] += w[i, j] * x[p + i, q + j]
    return y


def conv1d_loops(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """`fast.conv1d` by its definition: same arguments, same result, slowly.

    Example:
        >>> x, w = np.array([[3.0, 1, 4, 1]]), np.array([[[1.0, 2]]])
        >>> conv1d_loops(x, w)
        array([[5., 9., 6.]])
    """
    g = check_conv(x, w, b, stride, padding, dilation, groups, axes=1)
    x, w, b = in_one_dtype(x, w, b)
    batch = pad(x if x.ndim == 3 else x[None], g.padding)
    (P,), (s,), (d,) = g.output_size, g.stride, g.dilation
    y = _biases(len(batch), w, b, (P,))
    F, C, R = w.shape
    for n, f, p in np.ndindex(y.shape):
        first = f // (F // groups) * C  # the first channel of the filter's group
        for c, i in np.ndindex(C, R):
            y[n, f, p] += w[f, c, i] * batch[n, first + c, p * s + i * d]
    return y if x.ndim == 3 else y[0]


def conv2d_loops(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """`fast.conv2d` by its definition: same arguments, same result, slowly.

    Example:
        >>> x, w = np.arange(9.0).reshape(1, 3, 3), np.ones((1, 1, 2, 2))
        >>> conv2d_loops(x, w)
        array([[[ 8., 12.],
                [20., 24.]]])
    """
    g = check_conv(x, w, b, stride, padding, dilation, groups, axes=2)
    x, w, b = in_one_dtype(x, w, b)
    batch = pad(x if x.ndim == 4 else x[None], g.padding)
    (s, t), (d, e) = g.stride, g.dilation
    y = _biases(len(batch), w, b, g.output_size)
    F, C, R, S = w.shape
    for n, f, p, q in np.ndindex(y.shape):
        first = f // (F // groups) * C  # the first channel of the filter's group
        for c, i, j in np.ndindex(C, R, S):
            pixel = batch[n, first + c, p * s + i * d, q * t + j * e]
            y[n, f, p, q] += w[f, c, i, j] * pixel
    return y if x.ndim == 4 else y[0]


def conv3d_loops(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """`fast.conv3d` by its definition: same arguments, same result, slowly.

    Example:
        >>> conv3d_loops(np.ones((1, 2, 2, 3)), np.ones((1, 1, 2, 2, 2)))
        array([[[[8., 8.]]]])
    """
    g = check_conv(x, w, b, stride, padding, dilation, groups, axes=3)
    x, w, b = in_one_dtype(x, w, b)
    batch = pad(x if x.ndim == 5 else x[None], g.padding)
    y = _biases(len(batch), w, b, g.output_size)
    F, C, *taps = w.shape
    for n, f, *place in np.ndindex(y.shape):
        first = f // (F // groups) * C  # the first channel of the filter's group
        for c, *tap in np.ndindex(C, *taps):
            voxel = np.multiply(place, g.stride) + np.multiply(tap, g.dilation)
            y[n, f, *place] += w[f, c, *tap] * batch[n, first + c, *voxel]
    return y if x.ndim == 5 else y[0]


def _biases(
    N: int, w: np.ndarray, b: np.ndarray | None, size: tuple[int, ...]
) -> np.ndarray:
    """(N, F, …) outputs before the first product: each filter starts at its bias."""
    y = np.zeros((N, len(w), *size), w.dtype)
    return y if b is None else y + b.reshape(-1, *(1 for _ in size))


def window(
    x: np.ndarray,
    i: int,
    j: int,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
) -> np.ndarray:
    """The chunk of `x` that the filter sees when it writes output pixel (i, j).

    Args:
        x: (…, H, W), any dtype.
        i: output row.
        j: output column.
        kernel_size: int or pair.
        stride: int or pair.
        padding: int, pair, "valid" or "same".
        dilation: int or pair.

    Returns:
        (…, R, S) with zeros where the window stands on the padding.

    Raises:
        ShapeError: `x` has fewer than two axes.
        ValueError: the output has no pixel (i, j).

    Example:
        >>> window(np.arange(25).reshape(5, 5), 1, 0, 3, stride=2)
        array([[10, 11, 12],
               [15, 16, 17],
               [20, 21, 22]])
    """
    *_, H, W = check_shape("x", x, "... H W")
    g = geometry((H, W), kernel_size, stride, padding, dilation)
    P, Q = g.output_size
    i, j = check_int("i", i, minimum=0), check_int("j", j, minimum=0)
    if i >= P or j >= Q:
        raise ValueError(
            f"(i, j) must be a pixel of the {P}×{Q} output, got ({i}, {j}); "
            f"the last one is ({P - 1}, {Q - 1})"
        )
    rows, columns = (
        slice(place * s, place * s + span, d)
        for place, s, span, d in zip((i, j), g.stride, g.span, g.dilation, strict=True)
    )
    return pad(x, g.padding)[..., rows, columns]
