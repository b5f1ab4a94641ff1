"""What the scripts of the detectors share: the benchmark, the measure, the ending."""

import argparse
from collections.abc import Callable, Sequence

import torch
from recipe import hardware, rounded_to_half, ship
from torch import nn

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.detect import fit_detector, standard_detection
from cvlib.metrics import mean_average_precision
from cvlib.train import Checkpoint, seed_all
from cvlib.train.schedules import one_cycle

IMAGES = 6_000  # a longer train split begins with the thousand of the usual one
MEASURE_EVERY = 4  # epochs


Example = tuple[torch.Tensor, dict[str, torch.Tensor]]


@torch.no_grad()
def measured(
    model: nn.Module, data: Sequence[Example], *, batch_size: int = 16
) -> float:
    """VOC's mean average precision at an overlap of 0.5."""
    model.eval()
    found, targets = [], []
    for start in range(0, len(data), batch_size):
        part = [data[i] for i in range(start, min(start + batch_size, len(data)))]
        images = [image for image, _ in part]
        proposed = "proposals" in part[0][1]
        found += model(images, [t for _, t in part]) if proposed else model(images)
        targets += [target for _, target in part]
    return mean_average_precision(found, targets).mean


def pretrained_backbone() -> nn.Sequential:
    """What every detector with regions begins with: the one of `yolo_scenes`.

    Nobody trains a detector from nothing. The papers begin with a classifier of
    ImageNet's; of our own networks this one knows the pictures best.
    """
    return weights.load("yolo_scenes").backbone


def pretrained(make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """Makes a detector whose `per_image` is the pretrained backbone."""

    def made() -> nn.Module:
        model = make()
        model.per_image.deep.load_state_dict(pretrained_backbone().state_dict())
        return model

    return made


def train_and_ship_detector(
    name: str,
    chosen: argparse.Namespace,
    make: Callable[[], nn.Module],
    *,
    builder: str,
    splits: Callable[..., Sequence[Example]] = scenes_benchmark,
    data: str = "scenes benchmark",
    tolerance: float = 0.005,
    sample: int | None = None,
    **settings,
) -> None:
    """Train on the scenes benchmark, measure on its test split, write file and entry.

    Args:
        name: of the weights.
        chosen: the options of the command line.
        make: the untrained detector.
        builder: `module:function` that makes the empty net that is shipped.
        splits: a split of the data by its name, of at most `n` images.
        data: what they are, in words.
        tolerance: how far a new measurement may be away.
        sample: how many of the test images are also measured alone, where all of them
            take long to measure again.
        **settings: of `fit_detector`, if not those here.
    """
    seed_all(chosen.seed)
    model = make().to(chosen.device, memory_format=torch.channels_last)
    train, validation = splits("train", n=IMAGES), splits("validation")

    def report(state) -> None:
        if state.epoch % MEASURE_EVERY == 0:
            print(f"\nepoch {state.epoch}: {measured(state.model, validation):.3f}")

    usual = {
        "lr": 2e-3,
        "schedule": one_cycle(),
        "augment": standard_detection,
        "precision": torch.bfloat16,
    }
    history = fit_detector(
        model,
        train,
        epochs=chosen.epochs,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint),
        after_epoch=report,
        **(usual | settings),
    )
    model = rounded_to_half(model)
    test = splits("test")
    notes = {}
    if sample:
        part = [test[i] for i in range(sample)]
        notes = {"sample": sample, "sample_value": round(measured(model, part), 4)}
    ship(
        name,
        model,
        builder=builder,
        metric="mAP@0.5 (VOC, area) on the test split",
        value=measured(model, test),
        tolerance=tolerance,
        data=f"{data}, {len(train)} training images",
        half=True,
        **notes,
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=round(sum(history.seconds) / 60, 1),
        hardware=hardware(chosen.device),
    )
