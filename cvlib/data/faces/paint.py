"""What colour a face has at (x, y) of the head, before light falls on it (NumPy)."""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from cvlib.data.faces import lines
from cvlib.data.faces.people import Colour, Person, mix, skin_colour
from cvlib.data.faces.shots import Shot
from cvlib.data.faces.surface import F, bump, hill

LASH = (0.10, 0.07, 0.06)
GUM, TEETH = (0.22, 0.07, 0.07), (0.93, 0.91, 0.86)


def lay(under: NDArray, colour: Colour, alpha: NDArray) -> None:
    """Blend one colour over (3, H, W), in place."""
    for channel, value in zip(under, colour, strict=True):
        channel += alpha * (F(value) - channel)


def inside(distance: NDArray, width: float) -> NDArray:
    """1 where a distance is negative, 0 where positive, soft over `width`."""
    return np.clip(F(0.5) - distance / F(width), 0, 1)


def scaled(colour: Colour, factor: float) -> Colour:
    """Brighter or darker."""
    return tuple(float(c * factor) for c in colour)


def filled(colour: Colour, like: NDArray) -> NDArray[np.float32]:
    """(3, H, W) of one colour, as large as `like`."""
    flat = np.array(colour, F)[:, None, None]
    return np.broadcast_to(flat, (3, *like.shape)).copy()


