"""The layer that takes pictures in [0, 1] to what a network was trained on (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cvlib.validate import check_shape

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class Normalize(nn.Module):
    """Subtract a mean and divide by a standard deviation, channel by channel.

    As a layer of the model rather than a step before it, so that whoever changes the
    input changes a picture: what an attack adds is then measured in brightness.

    Args:
        mean: one number a channel.
        std: one number a channel, not 0.

    Raises:
        ValueError: the two have not the same length, or a deviation is not positive.

    Example:
        >>> Normalize([0.5], [0.25])(torch.ones(1, 1, 1, 2)).flatten()
        tensor([2., 2.])
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        mean, std = torch.tensor(mean).float(), torch.tensor(std).float()
        if mean.shape != std.shape or mean.ndim != 1:
            raise ValueError(
                f"mean and std must have one number a channel each, got "
                f"{tuple(mean.shape)} and {tuple(std.shape)}"
            )
        if not (std > 0).all():
            raise ValueError(f"std must be positive, got {std.tolist()}")
        self.register_buffer("mean", mean[:, None, None], persistent=False)
        self.register_buffer("std", std[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] to (N, C, H, W) with about mean 0 and spread 1."""
        check_shape("x", x, "N C H W", C=len(self.mean))
        return (x - self.mean) / self.std
