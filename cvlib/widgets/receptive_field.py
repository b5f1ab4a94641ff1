"""W6: press a unit of a stack of layers and see which pixels it sees."""

import traitlets as t

from cvlib import show
from cvlib.conv import output_size, receptive_field
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive


class ReceptiveFieldStack(Interactive):
    """One row of pixels, a few layers above it, and the cone below one unit.

    Example:
        >>> ReceptiveFieldStack(layers=[[5, 1, 2, 1]], row=1).layers
        [[5, 1, 2, 1]]
    """

    label = t.Unicode("The receptive field of one unit in a stack").tag(sync=True)
    n = t.Int(31).tag(sync=True)
    layers = t.List(default_value=[[3, 1, 1, 1], [3, 1, 1, 1]]).tag(sync=True)
    """Kernel size, stride, padding and dilation of each, from the input up."""
    row = t.Int(2).tag(sync=True)
    unit = t.Int(15).tag(sync=True)

    def still(self) -> str:
        """The rows of units, with the field of the chosen one."""
        fields = receptive_field(self.layers)
        fig, ax = show.figure(6, 0.6 * (len(self.layers) + 1) + 0.3)
        sizes, n = [self.n], self.n
        for kernel_size, stride, padding, dilation in self.layers:
            n = output_size(
                n, kernel_size, stride=stride, padding=padding, dilation=dilation
            )
            sizes.append(n)
        ax.scatter(range(self.n), [0] * self.n, marker="s", s=60, color=p.RULE)
        for height, (count, field) in enumerate(
            zip(sizes[1:], fields, strict=True), start=1
        ):
            middle = field.start + (field.size - 1) / 2
            xs = [middle + i * field.jump for i in range(count)]
            ax.scatter(xs, [height] * count, marker="s", s=60, color=p.RULE)
        field = fields[self.row - 1]
        first = field.start + self.unit * field.jump
        seen = range(max(first, 0), min(first + field.size, self.n))
        ax.scatter(seen, [0] * len(seen), marker="s", s=60, color=p.INPUT)
        top = first + (field.size - 1) / 2
        ax.scatter([top], [self.row], marker="s", s=70, color=p.HAND)
        ax.plot([top, seen[0]], [self.row, 0], color=p.KERNEL, zorder=0)
        ax.plot([top, seen[-1]], [self.row, 0], color=p.KERNEL, zorder=0)
        show.bare(ax)
        return show.Picture(
            fig,
            f"A unit of layer {self.row} above the {field.size} pixels that it sees.",
        )._repr_html_()
