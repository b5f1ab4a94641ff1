"""Fourteen points of a face, and where they lie in a picture (NumPy)."""

import numpy as np
from numpy.typing import NDArray

from cvlib.data.faces import lines
from cvlib.data.faces.people import Person
from cvlib.data.faces.shots import Shot
from cvlib.data.faces.surface import F, View, blend, front, head, nose

LANDMARKS = (
    "left brow",
    "right brow",
    "left eye, outer corner",
    "left eye, inner corner",
    "right eye, inner corner",
    "right eye, outer corner",
    "nose tip",
    "left nostril",
    "right nostril",
    "left corner of the mouth",
    "right corner of the mouth",
    "upper lip",
    "lower lip",
    "chin",
)
"""Left is left on the screen."""

LANDMARK_PAIRS = ((0, 1), (2, 5), (3, 4), (7, 8), (9, 10))
"""Rows that change places when a picture is mirrored, so that left stays left."""


def on_head(person: Person, shot: Shot) -> NDArray[np.float32]:
    """(14, 2): x and y of every landmark on the head, before it turns."""
    ends = np.array([-1.0, 1.0])
    brow = float(lines.brow(person, shot, np.zeros(1))[0][0])
    inner, outer = (float(y) for y in lines.lids(person, shot, ends)[1])
    wide = lines.mouth_width(person, shot)
    corner = float(lines.mouth(person, shot, ends)[1][0])
    top, _, _, bottom = (float(y[0]) for y in lines.mouth(person, shot, np.zeros(1)))
    near, far = person.eye_x - person.eye_width, person.eye_x + person.eye_width
    wing = 0.5 * person.nose_width
    chin = person.chin_y + 0.10 * shot.open_mouth - 0.05
    points = [
        (-person.eye_x, brow),
        (person.eye_x, brow),
        (-far, outer),
        (-near, inner),
        (near, inner),
        (far, outer),
        (0, person.nose_y - 0.06),
        (-wing, person.nose_y + 0.012),
        (wing, person.nose_y + 0.012),
        (-wide, corner),
        (wide, corner),
        (0, top),
        (0, bottom),
        (0, chin),
    ]
    return np.array(points, dtype=F)


def place(
    person: Person, shot: Shot, view: View, points: NDArray
) -> tuple[NDArray, NDArray]:
    """Where points of the head's surface lie in the picture, seen or not.

    Nose and cheeks are blended where they meet, and paint lies on the blend: from the
    solid's own point, follow the ray to the blend and back until they agree. A point
    behind the nose's edge is met by no ray and stays the solid's.

    Args:
        person: whose points they are.
        shot: with which expression.
        view: how the head is turned.
        points: (K, 2) x and y of the head.

    Returns:
        (K, 2) pixels and (K,) depths.
    """
    x, y = points.T
    skull = head(person, shot)
    z = np.maximum(front(skull, x, y), front(nose(person, skull), x, y))
    solid = X, Y, T = view.to_view(x, y, z)
    surface = blend(person, shot, view)
    for _ in range(8):
        z = view.to_head(X, Y, surface(X, Y)[0])[2]
        X, Y, T = view.to_view(x, y, z)
    there = view.to_head(X, Y, surface(X, Y)[0])
    off = np.maximum(np.abs(there[0] - x), np.abs(there[1] - y))
    met = (off < F(0.01)) & (np.abs(T - solid[2]) < F(0.1))
    X, Y, T = (np.where(met, a, b) for a, b in zip((X, Y, T), solid, strict=True))
    return np.stack(view.to_pixels(X, Y), axis=1), T
