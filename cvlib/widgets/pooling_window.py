"""W7: a pooling window, and where a gradient goes on its way back."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.pool import avg_pool2d, max_pool2d
from cvlib.widgets._base import Interactive

LECTURE = [[0, 1, 4, 9], [3, 2, 5, 8], [1, 2, 3, 1], [3, 1, 7, 4]]
OVERLAP = [
    [1, 0, 2, 1, 3],
    [0, 4, 9, 2, 0],
    [2, 1, 1, 0, 6],
    [0, 3, 1, 5, 1],
    [7, 0, 2, 1, 0],
]


class PoolingWindow(Interactive):
    """Pool a small grid of numbers, by maximum or by mean, forward and backward.

    Example:
        >>> PoolingWindow(kind="average").pooled()
        array([[1.5 , 6.5 ],
               [1.75, 3.75]])
    """

    label = t.Unicode("A pooling window over a grid of numbers").tag(sync=True)
    x = t.List(default_value=LECTURE).tag(sync=True)
    kind = t.Enum(["max", "average"], default_value="max").tag(sync=True)
    kernel_size = t.Int(2).tag(sync=True)
    stride = t.Int(2).tag(sync=True)
    padding = t.Int(0).tag(sync=True)
    step = t.Int(1).tag(sync=True)
    backward = t.Bool(False).tag(sync=True)
    grad = t.List(default_value=[[1, 2], [3, 4]]).tag(sync=True)

    def pooled(self) -> np.ndarray:
        """The output of the state, (P, Q)."""
        pool = max_pool2d if self.kind == "max" else avg_pool2d
        x = np.array(self.x, dtype=float)[None]
        return pool(x, self.kernel_size, stride=self.stride, padding=self.padding)[0]

    def still(self) -> str:
        """The input and what pooling leaves of it, as number grids."""
        return show.numbers(
            self.x, self.pooled(),
            titles=["input", f"{self.kind} pooled"], kinds=["input", "output"],
            between=["→"],
        )._repr_html_()  # fmt: skip
