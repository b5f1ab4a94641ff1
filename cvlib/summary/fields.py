"""Receptive fields through torch's functions, as far as they are defined.

A field is kept for each axis of a map, or None: after a layer that sees the whole map,
after branches whose units lie differently far apart, and after any function of which
this module does not know that it keeps pixels in their places.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from cvlib.conv import ReceptiveField
from cvlib.summary.arithmetic import CONVOLUTIONS, TRANSPOSED

Field = tuple[ReceptiveField, ...] | None

WINDOWS = CONVOLUTIONS | {
    f"{kind}_pool{axes}d" for kind in ("max", "avg") for axes in (1, 2, 3)
}
ADAPTIVE = {
    f"adaptive_{kind}_pool{axes}d" for kind in ("max", "avg") for axes in (1, 2, 3)
}
JOINS = {"cat", "concat", "concatenate"}
ARITHMETIC = {"add", "sub", "mul", "div", "truediv", "neg", "pow"}
ACTIVATIONS = {
    *("relu", "relu6", "leaky_relu", "prelu", "elu", "celu", "selu", "gelu", "silu"),
    *("mish", "sigmoid", "logsigmoid", "tanh", "hardtanh", "hardswish", "hardsigmoid"),
    *("softplus", "clamp", "exp", "log", "sqrt", "square"),
}
OTHERS = {
    *("batch_norm", "local_response_norm", "dropout", "dropout2d", "alpha_dropout"),
    *("feature_dropout", "clone", "contiguous", "detach", "to", "float", "half"),
}
POINTWISE = ARITHMETIC | ACTIVATIONS | OTHERS
"""Functions of one place of the maps, or of the same place in several maps."""
VIEWS = {"getitem", "chunk", "split", "narrow"}
"""Functions that may pick channels; if they leave height and width, pixels stay."""


def seen_by_input(size: Sequence[int]) -> Field:
    """A pixel of a (C, H, W) picture sees itself; a plain vector has no field."""
    return (ReceptiveField(),) * (len(size) - 1) if len(size) > 1 else None


def field_after(
    name: str,
    args: tuple,
    kwargs: dict,
    traced: list[tuple[Tensor, Field]],
    output: Tensor,
) -> Field:
    """The field of `output`, from those of the tensors that came from the input."""
    fields = [f for _, f in traced]
    axes = output.dim() - 2
    if None in fields or any(len(f) != axes for f in fields):
        return None
    x = traced[0][0]
    if name in WINDOWS | TRANSPOSED:
        step = transposed if name in TRANSPOSED else window
        settings = _settings(name, args, kwargs)
        return _each(step, fields[0], axes, settings)
    if name in ADAPTIVE:
        return adaptive(fields[0], x.shape[2:], output.shape[2:])
    if name in JOINS:
        along = kwargs.get("dim", args[1] if len(args) > 1 else 0)
        return join(fields) if along in (1, 1 - output.dim()) else None
    if name in POINTWISE or (name[:1] in "ir" and name[1:] in ARITHMETIC):  # x += y
        return join(fields)
    if name in VIEWS and x.shape[2:] == output.shape[2:]:
        return fields[0]
    return None


def window(f: ReceptiveField, k: int, s: int, p: int, d: int) -> ReceptiveField:
    """The field above a convolution or a pool, as in cvlib.conv.receptive_field."""
    return ReceptiveField(
        size=f.size + d * (k - 1) * f.jump,
        jump=f.jump * s,
        start=f.start - p * f.jump,
    )


def transposed(
    f: ReceptiveField, k: int, s: int, p: int, d: int
) -> ReceptiveField | None:
    """The widest field above a transposed convolution; its units lie closer together.

    An output gets something from every s-th tap: from ⌈(d(k−1) + 1)/s⌉ units at most.
    """
    if f.jump % s:
        return None
    units = -(-(d * (k - 1) + 1) // s)
    first = -((d * (k - 1) - p) // s)  # the first unit that reaches output 0
    return ReceptiveField(
        size=f.size + (units - 1) * f.jump,
        jump=f.jump // s,
        start=f.start + first * f.jump,
    )


def adaptive(fields: Field, before: tuple, after: tuple) -> Field:
    """Equal bins are a window; one bin for all is global, and unequal ones differ."""
    found = []
    for f, n, m in zip(fields, before, after, strict=True):
        if n % m or (m == 1 and n > 1):
            return None
        found.append(window(f, n // m, n // m, 0, 1))
    return tuple(found)


def join(fields: list[Field]) -> Field:
    """What is seen through any of several branches, if their units lie alike."""
    found = []
    for branches in zip(*fields, strict=True):
        if len({f.jump for f in branches}) > 1:
            return None
        start = min(f.start for f in branches)
        stop = max(f.start + f.size for f in branches)
        found.append(ReceptiveField(stop - start, branches[0].jump, start))
    return tuple(found)


def _each(step: Any, fields: Field, axes: int, settings: list) -> Field:
    per_axis = [
        value if isinstance(value, (tuple, list)) else (value,) * axes
        for value in settings
    ]
    per_axis = [v * axes if len(v) == 1 else v for v in per_axis]
    found = [step(f, *v) for f, *v in zip(fields, *per_axis, strict=True)]
    return None if None in found else tuple(found)


CALLED = {  # the order of the arguments after the input, as torch has it
    "conv": ("weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv_transpose": (
        *("weight", "bias", "stride", "padding", "output_padding", "groups"),
        "dilation",
    ),
    "max_pool": ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool": ("kernel_size", "stride", "padding"),
}


def _settings(name: str, args: tuple, kwargs: dict) -> list:
    """Kernel size, stride, padding and dilation of one call."""
    given = dict(zip(CALLED[name[:-2]], args[1:], strict=False)) | kwargs
    if "weight" in given:
        kernel_size, stride = tuple(given["weight"].shape[2:]), given.get("stride", 1)
    else:
        kernel_size = given["kernel_size"]
        stride = given.get("stride") or kernel_size
    padding, dilation = given.get("padding", 0), given.get("dilation", 1)
    if padding == "valid":
        padding = 0
    if padding == "same":  # the smaller half stands before the first pixel
        spans = tuple(dilation) if hasattr(dilation, "__len__") else (dilation,)
        spans = spans * len(kernel_size) if len(spans) == 1 else spans
        pairs = zip(kernel_size, spans, strict=True)
        padding = tuple(d * (k - 1) // 2 for k, d in pairs)
    return [kernel_size, stride, padding, dilation]
