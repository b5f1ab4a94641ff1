"""Convolution, from its loops to its gradient, in NumPy."""

from cvlib.conv.backward import conv2d_backward
from cvlib.conv.fast import conv1d, conv1x1, conv2d, conv3d
from cvlib.conv.flip import convolve2d, cross_correlate2d, flip
from cvlib.conv.loops import conv1d_loops, conv2d_loops, conv3d_loops, window
from cvlib.conv.matrix import conv_matrix, fold, toeplitz, unfold
from cvlib.conv.separable import (
    ConvCost,
    depthwise_conv2d_loops,
    separable_conv2d,
    separable_kernel,
    separable_multiply_adds,
    separable_parameters,
)
from cvlib.conv.sizes import (
    ReceptiveField,
    conv_transpose_output_size,
    full_padding,
    multiply_adds,
    num_parameters,
    output_size,
    receptive_box,
    receptive_field,
    same_padding,
    window_starts,
)
from cvlib.conv.transpose import (
    conv_transpose2d,
    conv_transpose2d_loops,
    conv_transpose2d_matrix,
)

__all__ = [
    "ConvCost",
    "ReceptiveField",
    "conv1d",
    "conv1d_loops",
    "conv1x1",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "conv3d",
    "conv3d_loops",
    "conv_matrix",
    "conv_transpose2d",
    "conv_transpose2d_loops",
    "conv_transpose2d_matrix",
    "conv_transpose_output_size",
    "convolve2d",
    "cross_correlate2d",
    "depthwise_conv2d_loops",
    "flip",
    "fold",
    "full_padding",
    "multiply_adds",
    "num_parameters",
    "output_size",
    "receptive_box",
    "receptive_field",
    "same_padding",
    "separable_conv2d",
    "separable_kernel",
    "separable_multiply_adds",
    "separable_parameters",
    "toeplitz",
    "unfold",
    "window",
    "window_starts",
]
