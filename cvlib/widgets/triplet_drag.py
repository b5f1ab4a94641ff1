"""W33: drag an anchor, a positive and a negative, and see what a triplet loss asks."""

import torch
import traitlets as t
from matplotlib.patches import Circle

from cvlib import show
from cvlib.losses import triplet_loss
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

NAMES = ("anchor", "positive", "negative")


def loss_of(
    points: list, margin: float, squared: bool
) -> tuple[float, list[list[float]]]:
    """The loss of three points and what they would each have to do to raise it."""
    rows = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    anchor, positive, negative = rows[:, None]
    loss = triplet_loss(anchor, positive, negative, margin=margin, squared=squared)
    loss.backward()
    return loss.item(), rows.grad.tolist()


def radii(points: list, margin: float, squared: bool) -> tuple[float, float]:
    """How far the negative must be to be right, and to be right by the margin."""
    near = torch.dist(*torch.tensor(points[:2], dtype=torch.float64)).item()
    return near, (near**2 + margin) ** 0.5 if squared else near + margin


class TripletDrag(Interactive):
    """Three points in the plane, their loss, and its gradient at each.

    Example:
        >>> TripletDrag(margin=0.5).points[0]
        [0.0, 0.0]
    """

    label = t.Unicode("The triplet loss of three points in the plane").tag(sync=True)
    points = t.List(default_value=[[0.0, 0.0], [0.7, 0.2], [-0.3, -0.8]]).tag(sync=True)
    """Anchor, positive and negative, as (x, y) with y upwards."""
    margin = t.Float(0.4).tag(sync=True)
    squared = t.Bool(True).tag(sync=True)
    sphere = t.Bool(False).tag(sync=True)
    """Whether the points stay on the unit circle, as FaceNet's do."""

    def still(self) -> str:
        """The three points, the ring of the margin, and the arrows downhill."""
        loss, grads = loss_of(self.points, self.margin, self.squared)
        fig, ax = show.figure(4.6, 4.2)
        for radius, style in zip(
            radii(self.points, self.margin, self.squared), ("-", "--"), strict=True
        ):
            ax.add_patch(
                Circle(
                    self.points[0], radius, fill=False, color=p.RULE, linestyle=style
                )
            )
        colours = (p.INPUT, p.OUTPUT, p.GRADIENT)
        for (x, y), (gx, gy), name, colour in zip(
            self.points, grads, NAMES, colours, strict=True
        ):
            ax.plot(x, y, "o", color=colour, markersize=11)
            ax.annotate(name, (x, y), (8, 8), textcoords="offset points")
            if abs(gx) + abs(gy) > 0:
                ax.arrow(x, y, -gx / 4, -gy / 4, color=p.GRADIENT, head_width=0.05)
        ax.set(xlim=(-1.6, 1.6), ylim=(-1.45, 1.45), aspect="equal")
        show.bare(ax)
        words = f"An anchor, a positive and a negative; their loss is {loss:.2f}."
        return show.Picture(fig, words)._repr_html_()
