"""What makes one pass enough: instance normalisation, and when training pays."""

import math
from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/style/feed-forward"
EPS = 1e-5


def instance_norm(x, weight, bias, eps=EPS):
    """The answer."""
    return normalised(x, weight, bias, eps, axes=(2, 3))


def normalised(x, weight, bias, eps, *, axes, ddof=0):
    """Over any axes."""
    mean = x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, keepdims=True, ddof=ddof)
    scaled = (x - mean) / np.sqrt(variance + eps)
    return scaled * weight[:, None, None] + bias[:, None, None]


def batch_norm(x, weight, bias, eps=EPS):
    """Over the batch as well."""
    return normalised(x, weight, bias, eps, axes=(0, 2, 3))


def layer_norm(x, weight, bias, eps=EPS):
    """Over the channels as well."""
    return normalised(x, weight, bias, eps, axes=(1, 2, 3))


def over_channels(x, weight, bias, eps=EPS):
    """Over the channels alone."""
    return normalised(x, weight, bias, eps, axes=(1,))


def unbiased(x, weight, bias, eps=EPS):
    """One less in the variance."""
    return normalised(x, weight, bias, eps, axes=(2, 3), ddof=1)


def by_variance(x, weight, bias, eps=EPS):
    """The root forgotten."""
    mean = x.mean(axis=(2, 3), keepdims=True)
    variance = x.var(axis=(2, 3), keepdims=True)
    return (x - mean) / (variance + eps) * weight[:, None, None] + bias[:, None, None]


def without_affine(x, weight, bias, eps=EPS):
    """γ and β forgotten."""
    return instance_norm(x, np.ones_like(weight), np.zeros_like(bias), eps)


def exchanged(x, weight, bias, eps=EPS):
    """γ and β in each other's place."""
    return instance_norm(x, bias, weight, eps)


def bias_inside(x, weight, bias, eps=EPS):
    """γ (x̂ + β)."""
    return instance_norm(x, weight, weight * bias, eps)


SHAPES = ((2, 1, 2, 2), (2, 2, 2, 2), (3, 1, 2, 2), (2, 2, 3, 2), (2, 3, 2, 3),
          (3, 2, 3, 3), (2, 4, 3, 3), (3, 3, 4, 2))  # fmt: skip


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """Two pictures or more, one bright and one dark, so that the axes matter."""
    for N, C, H, W in SHAPES:
        level = rng.uniform(-2, 2, (N, C, 1, 1))
        spread = rng.uniform(0.3, 2, (N, C, 1, 1))
        x = (level + spread * rng.normal(size=(N, C, H, W))).round(2)
        weight = rng.uniform(0.4, 2, C).round(2) + 0.005
        yield Case(
            x, weight, (rng.uniform(0.3, 1, C) * rng.choice([-1, 1], C)).round(2)
        )


def break_even(gatys, training, forward):
    """The answer."""
    if forward >= gatys:
        return 0
    return training // (gatys - forward) + 1


def not_fewer(gatys, training, forward):
    """Equal time will do."""
    if forward >= gatys:
        return 0
    return max(1, math.ceil(training / (gatys - forward)))


def cut_off(gatys, training, forward):
    """One too early."""
    if forward >= gatys:
        return 0
    return training // (gatys - forward)


def passes_are_free(gatys, training, forward):
    """Only the training is paid."""
    return 0 if forward >= gatys else training // gatys + 1


def always_pays(gatys, training, forward):
    """A negative or an infinite number of pictures."""
    if gatys == forward:
        return training
    return training // (gatys - forward) + 1


def a_fraction(gatys, training, forward):
    """Nobody paints a third of a picture."""
    return 0.0 if forward >= gatys else training / (gatys - forward)


def added(gatys, training, forward):
    """Both ways paid."""
    return 0 if forward >= gatys else training // (gatys + forward) + 1


