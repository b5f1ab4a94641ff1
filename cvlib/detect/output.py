"""From scores and codes to detections (torch)."""

from collections.abc import Sequence
from typing import TypedDict

import torch
from torch import Tensor

from cvlib.boxes import (
    batched_nms,
    clip_boxes_to_image,
    decode_boxes,
    remove_small_boxes,
)

WEIGHTS = (10.0, 10.0, 5.0, 5.0)
"""What the codes of box heads are multiplied by: it brings them to a deviation of 1."""


class Detection(TypedDict):
    """What was found in an image, the best first."""

    boxes: Tensor  # (D, 4) xyxy pixels
    labels: Tensor  # (D,) int64, never 0
    scores: Tensor  # (D,) in [0, 1]


def detections(
    scores: Tensor,
    codes: Tensor,
    regions: Sequence[Tensor],
    sizes: Sequence[tuple[int, int]],
    *,
    score_threshold: float = 0.05,
    iou_threshold: float = 0.5,
    detections_per_image: int = 100,
    independent: bool = False,
) -> list[Detection]:
    """Softmax, move the boxes, clip, threshold, suppress class by class, keep the best.

    Args:
        scores: (ΣR, K + 1) logits, class 0 the background; all images in a row.
        codes: (ΣR, (K + 1)·4), four for each class, times `WEIGHTS`; those of the
            background are not looked at.
        regions: for each image (R, 4) xyxy.
        sizes: (height, width) of each image.
        score_threshold: detections below are left out.
        iou_threshold: above it two boxes of a class show the same object.
        detections_per_image: the best of all classes together.
        independent: each class was judged by a machine of its own that knows nothing of
            the others; a sigmoid for each instead of the softmax.

    Example:
        >>> scores = torch.tensor([[0.0, 9.0], [0.0, 8.0]])  # two regions, one class
        >>> regions = [torch.tensor([[0.0, 0, 20, 20], [1.0, 0, 21, 20]])]
        >>> [found] = detections(scores, torch.zeros(2, 8), regions, [(40, 40)])
        >>> found["boxes"], found["labels"]
        (tensor([[ 0.,  0., 20., 20.]]), tensor([1]))
    """
    K = scores.shape[1] - 1
    counts = [len(own) for own in regions]
    chances = scores.sigmoid() if independent else scores.softmax(1)
    chances = chances[:, 1:].split(counts)  # the background finds nothing
    found = []
    for p, code, own, size in zip(
        chances, codes.split(counts), regions, sizes, strict=True
    ):
        boxes = decode_boxes(code[:, 4:], own, weights=WEIGHTS).reshape(-1, 4)
        boxes = clip_boxes_to_image(boxes, size)
        labels = torch.arange(1, K + 1, device=p.device).repeat(len(own))
        found.append(
            best_of(
                boxes, labels, p.flatten(),
                score_threshold=score_threshold,
                iou_threshold=iou_threshold,
                detections_per_image=detections_per_image,
            )
        )  # fmt: skip
    return found


def best_of(
    boxes: Tensor,
    labels: Tensor,
    scores: Tensor,
    *,
    score_threshold: float,
    iou_threshold: float,
    detections_per_image: int,
    min_size: float = 1.0,
) -> Detection:
    """What is left of candidates (M, 4), (M,), (M,) once all thresholds are applied.

    Example:
        >>> boxes, labels = torch.tensor([[0.0, 0, 8, 8]] * 2), torch.tensor([1, 2])
        >>> best_of(boxes, labels, torch.tensor([0.6, 0.7]), score_threshold=0.5,
        ...         iou_threshold=0.5, detections_per_image=9)["labels"]
        tensor([2, 1])
    """
    likely = (scores >= score_threshold).nonzero()[:, 0]
    large = remove_small_boxes(boxes[likely], min_size)
    chosen = likely[large]
    keep = batched_nms(boxes[chosen], scores[chosen], labels[chosen], iou_threshold)
    chosen = chosen[keep[:detections_per_image]]
    return {
        "boxes": boxes[chosen],
        "labels": labels[chosen],
        "scores": scores[chosen],
    }
