"""W27: draw objects on a picture and watch YOLO's target fill."""

import torch
import traitlets as t
from matplotlib.patches import Rectangle

from cvlib import show
from cvlib.detect.yolo import Encoded, encode
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

SHEET = (90, 90)


class YoloTarget(Interactive):
    """A picture under a grid, the objects on it, and the numbers of a cell.

    Example:
        >>> YoloTarget(boxes=[[20, 30, 80, 60]], labels=[2]).encoded().target.shape
        torch.Size([3, 3, 8])
    """

    label = t.Unicode("Objects on a grid, and the target they make").tag(sync=True)
    cells = t.Int(3).tag(sync=True)
    """Rows, and columns, of the grid."""
    boxes = t.List(default_value=[[20, 34, 80, 62], [6, 8, 24, 54]]).tag(sync=True)
    labels = t.List(t.Int(), default_value=[2, 1]).tag(sync=True)
    names = t.List(default_value=["pedestrian", "car", "motorcycle"]).tag(sync=True)
    anchors = t.List(default_value=[[18, 48], [54, 26]]).tag(sync=True)
    """Width and height in pixels of a tall shape and a wide one."""
    use_anchors = t.Bool(False).tag(sync=True)
    chosen = t.Int(0).tag(sync=True)

    def encoded(self) -> Encoded:
        """The target, by cvlib."""
        return encode(
            torch.tensor(self.boxes, dtype=torch.float64).reshape(-1, 4),
            torch.tensor(self.labels, dtype=torch.int64),
            grid=self.cells,
            image_size=SHEET,
            num_classes=len(self.names),
            anchors=self.anchors if self.use_anchors else None,
        )

    def still(self) -> str:
        """The grid, the boxes, and the cells of their midpoints."""
        target, lost = self.encoded()
        side = SHEET[0] / self.cells
        fig, ax = show.figure(4, 4)
        there = target.reshape(self.cells, self.cells, -1)[..., :: 5 + len(self.names)]
        for i, j in there.any(dim=2).nonzero().tolist():
            ax.add_patch(
                Rectangle((j * side, i * side), side, side, color=p.KERNEL, alpha=0.3)
            )
        for k in range(self.cells + 1):
            ax.axhline(k * side, color=p.RULE)
            ax.axvline(k * side, color=p.RULE)
        for n, (x1, y1, x2, y2) in enumerate(self.boxes):
            colour = p.GRADIENT if n in lost.tolist() else p.INPUT
            ax.add_patch(
                Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ec=colour, lw=2)
            )
            ax.plot((x1 + x2) / 2, (y1 + y2) / 2, "o", color=colour)
        ax.set(xlim=(0, SHEET[1]), ylim=(SHEET[0], 0), aspect="equal")
        show.bare(ax)
        words = (
            f"A grid of {self.cells} by {self.cells} cells over {len(self.boxes)} "
            "boxes; the cells that hold their midpoints are filled."
        )
        return show.Picture(fig, words)._repr_html_()
