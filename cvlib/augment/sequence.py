"""Several augmentations one after another, and the usual ones ready made (torch)."""

from collections.abc import Callable

from torch import Generator

from .draws import random_crop, random_horizontal_flip
from .geometry import size_of
from .moves import Target


class Compose:
    """A chain of steps, each called as step(images, generator).

    Bind the options of a step with `functools.partial`. One generator goes through
    the whole chain, so its seed decides everything.

    Raises:
        TypeError: a step cannot be called.

    Example:
        >>> from functools import partial
        >>> import torch
        >>> augment = Compose(random_horizontal_flip,
        ...                   partial(random_crop, size=32, padding=4))
        >>> augment(torch.rand(8, 3, 32, 32), torch.Generator().manual_seed(0)).shape
        torch.Size([8, 3, 32, 32])
    """

    def __init__(self, *steps: Callable) -> None:
        for step in steps:
            if not callable(step):
                raise TypeError(
                    "steps must be functions of (images, generator), got "
                    f"{type(step).__name__}; bind options with functools.partial"
                )
        self.steps = steps

    def __call__(self, images: Target, generator: Generator | None = None) -> Target:
        """Images after all steps."""
        for step in self.steps:
            images = step(images, generator)
        return images


def standard_cifar(images: Target, generator: Generator | None = None) -> Target:
    """Pad by 4, crop to the old size, mirror half of the images.

    The recipe with which residual networks were trained on CIFAR-10. It fits any size
    of small pictures, and serves as it is: `fit(…, augment=standard_cifar)`.

    Source:
        Lee et al., Deeply-supervised nets, AISTATS 2015; He et al., Deep residual
        learning for image recognition, CVPR 2016, section 4.2.

    Example:
        >>> import torch
        >>> standard_cifar(torch.rand(8, 3, 32, 32)).shape
        torch.Size([8, 3, 32, 32])
    """
    moved = random_crop(images, generator, size=size_of(images), padding=4)
    return random_horizontal_flip(moved, generator)
