"""What people wear (NumPy): clothes, hats, masks, scarves, glasses."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cvlib.data.faces import hair as hair_
from cvlib.data.faces.paint import Canvas, filled, inside, lay, scaled
from cvlib.data.faces.people import Person, mix
from cvlib.data.faces.shots import Shot
from cvlib.data.faces.surface import F, bump, front, head

LENS = {
    "round": (0.235, 0.225, 1),
    "square": (0.255, 0.19, 2),
    "half": (0.25, 0.17, 2),
    "sun": (0.285, 0.225, 2),
}
PAPER = (0.62, 0.78, 0.84)


def clothes(scene, shot: Shot, U: NDArray, V: NDArray, dx: NDArray, r: float) -> None:
    """Shoulders, and a collar."""
    aU = np.abs(U)
    top = F(1.40) + F(0.16) * aU + F(0.10) * aU * aU
    T = F(-0.55) - F(0.5) * aU * aU * F(0.3) + F(0.4) * np.minimum(V - top, F(0.3))
    colour = filled(shot.cloth, U)
    bare = np.sqrt((dx / F(r + 0.08)) ** 2 + ((V - F(1.30)) / F(0.30)) ** 2) - 1
    if shot.collar == "v":
        bare = np.minimum(bare, (np.abs(dx) / F(r + 0.05) + (V - F(1.3)) / F(0.62)) - 1)
    if shot.collar == "high":
        bare = np.ones_like(U)
        top = np.where(np.abs(dx) < F(r + 0.05), F(1.22) + F(0) * U, top)
    cloth = np.maximum(top - V, -F(0.3) * bare)
    seam = bump((bare / F(0.10)) ** 2)
    if shot.collar == "shirt":
        lapel = inside(np.abs(bare - F(0.16)) - F(0.17), 0.05)
        lay(colour, mix(shot.cloth, (1, 1, 1), 0.72), lapel)
    lay(colour, scaled(shot.cloth, 0.6), F(0.5) * seam)
    scene.add(T, inside(cloth, 1.5 * scene.step), colour, 0.02)


def on_face(canvas: Canvas, T: NDArray) -> NDArray:
    """A mask of paper, on the skin of nose, mouth and chin; returns the new depth."""
    if canvas.shot.occlusion != "mask":
        return T
    p, y, ax = canvas.person, canvas.y, canvas.ax
    alpha = masked(canvas.person, canvas.x, y, canvas.pixel)
    lay(canvas.colour, PAPER, alpha)
    for k in range(3):
        fold = (y - F(p.nose_y + 0.10 + 0.15 * k) + F(0.15) * ax * ax) / F(0.03)
        lay(canvas.colour, scaled(PAPER, 0.72), F(0.6) * alpha * bump(fold * fold))
    strap = y - F(0.30) - F(0.02) / (ax + F(0.1)), y - F(0.86) + F(0.75) * (ax - F(0.6))
    for off in strap:
        lay(
            canvas.colour,
            (0.92, 0.93, 0.94),
            (1 - alpha)
            * bump((off / F(0.025)) ** 2)
            * np.clip((ax - F(0.55)) * 12, 0, 1),
        )
    canvas.gloss *= 1 - alpha
    return T + F(0.05) * alpha


def masked(person: Person, x: NDArray, y: NDArray, width: float) -> NDArray:
    """How much of a point of the face lies under the mask."""
    ax = np.abs(x)
    top = F(0.16) + F(0.42) * np.clip(ax, 0, 0.5) * ax
    low = F(person.chin_y + 0.06) - F(0.5) * ax * ax
    return inside(np.maximum(np.maximum(top - y, y - low), ax - F(0.66)), width)


def dress(scene, person: Person, shot: Shot, strands: NDArray) -> None:
    """A hat or a scarf, over hair and all."""
    if shot.occlusion == "hat":
        hat(scene, person, shot, strands)
    if shot.occlusion == "scarf":
        scarf(scene, person, shot, strands)


def hat(scene, person: Person, shot: Shot, strands: NDArray) -> None:
    """Knitted, down to the brows, turned up at its edge."""
    view = scene.view
    T, within = hair_.shell(replace(person, hair="short", volume=0.4), 0.10).hit(
        view, scene.X, scene.Y
    )
    x, y, z = view.to_head(scene.X, scene.Y, T)
    a = hair_.azimuth(x, z)
    rib = a * 26 - np.floor(a * 26)
    rib = np.abs(2 * rib - 1)
    edge = F(person.brow_y - 0.20) + F(0.10) * np.abs(a)
    turned = inside(edge - F(0.30) - y, 0.04)
    colour = filled(mix(shot.cloth, (0.5, 0.12, 0.14), 0.4), x)
    lay(colour, scaled(shot.cloth, 1.15), turned)
    colour *= F(0.8) + F(0.25) * rib
    T = T + F(0.05) * turned + F(0.015) * rib
    alpha = inside(y - edge, 1.5 * scene.step) * inside(-within, 1.5 * scene.step)
    scene.add(T, alpha, colour, 0.0)


def scarf(scene, person: Person, shot: Shot, strands: NDArray) -> None:
    """Wool round the neck, up to the lips."""
    U, V = scene.X, scene.Y
    X0, _, _ = scene.view.to_view(F(0), F(person.mouth_y), F(0.8))
    dx = U - F(0.6) * X0
    wave = hair_.fibre(strands, dx * 0.018 + F(0.3))
    top = F(person.mouth_y - 0.14) + F(0.10) * (wave - F(0.5)) - F(0.10) * dx * dx
    belly = (V - F(1.35)) / F(0.6)
    off = np.maximum(top - V, np.abs(dx) - F(0.92) + F(0.12) * belly * belly)
    T = F(0.75) + F(0.5) * np.sqrt(np.maximum(1 - dx * dx, 0)) - F(0.5)
    roll = (V - top) / F(0.36)
    roll = roll - np.floor(roll)
    T = T + F(0.25) * roll * (1 - roll)
    t = (dx * F(0.35) + (V - top)) / F(0.22)
    stripe = np.clip((np.abs(2 * (t - np.floor(t)) - 1) - F(0.5)) * 8 + F(0.5), 0, 1)
    colour = filled(scaled(shot.cloth, 0.8), U)
    lay(colour, mix(shot.cloth, (0.95, 0.92, 0.85), 0.65), stripe)
    colour *= F(0.6) + F(1.6) * roll * (1 - roll)
    scene.add(T, inside(off, 1.5 * scene.step), colour, 0.0)


def lens_plane(person: Person, shot: Shot, view, X: NDArray, Y: NDArray):
    """Where rays cross the curved sheet that glasses are cut from: x, y of the head."""
    ahead = float(front(head(person, shot), F(person.eye_x), F(0.0))) + 0.10
    T = F(ahead) + F(0) * X
    for _ in range(3):
        x, y, z = view.to_head(X, Y, T)
        wanted = F(ahead) - F(0.22) * x * x
        T = T + (wanted - z) / F(view.yaw[0] * view.pitch[0])
    return x, y


def overlay(scene, image: NDArray, person: Person, shot: Shot, face) -> None:
    """Glasses, over the picture that light has made."""
    sun = shot.occlusion == "sunglasses"
    if not sun and (person.glasses == "none" or shot.bare):
        return
    kind = "sun" if sun else person.glasses
    x, y = lens_plane(person, shot, scene.view, scene.X, scene.Y)
    level = float(np.clip(0.45 + 0.5 * shot.strength, 0.3, 1.2))
    rim, lens = glass(person, kind, x, y, scene.step)
    frame = (0.07, 0.07, 0.08) if sun else scaled(person.frame_colour, level)
    if sun:
        sky = np.clip(F(0.10) + F(0.16) * (F(0.2) - y), 0.05, 0.3)
        for k, tone in enumerate((0.8, 0.9, 1.05)):
            image[k] += lens * F(0.95) * (sky * F(tone) - image[k])
    else:
        stripe = np.clip(
            1
            - np.abs((x + F(0.7) * y) * 3 - np.floor((x + F(0.7) * y) * 3) - F(0.5))
            * 6,
            0,
            1,
        )
        lay(image, (0.95, 0.97, 1.0), lens * (F(0.03) + F(0.10) * stripe))
    lay(image, frame, rim)
    # arms: along the temple to the ear, where the face is seen
    arm = bump(((face.y + F(0.04)) / F(0.035)) ** 2) * np.clip(
        (np.abs(face.x) - F(person.eye_x + 0.22)) * 20, 0, 1
    )
    lay(image, frame, F(0.9) * arm * face.alpha * (face.T + F(0.02) >= scene.T))


def glass(person: Person, kind: str, x: NDArray, y: NDArray, step: float):
    """(rim, lens): how much of each ray they take."""
    wide, high, power = LENS[kind]
    thick = {"round": 0.022, "square": 0.034, "half": 0.026, "sun": 0.03}[kind]
    thick = max(thick, 0.8 * step)
    ax = np.abs(x)
    u, v = (ax - F(person.eye_x + 0.015)) / F(wide), (y - F(0.03)) / F(high)
    u2, v2 = u * u, v * v
    for _ in range(power - 1):
        u2, v2 = u2 * u2, v2 * v2
    d = np.sqrt(u2 + v2)
    for _ in range(power - 1):
        d = np.sqrt(d)
    away = (d - 1) * F(min(wide, high))
    lens = inside(away, step)
    rim = inside(np.abs(away) - F(thick), step)
    if kind == "half":
        rim = rim * np.clip((F(0.02) - y) * 25, 0, 1)
    gap = F(person.eye_x + 0.015 - wide)
    bridge = inside(
        np.maximum(np.abs(y + F(0.05) - F(1.2) * x * x) - F(thick), ax - gap), step
    )
    return np.maximum(rim, bridge), lens


def hides(person: Person, shot: Shot, x: NDArray, y: NDArray) -> NDArray:
    """Which points of the face lie under a mask or behind dark glass."""
    if shot.occlusion == "mask":
        return masked(person, x, y, 1e-3) > 0.5
    if shot.occlusion == "sunglasses":
        return np.maximum(*glass(person, "sun", x, y, 1e-3)) > 0.5
    return np.zeros(len(x), dtype=bool)
