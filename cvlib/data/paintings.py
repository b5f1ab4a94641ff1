"""Pictures in four manners of painting (NumPy and Pillow), drawn by rule and by chance.

No painter's work is copied. Each manner is a few rules: which way a stroke runs, what
colour it takes, what lies over what. The style of a picture is what its parts have in
common, and here the parts can be counted. Real paintings come with `artwork`.
"""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cvlib.data import downloads
from cvlib.image import load, resize, to_float
from cvlib.validate import check_choice, check_int

ARTWORKS = {
    "starry_night": "Vincent van Gogh, The Starry Night, 1889",
    "the_scream": "Edvard Munch, The Scream, 1893",
    "shipwreck": "J. M. W. Turner, The Shipwreck, 1805",
}
"""Paintings in the public domain that a reader may download."""

FINER = 3
"""Everything is drawn so many times as large, and shrunk: edges become smooth."""


def painting(manner: str, size: int = 256, *, seed: int = 0) -> NDArray[np.float64]:
    """A square picture in one manner; the same seed gives the same picture.

    Args:
        manner: "strokes", "dots", "planes" or "waves".
        size: side in pixels, at least 16. The same seed gives the same composition
            at every size.
        seed: of everything that chance decides.

    Returns:
        (size, size, 3) RGB in [0, 1].

    Raises:
        ValueError: there is no such manner, or the size is too small.

    Example:
        >>> painting("dots", 64).shape
        (64, 64, 3)
    """
    draw = PAINTERS[check_choice("manner", manner, tuple(PAINTERS))]
    side = FINER * check_int("size", size, minimum=16)
    sheet = Image.new("RGB", (side, side))
    draw(ImageDraw.Draw(sheet), side, np.random.default_rng(seed))
    small = sheet.resize((size, size), Image.Resampling.BOX)
    return to_float(np.asarray(small))


def artwork(name: str, size: int | tuple[int, int] | None = None) -> NDArray:
    """A real painting in the public domain: downloaded when asked for, then kept.

    Args:
        name: one of `ARTWORKS`.
        size: (height, width), or one number for the shorter side; None as it comes.

    Returns:
        (H, W, 3) RGB in [0, 1].

    Raises:
        ValueError: there is no such painting.
        OfflineError: it is not here and cannot be downloaded.
    """
    check_choice("name", name, tuple(ARTWORKS))
    image = load(downloads.fetch(name))
    return image if size is None else resize(image, size)


def noise(rng: Generator, waves: int = 8, finest: float = 6.0) -> Callable:
    """A smooth random field on the unit square: a sum of plane waves, about [−1, 1]."""
    angle, phase = rng.uniform(0, 2 * np.pi, (2, waves))
    pitch = rng.uniform(1.0, finest, waves) * 2 * np.pi
    weight = 1 / np.sqrt(np.arange(1, waves + 1))
    weight /= np.abs(weight).sum() / 1.6

    def field(x: NDArray, y: NDArray) -> NDArray:
        along = np.multiply.outer(x, np.cos(angle)) + np.multiply.outer(
            y, np.sin(angle)
        )
        return np.clip(np.sin(along * pitch + phase) @ weight, -1, 1)

    return field


def mix(palette: NDArray, at: float) -> NDArray:
    """The colour at `at` in [0, 1] along a row of colours."""
    place = np.clip(at, 0, 1) * (len(palette) - 1)
    low = min(int(place), len(palette) - 2)
    return palette[low] + (place - low) * (palette[low + 1] - palette[low])


def ink(colour: NDArray, rng: Generator, spread: float = 12) -> tuple[int, ...]:
    """A colour as Pillow wants it, each time a little different."""
    return tuple(int(v) for v in np.clip(colour + rng.normal(0, spread, 3), 0, 255))


NIGHT = np.array(
    [(18, 28, 74), (30, 62, 138), (52, 104, 178), (128, 170, 200), (226, 206, 120)]
)
LAMP = np.array([(252, 240, 190), (248, 208, 92), (226, 150, 44)])


