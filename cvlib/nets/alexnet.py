"""AlexNet: the two groups of 2012, the lecture's table, and torchvision's column."""

from collections import OrderedDict

import torch
from torch import nn

from cvlib.validate import check_choice, check_positive, check_shape


class AlexNet(nn.Module):
    """AlexNet in one column, as torchvision has it: 61 100 840 parameters.

    It has fewer filters in the first two layers than the net of 2012, no groups and no
    normalisation, and takes 224 × 224. State-dict names are torchvision's.

    Args:
        num_classes: K, the number of scores.
        dropout: probability of dropping before the first two fully connected layers.

    Source:
        Krizhevsky, One weird trick for parallelizing convolutional neural networks,
        arXiv:1404.5997, 2014.

    Example:
        >>> with torch.device("meta"):
        ...     AlexNet()(torch.zeros(2, 3, 224, 224)).shape
        torch.Size([2, 1000])
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, H, W), H and W at least 63, to scores (N, K)."""
        check_shape("x", x, "N 3 H W")
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


class AlexNet227(nn.Module):
    """AlexNet of 2012 for 227 × 227, its layers named as in the lecture's table.

    Args:
        num_classes: K, the number of scores.
        groups: 2 for the two graphics cards of 2012, between which conv2, conv4 and
            conv5 are split; 1 to let every filter see all maps.
        norm: "before" the pooling as in the paper, or "after" it as in the lecture.
        dropout: probability of dropping after fc6 and fc7.

    Raises:
        ValueError: `norm` is another word, or `groups` does not divide 96.

    Source:
        Krizhevsky, Sutskever and Hinton, ImageNet classification with deep
        convolutional neural networks, NIPS 2012.

    Example:
        >>> with torch.device("meta"):
        ...     net = AlexNet227(groups=1)
        >>> sum(p.numel() for p in net.parameters())
        62378344
    """

    def __init__(
        self,
        num_classes: int = 1000,
        *,
        groups: int = 2,
        norm: str = "before",
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        check_choice("norm", norm, ("before", "after"))
        g = check_positive("groups", groups)
        if 96 % g:
            raise ValueError(f"groups must divide the 96 maps of conv1, got {g}; try 2")
        features = OrderedDict(
            conv1=nn.Conv2d(3, 96, 11, stride=4),
            relu1=nn.ReLU(),
            **_pool_and_norm(1, norm),
            conv2=nn.Conv2d(96, 256, 5, padding=2, groups=g),
            relu2=nn.ReLU(),
            **_pool_and_norm(2, norm),
            conv3=nn.Conv2d(256, 384, 3, padding=1),
            relu3=nn.ReLU(),
            conv4=nn.Conv2d(384, 384, 3, padding=1, groups=g),
            relu4=nn.ReLU(),
            conv5=nn.Conv2d(384, 256, 3, padding=1, groups=g),
            relu5=nn.ReLU(),
            pool3=nn.MaxPool2d(3, stride=2),
        )
        classifier = OrderedDict(
            fc6=nn.Linear(256 * 6 * 6, 4096),
            relu6=nn.ReLU(),
            drop6=nn.Dropout(dropout),
            fc7=nn.Linear(4096, 4096),
            relu7=nn.ReLU(),
            drop7=nn.Dropout(dropout),
            fc8=nn.Linear(4096, num_classes),
        )
        self.features = nn.Sequential(features)
        self.classifier = nn.Sequential(classifier)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, 227, 227) to scores (N, K)."""
        check_shape("x", x, "N 3 227 227")
        return self.classifier(self.features(x).flatten(1))


def _pool_and_norm(number: int, norm: str) -> dict[str, nn.Module]:
    """The overlapping pool and the normalisation, in either order."""
    pool = {f"pool{number}": nn.MaxPool2d(3, stride=2)}
    # torch takes the mean where the paper takes the sum: alpha is five times 1e-4
    response = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
    normalise = {f"norm{number}": response}
    return pool | normalise if norm == "after" else normalise | pool


def alexnet(num_classes: int = 1000, dropout: float = 0.5) -> AlexNet:
    """torchvision's AlexNet, untrained.

    Example:
        >>> with torch.device("meta"):
        ...     net = alexnet()
        >>> sum(p.numel() for p in net.parameters())
        61100840
    """
    return AlexNet(num_classes, dropout)


def alexnet_2012(num_classes: int = 1000) -> AlexNet227:
    """AlexNet as published, with two groups: 60 965 224 parameters.

    Example:
        >>> with torch.device("meta"):
        ...     net = alexnet_2012()
        >>> sum(p.numel() for p in net.parameters())
        60965224
    """
    return AlexNet227(num_classes)


def alexnet_lecture(num_classes: int = 1000) -> AlexNet227:
    """AlexNet line by line as in the lecture's table: one column, NORM after POOL.

    Example:
        >>> with torch.device("meta"):
        ...     net = alexnet_lecture()
        >>> [name for name, _ in net.features.named_children()][:4]
        ['conv1', 'relu1', 'pool1', 'norm1']
    """
    return AlexNet227(num_classes, groups=1, norm="after")
