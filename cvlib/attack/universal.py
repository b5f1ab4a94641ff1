"""One perturbation for all pictures (torch)."""

import torch
from torch import Tensor, nn

from cvlib.attack.balls import NORMS, project, steepest
from cvlib.attack.gradient import cross_entropy_loss, input_gradient
from cvlib.attack.guards import check_attack
from cvlib.validate import check_choice, check_int, check_number, check_positive


def universal_perturbation(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    eps: float,
    norm: str = "linf",
    targeted: bool = False,
    epochs: int = 5,
    batch_size: int = 64,
    alpha: float | None = None,
    bound: float = 9.0,
    seed: int = 0,
) -> Tensor:
    """A single δ that, added to any picture, changes the class of most.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores.
        images: (N, C, H, W) in [0, 1] to learn it from.
        labels: (N,) the true classes, or those wanted if `targeted`.
        eps: radius of the ball.
        norm: "linf" or "l2".
        targeted: go towards `labels`.
        epochs: passes over the pictures.
        batch_size: pictures whose slopes are added up for a step.
        alpha: length of a step, ε / 10 if not given.
        bound: a picture with a loss above it has no say any more: it is fooled.
        seed: of the order.

    Returns:
        (C, H, W), to be added and cut to [0, 1].

    Raises:
        ShapeError, TypeError: images are no pictures or labels do not match.
        ValueError: images are outside [0, 1], or a number is out of its range.

    Source:
        Moosavi-Dezfooli, Fawzi, Fawzi, Frossard, Universal adversarial perturbations,
        CVPR 2017. They add up steps of DeepFool, picture by picture; this is the form
        with gradients of batches and a bounded loss: Shafahi, Najibi, Xu, Dickerson,
        Davis, Goldstein, AAAI 2020.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
        >>> x, y = torch.rand(8, 1, 2, 2), torch.zeros(8).long()
        >>> delta = universal_perturbation(net, x, y, eps=0.1)
        >>> delta.shape, bool(delta.abs().max() <= 0.1)
        (torch.Size([1, 2, 2]), True)
    """
    N = check_attack(images, labels, eps)
    check_choice("norm", norm, NORMS)
    check_positive("batch_size", batch_size)
    alpha = eps / 10 if alpha is None else check_number("alpha", alpha, minimum=0)
    uphill = -1.0 if targeted else 1.0
    chance = torch.Generator().manual_seed(seed)
    delta = torch.zeros_like(images[:1])

    def bounded(scores: Tensor, of: Tensor) -> Tensor:
        loss = cross_entropy_loss(scores, of)
        return loss if targeted else loss.clamp_max(bound)

    for _ in range(check_int("epochs", epochs, minimum=0)):
        for batch in torch.randperm(N, generator=chance).split(batch_size):
            x = (images[batch] + delta).clamp(0, 1)
            slope = input_gradient(model, x, labels[batch], bounded).sum(0, True)
            delta = delta + uphill * alpha * steepest(slope, norm=norm)
            delta = project(delta, eps=eps, norm=norm)
    return delta[0]
