"""Folders of pictures and their masks (torch): cells under the electron microscope, and
pedestrians as the Penn-Fudan data set has them.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from cvlib.data import downloads
from cvlib.validate import check_choice

HELD_OUT = 6
"""How many slices, the last ones, no training sees."""

ISBI_CLASSES = ("membrane", "cell")


def pixels(path: Path) -> Tensor:
    """What a grey picture file or a file of labels holds, as it stands there: (H, W).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it has colours.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path.parent} has no {path.name}")
    with Image.open(path) as picture:
        values = np.array(picture)
    if values.ndim != 2:
        raise ValueError(f"{path} must be grey, one value a pixel, got {values.shape}")
    return torch.from_numpy(values)


def isbi_em(split: str = "train") -> tuple[Tensor, Tensor]:
    """Thirty neighbouring slices of a fly's nerve cord, and which pixels are cell.

    Serial section electron microscopy, 2 × 2 µm, 512 × 512 pixels a slice, and the
    membranes as a person drew them. They are one stack: a slice resembles the next, so
    the ones held out are its end and not drawn at random.

    Seven megabytes of an archive of nineteen are kept, which is downloaded on first
    use. A folder named by the environment variable `CVLIB_DATA` is looked in first:
    `isbi_em/train` there has the folders `image` and `label` with 0.png to 29.png.

    Args:
        split: "train" (the first 24), "held_out" (the last 6) or "all".

    Returns:
        (N, 1, 512, 512) uint8 pictures and (N, 512, 512) uint8: 1 cell, 0 membrane.

    Raises:
        OfflineError: they are nowhere and cannot be downloaded.
        ValueError: another split, or the folder found holds something else.

    Source:
        Arganda-Carreras et al., Crowdsourcing the creation of image segmentation
        algorithms for connectomics, Frontiers in Neuroanatomy 2015.

    Example:
        >>> isbi_em("heldout")
        Traceback (most recent call last):
        ValueError: split must be 'train', 'held_out' or 'all', got 'heldout'; did \
you mean 'held_out'?
    """
    check_choice("split", split, ("train", "held_out", "all"))
    folders = (downloads.fetch("isbi_em_images"), downloads.fetch("isbi_em_labels"))
    count = min(len(list(folder.glob("*.png"))) for folder in folders)
    first = {"train": 0, "held_out": count - HELD_OUT, "all": 0}[split]
    last = count - HELD_OUT if split == "train" else count
    images, labels = (
        torch.stack([pixels(folder / f"{i}.png") for i in range(first, last)])
        for folder in folders
    )
    return images[:, None], (labels > 127).to(torch.uint8)


class MaskFolder(Sequence):
    """`data[i]` is (image, target): a picture, and a file that numbers its objects.

    `PNGImages/NAME.png` is a picture and `PedMasks/NAME_mask.png` has 0 for background
    and 1, 2, … for its first, second, … object. So Penn-Fudan comes, 170 photographs of
    345 pedestrians: https://www.cis.upenn.edu/~jshi/ped_html/.

    Args:
        folder: holds `PNGImages` and `PedMasks`.
        class_names: "background" and the one class.

    Attributes:
        names: of the files, without ending, in the order of the alphabet.
        class_names: `class_names[label]` is a word.

    Raises:
        FileNotFoundError: a folder or a file is not there.
        ValueError: a mask is not of its picture's size; said when it is read.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        class_names: Sequence[str] = ("background", "pedestrian"),
    ) -> None:
        self.folder = Path(folder)
        self.class_names = tuple(class_names)
        pictures = self.folder / "PNGImages"
        if not pictures.is_dir() or not (self.folder / "PedMasks").is_dir():
            raise FileNotFoundError(
                f"folder must hold PNGImages and PedMasks, got {str(folder)!r}"
            )
        self.names = sorted(path.stem for path in pictures.glob("*.png"))
        for name in self.names:
            if not self._mask(name).exists():
                raise FileNotFoundError(f"{name} has no PedMasks/{name}_mask.png")

    def _mask(self, name: str) -> Path:
        return self.folder / "PedMasks" / f"{name}_mask.png"

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> tuple[Tensor, dict[str, Tensor]]:
        name = self.names[index]
        with Image.open(self.folder / "PNGImages" / f"{name}.png") as picture:
            image = torch.from_numpy(np.array(picture.convert("RGB")))
        owners = pixels(self._mask(name))
        if owners.shape != image.shape[:2]:
            raise ValueError(
                f"PedMasks/{name}_mask.png must be of its picture's size "
                f"{tuple(image.shape[:2])}, got {tuple(owners.shape)}"
            )
        numbers = owners.unique()
        masks = owners == numbers[numbers > 0][:, None, None]
        target = {
            "boxes": boxes_round(masks),
            "labels": torch.ones(len(masks), dtype=torch.int64),
            "masks": masks,
        }
        return image.permute(2, 0, 1).float() / 255, target


def boxes_round(masks: Tensor) -> Tensor:
    """The smallest box round each mask.

    Args:
        masks: (M, H, W) bool, none of them empty.

    Returns:
        (M, 4) float32 xyxy, x2 and y2 one past the last pixel.

    Example:
        >>> boxes_round(torch.eye(4).bool()[None, 1:3])
        tensor([[1., 0., 3., 2.]])
    """
    boxes = torch.zeros(len(masks), 4)
    for box, mask in zip(boxes, masks, strict=True):
        rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
        ends = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        box.copy_(torch.stack(ends))
    return boxes
