"""Larger and smaller versions of a network: plain arithmetic on channels and blocks."""

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from cvlib.validate import check_number, check_positive


def round_channels(channels: float, divisor: int = 8) -> int:
    """The multiple of `divisor` nearest to `channels`, never more than 10 % below it.

    A width multiplier gives fractions; hardware likes multiples of 8. Half-way goes up.

    Example:
        >>> round_channels(32 * 0.75), round_channels(24 * 0.35), round_channels(19)
        (24, 8, 24)
    """
    check_number("channels", channels, minimum=0)
    check_positive("divisor", divisor)
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


@dataclass(frozen=True)
class Scale:
    """How much larger than the baseline, in each of the three dimensions.

    Attributes:
        depth: factor on the blocks of each stage, d.
        width: factor on the channels of each layer, w.
        resolution: factor on the sides of the picture, r.
    """

    depth: float
    width: float
    resolution: float

    @property
    def multiply_adds(self) -> float:
        """Factor on the multiply-adds: once for each block, twice for each side.

        A layer twice as wide has twice the filters, each over twice the channels; a
        picture twice as wide is also twice as high.
        """
        return self.depth * self.width**2 * self.resolution**2


def compound_scale(
    phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> Scale:
    """Depth, width and resolution grow together: αᵠ, βᵠ, γᵠ.

    With α·β²·γ² ≈ 2, each step of φ doubles the multiply-adds.

    Args:
        phi: how many times the budget may double, φ; 0 is the baseline.
        alpha: base of the depth, at least 1.
        beta: base of the width, at least 1.
        gamma: base of the resolution, at least 1.

    Raises:
        ValueError: an argument is below its smallest value.

    Source:
        Tan and Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural
        Networks, ICML 2019, equation 3; the defaults are those found for B0.

    Example:
        >>> compound_scale(1)
        Scale(depth=1.2, width=1.1, resolution=1.15)
        >>> round(compound_scale(1).multiply_adds, 2)
        1.92
    """
    check_number("phi", phi, minimum=0)
    for name, base in (("alpha", alpha), ("beta", beta), ("gamma", gamma)):
        check_number(name, base, minimum=1)
    return Scale(depth=alpha**phi, width=beta**phi, resolution=gamma**phi)


def scale_depth(blocks: int, depth_mult: float) -> int:
    """Blocks of a stage, rounded up: scaling never loses one.

    Example:
        >>> [scale_depth(blocks, 1.1) for blocks in (1, 2, 3, 4)]
        [2, 3, 4, 5]
    """
    return ceil(blocks * depth_mult)


class Published(NamedTuple):
    """The coefficients that the authors released for one size.

    Attributes:
        width: factor on the channels.
        depth: factor on the blocks.
        resolution: pixels along each side.
        dropout: probability, before the classifier.
    """

    width: float
    depth: float
    resolution: int
    dropout: float


PUBLISHED = {
    "b0": Published(1.0, 1.0, 224, 0.2),
    "b1": Published(1.0, 1.1, 240, 0.2),
    "b2": Published(1.1, 1.2, 260, 0.3),
    "b3": Published(1.2, 1.4, 300, 0.3),
    "b4": Published(1.4, 1.8, 380, 0.4),
    "b5": Published(1.6, 2.2, 456, 0.4),
    "b6": Published(1.8, 2.6, 528, 0.5),
    "b7": Published(2.0, 3.1, 600, 0.5),
}
