"""Several networks as one (torch): their opinions averaged, their votes, their mean.

M members, N images, K classes.
"""

import copy
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from cvlib.train.loop import Hook, State, as_input, predict
from cvlib.validate import check_positive, check_shape


def member_logits(
    models: Sequence[nn.Module], images: Tensor, *, batch_size: int = 256
) -> Tensor:
    """What every member says of every image.

    Returns:
        (M, N, K) scores.

    Example:
        >>> member_logits([nn.Linear(3, 2), nn.Linear(3, 2)], torch.zeros(5, 3)).shape
        torch.Size([2, 5, 2])
    """
    if not len(models):
        raise ValueError("models must hold at least one member, got none")
    return torch.stack([predict(m, images, batch_size=batch_size) for m in models])


def average_probabilities(logits: Tensor) -> Tensor:
    """The mean of the members' probabilities.

    Probabilities, not scores: a member whose scores are large speaks louder in a mean
    of scores, while each member's probabilities add up to one.

    Args:
        logits: (M, N, K) scores before the softmax.

    Returns:
        (N, K) probabilities; `argmax(1)` is the prediction.

    Raises:
        ShapeError: not three axes.

    Example:
        >>> logits = torch.tensor([[[0.0, 9.0]], [[1.0, 0.0]], [[1.0, 0.0]]])
        >>> average_probabilities(logits).argmax(1)
        tensor([1])
    """
    check_shape("logits", logits, "M N K")
    return logits.softmax(dim=2).mean(dim=0)


def vote(logits: Tensor) -> Tensor:
    """The class that most members choose; a tie goes to the lowest class number.

    A member whose own best scores are equal votes for the lowest of them, too.

    Args:
        logits: (M, N, K) scores, or probabilities: only their order counts.

    Returns:
        (N,) classes.

    Raises:
        ShapeError: not three axes.

    Example:
        >>> logits = torch.tensor([[[0.0, 9.0]], [[1.0, 0.0]], [[1.0, 0.0]]])
        >>> vote(logits)
        tensor([0])
    """
    check_shape("logits", logits, "M N K")
    return ballots(logits).argmax(dim=1)  # argmax takes the first of equals


def ballots(logits: Tensor) -> Tensor:
    """How many members choose each class.

    Returns:
        (N, K) whole numbers that sum to M in each row.

    Example:
        >>> ballots(torch.tensor([[[0.0, 9.0]], [[1.0, 0.0]], [[1.0, 0.0]]]))
        tensor([[2, 1]])
    """
    *_, K = check_shape("logits", logits, "M N K")
    chosen = logits.argmax(dim=2)  # (M, N)
    return nn.functional.one_hot(chosen, K).sum(dim=0)


def average_parameters(models: Sequence[nn.Module]) -> nn.Module:
    """One network whose every weight is the mean of the members' weights.

    It makes sense for members that lie in one valley of the loss, such as snapshots of
    one training; networks trained apart number their units differently, and their mean
    is nothing. The running statistics of batch normalisation are averaged with the rest
    and do not fit the new weights: call `reestimate_batch_norm` before use.

    Args:
        models: networks of one architecture.

    Returns:
        A new network in evaluation mode.

    Raises:
        ValueError: no members, or members that differ in their parameters.

    Source:
        Izmailov et al., Averaging weights leads to wider optima and better
        generalization, UAI 2018.

    Example:
        >>> a, b = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
        >>> for model, value in ((a, 1.0), (b, 4.0)):
        ...     _ = nn.init.constant_(model.weight, value)
        >>> average_parameters([a, b]).weight.item()
        2.5
    """
    if not len(models):
        raise ValueError("models must hold at least one member, got none")
    states = [model.state_dict() for model in models]
    first = {name: value.shape for name, value in states[0].items()}
    for m, state in enumerate(states):
        if {name: value.shape for name, value in state.items()} != first:
            raise ValueError(
                "models must share one architecture, got other parameters in "
                f"member {m}"
            )
    mean = copy.deepcopy(models[0]).eval()
    mean.load_state_dict({name: _mean([s[name] for s in states]) for name in first})
    return mean


def _mean(values: Sequence[Tensor]) -> Tensor:
    if not values[0].is_floating_point():  # the count of batches seen
        return values[0]
    return torch.stack([v.double() for v in values]).mean(dim=0).to(values[0].dtype)


