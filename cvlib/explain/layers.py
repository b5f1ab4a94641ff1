"""One layer of a network (torch): find it by name, and hear what it gives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor, nn

from cvlib.summary.trace import evaluating
from cvlib.validate import check_shape


def find_layer(model: nn.Module, layer: str | nn.Module) -> nn.Module:
    """The module of this name, as `model.named_modules()` has it, or the module itself.

    Raises:
        ValueError: the model has no such layer.
    """
    named = dict(model.named_modules())
    if isinstance(layer, nn.Module):
        if any(module is layer for module in named.values()):
            return layer
        raise ValueError(
            "layer must be a part of the model, got a "
            f"{type(layer).__name__} that is not; give its name instead"
        )
    if layer in named and layer:
        return named[layer]
    close = get_close_matches(str(layer), named, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(
        f"layer must be a name in model.named_modules(), got {layer!r}{hint}"
    )


@contextmanager
def listening(
    modules: list[nn.Module], heard: Callable[[nn.Module, tuple, Tensor], None]
) -> Iterator[None]:
    """Call `heard(module, inputs, output)` whenever one of the modules has run."""
    handles = [module.register_forward_hook(heard) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def activations(model: nn.Module, layer: str | nn.Module, images: Tensor) -> Tensor:
    """What a layer gives for each image.

    Args:
        model: any network; it is run in eval mode, without gradients.
        layer: a name in `model.named_modules()`, or the module.
        images: (N, C, H, W).

    Returns:
        A copy, mostly (N, units, h, w): a ReLU in place after it does not reach it.

    Raises:
        ShapeError: `images` is no batch.
        ValueError: the model has no such layer, or does not run it.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(inplace=True))
        >>> activations(net, "0", torch.zeros(2, 3, 6, 6)).shape
        torch.Size([2, 8, 4, 4])
    """
    check_shape("images", images, "N C H W")
    with torch.no_grad():
        return run_to(model, layer, images, lambda output: output.clone())


def run_to(
    model: nn.Module,
    layer: str | nn.Module,
    images: Tensor,
    keep: Callable[[Tensor], Any],
) -> Any:
    """Run the model, and keep of the layer's output what `keep` makes of it.

    Raises:
        ValueError: the model has no such layer, or does not run it.
    """
    kept: list[Any] = []
    module = find_layer(model, layer)

    def heard(_module: nn.Module, _inputs: tuple, output: Tensor) -> None:
        kept.append(keep(output))

    with evaluating(model), listening([module], heard):
        model(images)
    if not kept:
        raise ValueError(f"layer must be run by the model, but {layer!r} is not")
    return kept[-1]
