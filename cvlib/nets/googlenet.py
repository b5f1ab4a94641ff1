"""GoogLeNet (torch): filters of several sizes side by side, and cheap ones before them.

Szegedy et al., Going Deeper with Convolutions, CVPR 2015. State-dict names and shapes
are torchvision's, so its weights load; the published network is here besides.
"""

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from cvlib.validate import check_number, check_shape

MODULES = {  # in, 1×1, before 3×3, 3×3, before 5×5, 5×5, after the pool
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}
"""The nine modules of the published table."""


class BasicConv2d(nn.Module):
    """A convolution and a ReLU, with batch normalisation or with biases.

    Args:
        in_channels: channels that come in.
        out_channels: filters.
        batch_norm: normalise between the two, as torchvision does; the paper had
            biases instead, for batch normalisation was published a year later.
        **options: of the convolution.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        batch_norm: bool = True,
        **options: int,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=not batch_norm, **options)
        if batch_norm:
            self.bn = nn.BatchNorm2d(out_channels, eps=0.001)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, P, Q)."""
        x = self.conv(x)
        return self.relu(self.bn(x) if hasattr(self, "bn") else x)


class Inception(nn.Module):
    """Four branches that see the same maps; their outputs are laid one on another.

    Args:
        in_channels: channels that every branch reads.
        ch1x1: 1 × 1 filters of the first branch.
        ch3x3red: 1 × 1 filters that reduce the channels before the 3 × 3.
        ch3x3: 3 × 3 filters.
        ch5x5red: 1 × 1 filters that reduce the channels before the large ones.
        ch5x5: large filters.
        pool_proj: 1 × 1 filters after the pool.
        large: side of the large filters, 5 in the paper, 3 in torchvision.
        batch_norm: as in `BasicConv2d`.

    Example:
        >>> block = Inception(512, 160, 112, 224, 24, 64, 64)
        >>> block(torch.zeros(1, 512, 14, 14)).shape
        torch.Size([1, 512, 14, 14])
    """

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        *,
        large: int = 5,
        batch_norm: bool = True,
    ) -> None:
        super().__init__()
        conv = partial(BasicConv2d, batch_norm=batch_norm)
        self.branch1 = conv(in_channels, ch1x1, kernel_size=1)
        self.branch2 = nn.Sequential(
            conv(in_channels, ch3x3red, kernel_size=1),
            conv(ch3x3red, ch3x3, kernel_size=3, padding=1),
        )
        self.branch3 = nn.Sequential(
            conv(in_channels, ch5x5red, kernel_size=1),
            conv(ch5x5red, ch5x5, kernel_size=large, padding=large // 2),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            conv(in_channels, pool_proj, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, ch1x1 + ch3x3 + ch5x5 + pool_proj, H, W)."""
        branches = self.branch1, self.branch2, self.branch3, self.branch4
        return torch.cat([branch(x) for branch in branches], dim=1)


class NaiveInception(nn.Module):
    """The idea before the trick: large filters read all channels, the pool keeps all.

    Args:
        in_channels: channels that every branch reads.
        ch1x1: 1 × 1 filters.
        ch3x3: 3 × 3 filters.
        ch5x5: 5 × 5 filters.

    Example:
        >>> NaiveInception(512, 160, 224, 64)(torch.zeros(1, 512, 14, 14)).shape
        torch.Size([1, 960, 14, 14])
    """

    def __init__(self, in_channels: int, ch1x1: int, ch3x3: int, ch5x5: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Conv2d(in_channels, filters, k, padding=k // 2)
            for filters, k in ((ch1x1, 1), (ch3x3, 3), (ch5x5, 5))
        )
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, sum of all filters + in_channels, H, W)."""
        maps = [branch(x).relu() for branch in self.branches]
        return torch.cat([*maps, self.pool(x)], dim=1)


class InceptionAux(nn.Module):
    """An auxiliary head: scores from the middle of the network, in training only.

    Args:
        in_channels: channels of the maps that it reads.
        num_classes: scores for each picture.
        batch_norm: as in `BasicConv2d`.
        dropout: probability between the two fully connected layers.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        *,
        batch_norm: bool = True,
        dropout: float = 0.7,
    ) -> None:
        super().__init__()
        self.conv = BasicConv2d(in_channels, 128, kernel_size=1, batch_norm=batch_norm)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.dropout = nn.Dropout(dropout)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to scores (N, K)."""
        x = self.conv(adaptive_avg_pool2d(x, 4)).flatten(1)
        return self.fc2(self.dropout(self.fc1(x).relu()))


class GoogLeNetOutputs(NamedTuple):
    """What the network gives in training: three sets of scores (N, K)."""

    logits: Tensor
    aux_logits2: Tensor | None
    aux_logits1: Tensor | None


class GoogLeNet(nn.Module):
    """Three plain layers, nine Inception modules, one average, one linear layer.

    Args:
        num_classes: scores for each picture.
        aux_logits: whether two heads read the middle of the network in training.
        published: the network of the paper, with biases, local response normalisation
            and real 5 × 5 filters. Otherwise torchvision's, with batch normalisation;
            its weights came with 3 × 3 filters where the paper has 5 × 5.
        dropout: probability before the last layer; the paper's 40 % is for published.

    Example:
        >>> with torch.device("meta"):
        ...     net = GoogLeNet(aux_logits=False)
        >>> net.inception4b.branch2[1].conv
        Conv2d(112, 224, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
    """

    def __init__(
        self,
        num_classes: int = 1000,
        *,
        aux_logits: bool = True,
        published: bool = False,
        dropout: float | None = None,
    ) -> None:
        super().__init__()
        if dropout is None:
            dropout = 0.4 if published else 0.2
        dropout = check_number("dropout", dropout, minimum=0, maximum=1)
        conv = partial(BasicConv2d, batch_norm=not published)
        pool = partial(nn.MaxPool2d, stride=2, ceil_mode=True)
        kinds = {"large": 5 if published else 3, "batch_norm": not published}

        self.conv1 = conv(3, 64, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = pool(3)
        self.conv2 = conv(64, 64, kernel_size=1)
        self.conv3 = conv(64, 192, kernel_size=3, padding=1)
        self.maxpool2 = pool(3)
        self.maxpool3 = pool(3)
        self.maxpool4 = pool(3 if published else 2)
        if published:
            self.norm1, self.norm2 = nn.LocalResponseNorm(5), nn.LocalResponseNorm(5)
        for name, widths in MODULES.items():
            self.add_module(f"inception{name}", Inception(*widths, **kinds))
        if aux_logits:
            head = partial(InceptionAux, batch_norm=not published)
            self.aux1, self.aux2 = head(512, num_classes), head(528, num_classes)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1024, num_classes)
        self.apply(_initialise_published if published else _initialise)

    def _stem(self, x: Tensor) -> Tensor:
        published = hasattr(self, "norm1")
        x = self.maxpool1(self.conv1(x))
        x = self.conv3(self.conv2(self.norm1(x) if published else x))
        return self.maxpool2(self.norm2(x) if published else x)

    def forward(self, x: Tensor) -> Tensor | GoogLeNetOutputs:
        """Pictures (N, 3, H, W) to scores (N, K); in training, those of the heads too.

        Raises:
            ShapeError: x is not (N, 3, H, W).
        """
        check_shape("x", x, "N 3 H W")
        heads = self.training and hasattr(self, "aux1")
        x = self.inception3b(self.inception3a(self._stem(x)))
        x = self.inception4a(self.maxpool3(x))
        first = self.aux1(x) if heads else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        second = self.aux2(x) if heads else None
        x = self.inception5a(self.maxpool4(self.inception4e(x)))
        x = self.avgpool(self.inception5b(x)).flatten(1)
        scores = self.fc(self.dropout(x))
        return GoogLeNetOutputs(scores, second, first) if heads else scores


def _initialise(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.trunc_normal_(layer.weight, std=0.01)


def _initialise_published(layer: nn.Module) -> None:
    """Without batch normalisation the scale has to come from the weights."""
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)


def googlenet(num_classes: int = 1000, *, aux_logits: bool = True) -> GoogLeNet:
    """torchvision's GoogLeNet, untrained: 6 624 904 parameters without the heads.

    Example:
        >>> with torch.device("meta"):
        ...     net = googlenet(aux_logits=False)
        >>> sum(p.numel() for p in net.parameters())
        6624904
    """
    return GoogLeNet(num_classes, aux_logits=aux_logits)


def googlenet_published(
    num_classes: int = 1000, *, aux_logits: bool = False
) -> GoogLeNet:
    """GoogLeNet as published, untrained: 6 998 552 parameters without the heads.

    Example:
        >>> with torch.device("meta"):
        ...     net = googlenet_published()
        >>> sum(p.numel() for p in net.parameters())
        6998552
    """
    return GoogLeNet(num_classes, aux_logits=aux_logits, published=True)
