"""The arithmetic of convolutions on whole numbers: sizes, counts, receptive fields."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from cvlib.validate import check_choice, check_int, check_positive, ntuple

Size = int | Sequence[int]  # one for all axes, or one for each
Padding = int | str | Sequence[int]  # a word is "valid" or "same"


def effective_size(kernel_size: int, *, dilation: int = 1) -> int:
    """Pixels a kernel spans from its first tap to its last."""
    return dilation * (kernel_size - 1) + 1


def output_size(
    n: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
) -> int:
    """How many places a window can stand: ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1.

    Args:
        n: pixels along the axis.
        kernel_size: taps along the axis, k.
        stride: pixels from one window to the next, s.
        padding: zeros on each side, p; or `(before, after)`, `"valid"`, `"same"`.
        dilation: pixels from one tap to the next, d.

    Raises:
        ValueError: the kernel spans more than the padded input, or an argument is
            out of range.

    Source:
        Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.

    Example:
        >>> output_size(7, 3, stride=2)
        3
    """
    n = check_positive("n", n)
    before, after = axis_padding(padding, kernel_size, stride=stride, dilation=dilation)
    span = effective_size(kernel_size, dilation=dilation)
    if span > n + before + after:
        raise ValueError(
            f"kernel_size must span at most the padded input, {n + before + after} = "
            f"{n} + {before} + {after}, got {span} from kernel_size={kernel_size} and "
            f"dilation={dilation}; use padding={-(-(span - n) // 2)} or a larger input"
        )
    return int((n + before + after - span) // stride) + 1


def axis_padding(
    padding: Padding, kernel_size: int, *, stride: int = 1, dilation: int = 1
) -> tuple[int, int]:
    """Zeros before and after one axis, whichever way `padding` was given.

    Raises:
        ValueError: padding is negative, an unknown word, or `"same"` with a stride.
    """
    kernel_size = check_positive("kernel_size", kernel_size)
    stride = check_positive("stride", stride)
    dilation = check_positive("dilation", dilation)
    if not isinstance(padding, str):
        before, after = ntuple("padding", padding, 2, minimum=0)
        return before, after
    check_choice("padding", padding, ["valid", "same"])
    if padding == "valid":
        return 0, 0
    if stride != 1:
        raise ValueError(
            f"padding must be a number when stride is not 1, got 'same' with stride="
            f"{stride}; did you mean padding={dilation * (kernel_size - 1) // 2}?"
        )
    return same_padding(kernel_size, dilation=dilation)


def same_padding(kernel_size: int, *, dilation: int = 1) -> tuple[int, int]:
    """Zeros `(before, after)` that keep the size at stride 1.

    Both are d(k−1)/2 when that is whole, as for every odd kernel. An even kernel has no
    middle pixel, so one side gets one more: the end, as in torch.

    Example:
        >>> same_padding(5), same_padding(4)
        ((2, 2), (1, 2))
    """
    kernel_size = check_positive("kernel_size", kernel_size)
    total = check_positive("dilation", dilation) * (kernel_size - 1)
    return total // 2, total - total // 2


def full_padding(kernel_size: int, *, dilation: int = 1) -> int:
    """Zeros on each side so that every overlap counts, down to a single tap: d(k−1).

    Example:
        >>> full_padding(3), output_size(5, 3, padding=full_padding(3))
        (2, 7)
    """
    return sum(same_padding(kernel_size, dilation=dilation))


def conv_transpose_output_size(
    n: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """Size after a transposed convolution: (n−1)s − 2p + d(k−1) + 1 + output_padding.

    A stride of s sends s different sizes to the same output size, so going back needs
    `output_padding` to say which of them is meant.

    Raises:
        ValueError: `output_padding` is not smaller than stride or dilation, or the
            padding leaves nothing.

    Example:
        >>> conv_transpose_output_size(2, 3, stride=2)
        5
    """
    n, stride = check_positive("n", n), check_positive("stride", stride)
    check_positive("kernel_size", kernel_size)
    dilation = check_positive("dilation", dilation)
    padding = check_int("padding", padding, minimum=0)
    output_padding = check_int("output_padding", output_padding, minimum=0)
    if output_padding >= max(stride, dilation):
        raise ValueError(
            "output_padding must be smaller than stride or dilation, "
            f"got {output_padding} with stride={stride} and dilation={dilation}; "
            f"the largest allowed is {max(stride, dilation) - 1}"
        )
    span = effective_size(kernel_size, dilation=dilation)
    size = (n - 1) * stride - 2 * padding + span + output_padding
    if size < 1:
        raise ValueError(
            f"padding must leave an output, got padding={padding}, which gives a size "
            f"of {size}; the largest allowed is {padding - (2 - size) // 2}"
        )
    return size


def window_starts(
    n: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
) -> list[int]:
    """First pixel of every window, in input coordinates: negative in the padding.

    Example:
        >>> window_starts(7, 3, stride=2, padding=1)
        [-1, 1, 3, 5]
    """
    count = output_size(
        n, kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    before, _ = axis_padding(padding, kernel_size, stride=stride, dilation=dilation)
    return [i * int(stride) - before for i in range(count)]


def _per_axis(name: str, size: Size) -> tuple[int, ...]:
    """An int means a square; a sequence has one entry an axis, in 1-D, 2-D or 3-D."""
    return ntuple(name, size, len(size) if hasattr(size, "__len__") else 2)


def _check_groups(in_channels: int, out_channels: int, groups: int) -> None:
    check_positive("in_channels", in_channels)
    check_positive("out_channels", out_channels)
    check_positive("groups", groups)
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"groups must divide in_channels={in_channels} and "
            f"out_channels={out_channels}, got {groups}; did you mean groups=1?"
        )


def num_parameters(
    in_channels: int,
    out_channels: int,
    kernel_size: Size,
    *,
    groups: int = 1,
    bias: bool = True,
) -> int:
    """Weights and biases of a convolution: C/G · k · k for each filter, plus one.

    Example:
        >>> num_parameters(3, 10, 3)
        280
    """
    _check_groups(in_channels, out_channels, groups)
    taps = prod(_per_axis("kernel_size", kernel_size))
    return out_channels * (in_channels // groups * taps + bool(bias))


def multiply_adds(
    in_channels: int,
    out_channels: int,
    kernel_size: Size,
    output_size: Size,
    *,
    groups: int = 1,
) -> int:
    """Multiply-adds for one image: C/G · k · k for each output pixel of each filter.

    Example:
        >>> multiply_adds(3, 6, 5, 28)
        352800
    """
    _check_groups(in_channels, out_channels, groups)
    taps = prod(_per_axis("kernel_size", kernel_size))
    pixels = prod(_per_axis("output_size", output_size))
    return pixels * out_channels * (in_channels // groups) * taps


@dataclass(frozen=True)
class ReceptiveField:
    """What one unit of a layer sees of the input, along one axis.

    Attributes:
        size: input pixels from the first one seen to the last.
        jump: input pixels between the fields of two neighbouring units.
        start: first input pixel that unit 0 sees; negative in the padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0


