"""Five answers to one picture, drawn as what they are: words, boxes and masks."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from cvlib.data.scenes import Scene
from cvlib.show import palette as p
from cvlib.show.style import Picture, bare, figure

TASKS = {
    "classification": "classification",
    "localisation": "with localisation",
    "detection": "object detection",
    "semantic": "semantic segmentation",
    "instance": "instance segmentation",
}
"""Each task's short name and its full one, from the simplest to the richest."""

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9")
"""One colour a class (semantic) or an object (instance), safe for colour-blind eyes."""


def main_object(scene: Scene) -> int:
    """The object of which most pixels can be seen: what the picture is *of*."""
    return int(scene.masks.sum(axis=(1, 2)).argmax())


def coloured(masks: NDArray[np.bool_], colours: list[str]) -> NDArray[np.uint8]:
    """(H, W, 4) RGBA: each of the masks (N, H, W) in its colour, the rest clear."""
    picture = np.zeros((*masks.shape[1:], 4), dtype=np.uint8)
    for mask, colour in zip(masks, colours, strict=True):
        picture[mask] = [*bytes.fromhex(colour[1:]), 255]
    return picture


def colours_of(scene: Scene, task: str) -> list[str]:
    """The colour of each object: by its class, or its own for "instance"."""
    keys = range(len(scene)) if task == "instance" else scene.labels - 1
    return [COLOURS[k % len(COLOURS)] for k in keys]


def draw_task(ax: Axes, scene: Scene, task: str) -> None:
    """The answer to one of TASKS on an empty sheet of the picture's size."""
    H, W = scene.image.shape[:2]
    bare(ax)
    ax.set(xlim=(0, W), ylim=(H, 0), aspect="equal")
    ax.add_patch(Rectangle((0, 0), W, H, facecolor="none", edgecolor=p.RULE, lw=0.8))
    one = main_object(scene)
    if task == "classification":
        ax.text(W / 2, H / 2, scene.names[one], ha="center", va="center", size=14)
    if task in ("semantic", "instance"):
        ax.imshow(coloured(scene.masks, colours_of(scene, task)), extent=(0, W, H, 0))
    shown = {"localisation": [one], "detection": range(len(scene))}.get(task, [])
    for n in shown:
        x1, y1, x2, y2 = scene.boxes[n]
        ax.add_patch(
            Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=p.OUTPUT, lw=2)
        )
        right = x1 > 0.7 * W  # a word that begins there would leave the sheet
        ax.text(
            x2 - 4 if right else x1 + 4,
            y1 + 5,
            scene.names[n],
            ha="right" if right else "left",
            va="top",
            size=9,
            color=p.INK,
            bbox={"facecolor": p.SURFACE, "edgecolor": "none", "pad": 0.5},
        )


def five_tasks(scene: Scene) -> Picture:
    """The picture, and five answers to it on five sheets of its size.

    Example:
        >>> from cvlib.data.scenes import scene
        >>> five_tasks(scene(0, n_objects=2)).alt[:41]
        'A picture of 2 objects and five answers: '
    """
    H, W = scene.image.shape[:2]
    fig, axes = figure(4.8, 3 * (2.4 * H / W + 0.3), 3, 2)
    axes = list(axes.flat)
    bare(axes[0])
    axes[0].imshow(scene.image, extent=(0, W, H, 0))
    axes[0].set_title("the picture", color=p.INPUT_INK)
    for ax, (task, title) in zip(axes[1:], TASKS.items(), strict=True):
        draw_task(ax, scene, task)
        ax.set_title(title, color=p.OUTPUT_INK)
    one = scene.names[main_object(scene)]
    return Picture(
        fig,
        f"A picture of {len(scene)} objects and five answers: the word {one}; the word "
        f"with one box; {len(scene)} boxes with a word each ({', '.join(scene.names)});"
        " a sheet on which objects of one class share a colour; a sheet on which every "
        "object has its own.",
    )
