"""The VGG networks: 3 × 3 convolutions in five blocks (torch).

State-dict names are torchvision's, so its weights load. Configuration C, with 1 × 1
convolutions, is in the paper only.
"""

from collections.abc import Sequence

import torch
from torch import nn

from cvlib.validate import check_shape

WIDTHS = (64, 128, 256, 512, 512)  # filters of each of the five blocks

# Kernel sizes of each block; every block ends in a 2 × 2 pool.
CONFIGURATIONS = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3),) * 5,
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}


def make_features(
    blocks: Sequence[Sequence[int]],
    widths: Sequence[int] = WIDTHS,
    *,
    batch_norm: bool = False,
    in_channels: int = 3,
) -> nn.Sequential:
    """Blocks of convolutions that keep the size; after each a pool halves it.

    Args:
        blocks: the kernel sizes of each block, odd.
        widths: the number of filters in each block.
        batch_norm: normalise between a convolution and its ReLU.
        in_channels: C of the pictures.

    Raises:
        ValueError: there are more or fewer widths than blocks.

    Example:
        >>> net = make_features([(3,), (3, 3)], [8, 16])
        >>> net(torch.zeros(1, 3, 32, 32)).shape
        torch.Size([1, 16, 8, 8])
    """
    if len(blocks) != len(widths):
        raise ValueError(
            f"widths must have one entry a block, {len(blocks)}, got {len(widths)}"
        )
    layers, channels = [], in_channels
    for kernel_sizes, width in zip(blocks, widths, strict=True):
        for k in kernel_sizes:
            layers.append(nn.Conv2d(channels, width, k, padding=k // 2))
            layers += [nn.BatchNorm2d(width)] if batch_norm else []
            layers.append(nn.ReLU())
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """Five blocks, then three fully connected layers.

    Args:
        features: what turns pictures (N, 3, H, W) into maps of 512 channels.
        num_classes: K, the number of scores.
        dropout: probability of dropping after the first two fully connected layers.
        init_weights: draw convolutions from a normal distribution of variance
            2/(k²·filters), as torchvision does; the paper started deep nets from
            shallow ones.

    Source:
        Simonyan and Zisserman, Very deep convolutional networks for large-scale image
        recognition, ICLR 2015.

    Example:
        >>> net = VGG(make_features(CONFIGURATIONS["A"]), num_classes=10)
        >>> net.classifier[-1]
        Linear(in_features=4096, out_features=10, bias=True)
    """

    def __init__(
        self,
        features: nn.Module,
        num_classes: int = 1000,
        dropout: float = 0.5,
        *,
        init_weights: bool = True,
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            self.apply(_initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, H, W), H and W at least 32, to scores (N, K)."""
        check_shape("x", x, "N 3 H W")
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _initialise(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d):
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    elif isinstance(layer, nn.Linear):
        nn.init.normal_(layer.weight, 0, 0.01)
        nn.init.zeros_(layer.bias)


def _vgg(configuration: str, batch_norm: bool, num_classes: int, options: dict) -> VGG:
    features = make_features(CONFIGURATIONS[configuration], batch_norm=batch_norm)
    return VGG(features, num_classes, **options)


def vgg11(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration A: 132 863 336 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg11()
        >>> sum(p.numel() for p in net.parameters())
        132863336
    """
    return _vgg("A", False, num_classes, options)


def vgg11_bn(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration A with batch normalisation: 132 868 840 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg11_bn()
        >>> sum(p.numel() for p in net.parameters())
        132868840
    """
    return _vgg("A", True, num_classes, options)


def vgg13(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration B: 133 047 848 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg13()
        >>> sum(p.numel() for p in net.parameters())
        133047848
    """
    return _vgg("B", False, num_classes, options)


def vgg13_bn(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration B with batch normalisation: 133 053 736 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg13_bn()
        >>> sum(p.numel() for p in net.parameters())
        133053736
    """
    return _vgg("B", True, num_classes, options)


def vgg16(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration D: 138 357 544 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg16()
        >>> sum(p.numel() for p in net.parameters())
        138357544
    """
    return _vgg("D", False, num_classes, options)


def vgg16_bn(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration D with batch normalisation: 138 365 992 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg16_bn()
        >>> sum(p.numel() for p in net.parameters())
        138365992
    """
    return _vgg("D", True, num_classes, options)


def vgg16_c(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration C, the third layer of a block 1 × 1: 133 638 952 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg16_c()
        >>> sum(p.numel() for p in net.parameters())
        133638952
    """
    return _vgg("C", False, num_classes, options)


def vgg19(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration E: 143 667 240 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg19()
        >>> sum(p.numel() for p in net.parameters())
        143667240
    """
    return _vgg("E", False, num_classes, options)


def vgg19_bn(num_classes: int = 1000, **options) -> VGG:
    """VGG, configuration E with batch normalisation: 143 678 248 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = vgg19_bn()
        >>> sum(p.numel() for p in net.parameters())
        143678248
    """
    return _vgg("E", True, num_classes, options)
