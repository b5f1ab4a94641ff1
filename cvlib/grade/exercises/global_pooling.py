"""One number for every map."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.pool import global_avg_pool2d, global_max_pool2d


def global_pool(x, kind):
    """The answer."""
    pool = {"avg": global_avg_pool2d, "max": global_max_pool2d}[kind]
    return pool(x).reshape(x.shape[:2])


def axes_kept(x, kind):
    """Leave axes of length 1."""
    reduce = {"avg": np.mean, "max": np.max}[kind]
    return reduce(x, axis=(2, 3), keepdims=True)


def channels_pooled_too(x, kind):
    """One number an image."""
    reduce = {"avg": np.mean, "max": np.max}[kind]
    return reduce(x, axis=(1, 2, 3))


def batch_pooled_too(x, kind):
    """One number a channel."""
    reduce = {"avg": np.mean, "max": np.max}[kind]
    return reduce(x, axis=(0, 2, 3))


def images_and_channels(x, kind):
    """Pool the axes that should stay."""
    reduce = {"avg": np.mean, "max": np.max}[kind]
    return reduce(x, axis=(0, 1))


def columns_only(x, kind):
    """Pool the width alone."""
    reduce = {"avg": np.mean, "max": np.max}[kind]
    return reduce(x, axis=3)


def summed(x, kind):
    """Sum where mean is meant."""
    reduce = {"avg": np.sum, "max": np.max}[kind]
    return reduce(x, axis=(2, 3))


def always_averaged(x, kind):
    """Leave out the question."""
    return x.mean(axis=(2, 3))


def exchanged(x, kind):
    """One for the other."""
    reduce = {"avg": np.max, "max": np.mean}[kind]
    return reduce(x, axis=(2, 3))


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong maps, both kinds; some with negative values only."""
    for kind in ("avg", "max"):
        for k in range(6):
            N, C = sizes(rng, 1, 3)
            x = numbers(rng, N, C, *sizes(rng, 2, 5))
            yield Case(x - 4 if k % 3 == 2 else x, kind)
        yield Case(numbers(rng, 2, 3, 1, 1), kind)
        yield Case(numbers(rng, 1, 2, 1, 6), kind)


EXERCISES = (
    Exercise(
        name="global_pool",
        title="One number for a map",
        reference=global_pool,
        visible=(
            Case(np.array([[[[1.0, 2], [3, 6]], [[0, 0], [4, -4]]]]), "avg"),
            Case(np.array([[[[-3.0, -1], [-2, -6]], [[5, 0], [7, 7]]]]), "max"),
            Case(np.arange(12.0).reshape(2, 1, 2, 3), "avg"),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "axes of length 1 kept",
                axes_kept,
                "The numbers are right, but each still stands in a map of 1 × 1. Here "
                "the last two axes go away, so that a linear layer can follow: (N, "
                "C).",
            ),
            Misconception(
                "channels pooled too",
                channels_pooled_too,
                "You made one number of a whole image. Each channel looks for "
                "something of its own; pool its pixels, and keep the channels apart.",
            ),
            Misconception(
                "images pooled too",
                batch_pooled_too,
                "You mixed the images of the batch, so one image's answer depends on "
                "the others. Pool over height and width alone.",
            ),
            Misconception(
                "pooled images and channels",
                images_and_channels,
                "You pooled over images and channels and kept the pixels. It is the "
                "other way round: height and width, the last two axes, go away.",
            ),
            Misconception(
                "one axis only",
                columns_only,
                "You pooled along the width only, so a column of numbers is left of "
                "each map. Pool along the height as well: `axis` takes a tuple.",
            ),
            Misconception(
                "sum instead of mean",
                summed,
                "You added up the pixels. Divide by their number, or the answer grows "
                "with the size of the picture.",
            ),
            Misconception(
                "always the mean",
                always_averaged,
                'You take the mean whatever `kind` says. With `kind="max"` the answer '
                "is the largest value of every map.",
            ),
            Misconception(
                "kinds exchanged",
                exchanged,
                'You exchanged the two kinds: `"avg"` asks for the mean of every map, '
                '`"max"` for its largest value.',
            ),
        ),
        page="book/layers/global-pooling",
        minutes=5,
        difficulty=1,
        points=1,
    ),
)
