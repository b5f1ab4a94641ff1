"""Thousands of drawn faces, drawn once and kept (torch): what long trainings ask for.

A face takes a hundredth of a second or two, twelve thousand a few minutes. A training
that is stopped and goes on should not draw them again.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from cvlib.data.faces import VERSION, draw_faces, identities
from cvlib.validate import check_positive

FACE_SIZE = 48  # of the nets of the book: as small as a face can be and be known
PART = 200  # pictures a file


class Drawn(NamedTuple):
    """Pictures and where their landmarks lie."""

    images: Tensor  # (N, 3, size, size) uint8
    landmarks: Tensor  # (N, 14, 2) x and y in pixels


def drawn_once(
    ids: Sequence[int],
    *,
    folder: str | Path,
    seed: int = 0,
    size: int = FACE_SIZE,
    variety: float = 1.0,
    occlusion: float = 0.1,
    progress: bool = False,
) -> Drawn:
    """The pictures of `cvlib.data.faces.draw_faces`, from files where they are there.

    Args:
        ids: numbers of people. A person's pictures should follow each other: the
            numbers are cut into parts, and each part is drawn for itself.
        folder: where the parts are kept; it is made.
        seed: another one gives other pictures of the same people.
        size: height and width in pixels.
        variety: of pose, light and expression.
        occlusion: share with sunglasses, mask, scarf or hat.
        progress: show a bar.

    Returns:
        `images` (N, 3, size, size) uint8 and `landmarks` (N, 14, 2).

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> first = drawn_once([3, 3, 8], folder=folder, size=16)
        >>> again = drawn_once([3, 3, 8], folder=folder, size=16)
        >>> first.images.shape, torch.equal(first.images, again.images)
        (torch.Size([3, 3, 16, 16]), True)
    """
    settings = (VERSION, seed, check_positive("size", size), variety, occlusion)
    ids = np.asarray(ids, dtype=np.int64)
    cuts = np.flatnonzero(np.diff(ids)) + 1  # never within a person's pictures
    starts, last = [0], 0
    for cut in cuts.tolist():
        if cut - last >= PART:
            starts.append(cut)
            last = cut
    parts = np.split(ids, starts[1:])
    bar = tqdm(parts, desc="faces", disable=not progress)
    drawn = [_part(part, settings, Path(folder)) for part in bar]
    return Drawn(*(torch.cat(kind) for kind in zip(*drawn, strict=True)))


def _part(ids: np.ndarray, settings: tuple, folder: Path) -> Drawn:
    name = hashlib.sha256(repr((settings, ids.tolist())).encode()).hexdigest()[:20]
    path = folder / f"{name}.npz"
    if not path.exists():
        _, seed, size, variety, occlusion = settings
        images, landmarks = draw_faces(
            ids.tolist(), seed=seed, size=size, variety=variety, occlusion=occlusion
        )
        folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{os.getpid()}.part")
        with half.open("wb") as file:
            whole = np.rint(images * 255).astype(np.uint8)
            np.savez_compressed(file, images=whole, landmarks=landmarks)
        os.replace(half, path)  # never half a file
    with np.load(path) as stored:
        return Drawn(*(torch.from_numpy(stored[key]) for key in Drawn._fields))


def people_drawn_once(
    split: str, *, people: int, each: int, folder: str | Path, **options: object
) -> tuple[Tensor, Tensor]:
    """`each` pictures of the first `people` of a split, and who is on each.

    Args:
        split: `"train"`, `"validation"` or `"test"`.
        people: how many.
        each: pictures of each.
        folder: see `drawn_once`.
        **options: of `drawn_once`.

    Returns:
        (people · each, 3, size, size) uint8, and (people · each,) 0 … people − 1.

    Example:
        >>> import tempfile
        >>> images, labels = people_drawn_once("validation", people=2, each=2, size=16,
        ...                                    folder=tempfile.mkdtemp())
        >>> images.dtype, labels
        (torch.uint8, tensor([0, 0, 1, 1]))
    """
    ids = np.repeat(identities(split, people), each)
    labels = torch.arange(people).repeat_interleave(each)
    return drawn_once(ids, folder=folder, **options).images, labels
