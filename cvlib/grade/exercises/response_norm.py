"""AlexNet's local response normalisation."""

from collections.abc import Iterator

import numpy as np

from cvlib import norm
from cvlib.grade.spec import Case, Exercise, Misconception


def response_norm(x, size, alpha, beta, k):
    """The answer."""
    return norm.local_response_norm_alexnet(x[None], size, alpha=alpha, beta=beta, k=k)[
        0
    ]


def neighbours(squares, size):
    """The sum over the channels around each one; beyond the ends there are none."""
    C, half = len(squares), size // 2
    return np.stack(
        [squares[max(c - half, 0) : min(c + half, C - 1) + 1].sum(0) for c in range(C)]
    )


def mean_of_squares(x, size, alpha, beta, k):
    """Torch's rule."""
    return x / (k + alpha / size * neighbours(x**2, size)) ** beta


def not_squared(x, size, alpha, beta, k):
    """Add the activations themselves."""
    return x / (k + alpha * neighbours(x, size)) ** beta


def size_to_each_side(x, size, alpha, beta, k):
    """Take `size` channels up and as many down."""
    return x / (k + alpha * neighbours(x**2, 2 * size + 1)) ** beta


def own_left_out(x, size, alpha, beta, k):
    """Add the neighbours without the channel itself."""
    return x / (k + alpha * (neighbours(x**2, size) - x**2)) ** beta


def wrapped_round(x, size, alpha, beta, k):
    """Let the last channel be the first one's neighbour."""
    half = size // 2
    total = sum(np.roll(x**2, shift, axis=0) for shift in range(-half, half + 1))
    return x / (k + alpha * total) ** beta


def around_the_pixel(x, size, alpha, beta, k):
    """Take neighbouring pixels where neighbouring channels are meant."""
    _, H, W = x.shape
    half, total = size // 2, np.zeros(x.shape)
    for i in range(H):
        for j in range(W):
            rows = slice(max(i - half, 0), i + half + 1)
            columns = slice(max(j - half, 0), j + half + 1)
            total[:, i, j] = (x[:, rows, columns] ** 2).sum((1, 2))
    return x / (k + alpha * total) ** beta


def no_power(x, size, alpha, beta, k):
    """Divide by the strength itself."""
    return x / (k + alpha * neighbours(x**2, size))


def all_channels(x, size, alpha, beta, k):
    """Add over every channel."""
    return x / (k + alpha * (x**2).sum(0)) ** beta


def power_of_the_sum(x, size, alpha, beta, k):
    """Leave k outside the power."""
    return x / (k + (alpha * neighbours(x**2, size)) ** beta)


def activations(rng: np.random.Generator) -> Iterator[Case]:
    """Few and many channels, small and large windows, one of them wider than all."""
    for C, size in ((3, 3), (4, 3), (5, 3), (6, 5), (7, 5), (8, 3), (9, 7), (4, 7)):
        x = rng.normal(size=(C, int(rng.integers(2, 4)), int(rng.integers(2, 4))))
        beta = float(rng.choice([0.5, 0.75, 1.5]))
        k = float(rng.choice([1.0, 2.0, 3.0]))
        yield Case(3 * x, size, float(rng.choice([0.1, 0.5, 1.0])), beta, k)
    x = np.abs(rng.normal(size=(6, 1, 1)))
    yield Case(x, 1, 1.0, 0.75, 2.0)
    yield Case(x[::-1].copy(), 3, 0.2, 0.75, 1.0)


EXERCISES = (
    Exercise(
        name="response_norm",
        title="Strong neighbours quieten",
        reference=response_norm,
        visible=(
            Case(np.array([1.0, 3.0, 2.0]).reshape(3, 1, 1), 3, 1.0, 1.0, 2.0),
            Case(np.arange(-4.0, 8.0).reshape(6, 1, 2), 5, 0.5, 0.75, 2.0),
            Case(np.ones((4, 2, 2)), 3, 1.0, 0.5, 1.0),
        ),
        generate=activations,
        misconceptions=(
            Misconception(
                "mean instead of sum",
                mean_of_squares,
                "You divide the sum by the number of channels. That is torch's rule; "
                "the paper, and this exercise, add the squares up.",
            ),
            Misconception(
                "not squared",
                not_squared,
                "You add the activations themselves, where a negative one weakens its "
                "neighbours' sum. Strength is the square.",
            ),
            Misconception(
                "size to each side",
                size_to_each_side,
                "You take `size` channels on each side. `size` is the number of all "
                "of them, with the channel itself in the middle: size // 2 on each "
                "side.",
            ),
            Misconception(
                "own square left out",
                own_left_out,
                "You add the neighbours and leave the channel's own square out. It "
                "belongs to the sum: a strong activation damps itself too.",
            ),
            Misconception(
                "wrapped round",
                wrapped_round,
                "In your answer the first channel is a neighbour of the last. Beyond "
                "the ends there is nothing to add.",
            ),
            Misconception(
                "neighbouring pixels",
                around_the_pixel,
                "You add over neighbouring pixels of one map. The rule looks at one "
                "pixel, through neighbouring maps.",
            ),
            Misconception(
                "no power",
                no_power,
                "You divide by k + α Σ x² itself. The paper raises it to the power β "
                "first.",
            ),
            Misconception(
                "all channels",
                all_channels,
                "You add over all channels. Only the `size` channels around each one "
                "count.",
            ),
            Misconception(
                "k outside the power",
                power_of_the_sum,
                "You raise only the sum to the power β. The base is k + α Σ x², all "
                "of it.",
            ),
        ),
        page="book/classics/alexnet",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
