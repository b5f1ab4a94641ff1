"""The training loop of detectors (torch): like `cvlib.train.fit`, with many losses."""

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from cvlib.train import Checkpoint, History, State
from cvlib.train.epochs import run_epochs
from cvlib.train.loop import computing_in
from cvlib.validate import check_number, check_positive

Example = tuple[Tensor, Mapping[str, Tensor]]


def fit_detector(
    model: nn.Module,
    data: Sequence[Example],
    *,
    epochs: int,
    batch_size: int = 8,
    lr: float = 1e-3,
    weight_decay: float = 1e-2,
    schedule: Callable[[float], float] | None = None,
    augment: Callable[[Example, torch.Generator], Example] | None = None,
    seed: int = 0,
    clip: float = 10.0,
    precision: torch.dtype = torch.float32,
    progress: bool = True,
    resume: Checkpoint | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Train anything that, in training mode, turns images and targets into losses.

    Adam with decoupled weight decay: from random weights and in few epochs it gets
    further than plain descent. The model is left in evaluation mode.

    Args:
        model: called with a list of images and a list of targets; returns a dict of
            scalar losses, which are added up.
        data: `data[i]` is (image (3, H, W), target).
        epochs: passes over the data.
        batch_size: images a step.
        lr: the learning rate.
        weight_decay: decoupled from the rate's adaptation.
        schedule: the factor on the rate when a fraction t of the training is done.
        augment: changes one example, drawing from the generator it is given.
        seed: of the order of the images and of the augmentation.
        clip: the largest norm of all gradients together.
        precision: `torch.bfloat16` computes the convolutions in it.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        after_epoch: called with the state, for example to measure.

    Returns:
        The history; each epoch has `train_loss`, `lr` and `seconds`.

    Raises:
        ValueError: there is no image, or a number is out of its range.
        FloatingPointError: the loss is not finite any more.

    Example:
        >>> class Bias(nn.Linear):
        ...     def forward(self, images, targets):
        ...         return {"bias": self.bias.square().sum()}
        >>> data = [(torch.zeros(3, 8, 8), {})] * 4
        >>> fit_detector(Bias(1, 1), data, epochs=2, progress=False).epochs
        2
    """
    epochs = check_positive("epochs", epochs)
    batch_size = check_positive("batch_size", batch_size)
    check_number("lr", lr, minimum=0)
    if not len(data):
        raise ValueError("data must hold at least one image, got none")
    weights = [p for p in model.parameters() if p.requires_grad]
    device = weights[0].device
    optimizer = torch.optim.AdamW(weights, lr=lr, weight_decay=weight_decay)
    steps = math.ceil(len(data) / batch_size)
    state = State(model, optimizer, History(), steps=epochs * steps)
    chance = torch.Generator().manual_seed(seed)

    def step(batch: Tensor) -> Tensor:
        """Forward, backward, one step downhill."""
        examples = [data[i] for i in batch.tolist()]
        if augment:
            examples = [augment(example, chance) for example in examples]
        images = [image.to(device) for image, _ in examples]
        targets = [{k: v.to(device) for k, v in t.items()} for _, t in examples]
        with computing_in(precision, device):
            losses = model(images, targets)
        loss = sum(losses.values())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, clip)
        optimizer.step()
        return loss

    return run_epochs(
        state, len(data), step,
        epochs=epochs, batch_size=batch_size, lr=lr, chance=chance, schedule=schedule,
        progress=progress, resume=resume, after_epoch=after_epoch,
    )  # fmt: skip
