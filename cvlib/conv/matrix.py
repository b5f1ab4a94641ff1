"""Convolution is linear, so it is a matrix: two ways to write it down, in NumPy."""

from collections.abc import Sequence

import numpy as np

from cvlib.conv.arguments import Geometry, geometry
from cvlib.conv.fast import windows
from cvlib.conv.sizes import Padding, Size, window_starts
from cvlib.validate import ShapeError, check_floating, check_shape, pair


def unfold(
    x: np.ndarray,
    kernel_size: Size,
    *,
    dilation: Size = 1,
    padding: Padding = 0,
    stride: Size = 1,
) -> np.ndarray:
    """Every window of an image as one column, as `torch.nn.functional.unfold`.

    Args:
        x: (N, C, H, W) or (C, H, W), any dtype: nothing is computed.
        kernel_size: int or pair.
        dilation: int or pair.
        padding: int, pair, "valid" or "same".
        stride: int or pair.

    Returns:
        (N, C·R·S, P·Q) or (C·R·S, P·Q): windows row by row, in each its channels, in
        each its rows. So `w.reshape(F, -1) @ unfold(x, …)` is the convolution.

    Example:
        >>> unfold(np.arange(6).reshape(1, 2, 3), 2)
        array([[0, 1],
               [1, 2],
               [3, 4],
               [4, 5]])
    """
    *N, C, H, W = check_shape("x", x, "N C H W | C H W")
    g = geometry((H, W), kernel_size, stride, padding, dilation)
    taps, places = np.prod(g.kernel_size), np.prod(g.output_size)
    columns = np.array(windows(x, g), order="C")  # windows overlap, columns do not
    return columns.reshape(*N, C * taps, places)


