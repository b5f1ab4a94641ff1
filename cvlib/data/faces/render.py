"""Draw one face (NumPy): layers from back to front, then light, then the camera."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cvlib.data.faces import hair as hair_
from cvlib.data.faces import wear
from cvlib.data.faces.paint import Canvas, filled, inside, lay, scaled
from cvlib.data.faces.people import Person, mix, skin_colour
from cvlib.data.faces.shots import Shot
from cvlib.data.faces.surface import F, View, blend, features, hill

FINER = 2  # rays a pixel's side
FAR = -3.0  # depth of the background


class Scene:
    """What is seen at every ray so far: colour, depth, which way it faces, gloss."""

    def __init__(self, view: View, finer: int) -> None:
        self.view = view
        self.X, self.Y = view.rays(finer)
        self.step = 1 / (view.scale * finer)  # between neighbouring rays
        shape = self.X.shape
        self.T = np.full(shape, F(FAR))
        self.colour = np.zeros((3, *shape), F)
        self.normal = np.zeros((3, *shape), F)
        self.normal[2] = 1
        self.gloss = np.zeros(shape, F)
        self.lit = np.zeros(shape, F)  # 0: the background, which has its own light

    def add(
        self, T: NDArray, alpha: NDArray, colour: NDArray, gloss: NDArray | float
    ) -> None:
        """Lay a surface over what is there."""
        if not alpha.any():
            return
        here = part(alpha > 0)
        a, n, old = alpha[here], slope(T[here], self.step), self.colour[:, *here]
        self.colour[:, *here] = old + a * (colour[:, *here] - old)
        self.normal[:, *here] += a * (n - self.normal[:, *here])
        gloss = np.broadcast_to(np.asarray(gloss, F), alpha.shape)
        self.gloss[here] += a * (gloss[here] - self.gloss[here])
        self.lit[here] = np.maximum(self.lit[here], a)
        self.T[here] = np.where(a > 0.5, T[here], self.T[here])


def slope(T: NDArray, step: float) -> NDArray:
    """(3, H, W) unit normals of a surface of depths T."""
    n = np.ones((3, *T.shape), F)
    n[0, :, 1:-1] = (T[:, :-2] - T[:, 2:]) / F(2 * step)
    n[0, :, 0], n[0, :, -1] = n[0, :, 1], n[0, :, -2]
    n[1, 1:-1] = (T[:-2] - T[2:]) / F(2 * step)
    n[1, 0], n[1, -1] = n[1, 1], n[1, -2]
    x, y, _ = n = np.clip(n, -4, 4)
    return n / np.sqrt(x * x + y * y + 1)


@lru_cache(maxsize=4096)
def tables(seed: int) -> tuple[NDArray, NDArray]:
    """Random values along a line and on a square, for strands and for blotches."""
    rng = np.random.default_rng([7, seed])
    return rng.random(128).astype(F), rng.random((32, 32)).astype(F)


def blotches(square: NDArray, u: NDArray, v: NDArray) -> NDArray:
    """Smooth noise in [0, 1] of period 32 in u and v."""
    n = len(square)
    i, j = np.floor(u), np.floor(v)
    s, t = u - i, v - j
    s, t = s * s * (3 - 2 * s), t * t * (3 - 2 * t)
    i, j = i.astype(np.int32) % n, j.astype(np.int32) % n
    k, l = (i + 1) % n, (j + 1) % n
    left = square[j, i] + t * (square[l, i] - square[j, i])
    right = square[j, k] + t * (square[l, k] - square[j, k])
    return left + s * (right - left)


def render(person: Person, shot: Shot, size: int, finer: int = FINER):
    """(3, size, size) bytes, and what landmarks and box need to know."""
    view = View(shot, size)
    scene = Scene(view, finer)
    strands, square = tables(max(person.id, 0))
    behind = backdrop(shot, view, finer)
    scene.colour[:] = behind
    style = person.hair
    if style != "bald":
        back_hair(scene, person, strands)
    body(scene, person, shot)
    ears(scene, person)
    face = face_layer(scene, person, shot, square)
    if style != "bald":
        front_hair(scene, person, shot, strands, square)
    wear.dress(scene, person, shot, strands)
    image = light(scene, shot)
    wear.overlay(scene, image, person, shot, face)
    return camera(image, shot, size, finer), scene, face


@dataclass
class Face:
    """What the face's own layer was like, before anything covered it."""

    T: NDArray  # with lips, lids and cheeks
    bare: NDArray  # of head and nose alone
    alpha: NDArray
    x: NDArray
    y: NDArray


