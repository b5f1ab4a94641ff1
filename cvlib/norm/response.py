"""Local response normalisation, torch's and the AlexNet paper's. NumPy only."""

import numpy as np

from cvlib.validate import check_floating, check_number, check_positive, check_shape


def local_response_norm(
    x: np.ndarray,
    size: int,
    *,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> np.ndarray:
    """Divide each activation by the strength of its neighbours in the other channels.

    y_c = x_c / (k + alpha·mean(x²))^beta, the mean over the `size` channels around c.
    Channels beyond the first and the last count as 0, so the mean always divides by
    `size`. This is torch's rule; the paper takes the sum, see
    `local_response_norm_alexnet`. An even `size` reaches one channel further down
    than up.

    Args:
        x: (N, C, H, W), floating point. A single image must be given as x[None]:
            torch reads three axes as (N, C, L).
        size: number of neighbouring channels, the channel itself among them.
        alpha: weight of the neighbours.
        beta: exponent.
        k: added to the mean; keeps the base away from 0.

    Returns:
        (N, C, H, W).

    Raises:
        ShapeError: `x` has not 4 axes.
        TypeError: `x` is not floating point, or `size` not an integer.
        ValueError: `size` is not positive, or `alpha` or `k` is negative.

    Source:
        Krizhevsky, Sutskever and Hinton, ImageNet classification with deep
        convolutional neural networks, NIPS 2012, section 3.3.

    Example:
        >>> x = np.ones((1, 3, 1, 1))
        >>> local_response_norm(x, 3, alpha=3., beta=1.).ravel().round(3)
        array([0.333, 0.25 , 0.333])
    """
    size = _check(x, size, alpha, beta, k)
    values = x.astype(np.result_type(x.dtype, np.float32))
    strength = _sum_of_neighbours(values**2, size) / size
    return (values / (k + alpha * strength) ** beta).astype(x.dtype)


def _sum_of_neighbours(x: np.ndarray, size: int) -> np.ndarray:
    """Sum over `size` neighbouring channels; those that do not exist count as 0."""
    C = x.shape[1]
    margins = [(0, 0), (size // 2, (size - 1) // 2), (0, 0), (0, 0)]
    padded = np.pad(x, margins)
    return sum(padded[:, j : j + C] for j in range(size))


def local_response_norm_loops(
    x: np.ndarray,
    size: int,
    *,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> np.ndarray:
    """Torch's local response normalisation by its definition, value after value.

    Args, Returns, Raises: those of `local_response_norm`, whose slow twin this is.

    Example:
        >>> x = np.ones((1, 3, 1, 1))
        >>> local_response_norm_loops(x, 3, alpha=3., beta=1.).ravel().round(3)
        array([0.333, 0.25 , 0.333])
    """
    size = _check(x, size, alpha, beta, k)
    y = np.empty_like(x)
    for n, c, row, column in np.ndindex(x.shape):
        total = 0.0
        for neighbour in range(c - size // 2, c + (size - 1) // 2 + 1):
            if 0 <= neighbour < x.shape[1]:
                total += float(x[n, neighbour, row, column]) ** 2
        base = k + alpha * total / size
        y[n, c, row, column] = float(x[n, c, row, column]) / base**beta
    return y


def local_response_norm_alexnet(
    x: np.ndarray,
    size: int = 5,
    *,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 2.0,
) -> np.ndarray:
    """Local response normalisation as the AlexNet paper writes it, with its constants.

    y_c = x_c / (k + alpha·Σ x²)^beta: the paper sums over the `size` channels around
    c where torch takes the mean. So torch's rule with alpha·size gives the same.

    Args:
        x: (N, C, H, W), floating point.
        size: number of neighbouring channels (the paper's n), odd.
        alpha: weight of the neighbours.
        beta: exponent.
        k: added to the sum.

    Returns:
        (N, C, H, W).

    Raises:
        ShapeError: `x` has not 4 axes.
        TypeError: `x` is not floating point, or `size` not an integer.
        ValueError: `size` is even or not positive, or `alpha` or `k` is negative.

    Source:
        Krizhevsky, Sutskever and Hinton, ImageNet classification with deep
        convolutional neural networks, NIPS 2012, section 3.3.

    Example:
        >>> x = np.ones((1, 3, 1, 1))
        >>> local_response_norm_alexnet(x, 3, alpha=1., beta=1.).ravel()
        array([0.25, 0.2 , 0.25])
    """
    size = _check_odd(_check(x, size, alpha, beta, k))
    return local_response_norm(x, size, alpha=alpha * size, beta=beta, k=k)


def local_response_norm_alexnet_loops(
    x: np.ndarray,
    size: int = 5,
    *,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 2.0,
) -> np.ndarray:
    """The paper's formula, letter by letter: i is the channel, j runs over neighbours.

    Args, Returns, Raises: those of `local_response_norm_alexnet`.

    Example:
        >>> x = np.ones((1, 3, 1, 1))
        >>> local_response_norm_alexnet_loops(x, 3, alpha=1., beta=1.).ravel()
        array([0.25, 0.2 , 0.25])
    """
    n = _check_odd(_check(x, size, alpha, beta, k))
    a, b = x.astype(float), np.empty_like(x)
    last = x.shape[1] - 1  # the paper's N − 1
    for image, i, row, column in np.ndindex(x.shape):
        neighbours = range(max(0, i - n // 2), min(last, i + n // 2) + 1)
        total = sum(a[image, j, row, column] ** 2 for j in neighbours)
        b[image, i, row, column] = (
            a[image, i, row, column] / (k + alpha * total) ** beta
        )
    return b


def _check(x: np.ndarray, size: int, alpha: float, beta: float, k: float) -> int:
    check_shape("x", x, "N C H W")
    check_floating("x", x)
    check_number("alpha", alpha, minimum=0)
    check_number("beta", beta)
    check_number("k", k, minimum=0)
    return check_positive("size", size)


def _check_odd(size: int) -> int:
    if size % 2 == 0:
        raise ValueError(
            f"size must be odd, got {size}: the paper looks as far up as down; "
            f"did you mean {size + 1}?"
        )
    return size
