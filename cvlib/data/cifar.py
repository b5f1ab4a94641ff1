"""CIFAR-10 (torch): 60 000 pictures of 32 × 32 in ten classes, by download."""

import pickle
import tarfile
import zipfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from cvlib.data import downloads
from cvlib.validate import check_choice

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
CACHE = "cifar10_{split}_{kind}.npz"
JPEGS = "cifar10_jpg/cifar10_jpg.zip"
"""A copy as JPEG files that some people have; lossy, so a net scores a little lower."""


@lru_cache(maxsize=2)
def cifar10(split: str = "train") -> tuple[Tensor, Tensor]:
    """The pictures of one split as bytes, and the class of each.

    The original archive is downloaded on first use, 170 MB. A folder named by the
    environment variable `CVLIB_DATA` is looked in first, for the archive and then for a
    copy as JPEG files; `cifar10_source` says which one was found.

    Args:
        split: "train" (50 000) or "test" (10 000).

    Returns:
        images (N, 3, 32, 32) uint8; labels (N,) int64, see `CIFAR10_CLASSES`. The same
        tensors every time: do not write into them.

    Raises:
        OfflineError: the archive is nowhere and cannot be downloaded.

    Source:
        Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
    """
    check_choice("split", split, ("train", "test"))
    source = cifar10_source()
    cached = downloads.cache() / CACHE.format(split=split, kind=source)
    if not cached.exists():
        if source == "jpeg":
            images, labels = from_jpegs(downloads.local(JPEGS), split)
        else:
            images, labels = from_archive(downloads.fetch("cifar10"), split)
        downloads.save_arrays(cached, images=images, labels=labels)
    with np.load(cached) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    return torch.from_numpy(images), torch.from_numpy(labels)


def cifar10_source() -> str:
    """Which copy `cifar10` reads: "archive", or "jpeg" if only that one is here."""
    here = downloads.find("cifar10")
    return "jpeg" if here is None and downloads.local(JPEGS) else "archive"


def from_archive(path: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of the original archive, in its order."""
    names = [f"data_batch_{i}" for i in range(1, 6)]
    images, labels = [], []
    with tarfile.open(path) as archive:
        for name in names if split == "train" else ["test_batch"]:
            member = archive.extractfile(f"cifar-10-batches-py/{name}")
            # a pickle runs what it likes: only read after the hash was found right
            batch = pickle.load(member, encoding="bytes")
            images.append(batch[b"data"].reshape(-1, 3, 32, 32))
            labels += batch[b"labels"]
    return np.concatenate(images), np.array(labels, np.int64)


def from_jpegs(path: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of a zip of `<split>/<class>/<number>.jpg`, class by class."""
    images, labels = [], []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(n for n in archive.namelist() if n.startswith(split + "/")):
            picture = Image.open(BytesIO(archive.read(name)))
            images.append(np.asarray(picture.convert("RGB")).transpose(2, 0, 1))
            labels.append(CIFAR10_CLASSES.index(name.split("/")[1]))
    return np.stack(images), np.array(labels, np.int64)
