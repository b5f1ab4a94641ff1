"""What a unit of a network sees (torch): its field, read off autograd's record."""

from typing import Any

import torch
from torch import Tensor, nn

from cvlib.conv import ReceptiveField
from cvlib.explain.layers import run_to
from cvlib.validate import check_shape, ntuple

Fields = tuple[ReceptiveField, ReceptiveField]
"""Down the rows and along the columns: kernels need not be square."""
Window = tuple[int, int, int, int]  # kernel size, stride, padding, dilation


def _convolution(node: Any) -> list[Window]:
    if node._saved_transposed:
        raise ValueError("layer must not lie behind a transposed convolution")
    return _zipped(
        node._saved_weight.shape[2:],
        node._saved_stride,
        node._saved_padding,
        node._saved_dilation,
    )


def _pool(node: Any) -> list[Window]:
    size = node._saved_kernel_size
    dilation = getattr(node, "_saved_dilation", (1, 1))
    # no stride means as far as the window is wide
    return _zipped(size, node._saved_stride or size, node._saved_padding, dilation)


def _slice(node: Any) -> list[Window]:
    """Every so many pixels from some pixel on: a kernel of one with a stride."""
    taken = (1, node._saved_step, -node._saved_start, 1)
    return [taken if node._saved_dim == axis else (1, 1, 0, 1) for axis in (2, 3)]


def _pad(node: Any) -> list[Window]:
    left, _, top, *_ = (*node._saved_pad, 0, 0)  # torch names the last axis first
    return [(1, 1, top, 1), (1, 1, left, 1)]


def _zipped(*parts: Any) -> list[Window]:
    return list(zip(*(map(int, part) for part in parts), strict=True))


WINDOWS = {
    "Convolution": _convolution,
    "MaxPool2DWithIndices": _pool,
    "AvgPool2D": _pool,
    "Slice": _slice,
    "ConstantPadNd": _pad,
}
"""What looks at more pixels than one, or moves them."""
POINTWISE = frozenset(
    {"Add", "Alias", "Cat", "Clone", "Div", "Elu", "Gelu", "Hardsigmoid", "Hardswish",
     "Hardtanh", "LeakyRelu", "Mul", "NativeBatchNorm", "Neg", "PreluKernel", "Relu",
     "Sigmoid", "Silu", "Sub", "Tanh", "Threshold", "ToCopy"}
)  # fmt: skip
"""What looks at each pixel on its own."""


def receptive_field(model: nn.Module, layer: str | nn.Module, image: Tensor) -> Fields:
    """What one unit of a layer sees, down and across, whatever leads to the layer.

    Autograd notes which operation made which tensor. We read the stack off its notes:
    convolutions and pools widen a field as in `cvlib.conv.receptive_field`, and where
    branches meet the field is the smallest that holds them all.

    Args:
        model: a network of convolutions, pools and what acts on pixels one by one.
        layer: a name in `model.named_modules()`, or the module.
        image: (C, H, W) or (N, C, H, W), to run the model on; its values do not matter.

    Raises:
        ValueError: the way to the layer holds something else, say a global average,
            behind which a unit sees the whole picture.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
        >>> receptive_field(net, "2", torch.zeros(3, 8, 8))[0]
        ReceptiveField(size=4, jump=2, start=0)
    """
    check_shape("image", image, "C H W | N C H W")
    x = image.detach().reshape(-1, *image.shape[-3:])[:1].clone().requires_grad_()
    with torch.enable_grad():
        node = run_to(model, layer, x, lambda output: output.grad_fn)
    known: dict[Any, Fields | None] = {}
    waiting = [node]
    while waiting:
        node = waiting[-1]
        below = [fn for fn, _ in node.next_functions if fn is not None]
        missing = [fn for fn in below if fn not in known]
        if missing:
            waiting += missing
            continue
        known[waiting.pop()] = _fields(node, [known[fn] for fn in below], x)
    fields = known[node]
    if fields is None:
        raise ValueError(f"layer must depend on the image, but {layer!r} does not")
    return fields


def _fields(node: Any, below: list[Fields | None], x: Tensor) -> Fields | None:
    """The field of what an operation made, from those of what it was made of."""
    if hasattr(node, "variable"):  # a leaf: the picture, or weights, which see nothing
        return (ReceptiveField(), ReceptiveField()) if node.variable is x else None
    seeing = [fields for fields in below if fields is not None]
    if not seeing:
        return None
    name = type(node).__name__.rstrip("0123456789").removesuffix("Backward")
    if name not in POINTWISE and name not in WINDOWS:
        raise ValueError(
            "layer must be reached by convolutions, pools and operations on single "
            f"pixels, got {name} on the way; a unit behind it may see everything"
        )
    down, across = (_join([fields[axis] for fields in seeing]) for axis in (0, 1))
    if name in WINDOWS:
        first, second = WINDOWS[name](node)
        down, across = _widen(down, *first), _widen(across, *second)
    return down, across


def _join(fields: list[ReceptiveField]) -> ReceptiveField:
    start = min(field.start for field in fields)
    stop = max(field.start + field.size for field in fields)
    if len({field.jump for field in fields}) > 1:
        raise ValueError("branches that meet must have shrunk the picture alike")
    return ReceptiveField(stop - start, fields[0].jump, start)


def _widen(field: ReceptiveField, k: int, s: int, p: int, d: int) -> ReceptiveField:
    return ReceptiveField(
        size=field.size + d * (k - 1) * field.jump,
        jump=field.jump * s,
        start=field.start - p * field.jump,
    )


def receptive_box(
    model: nn.Module,
    layer: str | nn.Module,
    unit: int | tuple[int, int],
    image: Tensor,
) -> tuple[int, int, int, int]:
    """The part of a picture that one unit of a layer sees, cut off at the border.

    Args:
        model: as in `receptive_field`.
        layer: a name in `model.named_modules()`, or the module.
        unit: (row, column) in the layer's map.
        image: (C, H, W) or (N, C, H, W).

    Returns:
        (x1, y1, x2, y2) in pixels, the end one past the last pixel seen.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.MaxPool2d(2))
        >>> receptive_box(net, "1", (0, 3), torch.zeros(3, 8, 8))
        (5, 0, 8, 3)
    """
    return box_of(receptive_field(model, layer, image), unit, tuple(image.shape[-2:]))


def box_of(
    fields: Fields, unit: int | tuple[int, int], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """The box of one unit, from the fields of its layer and the picture's (H, W)."""
    unit = ntuple("unit", unit, 2, minimum=0)
    ends = []
    for field, index, length in zip(fields, unit, size, strict=True):
        start = field.start + index * field.jump
        ends.append([min(max(at, 0), length) for at in (start, start + field.size)])
    (y1, y2), (x1, x2) = ends
    return x1, y1, x2, y2
