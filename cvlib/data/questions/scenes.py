"""Small scenes to ask about (NumPy and Pillow): paper shapes that hide nothing.

A scene is a short list of facts: which shapes, of which colours, where. The picture is
drawn from the facts, so every answer is known before anybody looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cvlib.data.shapes import COLOURS as PAPERS
from cvlib.data.shapes import SHAPES as OUTLINES
from cvlib.validate import check_choice, check_int

VERSION = 1
SIZE = 48  # height and width of a picture
COLOURS = ("red", "yellow", "green", "blue", "purple")
SHAPES = ("circle", "square", "triangle", "cross")
FEWEST, MOST = 3, 6  # shapes in a scene
RADII = (4.6, 6.2)
GAP = 1.5  # pixels between the circles round two shapes
FAVOURED = 0.45  # of the shapes take the scene's own colour, as many its own form
SUPERSAMPLING = 4
SPLITS = {"train": 1, "validation": 2, "test": 3}


@dataclass(frozen=True)
class Scene:
    """N shapes, none of which covers another, and the light they lie in."""

    colours: tuple[str, ...]
    shapes: tuple[str, ...]
    centres: tuple[tuple[float, float], ...]  # (x, y) in pixels, y down
    radii: tuple[float, ...]
    angles: tuple[float, ...]  # radians, clockwise on the screen
    tints: tuple[tuple[float, float, float], ...]  # the paper of each shape, RGB
    backdrop: tuple[float, float, float]
    slope: tuple[float, float]  # how much brighter to the right, and further down

    def __len__(self) -> int:
        return len(self.colours)


def scene(split: str, number: int) -> Scene:
    """One scene of a split. The same number gives the same scene.

    Each has a colour and a form that it favours, or four shapes of one colour would
    hardly ever meet.

    Args:
        split: "train", "validation" or "test"; no two share a scene.
        number: any, from 0.

    Returns:
        A Scene of three to six shapes.

    Raises:
        TypeError, ValueError: no such split, or the number is none.

    Example:
        >>> example = scene("test", 0)
        >>> list(zip(example.colours, example.shapes))[:2]
        [('green', 'circle'), ('yellow', 'triangle')]
    """
    check_choice("split", split, tuple(SPLITS))
    number = check_int("number", number, minimum=0)
    rng = np.random.default_rng([VERSION, SPLITS[split], number])
    centres, radii = _places(rng, int(rng.integers(FEWEST, MOST + 1)))
    count = len(radii)
    colours, shapes = _favouring(rng, COLOURS, count), _favouring(rng, SHAPES, count)
    tints = [
        np.array(PAPERS[colour]) + rng.uniform(-0.05, 0.05, 3) for colour in colours
    ]
    return Scene(
        colours,
        shapes,
        centres,
        radii,
        angles=_numbers(rng.uniform(-0.3, 0.3, count)),
        tints=tuple(_numbers(tint) for tint in tints),
        backdrop=_numbers(rng.uniform(0.82, 0.97, 3)),
        slope=_numbers(rng.uniform(-0.1, 0.1, 2)),
    )


def draw(scene: Scene, *, scale: int = 1) -> NDArray[np.uint8]:
    """The picture of a scene.

    Args:
        scene: what is on it.
        scale: times as many pixels along each side.

    Returns:
        (48 · scale, 48 · scale, 3) RGB bytes.

    Example:
        >>> draw(scene("test", 0)).shape
        (48, 48, 3)
    """
    s = SUPERSAMPLING * check_int("scale", scale, minimum=1)
    sheet = Image.new("RGB", (SIZE * s, SIZE * s), _bytes(scene.backdrop))
    pen = ImageDraw.Draw(sheet)
    for n in range(len(scene)):
        corners = s * (outline(scene.shapes[n], scene.angles[n]) * scene.radii[n]
                       + scene.centres[n])  # fmt: skip
        pen.polygon(corners.ravel().tolist(), fill=_bytes(scene.tints[n]))
    image = np.asarray(sheet.reduce(SUPERSAMPLING), dtype=np.float32)
    along = np.linspace(-1, 1, len(image), dtype=np.float32)
    right, down = (np.float32(part) for part in scene.slope)
    image = image * (1 + right * along + down * along[:, None])[..., None]
    return np.clip(image + np.float32(0.5), 0, 255).astype(np.uint8)


def outline(shape: str, angle: float) -> NDArray[np.float64]:
    """(C, 2) corners as (x, y), y down, within radius 1; turned clockwise.

    Example:
        >>> outline("square", 0.0).tolist()[0]
        [-0.84, -0.84]
    """
    cos, sin = np.cos(angle), np.sin(angle)
    return OUTLINES[shape].outline @ np.array([[cos, sin], [-sin, cos]])


def _places(rng: Generator, count: int) -> tuple[tuple, tuple]:
    """Centres and radii, no two shapes near enough to touch; fewer if it is full."""
    centres: list[tuple[float, float]] = []
    radii: list[float] = []
    for x, y, size in rng.random((60, 3)):
        radius = RADII[0] + size * (RADII[1] - RADII[0])
        room = SIZE - 2 * (radius + 1)
        x, y = (radius + 1 + share * room for share in (x, y))
        if all(
            (x - a) ** 2 + (y - b) ** 2 >= (radius + other + GAP) ** 2
            for (a, b), other in zip(centres, radii, strict=True)
        ):
            centres.append((float(x), float(y)))
            radii.append(float(radius))
        if len(radii) == count:
            break
    return tuple(centres), tuple(radii)


def _favouring(rng: Generator, names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Names at random, one of them more often."""
    favourite = names[rng.integers(len(names))]
    drawn = rng.integers(len(names), size=count)
    own = rng.random(count) < FAVOURED
    return tuple(favourite if o else names[d] for o, d in zip(own, drawn, strict=True))


def _numbers(values: NDArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _bytes(colour: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(int(255 * min(max(part, 0.0), 1.0) + 0.5) for part in colour)
