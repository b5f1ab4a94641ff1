"""Train U-Net on the scenes benchmark and ship it as `unet_scenes`.

Every pixel gets one of seven classes: six kinds of paper shapes, or background. The way
down begins with the backbone of `mask_scenes`, which has seen the same shapes. The loss
is the cross-entropy of all pixels and, since rare classes count as much as common ones
in the mean IoU, the Dice loss of every other row and column. Measured on the 400
pictures of the test split, over photographs that no training picture shows. About an
hour and a half on one quiet core with bfloat16 instructions.
`--images 500 --epochs 2 --dry` is a trial.
"""

from recipe import options
from segmenters import IMAGES, pretrained_backbone, train_and_ship_segmenter
from torch import Tensor

from cvlib.losses import cross_entropy, dice_loss
from cvlib.segment import BackboneUNet, unet_scenes
from cvlib.segment.training import IGNORE


def pretrained() -> BackboneUNet:
    """The net with the way down that another task has trained."""
    model = unet_scenes()
    model.begin_with(pretrained_backbone())
    return model


def two_losses(model: BackboneUNet, images: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy, and Dice on a quarter of the pixels."""
    scores = model(images).float()
    some = (..., slice(None, None, 2), slice(None, None, 2))
    return cross_entropy(scores, labels, ignore_index=IGNORE) + dice_loss(
        scores[some], labels[some], ignore_index=IGNORE
    )


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_segmenter(
        "unet_scenes",
        options(__file__, __doc__, epochs=16, images=IMAGES),
        pretrained,
        builder="cvlib.segment.unet:unet_scenes",
        loss=two_losses,
    )


if __name__ == "__main__":
    main()
