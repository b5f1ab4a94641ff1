"""Dropout with random numbers that are given."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def dropout(x, mask_uniform, p, training):
    """The answer."""
    return np.where(mask_uniform < p, 0, x / (1 - p)) if training else x.copy()


def p_kept(x, mask_uniform, p, training):
    """Take p for the probability of keeping."""
    return x * (mask_uniform < p) / p if training else x


def kept_and_dropped_exchanged(x, mask_uniform, p, training):
    """Keep what should go."""
    return x * (mask_uniform < p) / (1 - p) if training else x


def not_scaled(x, mask_uniform, p, training):
    """Drop and do nothing else."""
    return x * (mask_uniform >= p) if training else x


def scaled_by_p(x, mask_uniform, p, training):
    """Divide by p."""
    return x * (mask_uniform >= p) / p if training else x


def multiplied(x, mask_uniform, p, training):
    """Multiply where division is meant."""
    return x * (mask_uniform >= p) * (1 - p) if training else x


def scaled_twice(x, mask_uniform, p, training):
    """Scale up in training and down in evaluation."""
    return x * (mask_uniform >= p) / (1 - p) if training else x * (1 - p)


def as_first_published(x, mask_uniform, p, training):
    """Nothing in training, down in evaluation."""
    return x * (mask_uniform >= p) if training else x * (1 - p)


def always_dropping(x, mask_uniform, p, training):
    """Leave out the question."""
    return x * (mask_uniform >= p) / (1 - p)


def in_place(x, mask_uniform, p, training):
    """Write the zeros into the caller's array."""
    if training:
        x[mask_uniform < p] = 0
        x /= 1 - p
    return x


def activations(rng: np.random.Generator) -> Iterator[Case]:
    """Vectors, maps and batches; p below, at and above one half."""
    for k, p in enumerate([0.25, 0.75, 0.5, 0.2, 0.8, 0.25, 0.6, 0.1, 0.9, 0.4]):
        shape = sizes(rng, 3, 5, 1 + k % 3)
        x = numbers(rng, *shape) + 0.25
        u = rng.permutation(x.size).reshape(shape) / x.size
        yield Case(x, u.round(2), p, training=True)
        if k % 2:
            yield Case(x, u.round(2), p, training=False)


ROW = np.array([[1.0, 2, 3, 4, 5, 6]])
UNIFORM = np.array([[0.9, 0.1, 0.4, 0.25, 0.7, 0.2]])

EXERCISES = (
    Exercise(
        name="dropout",
        title="Drop, and scale what is left",
        reference=dropout,
        visible=(
            Case(ROW, UNIFORM, 0.25, training=True),
            Case(ROW, UNIFORM, 0.75, training=True),
            Case(ROW, UNIFORM, 0.25, training=False),
        ),
        generate=activations,
        misconceptions=(
            Misconception(
                "p taken for keeping",
                p_kept,
                "You take p for the probability of keeping, as the paper does. Here, "
                "as in torch, p is the probability of dropping, and 1 − p of keeping.",
            ),
            Misconception(
                "kept what should go",
                kept_and_dropped_exchanged,
                "The scale is right, but you keep what should go. A value is dropped "
                "where its random number is below p: with p = 0.1 few of them are.",
            ),
            Misconception(
                "not scaled",
                not_scaled,
                "You drop the right values, but leave the others as they are, so the "
                "sum shrinks. Divide what is kept by the share that is kept.",
            ),
            Misconception(
                "scaled by 1/p",
                scaled_by_p,
                "You drop the right values and divide the others by p. The share that "
                "is kept is 1 − p, and that is what makes up for the loss.",
            ),
            Misconception(
                "scaled down",
                multiplied,
                "You multiply by the share that is kept, which makes the sum smaller "
                "still. Divide by it, to make up for what was dropped.",
            ),
            Misconception(
                "scaled twice",
                scaled_twice,
                "You scale up in training and again down in evaluation. One is "
                "enough: what was made up for in training leaves evaluation nothing "
                "to do.",
            ),
            Misconception(
                "scaled in evaluation",
                as_first_published,
                "You scale down in evaluation, as dropout was first published. "
                "Inverted dropout scales up in training instead, so that evaluation "
                "returns x as it is.",
            ),
            Misconception(
                "dropped in evaluation too",
                always_dropping,
                "You drop values in evaluation too. There the whole network answers: "
                "with `training=False` the values come back unchanged.",
            ),
            Misconception(
                "changed the input",
                in_place,
                "The numbers are right, but you wrote them into the array you were "
                "given, which the backward pass may still need. Make a new array.",
            ),
        ),
        page="book/layers/dropout-and-lrn",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
