"""Pictures with one word each (torch): all that weak supervision may learn from.

The scenes know where everything is, so what a network finds without being told can be
measured against the truth.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cvlib.data.scenes import scene
from cvlib.validate import check_number, check_positive

RADIUS = (0.2, 0.3)  # of an object, as a share of the shorter side
SHAPE_CLASSES = ("circle", "triangle", "ring", "cross")
TANK_CLASSES = ("circle", "square")
STAMP = 7  # side of the stamp in pixels


def one_shape(
    n: int,
    *,
    seed: int = 0,
    size: int = 64,
    classes: tuple[str, ...] = SHAPE_CLASSES,
) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures of one paper shape on a photograph.

    Args:
        n: how many.
        seed: the same seed gives the same pictures.
        size: side in pixels, at least 32.
        classes: the shapes to choose from.

    Returns:
        images (n, 3, size, size) float32; labels (n,) int64, an index into `classes`;
        masks (n, size, size) bool, for measuring only.

    Example:
        >>> images, labels, masks = one_shape(2, size=32)
        >>> images.shape, labels.shape, masks.shape
        (torch.Size([2, 3, 32, 32]), torch.Size([2]), torch.Size([2, 32, 32]))
    """
    rng = np.random.default_rng(seed)
    shots = [
        scene(rng, size=size, n_objects=1, classes=classes, radius=RADIUS)
        for _ in range(check_positive("n", n))
    ]
    images = np.stack([shot.image for shot in shots]).transpose(0, 3, 1, 2)
    labels = [classes.index(shot.names[0]) for shot in shots]
    masks = np.stack([shot.masks[0] for shot in shots])
    return (
        torch.tensor(np.ascontiguousarray(images), dtype=torch.float32),
        torch.tensor(labels),
        torch.tensor(masks),
    )


@dataclass(frozen=True, eq=False)
class Tank:
    """Pictures some of which bear a stamp that has nothing to do with their class.

    Attributes:
        images: (N, 3, H, W) float32.
        labels: (N,) int64, an index into TANK_CLASSES.
        stamped: (N,) bool.
        stamps: (N, H, W) bool, the pixels of the stamp, or of where it would be.
        objects: (N, H, W) bool, what can be seen of the object.
    """

    images: Tensor
    labels: Tensor
    stamped: Tensor
    stamps: Tensor
    objects: Tensor


def tank(n: int, *, link: float, seed: int = 0, size: int = 48) -> Tank:
    """Circles and squares, and a stamp in a corner that goes with the squares.

    Args:
        n: how many pictures.
        link: how often stamp and class go together: 1 stamps every square and no
            circle, 0 every circle and no square, 0.5 half of both.
        seed: the same seed gives the same pictures, whatever the link.
        size: side in pixels, at least 32.

    Example:
        >>> data = tank(4, link=1.0, size=32)
        >>> bool((data.stamped == (data.labels == 1)).all())
        True
    """
    link = check_number("link", link, minimum=0, maximum=1)
    images, labels, objects = one_shape(n, seed=seed, size=size, classes=TANK_CLASSES)
    rng = np.random.default_rng([seed, 1])
    goes_along = torch.tensor(rng.random(n) < link)
    stamped = (labels == 1) == goes_along
    stamps = torch.zeros(n, size, size, dtype=torch.bool)
    ink = _stamp()
    for k in range(n):
        corner, (dy, dx) = rng.integers(4), rng.integers(1, 4, 2)
        y = dy if corner < 2 else size - STAMP - dy
        x = dx if corner % 2 else size - STAMP - dx
        window = slice(y, y + STAMP), slice(x, x + STAMP)
        stamps[k, *window] = True
        if stamped[k]:
            images[k, :, *window] = ink
            objects[k, *window] = False
    return Tank(images, labels, stamped, stamps, objects)


def _stamp() -> Tensor:
    """(3, STAMP, STAMP): a white plate with a dark frame and a dark cross."""
    plate = torch.ones(STAMP, STAMP)
    plate[[0, -1]] = plate[:, [0, -1]] = 0.1
    across = torch.arange(2, STAMP - 2)
    plate[across, across] = plate[across, across.flip(0)] = 0.1
    return plate.expand(3, -1, -1)
