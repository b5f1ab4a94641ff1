"""Gradient clipping by value and by norm (torch): a bound on a single step.

Both work in place on the `.grad` of parameters, between `backward()` and the step of
the optimiser, under torch's names. The slow definitions beside them take plain numbers.
"""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from cvlib.train.loop import Hook, State
from cvlib.validate import check_number


@torch.no_grad()
def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    *,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    """Shorten all gradients by one factor, so that together they have norm `max_norm`.

    The norm is that of one long vector holding the gradients of *all* parameters, so
    the direction of the step stays what it was. A norm below `max_norm` stays, too:
    clipping never lengthens a step. Parameters without a gradient are left out.

    Args:
        parameters: one or more tensors of any shape with gradients.
        max_norm: the longest norm allowed; at least 0.
        norm_type: p of the p-norm; infinity takes the largest entry.
        error_if_nonfinite: refuse NaN and infinity; if not, they spread to every
            gradient, as in torch.

    Returns:
        () the norm before clipping, for the log.

    Raises:
        ValueError: `max_norm` is negative or NaN.
        RuntimeError: the norm is not finite and `error_if_nonfinite`.

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural
        networks, ICML 2013.

    Example:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> w.grad = torch.tensor([3., 4.])
        >>> clip_grad_norm_([w], max_norm=1.0), w.grad
        (tensor(5.), tensor([0.6000, 0.8000]))
    """
    check_number("max_norm", max_norm, minimum=0)
    gradients = _gradients(parameters)
    if not gradients:
        return torch.tensor(0.0)
    norms = [torch.linalg.vector_norm(g, norm_type) for g in gradients]
    # the norm of the norms is the norm of all entries
    total = torch.linalg.vector_norm(torch.stack(norms), norm_type)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"the gradients' norm must be finite, got {total.item()}; "
            "find the layer where it begins, often exp, log or a division"
        )
    factor = (max_norm / (total + 1e-6)).clamp(max=1.0)  # 1e-6: no 0/0, as in torch
    for gradient in gradients:
        gradient.mul_(factor)
    return total


@torch.no_grad()
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Bring every entry of every gradient into [−clip_value, clip_value].

    Each entry is cut for itself, so the direction of the step changes.

    Args:
        parameters: one or more tensors of any shape with gradients.
        clip_value: the largest absolute value allowed; at least 0.

    Raises:
        ValueError: `clip_value` is negative or NaN.

    Example:
        >>> w = torch.zeros(2, requires_grad=True)
        >>> w.grad = torch.tensor([3., -0.5])
        >>> clip_grad_value_([w], 1.0)
        >>> w.grad
        tensor([ 1.0000, -0.5000])
    """
    check_number("clip_value", clip_value, minimum=0)
    for gradient in _gradients(parameters):
        gradient.clamp_(min=-clip_value, max=clip_value)


def clip_by_norm(
    gradients: Sequence[Sequence[float]], max_norm: float
) -> list[list[float]]:
    """The definition of `clip_grad_norm_`: one length, one factor, for all lists.

    Example:
        >>> clip_by_norm([[3.0], [4.0]], max_norm=2.5)
        [[1.5], [2.0]]
        >>> clip_by_norm([[3.0], [4.0]], max_norm=10)
        [[3.0], [4.0]]
    """
    check_number("max_norm", max_norm, minimum=0)
    length = math.sqrt(sum(g * g for gradient in gradients for g in gradient))
    factor = max_norm / length if length > max_norm else 1.0
    return [[factor * g for g in gradient] for gradient in gradients]


def clip_by_value(
    gradients: Sequence[Sequence[float]], clip_value: float
) -> list[list[float]]:
    """The definition of `clip_grad_value_`: every number for itself.

    Example:
        >>> clip_by_value([[3.0], [-0.5]], clip_value=1.0)
        [[1.0], [-0.5]]
    """
    check_number("clip_value", clip_value, minimum=0)
    return [
        [max(-clip_value, min(clip_value, g)) for g in gradient]
        for gradient in gradients
    ]


class ClipNorm(Hook):
    """Clip by norm in every step of `fit`, and keep the norms from before.

    Args:
        max_norm: the longest gradient allowed; infinity only looks.

    Example:
        >>> from cvlib.train import fit
        >>> x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
        >>> clip = ClipNorm(0.1)
        >>> history = fit(torch.nn.Linear(4, 2), x, y, epochs=3, hooks=[clip],
        ...               progress=False)
        >>> len(clip.norms)
        3
    """

    def __init__(self, max_norm: float) -> None:
        self.max_norm = check_number("max_norm", max_norm, minimum=0)
        self.norms: list[float] = []

    def start(self, state: State) -> None:
        """Forget an earlier training."""
        self.norms = []

    def before_step(self, state: State) -> None:
        """Clip what the optimiser is about to use."""
        norm = clip_grad_norm_(state.model.parameters(), self.max_norm)
        self.norms.append(norm.item())


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    tensors = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p.grad for p in tensors if p.grad is not None]
