"""Gradient descent on a picture: the pixels change, the network does not (torch)."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn.functional import interpolate
from tqdm.auto import tqdm

from cvlib.style.objective import Objective, Terms
from cvlib.validate import check_choice, check_int, check_number, check_shape

METHODS = ("lbfgs", "adam")
Preview = Callable[[int, Tensor, Terms], None]
"""Called with the step, the picture (N, 3, H, W) in [0, 1] and its terms."""


@dataclass
class Drawn:
    """A picture that was optimised, and how."""

    image: Tensor
    """(N, 3, H, W) RGB in [0, 1]."""
    total: list[float] = field(default_factory=list)
    """J at every evaluation; L-BFGS may evaluate more than once a step."""
    content: list[float] = field(default_factory=list)
    style: list[float] = field(default_factory=list)


def optimise_pixels(
    objective: Objective,
    start: Tensor,
    *,
    steps: int = 100,
    method: str = "lbfgs",
    lr: float | None = None,
    levels: int = 1,
    every: int = 0,
    preview: Preview | None = None,
    progress: bool = False,
) -> Drawn:
    """Change a picture step by step so that its objective falls.

    The gradient is asked for with respect to the picture alone: no parameter of any
    network gets one, whatever its `requires_grad` says.

    Args:
        objective: what to make small.
        start: (N, 3, H, W) RGB in [0, 1]: the content, another picture or noise.
        steps: of the optimiser.
        method: "lbfgs" keeps the last twenty steps to guess how the slope bends, and
            needs the fewest; "adam" is steadier on a rough objective and keeps the
            pixels in [0, 1] after every step.
        lr: length of a step; 1 for L-BFGS and 0.03 for Adam if not given.
        levels: write what is added to the start as a sum of pictures, each half the
            size of the one before. A step can then change a large area at once; with 1
            it is pixels alone. Adam's clamp needs 1.
        every: call `preview` each time this many evaluations are done; 0 for never.
        preview: sees the picture on the way.
        progress: show a bar.

    Returns:
        The picture, and J with its parts at each evaluation.

    Raises:
        ShapeError: `start` is no batch of RGB pictures.
        FloatingPointError: J is not finite any more.

    Example:
        >>> from cvlib.style import Objective, random_maps
        >>> goal = Objective(random_maps(), torch.rand(1, 3, 16, 16), None,
        ...     content_layers=["conv1_2"])
        >>> drawn = optimise_pixels(goal, torch.rand(1, 3, 16, 16), steps=5)
        >>> drawn.total[-1] < drawn.total[0]
        True
    """
    check_shape("start", start, "N C H W", C=3)
    check_int("steps", steps, minimum=0)
    check_choice("method", method, METHODS)
    check_int("every", every, minimum=0)
    if lr is None:
        lr = 1.0 if method == "lbfgs" else 0.03
    check_number("lr", lr, minimum=0)
    start, size = start.detach(), tuple(start.shape[-2:])
    added = [
        start.new_zeros(*start.shape[:2], *(max(1, n >> k) for n in size))
        for k in range(check_int("levels", levels, minimum=1))
    ]
    for part in added:
        part.requires_grad_()
    drawn = Drawn(start)
    bar = tqdm(total=steps, disable=not progress)

    def evaluate() -> Tensor:
        x = with_added(start, added)
        terms = objective(x)
        grads = torch.autograd.grad(terms.total, added)
        for part, grad in zip(added, grads, strict=True):
            part.grad = grad
        if not torch.isfinite(terms.total):
            raise FloatingPointError(
                f"J is {terms.total.item()} after {len(drawn.total)} evaluations; try "
                f"a smaller lr than {lr:g}"
            )
        drawn.total.append(terms.total.item())
        drawn.content.append(terms.content.item())
        drawn.style.append(terms.style.item())
        bar.update(min(1, steps - bar.n))
        bar.set_postfix_str(f"J {drawn.total[-1]:.4f}")
        if preview and every and len(drawn.total) % every == 0:
            preview(len(drawn.total), x.detach().clamp(0, 1), terms)
        return terms.total

    if method == "lbfgs" and steps:
        torch.optim.LBFGS(
            added, lr=lr, max_iter=steps, history_size=20,
            tolerance_grad=0, tolerance_change=0,
        ).step(evaluate)  # fmt: skip
    elif steps:
        descend(start, added, evaluate, steps, lr)
    bar.close()
    drawn.image = with_added(start, added).detach().clamp(0, 1)
    return drawn


def with_added(start: Tensor, added: list[Tensor]) -> Tensor:
    """The start and what was added to it, at all sizes."""
    first, *smaller = added
    size = tuple(start.shape[-2:])
    return sum(
        (interpolate(part, size, mode="bilinear") for part in smaller), start + first
    )


def descend(
    start: Tensor,
    added: list[Tensor],
    evaluate: Callable[[], Tensor],
    steps: int,
    lr: float,
) -> None:
    """Adam; with one level every pixel is put back into [0, 1] after each step."""
    optimizer = torch.optim.Adam(added, lr=lr)
    for _ in range(steps):
        evaluate()
        optimizer.step()
        if len(added) == 1:
            added[0].data.clamp_(-start, 1 - start)
