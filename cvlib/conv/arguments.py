"""What every convolution asks of its arguments, in NumPy, in 1-D, 2-D and 3-D."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cvlib.conv.sizes import Padding, Size, axis_padding, effective_size, output_size
from cvlib.validate import (
    ShapeError,
    check_floating,
    check_positive,
    check_shape,
    ntuple,
)

AXES = {1: "L", 2: "H W", 3: "D H W"}
KERNEL_AXES = {1: "R", 2: "R S", 3: "R S T"}


@dataclass(frozen=True)
class Geometry:
    """How windows lie on an input; every field has one entry per spatial axis.

    Raises:
        ValueError: on some axis the kernel spans more than the padded input.
    """

    input_size: tuple[int, ...]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]  # (before, after)
    dilation: tuple[int, ...]

    def __post_init__(self) -> None:
        _ = self.output_size  # refuses a kernel that does not fit, before any work

    @cached_property
    def output_size(self) -> tuple[int, ...]:
        """How many windows there are."""
        return tuple(
            output_size(n, k, stride=s, padding=p, dilation=d)
            for n, k, s, p, d in zip(
                self.input_size,
                self.kernel_size,
                self.stride,
                self.padding,
                self.dilation,
                strict=True,
            )
        )

    @property
    def span(self) -> tuple[int, ...]:
        """Pixels from the first tap of a window to its last."""
        return tuple(
            effective_size(k, dilation=d)
            for k, d in zip(self.kernel_size, self.dilation, strict=True)
        )


def geometry(
    input_size: Sequence[int],
    kernel_size: Size,
    stride: Size,
    padding: Padding,
    dilation: Size,
) -> Geometry:
    """Spell out an int as one per axis, and a word as the zeros it stands for."""
    axes = len(input_size)
    kernel_size = ntuple("kernel_size", kernel_size, axes)
    stride = ntuple("stride", stride, axes)
    dilation = ntuple("dilation", dilation, axes)
    if isinstance(padding, str):
        zeros = (padding,) * axes
    else:
        zeros = [(p, p) for p in ntuple("padding", padding, axes, minimum=0)]
    zeros = tuple(
        axis_padding(p, k, stride=s, dilation=d)
        for p, k, s, d in zip(zeros, kernel_size, stride, dilation, strict=True)
    )
    return Geometry(tuple(input_size), kernel_size, stride, zeros, dilation)


def check_conv(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None,
    stride: Size,
    padding: Padding,
    dilation: Size,
    groups: int,
    *,
    axes: int,
) -> Geometry:
    """Refuse what is not a convolution, with one sentence; return its geometry."""
    F, C, *kernel_size = check_shape("w", w, f"F C {KERNEL_AXES[axes]}")
    if not w.size:
        raise ShapeError(f"w must hold at least one weight, got {w.shape}")
    groups = check_positive("groups", groups)
    if F % groups:
        raise ValueError(
            f"groups must divide the {F} filters of w {w.shape}, got {groups}; "
            "did you mean groups=1?"
        )
    spec = f"N C {AXES[axes]} | C {AXES[axes]}"
    match = f"w {w.shape}" + (f" and groups={groups}" if groups > 1 else "")
    _, *size = check_shape("x", x, spec, C=C * groups, to_match=match)[-axes - 1 :]
    if b is not None:
        check_shape("b", b, "F", F=F, to_match=f"w {w.shape}")
        check_floating("b", b)
    check_floating("x", x)
    check_floating("w", w)
    return geometry(size, kernel_size, stride, padding, dilation)


def in_one_dtype(*arrays: np.ndarray | None) -> list[np.ndarray | None]:
    """The arrays in the dtype that holds them all; `None` stays `None`."""
    dtype = np.result_type(*(a for a in arrays if a is not None))
    return [None if a is None else np.asarray(a, dtype) for a in arrays]


def widen(x: np.ndarray) -> np.ndarray:
    """Whole numbers in 64 bits, where sums of products do not overflow."""
    return x.astype(np.int64) if x.dtype.kind in "bui" else x


def pad(x: np.ndarray, padding: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Zeros around the last axes of `x`, `(before, after)` for each."""
    if not any(map(any, padding)):
        return x
    return np.pad(x, [(0, 0)] * (x.ndim - len(padding)) + list(padding))
