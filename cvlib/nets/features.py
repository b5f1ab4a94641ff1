"""A small network in the manner of VGG, whose maps are used as features (torch).

Eight 3 × 3 convolutions with ReLUs and three average pools: small enough to be shipped,
deep enough that its maps say something about texture and content. Average instead of
max pooling gives smoother gradients to the picture, as Gatys and others found.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cvlib.validate import check_shape

WIDTHS = ((32, 32), (64, 64), (96, 96), (128, 128))


class FeatureNet(nn.Module):
    """Four stages of two convolutions; the classifier is only there to train it.

    Args:
        widths: channels of each convolution, stage by stage.
        num_classes: K.
        batch_norm: normalise after each convolution, for training; `folded` makes the
            same net without.

    Example:
        >>> net = FeatureNet()
        >>> maps = net.maps(torch.zeros(1, 3, 64, 64))
        >>> list(maps)
        ['conv1_1', 'conv1_2', 'conv2_1', 'conv2_2', 'conv3_1', 'conv3_2', 'conv4_1', \
'conv4_2']
        >>> maps["conv4_2"].shape
        torch.Size([1, 128, 8, 8])
    """

    def __init__(
        self,
        widths: Sequence[Sequence[int]] = WIDTHS,
        *,
        num_classes: int = 10,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        layers, channels = {}, 3
        for i, stage in enumerate(widths, start=1):
            if i > 1:
                layers[f"pool{i - 1}"] = nn.AvgPool2d(2)
            for j, width in enumerate(stage, start=1):
                layers[f"conv{i}_{j}"] = nn.Conv2d(channels, width, 3, padding=1)
                if batch_norm:
                    layers[f"norm{i}_{j}"] = nn.BatchNorm2d(width)
                layers[f"relu{i}_{j}"] = nn.ReLU()
                channels = width
        self.features = nn.Sequential()
        for name, layer in layers.items():
            self.features.add_module(name, layer)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [0, 1] to (N, K) scores; sides of at least 8."""
        check_shape("x", x, "N C H W", C=3)
        return self.fc(torch.flatten(self.avgpool(self.features(x)), 1))

    def maps(self, x: Tensor) -> dict[str, Tensor]:
        """The map of every convolution after its ReLU, by the convolution's name.

        Args:
            x: (N, 3, H, W) in [0, 1].

        Returns:
            (N, C, H/s, W/s) each, s = 1, 2, 4, 8 from stage to stage.
        """
        check_shape("x", x, "N C H W", C=3)
        found = {}
        for name, layer in self.features.named_children():
            x = layer(x)
            if name.startswith("relu"):
                found[name.replace("relu", "conv")] = x
        return found


def feature_net() -> FeatureNet:
    """The net that `cvlib.weights.load("features")` fills.

    Example:
        >>> sum(p.numel() for p in feature_net().parameters())
        463594
    """
    return FeatureNet()


def folded(net: FeatureNet) -> FeatureNet:
    """The same function in evaluation mode, without its batch norms.

    (w·x + b − μ)/σ·γ + β is again a convolution: its weights are w·γ/σ and its bias
    (b − μ)·γ/σ + β.

    Example:
        >>> net = FeatureNet(batch_norm=True).eval()
        >>> x = torch.rand(1, 3, 16, 16)
        >>> torch.allclose(folded(net)(x), net(x), atol=1e-5)
        True
    """
    convs = {n: m for n, m in net.features.named_children() if n.startswith("conv")}
    widths: dict[str, list[int]] = {}
    for name, conv in convs.items():
        widths.setdefault(name.split("_")[0], []).append(conv.out_channels)
    plain = FeatureNet(tuple(widths.values()), num_classes=net.fc.out_features)
    for name, conv in convs.items():
        norm = getattr(net.features, name.replace("conv", "norm"))
        fused = nn.utils.fuse_conv_bn_eval(conv.eval(), norm.eval())
        getattr(plain.features, name).load_state_dict(fused.state_dict())
    plain.fc.load_state_dict(net.fc.state_dict())
    return plain.eval()
