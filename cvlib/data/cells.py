"""Drawings of tissue (NumPy): cells, and dark walls between them."""

import numpy as np
from numpy.typing import NDArray

from cvlib.validate import check_int, check_positive

CELLS, WALL = 22, 1.6  # on 96 × 96 pixels; half the width of a wall in pixels


def drawn_cells(
    seed: int = 3, *, size: int = 96, noise: float = 14.0
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A grey picture as of an electron microscope, and which of its pixels are cell.

    A pixel belongs to the nearest of some random centres; a wall is where the two
    nearest are about equally far.

    Args:
        seed: the same seed gives the same drawing.
        size: height and width.
        noise: standard deviation of the grain, in grey levels of 255.

    Returns:
        (size, size) bytes, and (size, size): 1 cell, 0 wall.

    Raises:
        TypeError, ValueError: an argument is not as above.

    Example:
        >>> picture, cell = drawn_cells(0)
        >>> picture.shape, cell.max(), bool(picture[cell == 1].mean() > 120)
        ((96, 96), np.uint8(1), True)
    """
    size = check_positive("size", size)
    rng = np.random.default_rng(check_int("seed", seed, minimum=0))
    count = max(2, round(CELLS * (size / 96) ** 2))
    centres = rng.uniform(-8, size + 8, (count, 2))
    place = np.stack(np.indices((size, size)), -1) + 0.5
    far = np.linalg.norm(place[:, :, None] - centres, axis=-1)
    first, second = np.sort(far, axis=-1)[..., :2].transpose(2, 0, 1)
    inside = second - first > 2 * WALL
    shade = rng.uniform(150, 215, count)[far.argmin(-1)]
    shade = np.where(inside, shade, 55) + rng.normal(0, noise, inside.shape)
    return shade.clip(0, 255).astype(np.uint8), inside.astype(np.uint8)
