"""Densely connected networks (torch): every layer reads all that came before it.

Huang, Liu, van der Maaten, Weinberger, Densely Connected Convolutional Networks,
CVPR 2017. Keys and shapes are torchvision's.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cvlib.validate import check_positive, check_shape


def channels_read(first: int, growth_rate: int, layer: int) -> int:
    """What layer number `layer` of a dense block reads: k0 + k(l − 1) channels.

    Args:
        first: channels of the block's input, k0.
        growth_rate: channels that every layer adds, k.
        layer: which layer, from 1.

    Example:
        >>> [channels_read(64, 32, layer) for layer in (1, 2, 6)]
        [64, 96, 224]
    """
    layer = check_positive("layer", layer)
    return first + growth_rate * (layer - 1)


class DenseLayer(nn.Module):
    """Batch norm, ReLU, 1 × 1 to `bn_size`·k maps; batch norm, ReLU, 3 × 3 to k maps.

    The 1 × 1 is the bottleneck: without it the 3 × 3 would read the whole pile.

    Args:
        num_input_features: channels that it reads.
        growth_rate: channels that it adds, k.
        bn_size: how many times k the bottleneck has.

    Example:
        >>> DenseLayer(64, 32)(torch.zeros(1, 64, 8, 8)).shape
        torch.Size([1, 32, 8, 8])
    """

    def __init__(
        self, num_input_features: int, growth_rate: int, bn_size: int = 4
    ) -> None:
        super().__init__()
        width = bn_size * growth_rate
        self.norm1 = nn.BatchNorm2d(num_input_features)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(num_input_features, width, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, growth_rate, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, num_input_features, H, W) to (N, growth_rate, H, W)."""
        x = self.conv1(self.relu1(self.norm1(x)))
        return self.conv2(self.relu2(self.norm2(x)))


class DenseBlock(nn.ModuleDict):
    """Layers that each read the block's input and everything written since.

    Args:
        num_layers: how many.
        num_input_features: channels of the input, k0.
        growth_rate: channels that each layer adds, k.
        bn_size: see `DenseLayer`.

    Example:
        >>> DenseBlock(6, 64, 32)(torch.zeros(1, 64, 8, 8)).shape
        torch.Size([1, 256, 8, 8])
    """

    def __init__(
        self,
        num_layers: int,
        num_input_features: int,
        growth_rate: int,
        bn_size: int = 4,
    ) -> None:
        super().__init__()
        for number in range(1, num_layers + 1):
            reads = channels_read(num_input_features, growth_rate, number)
            self[f"denselayer{number}"] = DenseLayer(reads, growth_rate, bn_size)

    def forward(self, x: Tensor) -> Tensor:
        """(N, k0, H, W) to (N, k0 + k·num_layers, H, W)."""
        pile = [x]
        for layer in self.values():
            pile.append(layer(torch.cat(pile, dim=1)))
        return torch.cat(pile, dim=1)


class Transition(nn.Sequential):
    """Between two blocks: half as many channels, half the size.

    Args:
        num_input_features: channels that a block has piled up.
        num_output_features: channels of the next block's input.

    Example:
        >>> Transition(256, 128)(torch.zeros(1, 256, 8, 8)).shape
        torch.Size([1, 128, 4, 4])
    """

    def __init__(self, num_input_features: int, num_output_features: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(num_input_features)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(num_input_features, num_output_features, 1, bias=False)
        self.pool = nn.AvgPool2d(2)


class DenseNet(nn.Module):
    """A stem, dense blocks with transitions between them, one number a map.

    Args:
        growth_rate: channels that every layer adds, k.
        block_config: layers of each block.
        num_init_features: channels of the stem.
        bn_size: see `DenseLayer`.
        num_classes: scores in the answer.

    Example:
        >>> net = DenseNet(8, (2, 3), 16, num_classes=10)
        >>> net(torch.zeros(2, 3, 64, 64)).shape
        torch.Size([2, 10])
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: Sequence[int] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()
        growth_rate = check_positive("growth_rate", growth_rate)
        channels = check_positive("num_init_features", num_init_features)
        self.features = nn.Sequential()
        self.features.conv0 = nn.Conv2d(3, channels, 7, 2, padding=3, bias=False)
        self.features.norm0 = nn.BatchNorm2d(channels)
        self.features.relu0 = nn.ReLU(inplace=True)
        self.features.pool0 = nn.MaxPool2d(3, stride=2, padding=1)
        for number, layers in enumerate(block_config, start=1):
            layers = check_positive("block_config", layers)
            block = DenseBlock(layers, channels, growth_rate, bn_size)
            self.features.add_module(f"denseblock{number}", block)
            channels += growth_rate * layers
            if number < len(block_config):
                transition = Transition(channels, channels // 2)
                self.features.add_module(f"transition{number}", transition)
                channels //= 2
        self.features.norm5 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, num_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, num_classes) scores; H = W = 224 in the paper."""
        check_shape("x", x, "N C H W", C=3)
        x = self.avgpool(self.relu(self.features(x)))
        return self.classifier(torch.flatten(x, 1))


def initialise(net: nn.Module) -> None:
    """He's initialisation for convolutions; the classifier starts without a bias."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)


def densenet121(*, num_classes: int = 1000) -> DenseNet:
    """121 layers with weights: 7,978,856 parameters.

    Example:
        >>> sum(p.numel() for p in densenet121().parameters())
        7978856
    """
    return DenseNet(num_classes=num_classes)
