"""Pictures of nothing that a network is sure about (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cvlib.attack.gradient import cross_entropy_loss, scores_of
from cvlib.attack.guards import check_labels
from cvlib.summary.trace import evaluating
from cvlib.validate import check_int, check_number, check_shape


def fooling_images(
    model: nn.Module,
    labels: Tensor,
    shape: Sequence[int],
    *,
    steps: int = 200,
    lr: float = 0.1,
    decay: float = 0.0,
    seed: int = 0,
) -> Tensor:
    """Start from noise and climb until the network sees the class it is asked for.

    Nothing holds the picture near another one: there is no ε. Pixels are written as
    sigmoids, so that they stay between black and white.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores.
        labels: (N,) the class wanted of each picture.
        shape: (C, H, W) of a picture.
        steps: of Adam.
        lr: of Adam.
        decay: weight of the squared distance from middle grey, which keeps the picture
            calmer.
        seed: of the noise.

    Returns:
        (N, C, H, W) in [0, 1].

    Source:
        Nguyen, Yosinski, Clune, Deep neural networks are easily fooled, CVPR 2015,
        whose gradient ascent this is; its evolved pictures need no gradient.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
        >>> wanted = torch.tensor([2, 0])
        >>> net(fooling_images(net, wanted, (1, 4, 4))).argmax(1)
        tensor([2, 0])
    """
    (N,) = check_shape("labels", labels, "N")
    check_labels(labels)
    check_int("steps", steps, minimum=0)
    check_number("decay", decay, minimum=0)
    chance = torch.Generator().manual_seed(seed)
    w = torch.randn(N, *shape, generator=chance).to(labels.device).requires_grad_()
    optimizer = torch.optim.Adam([w], lr=lr)
    for _ in range(steps):
        with torch.enable_grad(), evaluating(model):
            x = torch.sigmoid(w)
            loss = cross_entropy_loss(scores_of(model, x, labels), labels).sum()
            loss = loss + decay * (x - 0.5).square().sum()
            (w.grad,) = torch.autograd.grad(loss, w)
        optimizer.step()
    return torch.sigmoid(w).detach()
