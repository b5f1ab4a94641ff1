"""Generated scenes (NumPy): paper shapes on photographs, with every answer known.

A scene is drawn from a seed, so its boxes, masks and keypoints are exact, there are as
many of them as anyone needs, and nobody had to label them.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cvlib.data.photos import photo
from cvlib.data.shapes import (
    COLOURS,
    KEYPOINT_NAMES,
    MARGIN,
    SHAPES,
    TEXTURES,
    Cutout,
    cut,
    paint,
    paper,
)
from cvlib.image import resize, to_float, to_uint8
from cvlib.validate import check_choice, pair

CLASS_NAMES = ("background", *SHAPES)
# Photographs with the colours of black and of white for the grey ones: terracotta,
# meadow, sand. Their contrast is lowered so that they stay behind the objects.
BACKGROUNDS = {
    "china": None,
    "flower": None,
    "coffee": None,
    "rocket": None,
    "brick": ((0.45, 0.27, 0.22), (0.93, 0.78, 0.68)),
    "grass": ((0.22, 0.30, 0.20), (0.78, 0.82, 0.58)),
    "gravel": ((0.52, 0.46, 0.40), (0.96, 0.92, 0.85)),
}
TRIES = 100  # places to try for an object
MOST_COVERED = 0.4  # nobody could name a shape of which much less can be seen
MOST_TURNED = np.deg2rad(25)  # further, and a square's top would be its right side


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and all that can be asked about it; N objects, the farthest first."""

    image: NDArray[np.float32]  # (H, W, 3) RGB in [0, 1]
    boxes: NDArray[np.float32]  # (N, 4) xyxy, tight round what can be seen
    masks: NDArray[np.bool_]  # (N, H, W) what can be seen; no two overlap
    labels: NDArray[np.int64]  # (N,) index into class_names, never 0
    keypoints: NDArray[np.float32]  # (N, 4, 2) as (x, y), named in keypoint_names
    keypoints_visible: NDArray[np.bool_]  # (N, 4) False where something is in front
    colours: tuple[str, ...]
    textures: tuple[str, ...]
    class_names: tuple[str, ...] = CLASS_NAMES
    keypoint_names: tuple[str, ...] = KEYPOINT_NAMES

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """The class of each object, as a word."""
        return tuple(self.class_names[label] for label in self.labels)

    @property
    def semantic(self) -> NDArray[np.int64]:
        """(H, W): the class of every pixel, 0 for the background."""
        return np.einsum("n,nhw->hw", self.labels, self.masks, dtype=np.int64)


def scene(
    seed: int | Generator,
    *,
    size: int | tuple[int, int] = (256, 320),
    n_objects: int | tuple[int, int] = (4, 6),
    classes: tuple[str, ...] = CLASS_NAMES[1:],
    radius: tuple[float, float] = (0.12, 0.22),
    background: str = "photo",
) -> Scene:
    """Draw a scene. The same seed gives the same scene.

    Args:
        seed: a number, or a generator to draw several scenes from.
        size: (height, width), each at least 32.
        n_objects: how many, or (fewest, most).
        classes: the shapes to choose from; labels stay those of CLASS_NAMES.
        radius: smallest and largest, as a share of the picture's shorter side.
        background: "photo" (bundled ones, out of focus) or "paper" (a soft gradient).

    Returns:
        A Scene. Objects lie within the picture and at most 40 % of one is covered.

    Raises:
        TypeError, ValueError: an argument is not as above, or so many objects do not
            fit without hiding each other.

    Example:
        >>> example = scene(0, n_objects=2)
        >>> example.image.shape, example.boxes.shape, example.masks.shape
        ((256, 320, 3), (2, 4), (2, 256, 320))
    """
    rng = np.random.default_rng(seed)
    H, W = pair("size", size, minimum=32)
    count = _count(rng, n_objects)
    classes = _classes(classes)
    radii = _radii(radius, min(H, W))
    check_choice("background", background, ("photo", "paper"))

    edge = (
        int(np.ceil(radii[1] * (1 + MARGIN))) + 1
    )  # a frame for shadows that fall outside, cut off at the end
    image = _backdrop(rng, H + 2 * edge, W + 2 * edge, background)
    masks = np.zeros((count, H + 2 * edge, W + 2 * edge), dtype=bool)
    areas = np.zeros(count)
    objects, colours, textures = [], [], []
    labels = np.zeros(count, dtype=np.int64)
    for n in range(count):
        name = classes[rng.integers(len(classes))]
        labels[n] = CLASS_NAMES.index(name)
        colours.append(list(COLOURS)[rng.integers(len(COLOURS))])
        textures.append(TEXTURES[rng.integers(len(TEXTURES))])
        objects.append(_place(rng, name, masks[:n], areas[:n], radii, edge))
        covers = objects[n].alpha >= 0.5
        masks[:n, *objects[n].window] &= ~covers  # the new one lies in front
        masks[n, *objects[n].window] = covers
        areas[n] = covers.sum()
        paint(image, objects[n], paper(rng, objects[n], colours[n], textures[n]))

    inside = slice(edge, edge + H), slice(edge, edge + W)
    masks = np.ascontiguousarray(masks[:, *inside])
    keypoints = np.zeros((count, len(KEYPOINT_NAMES), 2), dtype=np.float32)
    for n in range(count):
        keypoints[n] = objects[n].keypoints() - edge
    x, y = np.floor(keypoints).astype(int).transpose(2, 0, 1)  # (N, 4) each
    return Scene(
        image=np.clip(image[inside], 0, 1),
        boxes=tight_boxes(masks),
        masks=masks,
        labels=labels,
        keypoints=keypoints,
        keypoints_visible=masks[np.arange(count)[:, None], y, x],
        colours=tuple(colours),
        textures=tuple(textures),
    )


