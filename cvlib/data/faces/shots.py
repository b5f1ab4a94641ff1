"""How the picture was taken (NumPy): pose, light, expression, what is in the way."""

from dataclasses import dataclass

from numpy.random import Generator

from cvlib.data.faces.people import Colour, pick, spread
from cvlib.validate import check_number

OCCLUSIONS = ("none", "sunglasses", "mask", "scarf", "hat")


@dataclass(frozen=True)
class Shot:
    """Everything that changes from one picture of a person to the next.

    Angles are in degrees: a positive `yaw` looks to the right of the picture, a
    positive `pitch` down, a positive `roll` leans clockwise.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)  # in head units, right and down
    # light
    light: tuple[float, float, float] = (-0.35, -0.55, 0.75)  # where it comes from
    strength: float = 0.85
    ambient: float = 0.42
    tint: Colour = (1.0, 1.0, 1.0)
    grain: float = 0.0
    # expression
    smile: float = 0.15  # −1 sad … 1 laughing
    open_mouth: float = 0.0
    open_eyes: float = 1.0
    raise_brows: float = 0.0
    frown: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)  # right and down, in radii of the iris
    # what is round the face
    occlusion: str = "none"
    bare: bool = False  # glasses taken off
    cloth: Colour = (0.28, 0.36, 0.46)
    collar: str = "round"
    backdrop: tuple[Colour, Colour] = ((0.80, 0.82, 0.84), (0.62, 0.66, 0.70))
    seed: int = 0  # of the blurred things behind, and of the grain


def random_shot(
    rng: Generator, *, variety: float = 1.0, occlusion: float = 0.1
) -> Shot:
    """One picture's circumstances.

    Args:
        rng: source of all chance.
        variety: 0 gives the plain frontal shot, 1 the usual spread (yaw within ±38°,
            pitch ±16°, roll ±14°), more than 1 exaggerates.
        occlusion: share of the pictures with sunglasses, mask, scarf or hat.

    Example:
        >>> import numpy as np
        >>> random_shot(np.random.default_rng(0), variety=0, occlusion=0).yaw == 0
        True
    """
    v = check_number("variety", variety, minimum=0.0)
    check_number("occlusion", occlusion, minimum=0.0, maximum=1.0)
    pose = {"yaw": 38.0, "pitch": 16.0, "roll": 14.0}
    angles = {name: v * spread(rng, -most, most) for name, most in pose.items()}
    zoom = 1 + 0.09 * v * spread(rng)
    shift = 0.09 * v * spread(rng), 0.09 * v * spread(rng)
    covers = {"sunglasses": 1.0, "mask": 1.0, "scarf": 0.7, "hat": 1.0}
    covered, cover = rng.random() < occlusion, pick(rng, covers)
    seed = int(rng.integers(2**31))
    return Shot(
        **angles,
        zoom=zoom,
        shift=shift,
        **_light(rng, v),
        **_expression(rng, v),
        occlusion=cover if covered else "none",
        bare=bool(rng.random() < 0.12 * v),
        **_surroundings(rng, v),
        seed=seed,
    )


def _light(rng: Generator, v: float) -> dict:
    x, y = spread(rng, -1.1, 1.1), spread(rng, -0.9, 0.15)
    warm = 0.10 * v * spread(rng)
    level = 1 + 0.28 * v * spread(rng)
    plain = Shot()
    return {
        "light": (
            v * x + (1 - v) * plain.light[0],
            v * y + (1 - v) * plain.light[1],
            0.75,
        ),
        "strength": level * (plain.strength + 0.30 * v * spread(rng)),
        "ambient": level * (plain.ambient + 0.16 * v * spread(rng)),
        "tint": (1 + warm, 1 + 0.02 * v * spread(rng), 1 - warm),
        "grain": 0.8 * v * rng.random(),
    }


def _expression(rng: Generator, v: float) -> dict:
    smile = v * spread(rng, -0.75, 1.15) + 0.08
    laughing = rng.random() < 0.25
    talking = rng.random() < 0.2
    opened = 0.35 + 0.5 * rng.random()
    blinking = rng.random() < 0.06
    return {
        "smile": smile,
        "open_mouth": v * opened * (talking or (laughing and smile > 0.3)),
        "open_eyes": 1 - v * (0.9 if blinking else 0.35 * rng.random()),
        "raise_brows": v * spread(rng, -0.6, 1.0),
        "frown": v * max(0.0, spread(rng, -1.0, 1.2)),
        "gaze": (0.9 * v * spread(rng), 0.5 * v * spread(rng)),
    }


def _surroundings(rng: Generator, v: float) -> dict:
    cloth, near, far = (0.12 + 0.75 * rng.random(3) for _ in range(3))
    cloth = 0.6 * cloth + 0.4 * cloth.mean()  # few wear neon
    near, far = (0.35 * c + 0.65 * c.mean() for c in (near, far))  # quieter than cloth
    collar = pick(rng, {"round": 1.0, "v": 0.7, "shirt": 0.9, "high": 0.4})
    if v == 0:
        return {}
    colours = [tuple(float(value) for value in c) for c in (cloth, near, far)]
    return {"cloth": colours[0], "collar": collar, "backdrop": (colours[1], colours[2])}
