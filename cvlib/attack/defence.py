"""Training on the worst pictures that can be found (torch)."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cvlib.attack.iterated import pgd
from cvlib.attack.measuring import Attack
from cvlib.train import Checkpoint, History, State
from cvlib.train.epochs import run_epochs
from cvlib.train.loop import as_input, computing_in
from cvlib.validate import check_number, check_positive, check_shape


def fit_adversarially(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    eps: float,
    epochs: int,
    steps: int = 7,
    alpha: float | None = None,
    attack: Attack | None = None,
    warm_up: float = 0.0,
    batch_size: int = 128,
    lr: float = 0.1,
    momentum: float = 0.9,
    weight_decay: float = 5e-4,
    schedule: Callable[[float], float] | None = None,
    augment: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    precision: torch.dtype = torch.float32,
    seed: int = 0,
    progress: bool = True,
    resume: Checkpoint | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Make every batch as bad as it can be within ε, then learn from it.

    Minimises the mean over pictures of the *largest* loss in the ball around each. The
    attack looks for that maximum against the network as it is now, in every step anew;
    a training costs `steps` + 1 times as much.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores; it is changed, and left in
            evaluation mode.
        images: (N, C, H, W), uint8 or in [0, 1].
        labels: (N,).
        eps: radius of the L∞ ball; 0 is training as usual.
        epochs: passes over the data.
        steps: of the attack.
        alpha: length of its steps, see `pgd`.
        attack: another one, a function of model, pictures and labels.
        warm_up: share of the training during which ε grows from 0.
        batch_size: pictures a step.
        lr: of SGD.
        momentum: of SGD.
        weight_decay: of SGD.
        schedule: the factor on the rate when a fraction t of the training is done.
        augment: changes a batch before it is attacked.
        precision: of the forward passes; `torch.bfloat16` is faster on new processors.
        seed: of orders, augmentation and starts of the attack.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        after_epoch: called with the state.

    Returns:
        The history; its loss is that of the attacked pictures.

    Raises:
        ShapeError, ValueError: labels do not match, a number is out of its range.
        FloatingPointError: the loss is not finite any more.

    Source:
        Madry, Makelov, Schmidt, Tsipras, Vladu, 2018.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
        >>> x = torch.rand(32, 1, 2, 2)
        >>> y = (x.mean((1, 2, 3)) > 0.5).long()
        >>> history = fit_adversarially(net, x, y, eps=0.05, epochs=2, progress=False)
        >>> history.epochs
        2
    """
    N = len(images)
    check_shape("labels", labels, "N", N=N, to_match=f"images {tuple(images.shape)}")
    check_number("eps", eps, minimum=0)
    check_number("warm_up", warm_up, minimum=0, maximum=1)
    check_positive("batch_size", batch_size)
    device = next(model.parameters()).device
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=lr, momentum=momentum, weight_decay=weight_decay
    )
    total = check_positive("epochs", epochs) * math.ceil(N / batch_size)
    state = State(model, optimizer, History(), total)

    def worst(x: Tensor, y: Tensor) -> Tensor:
        """The batch as bad as it can be, for the network as it is."""
        grown = state.step / (warm_up * total) if warm_up else 1.0
        if attack is not None:
            return attack(model, x, y)
        radius = eps * min(1.0, grown)
        start = int(torch.randint(2**31, (), generator=chance))
        many = partial(pgd, steps=steps, alpha=alpha, seed=start)
        return many(model, x, y, eps=radius) if radius else x

    def step(batch: Tensor) -> Tensor:
        x = as_input(images[batch])
        if augment:
            x = augment(x, chance)
        x, y = x.to(device), labels[batch].to(device)
        with computing_in(precision, device):
            x = worst(x, y)
            scores = model(x)
        loss = cross_entropy(scores.float(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    return run_epochs(
        state, N, step, epochs=epochs, batch_size=batch_size, lr=lr, chance=chance,
        schedule=schedule, progress=progress, resume=resume, after_epoch=after_epoch,
    )  # fmt: skip
