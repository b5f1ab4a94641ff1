"""Hooks that measure a training as it runs (torch): updates, activations, gradients.

Give them to `fit(hooks=[…])`. Each keeps one record a measured step; `steps` says which
steps those were. Measuring costs time: `every=10` measures every tenth step.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial

import torch
from torch import Tensor, nn

from cvlib.train.loop import Hook, State
from cvlib.validate import check_choice, check_positive

ACTIVATIONS = (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Hardswish,
    nn.Tanh, nn.Sigmoid,
)  # fmt: skip
"""The layers that `ActivationStatistics` watches unless it is told others."""

SAMPLE = 2**18
"""Of more numbers than this, median and quartiles are taken from an even sample."""


@dataclass(frozen=True)
class Description:
    """What a heap of numbers looks like: how large, where its middle is, how broad."""

    magnitude: float  # mean of the absolute values
    mean: float
    median: float
    sd: float
    q25: float  # a quarter of the numbers lies below
    q75: float  # a quarter lies above
    dead: float  # share of units that are 0 throughout


def describe(values: Tensor, unit_axis: int = 1) -> Description:
    """Magnitude, centre, breadth, and the share of dead units.

    A unit is a place on `unit_axis`: a channel of a feature map, an entry of a vector.

    Args:
        values: at least one number, floating point.
        unit_axis: 1 for activations (N, C, …), 0 for the gradient of a weight (F, …).

    Raises:
        ValueError: `values` is empty or has no such axis.

    Example:
        >>> d = describe(torch.tensor([[0., 1., 4.], [0., 3., 0.]]))
        >>> round(d.mean, 2), d.median, round(d.sd, 2), round(d.dead, 2)
        (1.33, 0.5, 1.6, 0.33)
    """
    if not values.numel() or values.ndim <= unit_axis:
        raise ValueError(
            f"values must hold numbers along axis {unit_axis}, "
            f"got shape {tuple(values.shape)}"
        )
    values = values.detach().float()
    flat = values.flatten()
    # an odd stride walks through all columns and channels
    sample = flat[:: len(flat) // SAMPLE | 1]
    q25, median, q75 = sample.quantile(sample.new_tensor([0.25, 0.5, 0.75])).tolist()
    return Description(
        magnitude=flat.abs().mean().item(),
        mean=flat.mean().item(),
        median=median,
        sd=flat.std(correction=0).item(),
        q25=q25,
        q75=q75,
        dead=dead_units(values, unit_axis).float().mean().item(),
    )


def dead_units(values: Tensor, unit_axis: int = 1) -> Tensor:
    """Which units are 0 for every image and at every pixel.

    After a ReLU such a unit says nothing about any of these images, and no gradient
    passes through it; after every image of a large set it will hardly come back.

    Args:
        values: (N, C, …) activations.
        unit_axis: the axis of the units.

    Returns:
        (C,) booleans.

    Example:
        >>> dead_units(torch.tensor([[0., 1., 4.], [0., 3., 0.]]))
        tensor([ True, False, False])
    """
    return (values.movedim(unit_axis, 0).flatten(1) == 0).all(1)


def update_ratio(before: Tensor, after: Tensor) -> float:
    """How far a step moved a tensor: ‖after − before‖ / ‖before‖.

    Infinite if the tensor was 0 and moved, NaN if it was 0 and stayed.

    Source:
        Karpathy and Johnson, course notes of CS231n: about 0.001 is healthy.

    Example:
        >>> round(update_ratio(torch.tensor([3., 4.]), torch.tensor([3., 4.01])), 5)
        0.002
    """
    length = torch.linalg.vector_norm(before.double())
    moved = torch.linalg.vector_norm(after.double() - before.double())
    return (moved / length).item()


class UpdateRatio(Hook):
    """The update ratio of every weight tensor: whatever the optimiser does, it is seen.

    Weights are compared before and after the step, so momentum, decay, Adam's division
    and the schedule are all in it. Biases and the scales of normalisation layers begin
    at 0 or 1 and follow no rule; they are left out unless `biases`.

    Example:
        >>> from cvlib.train import fit
        >>> x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
        >>> watch = UpdateRatio()
        >>> history = fit(nn.Linear(4, 2), x, y, epochs=3, lr=0.01, hooks=[watch],
        ...               progress=False)
        >>> list(watch.ratios), watch.steps
        (['weight'], [1, 2, 3])
    """

    def __init__(self, *, every: int = 1, biases: bool = False) -> None:
        self.every, self.biases = check_positive("every", every), biases
        self.steps: list[int] = []
        self.ratios: dict[str, list[float]] = {}
        self._before: dict[str, Tensor] = {}

    def start(self, state: State) -> None:
        """Forget an earlier training."""
        self.steps, self.ratios, self._before = [], {}, {}

    def before_step(self, state: State) -> None:
        """Copy the weights."""
        if state.step % self.every == 0:
            named = _weights(state.model, self.biases)
            self._before = {name: p.detach().clone() for name, p in named}

    def after_step(self, state: State) -> None:
        """Compare them with what they have become."""
        if not self._before:
            return
        self.steps.append(state.step)
        parameters = dict(state.model.named_parameters())
        for name, before in self._before.items():
            ratio = update_ratio(before, parameters[name].detach())
            self.ratios.setdefault(name, []).append(ratio)
        self._before = {}


class Descriptions(Hook):
    """What the two hooks below share: a `Description` for each layer and step."""

    def __init__(self, *, every: int = 1) -> None:
        self.every = check_positive("every", every)
        self.steps: list[int] = []
        self.layers: dict[str, list[Description]] = {}

    def start(self, state: State) -> None:
        """Forget an earlier training."""
        self.steps, self.layers = [], {}

    def series(self, layer: str, field: str) -> list[float]:
        """One number of one layer over the measured steps.

        Raises:
            ValueError: no such layer, or no such field of `Description`.
        """
        check_choice("layer", layer, list(self.layers))
        check_choice("field", field, list(Description.__dataclass_fields__))
        return [getattr(record, field) for record in self.layers[layer]]

    def last(self) -> dict[str, dict[str, float]]:
        """The newest record of every layer."""
        return {name: asdict(records[-1]) for name, records in self.layers.items()}


class ActivationStatistics(Descriptions):
    """What leaves the layers while the network trains.

    A layer that is called more than once a pass, such as a ReLU that a block uses
    twice, gets one record a call: `relu`, `relu (2)`. Passes in evaluation mode are not
    recorded. Call `remove()` if a training was interrupted and the model lives on.

    Args:
        layers: names as in `model.named_modules()`; None for the activation functions.
        every: measure every so many steps.

    Raises:
        ValueError: (at the start) a name is no module, or there is nothing to watch.

    Example:
        >>> from cvlib.train import fit
        >>> x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
        >>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> watch = ActivationStatistics(every=2)
        >>> history = fit(net, x, y, epochs=4, hooks=[watch], progress=False)
        >>> list(watch.layers), watch.steps, watch.series("1", "mean")[0] > 0
        (['1'], [1, 3], True)
    """

    def __init__(self, layers: Iterable[str] | None = None, *, every: int = 1) -> None:
        super().__init__(every=every)
        self.wanted = None if layers is None else list(layers)
        self._handles: list = []
        self._now: dict[str, Description] = {}
        self._due = True

    def start(self, state: State) -> None:
        """Hang a forward hook on every layer to watch."""
        super().start(state)
        self.remove()
        self._now, self._due = {}, state.step % self.every == 0
        for name, module in self._modules(state.model):
            record = partial(self._record, name)
            self._handles.append(module.register_forward_hook(record))

    def before_step(self, state: State) -> None:
        """Keep what the pass brought."""
        if self._due:
            self.steps.append(state.step + 1)
            for name, record in self._now.items():
                self.layers.setdefault(name, []).append(record)
        self._now = {}

    def after_step(self, state: State) -> None:
        """Look whether the next pass is to be measured."""
        self._due = state.step % self.every == 0
        if state.step >= state.steps:
            self.remove()

    def remove(self) -> None:
        """Take the forward hooks off the model."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _record(self, name: str, module: nn.Module, _: object, output: Tensor) -> None:
        if not (self._due and module.training and torch.is_grad_enabled()):
            return
        call = 1
        while (key := name if call == 1 else f"{name} ({call})") in self._now:
            call += 1
        self._now[key] = describe(output)

    def _modules(self, model: nn.Module) -> list[tuple[str, nn.Module]]:
        named = dict(model.named_modules())
        if self.wanted is not None:
            return [
                (check_choice("layers", n, list(named)), named[n]) for n in self.wanted
            ]
        found = [(n, m) for n, m in named.items() if isinstance(m, ACTIVATIONS)]
        if not found:
            leaves = [n for n, m in named.items() if not list(m.children())]
            raise ValueError(
                "model must have activation layers to watch, got none; "
                f"name some in layers=, such as {leaves[:3]}"
            )
        return found


class GradientStatistics(Descriptions):
    """The gradient of every weight tensor as it stands before the step.

    `dead` is the share of a layer's units none of whose weights has a gradient: the
    units of a fully connected layer, the filters of a convolution.

    Example:
        >>> from cvlib.train import fit
        >>> x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
        >>> watch = GradientStatistics()
        >>> history = fit(nn.Linear(4, 2), x, y, epochs=1, hooks=[watch],
        ...               progress=False)
        >>> watch.last()["weight"]["dead"]
        0.0
    """

    def before_step(self, state: State) -> None:
        """Describe the gradients."""
        if state.step % self.every:
            return
        self.steps.append(state.step + 1)
        for name, parameter in _weights(state.model, biases=False):
            gradient = parameter.grad
            if gradient is None:  # not part of this loss
                gradient = torch.zeros_like(parameter)
            self.layers.setdefault(name, []).append(describe(gradient, unit_axis=0))


def _weights(model: nn.Module, biases: bool) -> Iterator[tuple[str, Tensor]]:
    """Named parameters that are trained; those of one axis are biases and scales."""
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and (biases or parameter.ndim > 1):
            yield name, parameter
