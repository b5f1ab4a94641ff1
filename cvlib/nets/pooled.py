"""Small nets that end in global pooling (torch): told what, they learn where.

The two for shapes are alike up to the last step, which is the difference between
Oquab's network (the maximum, CVPR 2015) and Zhou's (the average, CVPR 2016).
"""

from collections.abc import Sequence

from torch import nn

from cvlib.validate import check_choice, check_positive

SHAPE_CLASSES = 4  # as many as in cvlib.data.weak
WIDTHS = (16, 24, 32)


def blocks(widths: Sequence[int], *, depth: int = 2) -> list[nn.Module]:
    """3 × 3 convolutions with batch norm and ReLU; the map halves between the widths.

    Example:
        >>> len(blocks([16, 32], depth=1))
        7
    """
    layers, channels = [], 3
    for stage, width in enumerate(widths):
        layers += [nn.MaxPool2d(2)] if stage else []
        for _ in range(depth):
            conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
            layers += [conv, nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
    return layers


def pooled_net(
    pooling: str, num_classes: int, *, widths: Sequence[int] = WIDTHS, depth: int = 2
) -> nn.Sequential:
    """(N, 3, H, W) to (N, num_classes) scores.

    Args:
        pooling: "average": the maps' means go into a linear layer (Zhou). "maximum":
            one map for each class, scored by its maximum (Oquab).
        num_classes: scores in the answer.
        widths: maps of each stage; the picture halves between them.
        depth: convolutions a stage.

    Example:
        >>> import torch
        >>> pooled_net("maximum", 4)(torch.zeros(1, 3, 64, 64)).shape
        torch.Size([1, 4])
    """
    check_choice("pooling", pooling, ("average", "maximum"))
    K, D = check_positive("num_classes", num_classes), widths[-1]
    ends = {
        "average": [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(D, K)],
        "maximum": [nn.Conv2d(D, K, 1), nn.AdaptiveMaxPool2d(1), nn.Flatten()],
    }
    return nn.Sequential(*blocks(widths, depth=depth), *ends[pooling])


def shapes_gap() -> nn.Sequential:
    """The net of `cvlib.weights.load("shapes_gap")`: global average, linear layer.

    Example:
        >>> sum(p.numel() for p in shapes_gap().parameters())
        27924
    """
    return pooled_net("average", SHAPE_CLASSES)


def shapes_gmp() -> nn.Sequential:
    """The net of `cvlib.weights.load("shapes_gmp")`: a map a class, global maximum.

    Example:
        >>> sum(p.numel() for p in shapes_gmp().parameters())
        27924
    """
    return pooled_net("maximum", SHAPE_CLASSES)
