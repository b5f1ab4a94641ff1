"""Bilinear interpolation, in both conventions."""

from collections.abc import Iterator

import numpy as np

from cvlib import resample
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def interpolate(x, size, align_corners):
    """The answer."""
    return resample.bilinear(x, size, align_corners=align_corners)


def positions(n, size, align_corners):
    """Where each new pixel lies, not cut off."""
    i = np.arange(size)
    if align_corners:
        return i * (n - 1) / max(size - 1, 1)
    return (i + 0.5) * n / size - 0.5


def blended(x, rows, columns):
    """The blend of four at the given places, which must lie inside."""
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    below = np.minimum(top + 1, x.shape[0] - 1)
    right = np.minimum(left + 1, x.shape[1] - 1)
    a, b = (rows - top)[:, None], columns - left
    upper = (1 - b) * x[top][:, left] + b * x[top][:, right]
    lower = (1 - b) * x[below][:, left] + b * x[below][:, right]
    return (1 - a) * upper + a * lower


def at(x, size, place):
    """Blend where `place(n, size)` says, cut off to the map."""
    rows = np.clip(place(x.shape[0], size[0]), 0, x.shape[0] - 1)
    columns = np.clip(place(x.shape[1], size[1]), 0, x.shape[1] - 1)
    return blended(x, rows, columns)


def corners_for_centres(x, size, align_corners):
    """Measure from corners of pixels: i · n / size."""
    if align_corners:
        return at(x, size, lambda n, m: positions(n, m, True))
    return at(x, size, lambda n, m: np.arange(m) * n / m)


def never_aligned(x, size, align_corners):
    """The flag is not read."""
    return at(x, size, lambda n, m: positions(n, m, False))


def always_aligned(x, size, align_corners):
    """The other answer, whatever was asked."""
    return at(x, size, lambda n, m: positions(n, m, True))


def one_step_too_many(x, size, align_corners):
    """With aligned corners, divide by the pixels, not by the gaps."""
    if align_corners:
        return at(x, size, lambda n, m: np.arange(m) * (n - 1) / m)
    return at(x, size, lambda n, m: positions(n, m, False))


def carried_on(x, size, align_corners):
    """Outside the first and the last centre, go on in a straight line."""
    y = x
    for axis in (0, 1):
        n = y.shape[axis]
        place = positions(n, size[axis], align_corners)
        first = np.clip(np.floor(place).astype(int), 0, max(n - 2, 0))
        share = (place - first) if n > 1 else 0 * place
        share = share[:, None] if axis == 0 else share
        next_ = np.minimum(first + 1, n - 1)
        y = (1 - share) * y.take(first, axis) + share * y.take(next_, axis)
    return y


def zeros_outside(x, size, align_corners):
    """Let the map be surrounded by zeros."""
    padded = np.pad(x, 1)
    rows = positions(x.shape[0], size[0], align_corners) + 1
    columns = positions(x.shape[1], size[1], align_corners) + 1
    return blended(padded, rows, columns)


def shares_exchanged(x, size, align_corners):
    """Give the nearer pixel the smaller share."""
    places = []
    for n, m in zip(x.shape, size, strict=True):
        place = np.clip(positions(n, m, align_corners), 0, n - 1)
        whole = np.floor(place)
        turned = whole + np.where(place > whole, 1 - (place - whole), 0)
        places.append(np.minimum(turned, n - 1))
    return blended(x, *places)


def copied(x, size, align_corners):
    """Take the pixel above and to the left as it is."""
    rows, columns = (
        np.clip(positions(n, m, align_corners), 0, n - 1).astype(int)
        for n, m in zip(x.shape, size, strict=True)
    )
    return x[rows][:, columns]


def width_first(x, size, align_corners):
    """(width, height) for (height, width)."""
    return at(x, size[::-1], lambda n, m: positions(n, m, align_corners))


def maps(rng: np.random.Generator) -> Iterator[Case]:
    """Larger, smaller, one pixel high, one pixel asked for; both ways."""
    for corners in (False, True):
        for low, high in [(2, 5), (2, 5), (2, 4), (3, 5)]:
            P, Q = sizes(rng, 5, 8)
            yield Case(numbers(rng, *sizes(rng, low, high)), (P, Q), corners)
        yield Case(numbers(rng, 4, 5), (3, 2), corners)
        yield Case(numbers(rng, 1, 3), (2, 5), corners)
        yield Case(numbers(rng, 3, 4), (1, 6), corners)


ROW = np.array([[0.0, 4]])

EXERCISES = (
    Exercise(
        name="interpolate",
        title="Blend four neighbours",
        reference=interpolate,
        visible=(
            Case(ROW, (1, 4), False),
            Case(ROW, (1, 5), True),
            Case(np.array([[0.0, 4], [8, 4]]), (4, 4), False),
            Case(np.array([[0.0, 4], [8, 4]]), (3, 5), True),
            Case(np.array([[1.0], [2], [6]]), (2, 1), False),
        ),
        generate=maps,
        misconceptions=(
            Misconception(
                "corners for centres",
                corners_for_centres,
                "You read new pixel i at i · n / size. That is where its *corner* "
                "lies. Its centre is half a pixel further, on both grids: "
                "(i + ½) · n / size − ½.",
            ),
            Misconception(
                "never aligned",
                never_aligned,
                "`align_corners` makes no difference in your answer. When it is True, "
                "the first and the last centre stay: i · (n − 1) / (size − 1).",
            ),
            Misconception(
                "always aligned",
                always_aligned,
                "You always align the corners. When `align_corners` is False, the two "
                "grids cover the same length: (i + ½) · n / size − ½.",
            ),
            Misconception(
                "one step too many",
                one_step_too_many,
                "With aligned corners your last pixel does not lie on the last one. "
                "Between `size` pixels there are size − 1 gaps: divide by that.",
            ),
            Misconception(
                "carried on outside",
                carried_on,
                "Outside the first and the last centre you go on in a straight line, "
                "beyond all values of the map. There is only one neighbour there: cut "
                "the position off to 0 … n − 1 first.",
            ),
            Misconception(
                "zeros outside",
                zeros_outside,
                "Your edges are too small: you blend with zeros outside the map. Cut "
                "the position off to 0 … n − 1, so that the outermost pixel is "
                "repeated.",
            ),
            Misconception(
                "shares exchanged",
                shares_exchanged,
                "You give the *farther* pixel the larger share. At ¼ of the way from "
                "one to the next, the first gets ¾ and the second ¼.",
            ),
            Misconception(
                "copied",
                copied,
                "You take the pixel above and to the left as it is. That is a kind of "
                "nearest neighbour; blend it with the three others, by how far the "
                "place lies from it.",
            ),
            Misconception(
                "width before height",
                width_first,
                "Your result is as wide as it should be tall. `size` is (height, "
                "width).",
            ),
        ),
        page="book/upsampling/bilinear",
        minutes=25,
        difficulty=3,
        points=3,
    ),
)
