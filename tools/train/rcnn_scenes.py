"""Train R-CNN on the scenes benchmark, in its five steps, and ship it as `rcnn_scenes`.

On the pictures of Faster R-CNN, the last steps on the first 600 of them; measured on
the same test split. Half an hour on one quiet core with bfloat16 instructions, most of
it in steps 2 and 3. Each step's result is kept, so it can be stopped and started again.
"""

import time

import torch
from detectors import IMAGES, measured
from proposed import FOLDER, with_proposals
from recipe import hardware, options, ship
from torch import Tensor
from tqdm import tqdm

from cvlib.augment import random_channel_permutation, random_horizontal_flip
from cvlib.augment import random_jitter as jitter
from cvlib.detect import fit_detector, standard_detection
from cvlib.detect.five_steps import (
    Classifier,
    FineTuning,
    cache_features,
    cut_out,
    finish,
    fit_machines,
    fit_regressors,
)
from cvlib.detect.models import rcnn_scenes
from cvlib.train import Checkpoint, fit, seed_all
from cvlib.train.schedules import one_cycle

CACHED = 600
SHARED = {"schedule": one_cycle(), "precision": torch.bfloat16}


def augment(squares: Tensor, chance: torch.Generator) -> Tensor:
    """Mirrored, in another light, in other colours."""
    squares = random_horizontal_flip(squares, chance)
    squares = jitter(squares, chance, brightness=0.4, contrast=0.4, saturation=0.8)
    return random_channel_permutation(squares, chance)


def main() -> None:
    """The five steps, then measure and ship."""
    chosen = options(__file__, __doc__, epochs=4)
    begin, classes = time.perf_counter(), 7
    seed_all(chosen.seed)
    model = rcnn_scenes().to(chosen.device, memory_format=torch.channels_last)
    model.output["independent"] = False  # until step 4
    head = model.per_region
    data = with_proposals("train", IMAGES, quick=True)

    def kept(step: str) -> Checkpoint:
        file = chosen.checkpoint.with_stem(f"{chosen.checkpoint.stem}-{step}")
        if chosen.fresh:
            file.unlink(missing_ok=True)
        return Checkpoint(file)

    squares, labels = cut_out(tqdm(data, desc="step 1, objects cut out"))
    fit(
        Classifier(head), squares, labels,
        epochs=5, batch_size=64, lr=0.05, weight_decay=5e-4, augment=augment,
        seed=chosen.seed, resume=kept("classifier"), **SHARED,
    )  # fmt: skip
    fit_detector(
        FineTuning(model), data,
        epochs=chosen.epochs, batch_size=4, lr=1e-3, augment=standard_detection,
        seed=chosen.seed, resume=kept("tuned"), **SHARED,
    )  # fmt: skip
    model.eval()
    validation = with_proposals("validation", quick=False)
    print(f"with the network's own classes: {measured(model, validation):.3f}")
    file = FOLDER / "rcnn_scenes-cache.pt"
    if chosen.fresh or not file.exists():
        part = (data[i] for i in tqdm(range(CACHED), desc="step 3, features"))
        torch.save(cache_features(head, part), file)
    cache = torch.load(file, weights_only=False)
    size = cache.features.numel() * 2 / 1e6
    print(f"{len(cache)} regions, {size:.0f} MB of features in half precision")
    finish(model, fit_machines(cache, classes), fit_regressors(cache, classes))
    print(f"with machines and regressors: {measured(model, validation):.3f}")
    ship(
        "rcnn_scenes",
        model.to(memory_format=torch.contiguous_format),
        builder="cvlib.detect.models:rcnn_scenes",
        metric="mAP@0.5 (VOC, area) on the scenes benchmark's test split",
        value=measured(model, with_proposals("test", quick=False)),
        tolerance=0.005,
        data=f"scenes benchmark, {IMAGES} training images",
        seed=chosen.seed,
        epochs=chosen.epochs,
        minutes=round((time.perf_counter() - begin) / 60, 1),
        hardware=hardware(chosen.device),
    )


if __name__ == "__main__":
    main()
