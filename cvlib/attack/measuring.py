"""How often an attack succeeds, and what is left of a network under it (torch)."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn

from cvlib.attack.gradient import is_read_as
from cvlib.attack.guards import check_attack

Attack = Callable[[nn.Module, Tensor, Tensor], Tensor]
"""Model, pictures, labels to pictures: `partial(fgsm, eps=8 / 255)`, for example."""


def success_rate(
    model: nn.Module, adversarial: Tensor, labels: Tensor, *, targeted: bool = False
) -> float:
    """The share of pictures that do what the attack wanted.

    Args:
        model: (N, C, H, W) to (N, K) scores.
        adversarial: (N, C, H, W) after the attack.
        labels: (N,) the true classes, or those wanted if `targeted`.
        targeted: whether a picture must be given its label rather than lose it.

    Returns:
        0 to 1.

    Raises:
        ShapeError, TypeError, ValueError: these are no pictures, there are none, or a
            label is no class of the model.

    Example:
        >>> x = torch.tensor([[[[0.1, 0.9]]], [[[0.8, 0.2]]]])
        >>> success_rate(nn.Flatten(), x, torch.tensor([0, 0]))
        0.5
    """
    check_attack(adversarial, labels)
    hit = is_read_as(model, adversarial, labels)
    return (hit if targeted else ~hit).float().mean().item()


def robust_accuracy(
    model: nn.Module, images: Tensor, labels: Tensor, attacks: Iterable[Attack]
) -> float:
    """The share of pictures that are right before and after *every* attack.

    A defence is as good as the best attack on each picture, so the worst case is taken
    picture by picture, not the smallest of several means.

    Args:
        model: (N, C, H, W) to (N, K) scores.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes.
        attacks: functions of model, pictures and labels.

    Returns:
        0 to 1; with no attack the plain accuracy.

    Example:
        >>> from functools import partial
        >>> from cvlib.attack import fgsm
        >>> x = torch.tensor([[[[0.4, 0.6]]], [[[0.1, 0.9]]]])
        >>> attack = partial(fgsm, eps=0.2)
        >>> robust_accuracy(nn.Flatten(), x, torch.tensor([1, 1]), [attack])
        0.5
    """
    check_attack(images, labels)
    standing = is_read_as(model, images, labels)
    for attack in attacks:
        left = standing.nonzero()[:, 0]  # no need to attack what has fallen
        if not len(left):
            break
        moved = attack(model, images[left], labels[left])
        standing[left] = is_read_as(model, moved, labels[left])
    return standing.float().mean().item()


def transfer_matrix(
    models: Mapping[str, nn.Module], images: Tensor, labels: Tensor, attack: Attack
) -> Tensor:
    """Pictures made against one network, shown to all others.

    Counted are only pictures that every network gets right before the attack:
    otherwise a weak network would look like an easy victim.

    Args:
        models: (N, C, H, W) to (N, K) scores, by name.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes.
        attack: function of model, pictures and labels.

    Returns:
        (M, M): row, the network attacked; column, the one that looks; the share of
        pictures that it gets wrong.

    Raises:
        ValueError: no picture is right with every network.

    Source:
        The question is Szegedy et al.'s, Intriguing properties of neural networks,
        2014, and the table that of Papernot, McDaniel, Goodfellow, 2016.

    Example:
        >>> from functools import partial
        >>> from cvlib.attack import fgsm
        >>> nets = {"a": nn.Flatten(), "b": nn.Flatten()}
        >>> x = torch.tensor([[[[0.4, 0.6]]]])
        >>> transfer_matrix(nets, x, torch.tensor([1]), partial(fgsm, eps=0.2))
        tensor([[1., 1.],
                [1., 1.]])
    """
    check_attack(images, labels)
    right = torch.stack([is_read_as(m, images, labels) for m in models.values()])
    both = right.all(0)
    if not both.any():
        raise ValueError(
            f"images must hold some that all {len(models)} models get right, got none "
            f"of {len(images)}"
        )
    images, labels = images[both], labels[both]
    rows = []
    for source in models.values():
        moved = attack(source, images, labels)
        right = [is_read_as(m, moved, labels) for m in models.values()]
        rows.append(torch.stack([(~r).float().mean() for r in right]))
    return torch.stack(rows)


def accuracy_curve(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    radii: Iterable[float],
    attack: Callable[..., Tensor],
) -> list[float]:
    """What is left of the accuracy as ε grows.

    Args:
        model: (N, C, H, W) to (N, K) scores.
        images: (N, C, H, W) in [0, 1].
        labels: (N,) the true classes.
        radii: values of ε.
        attack: `attack(model, images, labels, eps=…)`.

    Returns:
        One accuracy for each ε.

    Example:
        >>> from cvlib.attack import fgsm
        >>> x = torch.tensor([[[[0.4, 0.6]]], [[[0.1, 0.9]]]])
        >>> accuracy_curve(nn.Flatten(), x, torch.tensor([1, 1]), [0, 0.2, 0.5], fgsm)
        [1.0, 0.5, 0.0]
    """
    return [
        1 - success_rate(model, attack(model, images, labels, eps=eps), labels)
        for eps in radii
    ]
