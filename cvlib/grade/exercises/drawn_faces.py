"""Turn a head and see where its points go."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def turn_head(points, yaw, roll):
    """The answer."""
    return leaned(seen(points, np.radians(yaw)), np.radians(roll))


def seen(points, yaw):
    """(N, 2) of what a turn by yaw leaves of x, y, z."""
    x, y, z = points.T
    return np.stack([np.cos(yaw) * x + np.sin(yaw) * z, y], axis=1)


def leaned(points, roll):
    """(N, 2) turned clockwise in the picture, y down."""
    x, y = points.T
    c, s = np.cos(roll), np.sin(roll)
    return np.stack([c * x - s * y, s * x + c * y], axis=1)


def in_radians(points, yaw, roll):
    """Take degrees for radians."""
    return leaned(seen(points, yaw), roll)


def looks_left(points, yaw, roll):
    """Turn the other way."""
    return turn_head(points, -yaw, roll)


def leans_left(points, yaw, roll):
    """As if y grew upwards."""
    return turn_head(points, yaw, -roll)


def flat(points, yaw, roll):
    """A picture on a sheet: depth does nothing."""
    return turn_head(points * [1, 1, 0], yaw, roll)


def leaned_first(points, yaw, roll):
    """Lean, then turn about an axis that still stands upright."""
    xy = leaned(points[:, :2], np.radians(roll))
    return seen(np.column_stack([xy, points[:, 2]]), np.radians(yaw))


def exchanged(points, yaw, roll):
    """Sine for cosine in the turn."""
    return turn_head(points, 90 - yaw, roll)


def shifted(points, yaw, roll):
    """Add the sine of the angle, whatever the depth."""
    moved = points + np.array([np.sin(np.radians(yaw)), 0, 0])
    return leaned(moved[:, :2], np.radians(roll))


def only_turned(points, yaw, roll):
    """Forget the roll."""
    return turn_head(points, yaw, 0)


def overwritten(points, yaw, roll):
    """Use the new x for y."""
    u, y = seen(points, np.radians(yaw)).T
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    new = c * u - s * y
    return np.stack([new, s * new + c * y], axis=1)


def about_the_mean(points, yaw, roll):
    """Lean about the middle of the points."""
    flat = seen(points, np.radians(yaw))
    middle = flat.mean(axis=0)
    return leaned(flat - middle, np.radians(roll)) + middle


def heads(rng: np.random.Generator) -> Iterator[Case]:
    """Points in front of the axis and behind, turned, leaned and both."""
    angles = [(30, 0), (0, 20), (-25, 0), (0, -15), (40, 10), (-35, 25), (20, -30)]
    for yaw, roll in (*angles, (90, 0), (0, 90)):
        points = rng.uniform(-1, 1, (int(rng.integers(2, 6)), 3)).round(2)
        turn = int(rng.integers(-4, 5)) if yaw and roll else 0
        yield Case(points, yaw + turn, roll)


NOSE = np.array([[0.0, 0.5, 1.0], [0.4, 0.0, 0.8], [0.0, 1.2, 0.3]])

EXERCISES = (
    Exercise(
        name="turn_head",
        title="Turn the head",
        reference=turn_head,
        visible=(
            Case(NOSE, 0, 0),
            Case(NOSE, 30, 0),
            Case(NOSE, 0, 90),
            Case(NOSE, 90, 90),
        ),
        generate=heads,
        misconceptions=(
            Misconception(
                "degrees taken for radians",
                in_radians,
                "The angles are in degrees, but `np.sin` and `np.cos` take radians: "
                "`np.radians(yaw)` first.",
            ),
            Misconception(
                "turned the other way",
                looks_left,
                "You turn the head to the left for a positive yaw. A point in front of "
                "the axis has to move to the right: + z · sin(yaw).",
            ),
            Misconception(
                "leaned the other way",
                leans_left,
                "You lean the head to the left for a positive roll. The formula of the "
                "school book turns anticlockwise where y points up; here y points "
                "down, and the same formula turns clockwise.",
            ),
            Misconception(
                "no depth",
                flat,
                "You turn the points as if they lay on a sheet of paper. What lies "
                "further in front moves further: z · sin(yaw) is missing.",
            ),
            Misconception(
                "leaned before it was turned",
                leaned_first,
                "You lean the head first and turn it then, about an axis that still "
                "stands upright. The head turns about its own axis: yaw first, then "
                "lean what is seen.",
            ),
            Misconception(
                "sine and cosine exchanged",
                exchanged,
                "At yaw 0 nothing may change, so x has to be multiplied by the cosine, "
                "which is 1 there, and z by the sine.",
            ),
            Misconception(
                "all points moved alike",
                shifted,
                "You move every point by the same amount. How far a point moves "
                "depends on its depth, and points beside the axis come closer.",
            ),
            Misconception(
                "roll forgotten",
                only_turned,
                "The roll changes nothing in your answer: after the turn, lean the "
                "picture by it.",
            ),
            Misconception(
                "x overwritten",
                overwritten,
                "You overwrite x and then use the new one for y. Both come from the "
                "same x and y: keep the old x until y is done.",
            ),
            Misconception(
                "leaned about the middle",
                about_the_mean,
                "You lean the head about the middle of its points. It leans about "
                "(0, 0), where the neck is.",
            ),
        ),
        page="book/faces/drawn-faces",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
