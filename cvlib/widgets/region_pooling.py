"""W25: drag a region over a feature map; see the bins of RoIPool and of RoIAlign."""

import numpy as np
import torch
import traitlets as t
from matplotlib.patches import Rectangle

from cvlib import show
from cvlib.roi import roi_align, roi_bins, roi_pool
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

STRIDE = 16
"""Pixels of the picture under one cell of the map."""


def values() -> list[list[int]]:
    """A map of 8 × 10 that rises towards one bright spot, with some noise."""
    y, x = np.mgrid[:8, :10]
    hill = 8 * np.exp(-((y - 3) ** 2 + (x - 5.4) ** 2) / 7)
    noise = np.random.default_rng(7).integers(0, 3, (8, 10))
    return np.minimum(9, hill + noise).round().astype(int).tolist()


class RegionPooling(Interactive):
    """One region on one map, pooled in two ways.

    Example:
        >>> RegionPooling(bins=3).box
        [2.25, 1.25, 6.75, 5.5]
    """

    label = t.Unicode("A region on a feature map, pooled by RoIPool and RoIAlign").tag(
        sync=True
    )
    values = t.List().tag(sync=True)
    box = t.List(default_value=[2.25, 1.25, 6.75, 5.5]).tag(sync=True)
    """x1, y1, x2, y2 in cells of the map: pixels of the picture over 16."""
    bins = t.Int(2).tag(sync=True)
    method = t.Unicode("RoIPool").tag(sync=True)

    def __init__(self, **state: object) -> None:
        super().__init__(**{"values": values(), **state})

    def pooled(self) -> dict[str, np.ndarray]:
        """What both make of the region, (bins, bins) each."""
        maps = torch.tensor([[self.values]], dtype=torch.float64)
        boxes = [torch.tensor([self.box], dtype=torch.float64)]
        aligned = roi_align(maps, boxes, self.bins, 1.0, 2, True)
        return {
            "RoIPool": roi_pool(maps, boxes, self.bins)[0, 0].numpy(),
            "RoIAlign": aligned[0, 0].numpy(),
        }

    def still(self) -> str:
        """The map with the region, the rounded region, and both results."""
        grid = np.array(self.values)
        H, W = grid.shape
        left, n = W + 1.2, self.bins
        fig, ax = show.canvas(H, W + 1.2 + n)
        show.draw_grid(ax, grid, kind="output", title="feature map")
        x1, y1, x2, y2 = self.box
        ax.add_patch(
            Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ec=p.HAND, lw=2.5)
        )
        rows, columns = roi_bins(torch.tensor(self.box), n)
        top, start = rows[0][0], columns[0][0]
        size = columns[-1][1] - start, rows[-1][1] - top
        ax.add_patch(Rectangle((start, top), *size, fill=False, ec=p.KERNEL, lw=2.5))
        for k, (name, result) in enumerate(self.pooled().items()):
            at = (k * (n + 1.2), left)
            show.draw_grid(ax, result, kind="output", at=at, title=name, digits=1)
        return show.Picture(
            fig,
            f"A region on a map of {H} by {W}, the rounded region that RoIPool reads, "
            f"and the {n} by {n} values of RoIPool and of RoIAlign.",
        )._repr_html_()
