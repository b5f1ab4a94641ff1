"""The solid of a head under parallel rays (NumPy): how near it is at every pixel.

Head and nose are piles of ellipses, one at each height y, so a ray meets them where a
quadratic equation says. Sums, products and square roots alone: the same numbers on any
machine.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvlib.data.faces.people import Person
from cvlib.data.faces.shots import Shot

F = np.float32
SPAN = 3.3  # head units from one side of the picture to the other
MIDDLE = 0.12  # the height, in head units, of the picture's middle
RADIAN = 57.29577951308232

Section = tuple[NDArray, NDArray, NDArray, tuple[NDArray, float, float]]


def cos_sin(degrees: float) -> tuple[float, float]:
    """Of an angle up to about 90°, from the tangent of its half: exactly on the circle.

    Example:
        >>> [round(n, 4) for n in cos_sin(60)]
        [0.5001, 0.866]
    """
    half = degrees / RADIAN / 2
    square = half * half
    series = 1 / 3 + square * (2 / 15 + square * 17 / 315)
    t = half * (1 + square * series)  # the tangent, up to 1e-5 at 60°
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


class View:
    """Where head, view and pixels lie to each other.

    The head's z points out of the face; the view's T points at the camera.
    """

    def __init__(self, shot: Shot, size: int) -> None:
        self.size, self.shot = size, shot
        self.scale = size / SPAN * shot.zoom  # pixels a head unit
        self.yaw, self.pitch = cos_sin(shot.yaw), cos_sin(shot.pitch)
        self.roll = cos_sin(shot.roll)

    def rays(self, finer: int = 1) -> tuple[NDArray, NDArray]:
        """X and Y of every pixel's middle, `finer` × `finer` of them a pixel."""
        n = self.size * finer
        at = (np.arange(n, dtype=F) + F(0.5)) / F(finer)
        return self.from_pixels(*np.meshgrid(at, at))

    def from_pixels(self, px: NDArray, py: NDArray) -> tuple[NDArray, NDArray]:
        """Pixels to the view's X and Y."""
        u = (px - F(self.size / 2)) / F(self.scale) - F(self.shot.shift[0])
        v = (py - F(self.size / 2)) / F(self.scale) - F(self.shot.shift[1])
        c, s = map(F, self.roll)
        return c * u + s * v, c * v - s * u + F(MIDDLE)

    def to_pixels(self, X: NDArray, Y: NDArray) -> tuple[NDArray, NDArray]:
        """The view's X and Y to pixels."""
        Y = Y - F(MIDDLE)
        c, s = map(F, self.roll)
        u, v = (
            c * X - s * Y + F(self.shot.shift[0]),
            s * X + c * Y + F(self.shot.shift[1]),
        )
        half = F(self.size / 2)
        return u * F(self.scale) + half, v * F(self.scale) + half

    def to_head(self, X: NDArray, Y: NDArray, T: NDArray) -> tuple[NDArray, ...]:
        """View to head: x, y, z."""
        (c, s), (cp, sp) = self.yaw, self.pitch
        y, Z = F(cp) * Y - F(sp) * T, F(sp) * Y + F(cp) * T
        return F(c) * X - F(s) * Z, y, F(s) * X + F(c) * Z

    def to_view(self, x: NDArray, y: NDArray, z: NDArray) -> tuple[NDArray, ...]:
        """Head to view: X, Y, T."""
        (c, s), (cp, sp) = self.yaw, self.pitch
        X, Z = F(c) * x + F(s) * z, F(c) * z - F(s) * x
        return X, F(cp) * y + F(sp) * Z, F(cp) * Z - F(sp) * y


@dataclass(frozen=True)
class Pile:
    """Ellipses x²/w² + (z − z₀)²/d² = p(y), one at each y.

    `section(y)` is w², d², z₀ and (k₀, k₁, k₂) with p = k₀ + k₁y + k₂y² near y. Where p
    is negative there is nothing.
    """

    section: Callable[[NDArray], Section]

    def hit(self, view: View, X: NDArray, Y: NDArray) -> tuple[NDArray, NDArray]:
        """Where rays meet it first.

        Along a ray y changes with z by the tangent of the pitch, so p is put into the
        quadratic equation; w, d and z₀ change little and are looked up again twice.

        Returns:
            T, and how far within its outline the ray is, about, in head units: negative
            for a ray that misses, whose T is that of the nearest approach.
        """
        (c, s), (cp, sp) = view.yaw, view.pitch
        t, start = F(sp / cp), Y / F(cp)
        y = F(cp) * Y
        for _ in range(3):
            w2, d2, z0, (k0, k1, k2) = self.section(y)
            off = F(s) * X - z0
            sx, cx = F(c) * X / w2, F(c) / d2
            a = F(s * s) / w2 + F(c) * cx - k2 * t * t
            b = off * cx - F(s) * sx + t * (k1 / 2 + k2 * start)
            q = F(c) * X * sx + off * off / d2 - k0 - start * (k1 + k2 * start)
            under = b * b - a * q
            Z = (np.sqrt(np.maximum(under, 0)) - b) / a
            y = start - t * Z
        return (Z - F(sp) * Y) / F(cp), under / (2 * a * np.sqrt(a))


def bump(square: NDArray) -> NDArray:
    """(1 − r²)² inside the unit circle, 0 outside: a soft hill."""
    rest = np.maximum(1 - square, 0)
    return rest * rest


