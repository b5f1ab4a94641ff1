"""Maps of classes as pictures."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvlib.show import palette as p

NOBODY = "#f0f1f3"  # background
UNKNOWN = "#9aa3ad"  # a pixel without a class
CLASSES = (p.INPUT, p.KERNEL, p.OUTPUT, p.GRADIENT, p.HAND, p.INK)


def class_colours(labels: ArrayLike) -> NDArray[np.float64]:
    """A colour for each pixel's class; the background is pale, 255 is grey.

    Args:
        labels: (H, W) integers; after six classes the colours come again.

    Returns:
        (H, W, 3) RGB in [0, 1], for `images`.

    Example:
        >>> class_colours([[0, 1]]).round(1).tolist()
        [[[0.9, 0.9, 1.0], [0.0, 0.4, 0.7]]]
    """
    labels = np.asarray(labels)
    colours = [tuple(bytes.fromhex(c[1:])) for c in (NOBODY, *CLASSES, UNKNOWN)]
    index = np.where(labels > 0, (labels - 1) % len(CLASSES) + 1, 0)
    index[labels == 255] = len(CLASSES) + 1
    return np.array(colours)[index] / 255
