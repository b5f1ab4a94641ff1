"""W22: drag a predicted box over a true one and read off how much they agree."""

import torch
import traitlets as t
from matplotlib.patches import Rectangle

from cvlib import show
from cvlib.boxes import (
    box_iou,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
)
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive


class BoxOverlap(Interactive):
    """A true box, a predicted one, what they share, and four measures of it.

    Example:
        >>> pair = BoxOverlap(truth=[0, 0, 4, 4], prediction=[2, 1, 6, 3])
        >>> measures = pair.measures()
        >>> round(measures["iou"], 4), round(measures["giou"], 4)
        (0.2, 0.0333)
    """

    label = t.Unicode("Two boxes and their overlap").tag(sync=True)
    size = t.List(t.Int(), default_value=[20, 30]).tag(sync=True)
    """Height and width of the sheet, in pixels of the boxes."""
    truth = t.List(t.Int(), default_value=[4, 4, 16, 14]).tag(sync=True)
    prediction = t.List(t.Int(), default_value=[8, 6, 20, 16]).tag(sync=True)

    def measures(self) -> dict[str, float]:
        """IoU and its three relatives, by cvlib."""
        one, two = (
            torch.tensor([box]).double() for box in (self.truth, self.prediction)
        )
        functions = {
            "iou": box_iou,
            "giou": generalized_box_iou,
            "diou": distance_box_iou,
            "ciou": complete_box_iou,
        }
        return {name: f(one, two).item() for name, f in functions.items()}

    def still(self) -> str:
        """The two boxes and their IoU."""
        H, W = self.size
        fig, ax = show.figure(4.8, 3.2)
        for box, colour, style in (
            (self.truth, p.INPUT, "--"),
            (self.prediction, p.OUTPUT, "-"),
        ):
            x1, y1, x2, y2 = box
            ax.add_patch(
                Rectangle(
                    (x1, y1), x2 - x1, y2 - y1, fill=False, ec=colour, ls=style, lw=2
                )
            )
        ax.set(xlim=(0, W), ylim=(H, 0), aspect="equal")
        show.bare(ax)
        iou = self.measures()["iou"]
        words = f"A true box, dashed, and a predicted one; their IoU is {iou:.2f}."
        return show.Picture(fig, words)._repr_html_()
