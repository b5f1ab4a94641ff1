"""A convolution of one row, written as a matrix."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def toeplitz(w, n, stride=1):
    """The answer."""
    return conv.toeplitz(w, n, stride=stride)


def band(w, n, starts):
    """One row for every start, the weights from there on."""
    T = np.zeros((len(starts), n))
    for row, start in zip(T, starts, strict=True):
        row[start : start + len(w)] = w
    return T


def flipped(w, n, stride=1):
    """Write the last weight first."""
    return band(w[::-1], n, range(0, n - len(w) + 1, stride))


def in_columns(w, n, stride=1):
    """One column for every window."""
    return band(w, n, range(0, n - len(w) + 1, stride)).T


def without_stride(w, n, stride=1):
    """Every window."""
    return band(w, n, range(n - len(w) + 1))


def in_a_huddle(w, n, stride=1):
    """As many rows as with the stride, but moved by one."""
    return band(w, n, range((n - len(w)) // stride + 1))


def last_row_missing(w, n, stride=1):
    """Forget the first window when counting."""
    return band(w, n, range(0, n - len(w) + 1, stride)[:-1])


def wrapped_around(w, n, stride=1):
    """Let weights that leave at the right come back at the left."""
    first = np.concatenate([w, np.zeros(n - len(w))])
    return np.array([np.roll(first, start) for start in range(0, n, stride)])


def rows(rng: np.random.Generator) -> Iterator[Case]:
    """Strides that fit and that leave a rest; one weight; a single window."""
    for stride in (1, 2, 3):
        for rest in (0, 0, 1, 2):
            taps, windows = (int(k) for k in rng.integers([2, 2], [5, 5]))
            w = numbers(rng, taps)
            w[0] = w[-1] + 0.5  # not the same backwards
            n = taps + stride * (windows - 1) + min(rest, stride - 1)
            yield Case(w, n, stride)
    yield Case(numbers(rng, 1) + 0.25, 4, 2)
    yield Case(numbers(rng, 3) + 0.25, 3)


EXERCISES = (
    Exercise(
        name="toeplitz",
        title="A convolution as a matrix",
        reference=toeplitz,
        visible=(
            Case(np.array([1.0, 2.0]), 4),
            Case(np.array([1.0, 2.0]), 8, 2),
            Case(np.array([3.0, 0.5, -1.0]), 6, 2),
        ),
        generate=rows,
        misconceptions=(
            Misconception(
                "flipped kernel",
                flipped,
                "You wrote the weights backwards. In each row they stand in their own "
                "order: the first weight lies on the first input of the window.",
            ),
            Misconception(
                "windows as columns",
                in_columns,
                "Rows and columns are exchanged. `T @ x` makes one output of each "
                "row, so every window needs a row, as long as the input.",
            ),
            Misconception(
                "forgot the stride",
                without_stride,
                "The stride is not used: you wrote a row for every window. Keep those "
                "that start at 0, `stride`, 2 · `stride`, …",
            ),
            Misconception(
                "rows one apart whatever the stride",
                in_a_huddle,
                "You have the right number of rows, but each starts only one place "
                "after the row above. With a stride, row p starts in column `p * "
                "stride`.",
            ),
            Misconception(
                "one row short",
                last_row_missing,
                "The last window is missing. Count the steps that are left after the "
                "first window, and add one for that window itself.",
            ),
            Misconception(
                "wrapped around",
                wrapped_around,
                "In your last rows the weights leave at the right and come back at "
                "the left. A window must fit into the input, so the rows end where "
                "the last weight reaches the last column.",
            ),
        ),
        page="book/convolution/one-dimension",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
