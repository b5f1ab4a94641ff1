"""Fully convolutional networks: coarse scores, enlarged and made finer (torch).

A classifier ends in one cell for 32 × 32 pixels. Asked for its class at every cell, it
gives a map, which is enlarged 32 times; adding the scores of earlier, finer layers on
the way up makes it sharper: FCN-32s, FCN-16s, FCN-8s.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from cvlib.detect.backbone import CHANNELS, small_backbone
from cvlib.segment.sizes import check_pictures, crop_to
from cvlib.validate import check_positive

STRIDES = (32, 16, 8)


def bilinear_weights(factor: int) -> Tensor:
    """The kernel with which a transposed convolution enlarges bilinearly.

    A tent: 1 in the middle, falling to 0 where the next cell's tent has its top.

    Args:
        factor: how many times larger, and the stride.

    Returns:
        (k, k) with k = 2 · factor − factor mod 2; its values sum to factor².

    Raises:
        TypeError, ValueError: `factor` is no positive integer.

    Source:
        Long, Shelhamer, Darrell, Fully convolutional networks, CVPR 2015.

    Example:
        >>> bilinear_weights(2)[1]
        tensor([0.1875, 0.5625, 0.5625, 0.1875])
    """
    factor = check_positive("factor", factor)
    k = 2 * factor - factor % 2
    places = torch.arange(k) - (k - 1) / 2  # from the middle of the kernel
    tent = 1 - places.abs() / factor
    return tent[:, None] * tent


def bilinear_upsampling(channels: int, factor: int) -> nn.ConvTranspose2d:
    """A transposed convolution that begins as bilinear enlargement, channel by channel.

    Args:
        channels: of the map.
        factor: how many times larger; at least 2.

    Example:
        >>> up = bilinear_upsampling(1, 2)
        >>> up(torch.ones(1, 1, 2, 3))[0, 0, 1:-1, 1:-1].detach()
        tensor([[1., 1., 1., 1.],
                [1., 1., 1., 1.]])
    """
    tent = bilinear_weights(factor)
    k = len(tent)
    padding = (k - factor) // 2
    up = nn.ConvTranspose2d(
        channels, channels, k, factor, padding, bias=False, groups=channels
    )
    with torch.no_grad():
        up.weight.copy_(tent.expand_as(up.weight))
    return up


def fuse(coarse: Tensor, skip: Tensor, up: nn.Module) -> Tensor:
    """Double the coarse scores, cut off what stands over, and add the finer ones.

    Args:
        coarse: (N, K, h, w) scores.
        skip: (N, K, H, W) scores of a layer of half the stride, h = ⌈H/2⌉.
        up: doubles a map.

    Returns:
        (N, K, H, W).

    Raises:
        ShapeError: the enlarged scores are smaller than the finer ones.

    Example:
        >>> up = bilinear_upsampling(2, 2)
        >>> fuse(torch.zeros(1, 2, 3, 4), torch.ones(1, 2, 5, 7), up).shape
        torch.Size([1, 2, 5, 7])
    """
    return crop_to(up(coarse), tuple(skip.shape[-2:])) + skip


def stage(inplanes: int, planes: int, depth: int) -> nn.Sequential:
    """Some 3 × 3 convolutions and a pooling that halves the map, rounding up.

    Example:
        >>> stage(3, 8, 2)(torch.zeros(1, 3, 5, 8)).shape
        torch.Size([1, 8, 3, 4])
    """
    layers: list[nn.Module] = []
    for i in range(depth):
        layers += [
            nn.Conv2d(planes if i else inplanes, planes, 3, padding=1, bias=False),
            nn.BatchNorm2d(planes),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers, nn.MaxPool2d(2, ceil_mode=True))


class FCN(nn.Module):
    """Scores of all pixels, from the layers of stride 32, 16 and 8.

    The three networks of the paper are one here: `stride` chooses how far down the
    forward pass fuses. The kernels that double a map begin bilinear and are learned;
    the last enlargement stays bilinear. The scores of the finer layers begin at zero,
    so that each network begins as the coarser one.

    Args:
        num_classes: K.
        backbone: pictures (N, 3, H, W) to maps (N, C, H/8, W/8), rounded up; if not
            given, the one of this book's detectors.
        channels: of the backbone's map and of the two stages behind it.
        top: channels of the layer on the last stage, a 3 × 3 convolution.
        stride: 32, 16 or 8; may be changed later.

    Attributes:
        stride: which of the three it is.

    Raises:
        ValueError: `stride` is none of the three.

    Source:
        Long, Shelhamer, Darrell, Fully convolutional networks, CVPR 2015.

    Example:
        >>> FCN(7)(torch.zeros(1, 3, 50, 70)).shape
        torch.Size([1, 7, 50, 70])
    """

    def __init__(
        self,
        num_classes: int,
        *,
        backbone: nn.Module | None = None,
        channels: tuple[int, int, int] = (CHANNELS, 96, 128),
        top: int = 144,
        stride: int = 8,
    ) -> None:
        super().__init__()
        at8, at16, at32 = channels
        self.backbone = small_backbone() if backbone is None else backbone
        self.to16, self.to32 = stage(at8, at16, 2), stage(at16, at32, 2)
        self.top = nn.Sequential(
            nn.Conv2d(at32, top, 3, padding=1, bias=False),
            nn.BatchNorm2d(top),
            nn.ReLU(inplace=True),
        )
        self.score32 = nn.Conv2d(top, num_classes, 1)
        self.score16 = nn.Conv2d(at16, num_classes, 1)
        self.score8 = nn.Conv2d(at8, num_classes, 1)
        for score in (self.score16, self.score8):
            nn.init.zeros_(score.weight)
            nn.init.zeros_(score.bias)
        self.up32 = bilinear_upsampling(num_classes, 2)
        self.up16 = bilinear_upsampling(num_classes, 2)
        self.stride = check_stride(stride)

    def coarse_scores(self, images: Tensor) -> dict[int, Tensor]:
        """The fused scores at each stride: {32: (N, K, H/32, W/32), 16: …, 8: …}."""
        fine = self.backbone(images)  # (N, C, H/8, W/8)
        middle = self.to16(fine)
        coarse = self.to32(middle)
        at32 = self.score32(self.top(coarse))
        at16 = fuse(at32, self.score16(middle), self.up32)
        at8 = fuse(at16, self.score8(fine), self.up16)
        return {32: at32, 16: at16, 8: at8}

    def all_strides(self, images: Tensor) -> dict[int, Tensor]:
        """Scores (N, K, H, W) of FCN-32s, FCN-16s and FCN-8s."""
        size = check_pictures(images, 3)
        coarse = self.coarse_scores(images)
        return {stride: enlarged(x, stride, size) for stride, x in coarse.items()}

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) in [0, 1] to (N, K, H, W), for any H and W."""
        size = check_pictures(images, 3)
        stride = check_stride(self.stride)
        return enlarged(self.coarse_scores(images)[stride], stride, size)


def enlarged(scores: Tensor, factor: int, size: tuple[int, int]) -> Tensor:
    """Scores as large as the picture: bilinear, cut off where they stand over.

    Away from the edges this is the transposed convolution with `bilinear_weights`; at
    them, where that one fades, the last scores are continued.

    Example:
        >>> enlarged(torch.zeros(1, 7, 2, 3), 32, (50, 70)).shape
        torch.Size([1, 7, 50, 70])
    """
    large = functional.interpolate(scores, scale_factor=factor, mode="bilinear")
    return crop_to(large, size)


def check_stride(stride: int) -> int:
    """Refuse a stride that none of the three networks has.

    Example:
        >>> check_stride(4)
        Traceback (most recent call last):
        ValueError: stride must be 32, 16 or 8, got 4
    """
    if stride not in STRIDES:
        raise ValueError(f"stride must be 32, 16 or 8, got {stride!r}")
    return int(stride)


def fcn8_scenes() -> FCN:
    """The network that is shipped for the scenes benchmark, seven classes.

    Example:
        >>> fcn8_scenes().stride
        8
    """
    return FCN(7)
