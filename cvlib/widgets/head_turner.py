"""Turn a drawn head and see why its landmarks move by different amounts."""

import base64
import io

import numpy as np
import traitlets as t
from PIL import Image

from cvlib import show
from cvlib.data.faces import LANDMARKS, Person, Shot, draw_face, person
from cvlib.data.faces.landmarks import on_head, place
from cvlib.data.faces.surface import MIDDLE, SPAN, View, head
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

WHO = 66
SIZE = 128
YAWS = range(-40, 41, 10)
LIGHTS = {
    "left": (-1.0, -0.35, 0.6),
    "above": (0.0, -0.9, 0.8),
    "right": (1.0, -0.35, 0.6),
}
CHOICES = {
    "nose": "nose tip",
    "eye": "left eye, outer corner",
    "mouth": "right corner of the mouth",
    "chin": "chin",
}


def shot(yaw: float, light: str = "left") -> Shot:
    """A plain picture of the head, turned."""
    return Shot(yaw=yaw, light=LIGHTS[light], strength=0.95, smile=0.25)


def solid_points(who: Person) -> np.ndarray:
    """(14, 3): x, y and z of the landmarks on the head."""
    points = on_head(who, shot(0))
    depths = place(who, shot(0), View(shot(0), SIZE), points)[1]
    return np.column_stack([points, depths]).astype(float)


def cross_section(who: Person, y: float = 0.3) -> tuple[float, float]:
    """Half the width and half the depth of the head at a height."""
    w2, d2, _, (k0, k1, k2) = head(who, shot(0)).section(np.float32(y))
    inside = k0 + k1 * y + k2 * y * y
    return float(np.sqrt(w2 * inside)), float(np.sqrt(d2 * inside))


def frame(who: Person, yaw: int, light: str) -> str:
    """A picture as JPEG in base64."""
    image = draw_face(who, shot(yaw, light), size=SIZE).image.transpose(1, 2, 0)
    file = io.BytesIO()
    pixels = Image.fromarray(np.rint(image * 255).astype(np.uint8))
    pixels.save(file, "JPEG", quality=82, optimize=True)
    return base64.b64encode(file.getvalue()).decode()


class HeadTurner(Interactive):
    """A face from in front, and the same head from above.

    Example:
        >>> HeadTurner(yaw=-30, frames={}).yaw
        -30
    """

    label = t.Unicode("A drawn head that turns, from in front and from above").tag(
        sync=True
    )
    yaw = t.Int(20).tag(sync=True)
    light = t.Unicode("left").tag(sync=True)
    """left, above or right."""
    point = t.Unicode("nose").tag(sync=True)
    """nose, eye, mouth or chin."""
    frames = t.Dict().tag(sync=True)
    solid = t.Dict().tag(sync=True)

    @t.default("frames")
    def _frames(self) -> dict[str, str]:
        who = person(WHO)
        return {
            f"{light} {yaw}": frame(who, yaw, light) for light in LIGHTS for yaw in YAWS
        }

    @t.default("solid")
    def _solid(self) -> dict:
        who = person(WHO)
        wide, deep = cross_section(who)
        return {
            "points": solid_points(who).round(4).tolist(),
            "chosen": {k: LANDMARKS.index(name) for k, name in CHOICES.items()},
            "names": CHOICES, "wide": round(wide, 4), "deep": round(deep, 4),
            "size": SIZE, "span": SPAN, "middle": MIDDLE,
        }  # fmt: skip

    def still(self) -> str:
        """Three turns of the head, with landmarks."""
        fig, axes = show.figure(6, 2.2, 1, 3)
        for ax, yaw in zip(axes, (-self.yaw, 0, self.yaw), strict=True):
            picture = draw_face(person(WHO), shot(yaw, self.light), size=SIZE)
            ax.imshow(picture.image.transpose(1, 2, 0))
            ax.plot(*(picture.landmarks - 0.5).T, "o", color=p.HAND, ms=3)
            show.bare(ax)
        return show.Picture(
            fig,
            f"A head turned by {-self.yaw}°, 0° and {self.yaw}°, with 14 landmarks.",
        )._repr_html_()
