"""The curves of brows, eyes and mouth (NumPy): for the paint and for landmarks.

Each is y, in head units, as a function of how far along it one is: u or m is −1 at one
end and 1 at the other.
"""

import numpy as np
from numpy.typing import NDArray

from cvlib.data.faces.people import Person
from cvlib.data.faces.shots import Shot
from cvlib.data.faces.surface import bump


def brow(person: Person, shot: Shot, u: NDArray) -> tuple[NDArray, NDArray]:
    """Height of a brow's middle line and half its thickness; u = −1 near the nose."""
    y = person.brow_y - 0.055 * shot.raise_brows + 0.04 * shot.frown
    y = y + person.brow_tilt * person.brow_width * u - person.arch * (1 - u * u)
    y = y + 0.045 * shot.frown * (1 - u) * (1 - u) / 4
    thick = person.brow_height * (1 - 0.30 * u - 0.30 * u * u)
    return y, thick * np.sqrt(np.maximum(1 - u * u, 0))


def lids(person: Person, shot: Shot, u: NDArray) -> tuple[NDArray, NDArray]:
    """Edges of the upper and of the lower lid; u = −1 at the inner corner."""
    smile = max(0.0, shot.smile)
    opened = np.clip(shot.open_eyes - 0.22 * smile - 0.1 * shot.frown, 0.0, 1.2)
    slope = -person.tilt * person.eye_width * u
    body = np.maximum(1 - u * u, 0)
    high = person.eye_height * body * (1 + 0.04 * u)
    low = 0.62 * person.eye_height * body * (1 + 0.3 * u)
    low = low * (1 - 0.25 * smile)
    return slope + low - (high + low) * opened, slope + low


def mouth_width(person: Person, shot: Shot) -> float:
    """Half of it, in this expression."""
    smile = shot.smile if shot.smile > 0 else 0.4 * shot.smile
    return person.mouth_width * (1 + 0.20 * smile - 0.14 * shot.open_mouth)


def mouth(person: Person, shot: Shot, m: NDArray) -> tuple[NDArray, ...]:
    """Four edges from above to below: of the upper lip two, of the lower lip two."""
    body = np.maximum(1 - m * m, 0)
    smile, gap = shot.smile, 0.24 * shot.open_mouth
    middle = person.mouth_y - 0.085 * (smile + 0.12) * (m * m - 0.25)
    above, below = middle - 0.2 * gap * body, middle + 0.8 * gap * body
    thin = 1 - 0.22 * max(0.0, smile) - 0.2 * person.age
    dip = 1 - 0.35 * person.bow * bump(m * m / 0.06)
    top = above - person.upper_lip * thin * body * (0.75 + 0.25 * body) * dip
    bottom = below + person.lower_lip * thin * body * np.sqrt(body)
    return top, above, below, bottom
