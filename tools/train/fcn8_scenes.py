"""Train FCN-32s, FCN-16s and FCN-8s in one on the scenes benchmark: `fcn8_scenes`.

The paper trains one network after the other, each from the one before. Here all three
scores of one network are trained together, the sum of three losses; `stride` chooses
which is asked. It begins with the backbone of `mask_scenes`. Measured on the 400
pictures of the test split. About forty minutes on one quiet core with bfloat16
instructions. `--images 500 --epochs 2 --dry` is a trial.
"""

from recipe import options
from segmenters import (
    IMAGES,
    measured,
    pretrained_backbone,
    train_and_ship_segmenter,
)
from torch import Tensor

from cvlib.losses import cross_entropy
from cvlib.segment import FCN, fcn8_scenes
from cvlib.segment.training import IGNORE


def pretrained() -> FCN:
    """The net on the backbone that another task has trained."""
    model = fcn8_scenes()
    model.backbone.load_state_dict(pretrained_backbone().state_dict())
    return model


def three_losses(model: FCN, images: Tensor, labels: Tensor) -> Tensor:
    """The losses of all three networks, added up."""
    return sum(
        cross_entropy(scores.float(), labels, ignore_index=IGNORE)
        for scores in model.all_strides(images).values()
    )


def coarser(model: FCN, images: Tensor, labels: Tensor) -> dict[str, float]:
    """The mean IoU of the two that look less closely."""
    found = {}
    for stride in (32, 16):
        model.stride = stride
        found[f"mean_iou_{stride}s"] = round(measured(model, images, labels), 4)
    model.stride = 8
    return found


def main() -> None:
    """Train, measure, ship."""
    train_and_ship_segmenter(
        "fcn8_scenes",
        options(__file__, __doc__, epochs=8, images=IMAGES),
        pretrained,
        builder="cvlib.segment.fcn:fcn8_scenes",
        loss=three_losses,
        more=coarser,
    )


if __name__ == "__main__":
    main()
