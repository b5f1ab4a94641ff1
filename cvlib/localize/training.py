"""A training loop for targets that are numbers, not classes (torch)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cvlib.validate import check_number, check_positive, check_shape

Pair = tuple[Tensor, Tensor]


def fit_regression(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    epochs: int,
    batch_size: int = 32,
    lr: float = 0.01,
    augment: Callable[[Tensor, Tensor, torch.Generator], Pair] | None = None,
    seed: int = 0,
) -> list[float]:
    """Train by Adam on any loss between answers and targets.

    The rate rises over the first fifth of the steps and falls to nothing in the rest.

    Args:
        model: images to answers; left in evaluation mode.
        images: (N, C, H, W).
        targets: (N, …), what the loss wants.
        loss: of a batch's answers and targets, a number.
        epochs: passes over the data.
        batch_size: images a step.
        lr: the highest rate.
        augment: changes images and targets of a batch together.
        seed: of the order and of the augmentation.

    Returns:
        The mean loss of each epoch.

    Example:
        >>> x = torch.randn(64, 3)
        >>> mse = nn.functional.mse_loss
        >>> torch.manual_seed(0) and None
        >>> losses = fit_regression(nn.Linear(3, 1), x, x[:, :1], mse, epochs=20,
        ...                         lr=0.1)
        >>> losses[-1] < losses[0] / 10
        True
    """
    N = len(images)
    check_shape("targets", targets[:, None].flatten(1)[:, 0], "N", N=N)
    check_number("lr", lr, minimum=0)
    steps = check_positive("epochs", epochs) * -(
        -N // check_positive("batch_size", batch_size)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, lr, total_steps=steps, pct_start=0.2
    )
    chance, losses = torch.Generator().manual_seed(seed), []
    model.train()
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(N, generator=chance).split(batch_size):
            x, y = images[batch], targets[batch]
            if augment:
                x, y = augment(x, y, chance)
            value = loss(model(x), y)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
            total += value.item() * len(batch)
        losses.append(total / N)
    model.eval()
    return losses


def random_turn(
    images: Tensor, targets: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """One of the eight ways to lay a square picture down, with its target vector.

    All pictures of a batch get the same turn: mirrored left and right, upside down,
    about the diagonal, each or not.

    Args:
        images: (N, C, H, H).
        targets: (N, 5 + K) of `encode_target`.
        generator: tosses the three coins.

    Example:
        >>> y = torch.tensor([[1.0, 0.2, 0.5, 0.1, 0.3, 1]])
        >>> chance = torch.Generator().manual_seed(16)
        >>> random_turn(torch.zeros(1, 3, 8, 8), y, chance)[1]
        tensor([[1.0000, 0.8000, 0.5000, 0.1000, 0.3000, 1.0000]])
    """
    there, y = targets[:, 0] > 0, targets.clone()
    across, down, diagonal = (torch.rand(3, generator=generator) < 0.5).tolist()
    if across:
        images, y[:, 1] = images.flip(3), torch.where(there, 1 - y[:, 1], y[:, 1])
    if down:
        images, y[:, 2] = images.flip(2), torch.where(there, 1 - y[:, 2], y[:, 2])
    if diagonal:  # x and y change places, and so do height and width
        images = images.transpose(2, 3)
        y[:, 1:5] = y[:, [2, 1, 4, 3]]
    return images, y
