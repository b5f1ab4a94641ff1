"""Transfer learning (torch): keep what a trained network knows, train the rest.

Three regimes, by how much labelled data there is: train a new head alone, on features
that are computed once; train the upper layers too; or train everything, with the old
weights as the starting point.
"""

import copy
from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor, nn

from cvlib.train.loop import as_input
from cvlib.validate import check_choice, check_positive


def freeze(model: nn.Module, *, up_to: str) -> list[str]:
    """Fix the lower part of a network: no gradients, and no new statistics either.

    Without the second half a frozen body still changes: batch normalisation renews its
    running mean and variance at every training step, whether or not its parameters
    want gradients, and dropout still drops. So frozen parts also stay in evaluation
    mode when `model.train()` is called.

    Args:
        model: whose parts were defined in the order of the forward pass.
        up_to: the last part to be frozen, "layer2" or "features.5"; all before it are
            frozen too.

    Returns:
        The names of the frozen parameters.

    Raises:
        ValueError: there is no such part.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        >>> freeze(net, up_to="1")
        ['0.weight', '0.bias', '1.weight', '1.bias']
        >>> _ = net.train()
        >>> net[1].training, net[2].training
        (False, True)
    """
    frozen = []
    for name, module in parts_up_to(model, up_to):
        module.train = partial(stay, module)  # model.train() will ask it
        module.train()
        for key, parameter in module.named_parameters(name, recurse=False):
            parameter.requires_grad_(False)
            frozen.append(key)
    return frozen


def parts_up_to(model: nn.Module, last: str) -> Iterator[tuple[str, nn.Module]]:
    """The modules defined before `last`, and all inside it; not those around it."""
    names = [name for name, _ in model.named_modules() if name]
    check_choice("up_to", last, names)
    end = max(i for i, name in enumerate(names) if f"{name}.".startswith(f"{last}."))
    for name in names[: end + 1]:
        if not last.startswith(f"{name}."):
            yield name, model.get_submodule(name)


def stay(module: nn.Module, mode: bool = True) -> nn.Module:
    """In place of `module.train` while it is frozen: evaluation, whatever `mode`."""
    return nn.Module.train(module, False)


def unfreeze(model: nn.Module) -> None:
    """Let every parameter learn again and every part follow `model.train()`.

    Example:
        >>> net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        >>> _ = freeze(net, up_to="0")
        >>> unfreeze(net)
        >>> all(p.requires_grad for p in net.parameters())
        True
    """
    for module in model.modules():
        vars(module).pop("train", None)
    model.requires_grad_(True)


@torch.no_grad()
def precompute_features(
    model: nn.Module, images: Tensor, layer: str, *, batch_size: int = 256
) -> Tensor:
    """What `layer` gives for every image: the part of the work that never changes.

    A frozen body gives the same features for the same image in every epoch. Computed
    once and kept, they make an epoch as cheap as its head. (An image that is augmented
    anew in every epoch is not the same image: then this does not hold.)

    Args:
        model: put into evaluation mode for the pass, then back.
        images: (N, C, H, W), N ≥ 1; uint8 is divided by 255.
        layer: name of a part, "avgpool".
        batch_size: images at a time.

    Returns:
        (N, …) on the CPU, one row an image.

    Raises:
        ValueError: there is no such part, or no image.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(288, 2))
        >>> precompute_features(net, torch.zeros(5, 3, 8, 8), "0").shape
        torch.Size([5, 8, 6, 6])
    """
    check_choice("layer", layer, [name for name, _ in model.named_modules() if name])
    if not len(images):
        raise ValueError("images must hold at least one image, got none")
    found: list[Tensor] = []
    hook = model.get_submodule(layer).register_forward_hook(
        lambda module, inputs, output: found.append(output.float().cpu())
    )
    modes = {module: module.training for module in model.modules()}
    device = next(model.parameters(), torch.empty(0)).device
    try:
        model.eval()
        for part in images.split(check_positive("batch_size", batch_size)):
            model(as_input(part).to(device))
    finally:
        hook.remove()
        for module, mode in modes.items():
            module.training = mode
    return torch.cat(found)


def adapt(
    model: nn.Module, num_classes: int, *, up_to: str | None = None, seed: int = 0
) -> nn.Module:
    """A copy for another task: a fresh head, and the body frozen as far as wanted.

    The three regimes are three choices of `up_to`: the part before the head (little
    data), one in the middle (more), None (much: the old weights are where the training
    begins, and nothing is fixed).

    Args:
        model: a trained classifier; it is not changed.
        num_classes: of the new task.
        up_to: the last part to be frozen, or None.
        seed: of the new head's weights.

    Returns:
        The copy, in training mode except for what is frozen.

    Raises:
        ValueError: the model has no linear layer or convolution, or no part `up_to`.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(288, 10))
        >>> adapt(net, 2, up_to="0")[-1]
        Linear(in_features=288, out_features=2, bias=True)
    """
    copied = copy.deepcopy(model)
    unfreeze(copied)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        replace_head(copied, check_positive("num_classes", num_classes))
    if up_to is not None:
        freeze(copied, up_to=up_to)
    return copied.train()


def replace_head(model: nn.Module, num_classes: int) -> None:
    """Put a fresh layer with `num_classes` outputs in place of the last one, at random.

    The last layer is the last linear one or convolution, in the order of definition.
    """
    layers = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, (nn.Linear, nn.Conv2d))
    ]
    if not layers:
        raise ValueError(
            f"model must have a linear layer or a convolution as its head, "
            f"got {type(model).__name__} without one"
        )
    name, old = layers[-1]
    bias = old.bias is not None
    if isinstance(old, nn.Linear):
        new = nn.Linear(old.in_features, num_classes, bias=bias)
    else:
        new = nn.Conv2d(
            old.in_channels, num_classes, old.kernel_size, old.stride, old.padding,
            bias=bias,
        )  # fmt: skip
    model.set_submodule(name, new.to(old.weight))
