"""W10: a gradient of two weights, clipped by value and by norm."""

import math

import traitlets as t
from matplotlib.patches import Circle, Rectangle

from cvlib import show
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive


class ClippingArrows(Interactive):
    """Drag a gradient and see what is left of it under two kinds of clipping.

    Example:
        >>> by_value, by_norm = ClippingArrows(g1=3, g2=4, threshold=1).clipped()
        >>> by_value, [round(g, 2) for g in by_norm]
        ([1.0, 1.0], [0.6, 0.8])
    """

    label = t.Unicode("A gradient clipped by value and by norm").tag(sync=True)
    g1 = t.Float(5).tag(sync=True)
    g2 = t.Float(1).tag(sync=True)
    threshold = t.Float(2).tag(sync=True)
    others = t.Float(0).tag(sync=True)
    """The norm of the gradients of all other weights."""

    def clipped(self) -> tuple[list[float], list[float]]:
        """What is left of (g1, g2), by value and by norm."""
        from cvlib.train.clip import clip_by_norm, clip_by_value  # torch, only if asked

        gradients = [[self.g1, self.g2], [self.others]]
        return (
            clip_by_value(gradients, self.threshold)[0],
            clip_by_norm(gradients, self.threshold)[0],
        )

    def still(self) -> str:
        """The three arrows."""
        by_value, by_norm = self.clipped()
        fig, ax = show.figure(4.2, 3.2)
        c, g = self.threshold, [self.g1, self.g2]
        square = {"fill": False, "edgecolor": p.MUTED, "linestyle": "--"}
        ax.add_patch(Rectangle((-c, -c), 2 * c, 2 * c, **square))
        ax.add_patch(Circle((0, 0), c, **square))
        for end, colour, width in (
            (g, p.HAND, 1.5), (by_value, p.INK, 3), (by_norm, p.GRADIENT, 3),
        ):  # fmt: skip
            ax.annotate("", end, (0, 0), arrowprops={
                "arrowstyle": "->", "color": colour, "linewidth": width,
                "shrinkA": 0, "shrinkB": 0,
            })  # fmt: skip
        ax.set(xlim=(-3, 6), ylim=(-3, 3), aspect="equal")
        show.bare(ax)
        turned = abs(math.degrees(
            math.atan2(by_value[1], by_value[0]) - math.atan2(self.g2, self.g1)
        ))  # fmt: skip
        words = (
            f"A gradient ({self.g1:g}, {self.g2:g}). Clipped by value it ends in the "
            f"corner of a square and has turned by {turned:.0f} degrees; clipped by "
            "norm it ends on a circle and points where it did."
        )
        return show.Picture(fig, words)._repr_html_()
