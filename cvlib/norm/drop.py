"""Dropout, with the probability of dropping and with that of keeping. NumPy only."""

import numpy as np

from cvlib.validate import check_floating, check_number, check_shape


def dropout(
    x: np.ndarray,
    *,
    p: float = 0.5,
    training: bool = True,
    rng: np.random.Generator | None = None,
    return_mask: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """Drop each value with probability `p` and scale up the rest: inverted dropout.

    Here `p` is the probability of **dropping**, as in torch. Dropout's paper calls the
    probability of keeping p: see `dropout_keep`. What is kept is divided by 1 − p, so
    the expected value of every output is its input, and evaluation has nothing to do.

    Args:
        x: any shape, floating point.
        p: probability of dropping a value, between 0 and 1.
        training: False returns a copy of `x`.
        rng: where the random numbers come from, `np.random.default_rng(seed)` for a
            repeatable run; a fresh unseeded generator if None.
        return_mask: also return the factors, for the backward pass.

    Returns:
        The shape of `x`. With `return_mask` also the factor of every value, 0 or
        1/(1 − p): the output is x·mask and the gradient by x is grad_output·mask.

    Raises:
        TypeError: `x` is not floating point, or `rng` is not a NumPy Generator.
        ValueError: `p` is not between 0 and 1.

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from
        overfitting, JMLR 2014, section 10.

    Example:
        >>> y = dropout(np.ones(8), p=0.25, rng=np.random.default_rng(0))
        >>> y.round(3)
        array([1.333, 1.333, 1.333, 1.333, 0.   , 0.   , 1.333, 1.333])
    """
    check_shape("x", x, "...")
    check_floating("x", x)
    p = check_number("p", p, minimum=0, maximum=1)
    mask = np.ones_like(x)
    if training:
        scale = 1 / (1 - p) if p < 1 else 0  # p = 1 keeps nothing that could be scaled
        mask = _kept(x, 1 - p, rng) * x.dtype.type(scale)
    return (x * mask, mask) if return_mask else x * mask


def dropout_keep(
    x: np.ndarray,
    *,
    keep_prob: float = 0.5,
    training: bool = True,
    rng: np.random.Generator | None = None,
    return_mask: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """Keep each value with probability `keep_prob`, as dropout was first published.

    In training a kept value stays as it is, so the expected output is only
    keep_prob·x. In evaluation nothing is dropped and every value is multiplied by
    `keep_prob` instead, so that the next layer meets the same mean. With the same
    random numbers, in training and in evaluation, the output is keep_prob times that
    of `dropout` with p = 1 − keep_prob.

    Args:
        x: any shape, floating point.
        keep_prob: probability of keeping a value, between 0 and 1 (the paper's p).
        training: False multiplies by `keep_prob` instead of dropping.
        rng: where the random numbers come from, as for `dropout`.
        return_mask: also return the factors, for the backward pass.

    Returns:
        The shape of `x`. With `return_mask` also the factor of every value: 0 or 1 in
        training, `keep_prob` in evaluation.

    Raises:
        TypeError: `x` is not floating point, or `rng` is not a NumPy Generator.
        ValueError: `keep_prob` is not between 0 and 1.

    Source:
        Srivastava et al. 2014, section 4 and figure 2.

    Example:
        >>> dropout_keep(np.ones(8), keep_prob=0.75, rng=np.random.default_rng(0))
        array([1., 1., 1., 1., 0., 0., 1., 1.])
        >>> dropout_keep(np.ones(2), keep_prob=0.75, training=False)
        array([0.75, 0.75])
    """
    check_shape("x", x, "...")
    check_floating("x", x)
    keep_prob = check_number("keep_prob", keep_prob, minimum=0, maximum=1)
    mask = _kept(x, keep_prob, rng) if training else np.full_like(x, keep_prob)
    return (x * mask, mask) if return_mask else x * mask


def _kept(
    x: np.ndarray, keep_prob: float, rng: np.random.Generator | None
) -> np.ndarray:
    """One draw for every value of `x`: 1 with probability `keep_prob`, else 0."""
    if rng is None:
        rng = np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a NumPy Generator, got {rng!r}; make one outside the loop: "
            "rng = np.random.default_rng(0)"
        )
    return (rng.random(x.shape) < keep_prob).astype(x.dtype)
