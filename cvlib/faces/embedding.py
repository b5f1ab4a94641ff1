"""Faces to points: a small network whose output is a place, not a class (torch)."""

from torch import Tensor, nn

from cvlib.validate import check_floating, check_positive, check_shape

DIMENSIONS = 128


class EmbeddingNet(nn.Module):
    """(N, C, H, W) to N points on the unit sphere in D dimensions.

    Four strided convolutions, a pooled map of 2 × 2 that keeps left from right and
    above from below, one linear layer, and a division by the length. On a sphere the
    squared distance is 2 − 2 cos of the angle, at most 4, so one margin fits all.

    Args:
        channels: C, 3 for colour and 1 for grey pictures.
        dimensions: D.
        widths: channels of the four convolutions.
        normalise: False leaves the length as it is.

    Example:
        >>> points = EmbeddingNet()(torch.rand(2, 3, 64, 64))
        >>> points.shape
        torch.Size([2, 128])
        >>> torch.allclose(points.norm(dim=1), torch.ones(2))
        True
    """

    def __init__(
        self,
        channels: int = 3,
        *,
        dimensions: int = DIMENSIONS,
        widths: tuple[int, int, int, int] = (32, 64, 96, 128),
        normalise: bool = True,
    ) -> None:
        super().__init__()
        layers, inputs = [], check_positive("channels", channels)
        self.channels, self.normalise = inputs, normalise
        for width, kernel_size in zip(widths, (5, 3, 3, 3), strict=True):
            conv = nn.Conv2d(
                inputs, width, kernel_size, stride=2, padding=kernel_size // 2,
                bias=False,
            )  # fmt: skip
            layers += [conv, nn.BatchNorm2d(width), nn.ReLU()]
            inputs = width
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.fc = nn.Linear(4 * inputs, check_positive("dimensions", dimensions))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1], sides of at least 32, to (N, D)."""
        check_shape("x", x, "N C H W", C=self.channels)
        check_floating("x", x)
        points = self.fc(self.body(x - 0.5))
        return nn.functional.normalize(points, dim=1) if self.normalise else points


def face_embedding() -> EmbeddingNet:
    """The net that `cvlib.weights.load("face_embedding")` fills.

    Example:
        >>> sum(p.numel() for p in face_embedding().parameters())
        253024
    """
    return EmbeddingNet()


class SiameseNet(nn.Module):
    """One network, used twice: the distance between what it makes of two pictures.

    There is one set of weights. Both pictures go through it, and its gradient is the
    sum of what either of them asks for.

    Args:
        net: pictures to points.

    Example:
        >>> siamese = SiameseNet(nn.Flatten())
        >>> siamese(torch.zeros(1, 1, 1, 2), torch.tensor([[[[3.0, 4.0]]]]))
        tensor([25.])
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Two batches (N, C, H, W) to (N,) squared distances."""
        return (self.net(x1) - self.net(x2)).square().sum(1)
