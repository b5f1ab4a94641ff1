"""W4: how many places a window has, drawn, counted and put into the formula."""

import traitlets as t

from cvlib import show
from cvlib.conv import output_size
from cvlib.widgets._base import Interactive


class SizeExplorer(Interactive):
    """Move input size, kernel size, padding, stride and dilation; see every window.

    Example:
        >>> SizeExplorer(n=227, kernel_size=11, stride=4).output_size()
        55
    """

    label = t.Unicode("Where a window can stand on a row of pixels").tag(sync=True)
    n = t.Int(8).tag(sync=True)
    kernel_size = t.Int(3).tag(sync=True)
    padding = t.Int(0).tag(sync=True)
    stride = t.Int(2).tag(sync=True)
    dilation = t.Int(1).tag(sync=True)
    at = t.Int(0).tag(sync=True)

    def output_size(self) -> int | None:
        """How many windows there are; None when the kernel does not fit."""
        try:
            return output_size(self.n, self.kernel_size, **self._options())
        except ValueError:
            return None

    def still(self) -> str:
        """The row with its windows, or why there is none."""
        if self.output_size() is None:
            return "<p>The kernel does not fit into the padded input.</p>"
        picture = show.window_rows(self.n, self.kernel_size, **self._options())
        return picture._repr_html_()

    def _options(self) -> dict[str, int]:
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }
