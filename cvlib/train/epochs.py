"""What the loops of detectors and of maps share: epochs, a bar, a place to go on."""

import math
import time
from collections.abc import Callable

import torch
from torch import Tensor
from tqdm.auto import tqdm

from cvlib.train.checkpoint import Checkpoint
from cvlib.train.loop import History, State


def run_epochs(
    state: State,
    count: int,
    step: Callable[[Tensor], Tensor],
    *,
    epochs: int,
    batch_size: int,
    lr: float,
    chance: torch.Generator,
    schedule: Callable[[float], float] | None = None,
    progress: bool = True,
    resume: Checkpoint | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Draw batches in a new order each epoch, take a step for each, keep the history.

    Args:
        state: of the training; its net is left in evaluation mode.
        count: of the examples.
        step: a batch's indices to its loss; it has also changed the weights.
        epochs: passes over the examples, those already done included.
        batch_size: examples a step.
        lr: the learning rate.
        chance: source of the orders.
        schedule: the factor on the rate when a fraction t of the training is done.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        after_epoch: called with the state, for example to measure.

    Raises:
        FloatingPointError: the loss is not finite any more.
    """
    if resume:
        resume.load(state, chance)
    steps, history = math.ceil(count / batch_size), state.history
    bar = tqdm(total=state.steps, initial=state.step, disable=not progress)
    while state.epoch < epochs:
        begin = time.perf_counter()
        state.model.train()
        for batch in torch.randperm(count, generator=chance).split(batch_size):
            rate = lr * (schedule(state.step / state.steps) if schedule else 1)
            for group in state.optimizer.param_groups:
                group["lr"] = rate
            state.loss = step(batch).item()
            state.step += 1
            if not math.isfinite(state.loss):
                raise FloatingPointError(
                    f"the loss is {state.loss} at step {state.step}; try a lower lr "
                    f"than {lr:g}"
                )
            history.loss.append(state.loss)
            bar.update()
        state.epoch += 1
        history.train_loss.append(sum(history.loss[-steps:]) / steps)
        history.lr.append(state.optimizer.param_groups[0]["lr"])
        history.seconds.append(time.perf_counter() - begin)
        bar.set_postfix_str(f"loss {history.train_loss[-1]:.3f}")
        if after_epoch:
            after_epoch(state)
        if resume:
            resume.save(state, chance)
    bar.close()
    state.model.eval()
    return history
