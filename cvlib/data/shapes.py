"""Shapes cut out of coloured paper (NumPy and Pillow): what a scene is made of."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from cvlib.data.photos import photo
from cvlib.image import to_gray

KEYPOINT_NAMES = ("top", "right", "bottom", "left")
COLOURS = {
    "red": (0.80, 0.25, 0.27),
    "orange": (0.93, 0.53, 0.20),
    "yellow": (0.96, 0.79, 0.33),
    "green": (0.33, 0.60, 0.38),
    "blue": (0.20, 0.48, 0.70),
    "purple": (0.50, 0.36, 0.64),
}
TEXTURES = ("plain", "striped", "dotted", "checked", "grained")

SUPERSAMPLING = 4  # shapes are drawn this much larger, then averaged: smooth edges
MARGIN = 0.35  # room for the shadow round a shape, in radii


@dataclass(frozen=True)
class Shape:
    """Corners (C, 2) and keypoints (4, 2) as (x, y), y down, within radius 1."""

    outline: NDArray
    keypoints: NDArray
    hole: float = 0  # radius of a round hole
    turns: bool = True  # a turned circle looks the same: nobody could find its top


def _star(points: int, inner: float) -> NDArray:
    """(2·points, 2) corners, the first straight up, alternately far and near."""
    angle = np.arange(2 * points) * np.pi / points - np.pi / 2
    radius = np.where(np.arange(2 * points) % 2, inner, 1)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _plus(arm: float) -> NDArray:
    a = arm
    corners = [(-a, -1), (a, -1), (a, -a), (1, -a), (1, a), (a, a)]
    return np.array(corners + [(-x, -y) for x, y in corners])


_COMPASS = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)])  # as in KEYPOINT_NAMES
_SQUARE = 0.84 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
_ROUND = _star(24, 1)
SHAPES = {
    "circle": Shape(_ROUND, 0.86 * _COMPASS, turns=False),
    "square": Shape(_SQUARE, 0.7 * _COMPASS),
    "triangle": Shape(
        _star(3, 0.5) + np.array([0, 0.2]),
        np.array([(0, -0.52), (0.63, 0.57), (0, 0.57), (-0.63, 0.57)]),
    ),
    "star": Shape(
        _star(5, 0.5),
        np.array([(0, -0.75), (0.71, -0.23), (0, 0.38), (-0.71, -0.23)]),
    ),
    "ring": Shape(_ROUND, 0.78 * _COMPASS, hole=0.56, turns=False),
    "cross": Shape(_plus(0.38), 0.84 * _COMPASS),
}


@dataclass(frozen=True, eq=False)
class Cutout:
    """A shape with its place: `alpha` (h, h) is how much of each pixel it covers."""

    shape: Shape
    centre: tuple[float, float]  # (x, y)
    radius: float
    angle: float
    alpha: NDArray[np.float32]
    window: tuple[slice, slice]  # rows and columns of the picture that alpha covers

    def keypoints(self) -> NDArray:
        """(4, 2) as (x, y) in the picture."""
        return self.shape.keypoints @ _turn(self.angle) * self.radius + self.centre

    def own_coordinates(self) -> tuple[NDArray, NDArray]:
        """(u, v) of each pixel's centre as the outline counts: radius 1, unturned."""
        rows, columns = self.window
        y, x = np.mgrid[rows, columns] + 0.5
        xy = np.stack([x - self.centre[0], y - self.centre[1]], axis=-1)
        return tuple(np.moveaxis(xy @ _turn(-self.angle) / self.radius, -1, 0))


