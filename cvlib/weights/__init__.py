"""Trained networks (torch), ready to use: `load("resnet20_cifar10")`.

Ours were trained by the scripts in tools/train/ and come with the package;
MANIFEST.toml says how, and what each measured. Those of others are downloaded when a
reader asks.
"""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from cvlib.nets.normalize import IMAGENET_MEAN, IMAGENET_STD, Normalize
from cvlib.validate import check_choice

__all__ = ["available", "load", "manifest"]

HERE = Path(__file__).parent


@cache
def manifest() -> dict[str, dict]:
    """How each of our nets was trained and what it measured.

    Example:
        >>> manifest()["lenet_digits"]["builder"]
        'cvlib.nets.lenet:lenet5'
    """
    return tomllib.loads((HERE / "MANIFEST.toml").read_text(encoding="utf-8"))


def available() -> tuple[str, ...]:
    """The names that `load` knows; the last ones need a download.

    Example:
        >>> available()[-1]
        'vgg19_imagenet'
    """
    return (*manifest(), *DOWNLOADED)


def load(name: str) -> nn.Module:
    """A trained network, in evaluation mode; pictures go in as RGB in [0, 1].

    Nets that were trained on normalised pictures have a first layer that normalises, so
    a perturbation of the input is one of the picture.

    Args:
        name: one of `available()`.

    Returns:
        A fresh module on the CPU.

    Raises:
        ValueError: no net has this name.
        OfflineError: its file is not here and cannot be downloaded.

    Example:
        >>> net = load("lenet_digits")
        >>> net(torch.zeros(1, 1, 32, 32)).shape
        torch.Size([1, 10])
    """
    check_choice("name", name, available())
    if name in DOWNLOADED:
        return DOWNLOADED[name]().eval()
    model = build(manifest()[name]["builder"])
    model.load_state_dict(load_file(HERE / f"{name}.safetensors"))
    return model.eval()


def build(builder: str) -> nn.Module:
    """The empty network that `module:function` makes, without drawing its weights."""
    module, _, function = builder.partition(":")
    with torch.random.fork_rng(devices=[]):  # the reader's next draw stays the same
        return getattr(import_module(module), function)()


def _imagenet(builder: str, download: str, other: str | None = None) -> nn.Module:
    """A net of torchvision's with its official weights, or another file of the same."""
    from cvlib.data import downloads

    path = downloads.find(download) or (other and downloads.local(other))
    path = path or downloads.fetch(download)
    model = build(builder)
    state = torch.load(path, weights_only=True)
    model.load_state_dict({key: value.float() for key, value in state.items()})
    return nn.Sequential(Normalize(IMAGENET_MEAN, IMAGENET_STD), model)


DOWNLOADED: dict[str, Callable[[], nn.Module]] = {
    "squeezenet1_1_imagenet": lambda: _imagenet(
        "cvlib.nets.squeezenet:squeezenet1_1",
        "squeezenet1_1",
        "squeezenet1_1/squeezenet1_1_imagenet.pth",
    ),
    "vgg19_imagenet": lambda: _imagenet("cvlib.nets.vgg:vgg19", "vgg19"),
}
