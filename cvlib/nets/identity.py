"""Deeper without getting worse (torch): layers that compute the identity."""

from copy import deepcopy

import torch
from torch import nn

from cvlib.validate import check_int


def add_identity_layers(model: nn.Sequential, n: int) -> nn.Sequential:
    """A copy of `model` that is `n` layers deeper and gives the same answers.

    The new layers stand behind the last ReLU. What comes out of it is never negative,
    so the ReLU after each new layer changes nothing. They can be trained like others.

    Args:
        model: convolutions or fully connected layers in a row, with ReLUs.
        n: how many layers to add, each with its ReLU.

    Returns:
        The deeper model; `model` itself stays as it is.

    Raises:
        TypeError: `model` is no `nn.Sequential`, or `n` no whole number.
        ValueError: there is no ReLU behind a layer with weights, or n < 0.

    Source:
        He, Zhang, Ren, Sun, Deep Residual Learning for Image Recognition, CVPR 2016,
        section 1: the solution by construction.

    Example:
        >>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        >>> x = torch.randn(5, 4)
        >>> deeper = add_identity_layers(net, 10)
        >>> len(deeper) - len(net), torch.equal(deeper(x), net(x))
        (20, True)
    """
    n = check_int("n", n, minimum=0)
    if not isinstance(model, nn.Sequential):
        raise TypeError(
            f"model must be an nn.Sequential, got {type(model).__name__}; "
            "did you mean nn.Sequential(*model.children())?"
        )
    layers = list(deepcopy(model))
    last = max((i for i, m in enumerate(layers) if isinstance(m, nn.ReLU)), default=0)
    below = next((m for m in layers[:last][::-1] if hasattr(m, "weight")), None)
    if below is None:
        raise ValueError(
            "model must have a ReLU behind a layer with weights, got none; "
            "without it a new layer's own ReLU would cut negative numbers"
        )
    new = [m for _ in range(n) for m in (identity_like(below), nn.ReLU())]
    return nn.Sequential(*layers[: last + 1], *new, *layers[last + 1 :])


def identity_like(layer: nn.Module) -> nn.Conv2d | nn.Linear:
    """A layer that copies what `layer` puts out: an identity matrix, or its kernels.

    A 3 × 3 convolution copies a map by a 1 in the middle of the window and zeros
    elsewhere, and keeps maps apart by reading its own only.

    Args:
        layer: `nn.Linear`, or anything that puts out (N, C, H, W) and has one weight
            for each channel: `nn.Conv2d`, `nn.BatchNorm2d`.

    Example:
        >>> identity_like(nn.Conv2d(3, 8, 5)).weight[2, 2, 1]
        tensor([0., 1., 0.], grad_fn=<SelectBackward0>)
    """
    channels = len(layer.weight)
    with torch.no_grad():
        if isinstance(layer, nn.Linear):
            new = nn.Linear(channels, channels)
            nn.init.eye_(new.weight)
        else:
            new = nn.Conv2d(channels, channels, 3, padding=1)
            nn.init.dirac_(new.weight)
        nn.init.zeros_(new.bias)
    return new.to(layer.weight)
