"""The training loop (torch): one function to read from top to bottom.

Everything else of this package is a number that the loop can be given (a schedule, an
augmentation) or something that watches it (a `Hook`).
"""

import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm

from cvlib.validate import check_number, check_positive, check_shape

if TYPE_CHECKING:  # it imports this module
    from cvlib.train.checkpoint import Checkpoint

Data = tuple[Tensor, Tensor]


@dataclass
class History:
    """What a training went through; one number a step, or one an epoch."""

    loss: list[float] = field(default_factory=list)  # of each step
    lr: list[float] = field(default_factory=list)  # at the end of each epoch
    train_loss: list[float] = field(default_factory=list)  # mean over the epoch's steps
    train_accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped: str | None = None  # why it ended early, as a sentence

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.train_loss)


@dataclass
class State:
    """What a hook may look at, and change, while the loop runs."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    history: History
    steps: int  # in all
    step: int = 0  # finished
    epoch: int = 0  # finished
    loss: float = float("nan")


class Hook:
    """Something that watches a training; override what it needs.

    Example:
        >>> class Count(Hook):
        ...     def after_step(self, state):
        ...         self.steps = state.step
        >>> count = Count()
        >>> x, y = torch.randn(10, 3), torch.randint(0, 2, (10,))
        >>> history = fit(nn.Linear(3, 2), x, y, epochs=2, batch_size=5, hooks=[count],
        ...               progress=False)
        >>> count.steps
        4
    """

    def start(self, state: State) -> None:
        """Before the first step."""

    def before_step(self, state: State) -> None:
        """The gradients are there, the weights have not changed yet."""

    def after_step(self, state: State) -> None:
        """The weights have changed."""

    def after_epoch(self, state: State) -> None:
        """The epoch is in the history."""


def fit(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int,
    batch_size: int = 128,
    optimizer: Callable[[Iterable], torch.optim.Optimizer] | None = None,
    lr: float = 0.1,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    schedule: Callable[[float], float] | None = None,
    augment: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    validation: Data | None = None,
    seed: int = 0,
    hooks: Sequence[Hook] = (),
    explosion: float | None = 3.0,
    precision: torch.dtype = torch.float32,
    progress: bool = True,
    resume: "Checkpoint | None" = None,
) -> History:
    """Train a classifier by stochastic gradient descent on the cross-entropy.

    Runs on the device of the model's parameters; the same seed gives the same weights
    on the same machine. The model is left in evaluation mode.

    Args:
        model: images to (N, K) scores.
        images: (N, …) inputs; uint8 pictures are divided by 255 batch by batch.
        labels: (N,) integers.
        epochs: passes over the data.
        batch_size: images a step; the last batch of an epoch may be smaller.
        optimizer: made from the parameters that want gradients; None for SGD.
        lr: its learning rate; an `optimizer` has its own.
        momentum: of SGD.
        weight_decay: of SGD.
        schedule: the factor on the rate when a fraction t of the training is done.
        augment: changes a batch, drawing from the generator it is given.
        validation: images and labels to be measured after each epoch.
        seed: of the order of the images and of the augmentation.
        hooks: called in turn, see `Hook`.
        explosion: stop when the loss exceeds this many times the first one, or is not
            finite; None to go on whatever happens.
        precision: `torch.bfloat16` computes the forward pass in it, which new
            processors do faster.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.

    Returns:
        The history; `stopped` says why a training ended early.

    Raises:
        ShapeError, ValueError: labels do not match, an argument is out of its range.

    Source:
        The rule for explosions: Karpathy and Johnson's course notes CS231n, 2016.

    Example:
        >>> x = torch.randn(64, 2)
        >>> torch.manual_seed(0) and None
        >>> history = fit(nn.Linear(2, 2), x, (x[:, 0] > 0).long(), epochs=10, lr=1.0,
        ...               progress=False)
        >>> history.loss[0] > history.loss[-1], history.epochs
        (True, 10)
    """
    N = len(images)
    check_shape("labels", labels, "N", N=N, to_match=f"images {tuple(images.shape)}")
    epochs = check_positive("epochs", epochs)
    batch_size = check_positive("batch_size", batch_size)
    check_number("lr", lr, minimum=0)
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        raise ValueError("model has no parameter that wants a gradient; all are frozen")
    device = trained[0].device
    if optimizer is None:
        optimizer = partial(
            torch.optim.SGD, lr=lr, momentum=momentum, weight_decay=weight_decay
        )
    opt = optimizer(trained)
    rates = [group["lr"] for group in opt.param_groups]
    state = State(model, opt, History(), steps=epochs * math.ceil(N / batch_size))
    chance = torch.Generator().manual_seed(seed)
    if resume:
        resume.load(state, chance)
    for hook in hooks:
        hook.start(state)

    def step(x: Tensor, y: Tensor) -> int:
        """Forward, backward, one step downhill; how many images were right."""
        for group, rate in zip(opt.param_groups, rates, strict=True):
            group["lr"] = rate * (schedule(state.step / state.steps) if schedule else 1)
        with computing_in(precision, device):
            scores = model(x)
        loss = cross_entropy(scores.float(), y)
        opt.zero_grad()
        loss.backward()
        for hook in hooks:
            hook.before_step(state)
        opt.step()
        state.step += 1
        state.loss = loss.item()
        state.history.loss.append(state.loss)
        for hook in hooks:
            hook.after_step(state)
        return (scores.argmax(1) == y).sum().item()

    bar = tqdm(total=state.steps, initial=state.step, disable=not progress)
    while state.epoch < epochs:
        begin, right = time.perf_counter(), 0
        model.train()
        for batch in torch.randperm(N, generator=chance).split(batch_size):
            x = as_input(images[batch])
            if augment:
                x = augment(x, chance)
            right += step(x.to(device), labels[batch].to(device))
            bar.update()
            state.history.stopped = exploded(state.history.loss, explosion)
            if state.history.stopped:
                bar.close()
                model.eval()
                return state.history
        state.epoch += 1
        close_epoch(state, right / N, math.ceil(N / batch_size), validation)
        state.history.seconds.append(time.perf_counter() - begin)
        bar.set_postfix_str(summary_line(state.history))
        for hook in hooks:
            hook.after_epoch(state)
        if resume:
            resume.save(state, chance)
    bar.close()
    model.eval()
    return state.history


def as_input(images: Tensor) -> Tensor:
    """Pictures of bytes as floats in [0, 1]; everything else as it is."""
    return images.float() / 255 if images.dtype == torch.uint8 else images


def computing_in(precision: torch.dtype, device: torch.device):
    """The context of a forward pass in this precision."""
    if precision == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, precision)


def exploded(losses: Sequence[float], factor: float | None) -> str | None:
    """Why a training should end now, or None.

    Example:
        >>> exploded([2.3, 2.1, 7.0], 3.0)
        'stopped at step 3: the loss, 7, is more than 3 times the first one, 2.3'
        >>> exploded([2.3, 2.1, 6.8], 3.0)
    """
    first, last = losses[0], losses[-1]
    if factor is None:
        return None
    if not math.isfinite(last):
        return f"stopped at step {len(losses)}: the loss is {last}"
    if last > factor * first:
        return (
            f"stopped at step {len(losses)}: the loss, {last:.3g}, is more than "
            f"{factor:g} times the first one, {first:.3g}"
        )
    return None


def close_epoch(
    state: State, accuracy: float, steps: int, validation: Data | None
) -> None:
    """Write an epoch into the history."""
    history = state.history
    history.train_loss.append(sum(history.loss[-steps:]) / steps)
    history.train_accuracy.append(accuracy)
    history.lr.append(state.optimizer.param_groups[0]["lr"])
    if validation:
        loss, accuracy = evaluate(state.model, *validation)
        history.val_loss.append(loss)
        history.val_accuracy.append(accuracy)


def summary_line(history: History) -> str:
    """The last epoch in a few words, for the bar."""
    words = f"loss {history.train_loss[-1]:.3f}, right {history.train_accuracy[-1]:.1%}"
    if history.val_accuracy:
        words += f", validation {history.val_accuracy[-1]:.1%}"
    return words


@torch.no_grad()
def predict(model: nn.Module, images: Tensor, *, batch_size: int = 256) -> Tensor:
    """The scores of all images, in evaluation mode and without gradients.

    Args:
        model: images to (N, K).
        images: (N, …), N ≥ 1; uint8 is divided by 255.
        batch_size: images at a time.

    Returns:
        (N, K) on the CPU. The model is left in the mode it was in.

    Example:
        >>> predict(nn.Linear(3, 2), torch.zeros(5, 3)).shape
        torch.Size([5, 2])
    """
    if not len(images):
        raise ValueError("images must hold at least one image, got none")
    parameter = next(model.parameters(), torch.empty(0))
    modes = {module: module.training for module in model.modules()}
    model.eval()
    parts = [
        model(as_input(part).to(parameter.device)).float().cpu()
        for part in images.split(check_positive("batch_size", batch_size))
    ]
    for module, mode in modes.items():
        module.training = mode
    return torch.cat(parts)


def evaluate(
    model: nn.Module, images: Tensor, labels: Tensor, *, batch_size: int = 256
) -> tuple[float, float]:
    """Mean cross-entropy, and the share of images whose best class is the right one.

    Example:
        >>> model = nn.Linear(2, 2)
        >>> loss, accuracy = evaluate(model, torch.randn(8, 2), torch.zeros(8).long())
        >>> 0 <= accuracy <= 1
        True
    """
    scores = predict(model, images, batch_size=batch_size)
    right = (scores.argmax(1) == labels.cpu()).float().mean().item()
    return cross_entropy(scores, labels.cpu()).item(), right


def seed_all(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators: weights drawn next are the same.

    Example:
        >>> seed_all(0)
        >>> a = torch.rand(1)
        >>> seed_all(0)
        >>> bool(a == torch.rand(1))
        True
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 some libraries still draw from it
    torch.manual_seed(seed)
