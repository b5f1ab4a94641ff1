"""W5: a filter as deep as its input, the lectures' 7 × 7 × 3 volume step by step."""

import numpy as np
import traitlets as t

from cvlib import show
from cvlib.conv import conv2d
from cvlib.data import lecture
from cvlib.widgets._base import Interactive


class VolumeDemo(Interactive):
    """Step through the outputs of two filters; each one is 27 products and a bias.

    Example:
        >>> VolumeDemo().outputs().shape
        (2, 3, 3)
    """

    label = t.Unicode("Two filters of depth three slide over three channels").tag(
        sync=True
    )
    volume = t.List(default_value=lecture.VOLUME.astype(int).tolist()).tag(sync=True)
    filters = t.List(default_value=lecture.FILTERS.astype(int).tolist()).tag(sync=True)
    biases = t.List(default_value=lecture.BIASES.astype(int).tolist()).tag(sync=True)
    stride = t.Int(lecture.STRIDE).tag(sync=True)
    padding = t.Int(lecture.PADDING).tag(sync=True)
    step = t.Int(0).tag(sync=True)

    def outputs(self) -> np.ndarray:
        """The output volume, (F, P, Q)."""
        x, w, b = (np.array(a, float) for a in (self.volume, self.filters, self.biases))
        return conv2d(x, w, b, stride=self.stride, padding=self.padding)

    def still(self) -> str:
        """The three channels above the two maps."""
        channels = [np.pad(np.array(x), self.padding) for x in self.volume]
        maps = self.outputs()
        pictures = [
            show.numbers(*channels, titles=["channel 0", "channel 1", "channel 2"]),
            show.numbers(
                *maps,
                titles=[f"output {f}" for f in range(len(maps))],
                kinds=["output"] * len(maps),
            ),
        ]
        return "".join(picture._repr_html_() for picture in pictures)
