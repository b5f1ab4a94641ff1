"""Training a network that paints (torch): the loss of Gatys, paid once."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from cvlib.style.objective import Objective
from cvlib.train import Checkpoint, History, State
from cvlib.train.epochs import run_epochs
from cvlib.train.loop import as_input, computing_in
from cvlib.validate import check_positive, check_shape


def perceptual_loss(
    net: nn.Module,
    images: Tensor,
    objective: Objective,
    *,
    precision: torch.dtype = torch.float32,
) -> Tensor:
    """J of what a net paints from pictures, each of them its own content.

    Args:
        net: pictures to pictures.
        images: (N, 3, H, W) in [0, 1].
        objective: holds the style; its own content is not used.
        precision: of the two networks; the losses are always in float32, where the
            products of a Gram matrix keep their digits.

    Returns:
        A scalar.

    Example:
        >>> from cvlib.style import random_maps
        >>> x = torch.rand(2, 3, 16, 16)
        >>> goal = Objective(random_maps(), x[:1], None, content_layers=["conv1_1"])
        >>> float(perceptual_loss(nn.Identity(), x, goal))  # nothing is changed
        0.0
    """
    check_shape("images", images, "N C H W", C=3)
    with computing_in(precision, images.device):
        painted = net(images)
        found = objective.maps(painted)
        with torch.no_grad():
            content = objective.maps(images)
    found = {l: maps.float() for l, maps in found.items()}
    content = {l: maps.float() for l, maps in content.items()}
    return objective.terms(painted.float(), found, content).total


def fit_transform(
    net: nn.Module,
    images: Tensor,
    objective: Objective,
    *,
    epochs: int,
    batch_size: int = 4,
    lr: float = 2e-3,
    schedule: Callable[[float], float] | None = None,
    seed: int = 0,
    precision: torch.dtype = torch.float32,
    progress: bool = True,
    resume: Checkpoint | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Teach a net to paint in one style, with no example of how it should look.

    Args:
        net: pictures to pictures; it is changed, and left in evaluation mode.
        images: (N, 3, H, W) photographs, uint8 or in [0, 1].
        objective: holds the style and the weights.
        epochs: passes over the photographs; each is mirrored in half of them.
        batch_size: photographs a step.
        lr: of Adam.
        schedule: the factor on the rate when a fraction t of the training is done.
        seed: of the order and of the mirroring.
        precision: see `perceptual_loss`.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        after_epoch: called with the state.

    Returns:
        The history.

    Raises:
        FloatingPointError: the loss is not finite any more.

    Example:
        >>> from cvlib.style import TransformNet, random_maps
        >>> x, net = torch.rand(4, 3, 16, 16), TransformNet((4, 4, 4), blocks=1)
        >>> goal = Objective(random_maps(), x[:1], None, content_layers=["conv1_1"])
        >>> history = fit_transform(net, x, goal, epochs=2, progress=False)
        >>> len(history.loss)
        2
    """
    N, *_ = check_shape("images", images, "N C H W", C=3)
    check_positive("batch_size", batch_size)
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    steps = epochs * math.ceil(N / batch_size)
    state = State(net, optimizer, History(), steps)

    def step(batch: Tensor) -> Tensor:
        x = as_input(images[batch]).contiguous(memory_format=torch.channels_last)
        if torch.rand((), generator=chance) < 0.5:
            x = x.flip(-1)
        loss = perceptual_loss(net, x, objective, precision=precision)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    return run_epochs(
        state, N, step, epochs=epochs, batch_size=batch_size, lr=lr, chance=chance,
        schedule=schedule, progress=progress, resume=resume, after_epoch=after_epoch,
    )  # fmt: skip