def times(rng: np.random.Generator) -> Iterator[Case]:
    """Whole seconds; equal ends, ways that never pay and trainings of no time."""
    for _ in range(6):
        gatys = int(rng.integers(20, 400))
        forward = int(rng.integers(1, max(2, gatys // 3)))
        yield Case(
            gatys, int(rng.integers(1, 50)) * int(rng.integers(20, 900)), forward
        )
    gatys, forward = int(rng.integers(30, 90)), int(rng.integers(2, 20))
    count = int(rng.integers(3, 40))
    yield Case(gatys, count * (gatys - forward), forward)  # equal after `count`
    yield Case(forward, int(rng.integers(100, 999)), gatys)  # never
    yield Case(gatys, int(rng.integers(100, 999)), gatys)  # never
    yield Case(gatys, 0, forward)  # at once
    yield Case(gatys, gatys - forward - 1, forward)


_X = np.array(
    [[[[1.0, 3], [1, 3]], [[0, 0], [0, 4]]], [[[6, 6], [2, 2]], [[5, 1], [1, 1]]]]
)

EXERCISES = (
    Exercise(
        name="instance_norm",
        title="Normalise each picture by itself",
        reference=instance_norm,
        visible=(
            Case(_X, np.array([1.0, 1.0]), np.array([0.0, 0.0])),
            Case(_X, np.array([2.0, 0.5]), np.array([1.0, -1.0])),
            Case(_X[:, :1], np.array([3.0]), np.array([0.5])),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "batch norm",
                batch_norm,
                "You take mean and variance over the batch as well: that is batch "
                "norm. A dark picture must not depend on the bright one beside it.",
            ),
            Misconception(
                "layer norm",
                layer_norm,
                "You take mean and variance over the channels as well. Each channel of "
                "each picture has its own: axes 2 and 3 only.",
            ),
            Misconception(
                "over the channels",
                over_channels,
                "You normalise each place over its channels. Each map, one channel of "
                "one picture, is normalised over its places.",
            ),
            Misconception(
                "unbiased variance",
                unbiased,
                "You divide by one less than the number of places. Norm layers divide "
                "by the number itself.",
            ),
            Misconception(
                "root forgotten",
                by_variance,
                "You divide by the variance. Its root, the standard deviation, has the "
                "unit of x; then maps of any contrast come out alike.",
            ),
            Misconception(
                "weight and bias not used",
                without_affine,
                "Weight and bias are not used. After normalising, each channel is "
                "multiplied by its own weight and moved by its own bias.",
            ),
            Misconception(
                "weight and bias exchanged",
                exchanged,
                "Weight and bias stand in each other's place: multiply by the weight, "
                "then add the bias.",
            ),
            Misconception(
                "bias scaled as well",
                bias_inside,
                "You add the bias before you multiply. Multiply by the weight first: "
                "weight · x̂ + bias.",
            ),
        ),
        page=PAGE,
        minutes=12,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="break_even",
        title="From how many pictures on?",
        reference=break_even,
        visible=(Case(50, 3600, 2), Case(10, 100, 10), Case(30, 100, 5)),
        generate=times,
        misconceptions=(
            Misconception(
                "equal is enough",
                not_fewer,
                "For some times both ways take equally long at your number. The "
                "trained way must take less, so one picture more is needed.",
            ),
            Misconception(
                "one picture too early",
                cut_off,
                "At your number the trained way has not won yet: "
                "the quotient tells when the two are equal, and it was cut off.",
            ),
            Misconception(
                "a pass costs nothing",
                passes_are_free,
                "You leave out the passes of the trained net. Each picture saves the "
                "difference of the two times, not all of the first.",
            ),
            Misconception(
                "always pays",
                always_pays,
                "If a pass takes as long as Gatys or longer, no number of pictures "
                "pays for the training: return 0 there.",
            ),
            Misconception(
                "a fraction of a picture",
                a_fraction,
                "You return a fraction. Pictures are counted: return the first whole "
                "number at which the trained way takes less.",
            ),
            Misconception(
                "times added",
                added,
                "You add the two times. What a picture saves is their difference.",
            ),
        ),
        page=PAGE,
        minutes=8,
        difficulty=1,
        points=1,
    ),
)
