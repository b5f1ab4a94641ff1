"""Handwritten digits (NumPy) that come with scikit-learn: MNIST's small cousin."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from cvlib.image import resize
from cvlib.validate import check_choice, check_int

N_TEST = 297  # leaves 1500 of the 1797 for training


def digits(
    split: str = "train", *, size: int = 8, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The digits of one split, ink 1 on paper 0, and which digit each is.

    The split keeps the ten classes in proportion. Both parts come from the same 13
    writers, so a test error here says nothing about the hand of a stranger.

    Args:
        split: "train" (1500), "test" (297) or "all" (1797).
        size: pixels a side; above 8 the pictures are enlarged smoothly.
        seed: which random split; "train" and "test" of one seed share no image.

    Returns:
        images (N, 1, size, size) float32 in [0, 1], in sixteenths at their own size;
        labels (N,) int64. Fresh arrays.

    Raises:
        TypeError, ValueError: another split, or a seed that is no whole number.

    Source:
        Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
        Learning Repository, 1998.

    Example:
        >>> images, labels = digits("test")
        >>> images.shape, labels[:5].shape
        ((297, 1, 8, 8), (5,))
    """
    check_choice("split", split, ("train", "test", "all"))
    seed = check_int("seed", seed, minimum=0)
    images, labels = _all(check_int("size", size, minimum=8))
    chosen = np.arange(len(labels))
    if split != "all":
        train, test = train_test_split(
            chosen, test_size=N_TEST, random_state=seed, stratify=labels
        )
        chosen = train if split == "train" else test
    return images[chosen], labels[chosen]


@lru_cache(maxsize=2)
def _all(size: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    bunch = load_digits()
    images = bunch.images / 16  # 0 to 16 dots of ink
    if size > 8:
        images = np.stack([resize(image, size) for image in images])
    return images[:, None].astype(np.float32), bunch.target.astype(np.int64)
