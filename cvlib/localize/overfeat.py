"""A classifier on every window at once (torch): fully connected layers as convolutions.

A linear layer on a C × h × w map is a convolution whose kernel is as large as the map.
Written so, it does not mind a larger map: it slides. One pass over the whole picture
then gives what cropping every window would have given, and shares the work where
windows overlap.
"""

from collections.abc import Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn

from cvlib.conv import receptive_field
from cvlib.localize.windows import sliding_windows
from cvlib.validate import check_int, check_shape, pair

SLIDING = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
POINTWISE = (nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Dropout, nn.Identity, nn.BatchNorm2d)


def linear_to_conv(layer: nn.Linear, channels: int, size: tuple[int, int]) -> nn.Conv2d:
    """The convolution that does on a map what a linear layer does on the map flattened.

    Args:
        layer: with in_features = channels · height · width.
        channels: C of the map it was trained on.
        size: (height, width) of that map.

    Raises:
        ValueError: the numbers of inputs disagree.

    Example:
        >>> layer = nn.Linear(16 * 5 * 5, 400)
        >>> linear_to_conv(layer, 16, (5, 5))
        Conv2d(16, 400, kernel_size=(5, 5), stride=(1, 1))
    """
    h, w = pair("size", size)
    C = check_int("channels", channels, minimum=1)
    if layer.in_features != C * h * w:
        raise ValueError(
            f"layer must have {C} · {h} · {w} = {C * h * w} inputs to follow such a "
            f"map, got {layer.in_features}"
        )
    conv = nn.Conv2d(C, layer.out_features, (h, w), bias=layer.bias is not None)
    conv = conv.to(layer.weight)
    with torch.no_grad():  # the same numbers in the same order
        conv.weight.copy_(layer.weight.unflatten(1, (C, h, w)))
        if layer.bias is not None:
            conv.bias.copy_(layer.bias)
    return conv


def fc_to_conv(model: nn.Sequential, window: int | tuple[int, int]) -> nn.Sequential:
    """A classifier as a fully convolutional net: (N, 3, H, W) to (N, K, P, Q).

    Its answer at (p, q) is the classifier's answer on the window whose upper left
    corner is at (p, q) times `total_stride`. This is exact if no layer pads: inside a
    picture a window has neighbours, and padding would have put zeros there. Where
    strides leave a rest of the window unread, the map may have one row or column more
    than there are whole windows.

    Args:
        model: convolutions, pools and element-wise layers, then `nn.Flatten`, then
            linear and element-wise layers. Weights are copied.
        window: (height, width) of the pictures it classifies.

    Returns:
        The net, in the mode of `model`.

    Raises:
        TypeError: a layer is none of these.
        ValueError: no flatten, or the window does not fit.

    Source:
        Sermanet, Eigen, Zhang, Mathieu, Fergus, LeCun, OverFeat, ICLR 2014.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 5), nn.MaxPool2d(2), nn.Flatten(),
        ...                     nn.Linear(4 * 5 * 5, 2))
        >>> fc_to_conv(net, 14)(torch.zeros(1, 3, 28, 28)).shape
        torch.Size([1, 2, 8, 8])
    """
    at = flatten_at(model)
    body, head = list(model)[:at], list(model)[at + 1 :]
    for layer in body:
        if not isinstance(layer, SLIDING + POINTWISE):
            raise TypeError(_unknown(layer))
    C, h, w = map_shape(model, window)
    layers = list(body)
    for layer in head:
        if isinstance(layer, nn.Linear):
            layers.append(linear_to_conv(layer, C, (h, w)))
            C, h, w = layer.out_features, 1, 1
        elif isinstance(layer, POINTWISE[:-1]):
            layers.append(layer)
        else:
            raise TypeError(_unknown(layer))
    return deepcopy(nn.Sequential(*layers)).train(model.training)


def _unknown(layer: nn.Module) -> str:
    return (
        f"model must consist of layers that can slide, got {type(layer).__name__}; "
        "global pooling forgets where, so replace it by a pool of the map's size"
    )


def flatten_at(model: nn.Sequential) -> int:
    """Which layer flattens the map."""
    for at, layer in enumerate(model):
        if isinstance(layer, nn.Flatten):
            return at
    raise ValueError("model must have an nn.Flatten before its linear layers, got none")


@torch.no_grad()
def map_shape(model: nn.Sequential, window: int | tuple[int, int]):
    """(C, h, w) of the map that the linear layers of a classifier see."""
    parameter = next(model.parameters())
    first = next(m for m in model if isinstance(m, nn.Conv2d))
    x = torch.zeros(
        1, first.in_channels, *pair("window", window), device=parameter.device,
        dtype=parameter.dtype,
    )  # fmt: skip
    body = deepcopy(model[: flatten_at(model)]).eval()  # batch norm learns nothing here
    return tuple(body(x).shape[1:])


def total_stride(model: Sequence[nn.Module]) -> int:
    """Pixels of the picture between two neighbouring answers.

    Example:
        >>> total_stride([nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.MaxPool2d(2)])
        4
    """
    layers = [
        (pair("kernel_size", m.kernel_size)[0], pair("stride", m.stride)[0], 0)
        for m in model
        if isinstance(m, SLIDING)
    ]
    return receptive_field(layers)[-1].jump if layers else 1


def padding_layers(model: nn.Module) -> list[str]:
    """Names of the layers that pad: with any of them, windows and one pass differ.

    Example:
        >>> padded = nn.Conv2d(8, 8, 3, padding=1)
        >>> padding_layers(nn.Sequential(nn.Conv2d(3, 8, 3), padded))
        ['1']
    """
    return [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, SLIDING) and layer.padding not in (0, (0, 0), "valid")
    ]


@torch.no_grad()
def by_cropping(
    model: nn.Sequential, image: Tensor, window: int | tuple[int, int], *, stride: int
) -> Tensor:
    """The classifier's answers on every window, each cut out and computed alone.

    Args:
        model: (N, C, h, w) to (N, K).
        image: (C, H, W).
        window: (height, width) of the window.
        stride: pixels between windows.

    Returns:
        (K, P, Q).

    Example:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 1))
        >>> by_cropping(net, torch.zeros(1, 3, 4), 2, stride=1).shape
        torch.Size([1, 2, 3])
    """
    _, H, W = check_shape("image", image, "C H W")
    windows = sliding_windows((H, W), window, stride=stride)
    level = windows.levels[0]
    answers = torch.cat([model(crops) for crops in windows.crops(image)])
    return answers.T.unflatten(1, (level.rows, level.columns))
