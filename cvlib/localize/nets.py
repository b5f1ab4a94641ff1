"""Small nets for the pages of chapter 10 (torch): seconds on a laptop are enough."""

from torch import Tensor, nn

from cvlib.localize.heads import BoxHead
from cvlib.validate import check_positive

SIDE = 40
FEATURES = 64


def small_body(side: int = SIDE, features: int = FEATURES) -> nn.Sequential:
    """(N, 3, side, side) to (N, features): three strided convolutions, one layer.

    The map is flattened, not averaged: where something is must not be forgotten.

    Args:
        side: of the pictures, a multiple of 8.
        features: numbers that come out.

    Example:
        >>> small_body()(torch.zeros(2, 3, 40, 40)).shape
        torch.Size([2, 64])
    """
    layers, channels = [], 3
    for width, kernel_size in ((16, 5), (24, 3), (32, 3)):
        conv = nn.Conv2d(
            channels, width, kernel_size, stride=2, padding=kernel_size // 2, bias=False
        )
        layers += [conv, nn.BatchNorm2d(width), nn.ReLU()]
        channels = width
    numbers = channels * (check_positive("side", side) // 8) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(numbers, features), nn.ReLU())


def small_net(outputs: int, *, side: int = SIDE) -> nn.Sequential:
    """The body and one linear layer to `outputs` numbers.

    Example:
        >>> small_net(8)(torch.zeros(1, 3, 40, 40)).shape
        torch.Size([1, 8])
    """
    return nn.Sequential(*small_body(side), nn.Linear(FEATURES, outputs))


class TwoHeaded(nn.Module):
    """The body with a `BoxHead`: scores and boxes from the same features.

    Example:
        >>> scores, boxes = TwoHeaded(3, per_class=True)(torch.zeros(1, 3, 40, 40))
        >>> scores.shape, boxes.shape
        (torch.Size([1, 3]), torch.Size([1, 12]))
    """

    def __init__(self, num_classes: int, *, per_class: bool, side: int = SIDE) -> None:
        super().__init__()
        self.body = small_body(side)
        self.head = BoxHead(FEATURES, num_classes, per_class=per_class)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, side, side) to scores (N, K) and boxes (N, 4) or (N, 4·K)."""
        return self.head(self.body(x))


def window_classifier(num_classes: int, *, window: int = 32) -> nn.Sequential:
    """A classifier of windows without any padding, so that it can slide exactly.

    Args:
        num_classes: K.
        window: side in pixels; the two pools want a multiple of 4.

    Example:
        >>> window_classifier(2)(torch.zeros(5, 3, 32, 32)).shape
        torch.Size([5, 2])
    """
    side = ((window - 4) // 2 - 2) // 2
    return nn.Sequential(
        nn.Conv2d(3, 12, 5, bias=False), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3, bias=False), nn.BatchNorm2d(24), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(24 * side * side, 64), nn.ReLU(),
        nn.Linear(64, check_positive("num_classes", num_classes)),
    )  # fmt: skip
