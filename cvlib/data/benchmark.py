"""A small benchmark for detectors (torch): six kinds of paper cut-outs to find.

A class is a shape. Colour and pattern say nothing, scraps of the same papers lie about,
and things cover each other. The splits for judging use photographs behind that no
training image shows.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

from cvlib.data.papers import paper, soften
from cvlib.data.photos import photo
from cvlib.data.silhouettes import SILHOUETTES, blob, landmarks, stamp
from cvlib.image import to_uint8
from cvlib.validate import check_choice, check_int

VERSION = 1
CLASS_NAMES = ("background", *SILHOUETTES)
KEYPOINT_NAMES = {name: tuple(s.landmarks) for name, s in SILHOUETTES.items()}
KEYPOINT_PAIRS = {name: s.pairs for name, s in SILHOUETTES.items()}
KEYPOINTS = 4  # of every class
SIZE = (160, 208)
SMALLEST, LARGEST = 14, 112  # longer side of an object in pixels: 1 to 8

# Photographs, with the colours of black and of white for the grey ones.
SEEN = {
    "china": None,
    "rocket": None,
    "immunohistochemistry": None,
    "hubble_deep_field": None,
    "brick": ((96, 56, 44), (238, 200, 172)),
    "grass": ((52, 70, 46), (200, 210, 148)),
    "text": ((70, 52, 40), (244, 232, 206)),
}
HELD_OUT = {
    "flower": None,
    "chelsea": None,
    "retina": None,
    "gravel": ((120, 106, 92), (246, 236, 218)),
    "coins": ((38, 52, 66), (226, 222, 206)),
}
TRIES = 30


@dataclass(frozen=True)
class Recipe:
    """What the pictures of a split are made of."""

    number: int  # part of the seed, so no two splits share a picture
    count: int  # how many images the split has if nobody says
    photos: tuple[str, ...] = tuple(HELD_OUT)
    objects: tuple[int, int] = (1, 6)
    sizes: tuple[float, float] = (SMALLEST, LARGEST)
    scraps: tuple[int, int] = (3, 8)
    visible: float = 0.4  # of every object this share of its pixels can be seen
    cut_off: float = 0.15  # how many objects the picture's edge may cut
    camouflage: float = 0.0  # how many are of the colour of what lies behind


TRAIN = Recipe(1, 1000, photos=tuple(SEEN))
JUDGE = Recipe(2, 200)
SPLITS = {
    "train": TRAIN,
    "validation": JUDGE,
    "test": replace(JUDGE, number=3, count=400),
    "difficult": replace(
        JUDGE, number=4, scraps=(8, 14), visible=0.25, cut_off=0.4, camouflage=0.5
    ),
    "crowded": replace(JUDGE, number=5, objects=(10, 16), sizes=(16, 64)),
}


class Benchmark(Sequence):
    """Images and what is on them: `data[i]` is (image, target), `data[i:j]` a part.

    Attributes:
        images: (N, 3, 160, 208) uint8; `data[i]` gives floats in [0, 1].
        targets: N dicts: `boxes` (M, 4) float32 xyxy round what can be seen, `labels`
            (M,) int64, `difficult` (M,) bool, `visible` (M,) float32: the share of the
            object's pixels that can be seen; with `masks=True` also `masks`
            (M, 160, 208) bool, no two of which overlap; with `keypoints=True` also
            `keypoints` (M, 4, 3) float32: x, y and 1 where that point can be seen, else
            0. `KEYPOINT_NAMES` says what they are, class by class.
        class_names: `class_names[label]` is a word; 0 is "background".
    """

    class_names = CLASS_NAMES

    def __init__(
        self,
        images: Tensor,
        owners: Tensor,
        targets: list[dict],
        masks: bool,
        keypoints: list[Tensor] | None = None,
    ) -> None:
        self.images, self.targets = images, targets
        self._owners, self._masks, self._keypoints = owners, masks, keypoints

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index):
        if isinstance(index, slice):
            parts = self.images[index], self._owners[index], self.targets[index]
            keypoints = self._keypoints and self._keypoints[index]
            return Benchmark(*parts, self._masks, keypoints)
        target = dict(self.targets[index])
        if self._masks:
            number = torch.arange(1, len(target["labels"]) + 1)
            target["masks"] = self._owners[index] == number[:, None, None]
        if self._keypoints is not None:
            target["keypoints"] = self._keypoints[index]
        return self.images[index] / 255, target

    def fingerprint(self) -> str:
        """A hash of every pixel, box and label."""
        digest = hashlib.sha256(self.images.numpy().tobytes())
        digest.update(self._owners.numpy().tobytes())
        for target in self.targets:
            for key in ("boxes", "labels", "difficult"):
                digest.update(target[key].numpy().tobytes())
        return digest.hexdigest()


def scenes_benchmark(
    split: str = "train",
    *,
    n: int | None = None,
    masks: bool = False,
    keypoints: bool = False,
) -> Benchmark:
    """The first `n` images of a split; about 10 ms each.

    "difficult" marks an object of which less than half can be seen, or whose box is
    under 12 pixels on its longer side: found or not, it does not count, as in VOC.

    Args:
        split: "train" (1 000 images), "validation" (200), "test" (400), "difficult"
            (200: cut off, covered, of the colour behind) or "crowded" (200: ten to
            sixteen objects).
        n: how many images, any number; a shorter set is the start of a longer one.
        masks: whether targets hold masks.
        keypoints: whether they hold landmarks.

    Returns:
        A Benchmark: a sequence of (image (3, 160, 208) float32 RGB in [0, 1], target).

    Raises:
        TypeError, ValueError: no such split, or `n` is no whole number ≥ 0.

    Example:
        >>> data = scenes_benchmark("test", n=2)
        >>> image, target = data[0]
        >>> image.shape, target["boxes"].shape
        (torch.Size([3, 160, 208]), torch.Size([2, 4]))
    """
    recipe = SPLITS[check_choice("split", split, tuple(SPLITS))]
    n = recipe.count if n is None else check_int("n", n, minimum=0)
    images = np.zeros((n, *SIZE, 3), dtype=np.uint8)
    owners = np.zeros((n, *SIZE), dtype=np.uint8)
    targets, points = [], []
    for i in range(n):
        rng = np.random.default_rng([VERSION, recipe.number, i])
        images[i], owners[i], target = draw(rng, recipe)
        target = {k: torch.from_numpy(v) for k, v in target.items()}
        points.append(target.pop("keypoints"))
        targets.append(target)
    channels_first = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    return Benchmark(
        torch.from_numpy(channels_first),
        torch.from_numpy(owners),
        targets,
        masks,
        points if keypoints else None,
    )


def draw(rng: Generator, recipe: Recipe) -> tuple[NDArray, NDArray, dict]:
    """One picture (H, W, 3) uint8, whose each pixel is (H, W), and its target."""
    image = backdrop(rng, recipe.photos)
    for _ in range(rng.integers(recipe.scraps[0], recipe.scraps[1] + 1)):
        scrap(rng, image)
    owners = np.zeros(SIZE, dtype=np.uint8)
    labels, areas, points = [], [], []
    for _ in range(rng.integers(recipe.objects[0], recipe.objects[1] + 1)):
        label = int(rng.integers(1, len(CLASS_NAMES)))
        area, marks = cutout(rng, image, owners, label, areas, recipe)
        if area:
            labels.append(label)
            areas.append(area)
            points.append(marks)
    light(rng, image)
    # rounded half up, as everywhere here: floats are only added and multiplied
    pixels = np.clip(image + np.float32(0.5), 0, 255).astype(np.uint8)
    target = describe(owners, labels, areas)
    return pixels, owners, target | {"keypoints": seen_points(owners, points)}


def seen_points(owners: NDArray, points: list[NDArray]) -> NDArray[np.float32]:
    """(M, K, 3): x, y and whether the object itself is seen there."""
    keypoints = np.zeros((len(points), KEYPOINTS, 3), dtype=np.float32)
    for k, xy in enumerate(points):
        column, row = np.floor(xy).astype(int).T
        inside = (row >= 0) & (row < SIZE[0]) & (column >= 0) & (column < SIZE[1])
        keypoints[k, :, :2] = xy
        keypoints[k, inside, 2] = owners[row[inside], column[inside]] == k + 1
    return keypoints


def describe(owners: NDArray, labels: list[int], areas: list[int]) -> dict:
    """Boxes, labels and the rest, from which pixel belongs to which object."""
    boxes = np.zeros((len(labels), 4), dtype=np.float32)
    visible = np.zeros(len(labels), dtype=np.float32)
    for k in range(len(labels)):
        mask = owners == k + 1
        columns, rows = (np.flatnonzero(mask.any(axis=axis)) for axis in (0, 1))
        boxes[k] = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
        visible[k] = mask.sum() / areas[k]
    longer = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
    return {
        "boxes": boxes,
        "labels": np.array(labels, dtype=np.int64),
        "difficult": (visible < 0.5) | (longer < 12),
        "visible": visible,
    }


def cutout(
    rng: Generator,
    image: NDArray,
    owners: NDArray,
    label: int,
    areas: list[int],
    recipe: Recipe,
) -> tuple[int, NDArray]:
    """Lay one object where it hides nothing too much.

    Returns:
        How many pixels it has, 0 for no room, and (K, 2) where its landmarks lie.
    """
    low, high = recipe.sizes
    longest = low * (high / low) ** rng.random()
    turn = _turn(rng, 0.42)  # up to 25°
    silhouette = SILHOUETTES[CLASS_NAMES[label]]
    placing = {
        "longest": longest,
        "turn": turn,
        "mirror": bool(rng.integers(2)),
        "stretch": rng.uniform(0.85, 1.18),
        "margin": _margin(longest),
    }
    alpha = stamp(silhouette, **placing)
    covers = alpha >= 0.5
    area = int(covers.sum())
    most_out = 0.4 if rng.random() < recipe.cut_off else 0.0
    seen = np.bincount(owners.ravel(), minlength=len(areas) + 1)[1:]
    for _ in range(TRIES):
        y, x = _place(rng, alpha.shape, _margin(longest), most_out)
        here, there = _windows(y, x, alpha.shape)
        inside = covers[there]
        lost = np.bincount(owners[here][inside], minlength=len(areas) + 1)[1:]
        hidden = seen - lost < recipe.visible * np.array(areas)
        if inside.sum() >= recipe.visible * area and not hidden.any():
            break
    else:
        return 0, np.empty((0, 2))
    owners[here][inside] = len(areas) + 1
    near = None
    if rng.random() < recipe.camouflage:
        near = image[here].mean(axis=(0, 1))
    sheet = paper(rng, alpha.shape, turn=turn, scale=longest, near=near)
    paste(image[here], alpha, sheet, there, longest)
    return area, np.add(landmarks(silhouette, **placing), (x, y))


def scrap(rng: Generator, image: NDArray) -> None:
    """Lay a piece of paper that is none of the classes."""
    longest = SMALLEST * (0.6 * LARGEST / SMALLEST) ** rng.random()
    corners = rng.uniform(0.3, 1, rng.integers(4, 9))
    turn = _turn(rng, 3.0)
    alpha = stamp(
        blob(corners, angular=bool(rng.integers(2))),
        longest=longest,
        turn=turn,
        stretch=rng.uniform(0.4, 1),
        margin=_margin(longest),
    )
    y, x = _place(rng, alpha.shape, _margin(longest), 0.5)
    here, there = _windows(y, x, alpha.shape)
    sheet = paper(rng, alpha.shape, turn=turn, scale=longest)
    paste(image[here], alpha, sheet, there, longest)


def paste(
    under: NDArray, alpha: NDArray, sheet: NDArray, there: tuple, longest: float
) -> None:
    """Shadow first, then the sheet with lit edges, in place; light from upper left."""
    fall = _margin(longest) // 2
    shadow = np.zeros_like(alpha)
    shadow[fall:, fall:] = soften(alpha, max(1.0, 0.03 * longest))[:-fall, :-fall]
    under *= 1 - np.float32(0.45) * shadow[there][..., None]
    soft = soften(alpha, max(0.7, 0.015 * longest))
    slope = np.zeros_like(soft)
    slope[1:-1, 1:-1] = soft[2:, 2:] - soft[:-2, :-2]  # how steep towards the light
    lit = sheet + (np.float32(48) * slope)[..., None]
    under += alpha[there][..., None] * (lit[there] - under)


def backdrop(rng: Generator, names: tuple[str, ...]) -> NDArray[np.float32]:
    """(H, W, 3) part of a photograph, somewhat out of focus, in [0, 255]."""
    wide = _wide(names[rng.integers(len(names))], int(rng.integers(3)))
    y, x = (rng.integers(m - n + 1) for m, n in zip(wide.shape, SIZE, strict=False))
    part = wide[y : y + SIZE[0], x : x + SIZE[1]]
    return part[:, :: rng.choice([1, -1])].astype(np.float32)


@lru_cache(maxsize=40)
def _wide(name: str, zoom: int) -> NDArray[np.uint8]:
    """A photograph 1.3, 1.8 or 2.6 times as large as the pictures need."""
    picture = Image.fromarray(to_uint8(photo(name)))
    wanted = (1.3, 1.8, 2.6)[zoom]
    factor = max(wanted * SIZE[0] / picture.height, wanted * SIZE[1] / picture.width)
    size = int(picture.width * factor) + 1, int(picture.height * factor) + 1
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.8)))
    tones = {**SEEN, **HELD_OUT}[name]
    if tones is None:
        return pixels
    dark, pale = np.array(tones, dtype=np.float32)
    share = pixels.astype(np.float32) / 255
    return (dark + share * (pale - dark)).astype(np.uint8)


def light(rng: Generator, image: NDArray) -> None:
    """Brighter towards one side, and the grain of a sensor, in place."""
    down, across, level = rng.uniform(-0.12, 0.12, 3).astype(np.float32)
    y = np.linspace(-1, 1, SIZE[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, SIZE[1], dtype=np.float32)
    image *= (1 + level + down * y + across * x)[..., None]
    grain = rng.integers(0, 7, (2, *SIZE), dtype=np.uint8).sum(axis=0)
    image += (grain.astype(np.float32) - 6)[..., None]


def _margin(longest: float) -> int:
    """Pixels round an object that its shadow may fall on; even."""
    return 2 * max(1, round(0.04 * longest))


def _turn(rng: Generator, most: float) -> tuple[float, float]:
    angle = rng.uniform(-most, most)
    return float(np.cos(angle)), float(np.sin(angle))


def _place(
    rng: Generator, size: tuple[int, int], margin: int, out: float
) -> tuple[int, int]:
    """Top left of a window whose content may leave the picture by a share `out`."""
    corner = []
    for n, full in zip(size, SIZE, strict=True):
        own = n - 2 * margin
        spare = int(out * own)
        last = full - own + spare
        corner.append(int(rng.integers(-spare, max(last, -spare) + 1)) - margin)
    return corner[0], corner[1]


def _windows(y: int, x: int, size: tuple[int, int]) -> tuple[tuple, tuple]:
    """The part of the picture under a window, and the part of the window inside."""
    here, there = [], []
    for start, n, full in zip((y, x), size, SIZE, strict=True):
        first, last = max(start, 0), min(start + n, full)
        here.append(slice(first, last))
        there.append(slice(first - start, last - start))
    return tuple(here), tuple(there)
