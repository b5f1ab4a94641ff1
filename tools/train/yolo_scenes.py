"""Train YOLO on the benchmark of scenes and ship it as `yolo_scenes`.

On the same pictures as Faster R-CNN, and measured on the same. About twenty minutes on
one quiet core with bfloat16 instructions.
"""

from detectors import train_and_ship_detector
from recipe import options

from cvlib.detect.yolo import yolo_scenes


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_detector(
        "yolo_scenes",
        options(__file__, __doc__, epochs=24),
        yolo_scenes,
        builder="cvlib.detect.yolo:yolo_scenes",
        weight_decay=0.02,
    )


if __name__ == "__main__":
    main()
