"""What every attack asks of its arguments (torch)."""

import torch
from torch import Tensor

from cvlib.validate import check_floating, check_number, check_shape


def check_pictures(images: Tensor) -> tuple[int, ...]:
    """The shape of a batch of pictures in [0, 1].

    A batch outside [0, 1] has been normalised already: then ε is measured in another
    unit in each channel, and clipping to [0, 1] cuts the picture itself.

    Raises:
        ShapeError: `images` is not (N, C, H, W).
        TypeError: it holds integers.
        ValueError: a value lies outside [0, 1], or there is no picture.
    """
    shape = check_shape("images", images, "N C H W")
    check_floating("images", images)
    if not images.numel():  # a share of none would be NaN
        raise ValueError(f"images must hold at least one picture, got {shape}")
    low, high = images.min().item(), images.max().item()
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"images must be in [0, 1], got {low:.3g} to {high:.3g}; put the "
            "normalisation inside the model, as cvlib.nets.normalize.Normalize does"
        )
    return shape


def check_attack(images: Tensor, labels: Tensor, eps: float | None = None) -> int:
    """How many pictures there are, once pictures, labels and ε fit together.

    Raises:
        ShapeError: `labels` is not (N,).
        TypeError: `labels` are not int64.
        ValueError: a value lies outside [0, 1], there is no picture, or ε is negative.
    """
    N, *_ = shape = check_pictures(images)
    check_shape("labels", labels, "N", N=N, to_match=f"images {shape}")
    check_labels(labels)
    if eps is not None:
        check_number("eps", eps, minimum=0)
    return N


def check_labels(labels: Tensor) -> None:
    """Classes are whole numbers, of the one kind that torch's losses take."""
    if labels.dtype != torch.int64:
        raise TypeError(
            f"labels must be int64, one class a picture, got {labels.dtype}; "
            "did you mean labels.long()?"
        )
