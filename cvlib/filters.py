"""Kernels made by hand (NumPy), and one that gradient descent finds by itself.

All are meant for cross-correlation, the operation a network calls convolution. The
edge kernels are written as (1, 0, −1), left minus right, so light on the left of dark
gives a positive answer.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvlib.conv import conv2d
from cvlib.image import to_gray
from cvlib.validate import (
    ShapeError,
    check_choice,
    check_floating,
    check_number,
    check_positive,
    check_shape,
    pair,
)


def _constant(rows: ArrayLike) -> NDArray[np.float64]:
    kernel = np.array(rows, dtype=np.float64)
    kernel.setflags(write=False)  # every page shares these arrays
    return kernel


DIFFERENCE = _constant([1, 0, -1])

IDENTITY = _constant([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
VERTICAL = _constant(np.outer([1, 1, 1], DIFFERENCE))  # finds vertical edges
HORIZONTAL = _constant(VERTICAL.T)
PREWITT_X, PREWITT_Y = VERTICAL, HORIZONTAL  # the same kernels under their name
SOBEL_X = _constant(np.outer([1, 2, 1], DIFFERENCE))
SOBEL_Y = _constant(SOBEL_X.T)
SCHARR_X = _constant(np.outer([3, 10, 3], DIFFERENCE))
SCHARR_Y = _constant(SCHARR_X.T)
# As the machine transcription of the lecture notes has it. An edge detector must give
# 0 where nothing changes, so each row has to sum to 0; the middle one does not.
SCHARR_AS_TRANSCRIBED = _constant([[3, 0, -3], [0, 0, -10], [3, 0, -3]])
LAPLACIAN_4 = _constant([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
LAPLACIAN_8 = _constant([[1, 1, 1], [1, -8, 1], [1, 1, 1]])
SHARPEN = _constant(IDENTITY - LAPLACIAN_4)  # the picture plus its fine detail
EMBOSS = _constant([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])  # lit from the lower right

_EDGES = {
    "prewitt": (PREWITT_Y, PREWITT_X),
    "sobel": (SOBEL_Y, SOBEL_X),
    "scharr": (SCHARR_Y, SCHARR_X),
}


def sobel(axis: int = 1) -> NDArray[np.float64]:
    """Change along `axis` (0 down, 1 across), smoothed by (1, 2, 1) along the other.

    Source:
        Sobel and Feldman, A 3x3 isotropic gradient operator for image processing, 1968.

    Example:
        >>> sobel()
        array([[ 1.,  0., -1.],
               [ 2.,  0., -2.],
               [ 1.,  0., -1.]])
    """
    return _edge_kernel("sobel", axis)


def scharr(axis: int = 1) -> NDArray[np.float64]:
    """Like `sobel` with (3, 10, 3), whose answer depends less on an edge's angle.

    Source:
        Scharr, Optimale Operatoren in der digitalen Bildverarbeitung, 2000.

    Example:
        >>> scharr().sum(axis=1)
        array([0., 0., 0.])
    """
    return _edge_kernel("scharr", axis)


def prewitt(axis: int = 1) -> NDArray[np.float64]:
    """Like `sobel` with (1, 1, 1): the plain vertical and horizontal edge kernels.

    Source:
        Prewitt, Object enhancement and extraction, 1970.

    Example:
        >>> prewitt()
        array([[ 1.,  0., -1.],
               [ 1.,  0., -1.],
               [ 1.,  0., -1.]])
    """
    return _edge_kernel("prewitt", axis)


def _edge_kernel(name: str, axis: int) -> NDArray[np.float64]:
    if axis not in (0, 1):
        raise ValueError(
            f"axis must be 0 (change down the rows) or 1 (change across the columns), "
            f"got {axis}"
        )
    return _EDGES[name][axis].copy()


def laplacian(neighbours: int = 4) -> NDArray[np.float64]:
    """The neighbours minus as many times the centre: zero on any even slope.

    Args:
        neighbours: 4 (above, below, left, right) or 8 (the corners too).

    Example:
        >>> laplacian()
        array([[ 0.,  1.,  0.],
               [ 1., -4.,  1.],
               [ 0.,  1.,  0.]])
    """
    if neighbours not in (4, 8):
        raise ValueError(f"neighbours must be 4 or 8, got {neighbours}")
    return (LAPLACIAN_4 if neighbours == 4 else LAPLACIAN_8).copy()


def box(size: int) -> NDArray[np.float64]:
    """(size, size) equal weights that sum to 1: the mean of the window.

    Example:
        >>> box(2)
        array([[0.25, 0.25],
               [0.25, 0.25]])
    """
    size = check_positive("size", size)
    return np.full((size, size), 1 / size**2)


def gaussian(size: int, sigma: float) -> NDArray[np.float64]:
    """(size, size) weights that fall with distance from the centre and sum to 1.

    Args:
        size: odd, so that there is a centre; 6·sigma + 1 loses next to nothing.
        sigma: width of the bell in pixels.

    Raises:
        ValueError: `size` is even, or `sigma` is not positive.

    Example:
        >>> gaussian(3, 0.8).round(2)
        array([[0.06, 0.12, 0.06],
               [0.12, 0.27, 0.12],
               [0.06, 0.12, 0.06]])
    """
    size = check_positive("size", size)
    if size % 2 == 0:
        raise ValueError(
            f"size must be odd so that there is a centre pixel, got {size}; "
            f"did you mean {size + 1}?"
        )
    if check_number("sigma", sigma, minimum=0) == 0:
        raise ValueError("sigma must be above 0, got 0; use IDENTITY for no blur")
    distance = np.arange(size) - size // 2
    bell = np.exp(-(distance**2) / (2 * sigma**2))
    bell /= bell.sum()
    return np.outer(bell, bell)  # a round bell is the product of two flat ones


def filter_image(image: NDArray, kernel: NDArray) -> NDArray:
    """Cross-correlate each channel with `kernel`; the result is as large as the image.

    Beyond its edge the picture repeats its last pixel. Zeros would do for a network,
    but to an edge detector a black surround is an edge all the way round.

    Args:
        image: (H, W) or (H, W, 3) floats.
        kernel: (KH, KW), both odd.

    Returns:
        The shape of `image`; values may leave [0, 1].

    Raises:
        ShapeError: another number of axes, or a kernel with an even side.

    Example:
        >>> step = np.array([[1.0, 1, 0, 0]] * 3)
        >>> filter_image(step, VERTICAL)[1]
        array([0., 3., 3., 0.])
    """
    check_shape("image", image, "H W | H W 3")
    check_floating("image", image)
    KH, KW = check_shape("kernel", kernel, "KH KW")
    if KH % 2 == 0 or KW % 2 == 0:
        raise ShapeError(
            f"kernel must have odd sides to keep the image's size, got {(KH, KW)}; "
            "for even ones use cvlib.conv.conv2d, which makes the result smaller"
        )
    around = [(KH // 2, KH // 2), (KW // 2, KW // 2)] + [(0, 0)] * (image.ndim - 2)
    padded = np.pad(image, around, mode="edge")
    channels = padded.reshape(*padded.shape[:2], -1).transpose(2, 0, 1)[:, None]
    filtered = conv2d(channels, kernel[None, None])  # (C, 1, H, W): a channel an image
    return filtered[:, 0].transpose(1, 2, 0).reshape(image.shape)


def _gradient(image: NDArray, kernel: str) -> tuple[NDArray, NDArray]:
    along_y, along_x = _EDGES[check_choice("kernel", kernel, list(_EDGES))]
    gray = to_gray(image)
    # the kernels take left − right; a derivative takes right − left
    return -filter_image(gray, along_y), -filter_image(gray, along_x)


def gradient_magnitude(image: NDArray, *, kernel: str = "sobel") -> NDArray:
    """How fast the brightness changes at each pixel, whichever way the edge runs.

    Args:
        image: (H, W) or (H, W, 3) in [0, 1].
        kernel: "sobel", "scharr" or "prewitt".

    Returns:
        (H, W), at least 0; a clean step from 0 to 1 gives 4 (sobel), 16 or 3.

    Example:
        >>> step = np.array([[0.0, 0, 1, 1]] * 3)
        >>> gradient_magnitude(step)[1]
        array([0., 4., 4., 0.])
    """
    return np.hypot(*_gradient(image, kernel))


def gradient_direction(image: NDArray, *, kernel: str = "sobel") -> NDArray:
    """The way to brighter pixels, as an angle in radians.

    Args:
        image: (H, W) or (H, W, 3) in [0, 1].
        kernel: "sobel", "scharr" or "prewitt".

    Returns:
        (H, W) in [−π, π]: 0 to the right, π/2 down (rows count downwards); 0 also
        where nothing changes and there is no direction.

    Example:
        >>> brighter_to_the_right = np.tile(np.linspace(0, 1, 5), (5, 1))
        >>> np.unique(gradient_direction(brighter_to_the_right))
        array([0.])
    """
    along_y, along_x = _gradient(image, kernel)
    # adding 0 turns −0 into 0: arctan2 would give π for it
    return np.arctan2(along_y + 0.0, along_x + 0.0)


def separate(kernel: NDArray) -> tuple[NDArray, NDArray]:
    """A column and a row whose outer product is `kernel`, if there are such.

    Filtering by the column and then by the row gives the same as `kernel` and costs
    KH + KW multiplications a pixel instead of KH·KW. They exist when every row of
    the kernel is a multiple of one row (rank 1); the singular values tell.

    Args:
        kernel: (KH, KW), not all zeros.

    Returns:
        column (KH,) and row (KW,), scaled so that the row's largest entry is 1.

    Raises:
        ValueError: no column and row can make it.

    Example:
        >>> column, row = separate(SOBEL_X)
        >>> column.round(6), row.round(6)
        (array([1., 2., 1.]), array([ 1.,  0., -1.]))
    """
    check_shape("kernel", kernel, "KH KW")
    U, singular, Vt = np.linalg.svd(np.asarray(kernel, dtype=np.float64))
    rank = int((singular > 1e-10 * singular[0]).sum())
    if rank != 1:
        raise ValueError(
            "kernel must have rank 1 to be a column times a row, "
            f"got rank {rank} (singular values {_written(singular)})"
        )
    largest = Vt[0, np.abs(Vt[0]).round(12).argmax()]
    # adding 0 turns −0 into 0
    return U[:, 0] * singular[0] * largest + 0.0, Vt[0] / largest + 0.0


def _written(values: NDArray) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _valid(x: NDArray, w: NDArray) -> NDArray:
    return conv2d(x[None], w[None, None])[0]  # (1, H, W) by (1, 1, KH, KW)


def kernel_gradient(x: NDArray, w: NDArray, y: NDArray) -> NDArray:
    """Gradient of the mean squared error of `x` filtered by `w` against `y`.

    Weight (u, v) touches output (i, j) through pixel (i + u, j + v) alone, so its
    slope is the mean of 2·error(i, j)·x(i + u, j + v): slide the *error* over the
    image. The gradient of a convolution is a convolution.

    Args:
        x: (H, W) input.
        w: (KH, KW) kernel.
        y: (H − KH + 1, W − KW + 1) wanted output.

    Returns:
        (KH, KW): d/dw of mean((x ⋆ w − y)²).

    Raises:
        ShapeError: `y` has not the size of the output.

    Example:
        >>> x = np.array([[1.0, 2], [3, 4]])
        >>> kernel_gradient(x, np.array([[1.0]]), np.zeros((2, 2)))  # mean of 2·x·x
        array([[15.]])
    """
    check_shape("w", w, "KH KW")
    return _loss_and_gradient(x, w, _target(x, w.shape, y))[1]


def _loss_and_gradient(x: NDArray, w: NDArray, y: NDArray) -> tuple[float, NDArray]:
    error = _valid(x, w) - y  # (P, Q)
    return np.mean(error**2), _valid(x, error) * 2 / error.size  # (KH, KW)


def learn_kernel(
    x: NDArray,
    y: NDArray,
    kernel_size: int | tuple[int, int],
    *,
    lr: float = 0.3,
    steps: int = 1000,
    momentum: float = 0.97,
) -> tuple[NDArray, NDArray]:
    """Find the kernel that turns `x` into `y` by gradient descent from zeros.

    The error is a bowl (quadratic) in the weights, so any start leads to the same
    bottom. In a photograph neighbouring pixels are nearly equal, which makes the bowl
    a long narrow valley; a large momentum rolls along it. (On independent noise
    the bowl is round and 200 steps of momentum 0.9 are plenty.)

    Args:
        x: (H, W) input picture.
        y: (H − KH + 1, W − KW + 1): what the wanted kernel makes of it.
        kernel_size: (KH, KW), or one number for both.
        lr: length of a step in units of the gradient.
        steps: how many steps.
        momentum: how much of the last step is kept; 0 is plain descent.

    Returns:
        kernel (KH, KW) and losses (steps,): the mean squared error before each step.

    Raises:
        ShapeError: `y` has not the size that `kernel_size` gives.
        ValueError: the error grew instead: `lr` is too large for this picture.

    Example:
        >>> x = np.random.default_rng(0).random((16, 16))
        >>> kernel, losses = learn_kernel(x, 3 * x, 1, steps=200, momentum=0.0)
        >>> kernel.round(6)
        array([[3.]])
    """
    size = pair("kernel_size", kernel_size)
    y = _target(x, size, y)
    steps = check_positive("steps", steps)
    w = np.zeros(size, dtype=np.result_type(x, y))
    velocity = np.zeros_like(w)
    losses = np.empty(steps)
    for step in range(steps):
        losses[step], gradient = _loss_and_gradient(x, w, y)
        # momentum may overshoot for a while, but not by a factor of a million
        if not losses[step] <= 1e6 * losses[0]:
            raise ValueError(
                f"lr must be smaller: the error grew from {losses[0]:.3g} to "
                f"{losses[step]:.3g} in {step} steps, got lr={lr}; try {lr / 4:g}"
            )
        velocity = momentum * velocity - lr * gradient
        w = w + velocity
    return w, losses


def _target(x: NDArray, kernel_size: tuple[int, int], y: NDArray) -> NDArray:
    H, W = check_shape("x", x, "H W")
    check_floating("x", x)
    check_floating("y", y)
    KH, KW = kernel_size
    check_shape(
        "y", y, "P Q", P=H - KH + 1, Q=W - KW + 1, to_match=f"x {H, W} and {KH}×{KW}"
    )
    return y
