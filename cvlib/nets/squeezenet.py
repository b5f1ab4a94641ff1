"""SqueezeNet, in torch: 1×1 convolutions squeeze the channels before every 3×3.

The names in the state dict are torchvision's, so its ImageNet weights load.
"""

import torch
from torch import Tensor, nn

from cvlib.validate import check_shape


class Fire(nn.Module):
    """Squeeze to a few channels with 1×1 filters, expand with 1×1 and 3×3 side by side.

    Only the squeezed channels meet the 3×3 filters: that is where parameters are saved.

    Args:
        inplanes: channels that come in.
        squeeze_planes: channels between.
        expand1x1_planes: 1×1 filters that expand.
        expand3x3_planes: 3×3 filters that expand; the output has the sum of both.
    """

    def __init__(
        self,
        inplanes: int,
        squeeze_planes: int,
        expand1x1_planes: int,
        expand3x3_planes: int,
    ) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, 1)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, 1)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, expand1x1 + expand3x3, H, W)."""
        x = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(x).relu(), self.expand3x3(x).relu()], dim=1)


class SqueezeNet(nn.Module):
    """SqueezeNet 1.1: a stem, eight Fire modules, a 1×1 classifier, a global average.

    There is no fully connected layer: the last convolution makes one map a class, and
    the average of a map is the score of its class, at any size of the picture.

    Args:
        num_classes: scores for each picture.
        dropout: probability, before the classifier.

    Source:
        Iandola et al., SqueezeNet: AlexNet-level accuracy with 50× fewer parameters
        and <0.5 MB model size, 2016. Version 1.1 is the authors' own revision, with
        2.4 times fewer multiply-adds.
    """

    def __init__(self, *, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()

        def pool() -> nn.MaxPool2d:
            return nn.MaxPool2d(3, stride=2, ceil_mode=True)

        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2),
            nn.ReLU(),
            pool(),
            Fire(64, 16, 64, 64),
            Fire(128, 16, 64, 64),
            pool(),
            Fire(128, 32, 128, 128),
            Fire(256, 32, 128, 128),
            pool(),
            Fire(256, 48, 192, 192),
            Fire(384, 48, 192, 192),
            Fire(384, 64, 256, 256),
            Fire(512, 64, 256, 256),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Conv2d(512, num_classes, 1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.classifier[1].weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W), at least 17×17 pixels, to scores (N, num_classes)."""
        check_shape("x", x, "N 3 H W")
        return self.classifier(self.features(x)).flatten(1)


def squeezenet1_1(*, num_classes: int = 1000, dropout: float = 0.5) -> SqueezeNet:
    """SqueezeNet 1.1: 1,235,496 parameters, 0.35 billion multiply-adds at 224×224.

    Example:
        >>> net = squeezenet1_1()
        >>> sum(weights.numel() for weights in net.parameters())
        1235496
    """
    return SqueezeNet(num_classes=num_classes, dropout=dropout)
