"""Train Mask R-CNN on the scenes benchmark and ship it as `mask_scenes`.

It begins as the Faster R-CNN `faster_scenes` with two new heads, one for masks and one
for landmarks, and all of it learns on; measured on the 400 pictures of the test split.
About half an hour on one quiet core with bfloat16 instructions.
"""

from functools import partial

import torch
from recipe import hardware, options, rounded_to_half, ship

from cvlib import weights
from cvlib.data.benchmark import CLASS_NAMES, KEYPOINT_PAIRS, scenes_benchmark
from cvlib.detect import fit_detector
from cvlib.segment import measure_instances, standard_instances
from cvlib.segment.mask_rcnn import MaskRCNN, mask_scenes
from cvlib.train import Checkpoint, seed_all
from cvlib.train.schedules import one_cycle

IMAGES = 3_000
SAMPLE = 40  # test pictures that the test of the weights measures again
PAIRS = {CLASS_NAMES.index(name): pairs for name, pairs in KEYPOINT_PAIRS.items()}


def begun() -> MaskRCNN:
    """The detector that is there already, with heads that know nothing yet."""
    model = mask_scenes()
    state = weights.load("faster_scenes").state_dict()
    missing = model.load_state_dict(state, strict=False).missing_keys
    assert all(key.startswith(("mask_head", "keypoint_head")) for key in missing)
    return model


def main() -> None:
    """Train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=8)
    seed_all(chosen.seed)
    model = begun().to(chosen.device, memory_format=torch.channels_last)
    every = {"masks": True, "keypoints": True}
    validation = scenes_benchmark("validation", n=100, **every)

    def report(state) -> None:
        if state.epoch % 2 == 0:
            state.model.eval()
            print(f"\nepoch {state.epoch}:", measure_instances(state.model, validation))

    history = fit_detector(
        model,
        scenes_benchmark("train", n=IMAGES, **every),
        epochs=chosen.epochs,
        lr=1e-3,
        schedule=one_cycle(),
        augment=partial(standard_instances, pairs=PAIRS),
        precision=torch.bfloat16,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint),
        after_epoch=report,
    )
    model = rounded_to_half(model)
    figures = measure_instances(model, scenes_benchmark("test", **every))
    part = measure_instances(model, scenes_benchmark("test", n=SAMPLE, **every))
    ship(
        "mask_scenes",
        model,
        builder="cvlib.segment.mask_rcnn:mask_scenes",
        metric="mask AP@0.5 (COCO, difficult left out) on the test split",
        value=figures.mask_ap50,
        tolerance=0.005,
        data=f"scenes benchmark, {IMAGES} training images",
        half=True,
        **{k: round(v, 4) for k, v in figures._asdict().items() if k != "mask_ap50"},
        sample=SAMPLE,
        sample_value=round(part.mask_ap50, 4),
        sample_pck=round(part.pck, 4),
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=round(sum(history.seconds) / 60, 1),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
