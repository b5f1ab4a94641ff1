"""What the scripts of semantic segmentation share: pictures, measure, ending."""

import argparse
from collections.abc import Callable

import torch
from recipe import hardware, rounded_to_half, ship
from torch import Tensor, nn

from cvlib import weights
from cvlib.data.benchmark import scenes_benchmark
from cvlib.metrics import mean_iou
from cvlib.segment import (
    fit_segmenter,
    measure_segmenter,
    stacked,
    standard_segmentation,
)
from cvlib.train import Checkpoint, seed_all
from cvlib.train.schedules import one_cycle

IMAGES = 12_000  # a longer train split begins with the thousand of the usual one
MEASURE_EVERY = 4  # epochs
SAMPLE = 40  # test pictures that the test of the weights measures again


def pretrained_backbone() -> nn.Sequential:
    """What both networks for maps begin with: of our own it knows the outlines best."""
    return weights.load("mask_scenes").per_image.deep


def pictures(split: str, *, n: int | None = None) -> tuple[Tensor, Tensor]:
    """Pictures of a split and their maps of classes, as bytes."""
    return stacked(scenes_benchmark(split, n=n, masks=True))


def measured(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Mean IoU of the seven classes, over all pixels of all pictures."""
    return mean_iou(measure_segmenter(model, images, labels, num_classes=7)).item()


def train_and_ship_segmenter(
    name: str,
    chosen: argparse.Namespace,
    make: Callable[[], nn.Module],
    *,
    builder: str,
    tolerance: float = 0.003,
    more: Callable[[nn.Module, Tensor, Tensor], dict[str, float]] | None = None,
    **settings,
) -> None:
    """Train on the scenes benchmark, measure on its test split, write file and entry.

    Args:
        name: of the weights.
        chosen: the options of the command line.
        make: the untrained net.
        builder: `module:function` that makes the empty net that is shipped.
        tolerance: how far a new measurement may be away.
        more: what else to measure on the test split, for the manifest.
        **settings: of `fit_segmenter`, if not those here.
    """
    seed_all(chosen.seed)
    model = make().to(chosen.device, memory_format=torch.channels_last)
    images = pictures("train", n=chosen.images)
    validation = pictures("validation", n=100)

    def report(state) -> None:
        if state.epoch % MEASURE_EVERY == 0:
            value = measured(state.model, *validation)
            print(f"\nepoch {state.epoch}: mean IoU {value:.4f}", flush=True)
            state.model.train()

    usual = {
        "lr": 2e-3,
        "schedule": one_cycle(),
        "augment": standard_segmentation,
        "precision": torch.bfloat16,
    }
    history = fit_segmenter(
        model,
        *images,
        epochs=chosen.epochs,
        seed=chosen.seed,
        resume=Checkpoint(chosen.checkpoint),
        after_epoch=report,
        **(usual | settings),
    )
    model = rounded_to_half(model)
    minutes = round(sum(history.seconds) / 60, 1)
    test = pictures("test", n=SAMPLE if chosen.dry else None)
    value = measured(model, *test)
    if chosen.dry:
        found = more(model, *test) if more else {}
        print(f"{minutes} minutes, mean IoU of {SAMPLE} pictures {value:.4f}", found)
        return
    part = [each[:SAMPLE] for each in test]
    ship(
        name,
        model,
        builder=builder,
        metric="mean IoU on the test split",
        value=value,
        tolerance=tolerance,
        data=f"scenes benchmark, {len(images[0])} training images",
        half=True,
        sample=SAMPLE,
        sample_value=round(measured(model, *part), 4),
        **(more(model, *test) if more else {}),
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=minutes,
        hardware=hardware(chosen.device),
    )
