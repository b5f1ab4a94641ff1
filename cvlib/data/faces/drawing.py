"""Pictures of people (NumPy): one by hand, many from a seed, sets with a split."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from cvlib.data.faces import wear
from cvlib.data.faces.landmarks import on_head, place
from cvlib.data.faces.people import (
    BEARDS,
    GLASSES,
    STYLES,
    VERSION,
    Person,
    identities,
    person,
)
from cvlib.data.faces.render import Face, Scene, check_shown, render
from cvlib.data.faces.shots import OCCLUSIONS, Shot, random_shot
from cvlib.data.faces.surface import F
from cvlib.validate import check_choice, check_int, check_positive

SIZE = 64
HIDDEN = 0.08  # head units that may lie before a landmark that is seen


class Picture(NamedTuple):
    """A drawn face and what is known of it."""

    image: NDArray[np.float32]
    """(3, size, size) RGB in [0, 1], whole 255ths."""
    landmarks: NDArray[np.float32]
    """(14, 2) x and y in pixels, in the order of `LANDMARKS`."""
    visible: NDArray[np.bool_]
    """(14,) whether that point of the face can be seen."""
    box: NDArray[np.float32]
    """(4,) xyxy in pixels: from above the brows to the chin, from side to side."""


class FaceSet(NamedTuple):
    """Pictures of several people, those of one person one after another."""

    images: NDArray[np.float32]
    """(N, 3, size, size)."""
    labels: NDArray[np.int64]
    """(N,) 0 … people − 1."""
    ids: NDArray[np.int64]
    """(N,) the numbers that `person` knows them by."""
    landmarks: NDArray[np.float32]
    """(N, 14, 2)."""
    visible: NDArray[np.bool_]
    """(N, 14)."""

    def fingerprint(self) -> str:
        """A hash of every pixel and every person."""
        digest = hashlib.sha256(np.rint(self.images * 255).astype(np.uint8).tobytes())
        digest.update(self.ids.astype("<i8").tobytes())
        return digest.hexdigest()


def draw_face(person: Person, shot: Shot, *, size: int = SIZE) -> Picture:
    """One picture.

    Args:
        person: who; `person(7)`, or a `Person` with traits of your choice.
        shot: how; `Shot()` is a plain frontal picture.
        size: height and width in pixels.

    Raises:
        TypeError, ValueError: `size` is no whole number ≥ 1, there is no such hair,
            beard, glasses or occlusion, or no face is left in the picture.

    Example:
        >>> picture = draw_face(Person(hair="bun"), Shot())
        >>> picture.image.shape, picture.visible.all()
        ((3, 64, 64), np.True_)
    """
    check_choice("hair", person.hair, STYLES)
    check_choice("beard", person.beard, BEARDS)
    check_choice("glasses", person.glasses, GLASSES)
    check_choice("occlusion", shot.occlusion, OCCLUSIONS)
    pixels, scene, face = render(person, shot, check_positive("size", size))
    points = on_head(person, shot)
    at, depth = place(person, shot, scene.view, points)
    visible = seen(scene, face, at, depth) & ~wear.hides(person, shot, *points.T)
    return Picture(
        pixels.astype(F) / F(255), at.astype(F), visible, face_box(scene, face)
    )


def seen(scene: Scene, face: Face, at: NDArray, depth: NDArray) -> NDArray[np.bool_]:
    """Whether landmarks lie in the picture, and neither face nor hair before them."""
    size, rays = scene.view.size, scene.T.shape[0]
    column, row = np.floor(at * F(rays / size)).astype(int).T
    inside = (row >= 0) & (row < rays) & (column >= 0) & (column < rays)
    there = np.clip(row, 0, rays - 1), np.clip(column, 0, rays - 1)
    covered = scene.T[there] > face.T[there] + F(HIDDEN)
    turned_away = face.bare[there] > depth + F(HIDDEN)
    return inside & ~covered & ~turned_away


def face_box(scene: Scene, face: Face) -> NDArray[np.float32]:
    """Round what of the head lies below the hairline, hidden or not."""
    skin = (face.alpha > 0.5) & (face.y > F(-0.75))
    check_shown(skin, scene.view.shot, scene.view.size)
    columns, rows = (np.flatnonzero(skin.any(axis=axis)) for axis in (0, 1))
    finer = scene.T.shape[0] / scene.view.size
    ends = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    return np.array(ends, dtype=F) / F(finer)


def draw_faces(
    ids: Iterable[int],
    *,
    seed: int = 0,
    size: int = SIZE,
    variety: float = 1.0,
    occlusion: float = 0.1,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One picture for every entry of `ids`; write a number twice for two of a person.

    Which picture it is depends on the person, on the seed and on how often this person
    came before, and on nothing else.

    Args:
        ids: numbers of people; `identities("train", 100)`.
        seed: another one gives other pictures of the same people.
        size: height and width in pixels.
        variety: how much pose, light and expression vary; 0 not at all.
        occlusion: share with sunglasses, mask, scarf or hat.

    Returns:
        images (N, 3, size, size) float32 RGB in [0, 1]; landmarks (N, 14, 2) float32 x
        and y in pixels.

    Raises:
        TypeError, ValueError: an argument is not as above.

    Example:
        >>> images, landmarks = draw_faces([3, 3, 8], seed=1, size=32)
        >>> images.shape, landmarks.shape
        ((3, 3, 32, 32), (3, 14, 2))
    """
    drawn = _draw(ids, seed, size, variety, occlusion)
    return drawn[0], drawn[1]


def face_set(
    split: str,
    *,
    people: int,
    each: int,
    seed: int = 0,
    size: int = SIZE,
    variety: float = 1.0,
    occlusion: float = 0.1,
) -> FaceSet:
    """`each` pictures of each of the first `people` of a split.

    Arguments are those of `identities` and `draw_faces`.

    Example:
        >>> faces = face_set("validation", people=2, each=3, size=16)
        >>> faces.images.shape, faces.labels
        ((6, 3, 16, 16), array([0, 0, 0, 1, 1, 1]))
    """
    each = check_int("each", each, minimum=1)
    ids = np.repeat(identities(split, people), each)
    labels = np.repeat(np.arange(people), each)
    images, landmarks, visible = _draw(ids, seed, size, variety, occlusion)
    return FaceSet(images, labels, ids, landmarks, visible)


def _draw(
    ids: Iterable[int], seed: int, size: int, variety: float, occlusion: float
) -> tuple[NDArray, ...]:
    seed, size = check_int("seed", seed, minimum=0), check_positive("size", size)
    options = {"variety": variety, "occlusion": occlusion}
    pictures, before = [], {}
    for id in ids:
        id = check_int("ids", id, minimum=0)
        turn = before[id] = before.get(id, -1) + 1
        rng = shot_rng(id, seed, turn)
        pictures.append(draw_face(person(id), random_shot(rng, **options), size=size))
    if not pictures:
        return tuple(np.zeros((0, *s), t) for s, t in _empty(size))
    return tuple(np.stack(part) for part in list(zip(*pictures, strict=True))[:3])


def _empty(size: int) -> list[tuple[tuple[int, ...], type]]:
    return [((3, size, size), F), ((14, 2), F), ((14,), bool)]


def shot_rng(id: int, seed: int, turn: int) -> Generator:
    """Where the chance of one picture comes from."""
    return np.random.default_rng([VERSION, 23, seed, id, turn])