def hill(x: NDArray, y: NDArray, x0: float, y0: float, w: float, h: float) -> NDArray:
    """A soft elliptic hill of height 1 at (x0, y0)."""
    u, v = (x - F(x0)) / F(w), (y - F(y0)) / F(h)
    return bump(u * u + v * v)


def union(a: NDArray, b: NDArray, soft: float) -> NDArray:
    """The larger of two depths, the edge between them rounded."""
    t = np.clip(F(0.5) + (a - b) / F(2 * soft), 0, 1)
    return b + (a - b) * t + F(soft) * t * (1 - t)


def head(person: Person, shot: Shot) -> Pile:
    """Skull and jaw; an open mouth lowers the chin."""
    top, bottom = -1.25, person.chin_y + 0.10 * shot.open_mouth
    w2, d2 = F(person.width**2), F(person.depth**2)
    k = 4 / (bottom - top) ** 2
    p = (
        F(-k * top * bottom),
        F(k * (top + bottom)),
        F(-k),
    )  # 0 at both ends, 1 in the middle

    def section(y: NDArray) -> Section:
        v = (y - F(top)) / F(bottom - top)
        wide = 1 + F(person.temples) * bump(((v - F(0.18)) / F(0.45)) ** 2)
        wide += F(person.cheeks) * bump(((v - F(0.55)) / F(0.32)) ** 2)
        wide += F(0.06 + person.jaw) * bump(((v - F(0.82)) / F(0.32)) ** 2)
        wide += F(0.18 + person.chin) * bump(((v - F(1.0)) / F(0.16)) ** 2)
        deep = 1 + F(0.30) * bump(((v - F(0.98)) / F(0.36)) ** 2)
        return w2 * wide * wide, d2 * deep * deep, F(0), p

    return Pile(section)


def front(pile: Pile, x: NDArray, y: NDArray) -> NDArray:
    """z of the surface that looks forward at (x, y) of the head; −9 where none."""
    w2, d2, z0, (k0, k1, k2) = pile.section(y)
    rest = d2 * (k0 + y * (k1 + k2 * y) - x * x / w2)
    return np.where(rest > 0, z0 + np.sqrt(np.maximum(rest, 0)), F(-9))


def nose(person: Person, face: Pile) -> Pile:
    """From between the eyes to a little below `nose_y`."""
    top, bottom = -0.22, person.nose_y + 0.05
    bridge, wing = person.bridge, 0.92 * person.nose_width

    def section(y: NDArray) -> Section:
        v = np.clip((y - F(top)) / F(bottom - top), F(-0.2), F(1.2))
        flat = np.clip(y, F(top), F(bottom))
        root = front(face, F(0) * y, flat)
        u = np.clip(v, 0, 1)
        w = F(bridge) + F(wing - bridge) * u * u * u
        out = F(person.nose_out) * (F(0.12) + F(0.88) * u * np.sqrt(u))
        out += F(0.05 * person.hook) * bump(((u - F(0.45)) / F(0.4)) ** 2)
        behind = F(0.16)
        w = w * F(1.15)
        end = (2 * v - 1) ** 2
        p = 1 - end * end * end * end
        return w * w, (out + behind) ** 2, root - behind, (p, F(0), F(0))

    return Pile(section)


def features(person: Person, shot: Shot, x: NDArray, y: NDArray) -> NDArray:
    """What stands out of head and nose, or lies deeper, by (x, y) of the head."""
    ax, smile = np.abs(x), max(0.0, shot.smile)
    eye = person.eye_x
    deep = -F(0.08 + person.deep_set) * hill(ax, y, eye - 0.02, -0.02, 0.30, 0.22)
    ball = F(0.055) * hill(ax, y, eye, 0.0, person.eye_width, 0.16)
    ridge = F(0.03 + 0.05 * person.angular) * hill(ax, y, eye - 0.06, -0.3, 0.36, 0.16)
    cheek = F(0.05 + 0.05 * smile) * hill(ax, y, 0.47, 0.36 - 0.05 * smile, 0.3, 0.26)
    hollow = -F(0.05 * person.age) * hill(ax, y, 0.55, 0.72, 0.22, 0.26)
    my, mw = person.mouth_y, person.mouth_width
    lips = F(0.06) * hill(x, y, 0.0, my, 1.25 * mw, 0.24)
    lips += F(0.035) * hill(x, y, 0.0, my - 0.06, mw, 0.09)
    low = my + 0.07 + 0.16 * shot.open_mouth
    lips += F(0.05) * hill(x, y, 0.0, low, 0.85 * mw, 0.10)
    lips -= F(0.03) * hill(x, y, 0.0, low + 0.14, 0.8 * mw, 0.08)
    chin = F(0.05 + 0.03 * person.angular) * hill(
        x, y, 0.0, person.chin_y - 0.12, 0.26, 0.16
    )
    return deep + ball + ridge + cheek + hollow + lips + chin


def blend(person: Person, shot: Shot, view: View) -> Callable:
    """Head and nose as one: a function of rays (X, Y) to what `Pile.hit` says."""
    skull = head(person, shot)
    beak = nose(person, skull)

    def surface(X: NDArray, Y: NDArray) -> tuple[NDArray, NDArray]:
        T, within = skull.hit(view, X, Y)
        Tn, inner = beak.hit(view, X, Y)
        Tn = Tn - np.maximum(F(0.03) - inner, 0) * 4  # sinks where the nose ends
        return union(T, Tn, 0.05), np.maximum(within, inner)

    return surface
