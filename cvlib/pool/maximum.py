"""Max pooling forward, by definition, and backward through its switches. NumPy only."""

import math

import numpy as np

from cvlib.validate import ShapeError, check_floating, check_shape, pair

from .windows import Axis, Size, axes_of, pad, taps

BATCH = "N C H W | C H W"


def max_pool2d(
    x: np.ndarray,
    kernel_size: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """The largest value of every window.

    Padding is −∞, so it never wins. A NaN in a window is its result: a broken value
    must not hide behind a good one.

    Args:
        x: (N, C, H, W) or (C, H, W), floating point.
        kernel_size: height and width of a window, or one number for both.
        stride: step from window to window; `kernel_size` if None.
        padding: margin on each side, at most half of `kernel_size`.
        dilation: step between the pixels of one window.
        ceil_mode: keep a last window that hangs over the edge.
        return_indices: also say where each maximum was found.

    Returns:
        (N, C, P, Q) or (C, P, Q) maxima. With `return_indices` also the switches, an
        int64 array of the same shape: row·W + column of each maximum in its unpadded
        plane. Among equal values the first in reading order wins, among
        several NaN (as in torch) the last.

    Raises:
        ShapeError: `x` has not 3 or 4 axes.
        TypeError: `x` is not floating point.
        ValueError: no window fits, or a window would see only padding.

    Source:
        Zhou and Chellappa, Computation of optical flow using a neural network,
        ICNN 1988; Ranzato et al., Unsupervised learning of invariant feature
        hierarchies, CVPR 2007.

    Example:
        >>> x = np.array([[0., 1, 4, 9], [3, 2, 5, 8], [1, 2, 3, 1], [3, 1, 7, 4]])
        >>> maxima, switches = max_pool2d(x[None], 2, return_indices=True)
        >>> maxima[0]
        array([[3., 9.],
               [3., 7.]])
        >>> switches[0]
        array([[ 4,  3],
               [12, 14]])
    """
    check_shape("x", x, BATCH)
    check_floating("x", x)
    rows, columns = axes_of(x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    padded = pad(x, rows, columns, -np.inf)
    if return_indices:
        return _maxima_and_switches(padded, rows, columns)
    maxima = np.full(_pooled_shape(x, rows, columns), -np.inf, dtype=x.dtype)
    for _, _, at in taps(rows, columns):
        np.maximum(maxima, padded[at], out=maxima)
    return maxima


def _maxima_and_switches(
    padded: np.ndarray, rows: Axis, columns: Axis
) -> tuple[np.ndarray, np.ndarray]:
    maxima = np.full(_pooled_shape(padded, rows, columns), -np.inf, dtype=padded.dtype)
    switches = np.full(maxima.shape, -1, dtype=np.int64)
    for i, j, at in taps(rows, columns):
        value = padded[at]  # (N, C, P, Q): pixel (i, j) of every window
        inside = rows.inside[:, i, None] & columns.inside[:, j]  # (P, Q)
        index = rows.pixels[:, i, None] * columns.n + columns.pixels[:, j]  # (P, Q)
        # The first pixel is taken as it is: a window may hold nothing but −∞.
        better = inside & ((value > maxima) | np.isnan(value) | (switches < 0))
        maxima = np.where(better, value, maxima)
        switches = np.where(better, index, switches)
    return maxima, switches


def _pooled_shape(x: np.ndarray, rows: Axis, columns: Axis) -> tuple[int, ...]:
    return (*x.shape[:-2], len(rows.pixels), len(columns.pixels))


def max_pool2d_loops(
    x: np.ndarray,
    kernel_size: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """Max pooling by its definition: one window after another, one pixel after another.

    Args, Returns, Raises: those of `max_pool2d`, whose slow twin this is.

    Example:
        >>> max_pool2d_loops(np.array([[[1., 2], [4, 3]]]), 2)
        array([[[4.]]])
    """
    check_shape("x", x, BATCH)
    check_floating("x", x)
    rows, columns = axes_of(x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    maxima = np.empty(_pooled_shape(x, rows, columns), dtype=x.dtype)
    switches = np.empty(maxima.shape, dtype=np.int64)
    H, W = x.shape[-2:]
    for *plane, p, q in np.ndindex(maxima.shape):
        maximum, switch = None, None
        for row in rows.pixels[p]:
            for column in columns.pixels[q]:
                if not (0 <= row < H and 0 <= column < W):
                    continue  # padding never wins
                value = x[*plane, row, column]
                if switch is None or value > maximum or math.isnan(value):
                    maximum, switch = value, row * W + column
        maxima[*plane, p, q] = maximum
        switches[*plane, p, q] = switch
    return (maxima, switches) if return_indices else maxima


def max_pool2d_backward(
    grad_output: np.ndarray, indices: np.ndarray, input_shape: tuple[int, ...]
) -> np.ndarray:
    """Gradient of max pooling: every window hands its gradient to its winner.

    Only the winner moved the output, so only it is to blame. A pixel that won several
    overlapping windows collects from all of them; all other pixels get 0.

    Args:
        grad_output: (N, C, P, Q) or (C, P, Q) gradient of the loss by the maxima.
        indices: the switches of `max_pool2d(…, return_indices=True)`, of that shape.
        input_shape: shape of the pooled array, (N, C, H, W) or (C, H, W).

    Returns:
        Gradient by the input, of shape `input_shape`.

    Raises:
        ShapeError: the shapes do not belong together.
        TypeError: `indices` are not integers, or `grad_output` is not floating point.
        ValueError: an index lies outside the plane.

    Example:
        >>> grad_output = np.array([[[10., 20]]])
        >>> max_pool2d_backward(grad_output, np.array([[[4, 3]]]), (1, 2, 4))
        array([[[ 0.,  0.,  0., 20.],
                [10.,  0.,  0.,  0.]]])
    """
    check_shape("grad_output", grad_output, "N C P Q | C P Q")
    check_floating("grad_output", grad_output)
    *planes, H, W = check_input_shape(input_shape, grad_output)
    check_indices(indices, grad_output, "grad_output", (H, W))
    grad_x = np.zeros((math.prod(planes), H * W), dtype=grad_output.dtype)
    plane = np.arange(len(grad_x))[:, None]
    # add.at, not +=: a pixel that won twice must be counted twice
    switches = indices.reshape(len(grad_x), math.prod(indices.shape[-2:]))
    np.add.at(grad_x, (plane, switches), grad_output.reshape(switches.shape))
    return grad_x.reshape(*planes, H, W)


def check_input_shape(
    input_shape: tuple[int, ...], grad_output: np.ndarray
) -> tuple[int, ...]:
    """`input_shape`, if `grad_output` can come from an array of that shape."""
    input_shape = tuple(input_shape)
    if input_shape[:-2] != grad_output.shape[:-2]:
        wanted = ", ".join(map(str, grad_output.shape[:-2]))
        raise ShapeError(
            f"input_shape must be ({wanted}, H, W) to match grad_output "
            f"{grad_output.shape}, got {input_shape}; pass that of the pooled array"
        )
    return (*input_shape[:-2], *pair("input_shape[-2:]", input_shape[-2:]))


def check_indices(
    indices: np.ndarray, x: np.ndarray, name: str, plane: tuple[int, int]
) -> None:
    """Refuse switches that do not belong to `x` or do not fit into the plane."""
    letters = ["N", "C", "P", "Q"][-x.ndim :]
    sizes = dict(zip(letters, x.shape, strict=True))
    match = f"{name} {x.shape}"
    check_shape("indices", indices, " ".join(letters), to_match=match, **sizes)
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"indices must be integers, got {indices.dtype}; "
            "pass the second result of max_pool2d(…, return_indices=True)"
        )
    H, W = plane
    if indices.size and not 0 <= indices.min() <= indices.max() < H * W:
        raise ValueError(
            f"indices must lie in 0 … {H * W - 1} for a plane of {H}×{W} pixels, got "
            f"{indices.min()} … {indices.max()}; was a plane of another size pooled?"
        )
