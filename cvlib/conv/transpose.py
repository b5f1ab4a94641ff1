"""Transposed convolution three ways, in NumPy: stamp, scatter, multiply by Cᵀ."""

import numpy as np

from cvlib.conv.arguments import Geometry, in_one_dtype
from cvlib.conv.matrix import conv_matrix, overlap_add
from cvlib.conv.sizes import Size, conv_transpose_output_size
from cvlib.validate import ShapeError, check_floating, check_positive, check_shape, pair


def conv_transpose2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> np.ndarray:
    """Each pixel of `x` stamps the filters onto the output, and overlaps add.

    Upsamples with learned weights. It is the backward pass of `conv2d` with respect to
    its input: shapes come back, values do not, so "deconvolution" is a misnomer. As
    `torch.nn.functional.conv_transpose2d`.

    Args:
        x: (N, C, H, W) or (C, H, W) feature maps.
        w: (C, F/groups, R, S): what goes in comes first, the reverse of `conv2d`.
        b: (F,) biases.
        stride: int or pair: pixels between two stamps.
        padding: int or pair: pixels cut off each edge of the output.
        output_padding: int or pair: pixels added at the bottom and right, to choose
            among the sizes that `conv2d` would bring to the size of `x`.
        groups: parts into which channels are split, each on its own.
        dilation: int or pair.

    Returns:
        (N, F, P, Q) or (F, P, Q).

    Raises:
        ShapeError: `x`, `w` and `b` do not fit together.
        TypeError: an array is not floating point.
        ValueError: an option is out of range.

    Source:
        Zeiler, Krishnan, Taylor and Fergus, Deconvolutional networks, CVPR 2010.

    Example:
        >>> conv_transpose2d(np.array([[[1., 2]]]), np.ones((1, 1, 1, 3)), stride=2)
        array([[[1., 1., 3., 2., 2.]]])
    """
    g = _check(x, w, b, stride, padding, output_padding, groups, dilation)
    x, w, b = in_one_dtype(x, w, b)
    *N, C, H, W = x.shape
    stamps = w.reshape(groups, C // groups, -1)  # (G, C/G, F/G·R·S)
    pixels = x.reshape(*N, groups, C // groups, H * W)
    patches = stamps.swapaxes(1, 2) @ pixels  # (N, G, F/G·R·S, H·W)
    patches = patches.reshape(*N, groups * w.shape[1], *g.kernel_size, H, W)
    y = overlap_add(patches, g)
    return y if b is None else y + b[:, None, None]


def conv_transpose2d_loops(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> np.ndarray:
    """`conv_transpose2d` by its definition: same arguments, same result, slowly.

    Example:
        >>> x, w = np.array([[[1.0, 2]]]), np.array([[[[1.0, 1, 1]]]])
        >>> conv_transpose2d_loops(x, w, stride=(1, 2))
        array([[[1., 1., 3., 2., 2.]]])
    """
    g = _check(x, w, b, stride, padding, output_padding, groups, dilation)
    x, w, b = in_one_dtype(x, w, b)
    images = x.reshape(-1, *x.shape[-3:])
    C, F = len(w), w.shape[1]
    (P, Q), (s, t), (d, e) = g.input_size, g.stride, g.dilation
    (top, _), (left, _) = g.padding
    y = np.zeros((len(images), F * groups, P, Q), w.dtype)
    for n, c, h, v in np.ndindex(images.shape):
        first = c // (C // groups) * F  # the first output channel of the pixel's group
        for f, i, j in np.ndindex(w.shape[1:]):
            p, q = h * s + i * d - top, v * t + j * e - left
            if 0 <= p < P and 0 <= q < Q:
                y[n, first + f, p, q] += w[c, f, i, j] * images[n, c, h, v]
    if b is not None:
        y += b[:, None, None]
    return y.reshape(*x.shape[:-3], *y.shape[1:])


def conv_transpose2d_matrix(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> np.ndarray:
    """`conv_transpose2d` as Cᵀ x, where C is the matrix of the convolution it reverses.

    This is where the name comes from. Same arguments, same result, much memory.

    Example:
        >>> x, w = np.array([[[1.0, 2]]]), np.array([[[[1.0, 1, 1]]]])
        >>> conv_transpose2d_matrix(x, w, stride=(1, 2))
        array([[[1., 1., 3., 2., 2.]]])
    """
    g = _check(x, w, b, stride, padding, output_padding, groups, dilation)
    x, w, b = in_one_dtype(x, w, b)
    *N, C, H, W = x.shape
    F = w.shape[1] * groups
    P, Q = g.input_size  # what conv2d starts from is what its transpose arrives at
    M = conv_matrix(
        w,
        (F, P, Q),
        stride=g.stride,
        padding=tuple(before for before, _ in g.padding),
        dilation=g.dilation,
        groups=groups,
    )
    # With output_padding ≥ stride conv2d would find windows that x has no pixel for.
    M = M.reshape(C, *g.output_size, F * P * Q)[:, :H, :W].reshape(C * H * W, -1)
    y = (x.reshape(*N, C * H * W) @ M).reshape(*N, F, P, Q)  # each row is Mᵀ x
    return y if b is None else y + b[:, None, None]


def _check(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None,
    stride: Size,
    padding: Size,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> Geometry:
    """The geometry of the convolution to reverse: its input is our output."""
    C, F, *kernel_size = check_shape("w", w, "C F R S")
    if not w.size:
        raise ShapeError(f"w must hold at least one weight, got {w.shape}")
    groups = check_positive("groups", groups)
    if C % groups:
        raise ValueError(
            f"groups must divide the {C} input channels of w {w.shape}, got {groups}; "
            "did you mean groups=1?"
        )
    *_, H, W = check_shape(
        "x", x, "N C H W | C H W", C=C, to_match=f"w {w.shape}, input channels first"
    )
    if b is not None:
        check_shape("b", b, "F", F=F * groups, to_match=f"w {w.shape}")
        check_floating("b", b)
    check_floating("x", x)
    check_floating("w", w)
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    padding = pair("padding", padding, minimum=0)
    extra = pair("output_padding", output_padding, minimum=0)
    options = zip((H, W), kernel_size, stride, padding, extra, dilation, strict=True)
    size = tuple(
        conv_transpose_output_size(
            n, k, stride=s, padding=p, output_padding=o, dilation=d
        )
        for n, k, s, p, o, d in options
    )
    zeros = tuple((p, p) for p in padding)
    return Geometry(size, tuple(kernel_size), stride, zeros, dilation)
