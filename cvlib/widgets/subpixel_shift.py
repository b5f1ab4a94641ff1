"""Cut a region out of a map, lay it back, and see whether it still fits."""

import numpy as np
import torch
import traitlets as t
from matplotlib.patches import Circle, Rectangle

from cvlib import show
from cvlib.roi import roi_align, roi_pool
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

SIDE = 12  # cells of the map
DISC = (6.0, 6.0, 2.5)  # middle and radius in cells
CORNER, SIZE, BINS = 1.25, 7.5, 14
POINTS = 8  # along each side of a cell, where masks are compared
METHODS = ("RoIPool", "RoIAlign", "half a cell off")


def values() -> list[list[float]]:
    """How much of every cell the disc covers, to two digits."""
    at = (np.arange(SIDE * 10) + 0.5) / 10
    x, y, r = DISC
    inside = (at[None] - x) ** 2 + (at[:, None] - y) ** 2 <= r**2
    covered = inside.reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3))
    return covered.round(2).tolist()


def cut(grid: list[list[float]], box: list[float], method: str) -> np.ndarray:
    """(14, 14): the region as one of three methods reads it."""
    maps = torch.tensor([[grid]], dtype=torch.float64)
    boxes = [torch.tensor([box], dtype=torch.float64)]
    if method == "RoIPool":
        return roi_pool(maps, boxes, BINS)[0, 0].numpy()
    aligned = method == "RoIAlign"
    return roi_align(maps, boxes, BINS, 1.0, 2, aligned)[0, 0].numpy()


def put_back(cells: np.ndarray, box: list[float]) -> tuple[float, float, float]:
    """How far right and down the mask lies of its object, and their IoU."""
    x1, y1, x2, y2 = box
    at = (np.arange(SIDE * POINTS) + 0.5) / POINTS
    x, y, r = DISC
    true = (at[None] - x) ** 2 + (at[:, None] - y) ** 2 <= r**2
    column = np.floor((at - x1) / (x2 - x1) * BINS).astype(int)
    row = np.floor((at - y1) / (y2 - y1) * BINS).astype(int)
    inside = ((row >= 0) & (row < BINS))[:, None] & ((column >= 0) & (column < BINS))
    read = cells[np.clip(row, 0, BINS - 1)][:, np.clip(column, 0, BINS - 1)]
    mask = inside & (read >= 0.5)
    rows, columns = np.nonzero(mask)
    union = (mask | true).sum()
    if not len(rows):
        return 0.0, 0.0, 0.0
    right, down = at[columns].mean() - x, at[rows].mean() - y
    return float(right), float(down), float((mask & true).sum() / union)


class SubpixelShift(Interactive):
    """A region over an object, moved by parts of a cell.

    Example:
        >>> SubpixelShift(shift=[0.5, 0.0]).box
        [1.75, 1.25, 9.25, 8.75]
    """

    label = t.Unicode("A region cut out of a map by three methods and laid back").tag(
        sync=True
    )
    values = t.List().tag(sync=True)
    shift = t.List(default_value=[0.25, 0.5]).tag(sync=True)
    """By how many cells the region has moved right and down."""
    method = t.Unicode("RoIPool").tag(sync=True)

    def __init__(self, **state: object) -> None:
        super().__init__(**{"values": values(), **state})

    @property
    def box(self) -> list[float]:
        """The region, x1, y1, x2, y2 in cells."""
        x, y = (CORNER + s for s in self.shift)
        return [x, y, x + SIZE, y + SIZE]

    def still(self) -> str:
        """The map, the region, and the mask that each method lays back."""
        fig, axes = show.figure(7, 2.8, cols=3)
        for ax, method in zip(axes, METHODS, strict=True):
            cells = cut(self.values, self.box, method)
            x1, y1, _, _ = self.box
            side = SIZE / BINS
            for row, column in np.argwhere(cells >= 0.5):
                corner = x1 + column * side, y1 + row * side
                ax.add_patch(Rectangle(corner, side, side, color=p.KERNEL, lw=0))
            ax.add_patch(Circle(DISC[:2], DISC[2], fill=False, ls="--", ec=p.INK))
            ax.add_patch(Rectangle((x1, y1), SIZE, SIZE, fill=False, ec=p.HAND))
            _, _, iou = put_back(cells, self.box)
            ax.set(xlim=(0, SIDE), ylim=(SIDE, 0), title=f"{method}: IoU {iou:.2f}")
            show.bare(ax)
        return show.Picture(
            fig,
            "A disc on a map, a region round it, and the mask that RoIPool, RoIAlign "
            "and RoIAlign half a cell off lay back over it.",
        )._repr_html_()
