"""Hair (NumPy): a shell round the skull, cut along a line that the style draws."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cvlib.data.faces.people import Person
from cvlib.data.faces.surface import F, Pile, Section

# How far a shell stands off at the sides and on top; where it ends.
THICK = {
    "cropped": (0.025, 0.035, 1.0),
    "short": (0.05, 0.17, 1.0),
    "parted": (0.06, 0.19, 1.0),
    "fringe": (0.08, 0.12, 1.05),
    "curly": (0.22, 0.30, 1.0),
    "bob": (0.15, 0.14, 1.16),
    "long": (0.13, 0.13, 2.2),
    "bun": (0.03, 0.06, 1.0),
}
# (azimuth, height) of the cut: azimuth 0 in front, ±1 beside the ear, ±2 behind.
_SIDES = [(0.70, -0.44), (0.79, -0.05), (0.86, 0.20), (0.95, 0.14), (1.1, 0.10)]
_NAPE = [(1.25, 0.55), (2.0, 0.8)]
_CURTAIN = [(0.50, -0.50), (0.60, 0.0), (0.68, 0.75), (0.76, 3.0), (2.0, 3.0)]


def azimuth(x: NDArray, z: NDArray) -> NDArray:
    """Direction round the head in [−2, 2], without trigonometry.

    Example:
        >>> azimuth(np.array([0.0, 1.0, 1.0]), np.array([1, 0, -1])).round(3)
        array([0. , 1. , 1.5])
    """
    share = np.abs(x) / (np.abs(x) + np.abs(z) + F(1e-6))
    return np.sign(x) * np.where(z >= 0, share, 2 - share)


def cut(person: Person) -> list[tuple[float, float]]:
    """Corners of the line, from −2 to 2, that the hair of this person is cut along."""
    top, back, s = person.hairline, 0.42 * person.recede, person.side
    if person.hair == "parted":
        front = [(-0.45, top + 0.14), (-0.2, top + 0.10), (0.12, top - 0.02)]
        front += [(0.24, top - 0.14 - back), (0.5, top - back + 0.05)]
        front = [(s * a, y) for a, y in front]
        sides = [(a * k, y) for a, y in _SIDES + _NAPE for k in (-1, 1)]
        return sorted(front + sides)
    if person.hair == "fringe":
        half = [(0.0, -0.47), (0.3, -0.45), (0.55, -0.38), *_SIDES[1:], *_NAPE]
    elif person.hair in ("long", "bob"):
        half = [(0.0, top), (0.28, top + 0.10), *_CURTAIN]
    else:
        half = [(0.0, top), (0.2, top - 0.2 * back), (0.36, top - back)]
        half += [(0.55, top + 0.14 - 0.8 * back), *_SIDES, *_NAPE]
    if person.hair in ("long", "bob"):  # parted off the middle
        return sorted([(a, y) for a, y in half] + [(-a, y) for a, y in half[1:]])
    return sorted(half + [(-a, y) for a, y in half[1:]])


@lru_cache(maxsize=256)
def hairline(person: Person) -> NDArray[np.float32]:
    """The line of `cut`, rounded, at 257 directions from −2 to 2."""
    a, y = np.array(cut(person)).T
    line = np.interp(np.linspace(-2, 2, 257), a, y)
    for _ in range(6):
        line[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
    return line.astype(F)


def lookup(table: NDArray, at: NDArray) -> NDArray:
    """Between the entries of a table; `at` 0 is its first, 1 its last."""
    place = np.clip(at, 0, 1) * F(len(table) - 1)
    low = np.minimum(place.astype(np.int32), len(table) - 2)
    return table[low] + (place - low) * (table[low + 1] - table[low])


def fibre(table: NDArray, at: NDArray) -> NDArray:
    """As `lookup`, with period 1."""
    return lookup(table, at - np.floor(at))


def shell(person: Person, extra: float = 0.0) -> Pile:
    """The outside of the hair, cut nowhere yet."""
    side, top, below = THICK[person.hair]
    loose = 0.65 + 0.7 * person.volume
    side, top = side * loose + extra, top * loose + extra
    middle = -0.30
    up, down = 1.25 + middle + top, below - middle
    wide, deep = person.width * (1 + 0.5 * person.temples) + side, person.depth + side
    hangs = person.hair in ("bob", "long")

    k_up, k_down = -1 / up**2, -0.6 / down**2

    def section(y: NDArray) -> Section:
        lower = y >= F(middle)
        spread = 1 + F(0.10 * hangs) * np.clip(y, 0, 1.6)
        size = F(wide * wide) * spread * spread, F(deep * deep), F(-0.10)
        v2 = np.minimum(((y - F(middle)) / F(down)) ** 2, F(1.6))
        if hangs:
            k2 = np.where(lower, F(0), F(k_up))
            p = np.where(lower, 1 - v2 * v2 * v2, F(1 + k_up * middle**2))
        else:
            k2 = np.where(lower, F(k_down), F(k_up))
            p = 1 + k2 * F(middle**2)
        return *size, (p, k2 * F(-2 * middle), k2)

    return Pile(section)


def covered(
    person: Person, x: NDArray, y: NDArray, z: NDArray, ragged: NDArray
) -> NDArray:
    """How far above the cut a point of the shell is: hair where positive."""
    line = lookup(hairline(person), (azimuth(x, z) + 2) / 4)
    rough = {"fringe": 0.16, "curly": 0.20, "short": 0.045, "cropped": 0.03}
    return line + F(rough.get(person.hair, 0.05)) * (ragged - F(0.5)) - y
