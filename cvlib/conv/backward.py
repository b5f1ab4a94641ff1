"""The backward pass of a convolution, in NumPy."""

import numpy as np

from cvlib.conv.arguments import check_conv, in_one_dtype
from cvlib.conv.fast import windows
from cvlib.conv.matrix import overlap_add
from cvlib.conv.sizes import Padding, Size
from cvlib.validate import check_floating, check_shape


def conv2d_backward(
    grad_output: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How a loss changes with the images, the filters and the biases of `conv2d`.

    Forward, y = w · columns(x) + b. So backward: the filters receive what each window
    held, weighted by the gradient that came back to it; each window receives the
    filters, weighted the same way, and a pixel of several windows adds up what it gets.

    Args:
        grad_output: (N, F, P, Q) or (F, P, Q), the loss's gradient at the output.
        x: (N, C, H, W) or (C, H, W), as it went forward.
        w: (F, C/groups, R, S).
        stride: as in `conv2d`, and so are the others.
        padding: int, pair, "valid" or "same".
        dilation: int or pair.
        groups: int.

    Returns:
        grad_x, grad_w and grad_b, shaped as `x`, `w` and (F,).

    Raises:
        ShapeError: the arrays do not fit together.
        TypeError: an array is not floating point.
        ValueError: an option is out of range.

    Source:
        LeCun et al., Backpropagation applied to handwritten zip code recognition, 1989.

    Example:
        >>> x, w = np.arange(4.0).reshape(1, 2, 2), np.array([[[[3.0]]]])
        >>> grad_x, grad_w, grad_b = conv2d_backward(np.ones((1, 2, 2)), x, w)
        >>> grad_x
        array([[[3., 3.],
                [3., 3.]]])
        >>> grad_w, grad_b
        (array([[[[6.]]]]), array([4.]))
    """
    g = check_conv(x, w, None, stride, padding, dilation, groups, axes=2)
    output_shape = (*x.shape[:-3], len(w), *g.output_size)
    spec = " ".join(map(str, output_shape))
    check_shape("grad_output", grad_output, spec, to_match="conv2d(x, w, …)")
    check_floating("grad_output", grad_output)
    grad_output, x, w = in_one_dtype(grad_output, x, w)

    C, taps = len(w[0]) * groups, w[0, 0].size
    filters = w.reshape(groups, len(w) // groups, -1)  # (G, F/G, C/G·R·S)
    gradients = grad_output.reshape(-1, *filters.shape[:2], np.prod(g.output_size))
    images = x.reshape(-1, C, *g.input_size)
    grad_x, grad_w = np.empty_like(images), np.zeros_like(filters)
    for n, gradient in enumerate(gradients):  # (G, F/G, P·Q)
        columns = windows(images[n], g).reshape(groups, C // groups * taps, -1)
        grad_w += gradient @ columns.swapaxes(1, 2)
        patches = filters.swapaxes(1, 2) @ gradient  # (G, C/G·R·S, P·Q)
        grad_x[n] = overlap_add(patches.reshape(C, *g.kernel_size, *g.output_size), g)
    grad_b = gradients.sum(axis=(0, -1)).reshape(-1)
    return grad_x.reshape(x.shape), grad_w.reshape(w.shape), grad_b
