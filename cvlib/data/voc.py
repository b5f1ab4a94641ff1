"""Folders as PASCAL VOC has them (torch): JPEG files and one XML file each with boxes.

`Annotations/NAME.xml` says what is on `JPEGImages/NAME.jpg`; `ImageSets/Main/SPLIT.txt`
lists the names of a split. Many data sets of others come in this form.
"""

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from cvlib.data import downloads
from cvlib.image import load
from cvlib.validate import check_choice

BCCD_CLASSES = ("background", "RBC", "WBC", "Platelets")
CORNERS = ("xmin", "ymin", "xmax", "ymax")


class VocFolder(Sequence):
    """`data[i]` is (image, target), read from its files when it is asked for.

    The XML files are all read at once, so that a broken one is found now and not in the
    third hour of a training.

    Args:
        folder: holds `Annotations` and `JPEGImages`.
        split: a file of `ImageSets/Main`, such as "train"; None for all images.
        class_names: "background" and the classes in the order of their labels; if not
            given, those that occur, in alphabetical order.

    Attributes:
        names: of the files, without ending.
        targets: dicts `boxes` (M, 4) float32 xyxy, x2 and y2 one past the last pixel,
            `labels` (M,) int64, `difficult` and `truncated` (M,) bool.
        class_names: `class_names[label]` is a word; 0 is "background".

    Raises:
        FileNotFoundError: a folder, a split or a picture is not there.
        ValueError: an XML file is not what it should be; the sentence says where.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        split: str | None = None,
        class_names: Sequence[str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.names = names_of(self.folder, split)
        found = [annotation(self.path("Annotations", n, ".xml")) for n in self.names]
        if class_names is None:
            words = {word for objects in found for word in objects["words"]}
            class_names = ("background", *sorted(words))
        self.class_names = tuple(class_names)
        pairs = zip(self.names, found, strict=True)
        self.targets = [self._target(name, objects) for name, objects in pairs]
        self._sizes = [objects["size"] for objects in found]

    def path(self, part: str, name: str, ending: str) -> Path:
        """A file of the folder, which has to be there."""
        path = self.folder / part / (name + ending)
        if not path.exists():
            raise FileNotFoundError(f"{name} has no {part}/{name}{ending}")
        return path

    def _target(self, name: str, objects: dict) -> dict[str, Tensor]:
        known = self.class_names[1:]
        for n, word in enumerate(objects["words"]):
            if word not in known:
                raise ValueError(
                    f"Annotations/{name}.xml: object {n + 1} must be one of "
                    f"{', '.join(known)}, got {word!r}"
                )
        labels = [self.class_names.index(word) for word in objects["words"]]
        flags = {
            key: torch.tensor(objects[key], dtype=torch.bool)
            for key in ("difficult", "truncated")
        }
        return {
            "boxes": torch.tensor(objects["boxes"], dtype=torch.float32).reshape(-1, 4),
            "labels": torch.tensor(labels, dtype=torch.int64),
        } | flags

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> tuple[Tensor, dict[str, Tensor]]:
        name = self.names[index]
        image = load(self.path("JPEGImages", name, ".jpg"))
        height, width = image.shape[:2]
        if (width, height) != self._sizes[index]:
            said = "{} × {}".format(*self._sizes[index])
            raise ValueError(
                f"Annotations/{name}.xml says {said} pixels, but the picture has "
                f"{width} × {height}; its boxes would lie elsewhere"
            )
        tensor = torch.from_numpy(image.transpose(2, 0, 1).copy()).float()
        return tensor, dict(self.targets[index])


def names_of(folder: Path, split: str | None) -> list[str]:
    """The names of a split, in the order of its file; all of them if it is None.

    Raises:
        FileNotFoundError: there is no such folder or split.
    """
    if not (folder / "Annotations").is_dir():
        raise FileNotFoundError(
            f"folder must hold Annotations and JPEGImages, got {str(folder)!r}"
        )
    if split is None:
        return sorted(path.stem for path in (folder / "Annotations").glob("*.xml"))
    path = folder / "ImageSets" / "Main" / f"{split}.txt"
    if not path.exists():
        there = sorted(p.stem for p in path.parent.glob("*.txt")) or ["none"]
        raise FileNotFoundError(
            f"split must be one of ImageSets/Main ({', '.join(there)}), got {split!r}"
        )
    return path.read_text(encoding="utf-8").split()


def annotation(path: Path) -> dict:
    """What an XML file says, checked.

    VOC counts pixels from 1 and includes the last one: xmin 1 and xmax 2 are two
    pixels, which here is x1 = 0 and x2 = 2.

    Returns:
        `size` (width, height); for each object an entry in `words`, `boxes` (x1, y1,
        x2, y2), `difficult` and `truncated`.

    Raises:
        ValueError: no XML, a field missing or no number, a box outside or inverted.
    """
    where = f"Annotations/{path.name}"
    text = path.read_text(encoding="utf-8")
    if "<!ENTITY" in text:  # a few lines of them can fill the memory
        raise ValueError(f"{where} must not define entities")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"{where} must be XML, but {error}") from None
    size = tuple(
        int(number(root, f"size/{side}", where)) for side in ("width", "height")
    )
    found = {"size": size, "words": [], "boxes": [], "difficult": [], "truncated": []}
    for n, each in enumerate(root.iter("object"), start=1):
        place = f"{where}: object {n}"
        found["words"].append(field(each, "name", place))
        found["boxes"].append(box(each, size, place))
        for key in ("difficult", "truncated"):
            found[key].append(each.findtext(key, "0").strip() == "1")
    return found


def box(each: ElementTree.Element, size: tuple[int, int], place: str) -> list[float]:
    """x1, y1, x2, y2 of an object, within the picture."""
    x1, y1, x2, y2 = (number(each, f"bndbox/{corner}", place) for corner in CORNERS)
    said = f"({x1:g}, {y1:g}, {x2:g}, {y2:g})"
    if x2 < x1 or y2 < y1:
        raise ValueError(
            f"{place} must have xmax ≥ xmin and ymax ≥ ymin, got {said}; "
            "are two corners exchanged?"
        )
    width, height = size
    if x1 < 1 or y1 < 1 or x2 > width or y2 > height:
        raise ValueError(
            f"{place} must lie within 1 to {width} and 1 to {height}, got {said}; "
            "VOC counts pixels from 1"
        )
    return [x1 - 1, y1 - 1, x2, y2]


def field(element: ElementTree.Element, name: str, place: str) -> str:
    """The text of a field, which has to be there."""
    text = (element.findtext(name) or "").strip()
    if not text:
        raise ValueError(f"{place} has no {name}")
    return text


def number(element: ElementTree.Element, name: str, place: str) -> float:
    """A field that holds a number; some tools write 12.0."""
    text = field(element, name, place)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{place}: {name} must be a number, got {text!r}")
    return value


def bccd(split: str = "train") -> VocFolder:
    """Blood cells under the microscope: 364 photographs of 640 × 480 with boxes.

    Eight megabytes are downloaded on first use. A folder named by the environment
    variable `CVLIB_DATA` is looked in first: `bccd/BCCD` there is the folder BCCD of
    https://github.com/Shenggan/BCCD_Dataset.

    Args:
        split: "train" (205 images), "val" (87), "test" (72) or "all" (364).

    Returns:
        A VocFolder with the classes RBC, WBC and Platelets: `data[i]` is an image
        (3, 480, 640) in [0, 1] and its target.

    Raises:
        OfflineError: they are nowhere and cannot be downloaded.
        ValueError: another split, or the folder found holds something else.

    Source:
        Shenggan, BCCD Dataset (MIT licence).

    Example:
        >>> bccd("trian")
        Traceback (most recent call last):
        ValueError: split must be 'train', 'val', 'test' or 'all', got 'trian'; did \
you mean 'train'?
    """
    check_choice("split", split, ("train", "val", "test", "all"))
    chosen = None if split == "all" else split
    return VocFolder(downloads.fetch("bccd"), split=chosen, class_names=BCCD_CLASSES)
