"""How many stamps of a transposed convolution lie on each pixel. NumPy."""

import numpy as np

from cvlib.conv import conv_transpose_output_size
from cvlib.resample.size import Size
from cvlib.validate import pair


def overlap_count(
    size: Size,
    kernel_size: Size,
    *,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
) -> np.ndarray:
    """How many pixels of the input stamp onto each pixel of the output.

    Where the count changes from pixel to pixel the result is uneven before anything
    is learned: a checkerboard. Away from the edge it is even exactly if the stride
    divides the kernel's size (for dilation 1).

    Args:
        size: height and width of the input, or one number for both.
        kernel_size: int or pair.
        stride: int or pair: pixels between two stamps.
        padding: int or pair: pixels cut off each edge of the output.
        output_padding: int or pair: pixels added at the bottom and right.
        dilation: int or pair.

    Returns:
        (P, Q) whole numbers: what `conv_transpose2d` makes of ones with a kernel of
        ones.

    Raises:
        TypeError, ValueError: an argument is out of range.

    Source:
        Odena, Dumoulin and Olah, Deconvolution and checkerboard artifacts, Distill
        2016.

    Example:
        >>> overlap_count((1, 4), (1, 3), stride=2)
        array([[1, 1, 2, 1, 2, 1, 2, 1, 1]])
        >>> overlap_count((1, 4), (1, 4), stride=2, padding=(0, 1))
        array([[1, 2, 2, 2, 2, 2, 2, 1]])
    """
    options = zip(
        pair("size", size),
        pair("kernel_size", kernel_size),
        pair("stride", stride),
        pair("padding", padding, minimum=0),
        pair("output_padding", output_padding, minimum=0),
        pair("dilation", dilation),
        strict=True,
    )
    # a pixel lies under the product of rows and columns of stamps
    return np.outer(*(_along_one_axis(*option) for option in options))


def _along_one_axis(n, k, stride, padding, output_padding, dilation) -> np.ndarray:
    length = conv_transpose_output_size(
        n,
        k,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    )
    places = stride * np.arange(n)[:, None] + dilation * np.arange(k) - padding
    inside = places[(places >= 0) & (places < length)]
    return np.bincount(inside, minlength=length)
