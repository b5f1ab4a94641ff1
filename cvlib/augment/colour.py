"""Another light: shifts of colour, brightness and contrast (torch)."""

from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.validate import check_floating, check_number, check_shape

GREY = (0.2989, 0.587, 0.114)  # BT.601, as torchvision weighs
RGB = "N 3 H W | 3 H W"


def check_rgb(images: Tensor) -> None:
    """Refuse what is not RGB in floats."""
    check_shape("images", images, RGB)
    check_floating("images", images)


def greys(images: Tensor) -> Tensor:
    """(…, 1, H, W): how light each pixel is to the eye."""
    return (images * images.new_tensor(GREY)[:, None, None]).sum(-3, keepdim=True)


def rgb_shift(images: Tensor, shift: Tensor | tuple[float, float, float]) -> Tensor:
    """Add a number to each channel: a redder sun, a bluer shade.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].
        shift: (3,) for all, or (N, 3), one for each image.

    Returns:
        The same shape, cut off at 0 and 1.

    Raises:
        ShapeError: the shapes are not as above.

    Example:
        >>> rgb_shift(torch.full((3, 1, 1), 0.5), (0.2, 0, -0.2)).flatten()
        tensor([0.7000, 0.5000, 0.3000])
    """
    check_rgb(images)
    shift = torch.as_tensor(shift, dtype=images.dtype, device=images.device)
    N = len(images) if images.ndim == 4 else 1
    match = f"images {tuple(images.shape)}"
    check_shape("shift", shift, "3 | N 3", N=N, to_match=match)
    if images.ndim == 3:
        shift = shift.reshape(3)
    return (images + shift[..., None, None]).clamp(0, 1)


def adjust_brightness(images: Tensor, brightness_factor: float) -> Tensor:
    """Multiply by a factor: 0 is black, 1 changes nothing, 2 is twice as bright.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].
        brightness_factor: not negative.

    Example:
        >>> adjust_brightness(torch.full((3, 1, 1), 0.4), 1.5).flatten()
        tensor([0.6000, 0.6000, 0.6000])
    """
    check_rgb(images)
    factor = check_number("brightness_factor", brightness_factor, minimum=0)
    return (images * factor).clamp(0, 1)


def adjust_contrast(images: Tensor, contrast_factor: float) -> Tensor:
    """Move every value away from the image's mean grey, or towards it.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].
        contrast_factor: 0 leaves plain grey, 1 changes nothing.

    Example:
        >>> image = torch.tensor([0.4, 0.6]).expand(3, 1, 2)
        >>> adjust_contrast(image, 2.0)[0]
        tensor([[0.3000, 0.7000]])
    """
    check_rgb(images)
    factor = check_number("contrast_factor", contrast_factor, minimum=0)
    mean = greys(images).mean((-2, -1), keepdim=True)
    return (factor * images + (1 - factor) * mean).clamp(0, 1)


def adjust_saturation(images: Tensor, saturation_factor: float) -> Tensor:
    """Move every colour away from its own grey, or towards it.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].
        saturation_factor: 0 leaves a grey picture, 1 changes nothing.

    Example:
        >>> red = torch.tensor([0.6, 0.4, 0.4]).reshape(3, 1, 1)
        >>> adjust_saturation(red, 2.0).flatten()
        tensor([0.7403, 0.3403, 0.3403])
    """
    check_rgb(images)
    factor = check_number("saturation_factor", saturation_factor, minimum=0)
    return (factor * images + (1 - factor) * greys(images)).clamp(0, 1)


class PCA(NamedTuple):
    """The principal directions of a set of colours."""

    eigenvalues: Tensor
    """(3,), the largest first: the variance along each direction."""
    eigenvectors: Tensor
    """(3, 3): column i is the direction, in RGB and of length 1."""


def fit_pca_colour(images: Tensor) -> PCA:
    """Along which directions do the colours of a training set vary?

    Every pixel is one point in RGB. The covariance of all of them is a 3 × 3 matrix;
    its eigenvectors are the directions, its eigenvalues the variances. A direction
    has no sign; each is turned so that its components sum to a positive number.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].

    Returns:
        A PCA: eigenvalues (3,) in falling order, eigenvectors (3, 3) in columns.

    Raises:
        ShapeError, TypeError: images are not RGB in floats.
        ValueError: there are fewer than two pixels.

    Source:
        Krizhevsky, Sutskever and Hinton, NeurIPS 2012, section 4.1.

    Example:
        >>> grey = torch.linspace(0, 1, 5).expand(3, 1, 5)
        >>> fit_pca_colour(grey).eigenvectors[:, 0]  # only lighter and darker
        tensor([0.5774, 0.5774, 0.5774])
    """
    check_rgb(images)
    pixels = images.movedim(-3, 0).reshape(3, -1).double()  # (3, N·H·W)
    if pixels.shape[1] < 2:
        raise ValueError(
            "images must hold at least two pixels: one alone has no variance; "
            f"got {tuple(images.shape)}"
        )
    values, vectors = torch.linalg.eigh(torch.cov(pixels))  # rising order
    values, vectors = values.flip(0).clamp(min=0), vectors.flip(1)
    sign = torch.where(vectors.sum(0) < 0, -1.0, 1.0)
    return PCA(values.to(images.dtype), (vectors * sign).to(images.dtype))


def pca_colour(images: Tensor, pca: PCA, alpha: Tensor | tuple) -> Tensor:
    """Shift all pixels of an image along the principal directions of colour.

    The shift is p₁α₁λ₁ + p₂α₂λ₂ + p₃α₃λ₃: far along directions in which the training
    set varies much (mostly lighter and darker), hardly along the others. An
    eigenvalue is a *square* of intensities, so the rule is meant for values in
    [0, 1]: with values to 255 the shift would be 255 times too large.

    Args:
        images: (N, 3, H, W) or (3, H, W), RGB in [0, 1].
        pca: eigenvalues and eigenvectors, from `fit_pca_colour`.
        alpha: (3,) for all, or (N, 3); AlexNet drew them from N(0, 0.1²).

    Returns:
        The same shape, cut off at 0 and 1.

    Example:
        >>> pca = PCA(torch.tensor([0.2, 0.01, 0.0]), torch.eye(3))
        >>> pca_colour(torch.full((3, 1, 1), 0.5), pca, (1.0, 1.0, 1.0)).flatten()
        tensor([0.7000, 0.5100, 0.5000])
    """
    alpha = torch.as_tensor(alpha, dtype=images.dtype, device=images.device)
    check_shape("alpha", alpha, "... 3")
    shift = (alpha * pca.eigenvalues.to(images)) @ pca.eigenvectors.to(images).T
    return rgb_shift(images, shift)
