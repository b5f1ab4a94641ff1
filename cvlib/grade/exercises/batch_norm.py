"""Batch normalisation, in training and in evaluation."""

from collections.abc import Iterator

import numpy as np

from cvlib import norm
from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def batch_norm(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """The answer."""
    mean, var = running_mean.copy(), running_var.copy()
    options = {"training": training, "momentum": momentum, "eps": eps}
    return norm.batch_norm(x, mean, var, gamma, beta, **options), mean, var


def statistics(x, ddof=0):
    """Mean and variance of every channel."""
    return x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3), ddof=ddof)


def standardised(x, mean, var, eps):
    """x̂, the values before scale and shift."""
    return (x - mean[:, None, None]) / np.sqrt(var[:, None, None] + eps)


def scaled(x_hat, gamma, beta):
    """γ·x̂ + β."""
    return gamma[:, None, None] * x_hat + beta[:, None, None]


def moved(old, new, momentum):
    """The running statistics after this batch."""
    return (1 - momentum) * old + momentum * new


def eps_outside(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Add eps to the standard deviation."""
    mean, var, used = running_mean, running_var, (running_mean, running_var)
    if training:
        used = statistics(x)
        mean = moved(running_mean, used[0], momentum)
        var = moved(running_var, statistics(x, ddof=1)[1], momentum)
    m, v = (s[:, None, None] for s in used)
    return scaled((x - m) / (np.sqrt(v) + eps), gamma, beta), mean, var


def by_the_variance(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Leave out the root."""
    mean, var, used = running_mean, running_var, (running_mean, running_var)
    if training:
        used = statistics(x)
        mean = moved(running_mean, used[0], momentum)
        var = moved(running_var, statistics(x, ddof=1)[1], momentum)
    m, v = (s[:, None, None] for s in used)
    return scaled((x - m) / (v + eps), gamma, beta), mean, var


def running_var_biased(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Collect the variance of the batch as it is."""
    if not training:
        y = scaled(standardised(x, running_mean, running_var, eps), gamma, beta)
        return y, running_mean, running_var
    mean, var = statistics(x)
    y = scaled(standardised(x, mean, var, eps), gamma, beta)
    return y, moved(running_mean, mean, momentum), moved(running_var, var, momentum)


def normalised_unbiased(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Divide by m − 1 in both places."""
    if not training:
        y = scaled(standardised(x, running_mean, running_var, eps), gamma, beta)
        return y, running_mean, running_var
    mean, var = statistics(x, ddof=1)
    y = scaled(standardised(x, mean, var, eps), gamma, beta)
    return y, moved(running_mean, mean, momentum), moved(running_var, var, momentum)


def momentum_reversed(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Keep `momentum` of the old."""
    if not training:
        y = scaled(standardised(x, running_mean, running_var, eps), gamma, beta)
        return y, running_mean, running_var
    mean, var = statistics(x)
    y = scaled(standardised(x, mean, var, eps), gamma, beta)
    unbiased = statistics(x, ddof=1)[1]
    keep = 1 - momentum
    return y, moved(running_mean, mean, keep), moved(running_var, unbiased, keep)


def always_training(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Leave out the question."""
    mean, var = statistics(x)
    y = scaled(standardised(x, mean, var, eps), gamma, beta)
    unbiased = statistics(x, ddof=1)[1]
    return (
        y,
        moved(running_mean, mean, momentum),
        moved(running_var, unbiased, momentum),
    )


def batch_statistics_in_evaluation(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Keep the running statistics, but do not use them."""
    mean, var = statistics(x)
    y = scaled(standardised(x, mean, var, eps), gamma, beta)
    if not training:
        return y, running_mean, running_var
    unbiased = statistics(x, ddof=1)[1]
    return (
        y,
        moved(running_mean, mean, momentum),
        moved(running_var, unbiased, momentum),
    )


def running_statistics_in_training(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Update first, and normalise with what comes of it."""
    if training:
        mean, unbiased = statistics(x, ddof=1)
        running_mean = moved(running_mean, mean, momentum)
        running_var = moved(running_var, unbiased, momentum)
    y = scaled(standardised(x, running_mean, running_var, eps), gamma, beta)
    return y, running_mean, running_var


def one_mean_for_all(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Forget the axes of mean and variance."""
    if not training:
        y = scaled(standardised(x, running_mean, running_var, eps), gamma, beta)
        return y, running_mean, running_var
    y = scaled((x - x.mean()) / np.sqrt(x.var() + eps), gamma, beta)
    unbiased = x.var(ddof=1)
    return (
        y,
        moved(running_mean, x.mean(), momentum),
        moved(running_var, unbiased, momentum),
    )


def scribbled(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Change the running statistics in place, as torch does."""
    mean, var = running_mean, running_var
    if training:
        mean, var = statistics(x)
        running_mean *= 1 - momentum
        running_mean += momentum * mean
        running_var *= 1 - momentum
        running_var += momentum * statistics(x, ddof=1)[1]
    y = scaled(standardised(x, mean, var, eps), gamma, beta)
    return y, running_mean, running_var


def scale_and_shift_forgotten(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    """Return x̂."""
    if not training:
        y = standardised(x, running_mean, running_var, eps)
        return y, running_mean, running_var
    mean, var = statistics(x)
    unbiased = statistics(x, ddof=1)[1]
    return (
        standardised(x, mean, var, eps),
        moved(running_mean, mean, momentum),
        moved(running_var, unbiased, momentum),
    )


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """Both modes, large and small eps, a channel of one value."""
    for k in range(16):
        C, N, H, W = (int(n) for n in rng.integers([2, 2, 1, 1], [4, 4, 3, 4]))
        x = numbers(rng, N, C, H, W)
        x[0, :, 0, 0], x[1, :, 0, 0] = 4, -5  # no variance is small by chance
        if k in (2, 11):
            x[:, 0] = 1.5
        yield Case(
            x,
            rng.integers(3, 8, C) / 2,
            numbers(rng, C) + 0.25,
            numbers(rng, C) + 0.25,
            rng.integers(1, 9, C) / 2,
            training=k % 3 != 1,
            momentum=float(rng.choice([0.1, 0.2, 0.3])),
            eps=float(rng.choice([0.01, 0.1, 0.5])) if k else 1e-5,
        )


FOUR = np.array([1.0, 3, 1, 3]).reshape(2, 1, 1, 2)  # mean 2, variance 1

EXERCISES = (
    Exercise(
        name="batch_norm",
        title="Batch normalisation",
        reference=batch_norm,
        visible=(
            Case(
                FOUR,
                np.array([1.0]),
                np.array([0.0]),
                np.array([0.0]),
                np.array([1.0]),
                training=True,
                eps=3.0,
            ),
            Case(
                np.array([[[[1.0, 4]], [[5, 5]]], [[[7, 4]], [[5, 5]]]]),
                np.array([2.0, 3]),
                np.array([10.0, -1]),
                np.array([1.0, 2]),
                np.array([4.0, 0]),
                training=True,
                momentum=0.5,
                eps=0.0625,
            ),
            Case(
                FOUR,
                np.array([2.0]),
                np.array([-1.0]),
                np.array([1.0]),
                np.array([3.0]),
                training=False,
                eps=1.0,
            ),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "eps outside the root",
                eps_outside,
                "You add `eps` to the standard deviation. It belongs to the variance, "
                "under the root: √(var + eps).",
            ),
            Misconception(
                "divided by the variance",
                by_the_variance,
                "You divide by the variance. To get values of variance 1, divide by "
                "its root, the standard deviation.",
            ),
            Misconception(
                "running variance biased",
                running_var_biased,
                "`y` is right, but the running variance must estimate that of all "
                "data, and a batch's own is on average too small. Collect the one "
                "that divides by m − 1.",
            ),
            Misconception(
                "normalised with m − 1",
                normalised_unbiased,
                "You normalise with the variance that divides by m − 1. The batch is "
                "normalised with its own variance, which divides by m; m − 1 is for "
                "the running variance only.",
            ),
            Misconception(
                "momentum reversed",
                momentum_reversed,
                "You keep `momentum` of the old statistics, as some libraries do. "
                "Here, as in torch, it is the share of the new batch: with 0.1, nine "
                "tenths stay.",
            ),
            Misconception(
                "always in training",
                always_training,
                "You do the same whether `training` is True or False. In evaluation "
                "the running statistics are used instead of the batch's, and stay as "
                "they are.",
            ),
            Misconception(
                "batch statistics in evaluation",
                batch_statistics_in_evaluation,
                "In evaluation you still normalise with the batch's mean and "
                "variance, so an image's result depends on its neighbours. Use the "
                "running ones.",
            ),
            Misconception(
                "running statistics in training",
                running_statistics_in_training,
                "In training you normalise with the running statistics. They are only "
                "collected then; the batch is normalised with its own mean and "
                "variance.",
            ),
            Misconception(
                "one mean for all channels",
                one_mean_for_all,
                "You computed one mean and one variance for everything. Each channel "
                "has its own, over images, rows and columns: axes 0, 2 and 3.",
            ),
            Misconception(
                "running statistics changed in place",
                scribbled,
                "The numbers are right, but your function changed the arrays it was "
                "given. Make new ones: `*=` and `+=` write into the caller's array.",
            ),
            Misconception(
                "forgot scale and shift",
                scale_and_shift_forgotten,
                "You stopped at the normalised values. Multiply by `gamma` and add "
                "`beta`, channel by channel: without them the layer could express "
                "less.",
            ),
        ),
        page="book/layers/batch-norm",
        minutes=30,
        difficulty=2,
        points=4,
    ),
)
