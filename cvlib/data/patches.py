"""Patches of real photographs (torch): a small offline stand-in for CIFAR-10.

Ten materials, each cut from one photograph that comes with scikit-image or
scikit-learn. Training patches come from the left of it and test patches from the right,
with a gap between, so that no pixel is in both.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from cvlib.data.photos import photo
from cvlib.image import resize
from cvlib.validate import check_choice, check_positive

PATCH_CLASSES = (
    "brick",
    "coins",
    "fur",
    "gravel",
    "grass",
    "petals",
    "print",
    "roofs",
    "stars",
    "tissue",
)
# where each material fills the picture: photograph, rows and columns (as shares), scale
_REGIONS = {
    "brick": ("brick", (0, 1), (0, 1), 0.75),
    "coins": ("coins", (0, 1), (0, 1), 1.0),
    "fur": ("chelsea", (0.1, 1), (0, 0.7), 1.0),
    "gravel": ("gravel", (0, 1), (0, 1), 0.75),
    "grass": ("grass", (0, 1), (0, 1), 0.75),
    "petals": ("flower", (0.24, 0.82), (0.28, 0.69), 1.0),
    "print": ("text", (0, 1), (0, 1), 1.0),
    "roofs": ("china", (0.2, 0.92), (0.12, 0.54), 1.0),
    "stars": ("hubble_deep_field", (0, 1), (0, 1), 0.5),
    "tissue": ("immunohistochemistry", (0, 1), (0, 1), 0.75),
}
FLAT = 0.02  # standard deviation of a patch of sky or of black
_PARTS = {"train": (0.0, 0.6), "test": (0.65, 1.0)}


def patches(
    split: str = "train", *, n: int = 1000, size: int = 32, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Squares cut at random from the photographs of ten materials, in grey.

    Grey, because colour alone would tell a flower from a lawn; three equal channels,
    so that networks for colour pictures take them.

    Args:
        split: "train" (the left 60 % of each photograph) or "test" (the right 35 %).
        n: how many, as equal a number of each class as possible.
        size: pixels a side, at most 48.
        seed: of the places, the mirroring and the order.

    Returns:
        images (n, 3, size, size) float32 in [0, 1]; labels (n,) int64, see
        `PATCH_CLASSES`. Fresh tensors, in random order.

    Raises:
        TypeError, ValueError: another split, or a number out of its range.

    Example:
        >>> images, labels = patches("test", n=20)
        >>> images.shape, labels.bincount().tolist()
        (torch.Size([20, 3, 32, 32]), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    start, stop = _PARTS[check_choice("split", split, tuple(_PARTS))]
    n, size = check_positive("n", n), check_positive("size", size)
    if size > 48:
        raise ValueError(
            f"size must be at most 48, the test part of the smallest photograph, "
            f"got {size}"
        )
    rng = np.random.default_rng((seed, split == "test"))
    labels = rng.permutation(np.arange(n) % len(PATCH_CLASSES))
    images = np.empty((n, size, size), np.float32)
    for label, name in enumerate(PATCH_CLASSES):
        region = _region(name)
        W = region.shape[1]
        part = region[:, round(start * W) : round(stop * W)]
        for i in np.flatnonzero(labels == label):
            images[i] = _cut(part, size, rng)
    grey = torch.from_numpy(images)[:, None].repeat(1, 3, 1, 1)
    return grey, torch.from_numpy(labels.astype(np.int64))


def _cut(part: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """A square of it, mirrored or not; one with nothing to see is drawn again."""
    while True:
        y, x = (rng.integers(0, length - size + 1) for length in part.shape)
        patch = part[y : y + size, x : x + size]
        if patch.std() > FLAT:
            return patch[:, ::-1] if rng.random() < 0.5 else patch


@lru_cache
def _region(name: str) -> np.ndarray:
    """The part of a photograph that a material fills, in grey."""
    title, rows, columns, scale = _REGIONS[name]
    picture = photo(title).mean(axis=2)
    H, W = picture.shape
    picture = picture[
        round(rows[0] * H) : round(rows[1] * H),
        round(columns[0] * W) : round(columns[1] * W),
    ]
    return resize(picture, tuple(round(length * scale) for length in picture.shape))
