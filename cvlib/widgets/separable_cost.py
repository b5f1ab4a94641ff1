"""W16: what a convolution costs in one step and in two, as its sizes change."""

import traitlets as t

from cvlib import show
from cvlib.conv import ConvCost, separable_multiply_adds
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive


class SeparableCost(Interactive):
    """Move channels, filters, kernel and output size; compare the multiply-adds.

    Example:
        >>> SeparableCost().cost().separable
        672
    """

    label = t.Unicode("Multiply-adds of a standard and of a separable convolution").tag(
        sync=True
    )
    in_channels = t.Int(3).tag(sync=True)
    out_channels = t.Int(5).tag(sync=True)
    kernel_size = t.Int(3).tag(sync=True)
    output_size = t.Int(4).tag(sync=True)

    def cost(self) -> ConvCost:
        """The three counts."""
        return separable_multiply_adds(
            self.in_channels, self.out_channels, self.kernel_size, self.output_size
        )

    def still(self) -> str:
        """Two bars: the standard convolution above the two steps."""
        cost = self.cost()
        fig, ax = show.figure(6, 1.6)
        ax.barh(1, cost.standard, color=p.MUTED)
        ax.barh(0, cost.depthwise, color=p.KERNEL)
        ax.barh(
            0,
            cost.pointwise,
            left=cost.depthwise,
            color=p.KERNEL_FILL,
            edgecolor=p.KERNEL,
        )
        ax.set_yticks([0, 1], ["separable", "standard"])
        ax.set_xlabel("multiply-adds")
        return show.Picture(
            fig,
            f"A bar of {cost.standard} multiply-adds above one of {cost.depthwise} and "
            f"{cost.pointwise}.",
        )._repr_html_()
