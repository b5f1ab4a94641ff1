"""Where the windows of a pooling layer lie. NumPy only."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cvlib.validate import check_int, check_positive, pair

Size = int | tuple[int, int]  # one number for both axes, or (height, width)


def pool_output_size(
    n: int,
    kernel_size: int,
    *,
    stride: int | None = None,
    padding: int = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """How many windows fit along an axis of `n` pixels.

    ⌊(n + 2·padding − span) / stride⌋ + 1, where a window spans
    dilation·(kernel_size − 1) + 1 pixels. With `ceil_mode` the quotient is rounded up,
    so a last window may hang over the end; it is dropped again if it would start beyond
    the input and its left padding, for it would see no pixel at all.

    Args:
        n: pixels along the axis.
        kernel_size: pixels a window looks at.
        stride: step from window to window; `kernel_size` if None.
        padding: pixels added on each side, at most half of `kernel_size`.
        dilation: step between the pixels of one window.
        ceil_mode: keep a last window that is only partly filled.

    Returns:
        The number of windows, at least 1.

    Raises:
        TypeError: an argument is not an integer.
        ValueError: an argument is out of range, or no window fits.

    Source:
        Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016;
        the rule for `ceil_mode` is that of torch.

    Example:
        >>> pool_output_size(224, 2), pool_output_size(55, 3, stride=2)
        (112, 27)
        >>> [pool_output_size(6, 3, stride=2, ceil_mode=ceil) for ceil in (False, True)]
        [2, 3]
    """
    check_positive("n", n)
    check_positive("kernel_size", kernel_size)
    stride = kernel_size if stride is None else check_positive("stride", stride)
    check_int("padding", padding, minimum=0)
    check_positive("dilation", dilation)
    if padding > kernel_size // 2:
        raise ValueError(
            f"padding must be at most half of kernel_size {kernel_size}, "
            f"got {padding}; a window in a wider margin would see no pixel"
        )
    span = dilation * (kernel_size - 1) + 1
    room = n + 2 * padding - span
    size = (-(-room // stride) if ceil_mode else room // stride) + 1
    if ceil_mode and (size - 1) * stride >= n + padding:
        size -= 1
    if size < 1:
        raise ValueError(
            f"a window of {span} pixels must fit into the padded input, got "
            f"{n} + 2·{padding} pixels; use a smaller kernel_size or a larger input"
        )
    return size


@dataclass(frozen=True)
class Axis:
    """The windows along one axis: P of them, k pixels each."""

    n: int
    padding: int
    stride: int
    dilation: int
    pixels: np.ndarray  # (P, k) index of each pixel; outside 0 … n − 1 in the padding

    @property
    def inside(self) -> np.ndarray:
        """(P, k) True where the pixel is one of the input's."""
        return (self.pixels >= 0) & (self.pixels < self.n)

    @property
    def margins(self) -> tuple[int, int]:
        """Pixels to add before and after, so that every window is filled."""
        return self.padding, max(self.padding, int(self.pixels.max()) + 1 - self.n)

    def tap(self, i: int) -> slice:
        """The i-th pixel of every window, as a slice of the padded axis."""
        first = i * self.dilation
        return slice(
            first, first + (len(self.pixels) - 1) * self.stride + 1, self.stride
        )


def axes_of(
    shape: tuple[int, ...],
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    dilation: Size,
    ceil_mode: bool,
) -> tuple[Axis, Axis]:
    """The windows along the last two axes, rows and columns."""
    kernels = pair("kernel_size", kernel_size)
    settings = zip(
        ("height", "width"),
        shape[-2:],
        kernels,
        kernels if stride is None else pair("stride", stride),
        pair("padding", padding, minimum=0),
        pair("dilation", dilation),
        strict=True,
    )
    rows, columns = (_axis(*setting, ceil_mode) for setting in settings)
    return rows, columns


def _axis(name, n, kernel_size, stride, padding, dilation, ceil_mode) -> Axis:
    check_positive(f"the {name} of the input", n)
    size = pool_output_size(
        n,
        kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )
    starts = stride * np.arange(size) - padding
    pixels = starts[:, None] + dilation * np.arange(kernel_size)  # (P, k)
    axis = Axis(n, padding, stride, dilation, pixels)
    if not axis.inside.any(axis=1).all():
        raise ValueError(
            f"every window must see a pixel, got one that steps over the whole {name} "
            f"of {n}; use a dilation smaller than {dilation}"
        )
    return axis


def pad(x: np.ndarray, rows: Axis, columns: Axis, value: float) -> np.ndarray:
    """`x` with a margin of `value` around its last two axes."""
    margins = [(0, 0)] * (x.ndim - 2) + [rows.margins, columns.margins]
    return np.pad(x, margins, constant_values=value)


def taps(rows: Axis, columns: Axis) -> Iterator[tuple[int, int, tuple]]:
    """Each pixel (i, j) of a window in reading order, and where all windows have it."""
    for i in range(rows.pixels.shape[1]):
        for j in range(columns.pixels.shape[1]):
            yield i, j, (..., rows.tap(i), columns.tap(j))
