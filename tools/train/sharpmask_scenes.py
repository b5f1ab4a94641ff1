"""Train DeepMask, then SharpMask on it, and ship both as `sharpmask_scenes`.

Stage 1: patches of the scenes benchmark, a mask and a score for each; the trunk begins
as the backbone of `yolo_scenes`. Stage 2: DeepMask is frozen, only the way back to the
pixels learns. Measured on the 400 pictures of the test split, each object in the middle
of a patch. About half an hour on one quiet core with bfloat16 instructions.
"""

from functools import partial

import torch
from detectors import pretrained_backbone
from recipe import hardware, options, rounded_to_half, ship

from cvlib.data.benchmark import scenes_benchmark
from cvlib.detect import fit_detector
from cvlib.segment.deepmask import DeepMask
from cvlib.segment.sharpmask import SharpMask
from cvlib.segment.triplets import (
    DeepMaskTraining,
    SharpMaskTraining,
    draw_triplet,
    measure_cutouts,
)
from cvlib.train import Checkpoint, seed_all
from cvlib.train.schedules import one_cycle

IMAGES = 3_000
SAMPLE = 40  # test pictures that the test of the weights measures again
SECOND = 0.5  # epochs of the second stage for one of the first


def stage(training, chosen, data, name: str, epochs: int, **drawing) -> float:
    """Train one of the two; the minutes it took."""
    training = training.to(chosen.device, memory_format=torch.channels_last)
    history = fit_detector(
        training,
        data,
        epochs=epochs,
        batch_size=16,
        lr=1e-3,
        schedule=one_cycle(),
        augment=partial(draw_triplet, **drawing),
        precision=torch.bfloat16,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint.with_stem(f"sharpmask_scenes-{name}")),
    )
    return sum(history.seconds) / 60


def main() -> None:
    """Train twice, measure, ship."""
    chosen = options(__file__, __doc__, epochs=24)
    if chosen.fresh:
        for name in ("deepmask", "sharpmask"):
            path = chosen.checkpoint.with_stem(f"sharpmask_scenes-{name}")
            path.unlink(missing_ok=True)
    seed_all(chosen.seed)
    data = scenes_benchmark("train", n=IMAGES, masks=True)
    deepmask = DeepMask()
    deepmask.trunk.load_state_dict(pretrained_backbone().state_dict())
    first = stage(DeepMaskTraining(deepmask), chosen, data, "deepmask", chosen.epochs)
    model = SharpMask(deepmask)
    second = stage(
        SharpMaskTraining(model), chosen, data, "sharpmask",
        max(1, round(SECOND * chosen.epochs)), positive=1.0,
    )  # fmt: skip
    model = rounded_to_half(model)
    figures, part = (
        measure_cutouts(model, scenes_benchmark("test", n=n, masks=True))
        for n in (None, SAMPLE)
    )
    ship(
        "sharpmask_scenes",
        model,
        builder="cvlib.segment.sharpmask:sharpmask_scenes",
        metric="boundary F (2 pixels of a patch) of SharpMask on the test split",
        value=figures["sharpmask"][1],
        tolerance=0.005,
        data=f"scenes benchmark, {IMAGES} training images, one patch of each an epoch",
        half=True,
        iou=round(figures["sharpmask"][0], 4),
        deepmask_value=round(figures["deepmask"][1], 4),
        deepmask_iou=round(figures["deepmask"][0], 4),
        sample=SAMPLE,
        sample_value=round(part["sharpmask"][1], 4),
        sample_deepmask=round(part["deepmask"][1], 4),
        seed=chosen.seed,
        epochs=chosen.epochs,
        minutes=round(first + second, 1),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