def _turn(angle: float) -> NDArray:
    """Multiply row vectors (x, y) by this to turn them clockwise on the screen."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])


def cut(
    shape: Shape, centre: tuple[float, float], radius: float, angle: float
) -> Cutout:
    """Draw a shape large, round its corners and average it down.

    Args:
        shape: one of SHAPES.
        centre: (x, y) in the picture.
        radius: in pixels.
        angle: radians, clockwise on the screen.

    Returns:
        A Cutout; its window may reach MARGIN·radius beyond the shape.
    """
    s = SUPERSAMPLING
    half = int(np.ceil(radius * (1 + MARGIN)))
    x0, y0 = int(centre[0]) - half, int(centre[1]) - half
    n = 2 * half + 1
    sheet = Image.new("L", (n * s, n * s))
    draw = ImageDraw.Draw(sheet)
    turned = _turn(angle) * radius * s
    middle = (np.array(centre) - (x0, y0)) * s
    draw.polygon([tuple(xy) for xy in shape.outline @ turned + middle], fill=255)
    if shape.hole:
        hole = shape.hole * _ROUND @ turned + middle
        draw.polygon([tuple(xy) for xy in hole], fill=0)
    if shape.turns:  # blur and threshold: only the corners lose ink
        sheet = sheet.filter(ImageFilter.BoxBlur(0.08 * radius * s))
        sheet = sheet.point(lambda ink: 255 * (ink > 127))
    alpha = np.asarray(sheet.reduce(s), dtype=np.float32) / 255
    window = slice(y0, y0 + n), slice(x0, x0 + n)
    return Cutout(shape, centre, radius, angle, alpha, window)


def paint(image: NDArray[np.float32], cutout: Cutout, paper: NDArray) -> None:
    """Lay a cutout on the picture, in place: its shadow first, then lit paper.

    Args:
        image: (H, W, 3), changed.
        cutout: where, and how much of each pixel.
        paper: (h, h, 3) colours of the cutout's window.
    """
    under, alpha = image[cutout.window], cutout.alpha
    fall = max(1, round(0.09 * cutout.radius))  # the light comes from the upper left
    shadow = np.roll(_blur(alpha, 0.09 * cutout.radius), (fall, fall), axis=(0, 1))
    under *= 1 - 0.5 * shadow[..., None]
    soft = _blur(alpha, max(0.7, 0.03 * cutout.radius))
    slope = np.zeros_like(soft)
    slope[1:-1, 1:-1] = soft[2:, 2:] - soft[:-2, :-2]  # how steep towards the light
    lit = paper + 0.22 * np.clip(slope, -0.6, 0.6)[..., None]
    under += alpha[..., None] * (lit - under)


def _blur(alpha: NDArray, sigma: float) -> NDArray[np.float32]:
    sheet = Image.fromarray(np.round(alpha * 255).astype(np.uint8))
    soft = sheet.filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(soft, dtype=np.float32) / 255


def paper(rng: Generator, cutout: Cutout, colour: str, texture: str) -> NDArray:
    """(h, h, 3) colours for a cutout: two tones of one colour in a pattern.

    Args:
        rng: chooses the pattern's scale and offset.
        cutout: the pattern turns with it.
        colour: one of COLOURS.
        texture: one of TEXTURES.
    """
    u, v = cutout.own_coordinates()
    base = np.array(COLOURS[colour])
    light = base + 0.42 * (1 - base)
    repeats = rng.uniform(2.2, 3.4)
    offset = rng.uniform(0, 1, 2)
    if texture == "grained":
        tone = 0.8 * _grain(rng, u.shape)
    elif texture == "plain":
        tone = np.zeros_like(u)
    else:
        sharp = cutout.radius / repeats / 1.2  # a tone changes within about a pixel
        a, b = (
            np.cos(np.pi * (repeats * w + o))
            for w, o in zip((u, v), offset, strict=True)
        )
        wave = {"striped": a, "checked": a * b, "dotted": a * a + b * b - 1.45}
        tone = np.clip(wave[texture] * sharp / 2 + 0.5, 0, 1)
    tone = tone + 0.10 * (-u - v)  # paler towards the light
    return (base + np.clip(tone, -0.3, 1)[..., None] * (light - base)).astype("f4")


def _grain(rng: Generator, size: tuple[int, int]) -> NDArray:
    """A piece of a grey photograph of a surface, as (h, w) in about [−1, 1]."""
    surface = _surface(("brick", "grass", "gravel")[rng.integers(3)])
    rows, columns = (
        (np.arange(n) + rng.integers(m)) % m
        for n, m in zip(size, surface.shape, strict=True)
    )
    return surface[np.ix_(rows, columns)]


@lru_cache
def _surface(name: str) -> NDArray:
    gray = to_gray(photo(name, size=384))
    return np.clip((gray - gray.mean()) / (2.5 * gray.std()), -1, 1)
