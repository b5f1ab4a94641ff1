"""U-Net: down, up, and at every level a look across at what came before (torch)."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from cvlib.detect.backbone import (
    CHANNELS,
    MEAN,
    STD,
    DilatedBlock,
    small_backbone,
)
from cvlib.nets.normalize import Normalize
from cvlib.segment.sizes import check_pictures, crop_centre, crop_to, unet_sizes


def two_convolutions(
    inplanes: int, planes: int, *, padding: int, norm: bool
) -> nn.Sequential:
    """3 × 3, ReLU, 3 × 3, ReLU; with batch normalisation if wanted.

    Example:
        >>> two_convolutions(3, 8, padding=0, norm=False)(torch.zeros(1, 3, 9, 9)).shape
        torch.Size([1, 8, 5, 5])
    """
    layers: list[nn.Module] = []
    for a in (inplanes, planes):
        layers.append(nn.Conv2d(a, planes, 3, padding=padding, bias=not norm))
        layers += [nn.BatchNorm2d(planes)] if norm else []
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def join(below: Tensor, skip: Tensor, *, valid: bool = False) -> Tensor:
    """What came up and what came across, as channels of one map.

    Without padding (`valid`) the map that came across is larger all around and its
    middle is taken; with padding the one that came up may stand over by a row.

    Args:
        below: (N, C, h, w), doubled already.
        skip: (N, D, H, W).
        valid: whether the convolutions are without padding.

    Returns:
        (N, D + C, …), what came across first.

    Raises:
        ShapeError: what has to be cropped is the smaller one.

    Example:
        >>> join(torch.zeros(1, 8, 56, 56), torch.ones(1, 8, 64, 64), valid=True).shape
        torch.Size([1, 16, 56, 56])
    """
    if valid:
        skip = crop_centre(skip, tuple(below.shape[-2:]))
    else:
        below = crop_to(below, tuple(skip.shape[-2:]))
    return torch.cat([skip, below], dim=1)


class UNet(nn.Module):
    """An encoder and a decoder of the same levels, joined at each.

    Args:
        num_classes: K.
        widths: channels of the levels, from the full picture down.
        in_channels: of the pictures, in [0, 1].
        padding: 1 keeps the size of every map, for any picture; 0 is the paper's: the
            answer is smaller than the picture, and only some sizes work.
        norm: batch normalisation after every convolution; the paper has none.
        normalize: whether the pictures are brought to mean 0 first.

    Raises:
        ShapeError: a picture that cannot be halved often enough without padding; the
            sentence says which sizes can.

    Source:
        Ronneberger, Fischer, Brox, U-Net, MICCAI 2015.

    Example:
        >>> net = UNet(7, widths=(4, 8, 16))
        >>> net(torch.zeros(1, 3, 21, 30)).shape
        torch.Size([1, 7, 21, 30])
    """

    def __init__(
        self,
        num_classes: int,
        *,
        widths: Sequence[int] = (16, 32, 64, 96, 128),
        in_channels: int = 3,
        padding: int = 1,
        norm: bool = True,
        normalize: bool = True,
    ) -> None:
        super().__init__()
        if padding not in (0, 1):
            raise ValueError(f"padding must be 0 or 1, got {padding!r}")
        kind = {"padding": padding, "norm": norm}
        self.normalize = nn.Identity()
        if normalize:
            self.normalize = Normalize(MEAN[:1] * in_channels, STD[:1] * in_channels)
        self.first = two_convolutions(in_channels, widths[0], **kind)
        self.down = nn.ModuleList(
            nn.Sequential(
                nn.MaxPool2d(2, ceil_mode=True), two_convolutions(a, b, **kind)
            )
            for a, b in pairwise(widths)
        )
        self.build_way_up(widths[:-1], widths, num_classes, **kind)
        self.valid = padding == 0
        self.in_channels = in_channels

    def build_way_up(
        self, across: Sequence[int], widths: Sequence[int], num_classes: int, **kind
    ) -> None:
        """Doublings and convolutions, from below: `widths` without the last is theirs.

        Args:
            across: channels of the map that comes across at each level.
            widths: channels of the levels on the way up, and those at the bottom.
            num_classes: K.
            **kind: of `two_convolutions`.
        """
        pairs = list(pairwise(widths))[::-1]
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in pairs
        )
        self.up = nn.ModuleList(
            two_convolutions(skip + a, a, **kind)
            for skip, (a, _) in zip(reversed(across), pairs, strict=True)
        )
        self.score = nn.Conv2d(widths[0], num_classes, 1)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, K, H, W); without padding to fewer pixels."""
        size = check_pictures(images, self.in_channels)
        if self.valid:
            for n in size:
                unet_sizes(n, depth=len(self.down))  # a sentence if it cannot work
        x = self.first(self.normalize(images))
        skips = []
        for level in self.down:
            skips.append(x)
            x = level(x)
        for enlarge, level in zip(self.enlarge, self.up, strict=True):
            x = level(join(enlarge(x), skips.pop(), valid=self.valid))
        return self.score(x)