def face_layer(scene: Scene, person: Person, shot: Shot, square: NDArray) -> Face:
    """The face itself, over what is there, bare of hair."""
    view = scene.view
    surface = blend(person, shot, view)
    T, within = surface(scene.X, scene.Y)
    x, y, _ = view.to_head(scene.X, scene.Y, T)
    alpha = inside(-within, 1.2 * scene.step)
    check_shown(alpha > 0.5, shot, view.size)
    here = part(alpha > 0)
    colour, gloss = np.zeros_like(scene.colour), np.zeros_like(T)
    canvas = Canvas(person, shot, x[here], y[here], 1.2 * scene.step)
    u, v = canvas.x, canvas.y
    noise = blotches(square, u * 9 + 20, v * 9 + 20)
    canvas.face((noise + blotches(square, u * 22 + 40, v * 22 + 40)) / 2)
    if person.hair == "bald":
        scalp(canvas, person)
    shape = T.copy()
    shape[here] += features(person, shot, u, v)
    shape[here] = wear.on_face(canvas, shape[here])
    colour[:, *here], gloss[here] = canvas.colour, canvas.gloss
    scene.add(shape, alpha, colour, gloss)
    return Face(shape, T, alpha, x, y)


def check_shown(face: NDArray, shot: Shot, size: int) -> None:
    """Refuse a picture on which there is no face."""
    if not face.any():
        raise ValueError(
            f"shot must leave some of the face in the picture, got shift {shot.shift} "
            f"and zoom {shot.zoom:g} on {size} × {size} pixels"
        )


def part(where: NDArray) -> tuple[slice, slice]:
    """The smallest window that holds all that is true, and its edge."""
    spans = (np.flatnonzero(where.any(axis=axis)) for axis in (1, 0))
    return tuple(slice(max(0, s[0] - 1), s[-1] + 2) for s in spans)


def scalp(canvas: Canvas, person: Person) -> None:
    """Where hair would grow, a shade of it."""
    above = np.clip((F(-0.62) - canvas.y - F(0.5) * (0.8 - canvas.ax) ** 2) * 3, 0, 1)
    lay(canvas.colour, mix(person.hair_colour, canvas.skin, 0.5), F(0.16) * above)
    canvas.gloss += F(0.12) * above


def strand_colour(person: Person, strands: NDArray, at: NDArray, y: NDArray) -> NDArray:
    """(3, H, W): the hair's colour, lighter and darker from strand to strand."""
    tone = 0.5 * hair_.fibre(strands, at * 0.45) + 0.5 * hair_.fibre(
        strands, at * 0.17 + y * 0.02
    )
    tone = F(0.68) + F(0.64) * tone
    return np.array(person.hair_colour, F)[:, None, None] * tone


def back_hair(scene: Scene, person: Person, strands: NDArray) -> None:
    """What hangs behind neck and ears, in its own shadow."""
    view = scene.view
    T, within = hair_.shell(person).hit(view, scene.X, scene.Y)
    x, y, z = view.to_head(scene.X, scene.Y, T)
    alpha = inside(-within, 1.5 * scene.step)
    if person.hair not in ("bob", "long"):
        alpha = alpha * np.clip((F(0.35) - y) * 6, 0, 1)
    colour = strand_colour(person, strands, hair_.azimuth(x, z) + 0.2, y)
    scene.add(T * 0.3 - 1.0, alpha, colour * F(0.62), 0.05)
    if person.hair == "bun":
        knot(scene, person, strands)


def knot(scene: Scene, person: Person, strands: NDArray) -> None:
    """A ball of hair on the crown, behind it."""
    X0, Y0, T0 = scene.view.to_view(F(0), F(-1.36), F(-0.30))
    r = 0.30 + 0.12 * person.volume
    dx, dy = scene.X - X0, scene.Y - Y0
    d = np.sqrt(dx * dx + dy * dy)
    T = T0 + np.sqrt(np.maximum(F(r * r) - d * d, 0))
    colour = strand_colour(person, strands, (dx + dy * F(0.7)) * 2, dy)
    scene.add(T, inside(d - F(r), 2 * scene.step), colour, 0.25)


