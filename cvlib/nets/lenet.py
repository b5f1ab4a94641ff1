"""LeNet-5, as published in 1998 and as it is drawn today (torch)."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from cvlib.validate import check_shape

# Table I of the paper: which of the six maps of S2 (rows) each of the sixteen maps of
# C3 (columns) looks at. Six see three neighbours, six see four, three see four that are
# not neighbours, and one sees all.
C3_PLAN = (
    "x...xxx..xxxx.xx",
    "xx...xxx..xxxx.x",
    "xxx...xxx..x.xxx",
    ".xxx..xxxx..x.xx",
    "..xxx..xxxx.xx.x",
    "...xxx..xxxx.xxx",
)
C3_TABLE = tuple(
    tuple(row for row in range(6) if C3_PLAN[row][column] == "x")
    for column in range(16)
)

# The strokes of each digit on a pocket calculator: top, upper left, upper right,
# middle, lower left, lower right, bottom.
STROKES = ("1110111", "0010010", "1011101", "1011011", "0111010")
STROKES += ("1101011", "1101111", "1010010", "1111111", "1111011")


class Squash(nn.Module):
    """1.7159·tanh(2x/3): takes ±1 to ±1, where the curve bends most.

    Example:
        >>> Squash()(torch.tensor([-1., 0., 1.]))
        tensor([-1.0000,  0.0000,  1.0000])
    """

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsample(nn.Module):
    """Add each 2 × 2 block, times one weight a map, plus one bias a map.

    It halves the sides like a pooling layer, but has two parameters a map to learn.
    The nonlinearity comes after it.

    Example:
        >>> sum(p.numel() for p in Subsample(6).parameters())
        12
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, H/2, W/2)."""
        total = 4 * nn.functional.avg_pool2d(x, 2)
        return self.weight * total + self.bias


class PartlyConnected(nn.Module):
    """A convolution whose every filter sees only the maps that a table gives it.

    Example:
        >>> sum(p.numel() for p in PartlyConnected(C3_TABLE, 5).parameters())
        1516
    """

    def __init__(self, table: tuple[tuple[int, ...], ...], kernel_size: int) -> None:
        super().__init__()
        self.table = [list(maps) for maps in table]
        self.filters = nn.ModuleList(
            nn.Conv2d(len(maps), 1, kernel_size) for maps in table
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, F, H − k + 1, W − k + 1)."""
        pairs = zip(self.table, self.filters, strict=True)
        return torch.cat([conv(x[:, maps]) for maps, conv in pairs], dim=1)


class RadialOutput(nn.Module):
    """How far the features are from each class's code: minus the squared distance.

    The paper gives the distance, a penalty; the sign makes the largest score win here
    as in every other network. The codes are set by hand and not trained.

    Example:
        >>> codes = torch.tensor([[1., 1.], [-1., 1.]])
        >>> RadialOutput(codes)(torch.tensor([[1., 0.]]))
        tensor([[-1., -5.]])
    """

    def __init__(self, codes: Tensor) -> None:
        super().__init__()
        self.register_buffer("codes", codes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, D) to scores (N, K), each 0 or less."""
        return -(x[:, None] - self.codes).square().sum(2)


def digit_codes() -> Tensor:
    """Ten pictures of 7 × 12 pixels, ink +1 and paper −1: the targets of F6.

    The paper draws ten figures of this size. Ours have the strokes of a pocket
    calculator, so that similar digits have similar codes there and here.

    Returns:
        (10, 84) float32.

    Example:
        >>> for row in digit_codes()[2].reshape(12, 7)[::2]:
        ...     print("".join("#" if v > 0 else "." for v in row))
        .#####.
        .....#.
        .....#.
        .#####.
        .#.....
        .#.....
    """
    codes = -torch.ones(10, 12, 7)
    upper, lower, across = slice(0, 6), slice(6, 12), slice(1, 6)
    places = [(0, across), (upper, 1), (upper, 5), (6, across)]
    places += [(lower, 1), (lower, 5), (11, across)]
    for code, strokes in zip(codes, STROKES, strict=True):
        for (rows, columns), drawn in zip(places, strokes, strict=True):
            if drawn == "1":
                code[rows, columns] = 1
    return codes.flatten(1)


class LeNet5Original(nn.Module):
    """LeNet-5 as published: 60 000 parameters to train, for 1 × 32 × 32 pictures.

    The output is minus the distance to ten codes drawn by hand. The layers have the
    paper's names; S2 and S4 have trainable coefficients, C3 is partly connected.

    Source:
        LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document
        recognition, Proceedings of the IEEE 1998, section II.B.

    Example:
        >>> sum(p.numel() for p in LeNet5Original().parameters())
        60000
    """

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsample(6)
        self.c3 = PartlyConnected(C3_TABLE, 5)
        self.s4 = Subsample(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = RadialOutput(digit_codes())
        self.squash = Squash()

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, 1, 32, 32) to scores (N, 10)."""
        check_shape("x", x, "N 1 32 32")
        x = self.squash(self.s2(self.c1(x)))  # (N, 6, 14, 14)
        x = self.squash(self.s4(self.c3(x)))  # (N, 16, 5, 5)
        x = self.squash(self.c5(x))  # (N, 120, 1, 1)
        x = self.squash(self.f6(x.flatten(1)))  # (N, 84)
        return self.output(x)


class LeNet5(nn.Module):
    """LeNet-5 as it is drawn today: plain layers throughout, 61 706 parameters.

    Args:
        num_classes: K, the number of scores.
        in_channels: C of the pictures.
        activation: the class of the nonlinearity, `nn.ReLU` or `nn.Tanh`, …
        pool: the class of the pooling layers, `nn.MaxPool2d` or `nn.AvgPool2d`.

    Example:
        >>> LeNet5()(torch.zeros(2, 1, 32, 32)).shape
        torch.Size([2, 10])
    """

    def __init__(
        self,
        num_classes: int = 10,
        *,
        in_channels: int = 1,
        activation: type[nn.Module] = nn.ReLU,
        pool: type[nn.Module] = nn.MaxPool2d,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        features = OrderedDict(
            conv1=nn.Conv2d(in_channels, 6, 5),
            act1=activation(),
            pool1=pool(2),
            conv2=nn.Conv2d(6, 16, 5),
            act2=activation(),
            pool2=pool(2),
        )
        classifier = OrderedDict(
            fc3=nn.Linear(16 * 5 * 5, 120),
            act3=activation(),
            fc4=nn.Linear(120, 84),
            act4=activation(),
            fc5=nn.Linear(84, num_classes),
        )
        self.features = nn.Sequential(features)
        self.classifier = nn.Sequential(classifier)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, C, 32, 32) to scores (N, K)."""
        check_shape("x", x, "N C 32 32", C=self.in_channels)
        return self.classifier(self.features(x).flatten(1))


def lenet5(num_classes: int = 10, **options) -> LeNet5:
    """LeNet-5 of today's drawings; the options are those of `LeNet5`.

    Example:
        >>> sum(p.numel() for p in lenet5().parameters())
        61706
    """
    return LeNet5(num_classes, **options)


def lenet5_original() -> LeNet5Original:
    """LeNet-5 of the paper of 1998.

    Example:
        >>> {n: sum(p.numel() for p in m.parameters())
        ...  for n, m in lenet5_original().named_children() if n[1:].isdigit()}
        {'c1': 156, 's2': 12, 'c3': 1516, 's4': 32, 'c5': 48120, 'f6': 10164}
    """
    return LeNet5Original()
