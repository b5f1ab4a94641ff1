"""Train a net for fourteen landmarks of faces and ship it as `face_landmarks`.

Five hundred drawn people, eight pictures of each; half of the batches are mirrored, and
with them left and right exchanged. Measured on people of the test split: the mean
distance from the truth, in units of the distance between the eyes. A minute of one core
for the pictures, if they are not kept already, and a few for the training.
`--images 400 --epochs 4 --dry` is a trial.
"""

import time

import numpy as np
import torch
from recipe import ROOT, hardware, options, rounded_to_half, ship
from torch import Tensor, nn
from torch.nn.functional import smooth_l1_loss

from cvlib.data.drawn_once import FACE_SIZE, drawn_once
from cvlib.data.faces import LANDMARK_PAIRS, identities
from cvlib.faces import face_landmarks, interocular
from cvlib.localize import fit_regression, flip_landmarks, normalized_error
from cvlib.train import predict, seed_all

FACES = ROOT / "_build" / "faces"
PEOPLE, EACH = 500, 8
SAMPLE = 60


def pictures(split: str, people: int, each: int) -> tuple[Tensor, Tensor]:
    """Pictures, and their landmarks as shares of the side."""
    ids = np.repeat(identities(split, people), each)
    drawn = drawn_once(ids, folder=FACES, progress=True)
    return drawn.images.float() / 255, drawn.landmarks / FACE_SIZE


def mirrored(x: Tensor, y: Tensor, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """Half of the batches in the mirror, left for right."""
    if torch.rand(1, generator=chance) < 0.5:
        return x.flip(3), flip_landmarks(y, 1, LANDMARK_PAIRS)
    return x, y


def error(net: nn.Module, images: Tensor, points: Tensor) -> float:
    """The mean error in units of the distance between the eyes."""
    found = predict(net, images)
    return normalized_error(found, points, interocular(points)).mean().item()


def main() -> None:
    """Draw, train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=40, images=PEOPLE * EACH)
    images, points = pictures("train", chosen.images // EACH, EACH)
    seed_all(chosen.seed)
    net, start = face_landmarks(), time.perf_counter()
    fit_regression(
        net,
        images,
        points,
        lambda a, b: smooth_l1_loss(a, b, beta=0.02),
        epochs=chosen.epochs,
        batch_size=64,
        lr=0.004,
        augment=mirrored,
        seed=chosen.seed,
    )
    minutes = round((time.perf_counter() - start) / 60, 1)
    net = rounded_to_half(net).eval()
    part = pictures("test", SAMPLE, 4)
    if chosen.dry:
        print(f"{minutes} minutes, error {error(net, *part):.4f}")
        return
    ship(
        "face_landmarks",
        net,
        builder="cvlib.faces.landmarks:face_landmarks",
        metric="mean error over the distance between the eyes, unseen people",
        value=error(net, *pictures("test", 200, 8)),
        tolerance=0.002,
        data=f"{len(images)} pictures of {len(images) // EACH} drawn people",
        half=True,
        sample=SAMPLE,
        sample_value=round(error(net, *part), 4),
        seed=chosen.seed,
        epochs=chosen.epochs,
        minutes=minutes,
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
