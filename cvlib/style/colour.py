"""The colours of one picture in another, and the colours kept as they were (torch)."""

import torch
from torch import Tensor

from cvlib.validate import check_floating, check_shape

YIQ = torch.tensor(
    [[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]]
)
"""Brightness and two differences of colour, as television once sent them."""


def match_colours(image: Tensor, to: Tensor) -> Tensor:
    """Move the colours of a picture so that their mean and covariance are another's.

    One linear map for all pixels: Σ_to^½ Σ_image^−½ (x − μ_image) + μ_to. Of a content
    it gives the painting's colours before the first step; of a style the content's, so
    that the result keeps the colours of the photograph.

    Args:
        image: (1, 3, H, W) RGB in [0, 1].
        to: (1, 3, H', W') whose colours are wanted.

    Returns:
        (1, 3, H, W); what would leave [0, 1] is cut off.

    Source:
        Gatys, Bethge, Hertzmann, Shechtman, Preserving color in neural artistic style
        transfer, 2016.

    Example:
        >>> photo, grey = torch.rand(1, 3, 8, 8), torch.rand(1, 1, 8, 8)
        >>> result = match_colours(photo, grey.expand(-1, 3, -1, -1))
        >>> bool(result.std(1).max() < 0.02)  # no colour is left
        True
    """
    for name, picture in (("image", image), ("to", to)):
        check_shape(name, picture, "1 3 H W")
        check_floating(name, picture)
    (mean, root), (wanted, target) = colours(image), colours(to)
    moved = target @ torch.linalg.solve(root, image[0].flatten(1) - mean) + wanted
    return moved.reshape(image.shape).clamp(0, 1)


def colours(image: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (3, 1) and square root (3, 3) of the covariance of the pixels."""
    pixels = image[0].flatten(1)
    covariance = torch.cov(pixels) + 1e-5 * torch.eye(3).to(image)
    values, vectors = torch.linalg.eigh(covariance)
    return pixels.mean(1, keepdim=True), vectors * values.sqrt() @ vectors.T


def keep_colours(result: Tensor, content: Tensor) -> Tensor:
    """The brightness of a result with the colours of the photograph.

    Args:
        result: (1, 3, H, W) RGB in [0, 1], a stylised picture.
        content: (1, 3, H, W) the photograph it was made from.

    Returns:
        (1, 3, H, W) in [0, 1].

    Source:
        Gatys, Bethge, Hertzmann, Shechtman, 2016, luminance-only transfer.

    Example:
        >>> x = torch.rand(1, 3, 4, 4)
        >>> torch.allclose(keep_colours(x, x), x, atol=1e-5)
        True
    """
    shape = check_shape("result", result, "1 3 H W")
    check_floating("result", result)
    check_shape("content", content, "1 3 H W", H=shape[2], W=shape[3],
                to_match=f"result {shape}")  # fmt: skip
    to_yiq = YIQ.to(result)
    bright, colour = (
        torch.einsum("ij,njhw->nihw", to_yiq, x) for x in (result, content)
    )
    both = torch.cat([bright[:, :1], colour[:, 1:]], 1)
    back = torch.linalg.inv(to_yiq)
    return torch.einsum("ij,njhw->nihw", back, both).clamp(0, 1)
