"""Masks laid over their picture, each in a colour of its own."""

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike, NDArray

from cvlib.show.tasks import COLOURS


def paint_masks(
    image: ArrayLike, masks: ArrayLike, *, strength: float = 0.6
) -> NDArray[np.floating]:
    """The picture, grey, with every mask in colour and its outline in white.

    Args:
        image: (3, H, W) RGB in [0, 1].
        masks: (N, H, W) bool; where two overlap the later one is seen.
        strength: how much of a colour there is, from 0 to 1.

    Returns:
        (H, W, 3), for `images`.

    Example:
        >>> paint_masks(np.zeros((3, 4, 4)), np.ones((1, 4, 4), dtype=bool)).shape
        (4, 4, 3)
    """
    pixels = np.moveaxis(np.asarray(image, dtype=float), 0, 2)
    grey = pixels.mean(axis=2, keepdims=True)
    painted = np.repeat(0.5 * grey + 0.4, 3, axis=2)  # pale, so that colours show
    for n, mask in enumerate(np.asarray(masks, dtype=bool)):
        colour = np.array(to_rgb(COLOURS[n % len(COLOURS)]))
        painted[mask] = (1 - strength) * pixels[mask] + strength * colour
        inner = mask.copy()
        inner[1:] &= mask[:-1]
        inner[:-1] &= mask[1:]
        inner[:, 1:] &= mask[:, :-1]
        inner[:, :-1] &= mask[:, 1:]
        painted[mask & ~inner] = 1
    return np.clip(painted, 0, 1)
