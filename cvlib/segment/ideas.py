"""Three ideas of how to give every pixel a class, and what each costs (torch).

One picture in, one score for every class and pixel out. The first cuts out a patch for
each pixel, the second runs one network over the picture as it is, and the third lets
the network make the picture small before it thinks and large again afterwards.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from cvlib.segment.sizes import check_pictures, crop_to
from cvlib.validate import check_positive


class FullResolution(nn.Module):
    """Idea 2: convolutions of stride 1 from the pixels to the scores.

    Nothing is padded in between: the picture gets all of its margin at the start, so
    that every pixel's score is the network's answer to the patch around it.

    Args:
        num_classes: K.
        channels: of each hidden 3 × 3 convolution.
        in_channels: of the pictures.

    Attributes:
        patch: side of the square that one score has seen; odd.

    Example:
        >>> net = FullResolution(7, [16, 16])
        >>> net.patch, net(torch.zeros(1, 3, 20, 30)).shape
        (5, torch.Size([1, 7, 20, 30]))
    """

    def __init__(
        self, num_classes: int, channels: Sequence[int], *, in_channels: int = 3
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        planes = in_channels
        for width in channels:
            layers += [nn.Conv2d(planes, width, 3), nn.ReLU(inplace=True)]
            planes = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(planes, num_classes, 1))
        self.in_channels = in_channels
        self.patch = 2 * len(channels) + 1

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, K, H, W)."""
        check_pictures(images, self.in_channels)
        return self.layers(functional.pad(images, (self.patch // 2,) * 4))


def patches_of(images: Tensor, size: int) -> Tensor:
    """Cut the square around every pixel out of a picture; black beyond the edges.

    Args:
        images: (1, C, H, W).
        size: side of the squares, odd.

    Returns:
        (H·W, C, size, size), row after row.

    Raises:
        ShapeError, ValueError: there is more than one picture, or `size` is even.

    Example:
        >>> patches_of(torch.arange(6.0).reshape(1, 1, 2, 3), 3)[4, 0]
        tensor([[0., 1., 2.],
                [3., 4., 5.],
                [0., 0., 0.]])
    """
    H, W = check_pictures(images, images.shape[1] if images.ndim > 1 else 1)
    size = check_positive("size", size)
    if size % 2 == 0:
        raise ValueError(
            f"size must be odd, got {size}: a pixel needs as much on its left as on "
            "its right"
        )
    if len(images) != 1:
        raise ValueError(f"images must be a single one, got {len(images)}")
    wide = functional.pad(images, (size // 2,) * 4)
    squares = wide[0].unfold(1, size, 1).unfold(2, size, 1)  # (C, H, W, size, size)
    return squares.movedim(0, 2).reshape(H * W, -1, size, size)


@torch.no_grad()
def classify_every_pixel(
    classifier: nn.Module, images: Tensor, patch: int, *, batch_size: int = 1024
) -> Tensor:
    """Idea 1: call a classifier of patches for the square around each pixel.

    Neighbouring squares share nearly all of their pixels, and everything that the
    classifier computes on them is computed again.

    Args:
        classifier: (B, C, patch, patch) to (B, K) or (B, K, 1, 1) scores.
        images: (1, C, H, W).
        patch: side of the squares, odd.
        batch_size: patches at a time.

    Returns:
        (1, K, H, W).

    Raises:
        ShapeError, ValueError: as `patches_of`.

    Source:
        Cireșan et al., Deep neural networks segment neuronal membranes in electron
        microscopy images, NeurIPS 2012.

    Example:
        >>> net = FullResolution(2, [4])
        >>> picture = torch.rand(1, 3, 5, 6)
        >>> slow = classify_every_pixel(net.layers, picture, net.patch)
        >>> torch.allclose(slow, net(picture), atol=1e-6)
        True
    """
    squares = patches_of(images, patch)
    scores = [classifier(part).flatten(1) for part in squares.split(batch_size)]
    H, W = images.shape[-2:]
    return torch.cat(scores).T.reshape(1, -1, H, W)


class EncoderDecoder(nn.Module):
    """Idea 3: halve the picture, think, and double it again, all within the network.

    Args:
        num_classes: K.
        channels: of each level; the picture is halved before every one but the first.
        in_channels: of the pictures.

    Example:
        >>> net = EncoderDecoder(7, [8, 16, 32])
        >>> net(torch.zeros(1, 3, 21, 30)).shape
        torch.Size([1, 7, 21, 30])
    """

    def __init__(
        self, num_classes: int, channels: Sequence[int], *, in_channels: int = 3
    ) -> None:
        super().__init__()
        first, pairs = channels[0], list(pairwise(channels))
        self.first = nn.Sequential(
            nn.Conv2d(in_channels, first, 3, padding=1), nn.ReLU(inplace=True)
        )
        self.down = nn.Sequential()
        self.up = nn.Sequential()
        for a, b in pairs:
            self.down += nn.Sequential(
                nn.Conv2d(a, b, 3, stride=2, padding=1), nn.ReLU(inplace=True)
            )
        for a, b in reversed(pairs):
            self.up += nn.Sequential(
                nn.ConvTranspose2d(b, a, 4, stride=2, padding=1), nn.ReLU(inplace=True)
            )
        self.last = nn.Conv2d(first, num_classes, 1)
        self.in_channels = in_channels

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, K, H, W), for any H and W."""
        size = check_pictures(images, self.in_channels)
        x = self.up(self.down(self.first(images)))
        return crop_to(self.last(x), size)
