"""The gradient with respect to the picture (torch), and two ways to do without it."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cvlib.attack.balls import as_column
from cvlib.summary.trace import evaluating
from cvlib.validate import check_choice, check_number, check_positive, check_shape

Loss = Callable[[Tensor, Tensor], Tensor]
"""Scores (N, K) and labels (N,) to one number a picture."""
Gradient = Callable[[nn.Module, Tensor, Tensor, Loss], Tensor]
"""Model, pictures, labels and loss to the slope of the loss in each picture."""


def cross_entropy_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """−log of the probability of the label, for each picture.

    Example:
        >>> cross_entropy_loss(torch.zeros(1, 2), torch.tensor([0]))
        tensor([0.6931])
    """
    return cross_entropy(scores, labels, reduction="none")


def margin_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """The best other score minus the label's: positive once the label has lost.

    It grows as long as the scores move, where cross-entropy has stopped because the
    softmax rounds to exactly 0 and 1.

    Args:
        scores: (N, K), K ≥ 2.
        labels: (N,).

    Returns:
        (N,).

    Source:
        Carlini and Wagner, Towards evaluating the robustness of neural networks, 2017.

    Example:
        >>> margin_loss(torch.tensor([[5.0, 2.0, 3.0]]), torch.tensor([0]))
        tensor([-2.])
    """
    own = scores.gather(1, labels[:, None])
    others = scores.scatter(1, labels[:, None], float("-inf"))
    return others.amax(1) - own[:, 0]


LOSSES: dict[str, Loss] = {"cross_entropy": cross_entropy_loss, "margin": margin_loss}


def loss_named(loss: str | Loss) -> Loss:
    """One of `LOSSES`, or the function itself."""
    return loss if callable(loss) else LOSSES[check_choice("loss", loss, [*LOSSES])]


def input_gradient(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    loss: str | Loss = "cross_entropy",
) -> Tensor:
    """How the loss of each picture changes with each of its values.

    The weights get no gradient, whatever their `requires_grad` says, and batch norm
    uses its running statistics: one picture does not depend on its neighbours.

    Args:
        model: (N, C, H, W) to (N, K) scores; run in evaluation mode.
        images: (N, C, H, W).
        labels: (N,) the class asked about in each.
        loss: "cross_entropy", "margin" or a function of scores and labels.

    Returns:
        (N, C, H, W).

    Raises:
        ValueError: a label is no class of the model.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
        >>> x, y = torch.rand(2, 1, 2, 2), torch.tensor([0, 2])
        >>> input_gradient(net, x, y).shape
        torch.Size([2, 1, 2, 2])
    """
    x = images.detach().clone().requires_grad_()
    with torch.enable_grad(), evaluating(model):
        value = loss_named(loss)(scores_of(model, x, labels), labels).sum()
        (gradient,) = torch.autograd.grad(value, x)
    return gradient


def scores_of(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """(N, K) scores, of which every label names one.

    Raises:
        ShapeError: the model gives something else.
        ValueError: a label is no class of the model.
    """
    scores = model(images)
    _, K = check_shape("the model's output", scores, "N K", N=len(images))
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= K:
        raise ValueError(
            f"labels must be 0 to {K - 1} to match the model's {K} scores, "
            f"got {low if low < 0 else high}"
        )
    return scores


def estimated_gradient(
    *, samples: int = 64, sigma: float = 0.05, seed: int = 0
) -> Gradient:
    """A gradient from scores alone: differences along random directions.

    It needs no derivative, so a model that hides its own is not protected from it.

    Args:
        samples: directions tried in each picture, each forwards and backwards.
        sigma: how far each step goes; larger than what the model rounds away.
        seed: of the directions.

    Returns:
        A function to be given to `pgd` as its `gradient`.

    Source:
        Ilyas, Engstrom, Athalye, Lin, Black-box adversarial attacks with limited
        queries and information, ICML 2018; Uesato et al., ICML 2018.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
        >>> x, y = torch.full((1, 1, 2, 2), 0.5), torch.tensor([0])
        >>> guess = estimated_gradient(samples=256)(net, x, y, cross_entropy_loss)
        >>> exact = input_gradient(net, x, y)
        >>> bool(torch.cosine_similarity(guess.flatten(), exact.flatten(), 0) > 0.9)
        True
    """
    check_positive("samples", samples)
    check_number("sigma", sigma, minimum=1e-12)
    chance = torch.Generator().manual_seed(seed)

    def gradient(
        model: nn.Module, images: Tensor, labels: Tensor, loss: Loss
    ) -> Tensor:
        total = torch.zeros_like(images)
        with torch.no_grad(), evaluating(model):
            for _ in range(samples):
                step = torch.randn(images.shape, generator=chance).to(images)
                there = loss(model(images + sigma * step), labels)
                back = loss(model(images - sigma * step), labels)
                slope = (there - back) / (2 * sigma)
                total += as_column(slope, step) * step
        return total / samples

    return gradient


@torch.no_grad()
def predicted(model: nn.Module, images: Tensor, *, batch_size: int = 256) -> Tensor:
    """The class each picture gets, in evaluation mode.

    Args:
        model: (N, C, H, W) to (N, K) scores.
        images: (N, C, H, W).
        batch_size: pictures at a time.

    Returns:
        (N,) int64.

    Example:
        >>> predicted(nn.Flatten(), torch.tensor([[[[0.1, 0.9]]]]))
        tensor([1])
    """
    with evaluating(model):
        return torch.cat([model(part).argmax(1) for part in images.split(batch_size)])


@torch.no_grad()
def is_read_as(
    model: nn.Module, images: Tensor, labels: Tensor, *, batch_size: int = 256
) -> Tensor:
    """Whether each picture gets its label, in evaluation mode.

    Args:
        model: (N, C, H, W) to (N, K) scores.
        images: (N, C, H, W).
        labels: (N,) classes of the model.
        batch_size: pictures at a time.

    Returns:
        (N,) bool.

    Raises:
        ValueError: a label is no class of the model: no picture would ever get it.

    Example:
        >>> x = torch.tensor([[[[0.1, 0.9]]], [[[0.8, 0.2]]]])
        >>> is_read_as(nn.Flatten(), x, torch.tensor([1, 1]))
        tensor([ True, False])
    """
    parts = zip(images.split(batch_size), labels.split(batch_size), strict=True)
    with evaluating(model):
        return torch.cat([scores_of(model, x, y).argmax(1) == y for x, y in parts])
