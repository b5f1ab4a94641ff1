"""EfficientNet, in torch: a small network, and one dial that makes it larger.

The names in the state dict are torchvision's, so its ImageNet weights load.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from cvlib.nets.mobilenet import conv_norm
from cvlib.nets.scaling import PUBLISHED, round_channels, scale_depth
from cvlib.validate import check_choice, check_number, check_shape

STAGES = (  # expand_ratio, kernel_size, stride of the first, out_channels, blocks
    *((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3)),
    *((6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)),
)


class SqueezeExcitation(nn.Module):
    """Look at the mean of every channel, then turn each channel up or down.

    Args:
        channels: of the input and the output.
        squeeze_channels: of the layer between, usually fewer.

    Source:
        Hu et al., Squeeze-and-Excitation Networks, CVPR 2018.
    """

    def __init__(self, channels: int, squeeze_channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same, each channel times a number in (0, 1)."""
        mean = adaptive_avg_pool2d(x, 1)  # (N, C, 1, 1)
        return x * self.fc2(nn.functional.silu(self.fc1(mean))).sigmoid()


class StochasticDepth(nn.Module):
    """In training, drop the branch of whole pictures at random; keep the mean.

    Args:
        p: probability that a picture's branch is dropped.

    Source:
        Huang et al., Deep Networks with Stochastic Depth, ECCV 2016.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = check_number("p", p, minimum=0, maximum=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W): in training zero for dropped pictures, else x / (1 − p)."""
        if not self.training or self.p == 0:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        keep = torch.rand(len(x), 1, 1, 1, device=x.device) >= self.p
        return x * keep / (1 - self.p)


class MBConv(nn.Module):
    """MobileNet V2's inverted residual with squeeze-excitation and SiLU.

    Args:
        in_channels: channels that come in.
        out_channels: channels that go out.
        kernel_size: of the depthwise convolution, 3 or 5.
        stride: of the depthwise convolution.
        expand_ratio: the middle has `in_channels * expand_ratio`.
        drop: probability of stochastic depth, where there is a shortcut.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        kernel_size: int,
        stride: int,
        expand_ratio: int,
        drop: float = 0.0,
    ) -> None:
        super().__init__()
        hidden, act = round_channels(in_channels * expand_ratio), nn.SiLU
        self.use_res_connect = stride == 1 and in_channels == out_channels
        expand = [conv_norm(in_channels, hidden, 1, activation=act)]
        self.block = nn.Sequential(
            *(expand if hidden != in_channels else []),
            conv_norm(
                hidden,
                hidden,
                kernel_size,
                stride=stride,
                groups=hidden,
                activation=act,
            ),
            # a quarter of the narrow end, not of the wide middle
            SqueezeExcitation(hidden, max(1, in_channels // 4)),
            conv_norm(hidden, out_channels, 1, activation=None),
        )
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H / stride, W / stride)."""
        y = self.block(x)
        return x + self.stochastic_depth(y) if self.use_res_connect else y


class EfficientNet(nn.Module):
    """A stem, seven stages of MBConv scaled in width and depth, a 1×1, a classifier.

    Args:
        width_mult: factor on the channels, rounded to multiples of 8.
        depth_mult: factor on the blocks of each stage, rounded up.
        dropout: probability, before the classifier.
        stochastic_depth_prob: of the last block; it grows linearly from 0.
        num_classes: scores for each picture.

    Source:
        Tan and Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural
        Networks, ICML 2019, table 1.
    """

    def __init__(
        self,
        *,
        width_mult: float = 1.0,
        depth_mult: float = 1.0,
        dropout: float = 0.2,
        stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000,
    ) -> None:
        super().__init__()
        channels = round_channels(32 * width_mult)
        features: list[nn.Module] = [
            conv_norm(3, channels, 3, stride=2, activation=nn.SiLU)
        ]
        total = sum(scale_depth(blocks, depth_mult) for *_, blocks in STAGES)
        done = 0
        for expand_ratio, kernel_size, first_stride, filters, blocks in STAGES:
            filters = round_channels(filters * width_mult)
            stage = nn.Sequential()
            for number in range(scale_depth(blocks, depth_mult)):
                stage.append(
                    MBConv(
                        channels,
                        filters,
                        kernel_size=kernel_size,
                        stride=1 if number else first_stride,
                        expand_ratio=expand_ratio,
                        drop=stochastic_depth_prob * done / total,
                    )
                )
                channels, done = filters, done + 1
            features.append(stage)
        features.append(conv_norm(channels, 4 * channels, 1, activation=nn.SiLU))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(4 * channels, num_classes)
        )
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        linear = self.classifier[1]
        bound = linear.out_features**-0.5
        nn.init.uniform_(linear.weight, -bound, bound)
        nn.init.zeros_(linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to scores (N, num_classes)."""
        check_shape("x", x, "N 3 H W")
        x = adaptive_avg_pool2d(self.features(x), 1)
        return self.classifier(x.flatten(1))


def efficientnet(size: str = "b0", *, num_classes: int = 1000) -> EfficientNet:
    """One of the eight published sizes, `"b0"` to `"b7"`.

    B5, B6 and B7 normalise with eps 0.001 and momentum 0.01, as released.

    Raises:
        ValueError: there is no such size.

    Example:
        >>> sum(weights.numel() for weights in efficientnet("b1").parameters())
        7794184
    """
    check_choice("size", size, list(PUBLISHED))
    published = PUBLISHED[size]
    net = EfficientNet(
        width_mult=published.width,
        depth_mult=published.depth,
        dropout=published.dropout,
        num_classes=num_classes,
    )
    if size in ("b5", "b6", "b7"):
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps, module.momentum = 0.001, 0.01
    return net


def efficientnet_b0(*, num_classes: int = 1000) -> EfficientNet:
    """EfficientNet-B0: 5.3 million parameters, 386 million multiply-adds at 224×224.

    Example:
        >>> sum(weights.numel() for weights in efficientnet_b0().parameters())
        5288548
    """
    return efficientnet("b0", num_classes=num_classes)
