"""W34: one photograph, four manners, and how much content weighs against style."""

import base64
import html
import io
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import traitlets as t
from numpy.typing import NDArray
from PIL import Image

from cvlib.widgets._base import Interactive

HERE = Path(__file__).parent


@lru_cache(maxsize=4)
def record(name: str) -> dict:
    """Pictures that a script in tools/experiments made and kept beside this file."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def picture(src: str) -> NDArray[np.uint8]:
    """(H, W, 3) bytes of a data URI.

    Example:
        >>> picture(record("style_balance")["photo"]).shape
        (144, 144, 3)
    """
    file = io.BytesIO(base64.b64decode(src.partition(",")[2]))
    return np.asarray(Image.open(file).convert("RGB"))


def shots(pictures: dict[str, str]) -> str:
    """Pictures in a row, as HTML.

    Args:
        pictures: data URI → what it shows, in words.
    """
    return "".join(
        f'<img src="{src}" alt="{html.escape(words)}" class="dark-light" '
        'style="width:15rem;max-width:45%;margin-right:1rem">'
        for src, words in pictures.items()
    )


class StyleBalance(Interactive):
    """Recorded results of Gatys' method over α/β; the two losses of each as a point.

    Example:
        >>> StyleBalance(manner="waves").manners[0]
        'strokes'
    """

    label = t.Unicode("A photograph in four manners of painting").tag(sync=True)
    photo = t.Unicode().tag(sync=True)
    paintings = t.Dict().tag(sync=True)
    manners = t.List(t.Unicode()).tag(sync=True)
    frames = t.List().tag(sync=True)
    """Of each its manner, its ratio α/β, its two losses and the picture."""
    manner = t.Unicode("planes").tag(sync=True)
    ratio = t.Float(0.03).tag(sync=True)

    def __init__(self, **state: object) -> None:
        known = record("style_balance")
        super().__init__(
            **{key: known[key] for key in ("photo", "paintings", "frames")},
            manners=list(known["paintings"]),
            **state,
        )

    def still(self) -> str:
        """The photograph, and what became of it."""
        of = [f for f in self.frames if f["manner"] == self.manner]
        now = min(of, key=lambda f: abs(f["ratio"] - self.ratio))
        words = f"The same, painted like {self.manner}, with α/β = {now['ratio']:g}."
        return shots({self.photo: "A photograph: a cat's head.", now["src"]: words})
