"""What may be added to a picture (torch): balls of two norms around it."""

import torch
from torch import Tensor

from cvlib.validate import check_choice, check_number

NORMS = ("linf", "l2")


def norms(delta: Tensor, *, norm: str = "linf") -> Tensor:
    """How large each perturbation of a batch is.

    Args:
        delta: (N, …) what is added to each picture.
        norm: "linf", the largest change of a value, or "l2", the length as a vector.

    Returns:
        (N,).

    Example:
        >>> delta = torch.tensor([[[[0.3, -0.4]]]])
        >>> norms(delta), norms(delta, norm="l2")
        (tensor([0.4000]), tensor([0.5000]))
    """
    check_choice("norm", norm, NORMS)
    flat = delta.flatten(1)
    return flat.abs().amax(1) if norm == "linf" else flat.norm(dim=1)


def project(delta: Tensor, *, eps: float, norm: str = "linf") -> Tensor:
    """The nearest perturbation that is no larger than ε, for each picture.

    Args:
        delta: (N, …).
        eps: the radius; in brightness, 1 is from black to white.
        norm: "linf" cuts each value off at ±ε; "l2" shortens the vector.

    Returns:
        (N, …).

    Example:
        >>> delta = torch.tensor([[[[0.3, -0.4]]]])
        >>> project(delta, eps=0.1), project(delta, eps=0.1, norm="l2")
        (tensor([[[[ 0.1000, -0.1000]]]]), tensor([[[[ 0.0600, -0.0800]]]]))
    """
    check_number("eps", eps, minimum=0)
    if check_choice("norm", norm, NORMS) == "linf":
        return delta.clamp(-eps, eps)
    length = norms(delta, norm="l2").clamp_min(1e-12)
    return delta * as_column((eps / length).clamp_max(1), delta)


def steepest(gradient: Tensor, *, norm: str = "linf") -> Tensor:
    """The step of size 1 along which a loss grows fastest, for each picture.

    In the L∞ ball every value may move by 1, so it moves by the sign of its slope. In
    the L2 ball the step is the gradient itself, made one long.

    Args:
        gradient: (N, …) of the loss with respect to each picture.
        norm: in which 1 is measured.

    Returns:
        (N, …); where there is no slope there is no step.

    Example:
        >>> gradient = torch.tensor([[[[3.0, -4.0]]]])
        >>> steepest(gradient), steepest(gradient, norm="l2")
        (tensor([[[[ 1., -1.]]]]), tensor([[[[ 0.6000, -0.8000]]]]))
    """
    if check_choice("norm", norm, NORMS) == "linf":
        return gradient.sign()
    largest = norms(gradient)
    # made 1 first: the square of a tiny slope would be 0, and the step not 1 long
    flat = gradient / as_column(torch.where(largest > 0, largest, 1), gradient)
    return flat / as_column(norms(flat, norm="l2").clamp_min(1), flat)


def random_in_ball(
    like: Tensor, *, eps: float, norm: str = "linf", generator: torch.Generator
) -> Tensor:
    """A perturbation drawn evenly from the ball, for each picture.

    Args:
        like: (N, …) whose shape, dtype and device it gets.
        eps: the radius.
        norm: "linf" or "l2".
        generator: of the draws, on the CPU.

    Returns:
        (N, …).

    Example:
        >>> chance = torch.Generator().manual_seed(0)
        >>> delta = random_in_ball(torch.zeros(9, 1, 2, 2), eps=0.1, generator=chance)
        >>> bool(norms(delta).max() <= 0.1)
        True
    """
    if check_choice("norm", norm, NORMS) == "linf":
        drawn = 2 * torch.rand(like.shape, generator=generator) - 1
    else:
        direction = torch.randn(like.shape, generator=generator)
        radius = torch.rand(len(like), generator=generator) ** (1 / like[0].numel())
        drawn = steepest(direction, norm="l2") * as_column(radius, like)
    return eps * drawn.to(like)


def as_column(values: Tensor, like: Tensor) -> Tensor:
    """(N,) as (N, 1, 1, …), to multiply each picture by its own number."""
    return values.reshape(-1, *[1] * (like.ndim - 1))
