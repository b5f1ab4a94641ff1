"""W17: a budget that doubles, spent on depth, width and resolution, or on one alone."""

import traitlets as t

from cvlib import show
from cvlib.nets.scaling import Scale, compound_scale
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive


class CompoundScaling(Interactive):
    """Turn φ and watch EfficientNet-B0 grow; choose where the budget goes.

    Example:
        >>> CompoundScaling(phi=2, how="depth").scale().depth > 3
        True
    """

    label = t.Unicode("EfficientNet-B0 scaled under a budget").tag(sync=True)
    phi = t.Float(2.0).tag(sync=True)
    how = t.Enum(["all", "depth", "width", "resolution"], "all").tag(sync=True)
    alpha = t.Float(1.2).tag(sync=True)
    beta = t.Float(1.1).tag(sync=True)
    gamma = t.Float(1.15).tag(sync=True)

    def scale(self) -> Scale:
        """The three factors: together, or one that takes the whole budget."""
        scale = compound_scale(self.phi, self.alpha, self.beta, self.gamma)
        budget = scale.multiply_adds
        alone = {
            "depth": Scale(budget, 1.0, 1.0),
            "width": Scale(1.0, budget**0.5, 1.0),
            "resolution": Scale(1.0, 1.0, budget**0.5),
        }
        return alone.get(self.how, scale)

    def still(self) -> str:
        """Three bars: the factors on depth, width and resolution."""
        scale = self.scale()
        fig, ax = show.figure(6, 1.8)
        factors = [scale.resolution, scale.width, scale.depth]
        ax.barh(range(3), factors, color=[p.INPUT, p.OUTPUT, p.KERNEL])
        ax.set_yticks(range(3), ["resolution", "width", "depth"])
        ax.set_xlabel("times the baseline")
        return show.Picture(
            fig,
            f"Depth times {scale.depth:.2f}, width times {scale.width:.2f}, "
            f"resolution times {scale.resolution:.2f}.",
        )._repr_html_()
