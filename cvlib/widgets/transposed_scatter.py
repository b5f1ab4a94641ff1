"""W29: every number stamps the kernel onto the output, and overlaps add."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.conv import conv_transpose2d
from cvlib.resample import overlap_count
from cvlib.widgets._base import Interactive


class TransposedScatter(Interactive):
    """A transposed convolution, one stamp after another.

    Example:
        >>> TransposedScatter().output()[1]
        array([0., 1., 0., 2., 0.])
    """

    label = t.Unicode("A transposed convolution, stamp by stamp").tag(sync=True)
    x = t.List(default_value=[[1, 2], [3, 4]]).tag(sync=True)
    w = t.List(default_value=[[1, 0, 2], [0, 1, 0], [2, 0, 1]]).tag(sync=True)
    stride = t.Int(2).tag(sync=True)
    padding = t.Int(0).tag(sync=True)
    step = t.Int(1).tag(sync=True)
    """The last stamp that was set, row by row of `x`."""
    pixel = t.List(t.Int(), default_value=[1, 2]).tag(sync=True)
    """Row and column of the output whose sum is written out."""

    def output(self) -> np.ndarray:
        """The whole output, all stamps set, (P, Q)."""
        x, w = np.array(self.x, float)[None], np.array(self.w, float)[None, None]
        return conv_transpose2d(x, w, stride=self.stride, padding=self.padding)[0]

    def overlaps(self) -> np.ndarray:
        """How many stamps lie on each pixel of the output, (P, Q)."""
        return overlap_count(
            np.shape(self.x), len(self.w), stride=self.stride, padding=self.padding
        )

    def still(self) -> str:
        """Input, kernel and output as number grids."""
        return show.numbers(
            self.x, self.w, self.output(), titles=["input", "kernel", "output"],
            kinds=["input", "kernel", "output"], between=["", "→"],
        )._repr_html_()  # fmt: skip
