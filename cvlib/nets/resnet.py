"""Residual networks (torch): blocks that learn what to add to their input.

He, Zhang, Ren, Sun, Deep Residual Learning for Image Recognition, CVPR 2016. The nets
for ImageNet have torchvision's keys; those for CIFAR-10 follow the paper's section 4.2,
each with its plain twin, the same layers without the short cut.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from cvlib.validate import check_positive, check_shape


def conv3x3(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    """A 3 × 3 convolution that keeps the size at stride 1; batch norm has the bias."""
    return nn.Conv2d(in_planes, out_planes, 3, stride, padding=1, bias=False)


def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    """A 1 × 1 convolution without bias."""
    return nn.Conv2d(in_planes, out_planes, 1, stride, bias=False)


class BasicBlock(nn.Module):
    """Two 3 × 3 convolutions, and the input added before the last ReLU.

    Args:
        inplanes: channels of the input.
        planes: channels of the output.
        stride: of the first convolution.
        downsample: what makes the input as small and as deep as the output, if it is
            not already.
        residual: False leaves the short cut out: the plain twin.

    Example:
        >>> BasicBlock(16, 16)(torch.zeros(1, 16, 8, 8)).shape
        torch.Size([1, 16, 8, 8])
    """

    expansion = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        *,
        residual: bool = True,
    ) -> None:
        super().__init__()
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = downsample
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes, H/stride, W/stride)."""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.residual:
            out = out + (x if self.downsample is None else self.downsample(x))
        return self.relu(out)


class Bottleneck(nn.Module):
    """1 × 1 to fewer channels, 3 × 3 on those, 1 × 1 back to four times as many.

    The paper halves the size in the first 1 × 1; later code, and torchvision, in the
    3 × 3, which looks at every pixel before it drops three quarters of them.

    Args:
        inplanes: channels of the input.
        planes: channels of the 3 × 3; the output has four times as many.
        stride: how much smaller the output is.
        downsample: makes the input fit the output.
        stride_in_1x1: the stride where the paper has it.

    Example:
        >>> Bottleneck(256, 64)(torch.zeros(1, 256, 8, 8)).shape
        torch.Size([1, 256, 8, 8])
    """

    expansion = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        *,
        stride_in_1x1: bool = False,
    ) -> None:
        super().__init__()
        first, second = (stride, 1) if stride_in_1x1 else (1, stride)
        self.conv1 = conv1x1(inplanes, planes, first)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = conv3x3(planes, planes, second)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = conv1x1(planes, planes * self.expansion)
        self.bn3 = nn.BatchNorm2d(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, 4·planes, H/stride, W/stride)."""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """The networks for ImageNet: a stem, four stages of blocks, one number a map.

    Args:
        block: `BasicBlock` or `Bottleneck`.
        layers: how many blocks each of the four stages has.
        num_classes: scores in the answer.
        stride_in_1x1: bottlenecks that halve the size where the paper of 2015 does.

    Example:
        >>> net = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)
        >>> net(torch.zeros(2, 3, 64, 64)).shape
        torch.Size([2, 10])
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        layers: Sequence[int],
        *,
        num_classes: int = 1000,
        stride_in_1x1: bool = False,
    ) -> None:
        super().__init__()
        num_classes = check_positive("num_classes", num_classes)
        layers = [check_positive("layers", n) for n in layers]
        if len(layers) != 4:
            raise ValueError(f"layers must have 4 numbers, one a stage, got {layers}")
        if stride_in_1x1:
            block = partial(Bottleneck, stride_in_1x1=True)
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.inplanes = 64
        self.layer1 = self._stage(block, 64, layers[0], 1)
        self.layer2 = self._stage(block, 128, layers[1], 2)
        self.layer3 = self._stage(block, 256, layers[2], 2)
        self.layer4 = self._stage(block, 512, layers[3], 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(self.inplanes, num_classes)
        initialise(self)

    def _stage(self, block, planes: int, blocks: int, stride: int) -> nn.Sequential:
        """`blocks` blocks; the first changes size and depth, so it may project."""
        expansion = getattr(block, "func", block).expansion
        out = planes * expansion
        downsample = None
        if stride != 1 or self.inplanes != out:
            projection = conv1x1(self.inplanes, out, stride)
            downsample = nn.Sequential(projection, nn.BatchNorm2d(out))
        first = block(self.inplanes, planes, stride, downsample)
        self.inplanes = out
        return nn.Sequential(first, *(block(out, planes) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, num_classes) scores; H = W = 224 in the paper."""
        check_shape("x", x, "N C H W", C=3)
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def initialise(net: nn.Module) -> None:
    """He's initialisation: variance kept by ReLUs, seen from the output side."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def resnet18(*, num_classes: int = 1000) -> ResNet:
    """18 layers with weights: 11,689,512 parameters.

    Example:
        >>> sum(p.numel() for p in resnet18().parameters())
        11689512
    """
    return ResNet(BasicBlock, [2, 2, 2, 2], num_classes=num_classes)


def resnet34(*, num_classes: int = 1000) -> ResNet:
    """34 layers with weights: 21,797,672 parameters.

    Example:
        >>> len(resnet34().layer3)
        6
    """
    return ResNet(BasicBlock, [3, 4, 6, 3], num_classes=num_classes)


def resnet50(*, num_classes: int = 1000, stride_in_1x1: bool = False) -> ResNet:
    """50 layers with weights: 25,557,032 parameters.

    Example:
        >>> resnet50(num_classes=10).fc
        Linear(in_features=2048, out_features=10, bias=True)
    """
    return _deep([3, 4, 6, 3], num_classes, stride_in_1x1)


def resnet101(*, num_classes: int = 1000, stride_in_1x1: bool = False) -> ResNet:
    """101 layers with weights: 44,549,160 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     len(resnet101().layer3)
        23
    """
    return _deep([3, 4, 23, 3], num_classes, stride_in_1x1)


def resnet152(*, num_classes: int = 1000, stride_in_1x1: bool = False) -> ResNet:
    """152 layers with weights: 60,192,808 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     len(resnet152().layer3)
        36
    """
    return _deep([3, 8, 36, 3], num_classes, stride_in_1x1)


def _deep(layers: list[int], num_classes: int, stride_in_1x1: bool) -> ResNet:
    return ResNet(
        Bottleneck, layers, num_classes=num_classes, stride_in_1x1=stride_in_1x1
    )


class CifarResNet(nn.Module):
    """The paper's networks for 32 × 32: 6n + 2 layers with weights, or the plain twin.

    Three stages of n blocks with 16, 32 and 64 channels. A stage that begins with a
    smaller, deeper volume has a short cut without parameters (the paper's option A):
    every second pixel, and zeros for the new channels. So a net and its plain twin have
    the same parameters.

    Args:
        depth: 6n + 2 with n ≥ 1: 8, 14, 20, … 56, …
        residual: False for the plain twin.
        num_classes: scores in the answer.
        width: channels of the first stage.

    Raises:
        ValueError: no n gives this depth.

    Example:
        >>> CifarResNet(8)(torch.zeros(1, 3, 32, 32)).shape
        torch.Size([1, 10])
    """

    def __init__(
        self,
        depth: int,
        *,
        residual: bool = True,
        num_classes: int = 10,
        width: int = 16,
    ) -> None:
        super().__init__()
        depth = check_positive("depth", depth)
        n, rest = divmod(depth - 2, 6)
        if n < 1 or rest:
            near = 6 * max(1, round((depth - 2) / 6)) + 2
            raise ValueError(
                f"depth must be 6n + 2 (8, 14, 20, …), got {depth}; "
                f"did you mean {near}?"
            )
        self.conv1 = conv3x3(3, width)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        make = partial(cifar_stage, blocks=n, residual=residual)
        self.layer1 = make(width, width, stride=1)
        self.layer2 = make(width, 2 * width, stride=2)
        self.layer3 = make(2 * width, 4 * width, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4 * width, num_classes)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, num_classes) scores; 32 × 32 in the paper."""
        check_shape("x", x, "N C H W", C=3)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class PadChannels(nn.Module):
    """The short cut without parameters: fewer pixels, and zeros for new channels.

    Example:
        >>> PadChannels(16, 2)(torch.ones(1, 16, 8, 8)).shape
        torch.Size([1, 32, 4, 4])
    """

    def __init__(self, extra: int, stride: int) -> None:
        super().__init__()
        self.extra, self.stride = extra, stride

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C + extra, H/stride, W/stride)."""
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, 0, self.extra))