def front_hair(
    scene: Scene, person: Person, shot: Shot, strands: NDArray, square: NDArray
) -> None:
    """What grows over forehead and temples and beside the face."""
    view = scene.view
    T, within = hair_.shell(person).hit(view, scene.X, scene.Y)
    x, y, z = view.to_head(scene.X, scene.Y, T)
    a = hair_.azimuth(x, z + 0.1)
    lock = hair_.fibre(strands, a * 0.28 + F(0.02) * y)
    curls = None
    if person.hair == "curly":
        curls = blotches(square, x * 6 + 9, y * 6 + 9)
        curls = F(0.6) * curls + F(0.4) * blotches(square, x * 13 + 3, y * 13 + 17)
        T = T + F(0.22) * (curls - F(0.5))
        within = within + F(0.16) * (curls - F(0.55))
        lock = curls
    above = hair_.covered(person, x, y, z, lock)
    blur = {"cropped": 0.10, "short": 0.09, "parted": 0.07}.get(person.hair, 0.05)
    alpha = inside(-above, scene.step + blur) * inside(-within, 1.5 * scene.step)
    if person.hair in ("bob", "long"):  # below, the shell closes in front of the neck
        alpha = alpha * np.clip(
            (np.abs(x) - F(0.42) + np.maximum(F(0.2) - y, 0)) * 7, 0, 1
        )
    swept = {"short": 0.5, "parted": 0.9, "cropped": 0.2}.get(person.hair, 0.0)
    colour = strand_colour(person, strands, a * 1.6 + F(swept * person.side) * y, y)
    if curls is not None:
        colour = filled(person.hair_colour, x) * (F(0.35) + F(1.1) * curls)
    gloss = F(0.10) + F(0.25) * hair_.fibre(strands, a * 0.4)
    if person.hair == "cropped":
        lay(colour, skin_colour(person), F(0.22) + F(0) * x)
        gloss = F(0.05)
    scene.add(T + F(0.03) * lock, alpha, colour, gloss)


def ears(scene: Scene, person: Person) -> None:
    """Two shells beside the head; hair may come over them."""
    view = scene.view
    skin = skin_colour(person)
    for side in (-1, 1):
        X0, Y0, T0 = view.to_view(F(side * 1.02 * person.width), F(0.16), F(-0.12))
        high, wide = 0.25 * person.ears, 0.10 * person.ears
        turned = (
            1 + 1.2 * side * -view.yaw[1]
        )  # wider on the side that comes to the front
        wide = max(0.05, wide * turned)
        u = (scene.X - X0 + F(side * 0.02)) / F(wide)
        v = (scene.Y - Y0 - F(0.02) + F(0.10 * side) * (scene.X - X0)) / F(high)
        v = np.where(v > 0, v, v * F(0.95))
        d = np.sqrt(u * u + v * v)
        T = (
            T0
            + F(0.12) * np.sqrt(np.maximum(1 - d * d, 0))
            - F(0.10) * hill(u, v, 0.05 * side, -0.05, 0.7, 0.7)
        )
        colour = filled(mix(skin, (0.75, 0.33, 0.28), 0.16), u)
        lay(
            colour,
            scaled(mix(skin, (0.5, 0.2, 0.15), 0.25), 0.6),
            F(0.75) * hill(u, v, 0.1 * side, -0.05, 0.62, 0.66),
        )
        scene.add(
            T, inside(F(min(high, wide)) * (d - 1), 1.2 * scene.step), colour, 0.08
        )


def body(scene: Scene, person: Person, shot: Shot) -> None:
    """Neck and shoulders stay upright when the head leans."""
    view = scene.view
    c, s = map(F, view.roll)
    Y = scene.Y - F(0.12)
    U, V = c * scene.X - s * Y, s * scene.X + c * Y + F(0.12)
    skin = skin_colour(person)
    r = (0.44 + 0.10 * person.angular) * person.width / 0.86
    lean = F(0.45 * (view.yaw[1] * 0.25 - view.roll[1])) * (1.5 - V)
    dx = U - lean
    flare = F(r) + F(0.8) * np.maximum(V - F(1.30), 0) ** 2
    T = np.sqrt(np.maximum(flare * flare - dx * dx, 0)) - F(0.62)
    colour = filled(scaled(skin, 0.93), U)
    alpha = inside(np.maximum(np.abs(dx) - flare, F(0.3) - V), 1.5 * scene.step)
    scene.add(T, alpha, colour, 0.06)
    wear.clothes(scene, shot, U, V, dx, r)


