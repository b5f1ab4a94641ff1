"""What an imagined detector says of a scene (NumPy): many boxes for each object.

A real detector answers at thousands of places, and around an object most answers are
alike. Drawn from a seed, they can be had without training one, and with the truth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from cvlib.boxes import iou_of_two
from cvlib.data.scenes import Scene
from cvlib.validate import check_int, check_number

MISTAKEN = 0.15  # the share of answers with the wrong class
STRAY_SCORE = (0.05, 0.5)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Boxes before suppression, in no order."""

    boxes: NDArray[np.float32]  # (N, 4) xyxy in the picture
    scores: NDArray[np.float32]  # (N,) in [0, 1]
    labels: NDArray[np.int64]  # (N,) never 0

    def __len__(self) -> int:
        return len(self.scores)


def candidates(
    scene: Scene,
    seed: int | Generator,
    *,
    per_object: int = 6,
    jitter: float = 0.12,
    strays: int = 5,
) -> Candidates:
    """Draw what a fair detector might say of a scene. The same seed says the same.

    Round each object lie `per_object` boxes, shifted and stretched at random; the
    better one of them fits, the higher its score, with some luck. Some have the wrong
    class, and a lower score. Stray boxes lie anywhere with low scores.

    Args:
        scene: a scene with its true boxes.
        seed: a number, or a generator.
        per_object: how many boxes for each object.
        jitter: the usual error of a side, as a share of the object's size.
        strays: how many boxes for no object.

    Returns:
        `len(scene) · per_object + strays` candidates.

    Raises:
        TypeError, ValueError: a number is not as above.

    Example:
        >>> from cvlib.data.scenes import scene
        >>> said = candidates(scene(0, n_objects=2), seed=0)
        >>> said.boxes.shape, said.scores.shape
        ((17, 4), (17,))
    """
    rng = np.random.default_rng(seed)
    per_object = check_int("per_object", per_object, minimum=0)
    strays = check_int("strays", strays, minimum=0)
    jitter = check_number("jitter", jitter, minimum=0, maximum=1)
    H, W = scene.image.shape[:2]
    limits = np.array([W, H, W, H], dtype=float)
    rows = []
    for box, label in zip(scene.boxes.astype(float), scene.labels, strict=True):
        sides = np.tile(box[2:] - box[:2], 2)
        for _ in range(per_object):
            guess = np.clip(box + jitter * sides * rng.standard_normal(4), 0, limits)
            guess[2:] = np.maximum(guess[2:], guess[:2] + 1)
            fit = iou_of_two(box, guess)
            mistaken = rng.random() < MISTAKEN
            said = _another(rng, label, scene) if mistaken else label
            score = fit - 0.15 * mistaken + 0.08 * rng.standard_normal()
            rows.append((guess, np.clip(score, 0.02, 0.99), said))
    for _ in range(strays):
        corner = rng.uniform(0, 0.75, 2) * (W, H)
        guess = [*corner, *(corner + rng.uniform(0.12, 0.25, 2) * (W, H))]
        rows.append((guess, rng.uniform(*STRAY_SCORE), _another(rng, 0, scene)))
    rows = [rows[n] for n in rng.permutation(len(rows))]
    return Candidates(
        boxes=np.array([r[0] for r in rows], np.float32).reshape(-1, 4).round(1),
        scores=np.array([r[1] for r in rows], np.float32).round(2),
        labels=np.array([r[2] for r in rows], np.int64),
    )


def _another(rng: Generator, label: int, scene: Scene) -> int:
    """A class that is not this one."""
    others = [k for k in range(1, len(scene.class_names)) if k != label]
    return int(rng.choice(others))
