"""W36: ask questions of a scene, and see which ones it has an answer to."""

from collections.abc import Sequence

import numpy as np
import traitlets as t

from cvlib.data.questions import SIZE, Scene, all_questions, scene
from cvlib.data.questions.scenes import outline
from cvlib.data.shapes import SHAPES
from cvlib.widgets._base import Interactive

NUMBERS = (0, 5, 29, 37, 68, 85)
"""Scenes of the test split of which much can be asked."""


def facts(shown: Scene) -> dict:
    """A scene as the page draws it.

    Example:
        >>> facts(scene("test", 0))["things"][0]["shape"]
        'circle'
    """
    things = [
        {
            "colour": shown.colours[n],
            "shape": shown.shapes[n],
            "x": round(shown.centres[n][0], 3),
            "y": round(shown.centres[n][1], 3),
            "r": round(shown.radii[n], 3),
            "angle": round(shown.angles[n], 4),
            "fill": css(shown.tints[n]),
        }
        for n in range(len(shown))
    ]
    return {"things": things, "backdrop": css(shown.backdrop)}


def css(colour: Sequence[float]) -> str:
    """RGB in [0, 1] as the page writes it.

    Example:
        >>> css((1.0, 0.5, 0.0))
        '#ff8000'
    """
    return "#" + "".join(f"{int(255 * min(max(c, 0), 1) + 0.5):02x}" for c in colour)


class SceneQuestions(Interactive):
    """Choose a scene and a question; the page works out the answer from the facts.

    Example:
        >>> widget = SceneQuestions(kind="existence", colour="blue")
        >>> len(widget.scenes), len(widget.texts)
        (6, 118)
    """

    label = t.Unicode("Questions about a scene of paper shapes").tag(sync=True)
    scenes = t.List().tag(sync=True)
    outlines = t.Dict().tag(sync=True)
    """Corners of each shape, (x, y) with y down, within radius 1."""
    texts = t.List(t.Unicode()).tag(sync=True)
    guesses = t.Dict().tag(sync=True)
    """Who answers → for each scene an answer to each of `texts`."""
    side = t.Int(SIZE).tag(sync=True)
    number = t.Int(0).tag(sync=True)
    kind = t.Unicode("count").tag(sync=True)
    counted = t.Unicode("circle").tag(sync=True)
    colour = t.Unicode("red").tag(sync=True)
    shape = t.Unicode("circle").tag(sync=True)
    relation = t.Unicode("left of").tag(sync=True)
    other = t.Unicode("blue").tag(sync=True)

    def __init__(self, numbers: Sequence[int] = NUMBERS, **state: object) -> None:
        super().__init__(
            scenes=[facts(scene("test", number)) for number in numbers],
            outlines={
                name: np.round(outline(name, 0.0), 4).tolist()
                for name in SHAPES
                if any(name in question.text for question in all_questions("colour"))
            },
            texts=[question.text for question in all_questions()],
            **state,
        )

    def still(self) -> str:
        """The scene, and a question with its answer."""
        shown = self.scenes[self.number]
        polygons = "".join(_polygon(thing, self.outlines) for thing in shown["things"])
        names = ", ".join(f"a {x['colour']} {x['shape']}" for x in shown["things"])
        side = self.side
        return (
            f'<svg viewBox="0 0 {side} {side}" role="img" aria-label="A scene: {names}"'
            f' style="width:20rem;max-width:100%"><rect width="{side}" height="{side}" '
            f'fill="{shown["backdrop"]}"/>{polygons}</svg>'
        )


def _polygon(thing: dict, outlines: dict) -> str:
    cos, sin = np.cos(thing["angle"]), np.sin(thing["angle"])
    turned = np.array(outlines[thing["shape"]]) @ np.array([[cos, sin], [-sin, cos]])
    corners = turned * thing["r"] + (thing["x"], thing["y"])
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in corners)
    return f'<polygon points="{points}" fill="{thing["fill"]}"/>'
