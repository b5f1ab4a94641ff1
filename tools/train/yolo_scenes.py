"""Train YOLO on the benchmark of scenes and ship it as `yolo_scenes`.

A thousand pictures of paper shapes, six classes (cvlib.data.benchmark); measured on the
400 of the test split, over photographs that no training picture shows. About twelve
minutes on a quiet core with bfloat16 instructions.
"""

import torch
from recipe import hardware, options, ship

from cvlib.data.benchmark import scenes_benchmark
from cvlib.detect import fit_detector
from cvlib.detect.augmentation import standard_detection
from cvlib.detect.yolo import Yolo, yolo_scenes
from cvlib.metrics import mean_average_precision
from cvlib.train import Checkpoint, seed_all
from cvlib.train.schedules import one_cycle

EPOCHS = 36
FIRST = 1 / 3  # of them are the first of two cycles
TRAIN = 1000


def main() -> None:
    """Train, measure, ship."""
    chosen = options(__file__, __doc__, epochs=EPOCHS)
    seed_all(chosen.seed)
    model = yolo_scenes().to(chosen.device, memory_format=torch.channels_last)
    history = fit_detector(
        model,
        scenes_benchmark("train", n=TRAIN),
        epochs=chosen.epochs,
        batch_size=4,
        lr=2e-3,
        weight_decay=0.02,
        schedule=two_cycles,
        augment=standard_detection,
        seed=chosen.seed,
        precision=torch.bfloat16,
        resume=Checkpoint(chosen.checkpoint),
    )
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    ship(
        "yolo_scenes",
        model,
        builder="cvlib.detect.yolo:yolo_scenes",
        metric="mAP@0.5 on the test split",
        value=measure(model),
        tolerance=0.005,
        data=f"cvlib.data.benchmark.scenes_benchmark: the first {TRAIN} of 'train', "
        "tested on 'test'",
        seed=chosen.seed,
        epochs=history.epochs,
        minutes=round(sum(history.seconds) / 60, 1),
        hardware=hardware(chosen.device),
    )


def two_cycles(t: float) -> float:
    """A short cycle of the learning rate, then a long one from where it ended."""
    cycle = one_cycle()
    return cycle(t / FIRST) if t < FIRST else cycle((t - FIRST) / (1 - FIRST))


def measure(model: Yolo, split: str = "test", n: int | None = None) -> float:
    """The mean average precision at an overlap of one half."""
    data = scenes_benchmark(split, n=n)
    found = [model([image])[0] for image, _ in data]
    return mean_average_precision(found, data.targets).mean


if __name__ == "__main__":
    main()
