"""Where the maps come from that content and style are read in (torch).

Whatever the network, it becomes a function from pictures to maps by name, with weights
that no longer change. The optimiser gets the pixels, and nothing else.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from cvlib.explain.layers import find_layer, listening
from cvlib.nets.features import FeatureNet
from cvlib.validate import check_int, check_shape

Maps = Callable[[Tensor], dict[str, Tensor]]
"""Pictures (N, 3, H, W) in [0, 1] to maps (N, C, H/s, W/s) by name."""

SQUEEZENET = {"conv1": "1.features.1"} | {
    f"fire{k}": f"1.features.{k + pools}"
    for k, pools in ((2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3))
}
"""Layers of `load("squeezenet1_1_imagenet")` for `tapped`, by the paper's names."""
VGG19 = {
    f"conv{block}_{k + 1}": f"1.features.{first + 2 * k + 1}"
    for block, first, count in ((1, 0, 2), (2, 5, 2), (3, 10, 4), (4, 19, 4),
                                (5, 28, 4))
    for k in range(count)
}  # fmt: skip
"""Layers of `load("vgg19_imagenet")`, after their ReLUs, by Gatys' names."""


class AllHeardError(Exception):
    """Every layer that was asked for has answered: how `tapped` leaves the network."""


def frozen(model: nn.Module, *, padding_mode: str = "replicate") -> nn.Module:
    """A copy whose weights get no gradient, and which is never in training mode.

    Args:
        model: any network; it is left as it is.
        padding_mode: of all its convolutions. Zeros make a dark frame that features
            answer to; the border once more does not.

    Example:
        >>> any(p.requires_grad for p in frozen(nn.Conv2d(1, 1, 3)).parameters())
        False
    """
    model = deepcopy(model).eval().requires_grad_(False)
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and module.padding not in ((0, 0), "valid"):
            module.padding_mode = padding_mode
    return model


def feature_maps(net: FeatureNet) -> Maps:
    """The maps of every convolution of our feature net.

    Example:
        >>> from cvlib.nets.features import feature_net
        >>> maps = feature_maps(feature_net())
        >>> maps(torch.zeros(1, 3, 32, 32))["conv2_1"].shape
        torch.Size([1, 64, 16, 16])
    """
    return frozen(net).maps


def random_maps(seed: int = 0) -> Maps:
    """The same net with filters that nobody trained: He's random weights, no bias.

    Example:
        >>> a, b = random_maps(0), random_maps(0)
        >>> x = torch.rand(1, 3, 16, 16)
        >>> torch.equal(a(x)["conv4_2"], b(x)["conv4_2"])
        True
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = FeatureNet()
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
                nn.init.zeros_(module.bias)
    return feature_maps(net)


def tapped(model: nn.Module, layers: Iterable[str] | dict[str, str]) -> Maps:
    """The outputs of some layers of any network, heard on the way through.

    Args:
        model: for example `load("squeezenet1_1_imagenet")`.
        layers: names in `model.named_modules()`, or those names by names of your own,
            such as `SQUEEZENET` and `VGG19`.

    Returns:
        A function to maps by name. It raises a ValueError where the model does not run
        such a layer.

    Raises:
        ValueError: the model has no such layer.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())
        >>> maps = tapped(net, {"first": "1"})
        >>> maps(torch.zeros(1, 3, 5, 5))["first"].shape
        torch.Size([1, 8, 3, 3])
    """
    names = dict(layers) if isinstance(layers, dict) else {l: l for l in layers}
    model = frozen(model)
    modules = {name: find_layer(model, path) for name, path in names.items()}
    wanted = list(dict.fromkeys(modules.values()))

    def maps(x: Tensor) -> dict[str, Tensor]:
        found: dict[nn.Module, Tensor] = {}

        def heard(module: nn.Module, _inputs: tuple, output: Tensor) -> None:
            found[module] = output.clone()  # out of reach of a ReLU in place above
            if len(found) == len(wanted):
                raise AllHeardError  # what lies above is not needed

        with listening(wanted, heard), suppress(AllHeardError):
            model(x)
        for name, module in modules.items():
            if module not in found:
                raise ValueError(f"layers must be run by the model, got {name!r}")
        return {name: found[module] for name, module in modules.items()}

    return maps


def pyramid(maps: Maps, levels: int = 2, *, pixels: bool = True) -> Maps:
    """The maps of a picture, of the same at half its size, and so on.

    A net whose units see 20 pixels sees 40 of the larger picture in the smaller:
    strokes and planes larger than its field become a matter of style as well.

    Args:
        maps: of one picture.
        levels: how many sizes, the picture's own included.
        pixels: add the colours themselves as a layer "pixels", with a channel of ones,
            so that their Gram matrix holds the means and the covariance.

    Returns:
        The same layers, those of the picture as they are, those of half its size with
        "/2" behind the name, then "/4".

    Example:
        >>> both = pyramid(random_maps(), 2)
        >>> list(both(torch.zeros(1, 3, 32, 32)))[8:10]
        ['pixels', 'conv1_1/2']
    """
    check_int("levels", levels, minimum=1)

    def all_maps(x: Tensor) -> dict[str, Tensor]:
        check_shape("x", x, "N C H W", C=3)
        found = {}
        for level in range(levels):
            if level:
                x = avg_pool2d(x, 2)
            ending = f"/{2**level}" if level else ""
            found |= {f"{name}{ending}": m for name, m in maps(x).items()}
            if pixels:
                found[f"pixels{ending}"] = torch.cat([x, torch.ones_like(x[:, :1])], 1)
        return found

    return all_maps
