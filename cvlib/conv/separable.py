"""Convolution in two cheap steps, in NumPy: inside each channel, then across."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cvlib.conv.fast import conv2d
from cvlib.conv.sizes import (
    Padding,
    Size,
    multiply_adds,
    num_parameters,
    output_size,
)
from cvlib.validate import check_shape

Array = NDArray[np.floating]


class ConvCost(NamedTuple):
    """A count for one standard convolution, and for its two steps.

    Attributes:
        standard: every filter over every channel.
        depthwise: one filter a channel.
        pointwise: 1×1 filters across the channels.
    """

    standard: int
    depthwise: int
    pointwise: int

    @property
    def separable(self) -> int:
        """Both steps together."""
        return self.depthwise + self.pointwise

    @property
    def ratio(self) -> float:
        """Separable over standard; for multiply-adds 1/F + 1/k²."""
        return self.separable / self.standard


def separable_multiply_adds(
    in_channels: int, out_channels: int, kernel_size: Size, output_size: Size
) -> ConvCost:
    """Multiply-adds for one image: the standard convolution and the separable one.

    Example:
        >>> separable_multiply_adds(3, 5, 3, 4)
        ConvCost(standard=2160, depthwise=432, pointwise=240)
    """
    return ConvCost(
        multiply_adds(in_channels, out_channels, kernel_size, output_size),
        multiply_adds(
            in_channels, in_channels, kernel_size, output_size, groups=in_channels
        ),
        multiply_adds(in_channels, out_channels, 1, output_size),
    )


def separable_parameters(
    in_channels: int, out_channels: int, kernel_size: Size, *, bias: bool = False
) -> ConvCost:
    """Weights of the standard convolution and of the separable one.

    Args:
        in_channels: C.
        out_channels: F.
        kernel_size: k, or (height, width).
        bias: count one more a filter, in each of the three convolutions.

    Example:
        >>> separable_parameters(3, 5, 3)
        ConvCost(standard=135, depthwise=27, pointwise=15)
    """
    return ConvCost(
        num_parameters(in_channels, out_channels, kernel_size, bias=bias),
        num_parameters(
            in_channels, in_channels, kernel_size, groups=in_channels, bias=bias
        ),
        num_parameters(in_channels, out_channels, 1, bias=bias),
    )


def depthwise_conv2d_loops(x: Array, w: Array) -> Array:
    """Each channel with its own kernel, by its definition: nothing crosses channels.

    Args:
        x: (N, C, H, W) images.
        w: (C, 1, k, k) one kernel a channel, as torch stores them.

    Returns:
        (N, C, H−k+1, W−k+1).

    Raises:
        ShapeError: an argument has another shape.
        ValueError: a kernel exceeds the picture.

    Example:
        >>> x = np.arange(8.0).reshape(1, 2, 2, 2)
        >>> depthwise_conv2d_loops(x, np.ones((2, 1, 2, 2)))[0, :, 0, 0]
        array([ 6., 22.])
    """
    N, C, H, W = check_shape("x", x, "N C H W")
    _, _, R, S = check_shape("w", w, "C 1 R S", C=C, to_match=f"x {tuple(x.shape)}")
    P, Q = output_size(H, R), output_size(W, S)
    out = np.empty((N, C, P, Q), np.result_type(x, w))
    for n, c, p, q in np.ndindex(out.shape):
        # (R, S) window of one channel; a standard convolution takes (C, R, S)
        out[n, c, p, q] = (x[n, c, p : p + R, q : q + S] * w[c, 0]).sum()
    return out


def separable_conv2d(
    x: Array,
    depthwise: Array,
    pointwise: Array,
    *,
    stride: Size = 1,
    padding: Padding = 0,
) -> Array:
    """A depthwise convolution, then a pointwise one.

    Args:
        x: (N, C, H, W) images.
        depthwise: (C, 1, k, k) one kernel a channel.
        pointwise: (F, C, 1, 1) how each output mixes the channels.
        stride: of the depthwise step.
        padding: of the depthwise step.

    Returns:
        (N, F, P, Q).

    Raises:
        ShapeError: an argument has another shape.

    Source:
        Sifre, Rigid-Motion Scattering for Image Classification, 2014; Howard et al.,
        MobileNets, 2017.

    Example:
        >>> x, one = np.ones((1, 3, 6, 6)), np.ones((3, 1, 3, 3))
        >>> separable_conv2d(x, one, np.ones((5, 3, 1, 1))).shape
        (1, 5, 4, 4)
    """
    _, C, _, _ = check_shape("x", x, "N C H W")
    match = f"x {tuple(x.shape)}"
    check_shape("depthwise", depthwise, "C 1 R S", C=C, to_match=match)
    check_shape("pointwise", pointwise, "F C 1 1", C=C, to_match=match)
    each = conv2d(x, depthwise, stride=stride, padding=padding, groups=C)
    return conv2d(each, pointwise)


def separable_kernel(depthwise: Array, pointwise: Array) -> Array:
    """The standard kernel that does the same: w[f, c] = pointwise[f, c] · depthwise[c].

    All F slices over a channel are multiples of one k×k kernel: laid out as a matrix
    (F, k·k) for that channel, it has rank 1.

    Args:
        depthwise: (C, 1, k, k).
        pointwise: (F, C, 1, 1).

    Returns:
        (F, C, k, k).

    Raises:
        ShapeError: an argument has another shape.

    Example:
        >>> separable_kernel(np.ones((3, 1, 3, 3)), np.ones((5, 3, 1, 1))).shape
        (5, 3, 3, 3)
    """
    C, _, _, _ = check_shape("depthwise", depthwise, "C 1 R S")
    check_shape("pointwise", pointwise, "F C 1 1", C=C)
    return pointwise * depthwise[:, 0]  # (F, C, 1, 1) times (C, k, k)
