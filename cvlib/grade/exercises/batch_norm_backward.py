"""Back through batch normalisation."""

from collections.abc import Iterator

import numpy as np

from cvlib import norm
from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def batch_norm_backward(grad, x, gamma, eps=1e-5):
    """The answer."""
    return norm.batch_norm_backward(grad, x, gamma, eps=eps)


def parts(grad, x, eps, ddof=0):
    """x̂, σ, and the two gradients that are easy."""
    axes = (0, 2, 3)
    sigma = np.sqrt(x.var(axis=axes, keepdims=True, ddof=ddof) + eps)
    x_hat = (x - x.mean(axis=axes, keepdims=True)) / sigma
    return x_hat, sigma, (grad * x_hat).sum(axis=axes), grad.sum(axis=axes)


def constant_statistics(grad, x, gamma, eps=1e-5):
    """Treat mean and deviation as numbers that do not depend on x."""
    _, sigma, grad_gamma, grad_beta = parts(grad, x, eps)
    return grad * gamma[:, None, None] / sigma, grad_gamma, grad_beta


def through_the_mean_only(grad, x, gamma, eps=1e-5):
    """Forget that the deviation depends on x."""
    axes = (0, 2, 3)
    _, sigma, grad_gamma, grad_beta = parts(grad, x, eps)
    g = grad * gamma[:, None, None]
    return (g - g.mean(axis=axes, keepdims=True)) / sigma, grad_gamma, grad_beta


def through_the_deviation_only(grad, x, gamma, eps=1e-5):
    """Forget that the mean depends on x."""
    axes = (0, 2, 3)
    x_hat, sigma, grad_gamma, grad_beta = parts(grad, x, eps)
    g = grad * gamma[:, None, None]
    along = (g * x_hat).mean(axis=axes, keepdims=True)
    return (g - x_hat * along) / sigma, grad_gamma, grad_beta


def mean_over_images_only(grad, x, gamma, eps=1e-5):
    """Divide by N where N·H·W is meant."""
    axes = (0, 2, 3)
    x_hat, sigma, grad_gamma, grad_beta = parts(grad, x, eps)
    g = grad * gamma[:, None, None]
    shift = g.sum(axis=axes, keepdims=True) / len(x)
    along = (g * x_hat).sum(axis=axes, keepdims=True) / len(x)
    return (g - shift - x_hat * along) / sigma, grad_gamma, grad_beta


def right_gradient(grad, x, gamma, eps, ddof=0):
    """All three, for the wrong ones below."""
    axes = (0, 2, 3)
    x_hat, sigma, grad_gamma, grad_beta = parts(grad, x, eps, ddof)
    g = grad * gamma[:, None, None]
    shift = g.mean(axis=axes, keepdims=True)
    along = (g * x_hat).mean(axis=axes, keepdims=True)
    return (g - shift - x_hat * along) / sigma, grad_gamma, grad_beta


def deviation_unbiased(grad, x, gamma, eps=1e-5):
    """Divide by m − 1 in the variance."""
    return right_gradient(grad, x, gamma, eps, ddof=1)


def gamma_left_out(grad, x, gamma, eps=1e-5):
    """Start from the gradient of y, not of x̂."""
    return right_gradient(grad, x, np.ones(len(gamma)), eps)


def not_divided(grad, x, gamma, eps=1e-5):
    """Leave out 1/σ."""
    _, sigma, _, _ = parts(grad, x, eps)
    grad_x, grad_gamma, grad_beta = right_gradient(grad, x, gamma, eps)
    return grad_x * sigma, grad_gamma, grad_beta


def gamma_from_raw_x(grad, x, gamma, eps=1e-5):
    """Take x where x̂ is meant."""
    grad_x, _, grad_beta = right_gradient(grad, x, gamma, eps)
    return grad_x, (grad * x).sum(axis=(0, 2, 3)), grad_beta


