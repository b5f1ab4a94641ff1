"""W14: choose the widths of an Inception module and see what they cost."""

import traitlets as t

from cvlib import show
from cvlib.conv import num_parameters
from cvlib.show import palette as p
from cvlib.widgets._base import Interactive

BRANCHES = ("1 × 1", "3 × 3", "5 × 5", "pool")


class InceptionBranches(Interactive):
    """Six sliders for the filters of four branches, beside one layer of 3 × 3.

    Example:
        >>> InceptionBranches().weights(), InceptionBranches().out_channels()
        (448512, 512)
    """

    label = t.Unicode("The four branches of an Inception module").tag(sync=True)
    side = t.Int(14).tag(sync=True)
    in_channels = t.Int(512).tag(sync=True)
    widths = t.List(t.Int(), default_value=[160, 112, 224, 24, 64, 64]).tag(sync=True)
    """1 × 1; before the 3 × 3, 3 × 3; before the 5 × 5, 5 × 5; after the pool."""

    def out_channels(self) -> int:
        """Channels of the four outputs, laid one on another."""
        one, _, three, _, five, pool = self.widths
        return one + three + five + pool

    def by_branch(self) -> dict[str, int]:
        """Weights of each branch, without biases."""
        one, before3, three, before5, five, pool = self.widths

        def layer(c: int, f: int, k: int) -> int:
            return num_parameters(c, f, k, bias=False)

        C = self.in_channels
        counts = (
            layer(C, one, 1),
            layer(C, before3, 1) + layer(before3, three, 3),
            layer(C, before5, 1) + layer(before5, five, 5),
            layer(C, pool, 1),
        )
        return dict(zip(BRANCHES, counts, strict=True))

    def weights(self) -> int:
        """Weights of all branches."""
        return sum(self.by_branch().values())

    def naive(self) -> int:
        """Weights of the same filters without any 1 × 1 before or after."""
        one, _, three, _, five, _ = self.widths
        C = self.in_channels
        return sum(
            num_parameters(C, f, k, bias=False)
            for f, k in ((one, 1), (three, 3), (five, 5))
        )

    def single(self) -> int:
        """Weights of one layer of 3 × 3 with as many channels out."""
        return num_parameters(self.in_channels, self.out_channels(), 3, bias=False)

    def still(self) -> str:
        """Three bars: the module, the same filters without 1 × 1, one 3 × 3."""
        bars = {
            "this module": self.weights(),
            "without the 1 × 1": self.naive(),
            "one 3 × 3": self.single(),
        }
        fig, ax = show.figure(6, 1.8)
        ax.barh(list(bars), list(bars.values()), color=p.KERNEL)
        ax.invert_yaxis()
        ax.set_xlabel("weights")
        words = ", ".join(f"{name} {count}" for name, count in bars.items())
        return show.Picture(fig, alt=f"Weights: {words}.")._repr_html_()
