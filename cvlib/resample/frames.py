"""The fifteen cases of the guide to convolution arithmetic, frame by frame. NumPy."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cvlib.conv import conv_transpose_output_size, output_size, window_starts
from cvlib.validate import check_int, check_positive


@dataclass(frozen=True)
class Arithmetic:
    """One convolution of a square map, or one transposed; every number is per axis.

    Attributes:
        size: pixels of the input, i.
        kernel_size: taps, k.
        stride: s. In a transposed convolution, of the convolution it reverses.
        padding: p, likewise.
        dilation: d.
        output_padding: pixels that only a transposed convolution adds, a.
        transposed: which of the two.
    """

    size: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    output_padding: int = 0
    transposed: bool = False

    def __post_init__(self) -> None:
        for name in ("size", "kernel_size", "stride", "dilation"):
            check_positive(name, getattr(self, name))
        check_int("padding", self.padding, minimum=0)
        check_int("output_padding", self.output_padding, minimum=0)
        if self.output_padding and not self.transposed:
            raise ValueError(
                "output_padding must be 0 in a convolution that is not transposed, "
                f"got {self.output_padding}; did you mean transposed=True?"
            )
        if self.border < 0:
            raise ValueError(
                f"padding must be at most {self.padding + self.border} to be drawn, "
                f"the span of the kernel less one, got {self.padding}"
            )
        _ = self.output_size  # refuses what has no output

    @property
    def output_size(self) -> int:
        """Pixels of the output, o."""
        options = {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }
        if not self.transposed:
            return output_size(self.size, self.kernel_size, **options)
        return conv_transpose_output_size(
            self.size,
            self.kernel_size,
            output_padding=self.output_padding,
            **options,
        )

    @property
    def spacing(self) -> int:
        """Pixels of the drawn map from one pixel of the input to the next."""
        return self.stride if self.transposed else 1

    @property
    def border(self) -> int:
        """Zeros drawn before the input: p, or d(k − 1) − p if transposed."""
        if not self.transposed:
            return self.padding
        return self.dilation * (self.kernel_size - 1) - self.padding

    @property
    def drawn(self) -> int:
        """Pixels of the drawn map: the input with all its zeros, between and around."""
        stretched = (self.size - 1) * self.spacing + 1
        return stretched + 2 * self.border + self.output_padding

    @property
    def step(self) -> int:
        """Pixels of the drawn map from one window to the next: 1 if transposed."""
        return 1 if self.transposed else self.stride

    def real(self) -> np.ndarray:
        """(drawn, drawn) True where a pixel of the input stands, not a zero."""
        line = np.zeros(self.drawn, bool)
        line[self.border + self.spacing * np.arange(self.size)] = True
        return np.outer(line, line)


@dataclass(frozen=True)
class Frame:
    """One moment: the window over the drawn map, and the output pixel it gives.

    Attributes:
        row, column: of the output pixel.
        taps: (k·k, 2) row and column of each tap on the drawn map.
        read: (M, 2) pixels of the *input* under a tap; the other taps see zeros.
    """

    row: int
    column: int
    taps: np.ndarray
    read: np.ndarray


def conv_frames(case: Arithmetic) -> Iterator[Frame]:
    """Every window of a case, row by row of the output.

    A transposed convolution is drawn as the convolution it equals: zeros between the
    pixels (s − 1), zeros around (d(k − 1) − p), stride 1.

    Example:
        >>> frames = list(conv_frames(CASES["stride, transposed"]))
        >>> len(frames), frames[0].taps[-1], frames[0].read
        (25, array([2, 2]), array([[0, 0]]))
    """
    offsets = case.dilation * np.arange(case.kernel_size)
    starts = window_starts(
        case.drawn, case.kernel_size, stride=case.step, dilation=case.dilation
    )
    for row, top in enumerate(starts):
        for column, left in enumerate(starts):
            grid = np.meshgrid(top + offsets, left + offsets, indexing="ij")
            taps = np.stack(grid, -1).reshape(-1, 2)
            inner, between = np.divmod(taps - case.border, case.spacing)
            inside = (between == 0) & (inner >= 0) & (inner < case.size)
            yield Frame(row, column, taps, inner[inside.all(1)])


CASES = {
    "no padding": Arithmetic(4, 3),
    "padding": Arithmetic(5, 4, padding=2),
    "half padding": Arithmetic(5, 3, padding=1),
    "full padding": Arithmetic(5, 3, padding=2),
    "stride": Arithmetic(5, 3, stride=2),
    "stride, padding": Arithmetic(5, 3, stride=2, padding=1),
    "stride, padding, odd": Arithmetic(6, 3, stride=2, padding=1),
    "no padding, transposed": Arithmetic(2, 3, transposed=True),
    "padding, transposed": Arithmetic(6, 4, padding=2, transposed=True),
    "half padding, transposed": Arithmetic(5, 3, padding=1, transposed=True),
    "full padding, transposed": Arithmetic(7, 3, padding=2, transposed=True),
    "stride, transposed": Arithmetic(2, 3, stride=2, transposed=True),
    "stride, padding, transposed": Arithmetic(
        3, 3, stride=2, padding=1, transposed=True
    ),
    "stride, padding, odd, transposed": Arithmetic(
        3, 3, stride=2, padding=1, output_padding=1, transposed=True
    ),
    "dilation": Arithmetic(7, 3, dilation=2),
}
"""The animations of Dumoulin and Visin's guide, in its order, with its settings."""
