"""W30: the fifteen cases of convolution arithmetic, window by window."""

from dataclasses import asdict

import traitlets as t

from cvlib import show
from cvlib.resample import CASES
from cvlib.widgets._base import Interactive


class ArithmeticCases(Interactive):
    """A convolution or a transposed one: padding, stride, dilation, one output a frame.

    Example:
        >>> len(ArithmeticCases(case="dilation").cases)
        15
    """

    label = t.Unicode("The fifteen cases of convolution arithmetic").tag(sync=True)
    cases = t.Dict().tag(sync=True)
    """Name → what `cvlib.resample.Arithmetic` holds."""
    case = t.Unicode("stride, padding").tag(sync=True)
    step = t.Int(0).tag(sync=True)
    """The output shown, row by row."""

    def __init__(self, **state: object) -> None:
        cases = {name: asdict(case) for name, case in CASES.items()}
        super().__init__(**{"cases": cases, **state})

    def still(self) -> str:
        """The frame of the state."""
        return show.conv_frame(CASES[self.case], self.step)._repr_html_()
