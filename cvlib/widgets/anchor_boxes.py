"""W26: anchors at one place of a map, over a photograph with its objects."""

import torch
import traitlets as t
from matplotlib.patches import Rectangle

from cvlib import show
from cvlib.anchors import base_anchors, grid_anchors
from cvlib.data.photos import photo
from cvlib.image import resize
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive
from cvlib.widgets.task_switch import data_uri

HEIGHT, WIDTH = 320, 480
OBJECTS = {"head": [124, 16, 272, 190], "shuttle": [324, 0, 428, 285]}
"""Boxes by eye, in pixels of the part that is shown."""
MULTIPLES = {1: [1], 2: [1, 2], 3: [1, 2, 4]}
RATIOS = {1: [1], 2: [0.5, 2], 3: [0.5, 1, 2]}


class AnchorBoxes(Interactive):
    """Change scales, ratios and stride; walk from place to place; count the labels.

    Example:
        >>> AnchorBoxes(scales=1, ratios=1).place
        [6, 12]
    """

    label = t.Unicode("Anchors at one place of a feature map, over a photograph").tag(
        sync=True
    )
    size = t.List(default_value=[HEIGHT, WIDTH]).tag(sync=True)
    objects = t.Dict(default_value=OBJECTS).tag(sync=True)
    stride = t.Int(16).tag(sync=True)
    smallest = t.Int(40).tag(sync=True)
    scales = t.Int(3).tag(sync=True)
    """How many scales, each twice the one before."""
    ratios = t.Int(3).tag(sync=True)
    place = t.List(default_value=[6, 12]).tag(sync=True)
    """Row and column of the map."""
    source = t.Unicode().tag(sync=True)

    def __init__(self, **state: object) -> None:
        super().__init__(**state)
        part = photo("astronaut")[:HEIGHT, 30 : 30 + WIDTH]
        self._picture = resize(part, (HEIGHT // 2, WIDTH // 2))
        self.source = data_uri(self._picture)

    def anchors(self) -> torch.Tensor:
        """(k, 4), those of the chosen place."""
        scales = [self.smallest * m for m in MULTIPLES[self.scales]]
        base = base_anchors(scales, RATIOS[self.ratios])
        grid = (HEIGHT // self.stride, WIDTH // self.stride)
        row, column = self.place
        all_ = grid_anchors(grid, self.stride, base).reshape(*grid, -1, 4)
        return all_[row, column]

    def still(self) -> str:
        """The photograph with its objects and the anchors of one place."""
        fig, ax = show.figure(6, 4)
        ax.imshow(self._picture, extent=(0, WIDTH, HEIGHT, 0))
        for x1, y1, x2, y2 in self.objects.values():
            box = Rectangle(
                (x1, y1), x2 - x1, y2 - y1, fill=False, ec=p.SURFACE, ls="--", lw=2
            )
            ax.add_patch(box)
        for x1, y1, x2, y2 in self.anchors().tolist():
            ax.add_patch(
                Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ec=p.KERNEL, lw=2)
            )
        show.bare(ax)
        ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
        return show.Picture(
            fig,
            f"A portrait with a dashed box around head and shuttle, and "
            f"{len(self.anchors())} anchors around one place.",
        )._repr_html_()