def tight_boxes(masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The smallest box round each mask, x2 and y2 one past its last pixel.

    Args:
        masks: (N, H, W), none of them empty.

    Returns:
        (N, 4) xyxy.

    Example:
        >>> mask = np.zeros((1, 5, 5), dtype=bool)
        >>> mask[0, 1:3, 2:5] = True
        >>> tight_boxes(mask)
        array([[2., 1., 5., 3.]], dtype=float32)
    """
    boxes = np.zeros((len(masks), 4), dtype=np.float32)
    for n, mask in enumerate(masks):
        columns = np.flatnonzero(mask.any(axis=0))
        rows = np.flatnonzero(mask.any(axis=1))
        if len(rows) == 0:
            raise ValueError(
                f"masks must each hold a pixel to have a box, got masks[{n}] empty"
            )
        boxes[n] = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return boxes


def _count(rng: Generator, n_objects: int | tuple[int, int]) -> int:
    few, many = pair("n_objects", n_objects, minimum=0)
    if few > many:
        raise ValueError(
            f"n_objects must be (fewest, most), got {(few, many)}; "
            f"did you mean {(many, few)}?"
        )
    return int(rng.integers(few, many + 1))


def _classes(classes: tuple[str, ...]) -> list[str]:
    if isinstance(classes, str) or len(classes) == 0:
        raise ValueError(
            f"classes must be a tuple of at least one name, got {classes!r}; "
            f"did you mean {(classes or 'circle',)}?"
        )
    return [check_choice("classes", name, CLASS_NAMES[1:]) for name in classes]


def _radii(radius: tuple[float, float], shorter: int) -> tuple[float, float]:
    smallest, largest = radius
    if not 0.05 <= smallest <= largest <= 0.45:
        raise ValueError(
            "radius must be (smallest, largest) with 0.05 ≤ smallest ≤ largest ≤ 0.45, "
            f"got {(smallest, largest)}"
        )
    return smallest * shorter, largest * shorter


def _place(
    rng: Generator,
    name: str,
    behind: NDArray[np.bool_],
    areas: NDArray,
    radii: tuple[float, float],
    edge: int,
) -> Cutout:
    """Try places until none of the objects behind is covered too much."""
    shape = SHAPES[name]
    seen = behind.sum(axis=(1, 2))
    H, W = (n - 2 * edge for n in behind.shape[1:])
    for attempt in range(TRIES):
        # where it is crowded only a small one will fit
        crowd = attempt / TRIES
        radius = rng.uniform(radii[0], radii[1] + crowd * (radii[0] - radii[1]))
        x, y = (edge + rng.uniform(radius + 1, n - radius - 1) for n in (W, H))
        angle = rng.uniform(-MOST_TURNED, MOST_TURNED) if shape.turns else 0.0
        cutout = cut(shape, (x, y), radius, angle)
        covered = behind[:, *cutout.window] & (cutout.alpha >= 0.5)
        if (seen - covered.sum(axis=(1, 2)) >= (1 - MOST_COVERED) * areas).all():
            return cutout
    raise ValueError(
        f"n_objects must leave room to see them all, but after {len(behind)} no other "
        f"fits in {H} × {W}; ask for fewer, or for a smaller radius"
    )


def _backdrop(rng: Generator, H: int, W: int, kind: str) -> NDArray[np.float32]:
    """(H, W, 3) part of a photograph out of focus, or paper of two pale colours."""
    if kind == "paper":
        tones = rng.uniform(0.78, 0.97, (2, 3))
        y, x = np.mgrid[-1 : 1 : H * 1j, -1 : 1 : W * 1j]
        angle = rng.uniform(0, 2 * np.pi)
        share = 0.5 + (x * np.cos(angle) + y * np.sin(angle))[..., None] / 3
        return (tones[0] + share * (tones[1] - tones[0])).astype(np.float32)
    wide = _out_of_focus(list(BACKGROUNDS)[rng.integers(len(BACKGROUNDS))], H, W)
    y, x = (rng.integers(m - n + 1) for m, n in zip(wide.shape, (H, W), strict=False))
    part = wide[y : y + H, x : x + W]
    return to_float(part[:, :: rng.choice([1, -1])]).astype(np.float32)


@lru_cache(maxsize=16)
def _out_of_focus(name: str, H: int, W: int) -> NDArray[np.uint8]:
    """A photograph, blurred, a third larger than needed, to take parts from."""
    image = photo(name)
    if BACKGROUNDS[name] is not None:
        dark, pale = np.array(BACKGROUNDS[name])
        image = dark + image * (pale - dark)
    scale = 1.33 * max(H / image.shape[0], W / image.shape[1])
    size = tuple(int(np.ceil(n * scale)) for n in image.shape[:2])
    sharp = Image.fromarray(to_uint8(resize(image, size)))
    return np.asarray(sharp.filter(ImageFilter.GaussianBlur(0.01 * min(H, W))))
