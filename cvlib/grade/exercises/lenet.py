"""Count the parameters of networks built like LeNet-5."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def lenet_params(size, in_channels, filters, kernel_size, hidden, num_classes):
    """The answer."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * (channels * kernel_size**2 + 1)
        size, channels = (size - kernel_size + 1) // 2, count
    units = [size**2 * channels, *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def pools_forgotten(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Flatten as if nothing had been pooled."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * (channels * kernel_size**2 + 1)
        size, channels = size - kernel_size + 1, count
    units = [size**2 * channels, *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def last_pool_forgotten(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Flatten what the last convolution gives."""
    total, channels, before = 0, in_channels, size
    for count in filters:
        total += count * (channels * kernel_size**2 + 1)
        before = size - kernel_size + 1
        size, channels = before // 2, count
    units = [before**2 * channels, *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def same_padding(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Let the convolutions keep the size."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * (channels * kernel_size**2 + 1)
        size, channels = size // 2, count
    units = [size**2 * channels, *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def channels_alone(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Join a channel, not a pixel, to every unit."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * (channels * kernel_size**2 + 1)
        channels = count
    units = [channels, *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def depth_of_the_picture(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Every filter as deep as the picture."""
    total = 0
    for count in filters:
        total += count * (in_channels * kernel_size**2 + 1)
        size = (size - kernel_size + 1) // 2
    units = [size**2 * filters[-1], *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def no_biases(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Count the weights alone."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * channels * kernel_size**2
        size, channels = (size - kernel_size + 1) // 2, count
    units = [size**2 * channels, *hidden, num_classes]
    return total + sum(a * b for a, b in pairwise(units))


def no_scores(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Stop at the last hidden layer."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * (channels * kernel_size**2 + 1)
        size, channels = (size - kernel_size + 1) // 2, count
    units = [size**2 * channels, *hidden]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def pools_that_learn(size, in_channels, filters, kernel_size, hidden, num_classes):
    """Give the pools a coefficient and a bias a map, as in 1998."""
    total, channels = 0, in_channels
    for count in filters:
        total += count * (channels * kernel_size**2 + 1) + 2 * count
        size, channels = (size - kernel_size + 1) // 2, count
    units = [size**2 * channels, *hidden, num_classes]
    return total + sum((a + 1) * b for a, b in pairwise(units))


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """One to three convolutions and hidden layers; sizes that leave a rest, too."""
    for depth in (1, 1, 1, 2, 2, 2, 2, 3, 3, 3):
        kernel_size = int(rng.integers(2, 6))
        size = int(rng.integers(2, 6))
        for _ in range(depth):  # from the top down, so that every window fits
            size = 2 * size + int(rng.integers(0, 2)) + kernel_size - 1
        filters = sorted(int(f) for f in rng.choice(np.arange(5, 33), depth, False))
        hidden = [int(h) for h in rng.integers(20, 121, rng.integers(1, 4))]
        yield Case(
            size,
            int(rng.integers(1, 4)),
            filters,
            kernel_size,
            hidden,
            int(rng.integers(3, 20)),
        )


EXERCISES = (
    Exercise(
        name="lenet_params",
        title="LeNet-5 has 61 706 parameters",
        reference=lenet_params,
        visible=(
            Case(32, 1, [6, 16], 5, [120, 84], 10),
            Case(8, 1, [4], 3, [], 2),
            Case(17, 3, [5, 7], 3, [11], 4),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "no pools",
                pools_forgotten,
                "You flatten maps that were never pooled. After each convolution the "
                "pool halves the sides, so a quarter of the numbers goes on.",
            ),
            Misconception(
                "no last pool",
                last_pool_forgotten,
                "You flatten what the last convolution gives. The last pool comes "
                "before the fully connected layers too: in LeNet-5 they read 5 × 5 "
                "× 16 numbers, not 10 × 10 × 16.",
            ),
            Misconception(
                "convolutions that keep the size",
                same_padding,
                "Your convolutions keep the size, but these have no padding. Each "
                "loses kernel_size − 1 pixels a side before the pool halves it.",
            ),
            Misconception(
                "a channel is one number",
                channels_alone,
                "You join each unit to the channels. A channel is still a map: a unit "
                "has a weight for each of its pixels, height · width · channels in "
                "all.",
            ),
            Misconception(
                "filters as deep as the picture",
                depth_of_the_picture,
                "Every filter of yours is as deep as the picture. From the second "
                "layer on, a filter reads the maps of the layer below, as many as "
                "that has filters.",
            ),
            Misconception(
                "forgot the biases",
                no_biases,
                "The weights are right, but the biases are missing: one for each "
                "filter and one for each unit, also in the layer of scores.",
            ),
            Misconception(
                "no layer of scores",
                no_scores,
                "You stop at the last hidden layer. One more fully connected layer "
                "turns it into num_classes scores, with weights and biases.",
            ),
            Misconception(
                "pools that learn",
                pools_that_learn,
                "You give each pooled map a coefficient and a bias. The LeNet-5 of "
                "1998 did; the max-pool of today has nothing to learn.",
            ),
        ),
        page="book/classics/lenet",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
