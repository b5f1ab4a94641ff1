"""The nearest boundary, found by pretending that all of them are flat (torch)."""

import torch
from torch import Tensor, nn

from cvlib.attack.gradient import is_read_as, predicted
from cvlib.attack.guards import check_attack, check_pictures
from cvlib.summary.trace import evaluating
from cvlib.validate import check_int, check_number, check_positive


def deepfool(
    model: nn.Module,
    images: Tensor,
    labels: Tensor | None = None,
    *,
    steps: int = 50,
    overshoot: float = 0.02,
    candidates: int = 10,
) -> Tensor:
    """The smallest change, in L2, that makes the class another one.

    Where scores are linear, class k wins after a step of |f_k| / ‖w_k‖ along w_k, with
    f_k = z_k − z_label and w_k its gradient. Take the nearest class, step, and look
    again, because networks are not linear.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the classes to leave; those predicted if not given. A picture that
            has another class already stays as it is.
        steps: at most.
        overshoot: how much longer the sum of all steps is made, to be past the border.
        candidates: classes looked at, the most likely first.

    Returns:
        (N, C, H, W) in [0, 1].

    Raises:
        ShapeError, TypeError: images are no pictures or labels do not match.
        ValueError: images are outside [0, 1], or a number is out of its range.

    Source:
        Moosavi-Dezfooli, Fawzi, Frossard, DeepFool: a simple and accurate method to
        fool deep neural networks, CVPR 2016. As in the authors' code a step is 10⁻⁴
        longer than the distance. The result is cut to [0, 1], which the paper leaves
        out.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
        >>> net[1].weight.data = torch.tensor([[3.0, -4.0], [0.0, 0.0]])
        >>> x = torch.tensor([[[[0.6, 0.2]]]])  # |1.8 − 0.8| / 5 from the border
        >>> deepfool(net, x, overshoot=0)
        tensor([[[[0.4799, 0.3601]]]])
    """
    check_pictures(images)
    check_int("steps", steps, minimum=0)
    check_number("overshoot", overshoot, minimum=0)
    images = images.detach()
    labels = predicted(model, images) if labels is None else labels
    check_attack(images, labels)
    moved, total = images.clone(), torch.zeros_like(images)
    left = torch.arange(len(images), device=images.device)
    for _ in range(steps):
        left = left[is_read_as(model, moved[left], labels[left])]
        if not len(left):
            break
        total[left] += linear_step(model, moved[left], labels[left], candidates)
        moved[left] = (images[left] + (1 + overshoot) * total[left]).clamp(0, 1)
    return moved


def linear_step(
    model: nn.Module, images: Tensor, labels: Tensor, candidates: int
) -> Tensor:
    """To the nearest boundary of the model's tangent at each picture."""
    x = images.detach().clone().requires_grad_()
    with torch.enable_grad(), evaluating(model):
        scores = model(x)
        K = min(check_positive("candidates", candidates), scores.shape[1] - 1)
        others = scores.detach().scatter(1, labels[:, None], float("-inf"))
        classes = others.topk(K).indices
        f = scores.gather(1, classes) - scores.gather(1, labels[:, None])  # (N, K)
        w = torch.stack(
            [torch.autograd.grad(f[:, k].sum(), x, retain_graph=True)[0]
             for k in range(K)], 1,
        ).flatten(2)  # (N, K, C·H·W)  # fmt: skip
    length = w.norm(dim=2).clamp_min(1e-8)
    distance = f.detach().abs() / length
    nearest = distance.argmin(1)
    at = torch.arange(len(x), device=x.device), nearest
    step = ((distance[at] + 1e-4) / length[at])[:, None] * w[at]
    return step.reshape(images.shape)
