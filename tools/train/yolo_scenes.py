"""Train YOLO on the benchmark of scenes and ship it as `yolo_scenes`.

A thousand pictures of paper shapes, six classes (cvlib.data.benchmark); measured on the
400 of the test split, over photographs that no training picture shows. About twelve
minutes on a quiet core with bfloat16 instructions.
"""

from detectors import train_and_ship_detector
from recipe import options

from cvlib.detect.yolo import yolo_scenes
from cvlib.train.schedules import one_cycle

FIRST = 1 / 3  # of the epochs are the first of two cycles


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_detector(
        "yolo_scenes",
        options(__file__, __doc__, epochs=36),
        yolo_scenes,
        builder="cvlib.detect.yolo:yolo_scenes",
        batch_size=4,
        weight_decay=0.02,
        schedule=two_cycles,
    )


def two_cycles(t: float) -> float:
    """A short cycle of the learning rate, then a long one from where it ended."""
    cycle = one_cycle()
    return cycle(t / FIRST) if t < FIRST else cycle((t - FIRST) / (1 - FIRST))


if __name__ == "__main__":
    main()
