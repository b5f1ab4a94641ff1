"""Train U-Net on the scenes benchmark and ship it as `unet_scenes`.

Every pixel gets one of seven classes: six kinds of paper shapes, or background. The way
down begins with the backbone of `yolo_scenes`. Measured on the 400 pictures of the test
split, over photographs that no training picture shows. About three quarters of an hour
on one quiet core with bfloat16 instructions.
`--images 500 --epochs 2 --dry` is a trial.
"""

from detectors import pretrained_backbone
from recipe import options
from segmenters import IMAGES, train_and_ship_segmenter

from cvlib.segment import BackboneUNet, unet_scenes


def pretrained() -> BackboneUNet:
    """The net with the way down that another task has trained."""
    model = unet_scenes()
    model.begin_with(pretrained_backbone())
    return model


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_segmenter(
        "unet_scenes",
        options(__file__, __doc__, epochs=12, images=IMAGES),
        pretrained,
        builder="cvlib.segment.unet:unet_scenes",
    )


if __name__ == "__main__":
    main()
