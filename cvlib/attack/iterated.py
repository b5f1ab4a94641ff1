"""Many small steps, each followed by a way back into the ball (torch)."""

import torch
from torch import Tensor, nn

from cvlib.attack.balls import NORMS, project, random_in_ball, steepest
from cvlib.attack.gradient import (
    Gradient,
    Loss,
    input_gradient,
    loss_named,
    margin_loss,
)
from cvlib.attack.guards import check_attack
from cvlib.summary.trace import evaluating
from cvlib.validate import check_choice, check_int, check_number, check_positive


def pgd(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    eps: float,
    alpha: float | None = None,
    steps: int = 10,
    norm: str = "linf",
    targeted: bool = False,
    random_start: bool = True,
    restarts: int = 1,
    seed: int = 0,
    loss: str | Loss = "cross_entropy",
    gradient: Gradient = input_gradient,
) -> Tensor:
    """Projected gradient descent: step, back into the ball, back into [0, 1], again.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores; a normalisation is part of it.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes, or those wanted if `targeted`.
        eps: radius of the ball.
        alpha: length of a step; 2.5 ε / steps if not given, so that the other side of
            the ball can be reached.
        steps: how many.
        norm: "linf" or "l2", of the ball and of the steps.
        targeted: go downhill, towards `labels`.
        random_start: begin anywhere in the ball rather than at the picture.
        restarts: begin so often, and keep for each picture the start that came
            furthest.
        seed: of the starts.
        loss: "cross_entropy", "margin" or a function of scores and labels.
        gradient: where the slope comes from, see `estimated_gradient`.

    Returns:
        (N, C, H, W) in [0, 1], no further than ε from `images`.

    Raises:
        ShapeError, TypeError: images are no pictures or labels do not match.
        ValueError: images are outside [0, 1], or a number is out of its range.

    Source:
        Madry, Makelov, Schmidt, Tsipras, Vladu, Towards deep learning models resistant
        to adversarial attacks, ICLR 2018.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
        >>> x, y = torch.rand(5, 1, 2, 2), torch.tensor([0, 1, 2, 0, 1])
        >>> moved = pgd(net, x, y, eps=0.1)
        >>> bool((moved - x).abs().max() <= 0.1 + 1e-6)
        True
    """
    check_attack(images, labels, eps)
    images = images.detach()
    check_int("steps", steps, minimum=0)
    check_choice("norm", norm, NORMS)
    check_positive("restarts", restarts)
    alpha = 2.5 * eps / max(1, steps) if alpha is None else alpha
    check_number("alpha", alpha, minimum=0)
    chance = torch.Generator().manual_seed(check_int("seed", seed, minimum=0))
    criterion, uphill = loss_named(loss), -1.0 if targeted else 1.0

    def attempt() -> Tensor:
        x = images
        if random_start:
            away = random_in_ball(x, eps=eps, norm=norm, generator=chance)
            x = (x + away).clamp(0, 1)
        for _ in range(steps):
            slope = gradient(model, x, labels, criterion)
            x = x + uphill * alpha * steepest(slope, norm=norm)
            x = (images + project(x - images, eps=eps, norm=norm)).clamp(0, 1)
        return x

    best = attempt()
    for _ in range(restarts - 1):
        best = further(model, best, attempt(), labels, uphill)
    return best


def further(
    model: nn.Module, one: Tensor, other: Tensor, labels: Tensor, uphill: float
) -> Tensor:
    """Of two pictures each, the one whose label has lost (or gained) by more."""
    with torch.no_grad(), evaluating(model):
        first, second = (uphill * margin_loss(model(x), labels) for x in (one, other))
    return torch.where((second > first)[:, None, None, None], other, one)


def bim(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    eps: float,
    alpha: float | None = None,
    steps: int = 10,
    targeted: bool = False,
    loss: str | Loss = "cross_entropy",
) -> Tensor:
    """The basic iterative method: the fast gradient sign method in small steps.

    PGD in the L∞ ball that begins at the picture itself.

    Args:
        model: see `pgd`.
        images: (N, C, H, W) in [0, 1].
        labels: (N,).
        eps: radius of the ball.
        alpha: length of a step, ε / steps if not given: the edge is just reached.
        steps: how many.
        targeted: go towards `labels`.
        loss: see `pgd`.

    Returns:
        (N, C, H, W) in [0, 1].

    Source:
        Kurakin, Goodfellow, Bengio, Adversarial examples in the physical world, 2016.

    Example:
        >>> from cvlib.attack import fgsm
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
        >>> x, y = torch.rand(2, 1, 2, 2), torch.tensor([0, 1])
        >>> one = bim(net, x, y, eps=0.1, steps=1)
        >>> torch.equal(one, fgsm(net, x, y, eps=0.1))  # one step of it
        True
    """
    alpha = eps / max(1, steps) if alpha is None else alpha
    return pgd(model, images, labels, eps=eps, alpha=alpha, steps=steps,
               targeted=targeted, random_start=False, loss=loss)  # fmt: skip
