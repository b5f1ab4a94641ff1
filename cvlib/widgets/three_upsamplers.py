"""W28: four numbers become sixteen: copied, placed in a corner, or put back."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.pool import max_pool2d, max_unpool2d
from cvlib.resample import bed_of_nails, nearest
from cvlib.widgets._base import Interactive

LECTURE = [[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]


class ThreeUpsamplers(Interactive):
    """Nearest neighbour, bed of nails and max unpooling on one small map.

    Example:
        >>> ThreeUpsamplers(method="unpooling").enlarged()[0]
        array([0., 0., 2., 0.])
    """

    label = t.Unicode("Three ways to enlarge a map of two by two numbers").tag(
        sync=True
    )
    x = t.List(default_value=[[1, 2], [3, 4]]).tag(sync=True)
    before = t.List(default_value=LECTURE).tag(sync=True)
    """What was max pooled earlier, twice or three times as large as `x`."""
    method = t.Enum(["nearest", "nails", "unpooling"], default_value="nearest").tag(
        sync=True
    )
    at = t.Int(1).tag(sync=True)
    """The number of `x` whose way is shown, row by row."""

    def enlarged(self) -> np.ndarray:
        """The output of the state, as large as `before`."""
        x = np.array(self.x, dtype=float)
        factor = len(self.before) // len(x)
        if self.method == "nearest":
            return nearest(x, scale_factor=factor)
        if self.method == "nails":
            return bed_of_nails(x, factor)
        before = np.array(self.before, dtype=float)
        _, switches = max_pool2d(before[None], factor, return_indices=True)
        return max_unpool2d(x[None], switches, factor)[0]

    def still(self) -> str:
        """The input and the output; what was pooled, where it matters."""
        grids, titles, kinds = [self.x, self.enlarged()], ["input", "output"], []
        if self.method == "unpooling":
            grids, titles = [self.before, *grids], ["pooled before", *titles]
            kinds = ["plain"]
        return show.numbers(
            *grids, titles=titles, kinds=[*kinds, "input", "output"],
            between=["", "→"] if kinds else ["→"],
        )._repr_html_()  # fmt: skip
