"""Landmarks in the mirror."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def flip_landmarks(points, width, pairs):
    """The answer."""
    flipped = points * 1.0
    flipped[:, 0] = width - flipped[:, 0]
    for left, right in pairs:
        flipped[[left, right]] = flipped[[right, left]]
    return flipped


def not_exchanged(points, width, pairs):
    """Mirror, and leave the rows."""
    return flip_landmarks(points, width, [])


def not_mirrored(points, width, pairs):
    """Exchange the rows alone."""
    mirrored = flip_landmarks(points, width, pairs)
    mirrored[:, 0] = width - mirrored[:, 0]
    return mirrored


def one_pixel_short(points, width, pairs):
    """Mirror indices, not coordinates."""
    return flip_landmarks(points, width - 1, pairs)


def upside_down(points, width, pairs):
    """Mirror y."""
    return flip_landmarks(points[:, ::-1], width, pairs)[:, ::-1]


def overwritten(points, width, pairs):
    """Exchange two views: the first is gone when it is asked for."""
    flipped = flip_landmarks(points, width, [])
    for left, right in pairs:
        flipped[left] = flipped[right]
    return flipped


def first_pair_only(points, width, pairs):
    """Exchange one pair."""
    return flip_landmarks(points, width, pairs[:1])


def rows_reversed(points, width, pairs):
    """Turn the whole list round."""
    return flip_landmarks(points, width, [])[::-1]


def about_their_middle(points, width, pairs):
    """Mirror at the points' own middle."""
    middle = points[:, 0].min() + points[:, 0].max()
    return flip_landmarks(points, middle, pairs)


def faces(rng: np.random.Generator) -> Iterator[Case]:
    """Two to seven points with no pair, one, two or three of them."""
    for count, many in ((2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3), (3, 0), (8, 3)):
        width = int(rng.integers(20, 60))
        points = np.stack(
            [rng.choice(np.arange(1, 2 * width), count, False) / 2,
             rng.choice(np.arange(1, 60), count, False) / 2], axis=1,
        )  # fmt: skip
        rows = [int(r) for r in rng.permutation(count)]
        yield Case(points, width, [(rows[2 * p], rows[2 * p + 1]) for p in range(many)])


EYES = np.array([[30.0, 40.0], [62.0, 42.0]])
FACE = np.array([[3.0, 4.0], [7.0, 4.5], [5.5, 6.0], [4.0, 8.0], [6.5, 8.5]])

EXERCISES = (
    Exercise(
        name="flip_landmarks",
        title="The left eye in the mirror",
        reference=flip_landmarks,
        visible=(
            Case(EYES, 100, [(0, 1)]),
            Case(EYES, 100, []),
            Case(FACE, 12, [(0, 1), (3, 4)]),
        ),
        generate=faces,
        misconceptions=(
            Misconception(
                "left stayed left",
                not_exchanged,
                "You mirror the points and leave the rows. In the mirror the left "
                "eye is a right one: exchange the two rows of every pair.",
            ),
            Misconception(
                "points stayed",
                not_mirrored,
                "You exchange the rows, but the points stay where they were. The "
                "picture is mirrored: x becomes width − x.",
            ),
            Misconception(
                "width − 1 − x",
                one_pixel_short,
                "You take width − 1 − x. That is the rule for the *index* of a "
                "column. Points are coordinates that run from 0 to width, so the "
                "right edge, x = width, goes to 0.",
            ),
            Misconception(
                "upside down",
                upside_down,
                "You mirror y. A point is (x, y): left and right change in column 0.",
            ),
            Misconception(
                "overwritten",
                overwritten,
                "Both rows of a pair are the same in the end. A row of an array is a "
                "view: once the first is overwritten, its old value is lost. Copy "
                "it, or write `p[[a, b]] = p[[b, a]]`.",
            ),
            Misconception(
                "one pair only",
                first_pair_only,
                "Only the first pair is exchanged. Go through all of `pairs`.",
            ),
            Misconception(
                "all rows reversed",
                rows_reversed,
                "You reverse the order of all rows. Only those that `pairs` names "
                "change places; a nose stays the nose.",
            ),
            Misconception(
                "mirrored at the face",
                about_their_middle,
                "You mirror at the middle of the points. The mirror stands in the "
                "middle of the picture: a face on its left side moves to the right.",
            ),
        ),
        page="book/locating/landmarks",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