def fold(
    columns: np.ndarray,
    output_size: Size,
    kernel_size: Size,
    *,
    dilation: Size = 1,
    padding: Padding = 0,
    stride: Size = 1,
) -> np.ndarray:
    """Put columns back where they came from and add where they overlap.

    The adjoint of `unfold`, not its inverse: a pixel that was in 9 windows comes back
    9 times as large. As `torch.nn.functional.fold`.

    Args:
        columns: (N, C·R·S, P·Q) or (C·R·S, P·Q).
        output_size: int or (H, W) of the image to make.
        kernel_size: int or pair.
        dilation: int or pair.
        padding: int, pair, "valid" or "same".
        stride: int or pair.

    Returns:
        (N, C, H, W) or (C, H, W).

    Raises:
        ShapeError: the columns do not belong to such an image.
        TypeError: `columns` is not floating point.

    Example:
        >>> fold(np.ones((4, 2)), (2, 3), 2)
        array([[[1., 2., 1.],
                [1., 2., 1.]]])
    """
    size = pair("output_size", output_size)
    g = geometry(size, kernel_size, stride, padding, dilation)
    (R, S), (P, Q) = g.kernel_size, g.output_size
    match = f"{P}×{Q} windows on an output_size of {size}"
    *N, K, _ = check_shape("columns", columns, "N K L | K L", L=P * Q, to_match=match)
    if K % (R * S):
        raise ShapeError(
            f"columns must be (N, C·{R * S}, {P * Q}) to match a {R}×{S} kernel, "
            f"got {columns.shape}; did you mean another kernel_size?"
        )
    check_floating("columns", columns)
    return overlap_add(columns.reshape(*N, K // (R * S), R, S, P, Q), g)


def overlap_add(patches: np.ndarray, g: Geometry) -> np.ndarray:
    """Add (…, R, S, P, Q) patches into (…, H, W), one tap at a time."""
    *lead, R, S, P, Q = patches.shape
    (top, bottom), (left, right) = g.padding
    (H, W), (s, t), (d, e) = g.input_size, g.stride, g.dilation
    x = np.zeros((*lead, top + H + bottom, left + W + right), patches.dtype)
    for i, j in np.ndindex(R, S):
        rows = slice(i * d, i * d + (P - 1) * s + 1, s)
        columns = slice(j * e, j * e + (Q - 1) * t + 1, t)
        x[..., rows, columns] += patches[..., i, j, :, :]
    return x[..., top : top + H, left : left + W]


def toeplitz(
    w: np.ndarray, n: int, *, stride: int = 1, padding: Padding = 0, dilation: int = 1
) -> np.ndarray:
    """The matrix of a 1-D convolution: in each row the same weights, moved along.

    A fully connected layer may choose every entry; here most are 0 (sparse connections)
    and the rest are copies of a few (shared weights).

    Args:
        w: (R,) kernel, any dtype.
        n: length of the input.
        stride: int.
        padding: int, (before, after), "valid" or "same".
        dilation: int.

    Returns:
        (P, n) so that `toeplitz(w, n) @ x` slides `w` along `x`.

    Example:
        >>> toeplitz(np.array([1, 2]), 4)
        array([[1, 2, 0, 0],
               [0, 1, 2, 0],
               [0, 0, 1, 2]])
    """
    (R,) = check_shape("w", w, "R")
    starts = window_starts(n, R, stride=stride, padding=padding, dilation=dilation)
    T = np.zeros((len(starts), n), w.dtype)
    for p, start in enumerate(starts):
        for i in range(R):
            pixel = start + i * dilation
            if 0 <= pixel < n:  # else the tap stands on the padding
                T[p, pixel] = w[i]
    return T


def conv_matrix(
    w: np.ndarray,
    input_shape: Sequence[int],
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """The matrix of a 2-D convolution: Toeplitz blocks, laid out as a Toeplitz matrix.

    Args:
        w: (R, S) kernel, or (F, C/groups, R, S) filters, any dtype.
        input_shape: (H, W), or (C, H, W) to go with filters.
        stride: int or pair.
        padding: int, pair, "valid" or "same".
        dilation: int or pair.
        groups: as in `conv2d`.

    Returns:
        (F·P·Q, C·H·W) so that `conv_matrix(w, x.shape) @ x.ravel()` is the ravelled
        convolution. It is large and mostly zeros: to be looked at, not to be used.

    Raises:
        ShapeError: `w` and `input_shape` do not fit together.

    Example:
        >>> conv_matrix(np.array([[1, 2], [3, 4]]), (2, 3))
        array([[1, 2, 0, 3, 4, 0],
               [0, 1, 2, 0, 3, 4]])
    """
    check_shape("w", w, "R S | F C R S")
    filters = w if w.ndim == 4 else w[None, None]
    F, C, R, S = filters.shape
    shape = tuple(input_shape)
    if w.ndim == 2 and len(shape) == 2:
        shape = (1, *shape)
    if len(shape) != 3 or shape[0] != C * groups or F % groups:
        wanted = "(H, W)" if w.ndim == 2 else f"({C * groups}, H, W)"
        raise ShapeError(
            f"input_shape must be {wanted} to match w {w.shape} and groups={groups}, "
            f"got {tuple(input_shape)}; leave the batch out, channels come first"
        )
    g = geometry(shape[1:], (R, S), stride, padding, dilation)
    (H, W), (P, Q) = g.input_size, g.output_size
    rows, along = (  # how windows lie vertically and horizontally
        {"stride": s, "padding": p, "dilation": d}
        for s, p, d in zip(g.stride, g.padding, g.dilation, strict=True)
    )
    M = np.zeros((F, P, Q, C * groups, H, W), w.dtype)
    for f, c, i in np.ndindex(F, C, R):
        block = toeplitz(filters[f, c, i], W, **along)  # (Q, W): one kernel row
        channel = f // (F // groups) * C + c
        for p, start in enumerate(window_starts(H, R, **rows)):
            row = start + i * g.dilation[0]
            if 0 <= row < H:
                M[f, p, :, channel, row, :] = block
    return M.reshape(F * P * Q, -1)