def cifar_stage(
    inplanes: int, planes: int, *, blocks: int, stride: int, residual: bool
) -> nn.Sequential:
    """`blocks` basic blocks, the first of which changes size and depth."""
    changes = stride != 1 or inplanes != planes
    downsample = (
        PadChannels(planes - inplanes, stride) if changes and residual else None
    )
    first = BasicBlock(inplanes, planes, stride, downsample, residual=residual)
    rest = (BasicBlock(planes, planes, residual=residual) for _ in range(blocks - 1))
    return nn.Sequential(first, *rest)


def cifar_resnet20(*, num_classes: int = 10) -> CifarResNet:
    """20 layers, 269,722 parameters in three stages of three blocks.

    Example:
        >>> sum(p.numel() for p in cifar_resnet20().parameters())
        269722
    """
    return CifarResNet(20, num_classes=num_classes)


def cifar_resnet56(*, num_classes: int = 10) -> CifarResNet:
    """56 layers, nine blocks a stage.

    Example:
        >>> len(cifar_resnet56().layer1)
        9
    """
    return CifarResNet(56, num_classes=num_classes)


def cifar_plain20(*, num_classes: int = 10) -> CifarResNet:
    """The twin of `cifar_resnet20` without short cuts.

    Example:
        >>> sum(p.numel() for p in cifar_plain20().parameters())
        269722
    """
    return CifarResNet(20, residual=False, num_classes=num_classes)


def cifar_plain56(*, num_classes: int = 10) -> CifarResNet:
    """The twin of `cifar_resnet56` without short cuts.

    Example:
        >>> cifar_plain56().layer2[0].downsample is None
        True
    """
    return CifarResNet(56, residual=False, num_classes=num_classes)
