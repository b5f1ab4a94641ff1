"""A patch that is seen anywhere (torch): no ε, but a small place."""

import torch
from torch import Tensor, nn

from cvlib.attack.gradient import cross_entropy_loss, scores_of
from cvlib.attack.guards import check_pictures
from cvlib.summary.trace import evaluating
from cvlib.validate import check_int, check_positive, check_shape


def paste(images: Tensor, patch: Tensor, places: Tensor) -> Tensor:
    """Put a patch over each picture.

    Args:
        images: (N, C, H, W).
        patch: (C, S, S), S at most H and W, the same for all; or one each,
            (N, C, S, S).
        places: (N, 2) y and x of its upper left corner in each.

    Returns:
        (N, C, H, W); the gradient with respect to the patch passes.

    Raises:
        ShapeError: the shapes do not match.
        TypeError: the places are no integers.
        ValueError: a patch sticks out of its picture.

    Example:
        >>> paste(torch.zeros(1, 1, 2, 3), torch.ones(1, 1, 1), torch.tensor([[1, 2]]))
        tensor([[[[0., 0., 0.],
                  [0., 0., 1.]]]])
    """
    N, C, H, W = check_shape("images", images, "N C H W")
    of = f"images {tuple(images.shape)}"
    *_, S, _ = check_shape("patch", patch, "C S S | N C S S", N=N, C=C, to_match=of)
    check_shape("places", places, "N 2", N=N, to_match=of)
    if places.is_floating_point():
        raise TypeError(
            f"places must be whole pixels, got {places.dtype}; did you mean "
            "places.long()?"
        )
    last = torch.tensor([H - S, W - S], device=places.device)
    if ((places < 0) | (places > last)).any():
        raise ValueError(
            f"places must keep a patch of {S} × {S} inside {H} × {W}, got "
            f"{places.min().item()} to {places.max().item()}"
        )
    rows = torch.arange(H, device=images.device) - places[:, :1]  # (N, H)
    columns = torch.arange(W, device=images.device) - places[:, 1:]  # (N, W)
    inside = ((rows >= 0) & (rows < S))[:, :, None] & ((columns >= 0) & (columns < S))[
        :, None
    ]
    patch = patch.expand(N, C, S, S)
    n = torch.arange(N, device=images.device)[:, None, None]
    laid = patch.permute(0, 2, 3, 1)[
        n, rows.clamp(0, S - 1)[:, :, None], columns.clamp(0, S - 1)[:, None]
    ]  # (N, H, W, C)
    return torch.where(inside[:, None], laid.permute(0, 3, 1, 2), images)


def adversarial_patch(
    model: nn.Module,
    images: Tensor,
    label: int,
    *,
    size: int,
    steps: int = 300,
    batch_size: int = 32,
    lr: float = 0.1,
    turns: bool = True,
    seed: int = 0,
) -> Tensor:
    """A square that makes every picture it lies in look like one class.

    It is learned at random places on random pictures: what helps must help everywhere.
    Its values are free, so there is no ε.

    Args:
        model: (N, C, H, W) in [0, 1] to (N, K) scores.
        images: (N, C, H, W) in [0, 1] to learn it on.
        label: the class wanted.
        size: side of the patch.
        steps: of Adam.
        batch_size: pictures a step.
        lr: of Adam.
        turns: also turn it by quarters.
        seed: of the noise it begins with, and of all draws.

    Returns:
        (C, size, size) in [0, 1].

    Raises:
        ShapeError, TypeError: images are no pictures.
        ValueError: the patch is larger than the pictures, a number is out of range.

    Source:
        Brown, Mané, Roy, Abadi, Gilmer, Adversarial patch, 2017. The paper also draws
        scales and any angle.

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
        >>> adversarial_patch(net, torch.rand(4, 1, 4, 4), 2, size=2, steps=3).shape
        torch.Size([1, 2, 2])
    """
    N, C, H, W = check_pictures(images)
    if check_positive("size", size) > min(H, W):
        raise ValueError(f"size must be at most {min(H, W)}, the picture's, got {size}")
    check_positive("batch_size", batch_size)
    chance = torch.Generator().manual_seed(seed)
    w = torch.randn(C, size, size, generator=chance).to(images).requires_grad_()
    optimizer = torch.optim.Adam([w], lr=lr)
    for _ in range(check_int("steps", steps, minimum=0)):
        chosen = torch.randint(N, (batch_size,), generator=chance)
        labels = torch.full((batch_size,), label, device=images.device)
        with torch.enable_grad(), evaluating(model):
            x = placed(images[chosen], torch.sigmoid(w), turns=turns, generator=chance)
            loss = cross_entropy_loss(scores_of(model, x, labels), labels).mean()
            (w.grad,) = torch.autograd.grad(loss, w)
        optimizer.step()
    return torch.sigmoid(w).detach()


def placed(
    images: Tensor, patch: Tensor, *, turns: bool = True, generator: torch.Generator
) -> Tensor:
    """A patch in each picture, somewhere, turned by some quarters.

    Args:
        images: (N, C, H, W).
        patch: (C, S, S).
        turns: False leaves it upright.
        generator: of places and turns, on the CPU.

    Returns:
        (N, C, H, W).

    Example:
        >>> chance = torch.Generator().manual_seed(0)
        >>> x = placed(torch.zeros(3, 1, 8, 8), torch.ones(1, 2, 2), generator=chance)
        >>> x.sum((1, 2, 3))
        tensor([4., 4., 4.])
    """
    N, _, H, W = images.shape
    S = patch.shape[-1]
    quarters = torch.randint(4, (N,), generator=generator) * turns
    turned = torch.stack([patch.rot90(k, (1, 2)) for k in quarters.tolist()])
    y = torch.randint(H - S + 1, (N,), generator=generator)
    x = torch.randint(W - S + 1, (N,), generator=generator)
    return paste(images, turned, torch.stack([y, x], 1).to(images.device))
