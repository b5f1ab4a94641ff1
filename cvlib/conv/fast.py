"""Convolution at matrix-multiply speed, in NumPy.

Lay every window out as a column; then all filters meet all windows in one matrix
product. The columns repeat each pixel once per tap, so they are made a block at a time.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cvlib.conv.arguments import Geometry, check_conv, in_one_dtype, pad
from cvlib.conv.sizes import Padding, Size
from cvlib.validate import check_floating, check_shape

BLOCK_BYTES = 4 << 20  # of columns at a time: about what stays in a processor's cache


def conv1d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide filters along sequences, as `torch.nn.functional.conv1d`.

    Args:
        x: (N, C, L) or (C, L) sequences.
        w: (F, C/groups, R) filters.
        b: (F,) biases.
        stride: int, or a tuple of one.
        padding: int, a tuple of one, "valid" or "same".
        dilation: int, or a tuple of one.
        groups: parts into which channels and filters are split, each on its own.

    Returns:
        (N, F, P) or (F, P).

    Raises:
        ShapeError: `x`, `w` and `b` do not fit together.
        TypeError: an array is not floating point.
        ValueError: an option is out of range, or the kernel exceeds the padded input.

    Example:
        >>> conv1d(np.array([[1., 2, 4, 8]]), np.array([[[-1., 1]]]))
        array([[1., 2., 4.]])
    """
    g = check_conv(x, w, b, stride, padding, dilation, groups, axes=1)
    return correlate(x, w, b, g, groups)


def conv2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide filters over images, as `torch.nn.functional.conv2d`.

    Deep learning's convolution is the mathematician's cross-correlation: the kernel is
    not flipped. See `flip.convolve2d` for the other.

    Args:
        x: (N, C, H, W) or (C, H, W) images.
        w: (F, C/groups, R, S) filters.
        b: (F,) biases.
        stride: int or (vertical, horizontal).
        padding: int, (vertical, horizontal), "valid" or "same".
        dilation: int or (vertical, horizontal).
        groups: parts into which channels and filters are split, each on its own.

    Returns:
        (N, F, P, Q) or (F, P, Q) feature maps.

    Raises:
        ShapeError: `x`, `w` and `b` do not fit together.
        TypeError: an array is not floating point.
        ValueError: an option is out of range, or the kernel exceeds the padded input.

    Source:
        Chellapilla, Puri and Simard, High performance convolutional neural networks for
        document processing, 2006 (windows as columns of a matrix).

    Example:
        >>> conv2d(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)))
        array([[[4., 4.],
                [4., 4.]]])
    """
    g = check_conv(x, w, b, stride, padding, dilation, groups, axes=2)
    return correlate(x, w, b, g, groups)


def conv3d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide filters through volumes, as `torch.nn.functional.conv3d`.

    Args:
        x: (N, C, D, H, W) or (C, D, H, W): a video, or slices of a body.
        w: (F, C/groups, R, S, T) filters.
        b: (F,) biases.
        stride: int or triple.
        padding: int, triple, "valid" or "same".
        dilation: int or triple.
        groups: parts into which channels and filters are split, each on its own.

    Returns:
        (N, F, O, P, Q) or (F, O, P, Q).

    Raises:
        ShapeError: `x`, `w` and `b` do not fit together.
        TypeError: an array is not floating point.
        ValueError: an option is out of range, or the kernel exceeds the padded input.

    Example:
        >>> conv3d(np.ones((1, 2, 2, 3)), np.ones((1, 1, 2, 2, 2)))
        array([[[[8., 8.]]]])
    """
    g = check_conv(x, w, b, stride, padding, dilation, groups, axes=3)
    return correlate(x, w, b, g, groups)


def correlate(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None, g: Geometry, groups: int = 1
) -> np.ndarray:
    """What conv1d, conv2d and conv3d share once their arguments are checked."""
    x, w, b = in_one_dtype(x, w, b)
    axes = len(g.input_size)
    batch = x if x.ndim == axes + 2 else x[None]
    w = w.reshape(groups, len(w) // groups, -1)  # (G, F/G, C/G·k·k)
    G, F, taps = w.shape
    patches = windows(batch, g)  # (N, C, k, k, P, Q), a view
    y = np.empty((len(batch), G * F, *g.output_size), w.dtype)
    budget = BLOCK_BYTES // (G * (taps + F) * w.itemsize)  # columns and results
    for n, *place in blocks((len(batch), *g.output_size), budget):
        block = patches[n, ..., *place]
        size = block.shape[-axes:]
        columns = block.reshape(len(block), G, taps, -1)
        y[n, :, *place] = (w @ columns).reshape(-1, G * F, *size)
    if b is not None:
        y += b.reshape(-1, *(1 for _ in range(axes)))
    return y if batch is x else y[0]


def windows(x: np.ndarray, g: Geometry) -> np.ndarray:
    """Every window of `x` without copying a pixel, unless padding asks for it.

    Returns:
        (…, k, k, P, Q): tap first, then place, so that one tap's pixels lie in a row.
    """
    axes = len(g.input_size)
    last = tuple(range(x.ndim - axes, x.ndim))
    view = sliding_window_view(pad(x, g.padding), g.span, last)  # (…, places, taps)
    view = view[..., *(slice(None, None, step) for step in g.stride + g.dilation)]
    return np.moveaxis(view, last, range(-axes, 0))


def blocks(shape: tuple[int, ...], budget: int) -> Iterator[tuple[slice, ...]]:
    """Cut an index space into boxes of at most `budget` cells, but at least one."""
    steps = []
    for length in reversed(shape):
        steps.insert(0, max(1, min(length, budget)))
        budget //= steps[0]
    ranges = [range(0, n, step) for n, step in zip(shape, steps, strict=True)]
    for corner in product(*ranges):
        yield tuple(slice(i, i + step) for i, step in zip(corner, steps, strict=True))


def conv1x1(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
    """A 1×1 convolution: at every pixel the same matrix mixes the channels.

    Args:
        x: (N, C, H, W) or (C, H, W) images.
        w: (F, C) matrix, or (F, C, 1, 1) filters.
        b: (F,) biases.

    Returns:
        (N, F, H, W) or (F, H, W).

    Raises:
        ShapeError: the number of channels differs.
        TypeError: an array is not floating point.

    Source:
        Lin, Chen and Yan, Network in network, 2013.

    Example:
        >>> rgb = np.array([1.0, 0.5, 0]).reshape(3, 1, 1)
        >>> conv1x1(rgb, np.array([[0.2, 0.6, 0.2]]))
        array([[[0.5]]])
    """
    F, C = check_shape("w", w, "F C | F C 1 1")[:2]
    *N, _, H, W = check_shape("x", x, "N C H W | C H W", C=C, to_match=f"w {w.shape}")
    if b is not None:
        check_shape("b", b, "F", F=F, to_match=f"w {w.shape}")
        check_floating("b", b)
    check_floating("x", x)
    check_floating("w", w)
    x, w, b = in_one_dtype(x, w, b)
    pixels = x.reshape(*N, C, H * W)
    y = (w.reshape(F, C) @ pixels).reshape(*N, F, H, W)
    return y if b is None else y + b[:, None, None]
