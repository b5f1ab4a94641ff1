"""Where a class is, from a network that was only told what is there (torch)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cvlib.explain.layers import listening
from cvlib.summary.trace import evaluating
from cvlib.validate import ShapeError, check_shape

POOLS = {
    "average": lambda maps: maps.mean(dim=(2, 3)),
    "maximum": lambda maps: maps.amax(dim=(2, 3)),
}


@dataclass(frozen=True, eq=False)
class ClassMaps:
    """One map for each class, and the scores that the network makes of them.

    Attributes:
        maps: (N, K, h, w), without the bias.
        bias: (K,).
        scores: (N, K): the maps pooled, plus the bias.
        pooling: "average" or "maximum".
    """

    maps: Tensor
    bias: Tensor
    scores: Tensor
    pooling: str


@dataclass(frozen=True, eq=False)
class Located:
    """Where each class answers most strongly.

    Attributes:
        points: (N, K, 2) as (x, y) in pixels of the image.
        peaks: (N, K) the value there, bias included.
        maps: (N, K, h, w) confidence maps, bias included.
    """

    points: Tensor
    peaks: Tensor
    maps: Tensor


def class_activation(features: Tensor, weight: Tensor) -> Tensor:
    """M_c(x, y) = Σ_d w_d^c f_d(x, y): every class weighs the same maps its own way.

    Args:
        features: (N, D, h, w), what the global average is taken of.
        weight: (K, D), of the linear layer after it.

    Returns:
        (N, K, h, w).

    Source:
        Zhou, Khosla, Lapedriza, Oliva, Torralba, Learning Deep Features for
        Discriminative Localization, CVPR 2016.

    Example:
        >>> class_activation(torch.ones(1, 2, 1, 1), torch.tensor([[3.0, -1], [0, 4]]))
        tensor([[[[2.]],
        <BLANKLINE>
                 [[4.]]]])
    """
    _, D, _, _ = check_shape("features", features, "N D h w")
    match = f"features {tuple(features.shape)}"
    check_shape("weight", weight, "K D", D=D, to_match=match)
    return torch.einsum("kd,ndhw->nkhw", weight, features)


def cam(model: nn.Module, images: Tensor) -> ClassMaps:
    """The class activation maps of a network that ends in a global average.

    The end may be a global average and one linear layer (a ResNet), or one map for each
    class and its average. It is found by running the model: the linear layer's input is
    the mean of some layer's maps.

    Args:
        model: any network with such an end; it is run in eval mode.
        images: (N, C, H, W).

    Returns:
        ClassMaps; `maps.mean((2, 3)) + bias` are the scores.

    Raises:
        ValueError: the model ends in another way.

    Source:
        Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016.

    Example:
        >>> head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)]
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), *head)
        >>> cam(net, torch.zeros(1, 3, 8, 8)).maps.shape
        torch.Size([1, 2, 6, 6])
    """
    found = _class_maps(model, images)
    if found is None or found.pooling != "average":
        raise ValueError(
            "model must end in a global average and one linear layer, or in one map "
            "for each class and its average, got a model that does not; put "
            "nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(D, K) at its end and "
            "train it"
        )
    return found


def gmp_localise(model: nn.Module, images: Tensor) -> Located:
    """Point at each class: the maximum of its confidence map, in pixels of the image.

    Oquab's network makes one map for each class and scores it by its maximum, so the
    place of the maximum is where the class was found. The maps of a network with a
    global average can be read in the same way.

    Args:
        model: a network with one map for each class and their global maximum, or one
            that `cam` takes; it is run in eval mode.
        images: (N, C, H, W).

    Returns:
        Located; a point is the middle of the cell of the map, scaled to the image.

    Raises:
        ValueError: the model ends in another way.

    Source:
        Oquab, Bottou, Laptev, Sivic, Is Object Localization for Free?, CVPR 2015.

    Example:
        >>> head = [nn.Conv2d(4, 2, 1), nn.AdaptiveMaxPool2d(1), nn.Flatten()]
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), *head)
        >>> gmp_localise(net, torch.zeros(1, 3, 8, 8)).points.shape
        torch.Size([1, 2, 2])
    """
    _, _, H, W = check_shape("images", images, "N C H W")
    found = _class_maps(model, images)
    if found is None:
        raise ValueError(
            "model must end in one map for each class and their global maximum, or in "
            "a global average and one linear layer, got a model that does not; put "
            "nn.Conv2d(D, K, 1), nn.AdaptiveMaxPool2d(1), nn.Flatten() at its end and "
            "train it"
        )
    maps = found.maps + found.bias[:, None, None]
    _, _, h, w = maps.shape
    peaks, places = maps.flatten(2).max(dim=2)
    x = (places % w + 0.5) * W / w
    y = (places // w + 0.5) * H / h
    return Located(torch.stack([x, y], dim=2), peaks, maps)


def share_inside(maps: Tensor, masks: Tensor) -> Tensor:
    """Share of a map's positive mass that lies on a part of the picture.

    Args:
        maps: (N, H, W); negative values speak against the class and count as none.
        masks: (N, H, W) bool, or the share of each cell that the part covers.

    Returns:
        (N,) in [0, 1]; 0 where a map is positive nowhere.

    Example:
        >>> left = torch.tensor([[[True, False]]])
        >>> share_inside(torch.tensor([[[3.0, 1.0]]]), left)
        tensor([0.7500])
    """
    shape = check_shape("maps", maps, "N H W")
    if tuple(masks.shape) != shape:
        raise ShapeError(
            f"masks must be {shape} to match maps, got {tuple(masks.shape)}"
        )
    mass = maps.clamp(min=0)
    total = mass.sum(dim=(1, 2))
    inside = (mass * masks).sum(dim=(1, 2))
    return torch.where(total > 0, inside / total.clamp(min=1e-12), 0.0)


def _class_maps(model: nn.Module, images: Tensor) -> ClassMaps | None:
    """Run the model and find its end among what its layers gave; None if it is another.

    A layer's name would only be a promise. That its maps, pooled, *are* the numbers the
    scores are made of is a fact.
    """
    check_shape("images", images, "N C H W")
    maps: list[Tensor] = []
    linear: list[tuple[nn.Linear, Tensor, Tensor]] = []

    def heard(module: nn.Module, inputs: tuple, output: Tensor) -> None:
        if isinstance(module, nn.Linear):
            linear.append((module, inputs[0], output))
        elif isinstance(output, Tensor) and output.ndim == 4:
            maps.append(output.clone())  # before a ReLU in place changes it

    with torch.no_grad(), evaluating(model), listening([*model.modules()], heard):
        scores = model(images)
    if linear and _same(linear[-1][2], scores):
        layer, vector, _ = linear[-1]
        features = _pooled_to(maps, vector, "average")
        if features is None:
            return None
        bias = (
            torch.zeros(len(scores[0])) if layer.bias is None else layer.bias.detach()
        )
        weighed = class_activation(features, layer.weight.detach())
        return ClassMaps(weighed, bias, scores, "average")
    fitting = {pooling: _pooled_to(maps, scores, pooling) for pooling in POOLS}
    found = {pooling: m for pooling, m in fitting.items() if m is not None}
    if not found:
        return None
    # maps of 1 × 1, as a pooling gives them, are their own mean and their own maximum
    pooling = max(found, key=lambda pooling: found[pooling][0, 0].numel())
    bias = torch.zeros(scores.shape[1])
    return ClassMaps(found[pooling], bias, scores, pooling)


def _pooled_to(maps: list[Tensor], vector: Tensor, pooling: str) -> Tensor | None:
    """The maps that pool to this vector: the largest ones, and of those the last."""
    fitting = [m for m in maps if _same(POOLS[pooling](m), vector)]
    return max(reversed(fitting), key=lambda m: m[0, 0].numel(), default=None)


def _same(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-5)