@torch.no_grad()
def reestimate_batch_norm(
    model: nn.Module, images: Tensor, *, batch_size: int = 256
) -> None:
    """Measure the running statistics of batch normalisation anew, in place.

    The images go through once with the batch's own statistics, whose plain mean over
    all batches becomes the running one. Dropout stays off; weights do not change.

    Args:
        model: any network; nothing happens to one without batch normalisation.
        images: (N, …) training images, without labels.
        batch_size: N is cut into batches of about this size, all alike.

    Example:
        >>> model = nn.BatchNorm1d(1)
        >>> reestimate_batch_norm(model, torch.tensor([[3.0], [5.0]]))
        >>> model.running_mean
        tensor([4.])
    """
    layers = [
        layer
        for layer in model.modules()
        if isinstance(layer, _BatchNorm) and layer.track_running_stats
    ]
    if not layers:
        return
    modes = {module: module.training for module in model.modules()}
    momenta = {layer: layer.momentum for layer in layers}
    model.eval()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over all batches
        layer.train()
    parts = max(1, len(images) // check_positive("batch_size", batch_size))
    for part in images.tensor_split(parts):  # a last batch of one image would not do
        model(as_input(part).to(layers[0].running_mean.device))
    for layer, momentum in momenta.items():
        layer.momentum = momentum
    for module, mode in modes.items():
        module.training = mode


class Snapshots(Hook):
    """Keeps the weights of one training at equal distances: an ensemble for free.

    With `schedule=cyclic_cosine(count)` every snapshot is taken where a cycle ends and
    the rate is lowest.

    Args:
        count: how many, the last one at the end of training.

    Raises:
        TypeError, ValueError: `count` is not positive; more snapshots than steps.

    Source:
        Huang et al., Snapshot ensembles: train 1, get M for free, ICLR 2017.

    Example:
        >>> from cvlib.train import fit, cyclic_cosine
        >>> model, shots = nn.Linear(3, 2), Snapshots(4)
        >>> x, y = torch.randn(40, 3), torch.randint(0, 2, (40,))
        >>> _ = fit(model, x, y, epochs=2, batch_size=10, hooks=[shots],
        ...         schedule=cyclic_cosine(4), progress=False)
        >>> len(shots.models(model))
        4
    """

    def __init__(self, count: int) -> None:
        self.count = check_positive("count", count)
        self.weights: list[dict[str, Tensor]] = []
        """A state dict each, on the CPU."""

    def start(self, state: State) -> None:
        """Where the snapshots will be taken."""
        if self.count > state.steps:
            raise ValueError(
                f"count must be at most {state.steps}, the steps of this training, "
                f"got {self.count}"
            )
        # a snapshot closes the last step that began inside its cycle
        self._due = {
            -(-k * state.steps // self.count) for k in range(1, self.count + 1)
        }

    def after_step(self, state: State) -> None:
        """Copy the weights if this step ends a cycle."""
        if state.step in self._due:
            held = state.model.state_dict().items()
            self.weights.append({k: v.detach().cpu().clone() for k, v in held})

    def models(self, model: nn.Module) -> list[nn.Module]:
        """The snapshots as networks in evaluation mode; `model` says of what kind."""
        return list(self._loaded(model))

    def _loaded(self, model: nn.Module) -> Iterator[nn.Module]:
        for weights in self.weights:
            member = copy.deepcopy(model).eval()
            member.load_state_dict(weights)
            yield member


def disagreement(logits: Tensor) -> float:
    """How often two members choose different classes, over all pairs of members.

    Args:
        logits: (M, N, K), two members or more.

    Returns:
        A share of the images, in [0, 1].

    Example:
        >>> disagreement(torch.tensor([[[0.0, 9.0]], [[1.0, 0.0]], [[1.0, 0.0]]]))
        0.6666666666666667
    """
    M, N, _ = check_shape("logits", logits, "M N K")
    if M < 2:
        raise ValueError(f"logits must hold at least two members, got {M}")
    same = ballots(logits)
    agreeing = int((same * (same - 1)).sum())  # ordered pairs that agree
    return 1 - agreeing / (N * M * (M - 1))
