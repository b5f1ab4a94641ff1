"""Every window of a volume as one column of a matrix."""

from collections.abc import Iterator

import numpy as np

from cvlib.conv import unfold
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def im2col(x, kernel_size, *, stride=1, padding=0):
    """The answer."""
    return unfold(x, kernel_size, stride=stride, padding=padding)


def windows_as_rows(x, kernel_size, *, stride=1, padding=0):
    """One window a row."""
    return im2col(x, kernel_size, stride=stride, padding=padding).T


def channels_last(x, kernel_size, *, stride=1, padding=0):
    """In each column, the channels of one pixel stand together."""
    columns = im2col(x, kernel_size, stride=stride, padding=padding)
    taps = columns.reshape(len(x), -1, columns.shape[1])
    return taps.swapaxes(0, 1).reshape(columns.shape)


def down_first(x, kernel_size, *, stride=1, padding=0):
    """Order the windows column by column."""
    columns = im2col(x, kernel_size, stride=stride, padding=padding)
    Q = (x.shape[2] + 2 * padding - kernel_size[1]) // stride + 1
    places = columns.reshape(len(columns), -1, Q)
    return places.swapaxes(1, 2).reshape(columns.shape)


def columns_without_padding(x, kernel_size, *, stride=1, padding=0):
    """Leave out the padding."""
    return im2col(x, kernel_size, stride=stride)


def columns_without_stride(x, kernel_size, *, stride=1, padding=0):
    """Leave out the stride."""
    return im2col(x, kernel_size, padding=padding)


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """One picture with 1 to 3 channels, every mixture of stride and padding."""
    for stride in (1, 2, 3):
        for padding in (0, 1):
            for C in (1, 2, 3):
                x = numbers(rng, C, *sizes(rng, 3, 6))
                kernel_size = tuple(sizes(rng, 1, 3))
                yield Case(x, kernel_size, stride=stride, padding=padding)
    yield Case(numbers(rng, 2, 4, 5), (2, 2))
    yield Case(numbers(rng, 3, 2, 3), (2, 3))


EXERCISES = (
    Exercise(
        name="im2col",
        title="Every window as a column",
        reference=im2col,
        visible=(
            Case(np.arange(6.0).reshape(1, 2, 3), (2, 2)),
            Case(np.arange(1.0, 13).reshape(2, 2, 3), (1, 2)),
            Case(np.arange(1.0, 13).reshape(1, 3, 4), (2, 3), stride=2, padding=1),
        ),
        generate=stacks,
        misconceptions=(
            Misconception(
                "windows as rows",
                windows_as_rows,
                "You laid the windows down as rows. Each is one column here, so that "
                "`w.reshape(F, -1) @ im2col(x, …)` multiplies filters by windows.",
            ),
            Misconception(
                "channels last",
                channels_last,
                "The numbers of a window are in another order: channel by channel, in "
                "each row by row. It must be the order in which `w.reshape(F, -1)` "
                "reads a filter.",
            ),
            Misconception(
                "windows column by column",
                down_first,
                "Your windows go down the picture first. Take them row by row, as one "
                "reads: only then does `.reshape(F, P, Q)` make a picture of the "
                "product.",
            ),
            Misconception(
                "forgot the padding",
                columns_without_padding,
                "The padding is not used. Surround every channel by `padding` rows "
                "and columns of zeros first, then cut the windows out of the larger "
                "picture.",
            ),
            Misconception(
                "forgot the stride",
                columns_without_stride,
                "The stride is not used: you cut out every window. Keep those that "
                "start on rows and columns 0, `stride`, 2 · `stride`, …",
            ),
        ),
        page="book/sizes/volumes",
        minutes=25,
        difficulty=2,
        points=3,
    ),
)
