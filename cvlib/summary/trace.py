"""Watch one picture go through a torch model: every call of a module, every function.

The parameters are replaced by ones on the meta device, which have shapes and no
numbers, so that even a large network costs no arithmetic and no memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cvlib.summary.arithmetic import cost
from cvlib.summary.fields import Field, field_after, seen_by_input
from cvlib.validate import check_positive


@dataclass
class Call:
    """One call of one module.

    Attributes:
        name: the module's name in the model; "" is the model itself.
        module: the module.
        inner: whether other modules were called during the call.
        multiply_adds: of the functions that the module called itself.
        output: its first tensor, None if it gave none.
        unchanged: whether the output has the shape of the input.
        field: what one unit of the output sees of the input, an entry an axis.
        names: the functions that the module called itself.
    """

    name: str
    module: nn.Module
    inner: bool = False
    multiply_adds: int = 0
    output: Tensor | None = None
    unchanged: bool = False
    field: Field = None
    names: tuple[str, ...] = ()


class Watch(TorchFunctionMode):
    """Count what every torch function costs, and follow the receptive field."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.calls: list[Call] = []  # in the order in which they ended
        self.open: list[Call] = []
        self.fields: dict[int, Field] = {id(x): seen_by_input(x.shape[1:])}
        self.alive: list[Tensor] = [x]  # so that no id is used twice

    def __torch_function__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Let `func` run, then note what it did."""
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "").strip("_")
        outputs = [y for y in _flat(result) if isinstance(y, Tensor)]
        if outputs:
            self.note(name, args, kwargs or {}, outputs)
        return result

    def note(self, name: str, args: tuple, kwargs: dict, outputs: list[Tensor]) -> None:
        """Add the cost to the module that called, and give each output its field."""
        if self.open:
            self.open[-1].multiply_adds += cost(name, args, kwargs, outputs[0])
            self.open[-1].names += (name,)
        inputs = [x for x in _flat((args, kwargs)) if isinstance(x, Tensor)]
        traced = [(x, self.fields[id(x)]) for x in inputs if id(x) in self.fields]
        for y in outputs if traced else []:
            self.fields[id(y)] = field_after(name, args, kwargs, traced, y)
            self.alive.append(y)

    def began(self, name: str, module: nn.Module) -> None:
        """A module is called."""
        if self.open:
            self.open[-1].inner = True
        self.open.append(Call(name, module))

    def ended(self, inputs: Any, result: Any) -> None:
        """The module that was called last gave its result."""
        call = self.open.pop()
        given = next((x for x in _flat(inputs) if isinstance(x, Tensor)), None)
        call.output = next((y for y in _flat(result) if isinstance(y, Tensor)), None)
        shapes = [getattr(tensor, "shape", None) for tensor in (given, call.output)]
        call.unchanged = shapes[0] == shapes[1]
        call.field = self.fields.get(id(call.output))
        self.calls.append(call)


def _flat(value: Any) -> Iterator[Any]:
    """The leaves of nested tuples, lists and dictionaries."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        for entry in value:
            yield from _flat(entry)
    else:
        yield value


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Every module in eval mode, and each back in its own mode afterwards.

    A probe must not move the averages of batch norm.
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def trace(model: nn.Module, input_size: Sequence[int]) -> list[Call]:
    """Every call of a module while one picture goes through, in the order they ended.

    Raises:
        TypeError: `model` is not a module, or `input_size` not whole numbers.
        ValueError: a picture of `input_size` does not go through the model.
    """
    if not isinstance(model, nn.Module):
        what = model.__name__ if isinstance(model, type) else type(model).__name__
        fix = f"; did you mean {what}()?" if isinstance(model, type) else ""
        raise TypeError(f"model must be an nn.Module, got {what}{fix}")
    size = input_size if hasattr(input_size, "__len__") else (input_size,)
    size = tuple(check_positive("input_size", n) for n in size)
    floating = (p for p in model.parameters() if p.is_floating_point())
    like = next(floating, torch.zeros(()))
    with torch.no_grad(), evaluating(model):
        try:
            x = torch.zeros(1, *size, dtype=like.dtype, device="meta")
            return _run(model, x, without_numbers(model))
        except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
            if "meta" not in str(error).lower():
                raise _misfit(size, error) from error
        # tensors that are no parameters, or a decision by value: use real numbers
        try:
            return _run(model, torch.zeros(1, *size).to(like), {})
        except (RuntimeError, ValueError, TypeError) as error:
            raise _misfit(size, error) from error


def without_numbers(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers as shapes alone."""
    tensors = [*model.named_parameters(), *model.named_buffers()]
    return {name: tensor.detach().to("meta") for name, tensor in tensors}


def _run(model: nn.Module, x: Tensor, instead: dict[str, Tensor]) -> list[Call]:
    watch, handles = Watch(x), []
    for name, module in model.named_modules():
        handles += [
            module.register_forward_pre_hook(
                lambda module, _, name=name: watch.began(name, module)
            ),
            module.register_forward_hook(lambda _, x, result: watch.ended(x, result)),
        ]
    try:
        with watch:
            torch.func.functional_call(model, instead, (x,))
    except Exception as error:
        error.where = watch.open[-1].name if watch.open else ""  # for the sentence
        raise
    finally:
        for handle in handles:
            handle.remove()
    return watch.calls


def _misfit(size: tuple[int, ...], error: Exception) -> ValueError:
    """One sentence for a picture that does not go through."""
    where = getattr(error, "where", "")
    place = f"layer {where!r}" if where else "the model"
    reason = str(error).strip().split("\n")[0].rstrip(".")
    fix = f"; did you mean {size[1:]}, without the batch?" if len(size) == 4 else ""
    return ValueError(
        f"input_size must fit the model, got {size}: {place} said “{reason}”{fix}"
    )
