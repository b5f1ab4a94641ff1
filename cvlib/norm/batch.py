"""Batch normalisation forward, by definition, and backward. NumPy only."""

import math

import numpy as np

from cvlib.validate import check_floating, check_number, check_shape

BATCH = "N C | N C L | N C H W"


def batch_norm(
    x: np.ndarray,
    running_mean: np.ndarray | None,
    running_var: np.ndarray | None,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> np.ndarray:
    """Give every channel mean 0 and variance 1, then the scale and shift it learned.

    In training the mean and variance are those of the batch, and **the two running
    arrays are changed in place**, as torch does it:

        running ← (1 − momentum)·running + momentum·(this batch's)

    In evaluation the running ones are used and nothing is changed, so that an image's
    result no longer depends on its neighbours in the batch.

    The batch is normalised with the variance that divides by m, the number of values
    per channel. The running variance is meant to estimate that of all data, so it
    collects the unbiased one, which divides by m − 1.

    Args:
        x: (N, C), (N, C, L) or (N, C, H, W), floating point.
        running_mean: (C,), changed in training; may be None there.
        running_var: (C,), changed in training; may be None there.
        weight: (C,) the scale γ; ones if None.
        bias: (C,) the shift β; zeros if None.
        training: use the batch's statistics and update the running ones.
        momentum: share of the new batch in the running statistics, between 0 and 1.
        eps: added to the variance, so that a constant channel divides by no zero.

    Returns:
        The shape of `x`, in the dtype of `x`, `weight` and `bias` together.

    Raises:
        ShapeError: an array does not fit `x`.
        TypeError: an array is not floating point.
        ValueError: one value per channel in training, no running statistics in
            evaluation, or an option out of range.

    Source:
        Ioffe and Szegedy, Batch normalization: accelerating deep network training by
        reducing internal covariate shift, ICML 2015.

    Example:
        >>> x = np.array([[1., 10.], [3., 10.]])
        >>> mean, var = np.zeros(2), np.ones(2)
        >>> batch_norm(x, mean, var, training=True).round(3)
        array([[-1.,  0.],
               [ 1.,  0.]])
        >>> mean, var
        (array([0.2, 1. ]), array([1.1, 0.9]))
    """
    C = _check_batch("x", x)
    _check_channels(C, x, weight=weight, bias=bias)
    _check_channels(C, x, running_mean=running_mean, running_var=running_var)
    eps, momentum = (
        _check_eps(eps),
        check_number("momentum", momentum, minimum=0, maximum=1),
    )
    values = _at_least_single(x)
    if training:
        m = _values_per_channel(x)
        mean, var = _batch_statistics(values)
        if running_mean is not None:
            running_mean *= 1 - momentum
            running_mean += momentum * mean
        if running_var is not None:
            running_var *= 1 - momentum
            running_var += momentum * var * (m / (m - 1))
    else:
        mean, var = _running_statistics(running_mean, running_var)
    x_hat = (values - _along(mean, x)) / np.sqrt(_along(var, x) + eps)
    y = _scale(x_hat, weight)
    if bias is not None:
        y = y + _along(bias, x)
    return y.astype(np.result_type(*(a for a in (x, weight, bias) if a is not None)))


def _scale(x: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    return x if weight is None else x * _along(weight, x)


def _along(vector: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(C,) → (1, C, 1, …), so that it meets the channel axis of `x`."""
    return vector.reshape(1, -1, *[1] * (x.ndim - 2))


def _other_axes(x: np.ndarray) -> tuple[int, ...]:
    """Every axis but the channels': what a channel's statistics are taken over."""
    return (0, *range(2, x.ndim))


def _batch_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    axes = _other_axes(x)
    return x.mean(axis=axes), x.var(axis=axes)


def _at_least_single(x: np.ndarray) -> np.ndarray:
    """Half precision is computed in single: its squares overflow at 256."""
    return x.astype(np.result_type(x.dtype, np.float32))


def batch_norm_by_definition(
    x: np.ndarray,
    weight: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    *,
    eps: float = 1e-5,
) -> np.ndarray:
    """The four lines of the paper, for one channel after another (training).

    Args, Returns, Raises: those of `batch_norm` in training.

    Source:
        Ioffe and Szegedy 2015, Algorithm 1.

    Example:
        >>> batch_norm_by_definition(np.array([[1.], [3.]])).round(3)
        array([[-1.],
               [ 1.]])
    """
    C = _check_batch("x", x)
    _check_channels(C, x, weight=weight, bias=bias)
    eps, m = _check_eps(eps), _values_per_channel(x)
    y = np.empty(
        x.shape, np.result_type(*(a for a in (x, weight, bias) if a is not None))
    )
    for c in range(C):
        gamma = 1.0 if weight is None else float(weight[c])
        beta = 0.0 if bias is None else float(bias[c])
        channel = [float(x_i) for x_i in x[:, c].ravel()]
        mu = sum(channel) / m
        sigma2 = sum((x_i - mu) ** 2 for x_i in channel) / m
        x_hat = [(x_i - mu) / math.sqrt(sigma2 + eps) for x_i in channel]
        y_c = [gamma * x_hat_i + beta for x_hat_i in x_hat]
        y[:, c] = np.reshape(y_c, x[:, c].shape)
    return y


def batch_norm_backward(
    grad_output: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    eps: float = 1e-5,
    training: bool = True,
    running_mean: np.ndarray | None = None,
    running_var: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of batch normalisation, by x, γ and β.

    With y = γ·x̂ + β, x̂ = (x − μ)/σ and σ = √(var + eps), write g for the gradient by
    y and sum over the m values of a channel:

    - β is added to every value: grad_bias = Σ g.
    - γ multiplies every x̂: grad_weight = Σ g·x̂.
    - x̂ gets ĝ = γ·g. In evaluation μ and σ are constants: grad_x = ĝ/σ.
    - In training x also moves μ and σ. dμ/dx_i = 1/m, and dσ/dx_i = x̂_i/m because
      σ² = mean((x − μ)²) + eps. So dx̂_j/dx_i = (δ_ij − 1/m − x̂_j·x̂_i/m)/σ, and

          grad_x = (ĝ − mean(ĝ) − x̂·mean(ĝ·x̂))/σ.

    The two means take out of ĝ the directions in which x cannot change the output:
    adding a constant to a channel and, but for eps, scaling it.

    Args:
        grad_output: gradient of the loss by the output, of the shape of `x`.
        x: (N, C), (N, C, L) or (N, C, H, W), the layer's input.
        weight: (C,) the scale γ; ones if None.
        eps: that of the forward pass.
        training: whether the forward pass used the batch's own statistics.
        running_mean: (C,), needed in evaluation only.
        running_var: (C,), needed in evaluation only.

    Returns:
        grad_x of the shape of `x`, grad_weight (C,) and grad_bias (C,).

    Raises:
        ShapeError: an array does not fit `x`.
        TypeError: an array is not floating point.
        ValueError: one value per channel in training, no running statistics in
            evaluation, or an option out of range.

    Source:
        Ioffe and Szegedy 2015, section 3, simplified.

    Example:
        >>> x = np.array([[1.], [2.], [6.]])
        >>> grad_x, _, grad_bias = batch_norm_backward(np.array([[1.], [0.], [0.]]), x)
        >>> bool(abs(grad_x.sum()) < 1e-12)  # a shift of all x changes nothing
        True
        >>> grad_bias
        array([1.])
    """
    C = _check_batch("x", x)
    spec = BATCH.split(" | ")[x.ndim - 2]
    sizes = dict(zip(spec.split(), x.shape, strict=True))
    check_shape("grad_output", grad_output, spec, to_match=f"x {x.shape}", **sizes)
    check_floating("grad_output", grad_output)
    _check_channels(C, x, weight=weight)
    _check_channels(C, x, running_mean=running_mean, running_var=running_var)
    eps = _check_eps(eps)
    values, g = _at_least_single(x), _at_least_single(grad_output)
    if training:
        _values_per_channel(x)
        mean, var = _batch_statistics(values)
    else:
        mean, var = _running_statistics(running_mean, running_var)
    sigma = np.sqrt(_along(var, x) + eps)
    x_hat = (values - _along(mean, x)) / sigma
    axes = _other_axes(x)
    grad_bias = g.sum(axis=axes)
    grad_weight = (g * x_hat).sum(axis=axes)
    grad_x = g_hat = _scale(g, weight)
    if training:
        along_shift = g_hat.mean(axis=axes, keepdims=True)
        along_scale = (g_hat * x_hat).mean(axis=axes, keepdims=True)
        grad_x = g_hat - along_shift - x_hat * along_scale
    dtype = np.result_type(*(a for a in (grad_output, x, weight) if a is not None))
    gradients = grad_x / sigma, grad_weight, grad_bias
    return tuple(gradient.astype(dtype) for gradient in gradients)


def _check_batch(name: str, x: np.ndarray) -> int:
    """The number of channels."""
    shape = check_shape(name, x, BATCH)
    check_floating(name, x)
    return shape[1]


def _check_channels(C: int, x: np.ndarray, **vectors: np.ndarray | None) -> None:
    for name, vector in vectors.items():
        if vector is not None:
            check_shape(name, vector, "C", to_match=f"the channels of x {x.shape}", C=C)
            check_floating(name, vector)


def _check_eps(eps: float) -> float:
    if check_number("eps", eps, minimum=0) == 0:
        raise ValueError(
            f"eps must be above 0, got {eps}; without it a constant channel is 0/0, "
            "use the default 1e-5"
        )
    return eps


def _values_per_channel(x: np.ndarray) -> int:
    m = math.prod(x.shape) // max(x.shape[1], 1)
    if m < 2:
        raise ValueError(
            f"x must have more than one value per channel in training, got {x.shape}; "
            "the variance of one value is 0, use a larger batch or training=False"
        )
    return m


def _running_statistics(
    running_mean: np.ndarray | None, running_var: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    if running_mean is None or running_var is None:
        raise ValueError(
            "running_mean and running_var must be arrays in evaluation, got None; "
            "did you mean training=True?"
        )
    if (running_var < 0).any():
        raise ValueError(
            f"running_var must not be negative, got {running_var.min():g}; "
            "are running_mean and running_var swapped?"
        )
    return running_mean, running_var