def backdrop(shot: Shot, view: View, finer: int) -> NDArray:
    """(3, H, W): two colours and things out of focus."""
    small = 32
    rng = np.random.default_rng([11, shot.seed])
    at = (np.arange(small, dtype=F) + F(0.5)) / F(small)
    x, y = np.meshgrid(at, at)
    tilt = rng.uniform(-1, 1)
    share = np.clip(y + F(0.5 * tilt) * (x - F(0.5)), 0, 1)[..., None]
    near, far = (np.array(c, F) for c in shot.backdrop)
    sheet = far + share * (near - far)
    for _ in range(int(rng.integers(0, 6)) if shot.seed else 0):
        x0, y0, r = rng.random(), rng.random(), rng.uniform(0.08, 0.35)
        colour = near * F(rng.uniform(0.55, 1.35)) + F(0.2) * (
            rng.random(3).astype(F) - F(0.5)
        )
        if rng.integers(2):
            off = np.maximum(
                np.abs(x - F(x0)) - F(0.5 * r), np.abs(y - F(y0)) - F(3 * r)
            )
        else:
            off = np.sqrt((x - F(x0)) ** 2 + (y - F(y0)) ** 2) - F(r)
        a = inside(off, 0.05)[..., None]
        sheet = sheet + F(0.8) * a * (colour - sheet)
    bytes_ = (np.clip(sheet, 0.02, 1) * 255).astype(np.uint8)
    picture = Image.fromarray(bytes_).filter(ImageFilter.GaussianBlur(1.3))
    n = view.size * finer
    picture = picture.resize((n, n), Image.Resampling.BICUBIC)
    return np.ascontiguousarray(np.asarray(picture, F).transpose(2, 0, 1)) / 255


def light(scene: Scene, shot: Shot) -> NDArray:
    """(3, H, W) of what the camera sees, in [0, 1], from colours and normals."""
    lx, ly, lz = towards(shot, scene.view)
    n = scene.normal
    nl = n[0] * lx + n[1] * ly + n[2] * lz
    shade = shadow(scene, shot)
    hx, hy, hz = lx, ly, lz + F(1)
    long = np.sqrt(hx * hx + hy * hy + hz * hz)
    nh = np.maximum((n[0] * hx + n[1] * hy + n[2] * hz) / long, 0)
    for _ in range(4):
        nh = nh * nh
    sky = F(shot.ambient) * (F(0.92) - F(0.22) * n[1] + F(0.12) * n[2])
    out = np.empty_like(scene.colour)
    for k, wrap in enumerate((0.34, 0.22, 0.16)):  # blood under the skin carries red on
        lit = np.clip((nl + F(wrap)) / F(1 + wrap), 0, 1) * (1 - shade * F(1 - wrap))
        full = (sky + F(1.12 * shot.strength) * lit) * scene.colour[k] ** 2
        full = full + F(0.55 * shot.strength) * scene.gloss * nh * (1 - shade)
        own = (
            F(0.5 + 0.5 * (shot.ambient + shot.strength) / 1.27) * scene.colour[k] ** 2
        )
        out[k] = F(shot.tint[k]) * (own + scene.lit * (full - own))
    out = out / (1 + F(0.16) * out) * F(1.10)
    return np.sqrt(np.clip(out, 0, 1))


def towards(shot: Shot, view: View) -> tuple:
    """Unit vector to the light, in the axes of X, Y and T, which lean with the head."""
    x, y, z = shot.light
    c, s = view.roll
    long = (x * x + y * y + z * z) ** 0.5
    return F((c * x + s * y) / long), F((c * y - s * x) / long), F(z / long)


def shadow(scene: Scene, shot: Shot) -> NDArray:
    """How much of the light something in front takes away, in [0, 1]."""
    x, y, z = shot.light
    dark = np.zeros_like(scene.T)
    for far in (0.07, 0.14, 0.24, 0.36, 0.55):
        dx, dy = (int(np.floor(far * v / scene.step + 0.5)) for v in (x, y))
        ahead = shifted(scene.T, dx, dy)
        over = ahead - scene.T - F(far * z) - F(0.02)
        dark = np.maximum(dark, np.clip(over / F(0.05 + 0.35 * far), 0, 1))
    sheet = Image.fromarray((dark * 255).astype(np.uint8))
    soft = sheet.filter(ImageFilter.GaussianBlur(0.035 / scene.step))
    return np.asarray(soft, F) / F(255) * F(0.75)


def shifted(T: NDArray, dx: int, dy: int) -> NDArray:
    """T at (x + dx, y + dy), the edge repeated."""
    h, w = T.shape
    rows = np.clip(np.arange(h) + dy, 0, h - 1)
    columns = np.clip(np.arange(w) + dx, 0, w - 1)
    return T[rows][:, columns]


def camera(image: NDArray, shot: Shot, size: int, finer: int) -> NDArray[np.uint8]:
    """Average the rays of a pixel, add grain, round."""
    pixels = image.reshape(3, size, finer, size, finer)
    total = sum(pixels[:, :, i, :, j] for i in range(finer) for j in range(finer))
    image = total * F(255 / finer**2)
    rng = np.random.default_rng([13, shot.seed])
    grain = (
        rng.integers(0, 7, (2, size, size), dtype=np.uint8).sum(axis=0).astype(F) - 6
    )
    image = image + F(shot.grain) * grain
    return np.clip(image + F(0.5), 0, 255).astype(np.uint8)
