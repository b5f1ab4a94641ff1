"""Who it is (NumPy): forty traits of an invented person, drawn from one number.

Lengths are in head units: the eyes lie at y = 0, the chin near 1.25, the crown near
−1.25, and half a face is about 0.86 wide; x grows to the right of the picture, y down.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from cvlib.validate import check_choice, check_int

VERSION = 1  # part of every seed: raise it when a picture changes
FIRST = {"train": 0, "validation": 100_000, "test": 200_000}
PEOPLE = 100_000  # how many a split has

Colour = tuple[float, float, float]

# From pale to deep; in between, the two neighbours are mixed.
SKINS = (
    (0.965, 0.845, 0.775),
    (0.925, 0.755, 0.645),
    (0.850, 0.660, 0.515),
    (0.730, 0.530, 0.390),
    (0.560, 0.385, 0.270),
    (0.410, 0.275, 0.195),
    (0.310, 0.205, 0.150),
)
HAIRS = {
    "black": (0.075, 0.065, 0.065),
    "dark brown": (0.165, 0.105, 0.075),
    "brown": (0.300, 0.190, 0.120),
    "chestnut": (0.400, 0.220, 0.130),
    "red": (0.620, 0.300, 0.130),
    "dark blond": (0.560, 0.420, 0.260),
    "blond": (0.790, 0.640, 0.400),
}
GREY, WHITE = (0.50, 0.49, 0.48), (0.78, 0.77, 0.75)
EYES = {
    "brown": (0.240, 0.130, 0.070),
    "dark brown": (0.130, 0.075, 0.050),
    "hazel": (0.380, 0.270, 0.120),
    "green": (0.300, 0.400, 0.240),
    "blue": (0.260, 0.420, 0.580),
    "grey": (0.400, 0.460, 0.500),
}
STYLES = ("bald", "cropped", "short", "parted", "fringe", "curly", "bob", "long", "bun")
BEARDS = ("none", "stubble", "moustache", "goatee", "full")
GLASSES = ("none", "round", "square", "half")


@dataclass(frozen=True)
class Person:
    """The traits that stay when pose, light and expression change."""

    id: int = -1
    skin: float = 0.3  # 0 pale … 1 deep
    warmth: float = 0.0  # −1 rosy … 1 golden
    age: float = 0.3  # 0 about twenty … 1 about eighty
    angular: float = 0.5  # 0 soft … 1 strong jaw and brow
    # solid
    width: float = 0.86
    temples: float = 0.0
    cheeks: float = 0.0
    jaw: float = 0.0
    chin: float = 0.0
    chin_y: float = 1.25
    depth: float = 0.88
    ears: float = 1.0
    # nose
    nose_y: float = 0.55
    nose_width: float = 0.2
    bridge: float = 0.085
    nose_out: float = 0.3
    hook: float = 0.0
    # eyes and brows
    eye_x: float = 0.38
    eye_width: float = 0.2
    eye_height: float = 0.09
    tilt: float = 0.0
    crease: float = 1.0
    deep_set: float = 0.05
    eye_colour: Colour = EYES["brown"]
    brow_y: float = -0.27
    brow_width: float = 0.24
    brow_height: float = 0.04
    arch: float = 0.04
    brow_tilt: float = 0.0
    # mouth
    mouth_y: float = 0.82
    mouth_width: float = 0.31
    upper_lip: float = 0.07
    lower_lip: float = 0.1
    bow: float = 0.3
    redness: float = 0.3
    # hair and what is worn
    hair: str = "short"
    hair_colour: Colour = HAIRS["dark brown"]
    hairline: float = -0.82
    recede: float = 0.0
    volume: float = 0.5
    side: float = 1.0  # on which the hair is parted
    beard: str = "none"
    freckles: float = 0.0
    mole: tuple[float, float] = (0.0, -9.0)  # out of sight
    glasses: str = "none"
    frame_colour: Colour = (0.1, 0.1, 0.11)


def identities(split: str, n: int) -> np.ndarray:
    """The numbers of the first `n` people of a split; no two splits share one.

    Args:
        split: "train", "validation" or "test".
        n: how many, up to 100 000.

    Returns:
        (n,) int64.

    Raises:
        TypeError, ValueError: no such split, or it has not so many.

    Example:
        >>> identities("test", 3)
        array([200000, 200001, 200002])
    """
    first = FIRST[check_choice("split", split, tuple(FIRST))]
    if check_int("n", n, minimum=0) > PEOPLE:
        raise ValueError(f"n must be at most {PEOPLE}, got {n}")
    return np.arange(first, first + n)


def person(id: int) -> Person:
    """The person of this number, the same one every time.

    Skin, hair, eyes, build and age vary together as loosely as they do among people;
    every one of them is a trait to select by.

    Raises:
        TypeError, ValueError: `id` is no whole number ≥ 0.

    Example:
        >>> person(7) == person(7), person(7) == person(8)
        (True, False)
    """
    rng = np.random.default_rng([VERSION, 17, check_int("id", id, minimum=0)])
    skin, age = rng.random(), rng.random() * (0.4 + 0.6 * rng.random())
    angular = rng.random()
    traits = {
        "skin": skin,
        "warmth": spread(rng),
        "age": age,
        "angular": angular,
        **_solid(rng, angular),
        **_nose(rng),
        **_eyes(rng, skin, angular),
        **_mouth(rng, angular),
        **_hair(rng, skin, age, angular),
        **_extras(rng, skin, age),
    }
    return Person(id=int(id), **traits)


def spread(rng: Generator, low: float = -1.0, high: float = 1.0) -> float:
    """More often in the middle than at the ends: the mean of two uniform numbers."""
    return low + (high - low) * (rng.random() + rng.random()) / 2


def pick(rng: Generator, table: dict[str, float]) -> str:
    """A key, as often as its weight says."""
    at = rng.random() * sum(table.values())
    for key, weight in table.items():
        at -= weight
        if at < 0:
            return key
    return key


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """`a` at t = 0, `b` at t = 1."""
    return tuple(float(u + t * (v - u)) for u, v in zip(a, b, strict=True))


def skin_colour(person: Person) -> Colour:
    """RGB of the skin before any light falls on it.

    Example:
        >>> skin_colour(Person(skin=0, warmth=0)) == SKINS[0]
        True
    """
    at = person.skin * (len(SKINS) - 1)
    low = min(int(at), len(SKINS) - 2)
    red, green, blue = mix(SKINS[low], SKINS[low + 1], at - low)
    return red, green + 0.012 * person.warmth, blue - 0.035 * person.warmth


def _solid(rng: Generator, angular: float) -> dict:
    return {
        "width": spread(rng, 0.78, 0.93),
        "temples": spread(rng, -0.08, 0.12),
        "cheeks": spread(rng, -0.07, 0.12),
        "jaw": spread(rng, -0.17, 0.17) + 0.16 * (angular - 0.5),
        "chin": spread(rng, -0.25, 0.25) + 0.30 * (angular - 0.5),
        "chin_y": spread(rng, 1.15, 1.34) + 0.05 * (angular - 0.5),
        "depth": spread(rng, 0.80, 0.96),
        "ears": spread(rng, 0.75, 1.3),
    }


def _nose(rng: Generator) -> dict:
    return {
        "nose_y": spread(rng, 0.46, 0.64),
        "nose_width": spread(rng, 0.15, 0.27),
        "bridge": spread(rng, 0.06, 0.12),
        "nose_out": spread(rng, 0.20, 0.42),
        "hook": spread(rng, -1.0, 1.0),
    }


def _eyes(rng: Generator, skin: float, angular: float) -> dict:
    pale = max(0.0, 1 - 2.2 * skin)
    colours = {"brown": 1.0, "dark brown": 0.3 + 2 * skin, "hazel": 0.2 + 0.4 * pale}
    colours |= {"green": 0.5 * pale, "blue": 1.3 * pale, "grey": 0.5 * pale}
    return {
        "eye_x": spread(rng, 0.33, 0.43),
        "eye_width": spread(rng, 0.165, 0.235),
        "eye_height": spread(rng, 0.058, 0.118),
        "tilt": spread(rng, -0.12, 0.26),
        "crease": float(rng.random()),
        "deep_set": spread(rng, 0.0, 0.10),
        "eye_colour": EYES[pick(rng, colours)],
        "brow_y": spread(rng, -0.34, -0.20) + 0.04 * (0.5 - angular),
        "brow_width": spread(rng, 0.19, 0.29),
        "brow_height": spread(rng, 0.022, 0.06) + 0.022 * (angular - 0.3),
        "arch": spread(rng, 0.0, 0.09),
        "brow_tilt": spread(rng, -0.18, 0.14),
    }


def _mouth(rng: Generator, angular: float) -> dict:
    return {
        "mouth_y": spread(rng, 0.77, 0.87),
        "mouth_width": spread(rng, 0.24, 0.38),
        "upper_lip": spread(rng, 0.03, 0.105),
        "lower_lip": spread(rng, 0.06, 0.135),
        "bow": rng.random(),
        "redness": max(0.0, spread(rng, 0.0, 0.9) - 0.35 * angular),
    }


def _hair(rng: Generator, skin: float, age: float, angular: float) -> dict:
    pale = max(0.0, 1 - 2.4 * skin)
    shades = {"black": 0.2 + 2.5 * skin, "dark brown": 1.0, "brown": 0.15 + pale}
    shades |= {"chestnut": 0.6 * pale, "red": 0.3 * pale}
    shades |= {"dark blond": 0.7 * pale, "blond": 0.7 * pale}
    colour = HAIRS[pick(rng, shades)]
    grey = min(1.0, max(0.0, (age - 0.4 + 0.2 * spread(rng)) * 2.6))
    colour = mix(colour, GREY, min(1.0, 1.5 * grey))
    colour = mix(colour, WHITE, max(0.0, 1.6 * grey - 0.6))
    long = 1.7 * (1 - angular) ** 2
    styles = {
        "bald": 0.5 * angular * (0.2 + age),
        "cropped": 0.7 * angular + 0.3 * skin,
    }
    styles |= {"short": 0.9 * angular, "parted": 0.9 * angular + 0.1, "fringe": 0.35}
    styles |= {"curly": 0.25 + 0.4 * skin, "bob": long, "long": 1.3 * long}
    styles |= {"bun": 0.8 * long}
    beards = {"none": 1.0, "stubble": 0.5, "moustache": 0.16, "goatee": 0.24}
    beards |= {"full": 0.45}
    bearded = rng.random() < 1.3 * (angular - 0.4)
    worn = pick(rng, beards)
    return {
        "hair": pick(rng, styles),
        "hair_colour": colour,
        "hairline": spread(rng, -0.95, -0.76),
        "recede": max(0.0, rng.random() * (0.3 + age) * (angular - 0.3)),
        "volume": float(rng.random()),
        "side": float(rng.choice([-1, 1])),
        "beard": worn if bearded else "none",
    }


def _extras(rng: Generator, skin: float, age: float) -> dict:
    frames = [(0.09, 0.09, 0.10), (0.30, 0.17, 0.09), (0.55, 0.50, 0.44)]
    frames += [(0.16, 0.22, 0.38), (0.45, 0.10, 0.13), (0.72, 0.60, 0.34)]
    freckled = rng.random() < 0.3 * max(0.0, 1 - 2 * skin)
    marked = rng.random() < 0.3
    mole = rng.uniform(-0.5, 0.5), rng.uniform(0.2, 1.0)
    kinds = {"none": 2.6 - 1.2 * age, "round": 0.35, "square": 0.45, "half": 0.25}
    return {
        "freckles": float(rng.random()) if freckled else 0.0,
        "mole": (float(mole[0]), float(mole[1])) if marked else (0.0, -9.0),
        "glasses": pick(rng, kinds),
        "frame_colour": frames[rng.integers(len(frames))],
    }
