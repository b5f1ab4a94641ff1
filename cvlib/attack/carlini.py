"""The smallest change by optimisation: distance plus a penalty (torch)."""

import torch
from torch import Tensor, nn

from cvlib.attack.balls import as_column
from cvlib.attack.gradient import margin_loss, scores_of
from cvlib.attack.guards import check_attack
from cvlib.summary.trace import evaluating
from cvlib.validate import check_int, check_number, check_positive


def carlini_wagner(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    targeted: bool = False,
    confidence: float = 0.0,
    c: float = 1e-2,
    searches: int = 6,
    steps: int = 200,
    lr: float = 0.01,
) -> Tensor:
    """The attack of Carlini and Wagner in L2: make ‖δ‖² + c · penalty small.

    The penalty is 0 once the class is the one wanted, by `confidence`. Pixels are
    written as (tanh w + 1) / 2, which is in [0, 1] for every w: nothing is cut off. A
    larger c fools surely and a smaller one little; each picture finds its own by
    bisection.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes, or those wanted if `targeted`.
        targeted: whether `labels` are wanted rather than feared.
        confidence: by how much the winning score must lead.
        c: the first weight of the penalty.
        searches: how many values of c are tried.
        steps: of Adam for each.
        lr: of Adam.

    Returns:
        (N, C, H, W) in [0, 1]: the nearest picture found that fools the model, and the
        picture itself where none was found.

    Raises:
        ShapeError, TypeError: images are no pictures or labels do not match.
        ValueError: images are outside [0, 1], or a number is out of its range.

    Source:
        Carlini and Wagner, Towards evaluating the robustness of neural networks, IEEE
        Symposium on Security and Privacy 2017.

    Example:
        >>> x = torch.tensor([[[[0.3, 0.6]]]])  # 0.3 / √2 from the border, 0.212
        >>> moved = carlini_wagner(nn.Flatten(), x, torch.tensor([1]))
        >>> bool(moved[..., 0] > moved[..., 1]), round(float((moved - x).norm()), 2)
        (True, 0.21)
    """
    N = check_attack(images, labels)
    images = images.detach()
    check_number("confidence", confidence, minimum=0)
    check_number("c", c, minimum=1e-12)
    check_positive("searches", searches)
    check_int("steps", steps, minimum=0)
    sign = 1.0 if targeted else -1.0
    weight, low = images.new_full((N,), c), images.new_zeros(N)
    high = images.new_full((N,), float("inf"))
    best, shortest = images.clone(), images.new_full((N,), float("inf"))
    start = torch.atanh((2 * images - 1) * (1 - 1e-6))
    for _ in range(searches):
        w = start.clone().requires_grad_()
        optimizer = torch.optim.Adam([w], lr=lr)
        fooled = torch.zeros(N, dtype=torch.bool, device=images.device)
        for _ in range(steps):
            with torch.enable_grad(), evaluating(model):
                x = (torch.tanh(w) + 1) / 2
                margin = sign * margin_loss(scores_of(model, x, labels), labels)
                squared = (x - images).square().flatten(1).sum(1)
                penalty = (margin + confidence).clamp_min(0)
                total = (squared + weight * penalty).sum()
                (w.grad,) = torch.autograd.grad(total, w)
            won = margin.detach() < -confidence
            fooled |= won
            nearer = won & (squared.detach() < shortest)
            shortest = torch.where(nearer, squared.detach(), shortest)
            best = torch.where(as_column(nearer, best), x.detach(), best)
            optimizer.step()
        high = torch.where(fooled, torch.minimum(high, weight), high)
        low = torch.where(fooled, low, torch.maximum(low, weight))
        between = (low + high) / 2
        weight = torch.where(high.isinf(), 10 * weight, between)
    return best
