"""Deep stacks of fully connected blocks (torch): plain and residual twins to play with.

The block is that of the residual networks, with matrices for convolutions, so that a
net of fifty layers trains on small images in seconds.
"""

from torch import Tensor, nn

from cvlib.validate import check_positive


class LinearBlock(nn.Module):
    """Two layers, and the input added before the last ReLU: g(z[l+2] + a[l]).

    Args:
        width: numbers in and out.
        residual: False leaves the shortcut out: the plain twin, g(z[l+2]).

    Example:
        >>> import torch
        >>> LinearBlock(32)(torch.zeros(5, 32)).shape
        torch.Size([5, 32])
    """

    def __init__(self, width: int, *, residual: bool = True) -> None:
        super().__init__()
        self.linear1 = nn.Linear(width, width, bias=False)  # batch norm has the bias
        self.bn1 = nn.BatchNorm1d(width)
        self.linear2 = nn.Linear(width, width, bias=False)
        self.bn2 = nn.BatchNorm1d(width)
        self.relu = nn.ReLU()
        self.residual = residual
        for layer in (self.linear1, self.linear2):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, a: Tensor) -> Tensor:
        """(N, width), never negative, to the same."""
        middle = self.relu(self.bn1(self.linear1(a)))  # a[l+1]
        z = self.bn2(self.linear2(middle))  # z[l+2]
        return self.relu(z + a if self.residual else z)  # a[l+2]


def linear_stack(
    depth: int,
    *,
    residual: bool = True,
    in_features: int = 64,
    width: int = 32,
    num_classes: int = 10,
) -> nn.Sequential:
    """A net of `depth` fully connected layers: one, blocks of two, and a classifier.

    Args:
        depth: even, at least 4.
        residual: False for the plain twin, with the same parameters.
        in_features: numbers of an image.
        width: of all layers between.
        num_classes: scores in the answer.

    Returns:
        A net from (N, …) images to (N, num_classes) scores.

    Raises:
        ValueError: the depth is odd or below 4.

    Example:
        >>> import torch
        >>> linear_stack(20, residual=False)(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
    """
    depth = check_positive("depth", depth)
    if depth < 4 or depth % 2:
        near = max(4, depth + depth % 2)
        raise ValueError(
            f"depth must be 4, 6, 8, …: two layers and blocks of two, got {depth}; "
            f"did you mean {near}?"
        )
    blocks = (LinearBlock(width, residual=residual) for _ in range(depth // 2 - 1))
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(in_features, width),
        nn.ReLU(),
        *blocks,
        nn.Linear(width, num_classes),
    )
