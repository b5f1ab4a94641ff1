"""Two eyes to two places: one turn, one scale, one shift."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def eyes_to_places(eyes, places):
    """The answer."""
    a, b = parts(eyes, places)
    return matrix(a, b)


def parts(eyes, places):
    """a and b of z → a z + b, as complex numbers."""
    s, t = eyes[:, 0] + 1j * eyes[:, 1], places[:, 0] + 1j * places[:, 1]
    a = (t[1] - t[0]) / (s[1] - s[0])
    return a, t[0] - a * s[0]


def matrix(a, b):
    """The same map for columns (x, y)."""
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def the_way_back(eyes, places):
    """From the places to the eyes."""
    return eyes_to_places(places, eyes)


def without_turning(eyes, places):
    """Scale and shift only."""
    a, _ = parts(eyes, places)
    t, s = places[0] @ [1, 1j], eyes[0] @ [1, 1j]
    return matrix(abs(a) + 0j, t - abs(a) * s)


def without_scaling(eyes, places):
    """Turn and shift only."""
    a, _ = parts(eyes, places)
    a = a / abs(a)
    t, s = places[0] @ [1, 1j], eyes[0] @ [1, 1j]
    return matrix(a, t - a * s)


def turned_the_other_way(eyes, places):
    """The angle with the wrong sign."""
    a, _ = parts(eyes, places)
    a = np.conj(a)
    t, s = places[0] @ [1, 1j], eyes[0] @ [1, 1j]
    return matrix(a, t - a * s)


def minus_on_the_other_side(eyes, places):
    """The right a and b, but the transposed turn in the matrix."""
    a, b = parts(eyes, places)
    return np.array([[a.real, a.imag, b.real], [-a.imag, a.real, b.imag]])


def axes_exchanged(eyes, places):
    """Rows taken for (y, x)."""
    return matrix(*parts(eyes[:, ::-1], places[:, ::-1]))


def shifted_by_the_difference(eyes, places):
    """b = t − s."""
    a, _ = parts(eyes, places)
    return matrix(a, (places[0] - eyes[0]) @ [1, 1j])


def mirrored(eyes, places):
    """The reflection that fits."""
    s, t = eyes @ [1, 1j], places @ [1, 1j]
    a = (t[1] - t[0]) / np.conj(s[1] - s[0])
    b = t[0] - a * np.conj(s[0])
    return np.array([[a.real, a.imag, b.real], [a.imag, -a.real, b.imag]])


def axis_by_axis(eyes, places):
    """A scale of its own for x and for y."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = (places[1] - places[0]) / (eyes[1] - eyes[0])
        shift = places[0] - scale * eyes[0]
    return np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])


def pairs_of_eyes(rng: np.random.Generator) -> Iterator[Case]:
    """Eyes at any angle, sometimes one above the other; places mostly side by side."""
    for k in range(12):
        eyes = rng.integers(4, 60, (2, 2)) * 1.0
        while (eyes[0] == eyes[1]).any():
            eyes = rng.integers(4, 60, (2, 2)) * 1.0
        if k % 4 == 3:
            eyes[1, 0] = eyes[0, 0]
        y, x1 = rng.integers(8, 24, 2) * 1.0
        y2 = y + (float(rng.integers(1, 5)) if k % 3 == 2 else 0.0)
        yield Case(eyes, np.array([[x1, y], [x1 + float(rng.integers(6, 30)), y2]]))


EXERCISES = (
    Exercise(
        name="eyes_to_places",
        title="Eyes where they belong",
        reference=eyes_to_places,
        visible=(
            Case(
                np.array([[10.0, 20.0], [10.0, 40.0]]),
                np.array([[10.0, 10.0], [30.0, 10.0]]),
            ),
            Case(
                np.array([[20.0, 30.0], [36.0, 42.0]]),
                np.array([[16.0, 20.0], [32.0, 20.0]]),
            ),
        ),
        generate=pairs_of_eyes,
        misconceptions=(
            Misconception(
                "the way back",
                the_way_back,
                "Your map takes the places to the eyes. That is what the resampling "
                "needs in the end, but asked for is the map from the eyes to the "
                "places.",
            ),
            Misconception(
                "without turning",
                without_turning,
                "Your map scales and shifts, but does not turn. The left eye comes to "
                "its place and the right one does not.",
            ),
            Misconception(
                "without scaling",
                without_scaling,
                "Your map turns and shifts, but does not scale. The eyes are as far "
                "apart as before.",
            ),
            Misconception(
                "turned the other way",
                turned_the_other_way,
                "Your map turns by the right angle in the wrong direction: from the "
                "arrow between the places back to that between the eyes.",
            ),
            Misconception(
                "minus on the other side",
                minus_on_the_other_side,
                "a and b are right, but your matrix turns the other way. Multiplying "
                "1 by p + iq gives p + iq: that is the first column, from top to "
                "bottom.",
            ),
            Misconception(
                "x and y exchanged",
                axes_exchanged,
                "You take the first number of a row for y. A row is (x, y), and the "
                "matrix is applied to x, y and 1.",
            ),
            Misconception(
                "b = t − s",
                shifted_by_the_difference,
                "The turn is right, the shift is not. The eye is moved by the turn "
                "first: b = t − a s, not t − s.",
            ),
            Misconception(
                "mirrored",
                mirrored,
                "Your map brings both eyes to their places, in a mirror. A similarity "
                "turns and scales; the lower right entry has the sign of the upper "
                "left one.",
            ),
            Misconception(
                "axis by axis",
                axis_by_axis,
                "You scale x and y each for itself. That distorts the face, and fails "
                "where the eyes have one x. One factor serves both, and a turn does "
                "the rest.",
            ),
        ),
        page="book/faces/landmarks",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