class Canvas:
    """Colours (3, H, W) being painted, over coordinates x and y of the head."""

    def __init__(
        self, person: Person, shot: Shot, x: NDArray, y: NDArray, pixel: float
    ):
        self.person, self.shot = person, shot
        self.x, self.y, self.ax = x, y, np.abs(x)
        self.pixel = pixel  # in head units
        self.skin = skin_colour(person)
        self.colour = filled(self.skin, x)
        self.gloss = np.full(x.shape, F(0.10))  # how much the surface mirrors

    def soft(self, distance: NDArray, blur: float = 0.0) -> NDArray:
        """`inside`, as sharp as the picture can show it, or softer by `blur`."""
        return inside(distance, self.pixel + blur)

    def band(self, low: float, high: float) -> "Canvas":
        """The rows on which y is between two heights: the same colours, less to do."""
        rows = np.flatnonzero(((self.y > F(low)) & (self.y < F(high))).any(axis=1))
        part = copy(self)
        here = slice(rows[0], rows[-1] + 1) if len(rows) else slice(0, 0)
        for name in ("x", "y", "ax", "noise", "gloss"):
            setattr(part, name, getattr(self, name)[here])
        part.colour = self.colour[:, here]
        return part

    def face(self, noise: NDArray) -> NDArray:
        """Everything, in the order in which it is put on."""
        self.noise = noise
        p = self.person
        self.complexion()
        self.band(-0.1, p.mouth_y + 0.3).folds()
        self.band(-0.9, 0.3).forehead()
        self.band(0.0, 2.0).beard()
        self.band(p.nose_y - 0.2, p.nose_y + 0.15).nostrils()
        self.band(p.mouth_y - 0.25, p.mouth_y + 0.55).mouth()
        self.band(p.brow_y - 0.25, p.brow_y + 0.25).brows()
        self.band(-0.35, 0.35).eyes()
        return self.colour

    def complexion(self) -> None:
        """Redder cheeks, nose and chin, freckles, a mole."""
        p, pale = self.person, 1 - self.person.skin
        blood = mix(self.skin, (0.80, 0.32, 0.28), 0.55)
        rosy = (0.16 + 0.22 * p.redness) * (0.35 + 0.65 * pale)
        cheeks = hill(self.ax, self.y, 0.48, 0.38, 0.36, 0.34)
        tip = hill(self.x, self.y, 0.0, p.nose_y, 0.28, 0.26)
        lay(self.colour, blood, F(rosy) * cheeks)
        lay(self.colour, blood, F(0.9 * rosy) * tip)
        around = hill(self.ax, self.y, p.eye_x, 0.02, 0.36, 0.26)
        lay(
            self.colour,
            mix(scaled(self.skin, 0.62), (0.4, 0.2, 0.2), 0.2),
            F(0.28) * around,
        )
        self.colour *= 1 + F(0.05) * (self.noise - F(0.5))
        noise = self.noise
        if p.freckles:
            where = hill(self.ax, self.y, 0.34, 0.30, 0.55, 0.42)
            dots = np.clip((noise - F(0.62)) * 7, 0, 1) * where
            lay(
                self.colour,
                mix(self.skin, (0.55, 0.30, 0.16), 0.7),
                F(0.7 * p.freckles) * dots,
            )
        x0, y0 = p.mole
        spot = (self.x - F(x0)) ** 2 + (self.y - F(y0)) ** 2
        lay(
            self.colour,
            scaled(self.skin, 0.4),
            0.8 * self.soft(np.sqrt(spot) - F(0.024)),
        )

    def crease(self, line: NDArray, at: NDArray, width: float, depth: float) -> None:
        """A soft dark fold along y = `line`, where `at` is not 0."""
        off = (self.y - line) / F(width)
        lay(
            self.colour,
            scaled(mix(self.skin, (0.4, 0.15, 0.12), 0.2), 0.5),
            F(depth) * at * bump(off * off),
        )

    def folds(self) -> None:
        """From the nose to the mouth's corners, and bags under the eyes."""
        p, smile = self.person, max(0.0, self.shot.smile)
        v = (self.y - F(p.nose_y - 0.05)) / F(p.mouth_y + 0.08 - p.nose_y)
        out = p.nose_width + 0.03 + (0.17 + 0.05 * smile) * v * (1 + F(0.25) * (1 - v))
        fold = ((self.ax - out) / F(0.06)) ** 2
        deep = min(0.08 + 0.30 * p.age + 0.26 * smile, 0.6)
        along = bump(((v - F(0.55)) / F(0.75)) ** 2)
        lay(self.colour, scaled(self.skin, 0.6), F(deep) * along * bump(fold))
        u = (self.ax - F(p.eye_x)) / F(p.eye_width)
        bag = F(0.62 * p.eye_height + 0.09) - F(0.06) * u * u
        self.crease(bag, bump(u * u * F(0.7)), 0.05, 0.12 + 0.40 * p.age)

    def forehead(self) -> None:
        """Lines of age on it and beside the eyes, of a frown between the brows."""
        p, s = self.person, self.shot
        if p.age > 0.3:
            old = 0.62 * (p.age - 0.3)
            for k in range(3):
                line = -0.46 - 0.12 * k - 0.03 * s.raise_brows
                line = F(line - 0.05) + F(0.2) * self.x * self.x
                ends = bump(self.x * self.x * F(2.6 + 0.6 * k))
                self.crease(line, ends, 0.035, old * (1 + 0.4 * s.raise_brows))
            away = self.ax - F(p.eye_x + p.eye_width + 0.03)
            there = bump(((away - F(0.09)) / F(0.1)) ** 2)
            for k in (-1, 0, 1):
                line = F(0.02) + F(0.35 * k) * away
                smiling = 0.3 * max(0.0, s.smile) * p.age
                self.crease(line, there, 0.022, old + smiling)
        if s.frown > 0.2:
            fold = bump(((self.ax - F(0.07)) / F(0.028)) ** 2)
            fold = fold * hill(self.x, self.y, 0, p.brow_y, 0.2, 0.16)
            lay(self.colour, scaled(self.skin, 0.55), F(0.45 * s.frown) * fold)

    def beard(self) -> None:
        """Where the style says, in the hair's colour, lips left out."""
        p = self.person
        if p.beard == "none":
            return
        y, ax = self.y, self.ax
        top = lines.mouth(p, self.shot, np.clip(self.x / F(p.mouth_width), -1, 1))[0]
        lip = (ax / F(p.mouth_width + 0.12)) ** 2
        moustache = inside(
            np.maximum(
                F(p.nose_y + 0.075) + F(0.06) * lip - y, y - top - F(0.10) * lip
            ),
            0.07,
        )
        moustache *= np.clip((F(1.0) - lip) * 4, 0, 1)
        goatee = inside(
            np.sqrt((ax / F(0.33)) ** 2 + ((y - F(p.chin_y - 0.12)) / F(0.30)) ** 2)
            - 1,
            0.35,
        )
        cheek = F(0.30) + F(0.62) * np.clip(
            1 - ((ax - F(0.40)) / F(0.46)) ** 2, -3, 1
        ) * F(0.55)
        full = inside(cheek - y + F(0.05) * (self.noise - F(0.5)), 0.10)
        full *= 1 - hill(self.x, y, 0.0, p.mouth_y - 0.06, p.mouth_width + 0.10, 0.20)
        full *= np.clip((y - F(p.nose_y + 0.02)) * 14, 0, 1) * np.clip(
            (F(0.5) - ax) * 8, 0, 1
        ) + np.clip((ax - F(0.38)) * 8, 0, 1)
        full = np.clip(full, 0, 1)
        shapes = {
            "stubble": np.maximum(full, moustache),
            "moustache": moustache,
            "goatee": np.maximum(goatee, moustache),
            "full": np.maximum(full, moustache),
        }
        alpha = shapes[p.beard] * (F(0.75) + F(0.5) * self.noise)
        strength = 0.34 if p.beard == "stubble" else 0.92
        lay(
            self.colour,
            mix(p.hair_colour, self.skin, 0.08),
            np.clip(F(strength) * alpha, 0, 1),
        )

    def nostrils(self) -> None:
        """Two dark holes, the shade under the tip, the edges of the wings."""
        p = self.person
        dark = scaled(mix(self.skin, (0.35, 0.10, 0.08), 0.35), 0.36)
        hole = hill(
            self.ax,
            self.y,
            0.50 * p.nose_width,
            p.nose_y + 0.012,
            0.34 * p.nose_width,
            0.042,
        )
        lay(self.colour, dark, np.clip(F(1.5) * hole, 0, F(0.85)))
        under = hill(self.x, self.y, 0.0, p.nose_y + 0.055, p.nose_width, 0.06)
        lay(self.colour, scaled(self.skin, 0.62), F(0.35) * under)
        # the wing's edge
        wing = np.sqrt(
            ((self.ax - F(0.72 * p.nose_width)) / F(0.42 * p.nose_width)) ** 2
            + ((self.y - F(p.nose_y - 0.045)) / F(0.10)) ** 2
        )
        rim = bump(((wing - 1) / F(0.30)) ** 2) * np.clip(
            (self.ax - F(0.6 * p.nose_width)) * 20, 0, 1
        )
        lay(
            self.colour,
            scaled(mix(self.skin, (0.5, 0.2, 0.16), 0.2), 0.6),
            F(0.22) * rim,
        )

    def mouth(self) -> None:
        """Lips; between them, if they part, teeth and tongue."""
        p, s = self.person, self.shot
        wide = lines.mouth_width(p, s)
        m = np.clip(self.x / F(wide), -1.3, 1.3)
        top, above, below, bottom = lines.mouth(p, s, m)
        y, beyond = self.y, (self.ax - F(wide))
        red = mix(
            mix(
                self.skin,
                (0.66, 0.25, 0.25),
                0.42 + 0.4 * p.redness * (1 - 0.4 * p.skin),
            ),
            (0.3, 0.12, 0.14),
            0.16 + 0.2 * p.skin,
        )
        lips = self.soft(np.maximum(np.maximum(top - y, y - bottom), beyond), 0.035)
        lay(self.colour, red, F(0.88) * lips)
        upper = self.soft(np.maximum(np.maximum(top - y, y - above), beyond), 0.02)
        lay(self.colour, scaled(red, 0.80), F(0.75) * upper)
        shine = hill(self.x, y, 0.0, 0.0, 0.6 * wide, 1.0) * bump(
            ((y - below - F(0.45 * p.lower_lip)) / F(0.05)) ** 2
        )
        lay(self.colour, mix(red, (1, 0.9, 0.88), 0.55), F(0.30) * shine)
        self.gloss += F(0.25) * lips
        self.crease_at_mouth(above, below, beyond)
        if s.open_mouth > 0.02:
            gap = self.soft(np.maximum(np.maximum(above - y, y - below), beyond), 0.0)
            lay(self.colour, GUM, gap)
            depth = F(0.05 + 0.045 * s.open_mouth)
            edge = above + depth + F(0.02) * m * m
            teeth = self.soft(
                np.maximum(
                    np.maximum(above - F(0.01) - y, y - edge), self.ax - F(0.78 * wide)
                ),
                0.01,
            )
            lay(self.colour, scaled(TEETH, 0.92), teeth * gap * (1 - F(0.5) * m * m))
            tongue = hill(
                self.x, y, 0.0, p.mouth_y + 0.26 * s.open_mouth, 0.55 * wide, 0.10
            )
            lay(self.colour, (0.55, 0.22, 0.22), F(0.7) * tongue * gap)
            self.gloss *= 1 - gap

    def crease_at_mouth(self, above: NDArray, below: NDArray, beyond: NDArray) -> None:
        """The dark line where lips meet, its ends, the fold under the lower lip."""
        dark = (0.22, 0.09, 0.08)
        near = np.clip(1 - np.maximum(beyond + F(0.02), 0) / F(0.05), 0, 1)
        for edge in (above, below) if self.shot.open_mouth > 0.02 else (above,):
            off = (self.y - edge) / F(max(0.026, 1.1 * self.pixel))
            lay(self.colour, dark, F(0.72) * near * bump(off * off))
        wide = lines.mouth_width(self.person, self.shot)
        corner = lines.mouth(self.person, self.shot, np.float32(1.0))[1]
        lay(
            self.colour, dark, F(0.40) * hill(self.ax, self.y, wide, corner, 0.06, 0.05)
        )
        fold = hill(
            self.x,
            self.y,
            0.0,
            self.person.mouth_y
            + self.person.lower_lip
            + 0.24 * self.shot.open_mouth
            + 0.04,
            0.22,
            0.05,
        )
        lay(self.colour, scaled(self.skin, 0.62), F(0.32) * fold)

    def brows(self) -> None:
        """Along their line, a little transparent."""
        p = self.person
        u = (self.ax - F(p.eye_x + 0.01)) / F(p.brow_width)
        y, thick = lines.brow(p, self.shot, np.clip(u, -1, 1))
        off = np.maximum(np.abs(self.y - y) - thick, (np.abs(u) - 1) * F(p.brow_width))
        colour = mix(scaled(p.hair_colour, 0.72), scaled(self.skin, 0.45), 0.18)
        alpha = self.soft(off, 0.03) * (F(0.62) + F(0.4) * self.noise)
        lay(self.colour, colour, np.clip(alpha, 0, F(0.92)))

    def eyes(self) -> None:
        """White, iris, lids and lashes."""
        p, s = self.person, self.shot
        u = (self.ax - F(p.eye_x)) / F(p.eye_width)
        upper, lower = lines.lids(p, s, np.clip(u, -1, 1))
        y, beyond = self.y, (np.abs(u) - 1) * F(p.eye_width)
        away = np.clip(1 - np.maximum(beyond, 0) / F(0.03), 0, 1)
        # the fold above, then the lid between
        fold = upper - F(0.05 + 0.05 * p.crease) * (1 - F(0.4) * u * u)
        self.crease(fold, away * (0.35 + 0.65 * p.crease), 0.032, 0.55)
        hole = self.soft(np.maximum(np.maximum(upper - y, y - lower), beyond), 0.008)
        lay(self.colour, mix((0.93, 0.91, 0.89), self.skin, 0.06), hole)
        # lids shade the ball: darker above and towards the corners
        shade = np.clip(1 - (y - upper) / F(0.085), 0, 1) * F(0.42) + F(0.26) * u * u
        lay(self.colour, (0.42, 0.32, 0.32), np.clip(shade, 0, 0.7) * hole)
        self.iris(hole, lower)
        inner = hill(self.ax, y, p.eye_x - 0.92 * p.eye_width, 0.02, 0.045, 0.045)
        lay(self.colour, (0.78, 0.48, 0.45), F(0.8) * inner * hole)
        width = max(0.030 + 0.010 * (1 - p.angular), 1.15 * self.pixel)
        thicker = F(width) * (F(0.75) + F(0.45) * (u + 1) / 2)
        lash = bump(((y - upper + F(0.3 * width)) / thicker) ** 2) * away
        lay(
            self.colour,
            mix(LASH, p.hair_colour, 0.25),
            np.clip(F(1.25) * lash, 0, F(0.95)),
        )
        low = bump(((y - lower) / F(max(0.024, self.pixel))) ** 2) * away
        lay(self.colour, mix(scaled(self.skin, 0.5), LASH, 0.3), F(0.38) * low)

    def iris(self, hole: NDArray, lower: NDArray) -> None:
        """Both look the same way, so x is not mirrored here."""
        p, s = self.person, self.shot
        radius = 0.102
        right = np.where(self.x > 0, F(p.eye_x), F(-p.eye_x))
        dx = self.x - right - F(0.6 * radius * s.gaze[0])
        dy = self.y - lower / 4 + F(0.10 * p.eye_height) - F(0.6 * radius * s.gaze[1])
        r = np.sqrt(dx * dx + dy * dy)
        disc = self.soft(r - F(radius), 0.01) * hole
        lay(self.colour, scaled(p.eye_colour, 0.62), disc)
        bright = self.soft(r - F(0.76 * radius), 0.035) * hole
        lit = np.clip(F(0.62) + F(3.2) * dy, 0.3, 1.15)  # lower half brighter
        lay(self.colour, scaled(p.eye_colour, 1.35), bright * np.clip(lit, 0, 1))
        lay(
            self.colour,
            (0.02, 0.02, 0.025),
            self.soft(r - F(0.42 * radius), 0.01) * hole,
        )
        lx = 0.38 * radius if s.light[0] > 0 else -0.38 * radius
        glint = np.sqrt((dx - F(lx)) ** 2 + (dy + F(0.36 * radius)) ** 2)
        lay(
            self.colour,
            (1.0, 1.0, 1.0),
            F(0.92) * self.soft(glint - F(0.27 * radius), 0.012) * hole,
        )
        self.gloss *= 1 - hole