def averaged_over_the_batch(grad, x, gamma, eps=1e-5):
    """Take means for γ and β."""
    grad_x, _, _ = right_gradient(grad, x, gamma, eps)
    x_hat, _, _, _ = parts(grad, x, eps)
    axes = (0, 2, 3)
    return grad_x, (grad * x_hat).mean(axis=axes), grad.mean(axis=axes)


def gradients(rng: np.random.Generator) -> Iterator[Case]:
    """Two images or more, large and small eps."""
    for k in range(12):
        C, N, H, W = (int(n) for n in rng.integers([1, 2, 1, 1], [4, 4, 3, 4]))
        if k % 2:
            H = W = 2
        x, grad = numbers(rng, N, C, H, W), numbers(rng, N, C, H, W) + 0.25
        x[0, :, 0, 0], x[1, :, 0, 0] = 4, -5
        grad[0, :, 0, 0] += 1
        eps = float(rng.choice([0.01, 0.1, 0.5])) if k else 1e-5
        yield Case(grad, x, rng.integers(3, 8, C) / 2, eps=eps)


FOUR = np.array([1.0, 3, 1, 3]).reshape(2, 1, 1, 2)  # mean 2, variance 1

EXERCISES = (
    Exercise(
        name="batch_norm_backward",
        title="Back through batch normalisation",
        reference=batch_norm_backward,
        visible=(
            Case(
                np.array([1.0, 0, 0, 0]).reshape(2, 1, 1, 2),
                FOUR,
                np.array([1.0]),
                eps=3.0,
            ),
            Case(np.ones((2, 1, 1, 2)), FOUR, np.array([5.0]), eps=3.0),
            Case(
                np.array([[[[1.0, 2]], [[0, 4]]], [[[3, -2]], [[0, 0]]]]),
                np.array([[[[1.0, 4]], [[0, 6]]], [[[7, 4]], [[2, 4]]]]),
                np.array([2.0, 1]),
                eps=0.25,
            ),
        ),
        generate=gradients,
        misconceptions=(
            Misconception(
                "statistics taken as constants",
                constant_statistics,
                "`grad_x` is what it would be if mean and variance did not depend on "
                "x. They do: every pixel moves both, and through them all other "
                "outputs of its channel.",
            ),
            Misconception(
                "only through the mean",
                through_the_mean_only,
                "You followed x through the mean, but not through the variance: "
                "moving a pixel also changes σ. One term is missing, a multiple of "
                "x̂.",
            ),
            Misconception(
                "only through the variance",
                through_the_deviation_only,
                "You followed x through the variance, but not through the mean: "
                "moving a pixel shifts all others the other way. `grad_x` must add up "
                "to 0 in every channel.",
            ),
            Misconception(
                "divided by N only",
                mean_over_images_only,
                "You divide the sums by the number of images. A channel's mean is "
                "over N · H · W values, so divide by all of them.",
            ),
            Misconception(
                "variance with m − 1",
                deviation_unbiased,
                "You use the variance that divides by m − 1. The forward pass "
                "normalised with the one that divides by m, so the way back uses the "
                "same.",
            ),
            Misconception(
                "gamma left out",
                gamma_left_out,
                "The gradients of γ and β are right, but on its way to x the gradient "
                "passes the multiplication by γ. Start from `grad` times `gamma`.",
            ),
            Misconception(
                "not divided by σ",
                not_divided,
                "`grad_x` is too large or too small by the factor σ. The forward pass "
                "divided by it, so the gradient is divided as well.",
            ),
            Misconception(
                "x instead of x̂",
                gamma_from_raw_x,
                "For the gradient of γ you multiplied by x. What γ multiplied in the "
                "forward pass is x̂, the normalised value.",
            ),
            Misconception(
                "averaged over the batch",
                averaged_over_the_batch,
                "You averaged the gradients of γ and β. Each took part in every "
                "output of its channel, so what comes back adds up: use a sum.",
            ),
        ),
        page="book/layers/batch-norm",
        minutes=40,
        difficulty=3,
        points=4,
    ),
)
