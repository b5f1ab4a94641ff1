"""W1: a window slides over a small image; its nine products add up to one number."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.widgets._base import Interactive

IMAGE = [
    [1, 1, 1, 0, 0],
    [0, 1, 1, 1, 0],
    [0, 0, 1, 1, 1],
    [0, 0, 1, 1, 0],
    [0, 1, 1, 0, 0],
]
KERNEL = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


class SlidingWindow(Interactive):
    """Step a kernel over an image and watch the products of each position.

    Example:
        >>> SlidingWindow(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]]).step
        0
    """

    label = t.Unicode("A kernel slides over an image").tag(sync=True)
    image = t.List(default_value=IMAGE).tag(sync=True)
    kernel = t.List(default_value=KERNEL).tag(sync=True)
    step = t.Int(0).tag(sync=True)

    def still(self) -> str:
        """The image with its window, the kernel and the map reached so far."""
        return show.sliding(
            np.array(self.image), np.array(self.kernel), step=self.step
        )._repr_html_()
