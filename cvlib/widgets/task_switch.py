"""One picture, five questions to ask of it, and the exact answer to each."""

import base64
import io

import numpy as np
import traitlets as t
from numpy.typing import NDArray
from PIL import Image

from cvlib.data.scenes import CLASS_NAMES, Scene, scene
from cvlib.image import to_uint8
from cvlib.show.tasks import COLOURS, TASKS, coloured, colours_of, main_object
from cvlib.widgets._base import Interactive

SEED = 164


class TaskSwitch(Interactive):
    """Switch between the five tasks and press an object to see its part of the answer.

    The page gets the picture and one map that says which object each pixel belongs
    to; labels, boxes and masks are worked out from it.

    Example:
        >>> TaskSwitch(task="detection").names
        ['triangle', 'square', 'circle', 'cross', 'square']
    """

    label = t.Unicode("One picture and five answers to it").tag(sync=True)
    seed = t.Int(SEED)
    task = t.Unicode("classification").tag(sync=True)
    chosen = t.Int(-1).tag(sync=True)
    """The object under the reader's hand, −1 for none."""
    picture = t.Unicode("").tag(sync=True)
    size = t.List(t.Int()).tag(sync=True)
    runs = t.List(t.Int()).tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    class_names = t.List(t.Unicode(), default_value=list(CLASS_NAMES)).tag(sync=True)
    colours = t.List(t.Unicode(), default_value=list(COLOURS)).tag(sync=True)

    def __init__(self, seed: int = SEED, **state: object) -> None:
        shot = scene(seed)
        super().__init__(
            seed=seed,
            picture=data_uri(shot.image),
            size=list(shot.image.shape[:2]),
            runs=encode(instance_map(shot.masks)),
            names=list(shot.names),
            **state,
        )

    def still(self) -> str:
        """The picture with the answer to the task drawn over it."""
        return over_picture(scene(self.seed), self.task, self.picture)


def instance_map(masks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(H, W): 0 where no object is, n + 1 on the pixels of masks[n] (N, H, W)."""
    return np.einsum("n,nhw->hw", 1 + np.arange(len(masks)), masks, dtype=np.int64)


def encode(values: NDArray) -> list[int]:
    """The numbers of a map, row by row, as value, count, value, count, ….

    Example:
        >>> encode(np.array([[0, 0, 0], [0, 2, 2]]))
        [0, 4, 2, 2]
    """
    flat = values.ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=flat[0] - 1))
    counts = np.diff(starts, append=len(flat))
    return np.stack([flat[starts], counts], axis=1).ravel().tolist()


def data_uri(image: NDArray) -> str:
    """A picture that a page can hold: RGB (H, W, 3) as JPEG, RGBA (H, W, 4) as PNG."""
    kind = "JPEG" if image.shape[2] == 3 else "PNG"
    buffer = io.BytesIO()
    Image.fromarray(to_uint8(image)).save(buffer, kind, quality=88)
    text = base64.b64encode(buffer.getvalue()).decode()
    return f"data:image/{kind.lower()};base64,{text}"


def over_picture(shot: Scene, task: str, picture: str) -> str:
    """The answer to a task drawn over the picture, as SVG."""
    H, W = shot.image.shape[:2]
    one = main_object(shot)
    parts = [f'<image href="{picture}" width="{W}" height="{H}"/>']
    if task in ("semantic", "instance"):
        sheet = data_uri(coloured(shot.masks, colours_of(shot, task)))
        parts.append(f'<image href="{sheet}" width="{W}" height="{H}" opacity="0.8"/>')
    boxed = {"localisation": [one], "detection": range(len(shot))}.get(task, [])
    for n in boxed:
        x1, y1, x2, y2 = shot.boxes[n].astype(int)
        parts.append(
            f'<rect x="{x1}" y="{y1}" width="{x2 - x1}" height="{y2 - y1}" '
            'fill="none" stroke="#fff" stroke-width="2"/>'
        )
    if task == "classification":
        parts.append(_word(10, 22, shot.names[one]))
    for n in boxed:
        x1, y1 = shot.boxes[n][:2]
        parts.append(_word(x1 + 4, y1 + 13, shot.names[n]))
    words = f"{TASKS[task]} over a picture of {len(shot)} objects"
    return (
        f'<svg viewBox="0 0 {W} {H}" role="img" aria-label="{words}" '
        f'style="width:34rem;max-width:100%">{"".join(parts)}</svg>'
    )


def _word(x: float, y: float, text: str) -> str:
    style = "fill:#fff;stroke:#14171a;stroke-width:3px;paint-order:stroke"
    return f'<text x="{x:g}" y="{y:g}" font-size="12" style="{style}">{text}</text>'
