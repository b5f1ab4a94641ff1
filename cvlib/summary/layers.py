"""The rows of the table of a torch model, from what was seen of one picture."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from torch import nn
from torch.nn.modules import activation

from cvlib.summary.arithmetic import CONVOLUTIONS, TRANSPOSED
from cvlib.summary.counts import num_parameters
from cvlib.summary.fields import seen_by_input
from cvlib.summary.table import Row, Summary
from cvlib.summary.trace import Call, trace
from cvlib.validate import check_choice, check_positive

COUNTED = CONVOLUTIONS | TRANSPOSED | {"linear"}
IN_PLACE = (
    nn.Dropout,
    nn.Dropout2d,
    nn.Flatten,
    nn.Identity,
    *(
        getattr(activation, name)
        for name in activation.__all__
        if name != "MultiheadAttention"
    ),
)
"""Layers that need no memory of their own: `rows="layers"` leaves them out."""


def summary(
    model: nn.Module,
    input_size: Sequence[int],
    *,
    depth: int | None = None,
    rows: str | type | tuple[type, ...] = "layers",
    title: str = "",
) -> Summary:
    """The layer table of a model: a row a layer, and their sum.

    One picture goes through in eval mode, without numbers where that is possible: the
    model is not changed, and every part of it keeps its mode.

    Conventions: *multiply-adds* are those of convolutions and fully connected layers.
    *Activations* are the numbers that the rows put out for one picture, the picture
    among them, and their sum is that of the rows shown. Parameters and multiply-adds
    are summed over the whole model, whatever is shown. Where branches join, the
    *receptive field* is what a unit sees through any of them; it is None after global
    layers and wherever it is not known.

    Args:
        model: any module that takes one tensor.
        input_size: (C, H, W) of the picture, without the batch.
        depth: join the layers of a block into one row: 1 for the blocks of the model,
            2 for the blocks in them, and so on.
        rows: "layers" leaves out what can work in place, that is activations, dropout
            and flattening; "all" shows every layer; or the classes to show.
        title: what the table is called; the class of the model if not given.

    Raises:
        TypeError: `model` is not a module.
        ValueError: a picture of this size does not go through the model.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
        >>> table = summary(net, (1, 28, 28))
        >>> [(row.name, row.shape, row.receptive_field) for row in table]
        [('input', (1, 28, 28), 1), ('0', (6, 24, 24), 5), ('2', (6, 12, 12), 6)]
        >>> table.parameters, table.multiply_adds
        (156, 86400)
    """
    if isinstance(rows, str):
        check_choice("rows", rows, ["layers", "all"])
    if depth is not None:
        depth = check_positive("depth", depth)
    calls = trace(model, input_size)
    leaves = [(call, row) for call, row in _with_rows(calls) if _shown(call, row, rows)]
    if depth is None:
        shown = [row for _, row in leaves]
    else:
        shown = [*_blocks(calls, [row for _, row in leaves], depth)]
    size = input_size if hasattr(input_size, "__len__") else (input_size,)
    picture = Row("input", "", tuple(map(int, size)), 0, 0, *_sees(seen_by_input(size)))
    return Summary(
        [picture, *shown],
        parameters=num_parameters(model),
        multiply_adds=sum(call.multiply_adds for call in calls),
        title=title or type(model).__name__,
        notes=[*_notes(model, calls)],
    )


def _with_rows(calls: list[Call]) -> Iterator[tuple[Call, Row]]:
    """The calls that did something themselves, each with its row."""
    counted: set[int] = set()
    for call in calls:
        # what a module holds itself, and if it called no other, all that it holds
        own = {id(p): p.numel() for p in call.module.parameters(recurse=not call.inner)}
        parameters = sum(n for key, n in own.items() if key not in counted)
        if call.output is None or (
            call.inner and not (call.multiply_adds or parameters)
        ):
            continue
        counted |= own.keys()
        kind, shape = type(call.module).__name__, tuple(call.output.shape[1:])
        yield (
            call,
            Row(
                call.name or kind,
                kind,
                shape,
                parameters,
                call.multiply_adds,
                *_sees(call.field),
                item_size=call.output.element_size(),
            ),
        )


def _sees(field: tuple | None) -> tuple:
    """Size and jump, as one number if all axes agree."""
    if field is None:
        return None, None
    pairs = zip(*((f.size, f.jump) for f in field), strict=True)
    return tuple(p[0] if len(set(p)) == 1 else p for p in pairs)


def _shown(call: Call, row: Row, rows: str | type | tuple[type, ...]) -> bool:
    if not isinstance(rows, str):
        return isinstance(call.module, rows)
    copies = "adaptive" in "".join(call.names) and call.unchanged  # n bins for n pixels
    return rows == "all" or not (isinstance(call.module, IN_PLACE) or copies)


def _blocks(calls: list[Call], rows: list[Row], depth: int) -> Iterator[Row]:
    """One row for all layers whose names begin with the same `depth` parts."""
    whole = {call.name: call for call in calls}

    def block(row: Row) -> str:
        return ".".join(row.name.split(".")[:depth])

    for name, inside in groupby(rows, block):
        inside = list(inside)
        call, last = whole.get(name), inside[-1]
        kind, shape, field = last.kind, last.shape, (last.receptive_field, last.jump)
        if call is not None and call.output is not None:
            kind, shape = type(call.module).__name__, tuple(call.output.shape[1:])
            field = _sees(call.field)
        yield Row(
            name,
            kind,
            shape,
            sum(row.parameters for row in inside),
            sum(row.multiply_adds for row in inside),
            *field,
            item_size=last.item_size,
            activations=sum(row.activations for row in inside),
        )


def _notes(model: nn.Module, calls: list[Call]) -> Iterator[str]:
    """What a reader of the table should know besides."""
    called = {id(call.module) for call in calls}
    used = {
        id(p) for call in calls for p in call.module.parameters(recurse=not call.inner)
    }
    idle: dict[str, int] = {}
    for name, parameter in model.named_parameters():
        if id(parameter) not in used:
            part = name.split(".")[0]
            idle[part] = idle.get(part, 0) + parameter.numel()
    for part, n in idle.items():
        yield f"{part} did not run: {n} parameters that the rows leave out"
    for call in calls:
        weights = [p for p in call.module.parameters(recurse=False) if p.dim() > 1]
        if weights and not call.multiply_adds and id(call.module) in called:
            kind = type(call.module).__name__
            yield f"{call.name or kind} ({kind}): its products are not counted"
