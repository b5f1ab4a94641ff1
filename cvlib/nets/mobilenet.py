"""MobileNet V1 and V2, in torch: convolution in two cheap steps.

V2's names in the state dict are torchvision's; V1 has no model there and follows suit.
"""

from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from cvlib.nets.scaling import round_channels
from cvlib.validate import check_shape

V1_BLOCKS = (  # filters, stride
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)
V2_STAGES = (  # expand_ratio, out_channels, blocks, stride of the first block
    *((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)),
    *((6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)),
)


def conv_norm(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    *,
    stride: int = 1,
    groups: int = 1,
    activation: type[nn.Module] | None = nn.ReLU6,
) -> nn.Sequential:
    """A convolution that keeps the size at stride 1, batch norm, and an activation.

    Batch norm subtracts the mean, so a bias before it would do nothing: there is none.

    Example:
        >>> conv_norm(16, 16, 3, groups=16)[0].weight.shape  # depthwise
        torch.Size([16, 1, 3, 3])
    """
    padding = (kernel_size - 1) // 2
    layers: list[nn.Module] = [
        nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            groups=groups,
            bias=False,
        ),
        nn.BatchNorm2d(out_channels),
    ]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class SeparableConv(nn.Sequential):
    """Depthwise 3×3, then pointwise 1×1, each with batch norm and ReLU: V1's block."""

    def __init__(self, in_channels: int, out_channels: int, *, stride: int = 1) -> None:
        super().__init__(
            conv_norm(
                in_channels,
                in_channels,
                3,
                stride=stride,
                groups=in_channels,
                activation=nn.ReLU,
            ),
            conv_norm(in_channels, out_channels, 1, activation=nn.ReLU),
        )


class InvertedResidual(nn.Module):
    """Expand, filter each channel by itself, project back without an activation.

    "Inverted", because the shortcut joins the narrow ends: a ResNet's bottleneck is
    wide outside and narrow inside, this one the other way round.

    Args:
        in_channels: channels of the narrow end that comes in.
        out_channels: channels of the narrow end that goes out.
        stride: of the depthwise convolution; the shortcut needs 1 and equal channels.
        expand_ratio: the middle has `in_channels * expand_ratio`; 1 leaves out the
            expansion.
    """

    def __init__(
        self, in_channels: int, out_channels: int, *, stride: int, expand_ratio: int
    ) -> None:
        super().__init__()
        hidden = in_channels * expand_ratio
        self.use_res_connect = stride == 1 and in_channels == out_channels
        expand = [conv_norm(in_channels, hidden, 1)] if expand_ratio != 1 else []
        self.conv = nn.Sequential(
            *expand,
            conv_norm(hidden, hidden, 3, stride=stride, groups=hidden),
            # linear: a ReLU here would throw away part of what few channels hold
            *conv_norm(hidden, out_channels, 1, activation=None),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H / stride, W / stride)."""
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class _MobileNet(nn.Module):
    """What both versions share: features, a global average, a linear classifier."""

    def __init__(
        self, features: list[nn.Module], width: int, num_classes: int, dropout: float
    ) -> None:
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(width, num_classes)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
        nn.init.normal_(self.classifier[1].weight, std=0.01)
        nn.init.zeros_(self.classifier[1].bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to scores (N, num_classes)."""
        check_shape("x", x, "N 3 H W")
        x = adaptive_avg_pool2d(self.features(x), 1)
        return self.classifier(x.flatten(1))


class MobileNetV1(_MobileNet):
    """A stem and thirteen depthwise-separable blocks.

    Args:
        num_classes: scores for each picture.
        width_mult: factor on the filters of every layer.
        dropout: probability, before the classifier.

    Source:
        Howard et al., MobileNets: Efficient Convolutional Neural Networks for Mobile
        Vision Applications, 2017.
    """

    def __init__(
        self,
        *,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        dropout: float = 0.001,
    ) -> None:
        channels = round_channels(32 * width_mult)
        features: list[nn.Module] = [
            conv_norm(3, channels, 3, stride=2, activation=nn.ReLU)
        ]
        for filters, stride in V1_BLOCKS:
            filters = round_channels(filters * width_mult)
            features.append(SeparableConv(channels, filters, stride=stride))
            channels = filters
        super().__init__(features, channels, num_classes, dropout)


class MobileNetV2(_MobileNet):
    """A stem, seventeen inverted residuals in seven stages, a 1×1 convolution to 1280.

    Args:
        num_classes: scores for each picture.
        width_mult: factor on the filters of every layer; the last keeps at least 1280.
        dropout: probability, before the classifier.

    Source:
        Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks,
        CVPR 2018, table 2.
    """

    def __init__(
        self, *, num_classes: int = 1000, width_mult: float = 1.0, dropout: float = 0.2
    ) -> None:
        channels = round_channels(32 * width_mult)
        last = round_channels(1280 * max(1.0, width_mult))
        features: list[nn.Module] = [conv_norm(3, channels, 3, stride=2)]
        for expand_ratio, filters, blocks, first_stride in V2_STAGES:
            filters = round_channels(filters * width_mult)
            for stride in (first_stride, *(1,) * (blocks - 1)):
                features.append(
                    InvertedResidual(
                        channels, filters, stride=stride, expand_ratio=expand_ratio
                    )
                )
                channels = filters
        features.append(conv_norm(channels, last, 1))
        super().__init__(features, last, num_classes, dropout)


def mobilenet_v1(
    *, num_classes: int = 1000, width_mult: float = 1.0, dropout: float = 0.001
) -> MobileNetV1:
    """MobileNet V1: 4.2 million parameters, 569 million multiply-adds at 224×224.

    Example:
        >>> sum(weights.numel() for weights in mobilenet_v1().parameters())
        4231976
    """
    return MobileNetV1(num_classes=num_classes, width_mult=width_mult, dropout=dropout)


def mobilenet_v2(
    *, num_classes: int = 1000, width_mult: float = 1.0, dropout: float = 0.2
) -> MobileNetV2:
    """MobileNet V2: 3.5 million parameters, 301 million multiply-adds at 224×224.

    Example:
        >>> sum(weights.numel() for weights in mobilenet_v2().parameters())
        3504872
    """
    return MobileNetV2(num_classes=num_classes, width_mult=width_mult, dropout=dropout)
