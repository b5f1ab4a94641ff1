"""Measure whether a layer's answer moves with the picture."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def equivariance_error(y, y_moved, shift, margin):
    """The answer."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-1)[..., inner]
    error = np.abs(y_moved[..., inner] - wanted).max() / np.abs(wanted).max()
    return float(error)


def invariance_error(y, y_moved, shift, margin):
    """Compare with the map that did not move."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = y[..., inner]
    return float(np.abs(y_moved[..., inner] - wanted).max() / np.abs(wanted).max())


def moved_back(y, y_moved, shift, margin):
    """Move to the left."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, -shift, axis=-1)[..., inner]
    return float(np.abs(y_moved[..., inner] - wanted).max() / np.abs(wanted).max())


def moved_down(y, y_moved, shift, margin):
    """Move along the rows' axis."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-2)[..., inner]
    return float(np.abs(y_moved[..., inner] - wanted).max() / np.abs(wanted).max())


def with_the_border(y, y_moved, shift, margin):
    """Compare every column."""
    wanted = np.roll(y, shift, axis=-1)
    return float(np.abs(y_moved - wanted).max() / np.abs(wanted).max())


def cut_first(y, y_moved, shift, margin):
    """Cut the border off, then move."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y[..., inner], shift, axis=-1)
    return float(np.abs(y_moved[..., inner] - wanted).max() / np.abs(wanted).max())


def absolute(y, y_moved, shift, margin):
    """Leave out the division."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-1)[..., inner]
    return float(np.abs(y_moved[..., inner] - wanted).max())


def signed(y, y_moved, shift, margin):
    """Leave out the absolute value of the difference."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-1)[..., inner]
    return float((y_moved[..., inner] - wanted).max() / np.abs(wanted).max())


def mean_error(y, y_moved, shift, margin):
    """Take means where the largest is meant."""
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-1)[..., inner]
    return float(np.abs(y_moved[..., inner] - wanted).mean() / np.abs(wanted).mean())


def to_minus_margin(y, y_moved, shift, margin):
    """A slice up to −0 is empty."""
    wanted = np.roll(y, shift, axis=-1)[..., margin:-margin]
    error = np.abs(y_moved[..., margin:-margin] - wanted).max()
    return float(error / np.abs(wanted).max())


def maps(rng: np.random.Generator) -> Iterator[Case]:
    """Maps that move along exactly, nearly, and not; the border is often spoilt."""
    for k in range(18):
        C, H = (int(n) for n in rng.integers([1, 2], [3, 5]))
        shift = int(rng.integers(1, 3)) * (1 if k % 3 else -1)
        margin = (0, 2, 3)[k % 3] if k < 12 else abs(shift) + k % 2
        y = numbers(rng, C, H, 2 * margin + int(rng.integers(4, 7)))
        y[0, 0] = rng.permutation(y.shape[-1]) + 1.0  # no two columns alike
        y_moved = np.roll(y, shift, axis=-1)
        if k % 2:  # the layer does not quite keep the promise
            spot = int(rng.integers(margin, y.shape[-1] - margin))
            y_moved[-1, -1, spot] -= rng.integers(3, 9) / 2
        if margin and k % 4 < 2:  # beside the border anything may happen
            y_moved[:, :, :margin] += 9
        sign = 1 if k % 5 else -1  # the largest value, sign aside, may be negative
        yield Case(sign * y, sign * y_moved, shift, margin)


EXERCISES = (
    Exercise(
        name="equivariance_error",
        title="Does the map move with the picture?",
        reference=equivariance_error,
        visible=(
            # an edge detector, exact but for the column that came in
            Case(
                np.array([[[0.0, 4, 0, -2, 0, 0, 0, 0]]]),
                np.array([[[3.0, 0, 4, 0, -2, 0, 0, 0]]]),
                1,
                1,
            ),
            # every second pixel, repeated: what stood between them was never seen
            Case(
                np.array([[[5.0, 5, 1, 1, 2, 2, 0, 0]]]),
                np.array([[[2.0, 2, 1, 1, 4, 4, 1, 1]]]),
                1,
                2,
            ),
            Case(
                np.array([[[1.0, 2, 3, 4]], [[0, 5, 0, -5]]]),
                np.array([[[3.0, 4, 1, 2]], [[0, -4, 0, 5]]]),
                2,
                0,
            ),
        ),
        generate=maps,
        misconceptions=(
            Misconception(
                "invariance",
                invariance_error,
                "You compare with `y` as it stands: that asks whether the map ignores "
                "the movement, which is invariance. Equivariance asks whether it "
                "moves along, so move `y` before you compare.",
            ),
            Misconception(
                "moved the other way",
                moved_back,
                "You moved the map to the left. The picture was moved `shift` columns "
                "to the right, so what stood in column j must now stand in column j + "
                "shift.",
            ),
            Misconception(
                "moved down",
                moved_down,
                "You moved the map down. The picture went to the right, and columns "
                "are the last axis: height comes before width.",
            ),
            Misconception(
                "border compared as well",
                with_the_border,
                "You compare the border too, where pixels came in that the picture "
                "did not hold before. Leave out `margin` columns on the left and on "
                "the right.",
            ),
            Misconception(
                "cut before moving",
                cut_first,
                "You cut the border off and then moved the rest, so columns of the "
                "rest came round to the other side. Move the whole map first, then "
                "cut.",
            ),
            Misconception(
                "not relative",
                absolute,
                "The largest difference is right, but it says little as long as one "
                "does not know how large the numbers are. Divide by the largest of "
                "the map, sign aside.",
            ),
            Misconception(
                "differences with their sign",
                signed,
                "You take the largest difference with its sign, so a value that is "
                "far too small goes unseen. Take the absolute value before the "
                "maximum.",
            ),
            Misconception(
                "means instead of maxima",
                mean_error,
                "You average the differences, and a single place where the promise is "
                "broken nearly vanishes. The error is the largest one.",
            ),
            Misconception(
                "margin of 0",
                to_minus_margin,
                "With a margin of 0 nothing is left: a slice `[0:-0]` ends where it "
                "begins. Count its end from the left, with the width of the map.",
            ),
        ),
        page="book/sizes/why-convolution",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