def receptive_field(layers: Iterable[Size]) -> list[ReceptiveField]:
    """The receptive field after each layer of a stack, convolutions and pools alike.

    A tap further along costs as many input pixels as the units below it lie apart, so
    each layer widens the field by (k−1)·d jumps, and its stride multiplies the jump.

    Args:
        layers: `(kernel_size, stride, padding, dilation)` from the input up; what is
            left out at the end is 1, 0 and 1.

    Example:
        >>> receptive_field([(3,), (3,), (2, 2)])[-1]
        ReceptiveField(size=6, jump=2, start=0)
    """
    field, fields = ReceptiveField(), []
    for number, layer in enumerate(layers):
        layer = tuple(layer) if hasattr(layer, "__len__") else (layer,)
        if not 1 <= len(layer) <= 4:
            raise ValueError(
                f"layers[{number}] must be (kernel_size, stride, padding, dilation), "
                f"got {layer}"
            )
        kernel_size, stride, padding, dilation = layer + (None, 1, 0, 1)[len(layer) :]
        before, _ = axis_padding(padding, kernel_size, stride=stride, dilation=dilation)
        field = ReceptiveField(
            size=field.size + int(dilation * (kernel_size - 1)) * field.jump,
            jump=field.jump * int(stride),
            start=field.start - before * field.jump,
        )
        fields.append(field)
    return fields


def receptive_box(
    layers: Iterable[Size],
    unit: Size,
    input_size: Size | None = None,
) -> tuple[int, ...]:
    """The part of the input that one unit of the last layer sees.

    Args:
        layers: as in `receptive_field`.
        unit: its index along one axis, or `(row, column)`.
        input_size: cut the padding off: pixels along the axis, or `(H, W)`.

    Returns:
        `(start, stop)` along one axis, or the box `(x1, y1, x2, y2)` in pixels, the end
        one past the last pixel seen.

    Example:
        >>> receptive_box([(3, 1, 1), (3, 2, 1)], (0, 4))
        (6, -2, 11, 3)
        >>> receptive_box([(3, 1, 1), (3, 2, 1)], (0, 4), input_size=(9, 9))
        (6, 0, 9, 3)
    """
    field = ([ReceptiveField(), *receptive_field(layers)])[-1]

    def seen(index: int, length: int | None) -> tuple[int, int]:
        start = field.start + check_int("unit", index, minimum=0) * field.jump
        stop = start + field.size
        if length is None:
            return start, stop
        return min(max(start, 0), length), min(max(stop, 0), length)

    if not hasattr(unit, "__len__"):
        return seen(unit, input_size and check_positive("input_size", input_size))
    row, column = ntuple("unit", unit, 2, minimum=0)
    height, width = _per_axis("input_size", input_size) if input_size else (None, None)
    y1, y2 = seen(row, height)
    x1, x2 = seen(column, width)
    return x1, y1, x2, y2
