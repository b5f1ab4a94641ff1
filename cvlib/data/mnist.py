"""MNIST (torch): 70 000 handwritten digits of 28 × 28, by download."""

import gzip
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cvlib.data import downloads
from cvlib.validate import check_choice


@lru_cache(maxsize=2)
def mnist(split: str = "train") -> tuple[Tensor, Tensor]:
    """The pictures of one split as bytes, ink bright on dark, and which digit each is.

    Four files, 11 MB, are downloaded on first use. A folder named by the environment
    variable `CVLIB_DATA` is looked in first; files there may be packed differently from
    the originals, so they are checked by what they hold.

    Args:
        split: "train" (60 000) or "test" (10 000).

    Returns:
        images (N, 1, 28, 28) uint8; labels (N,) int64. The same tensors every time: do
        not write into them.

    Raises:
        OfflineError: a file is nowhere and cannot be downloaded.
        ValueError: a file is not what its name says.

    Source:
        LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document
        recognition, Proceedings of the IEEE, 1998.
    """
    check_choice("split", split, ("train", "test"))
    images = read_idx(_path(f"mnist_{split}_images"))
    labels = read_idx(_path(f"mnist_{split}_labels"))
    if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
        raise ValueError(
            f"MNIST's {split} files must hold as many labels as pictures of 28 × 28, "
            f"got {labels.shape} and {images.shape}"
        )
    return torch.from_numpy(images[:, None]), torch.from_numpy(labels.astype(np.int64))


def _path(name: str) -> Path:
    return downloads.local(downloads.DOWNLOADS[name].path) or downloads.fetch(name)


def read_idx(path: Path) -> np.ndarray:
    """The array of bytes in a packed IDX file.

    The header is two zeros, 8 for bytes, the number of axes, and their lengths, four
    bytes each, the largest first.

    Raises:
        ValueError: the file is not one, or is cut off.
    """
    content = gzip.decompress(Path(path).read_bytes())
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of bytes; download it again")
    start = 4 + 4 * content[3]
    shape = tuple(np.frombuffer(content[4:start], ">u4").astype(int))
    if len(content) - start != np.prod(shape):
        raise ValueError(
            f"{path} must hold {np.prod(shape)} bytes after its header, got "
            f"{len(content) - start}; it is cut off, download it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()
