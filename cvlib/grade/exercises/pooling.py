"""Max pooling."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.pool import max_pool2d


def max_pool(x, kernel_size, stride):
    """The answer."""
    return max_pool2d(x, kernel_size, stride=stride)


def pooled(x, kernel_size, stride, reduce):
    """`reduce` on every window; where it hangs over the edge, on what is left of it."""
    C, H, W = x.shape
    P, Q = (H - kernel_size) // stride + 1, (W - kernel_size) // stride + 1
    out = np.zeros((C, P, Q))
    for p in range(P):
        for q in range(Q):
            i, j = p * stride, q * stride
            out[:, p, q] = reduce(x[:, i : i + kernel_size, j : j + kernel_size])
    return out


def largest(window):
    """One maximum a channel."""
    return window.max(axis=(1, 2))


def average(window):
    """One mean a channel."""
    return window.mean(axis=(1, 2))


def largest_or_zero(window):
    """A maximum that starts at 0."""
    return window.max(axis=(1, 2), initial=0)


def largest_of_all(window):
    """One maximum for all channels."""
    return window.max()


def averaged(x, kernel_size, stride):
    """Mean where maximum is meant."""
    return pooled(x, kernel_size, stride, average)


def started_at_zero(x, kernel_size, stride):
    """Nothing below 0 comes out."""
    return pooled(x, kernel_size, stride, largest_or_zero)


def channels_together(x, kernel_size, stride):
    """The same number in every channel."""
    return pooled(x, kernel_size, stride, largest_of_all)


def one_map(x, kernel_size, stride):
    """One map for all channels."""
    return pooled(x, kernel_size, stride, largest_of_all)[0]


def side_by_side(x, kernel_size, stride):
    """Windows that do not overlap, whatever the stride."""
    return pooled(x, kernel_size, kernel_size, largest)


def in_a_huddle(x, kernel_size, stride):
    """Count with the stride, then move by 1."""
    _, P, Q = pooled(x, kernel_size, stride, largest).shape
    return pooled(x, kernel_size, 1, largest)[:, :P, :Q]


def over_the_edge(x, kernel_size, stride):
    """Keep a last window that is cut off by the edge."""
    _, H, W = x.shape
    rows = H + (kernel_size - H) % stride
    columns = W + (kernel_size - W) % stride
    room = np.full((len(x), rows, columns), -np.inf)
    room[:, :H, :W] = x
    return pooled(room, kernel_size, stride, largest)


def one_short(x, kernel_size, stride):
    """Forget the first window when counting."""
    return pooled(x, kernel_size, stride, largest)[:, :-1, :-1]


def volumes(rng: np.random.Generator) -> Iterator[Case]:
    """Windows that touch, overlap, leave gaps or a rest; some all negative."""
    for kernel_size, stride in [(2, 2), (3, 2), (2, 1), (3, 3), (2, 3), (3, 1)]:
        for k in range(3):
            H, W = sizes(rng, kernel_size + stride, 7)
            x = numbers(rng, int(rng.integers(1, 4)), H, W)
            yield Case(x - 4 if k == 2 else x, kernel_size, stride)
    yield Case(numbers(rng, 2, 4, 6), 2, 2)
    yield Case(numbers(rng, 2, 5, 6) - 1, 2, 2)
    yield Case(numbers(rng, 2, 3, 3), 3, 1)
    yield Case(numbers(rng, 3, 2, 3), 1, 1)


EXERCISES = (
    Exercise(
        name="max_pool",
        title="The largest of every window",
        reference=max_pool,
        visible=(
            Case(
                np.array([[[1.0, 3, 2, 1], [2, 9, 1, 1], [1, 3, 2, 3], [5, 6, 1, 2]]]),
                2,
                2,
            ),
            Case(np.array([[[1.0, 5, 2, 0], [0, 3, 4, 1], [6, 2, 1, 8]]]), 2, 1),
            Case(
                np.array(
                    [
                        [[-1.0, -2, -3, -4, -5], [-2, -3, -1, -5, -6]],
                        [[0, 1, 0, 7, 9], [2, 0, 3, 0, 9]],
                    ]
                ),
                2,
                2,
            ),
        ),
        generate=volumes,
        misconceptions=(
            Misconception(
                "mean instead of maximum",
                averaged,
                "You took the mean of every window: that is average pooling. Max "
                "pooling keeps the largest value and forgets the others.",
            ),
            Misconception(
                "started at 0",
                started_at_zero,
                "Where a window holds only negative numbers, your answer is 0. Either "
                "your search for the maximum starts at 0, or zeros came in from "
                "outside: start with a value of the window itself.",
            ),
            Misconception(
                "one maximum for all channels",
                channels_together,
                "You took one maximum over all channels. Pooling works on each "
                "channel by itself: the largest along height and width, not along the "
                "first axis.",
            ),
            Misconception(
                "channels pooled away",
                one_map,
                "Your answer is one map for all channels together. Pooling works on "
                "each channel by itself and keeps their number: C go in, C come out.",
            ),
            Misconception(
                "stride taken for the kernel size",
                side_by_side,
                "You move the window by its own size, whatever `stride` says. When "
                "the stride is smaller the windows overlap, when it is larger they "
                "leave gaps.",
            ),
            Misconception(
                "windows one apart whatever the stride",
                in_a_huddle,
                "You count the outputs with the stride but move the window by 1. "
                "Output row p starts at row `p * stride` of the input.",
            ),
            Misconception(
                "window over the edge",
                over_the_edge,
                "You kept a last window of which a part lies outside. Here every "
                "window must fit; rows and columns that are left over are not read.",
            ),
            Misconception(
                "one window short",
                one_short,
                "One row and one column of windows are missing. The window stands "
                "once before it takes its first step: (n − k) // stride steps make "
                "one place more.",
            ),
        ),
        page="book/layers/pooling",
        minutes=15,
        difficulty=1,
        points=2,
    ),
)
