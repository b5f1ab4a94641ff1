"""A network so small that a browser runs it, forwards and backwards (torch)."""

from torch import Tensor, nn

from cvlib.validate import check_shape


class TinyDigits(nn.Module):
    """Two convolutions and one layer of ten scores: 3,818 weights for 8 × 8 digits.

    Example:
        >>> sum(weights.numel() for weights in TinyDigits().parameters())
        3818
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.fc = nn.Linear(16 * 4 * 4, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, 8, 8) in [0, 1], ink is 1, to (N, 10) scores."""
        check_shape("x", x, "N 1 8 8")
        x = self.conv2(self.conv1(x).relu()).relu()
        return self.fc(x.flatten(1))


def tiny_digits() -> TinyDigits:
    """The network of `tiny_digits` and of `tiny_digits_robust`.

    Example:
        >>> tiny_digits().fc
        Linear(in_features=256, out_features=10, bias=True)
    """
    return TinyDigits()