def unet_2015(num_classes: int = 2, in_channels: int = 1) -> UNet:
    """The network of the paper's figure 1: 572 × 572 in, 388 × 388 out.

    Example:
        >>> sum(p.numel() for p in unet_2015().parameters())
        31030658
    """
    return UNet(
        num_classes,
        widths=(64, 128, 256, 512, 1024),
        in_channels=in_channels,
        padding=0,
        norm=False,
        normalize=False,
    )


class BackboneUNet(UNet):
    """A U-Net whose way down is the backbone of this book's detectors, and a step more.

    Its levels have strides 1, 2, 4 and 8, so that a detector's trained weights can be
    taken over, and one of stride 16 below. What comes across at full size is the
    picture itself; one convolution reads it and what came up, and gives the scores:
    that level has a quarter of a million places in eight pictures, and layers there
    cost most and know least.

    Args:
        num_classes: K.
        widths: channels of the levels on the way up, from the full picture down.
        bottom: channels of the level of stride 16.

    Example:
        >>> BackboneUNet(7)(torch.zeros(1, 3, 50, 70)).shape
        torch.Size([1, 7, 50, 70])
    """

    def __init__(
        self,
        num_classes: int,
        *,
        widths: Sequence[int] = (12, 32, 48, 80),
        bottom: int = 96,
    ) -> None:
        nn.Module.__init__(self)
        self.normalize, self.first = Normalize(MEAN, STD), nn.Identity()
        lowest = nn.Sequential(
            DilatedBlock(CHANNELS, bottom, stride=2),
            DilatedBlock(bottom, bottom, dilation=2),
        )
        self.down = nn.ModuleList([*levels(small_backbone()), lowest])
        across = (3, 24, 32, CHANNELS)
        self.build_way_up(across, (*widths, bottom), num_classes, padding=1, norm=True)
        self.up[-1] = nn.Identity()
        self.score = nn.Conv2d(across[0] + widths[0], num_classes, 3, padding=1)
        self.valid, self.in_channels = False, 3

    def begin_with(self, backbone: nn.Sequential) -> None:
        """Take over the weights of a `small_backbone`."""
        for own, other in zip(self.down, levels(backbone), strict=False):
            own.load_state_dict(other.state_dict())


def levels(backbone: nn.Sequential) -> list[nn.Sequential]:
    """The parts of a `small_backbone` that each halve the map, without the first layer.

    Example:
        >>> [len(part) for part in levels(small_backbone())]
        [3, 1, 3]
    """
    return [backbone[1:4], backbone[4:5], backbone[5:]]


def unet_scenes() -> BackboneUNet:
    """The network that is shipped for the scenes benchmark, seven classes.

    Example:
        >>> unet_scenes().score.out_channels
        7
    """
    return BackboneUNet(7)
