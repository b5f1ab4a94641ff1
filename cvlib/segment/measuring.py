"""How good are the instances that a network cuts out? (torch)."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.boxes import box_iou
from cvlib.metrics import (
    coco_mask_metrics,
    coco_metrics,
    percentage_of_correct_keypoints,
)
from cvlib.validate import check_number

Example = tuple[Tensor, Mapping[str, Tensor]]
Model = Callable[[list[Tensor]], list[dict[str, Tensor]]]


class InstanceFigures(NamedTuple):
    """Of masks, boxes and landmarks; COCO's averages, −1 where nothing can be said."""

    mask_ap: float  # mean over overlaps of masks of 0.50, 0.55, …, 0.95
    mask_ap50: float
    mask_ap75: float
    box_ap50: float
    pck: float  # share of landmarks within a tenth of the box's longer side, or −1


@torch.no_grad()
def measure_instances(
    model: Model, data: Sequence[Example], *, batch_size: int = 8
) -> InstanceFigures:
    """Find all instances of all pictures and compare them with what is there.

    Objects marked `difficult` are treated as COCO treats crowds: found or not, they do
    not count.

    Args:
        model: a list of images to a list of detections with `masks`, and perhaps
            `keypoints`.
        data: images and targets with `boxes`, `labels`, `masks`, and where the model
            has them `keypoints`; perhaps `difficult`.
        batch_size: pictures at a time.

    Example:
        >>> target = {"boxes": torch.tensor([[0.0, 0, 4, 4]]),
        ...           "labels": torch.tensor([1]), "masks": torch.zeros(1, 8, 8).bool()}
        >>> target["masks"][:, :4, :4] = True
        >>> perfect = lambda images: [target | {"scores": torch.ones(1)}]
        >>> measure_instances(perfect, [(torch.zeros(3, 8, 8), target)])[:3]
        (1.0, 1.0, 1.0)
    """
    found, targets = [], []
    for start in range(0, len(data), batch_size):
        part = [data[i] for i in range(start, min(start + batch_size, len(data)))]
        found += model([image for image, _ in part])
        targets += [target for _, target in part]
    for target in targets:
        if "difficult" in target and "iscrowd" not in target:
            target["iscrowd"] = target["difficult"]
    masks = coco_mask_metrics(found, targets)
    boxed = [{k: v for k, v in t.items() if k != "masks"} for t in targets]
    boxes = coco_metrics(found, boxed)
    known = all("keypoints" in image for image in [*found, *targets])
    pck = keypoints_found(found, targets) if known else -1.0
    return InstanceFigures(masks.AP, masks.AP50, masks.AP75, boxes.AP50, pck)


def keypoints_found(
    detections: Sequence[Mapping[str, Tensor]],
    targets: Sequence[Mapping[str, Tensor]],
    *,
    iou_threshold: float = 0.5,
    alpha: float = 0.1,
) -> float:
    """PCK of what a detector finds: landmarks of a missed object are missed too.

    Of the detections of its class, each object is given the one that overlaps it most.

    Args:
        detections: for each image `boxes`, `labels` and `keypoints` (D, K, 3).
        targets: for each image `boxes`, `labels`, `keypoints` (M, K, 3), and perhaps
            `difficult`, which are not asked for.
        iou_threshold: how much boxes must overlap for an object to be found.
        alpha: of `percentage_of_correct_keypoints`; lengths are longer sides of boxes.

    Example:
        >>> true = {"boxes": torch.tensor([[0.0, 0, 40, 20]]),
        ...         "labels": torch.tensor([1]),
        ...         "keypoints": torch.tensor([[[5.0, 5, 1], [30, 5, 1]]])}
        >>> found = true | {"keypoints": torch.tensor([[[8.0, 5, 1], [30, 9.5, 1]]])}
        >>> keypoints_found([found], [true])
        0.5
    """
    iou_threshold = check_number("iou_threshold", iou_threshold, minimum=0)
    predicted, true, scale = [], [], []
    for own, target in zip(detections, targets, strict=True):
        wanted = ~target.get("difficult", torch.zeros_like(target["labels"]).bool())
        boxes, keypoints = target["boxes"][wanted], target["keypoints"][wanted]
        points = torch.full_like(keypoints[..., :2], torch.inf)  # nowhere near
        if len(own["boxes"]):
            overlap = box_iou(boxes, own["boxes"])
            overlap *= target["labels"][wanted][:, None] == own["labels"]
            best, which = overlap.max(1)
            hit = best >= iou_threshold
            points[hit] = own["keypoints"][which[hit]][..., :2]
        predicted.append(points)
        true.append(keypoints)
        scale.append((boxes[:, 2:] - boxes[:, :2]).amax(1))
    return percentage_of_correct_keypoints(
        torch.cat(predicted), torch.cat(true), torch.cat(scale), alpha=alpha
    )
