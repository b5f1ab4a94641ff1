"""Average pooling forward, by definition, and backward. NumPy only."""

import numpy as np

from cvlib.validate import check_floating, check_shape

from .maximum import BATCH, check_input_shape
from .windows import Axis, Size, axes_of, pad, taps


def avg_pool2d(
    x: np.ndarray,
    kernel_size: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> np.ndarray:
    """The mean of every window.

    Args:
        x: (N, C, H, W) or (C, H, W), floating point.
        kernel_size: height and width of a window, or one number for both.
        stride: step from window to window; `kernel_size` if None.
        padding: margin of zeros on each side, at most half of `kernel_size`.
        ceil_mode: keep a last window that hangs over the edge; what hangs over even
            the padding is never counted.
        count_include_pad: divide by all pixels of a window, padding included. False
            divides by the input's own pixels, so a border is not darkened.

    Returns:
        (N, C, P, Q) or (C, P, Q) means.

    Raises:
        ShapeError: `x` has not 3 or 4 axes.
        TypeError: `x` is not floating point.
        ValueError: no window fits.

    Source:
        LeCun et al., Gradient-based learning applied to document recognition,
        Proc. IEEE 1998 (there with a learned factor and bias).

    Example:
        >>> x = np.array([[0., 1, 4, 9], [3, 2, 5, 8], [1, 2, 3, 1], [3, 1, 7, 4]])
        >>> avg_pool2d(x[None], 2)[0]
        array([[1.5 , 6.5 ],
               [1.75, 3.75]])
    """
    check_shape("x", x, BATCH)
    check_floating("x", x)
    rows, columns = axes_of(x.shape, kernel_size, stride, padding, 1, ceil_mode)
    padded = pad(x, rows, columns, 0)
    # Half-precision sums overflow at 65504, so they are carried in single precision.
    exact = np.result_type(x.dtype, np.float32)
    shape = (*x.shape[:-2], len(rows.pixels), len(columns.pixels))
    total = np.zeros(shape, dtype=exact)
    for _, _, at in taps(rows, columns):
        total += padded[at]
    return (total / _divisor(rows, columns, count_include_pad)).astype(x.dtype)


def _divisor(rows: Axis, columns: Axis, count_include_pad: bool) -> np.ndarray:
    """(P, Q) float32: how many pixels each window is divided by."""
    high, wide = (_counted(axis, count_include_pad) for axis in (rows, columns))
    return np.outer(high, wide).astype(np.float32)  # exact below 2²⁴


def _counted(axis: Axis, count_include_pad: bool) -> np.ndarray:
    """(P,) pixels that count in each window of one axis."""
    if count_include_pad:
        return (axis.pixels < axis.n + axis.padding).sum(axis=1)
    return axis.inside.sum(axis=1)


def avg_pool2d_loops(
    x: np.ndarray,
    kernel_size: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Average pooling by its definition: one window after another, pixel after pixel.

    Args, Returns, Raises: those of `avg_pool2d`, whose slow twin this is.

    Example:
        >>> avg_pool2d_loops(np.array([[[1., 2], [4, 3]]]), 2)
        array([[[2.5]]])
    """
    check_shape("x", x, BATCH)
    check_floating("x", x)
    rows, columns = axes_of(x.shape, kernel_size, stride, padding, 1, ceil_mode)
    means = np.empty((*x.shape[:-2], len(rows.pixels), len(columns.pixels)), x.dtype)
    H, W = x.shape[-2:]
    for *plane, p, q in np.ndindex(means.shape):
        total, count = 0.0, 0
        for row in rows.pixels[p]:
            for column in columns.pixels[q]:
                inside = 0 <= row < H and 0 <= column < W
                in_padding = row < H + rows.padding and column < W + columns.padding
                if inside:
                    total += x[*plane, row, column].item()
                if inside or (count_include_pad and in_padding):
                    count += 1
        means[*plane, p, q] = total / count
    return means


def avg_pool2d_backward(
    grad_output: np.ndarray,
    input_shape: tuple[int, ...],
    kernel_size: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Gradient of average pooling: every window shares its gradient out equally.

    Args:
        grad_output: (N, C, P, Q) or (C, P, Q) gradient of the loss by the means.
        input_shape: shape of the pooled array, (N, C, H, W) or (C, H, W).
        kernel_size: that of `avg_pool2d`, as are all the options.
        stride: step from window to window; `kernel_size` if None.
        padding: margin on each side.
        ceil_mode: whether a last window may hang over the edge.
        count_include_pad: whether padding was counted.

    Returns:
        Gradient by the input, of shape `input_shape`.

    Raises:
        ShapeError: `grad_output` is not what pooling such an input gives.
        TypeError: `grad_output` is not floating point.
        ValueError: no window fits.

    Example:
        >>> avg_pool2d_backward(np.array([[[4., 8]]]), (1, 2, 4), 2)
        array([[[1., 1., 2., 2.],
                [1., 1., 2., 2.]]])
    """
    check_shape("grad_output", grad_output, "N C P Q | C P Q")
    check_floating("grad_output", grad_output)
    *planes, H, W = check_input_shape(input_shape, grad_output)
    rows, columns = axes_of((H, W), kernel_size, stride, padding, 1, ceil_mode)
    letters = "N C P Q" if grad_output.ndim == 4 else "C P Q"
    pooled = {"P": len(rows.pixels), "Q": len(columns.pixels)}
    match = f"input_shape {tuple(input_shape)}"
    check_shape("grad_output", grad_output, letters, to_match=match, **pooled)

    share = grad_output / _divisor(rows, columns, count_include_pad)
    grad_padded = pad(np.zeros((*planes, H, W), share.dtype), rows, columns, 0)
    for _, _, at in taps(rows, columns):
        grad_padded[at] += share  # the windows that share a pixel add up in it
    top, left = rows.padding, columns.padding
    grad_x = grad_padded[..., top : top + H, left : left + W]
    return grad_x.astype(grad_output.dtype)
