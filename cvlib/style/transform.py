"""A network that paints in one pass (torch): Johnson's, of any width."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from cvlib.validate import check_int, check_shape


class ConvBlock(nn.Sequential):
    """Mirror the border, convolve, normalise each picture by itself, ReLU.

    Args:
        inputs: channels in.
        outputs: channels out.
        kernel_size: odd.
        stride: 2 halves the map.
        relu: whether a ReLU ends it.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: int,
        stride: int = 1,
        *,
        relu: bool = True,
    ) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel_size, stride, kernel_size // 2,
                      padding_mode="reflect", bias=False),
            nn.InstanceNorm2d(outputs, affine=True),
            *[nn.ReLU()] * relu,
        )  # fmt: skip


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside a way that changes nothing.

    Args:
        channels: in and out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            ConvBlock(channels, channels, 3),
            ConvBlock(channels, channels, 3, relu=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return x + self.body(x)


class Up(nn.Module):
    """Twice the size by repeating pixels, then a convolution.

    Johnson used a transposed convolution here. Its uneven overlap leaves checks in the
    picture; copies do not.

    Args:
        inputs: channels in.
        outputs: channels out.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = ConvBlock(inputs, outputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, outputs, 2H, 2W)."""
        return self.conv(interpolate(x, scale_factor=2, mode="nearest"))


class TransformNet(nn.Module):
    """Pictures to pictures: twice down, some residual blocks, twice up.

    Args:
        widths: channels at full, half and a quarter of the size.
        blocks: residual blocks between.

    Source:
        Johnson, Alahi, Fei-Fei, Perceptual losses for real-time style transfer and
        super-resolution, ECCV 2016. Instance normalisation: Ulyanov, Vedaldi,
        Lempitsky, 2016.

    Example:
        >>> net = TransformNet((8, 8, 8), blocks=1)
        >>> net(torch.rand(1, 3, 21, 30)).shape
        torch.Size([1, 3, 21, 30])
    """

    def __init__(
        self, widths: Sequence[int] = (16, 32, 48), *, blocks: int = 4
    ) -> None:
        super().__init__()
        check_int("blocks", blocks, minimum=0)
        first, second, third = widths
        self.down = nn.Sequential(
            ConvBlock(3, first, 9),
            ConvBlock(first, second, 3, 2),
            ConvBlock(second, third, 3, 2),
        )
        self.blocks = nn.Sequential(*(Residual(third) for _ in range(blocks)))
        self.up = nn.Sequential(Up(third, second), Up(second, first))
        self.last = nn.Conv2d(first, 3, 9, padding=4, padding_mode="reflect")

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [0, 1], sides of at least 5, to the same."""
        *_, H, W = check_shape("x", x, "N C H W", C=3)
        painted = self.last(self.up(self.blocks(self.down(x))))
        # a side that 4 does not divide comes back a little larger
        return torch.sigmoid(painted[..., :H, :W])


def johnson_net() -> TransformNet:
    """As in the paper: 32, 64 and 128 channels and five blocks.

    Example:
        >>> sum(weights.numel() for weights in johnson_net().parameters())
        1677635
    """
    return TransformNet((32, 64, 128), blocks=5)


def small_transform_net() -> TransformNet:
    """The one this book trains and ships.

    Example:
        >>> sum(weights.numel() for weights in small_transform_net().parameters())
        211587
    """
    return TransformNet()