def strokes(draw: ImageDraw.ImageDraw, side: int, rng: Generator) -> None:
    """Curved strokes along a field that turns round a few lights: thick oil."""
    lights = rng.uniform(0.12, 0.88, (4, 2))
    turn = rng.choice([-1, 1], 4)
    reach = rng.uniform(0.07, 0.14, 4)
    drift, shade = noise(rng, finest=2), noise(rng, finest=3)
    draw.rectangle((0, 0, side, side), fill=tuple(NIGHT[1]))
    for k in range(5200):
        x, y = rng.uniform(-0.03, 1.03, 2)
        away = np.hypot(*(lights - (x, y)).T)
        near = int(np.argmin(away / reach))
        glow = np.exp(-((away[near] / reach[near]) ** 2))
        if glow > 0.35:
            colour = mix(LAMP, 1.15 - glow + 0.12 * rng.normal())
        else:
            dusk = 0.4 + 0.45 * float(shade(x, y)) + 1.1 * glow
            colour = mix(NIGHT, dusk + 0.13 * rng.normal())
        length = (0.05 if glow < 0.35 else 0.028) * rng.uniform(0.6, 1.3)
        points = []
        for _ in range(7):
            points.append((x * side, y * side))
            to = lights - (x, y)
            pull = turn * np.exp(-((np.hypot(*to.T) / (2.6 * reach)) ** 2))
            u = 0.35 * np.cos(0.6 * float(drift(x, y))) - (pull * to[:, 1]).sum() * 9
            v = 0.35 * np.sin(2.2 * float(drift(x, y))) + (pull * to[:, 0]).sum() * 9
            x, y = np.array([x, y]) + length / 6 * np.array([u, v]) / np.hypot(u, v)
        width = max(1, round(side * rng.uniform(0.004, 0.0085)))
        draw.line(points, fill=ink(colour, rng, 9), width=width, joint="curve")
        if k % 3 == 0:  # a ridge of paint catches the light
            lit = [(px, py - width / 3) for px, py in points]
            draw.line(lit, fill=ink(colour + 34, rng, 6), width=max(1, width // 3))


SHORE = {
    "sky": np.array(
        [(86, 138, 196), (150, 188, 214), (244, 214, 158), (244, 170, 118)]
    ),
    "sea": np.array([(226, 176, 140), (96, 150, 178), (44, 98, 146)]),
    "grass": np.array([(182, 190, 84), (92, 146, 72), (38, 92, 66)]),
}


def dots(draw: ImageDraw.ImageDraw, side: int, rng: Generator) -> None:
    """A shore in dots of pure colour: the eye mixes them."""
    draw.rectangle((0, 0, side, side), fill=(238, 230, 208))
    hills, trees = noise(rng, finest=2), rng.uniform(0.08, 0.92, (3, 2))
    other = np.array([(226, 96, 66), (240, 190, 70), (70, 84, 160), (120, 74, 140)])
    for _ in range(15000):
        x, y = rng.uniform(0, 1, 2)
        land = 0.72 + 0.1 * float(hills(x, 0.3)) - 0.16 * (x - 0.5)
        crown = np.hypot((trees[:, 0] - x) / 0.1, (0.52 - y) / 0.17).min()
        if y > land or (crown < 1 and y < 0.8):
            colour = mix(SHORE["grass"], (y - land) * 2 + 0.4 + 0.3 * (crown < 1))
        elif y > 0.5:
            colour = mix(SHORE["sea"], (y - 0.5) * 3.2)
        else:
            colour = mix(SHORE["sky"], y / 0.5)
        if rng.random() < 0.2:
            colour = other[rng.integers(len(other))]
        r = side * rng.uniform(0.0045, 0.0075)
        box = (x * side - r, y * side - r, x * side + r, y * side + r)
        draw.ellipse(box, fill=ink(colour, rng, 20))


GLASS = np.array(
    [
        (196, 52, 46), (232, 132, 42), (244, 204, 92), (58, 120, 86), (38, 92, 150),
        (24, 44, 92), (226, 214, 186), (150, 60, 96),
    ]
)  # fmt: skip


def planes(draw: ImageDraw.ImageDraw, side: int, rng: Generator) -> None:
    """Flat planes, cut again and again by straight lines, each shaded to one side."""
    whole = np.array([(0, 0), (side, 0), (side, side), (0, side)], dtype=float)
    pieces = [whole]
    while len(pieces) < 90:
        pieces.sort(key=area)
        piece = pieces.pop(-1 if rng.random() < 0.8 else rng.integers(len(pieces)))
        middle = piece.mean(axis=0) + rng.normal(0, 0.02 * side, 2)
        turn = rng.choice([0.15, 0.8, 1.75, 2.4]) + rng.normal(0, 0.16)
        pieces += halves(piece, middle, np.array([-np.sin(turn), np.cos(turn)]))
    draw.rectangle((0, 0, side, side), fill=(20, 20, 26))
    for piece in pieces:
        colour = GLASS[rng.integers(len(GLASS))]
        towards = rng.normal(size=2)
        towards /= np.hypot(*towards)
        along = piece @ towards
        for k in range(24):  # from shade to light in narrow strips
            low, high = np.quantile(along, 0), np.quantile(along, 1)
            rest = beyond(piece, towards, low + (high - low) * k / 24)
            if len(rest) > 2:
                shade = colour * (0.62 + 0.5 * k / 23)
                draw.polygon([tuple(p) for p in rest], fill=ink(shade, rng, 3))
        outline = [tuple(p) for p in [*piece, piece[0]]]
        draw.line(outline, fill=(22, 20, 28), width=round(side * 0.008), joint="curve")


def area(polygon: NDArray) -> float:
    """Of a convex polygon (n, 2), by the shoelace formula."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2)


def beyond(polygon: NDArray, normal: NDArray, offset: float) -> NDArray:
    """What of a convex polygon lies where point · normal ≥ offset."""
    kept = []
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        da, db = a @ normal - offset, b @ normal - offset
        if da >= 0:
            kept.append(a)
        if da * db < 0:
            kept.append(a + (b - a) * da / (da - db))
    return np.array(kept).reshape(-1, 2)


def halves(polygon: NDArray, point: NDArray, normal: NDArray) -> list[NDArray]:
    """The two parts on either side of a line."""
    offset = point @ normal
    parts = [beyond(polygon, normal, offset), beyond(polygon, -normal, -offset)]
    return [part for part in parts if len(part) > 2]


PRINT = np.array([(20, 44, 92), (36, 84, 140), (104, 156, 186), (206, 222, 214)])


def waves(draw: ImageDraw.ImageDraw, side: int, rng: Generator) -> None:
    """Waves, row behind row, each of parallel lines with a crest of foam: a woodcut."""
    for y in range(side):  # the sky of a print: one colour that fades
        fade = np.array([(226, 206, 166), (240, 228, 198)])
        draw.line((0, y, side, y), fill=tuple(mix(fade, 2.5 * y / side).astype(int)))
    x = np.linspace(-0.05, 1.05, 320)
    rows = 11
    for row in range(rows):
        depth = row / (rows - 1)
        pitch, phase = rng.uniform(1.6, 2.6) * (1.4 - 0.5 * depth), rng.uniform(0, 1)
        height = (0.035 + 0.06 * depth) * rng.uniform(0.8, 1.2)
        turn = 2 * np.pi * (x * pitch + phase)
        crest = 0.16 + 0.86 * depth - height * (np.abs(np.sin(turn / 2)) ** 0.7 * 2 - 1)
        lean = x + 0.35 * height * np.cos(turn)
        for k in range(9):
            line = crest + 0.0125 * k * (1 + depth)
            colour = PRINT[[3, 0, 2, 2, 1, 1, 1, 0, 0][k]]
            points = [(a * side, b * side) for a, b in zip(lean, line, strict=True)]
            below = [*points, (1.1 * side, 1.1 * side), (-0.1 * side, 1.1 * side)]
            draw.polygon(below, fill=ink(colour, rng, 7))
        for a, b in zip(lean[::3], crest[::3], strict=True):
            if rng.random() < 0.75:
                r = side * rng.uniform(0.003, 0.009) * (0.6 + depth)
                u, v = a * side + rng.normal(0, r), b * side - rng.uniform(0, 2) * r
                draw.ellipse((u - r, v - r, u + r, v + r), fill=(244, 240, 226))


PAINTERS = {"strokes": strokes, "dots": dots, "planes": planes, "waves": waves}
"""The manners by name."""
