"""What a detector is told in training: checked, and turned into classes and codes."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from cvlib.anchors import roi_labels, sample
from cvlib.boxes import box_iou, check_boxes, encode_boxes
from cvlib.detect.images import Batch
from cvlib.detect.output import WEIGHTS
from cvlib.validate import check_shape

Target = Mapping[str, Tensor]


def check_targets(targets: Sequence[Target] | None, batch: Batch) -> None:
    """Refuse targets that do not say for each image which boxes and labels it has.

    Raises:
        TypeError: there are none, or one of them is no mapping with both keys.
        ShapeError: not as many labels as boxes.
        ValueError: not one target an image, a box without area, a label below 1.
    """
    if targets is None:
        raise TypeError(
            "targets must be given in training mode, one dict an image; "
            "did you mean model.eval()?"
        )
    if len(targets) != len(batch):
        raise ValueError(
            f"targets must be one dict for each of {len(batch)} images, got "
            f"{len(targets)}"
        )
    for n, target in enumerate(targets):
        missing = {"boxes", "labels"} - set(target)
        if missing:
            raise TypeError(f"targets[{n}] must have {sorted(missing)[0]!r}")
        M = check_boxes(f"targets[{n}]['boxes']", target["boxes"])
        labels = target["labels"]
        check_shape(f"targets[{n}]['labels']", labels, "M", M=M, to_match="its boxes")
        sides = target["boxes"][:, 2:] - target["boxes"][:, :2]
        if (sides <= 0).any():
            raise ValueError(f"targets[{n}]['boxes'] must have an area each")
        if (labels < 1).any():
            raise ValueError(
                f"targets[{n}]['labels'] must be at least 1, got {labels.min()}; "
                "0 is the background"
            )


def fast_rcnn_targets(
    regions: Sequence[Tensor],
    targets: Sequence[Target],
    *,
    size: int = 64,
    positive_fraction: float = 0.25,
    foreground: float = 0.5,
    background: tuple[float, float] = (0.0, 0.5),
    generator: torch.Generator | None = None,
) -> tuple[list[Tensor], Tensor, Tensor]:
    """Draw regions of each image to train on, with the class and box each should get.

    The true boxes join the regions, so there is a positive one from the first step.

    Args:
        regions: for each image (R, 4) xyxy.
        targets: for each image `boxes` (M, 4) and `labels` (M,).
        size: regions drawn an image.
        positive_fraction: of them with an object, at most.
        foreground: IoU at and above which a region has an object.
        background: [low, high): where it has none; Fast R-CNN's paper begins at 0.1.
        generator: of the draw.

    Returns:
        A list of the regions drawn, and for all of them in a row the classes (N,) and
        codes (N, 4); the codes of background are 0.

    Source:
        Girshick, Fast R-CNN, ICCV 2015, section 2.3.

    Example:
        >>> target = {"boxes": torch.tensor([[0.0, 0, 10, 10]]),
        ...           "labels": torch.tensor([3])}
        >>> regions = [torch.tensor([[0.0, 0, 10, 8], [20.0, 20, 30, 30]])]
        >>> drawn, labels, codes = fast_rcnn_targets(regions, [target], size=8)
        >>> labels
        tensor([3, 3, 0])
    """
    drawn, classes, codes = [], [], []
    for own, target in zip(regions, targets, strict=True):
        boxes = target["boxes"].to(own.dtype)
        candidates = torch.cat([own, boxes])
        labels, nearest = roi_labels(
            box_iou(boxes, candidates),
            target["labels"],
            foreground=foreground,
            background=background,
        )
        places = sample(labels, size, positive_fraction, generator=generator)
        chosen = torch.cat(places)
        drawn.append(candidates[chosen])
        classes.append(labels[chosen])
        code = candidates.new_zeros(len(chosen), 4)
        P = len(places[0])
        code[:P] = encode_boxes(
            boxes[nearest[places[0]]], drawn[-1][:P], weights=WEIGHTS
        )
        codes.append(code)
    return drawn, torch.cat(classes), torch.cat(codes)
