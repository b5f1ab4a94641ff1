"""Outlines of six things cut out of paper (NumPy and Pillow): what the benchmark hides.

Every outline is a handful of corners. Chaikin's rule rounds them: each corner gives way
to two points, a quarter and three quarters along its edges; a corner written twice
stays almost sharp. All the arithmetic is exact or correctly rounded, so the same seed
gives the same pixels on any machine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SUPERSAMPLING = 4  # drawn this much larger, then averaged: smooth edges
ROUNDINGS = 3

Corners = list[tuple[float, float]]


@dataclass(frozen=True)
class Silhouette:
    """Parts to fill and holes to leave, corners as (x, y), y down, about in [−1, 1].

    Landmarks are points of the paper, a little inside its outline, and turn with it.
    Where a mirrored silhouette is its own mirror image, nobody could tell left from
    right; there `pairs` of landmarks change names, so that left stays left.
    """

    parts: tuple[NDArray, ...]
    holes: tuple[NDArray, ...] = ()
    landmarks: dict[str, tuple[float, float]] = field(default_factory=dict)
    pairs: tuple[tuple[int, int], ...] = ()

    @property
    def extent(self) -> NDArray:
        """(2,) width and height."""
        corners = np.concatenate(self.parts)
        return corners.max(axis=0) - corners.min(axis=0)


def chaikin(corners: NDArray, times: int = ROUNDINGS) -> NDArray:
    """Round a closed outline: (C, 2) corners become (C · 2^times, 2).

    Source:
        Chaikin, An Algorithm for High-Speed Curve Generation, 1974.

    Example:
        >>> square = np.array([(0, 0), (4, 0), (4, 4), (0, 4)])
        >>> chaikin(square, 1)[:3].tolist()
        [[1.0, 0.0], [3.0, 0.0], [4.0, 1.0]]
    """
    for _ in range(times):
        after = np.roll(corners, -1, axis=0)
        pair = [0.75 * corners + 0.25 * after, 0.25 * corners + 0.75 * after]
        corners = np.stack(pair, axis=1).reshape(-1, 2)
    return corners


def _round(*corners: tuple[float, float]) -> NDArray:
    return chaikin(np.array(corners, dtype=float))


def _sharp(*corners: tuple[float, float]) -> NDArray:
    return chaikin(np.repeat(np.array(corners, dtype=float), 2, axis=0))


def _octagon(x: float, y: float, radius: float) -> NDArray:
    a = 0.414 * radius
    ring = [(-a, -radius), (a, -radius), (radius, -a), (radius, a)]
    ring += [(-u, -v) for u, v in ring]
    return _round(*((x + u, y + v) for u, v in ring))


def _mirrored(*right: tuple[float, float]) -> NDArray:
    """The right half of an outline, from the top down, and its mirror image."""
    return _round(*right, *((-x, y) for x, y in reversed(right)))


SILHOUETTES = {
    "fish": Silhouette(
        (
            _round(
                (1.0, -0.04), (0.72, -0.3), (0.34, -0.44), (0.3, -0.46),
                (0.02, -0.72), (-0.14, -0.66), (-0.12, -0.42), (-0.36, -0.24),
                (-0.58, -0.06), (-0.9, -0.5), (-1.02, -0.46), (-0.84, 0.02),
                (-1.02, 0.48), (-0.9, 0.52), (-0.58, 0.1), (-0.3, 0.3),
                (-0.06, 0.4), (-0.1, 0.62), (0.02, 0.64), (0.2, 0.42),
                (0.66, 0.28), (1.0, 0.04),
            ),
        ),
        (_octagon(0.6, -0.1, 0.08),),
        {"nose": (0.88, 0.0), "fin": (-0.02, -0.56), "upper tail": (-0.88, -0.36),
         "lower tail": (-0.88, 0.38)},
    ),
    "house": Silhouette(
        (
            _sharp(
                (0, -0.98), (0.34, -0.66), (0.34, -0.94), (0.6, -0.94),
                (0.6, -0.41), (0.98, -0.05), (0.76, -0.02), (0.76, 0.9), (0.36, 0.9),
                (0.36, 0.26), (0.0, 0.26), (0.0, 0.9), (-0.76, 0.9),
                (-0.76, -0.02), (-0.98, -0.05),
            ),
        ),
        (_sharp((-0.52, 0.2), (-0.22, 0.2), (-0.22, 0.52), (-0.52, 0.52)),),
        {"ridge": (0.0, -0.84), "chimney": (0.47, -0.82),
         "near wall": (0.56, 0.78), "far wall": (-0.64, 0.78)},
    ),
    "mug": Silhouette(
        (
            _sharp((-0.92, -0.84), (0.4, -0.84), (0.4, 0.7), (0.24, 0.86),
                   (-0.76, 0.86), (-0.92, 0.7)),
            _round((0.2, -0.64), (0.8, -0.64), (1.06, -0.44), (1.06, 0.26),
                   (0.8, 0.52), (0.2, 0.52)),
        ),
        (_round((0.4, -0.4), (0.4, -0.4), (0.7, -0.4), (0.82, -0.26), (0.82, 0.1),
                (0.7, 0.28), (0.4, 0.28), (0.4, 0.28)),),
        {"far rim": (-0.8, -0.72), "near rim": (0.28, -0.72), "handle": (0.94, -0.08),
         "base": (-0.26, 0.74)},
    ),
    "key": Silhouette(
        (
            _octagon(-0.64, 0, 0.38),
            _sharp(
                (-0.4, -0.1), (0.94, -0.1), (1.0, -0.04), (1.0, 0.36), (0.84, 0.36),
                (0.84, 0.1), (0.72, 0.1), (0.72, 0.28), (0.58, 0.28),
                (0.58, 0.1), (-0.4, 0.1),
            ),
        ),
        (_octagon(-0.72, 0, 0.17),),
        {"upper bow": (-0.66, -0.28), "lower bow": (-0.66, 0.28), "tip": (0.9, -0.01),
         "bit": (0.92, 0.26)},
    ),
    "bottle": Silhouette(
        (
            _sharp(
                (-0.15, -1.0), (0.15, -1.0), (0.15, -0.9), (0.12, -0.88),
                (0.12, -0.5), (0.34, -0.14), (0.34, 0.94),
                (0.28, 1.0), (-0.28, 1.0), (-0.34, 0.94), (-0.34, -0.14),
                (-0.12, -0.5), (-0.12, -0.88), (-0.15, -0.9),
            ),
        ),
        (),
        {"mouth": (0.0, -0.9), "left shoulder": (-0.23, -0.06),
         "right shoulder": (0.23, -0.06), "foot": (0.0, 0.88)},
        ((1, 2),),
    ),
    "butterfly": Silhouette(
        (
            _mirrored(
                (0.06, -0.62), (0.07, -0.3), (0.34, -0.84), (0.8, -1.0),
                (1.06, -0.84), (0.98, -0.2), (0.58, 0.04), (0.86, 0.26),
                (0.84, 0.74), (0.48, 0.92), (0.18, 0.6), (0.08, 0.3), (0.06, 0.66),
            ),
        ),
        (),
        {"upper left wing": (-0.84, -0.74), "upper right wing": (0.84, -0.74),
         "lower left wing": (-0.64, 0.62), "lower right wing": (0.64, 0.62)},
        ((0, 1), (2, 3)),
    ),
}  # fmt: skip


def blob(radii: NDArray, *, angular: bool = False) -> Silhouette:
    """A scrap of paper: `radii` (R,) at even angles round the middle.

    Example:
        >>> len(blob(np.ones(6)).parts[0]), len(blob(np.ones(6), angular=True).parts[0])
        (48, 6)
    """
    angle = 2 * np.pi * np.arange(len(radii)) / len(radii)
    corners = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radii[:, None]
    return Silhouette((corners if angular else chaikin(corners),))


def stamp(
    silhouette: Silhouette,
    *,
    longest: float,
    turn: tuple[float, float] = (1.0, 0.0),
    mirror: bool = False,
    stretch: float = 1.0,
    margin: int = 0,
) -> NDArray[np.float32]:
    """How much of each pixel a silhouette covers.

    Args:
        silhouette: what to draw.
        longest: longer side of its box in pixels, as it comes out.
        turn: (cos, sin) of the angle, clockwise on the screen.
        mirror: left and right change places first.
        stretch: width is multiplied by this before turning.
        margin: empty pixels round it, for a shadow.

    Returns:
        (h, w) in [0, 1], no larger than `longest` + 2 · `margin` + 2.

    Example:
        >>> stamp(SILHOUETTES["bottle"], longest=40).shape
        (41, 14)
    """
    place, (h, w) = frame(
        silhouette,
        longest=longest,
        turn=turn,
        mirror=mirror,
        stretch=stretch,
        margin=margin,
    )
    s = SUPERSAMPLING
    sheet = Image.new("L", (w * s, h * s))
    draw = ImageDraw.Draw(sheet)
    inked = [(part, 255) for part in silhouette.parts]
    for corners, ink in inked + [(hole, 0) for hole in silhouette.holes]:
        xy = (place(corners) + 0.5 / s) * s
        draw.polygon(xy.ravel().tolist(), fill=ink)
    return np.asarray(sheet.reduce(s), dtype=np.float32) / 255


def frame(
    silhouette: Silhouette,
    *,
    longest: float,
    turn: tuple[float, float] = (1.0, 0.0),
    mirror: bool = False,
    stretch: float = 1.0,
    margin: int = 0,
) -> tuple[Callable[[NDArray], NDArray], tuple[int, int]]:
    """Where a point of the silhouette lies on its stamp.

    Arguments are those of `stamp`.

    Returns:
        A map of points (P, 2) to pixels of the stamp, and the stamp's (h, w).

    Example:
        >>> place, (h, w) = frame(SILHOUETTES["bottle"], longest=40, margin=2)
        >>> place(np.array([[0.0, -1.0]])).round(1).tolist(), (h, w)
        ([[8.8, 2.0]], (45, 18))
    """
    cos, sin = turn
    along = (-stretch if mirror else stretch), 1.0

    def placed(corners: NDArray) -> NDArray:
        x, y = corners[:, 0] * along[0], corners[:, 1] * along[1]
        return np.stack([cos * x - sin * y, sin * x + cos * y], axis=1)

    everything = np.concatenate([placed(part) for part in silhouette.parts])
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = longest / (high - low).max()
    w, h = (int(n) + 1 + 2 * margin for n in scale * (high - low))
    return lambda corners: (placed(corners) - low) * scale + margin, (h, w)


def landmarks(silhouette: Silhouette, *, mirror: bool = False, **placing) -> NDArray:
    """(K, 2) pixels of the stamp: where its landmarks lie; left is left on the screen.

    Arguments are those of `stamp`.

    Example:
        >>> landmarks(SILHOUETTES["bottle"], longest=40).round(1).tolist()
        [[6.8, 2.0], [2.2, 18.8], [11.4, 18.8], [6.8, 37.6]]
    """
    place, _ = frame(silhouette, mirror=mirror, **placing)
    points = place(np.array(list(silhouette.landmarks.values())))
    if mirror:
        for left, right in silhouette.pairs:
            points[[left, right]] = points[[right, left]]
    return points
