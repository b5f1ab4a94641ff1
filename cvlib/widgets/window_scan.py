"""W21: a window slides over a picture; how many places, what fits, what it costs."""

import traitlets as t
from numpy.typing import NDArray

from cvlib.data.scenes import Scene, scene
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import SEED, data_uri

NET = [[3, 16, 5, 1], [16, 16, 2, 2], [16, 32, 3, 1], [32, 32, 2, 2], [32, 64, 0, 1]]
"""Channels in and out, kernel size and stride of each layer; equal channels and a
stride mark a pool, kernel 0 the fully connected layer, as large as its map."""
CLASSES = 6


class WindowScan(Interactive):
    """Window, stride and scales over a scene, with count, best fit and two costs.

    Example:
        >>> WindowScan(window=96).scales
        [1.0]
    """

    label = t.Unicode("A window that slides over a picture").tag(sync=True)
    seed = t.Int(SEED)
    picture = t.Unicode("").tag(sync=True)
    size = t.List(t.Int()).tag(sync=True)
    boxes = t.List(t.List(t.Float())).tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    window = t.Int(64).tag(sync=True)
    stride = t.Int(32).tag(sync=True)
    scales = t.List(t.Float(), default_value=[1.0]).tag(sync=True)
    index = t.Int(0).tag(sync=True)
    """Which of the windows is under the reader's hand."""
    net = t.List(t.List(t.Int()), default_value=NET).tag(sync=True)
    classes = t.Int(CLASSES).tag(sync=True)

    def __init__(self, seed: int = SEED, **state: object) -> None:
        shot = scene(seed)
        super().__init__(
            seed=seed,
            picture=data_uri(shot.image),
            size=list(shot.image.shape[:2]),
            boxes=shot.boxes.tolist(),
            names=list(shot.names),
            **state,
        )

    def still(self) -> str:
        """The picture with the window in its first place and the objects' boxes."""
        return _drawn(scene(self.seed), self.picture, self.window)


def _drawn(shot: Scene, picture: str, window: int) -> str:
    H, W = shot.image.shape[:2]
    rects = [_rect(box, "stroke:#fff;stroke-dasharray:5 4") for box in shot.boxes]
    rects.append(_rect((0, 0, window, window), "stroke:#cc79a7;stroke-width:3"))
    words = (
        f"A picture of {len(shot)} objects with their boxes, and a window at its corner"
    )
    return (
        f'<svg viewBox="0 0 {W} {H}" role="img" aria-label="{words}" '
        f'style="width:34rem;max-width:100%"><image href="{picture}" width="{W}" '
        f'height="{H}"/>{"".join(rects)}</svg>'
    )


def _rect(box: NDArray, style: str) -> str:
    x1, y1, x2, y2 = map(int, box)
    return (
        f'<rect x="{x1}" y="{y1}" width="{x2 - x1}" height="{y2 - y1}" '
        f'style="fill:none;stroke-width:2;{style}"/>'
    )
