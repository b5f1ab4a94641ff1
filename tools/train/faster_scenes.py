"""Train Faster R-CNN on the scenes benchmark and ship it as `faster_scenes`.

Six thousand pictures of paper shapes, six classes (cvlib.data.benchmark); measured on
the 400 of the test split, over photographs that no training picture shows. About
half an hour on one quiet core with bfloat16 instructions.
"""

from detectors import pretrained, train_and_ship_detector
from recipe import options

from cvlib.detect.models import faster_scenes


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_detector(
        "faster_scenes",
        options(__file__, __doc__, epochs=10),
        pretrained(faster_scenes),
        builder="cvlib.detect.models:faster_scenes",
        lr=1e-3,
    )


if __name__ == "__main__":
    main()
