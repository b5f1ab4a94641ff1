"""Convolution as mathematicians define it: turn the kernel, then slide."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.conv import cross_correlate2d
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def convolve2d(x, w):
    """The answer."""
    return conv.convolve2d(x, w, mode="full")


def not_turned(x, w):
    """Slide the kernel as it is."""
    return cross_correlate2d(x, w, mode="full")


def transposed(x, w):
    """Exchange rows and columns where a half turn is meant."""
    return cross_correlate2d(x, w.T, mode="full")


def top_to_bottom(x, w):
    """`w[::-1]`: mirror the rows and leave the columns."""
    return cross_correlate2d(x, w[::-1], mode="full")


def left_to_right(x, w):
    """`w[:, ::-1]`: mirror the columns and leave the rows."""
    return cross_correlate2d(x, w[:, ::-1], mode="full")


def a_quarter(x, w):
    """`np.rot90(w)`: half of half a turn."""
    return cross_correlate2d(x, np.rot90(w), mode="full")


def both_turned(x, w):
    """Turn the picture too."""
    return cross_correlate2d(x[::-1, ::-1], w[::-1, ::-1], mode="full")


def where_it_fits(x, w):
    """Leave the zeros out."""
    return cross_correlate2d(x, w[::-1, ::-1])


def as_large_as_the_picture(x, w):
    """Half the zeros."""
    return cross_correlate2d(x, w[::-1, ::-1], mode="same")


def too_many_zeros(x, w):
    """As many zeros as the kernel has rows and columns."""
    return np.pad(cross_correlate2d(x, w[::-1, ::-1], mode="full"), 1)


def pairs(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong and square; the kernel is often the larger of the two."""
    for k in range(12):
        (H, R), (W, S) = sizes(rng, 2, 5), sizes(rng, 2, 5)
        if k % 3 == 0:
            R = S = int(rng.integers(2, 4))
        x, w = numbers(rng, H, W), numbers(rng, R, S)
        w[0, 0] = w[-1, -1] + 0.5  # not the same after half a turn
        yield Case(x, w)
    yield Case(numbers(rng, 1, 3), numbers(rng, 1, 2))
    yield Case(numbers(rng, 2, 2), numbers(rng, 1, 1) + 0.25)


EXERCISES = (
    Exercise(
        name="convolve2d",
        title="Turn, then slide",
        reference=convolve2d,
        visible=(
            Case(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0]])),
            Case(np.array([[3.0, 4.0, 5.0]]), np.array([[1.0, 2.0]])),
            Case(
                np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
                np.array([[1.0, 2.0], [3.0, 4.0]]),
            ),
            Case(
                np.array([[1.0, -1.0], [0.0, 2.0], [5.0, 0.5]]),
                np.array([[1.0, 0.0, 2.0], [-1.0, 3.0, 0.0]]),
            ),
        ),
        generate=pairs,
        misconceptions=(
            Misconception(
                "not turned",
                not_turned,
                "You slid the kernel as it is: that is cross-correlation. Convolution "
                "turns it by half a turn first; a single bright pixel then comes back "
                "as the kernel, not as the kernel upside down.",
            ),
            Misconception(
                "transposed",
                transposed,
                "You transposed the kernel, which exchanges its rows and columns. The "
                "flip is half a turn: last row first, and in each row the last weight "
                "first.",
            ),
            Misconception(
                "mirrored top to bottom only",
                top_to_bottom,
                "You put the last row first and left the rows as they are: `w[::-1]` "
                "reverses one axis. Half a turn reverses both.",
            ),
            Misconception(
                "mirrored left to right only",
                left_to_right,
                "You reversed each row and left their order: that is the kernel in a "
                "mirror. Half a turn reverses the rows and the columns.",
            ),
            Misconception(
                "a quarter turn",
                a_quarter,
                "You turned the kernel by a quarter. The flip is half a turn, so the "
                "top left weight must end at the bottom right.",
            ),
            Misconception(
                "turned the picture too",
                both_turned,
                "You turned the picture as well as the kernel, so the result is "
                "turned as a whole. One of the two turns; the other stays as it is.",
            ),
            Misconception(
                "only where it fits",
                where_it_fits,
                "You let the kernel stand only where it fits into the picture. Here "
                "every overlap counts, down to a single pixel: put R − 1 rows and S − "
                "1 columns of zeros on each side of the picture first.",
            ),
            Misconception(
                "as large as the picture",
                as_large_as_the_picture,
                "Your result is as large as the picture, so at the border some "
                "overlaps are missing. With all of them H rows and R rows give H + R "
                "− 1.",
            ),
            Misconception(
                "a frame too wide",
                too_many_zeros,
                "You padded by the whole size of the kernel, so your outermost "
                "windows read nothing but zeros. One row and one column less on each "
                "side still leave every overlap.",
            ),
        ),
        page="book/convolution/the-flip",
        minutes=20,
        difficulty=2,
        points=3,
    ),
)
