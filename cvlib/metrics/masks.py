"""Overlaps of masks, and COCO's figures for instances (torch).

Instance segmentation is judged like detection, with one thing exchanged: what is
compared is no longer two boxes but two sets of pixels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.metrics.coco import AREAS, IOU_THRESHOLDS, CocoFigures, figures_of
from cvlib.metrics.coco_matching import match_all
from cvlib.metrics.guards import Flat, Image, check_pairs, flatten
from cvlib.validate import check_shape


def mask_iou_by_definition(mask1: Tensor, mask2: Tensor) -> float:
    """Pixels in both masks over pixels in one of them, counted one by one.

    Args:
        mask1: (H, W) bool.
        mask2: (H, W) bool.

    Returns:
        A number in [0, 1]; 0 for two empty masks.

    Example:
        >>> left = torch.tensor([[True, True, False]])
        >>> mask_iou_by_definition(left, torch.tensor([[False, True, True]]))
        0.3333333333333333
    """
    both = either = 0
    for a, b in zip(mask1.flatten().tolist(), mask2.flatten().tolist(), strict=True):
        both += a and b
        either += a or b
    return both / either if either else 0.0


def mask_iou(masks1: Tensor, masks2: Tensor) -> Tensor:
    """Overlap of every mask in `masks1` with every mask in `masks2`.

    The intersection of two sets of pixels is a scalar product of zeros and ones, so all
    pairs together are one matrix product.

    Args:
        masks1: (N, H, W) bool.
        masks2: (M, H, W) bool, of the same picture.

    Returns:
        (N, M) in [0, 1]; two empty masks have 0.

    Raises:
        TypeError: an argument is no tensor, or not bool.
        ShapeError: an argument is not (…, H, W) of one size.

    Example:
        >>> square = torch.zeros(2, 4, 4, dtype=torch.bool)
        >>> square[0, :2, :2] = square[1, :2, 1:3] = True
        >>> mask_iou(square, square)
        tensor([[1.0000, 0.3333],
                [0.3333, 1.0000]])
    """
    inter, area1, area2 = _pixels(masks1, masks2)
    union = area1[:, None] + area2 - inter
    return torch.where(union > 0, inter / union.clamp(min=1), 0.0)


def _pixels(masks1: Tensor, masks2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Pixels in both (N, M), in the first (N,) and in the second (M,)."""
    _, H, W = check_masks("masks1", masks1)
    match = f"masks1 {tuple(masks1.shape)}"
    check_masks("masks2", masks2)
    check_shape("masks2", masks2, "M H W", H=H, W=W, to_match=match)
    first, second = masks1.flatten(1).float(), masks2.flatten(1).float()
    return first @ second.T, first.sum(1), second.sum(1)


def check_masks(name: str, masks: Tensor) -> tuple[int, int, int]:
    """The shape (N, H, W) of masks of one picture.

    Raises:
        TypeError: no tensor, or not bool.
        ShapeError: not (N, H, W).

    Example:
        >>> check_masks("masks", torch.zeros(2, 4, 6))
        Traceback (most recent call last):
        TypeError: masks must be bool, got torch.float32; did you mean masks > 0.5?
    """
    check_tensor(name, masks)
    shape = check_shape(name, masks, "N H W")
    if masks.dtype != torch.bool:
        raise TypeError(
            f"{name} must be bool, got {masks.dtype}; did you mean {name} > 0.5?"
        )
    return shape


def coco_mask_metrics(
    detections: Sequence[Image], targets: Sequence[Image]
) -> CocoFigures:
    """Evaluate masks as COCO does: `coco_metrics` with overlaps counted in pixels.

    Boxes are not looked at. The size of an object is the number of its pixels.

    Args:
        detections: a dictionary an image: `masks` (N, H, W) bool, `labels` (N,)
            integers, `scores` (N,).
        targets: a dictionary an image: `masks` (M, H, W) bool, `labels` (M,); where
            there are any `iscrowd` (M,) bool and `area` (M,).

    Returns:
        Twelve numbers by name, see `CocoFigures`.

    Raises:
        KeyError, ShapeError, TypeError, ValueError: what is wrong, and where.

    Source:
        Lin et al., Microsoft COCO: Common objects in context, ECCV 2014; pycocotools.

    Example:
        >>> masks, label = torch.zeros(1, 8, 8, dtype=torch.bool), torch.tensor([1])
        >>> masks[:, :5, :4] = True
        >>> found = {"masks": masks[:, :, :4].repeat(1, 1, 2), "labels": label,
        ...          "scores": torch.tensor([0.9])}
        >>> figures = coco_mask_metrics([found], [{"masks": masks, "labels": label}])
        >>> figures.AP50, figures.AP75
        (1.0, 0.0)
    """
    check_pairs(detections, targets)
    found = _flat("detections", detections, "scores")
    truth = _flat("targets", targets, "iscrowd", "area")
    table, first, place = _all_overlaps(detections, targets)

    def overlaps(rows: Tensor, cols: Tensor) -> Tensor:
        return table[first[rows][:, :, None] + place[cols][:, None, :]]

    outcome = match_all(found, truth, IOU_THRESHOLDS, AREAS, overlaps=overlaps)
    return figures_of(found, truth, outcome)


def _flat(name: str, images: Sequence[Image], *extra: str) -> Flat:
    """The table of `flatten`, with numbers of pixels for areas."""
    boxed, areas = [], []
    for i, image in enumerate(images):
        if "masks" not in image:
            raise KeyError(f"{name}[{i}] must have 'masks', got {sorted(image)}")
        N, _, _ = check_masks(f"{name}[{i}]['masks']", image["masks"])
        for key in ("labels", *extra):
            if key in image:
                match = f"masks {tuple(image['masks'].shape)}"
                check_shape(f"{name}[{i}][{key!r}]", image[key], "N", N=N,
                            to_match=match)  # fmt: skip
        boxed.append(image | {"boxes": torch.zeros(N, 4)})
        area = image.get("area") if "area" in extra else None
        areas.append(image["masks"].sum((1, 2)) if area is None else area)
    area = torch.cat([a.detach().cpu().double() for a in areas] or [torch.zeros(0)])
    return flatten(name, boxed, *extra)._replace(area=area.double())


def _all_overlaps(
    detections: Sequence[Image], targets: Sequence[Image]
) -> tuple[Tensor, Tensor, Tensor]:
    """The overlaps of all images in a row, and where to find them.

    Returns:
        The table; for each detection where its row begins; for each object its place in
        a row. Of a crowd the share of the detection that lies in it.
    """
    tables, firsts, places, length = [], [], [], 0
    for i, (found, truth) in enumerate(zip(detections, targets, strict=True)):
        if found["masks"].shape[1:] != truth["masks"].shape[1:]:
            raise ValueError(
                f"detections[{i}]['masks'] must be of the size of the picture "
                f"{tuple(truth['masks'].shape[1:])}, got "
                f"{tuple(found['masks'].shape[1:])}"
            )
        counts = _pixels(found["masks"].cpu(), truth["masks"].cpu())
        # in double precision, or 13 pixels of 20 would be less than 0.65
        inter, mine, theirs = (count.double() for count in counts)
        union = mine[:, None] + theirs - inter
        if "iscrowd" in truth:
            union = torch.where(truth["iscrowd"].cpu(), mine[:, None], union)
        N, M = inter.shape
        tables.append(torch.where(inter > 0, inter / union.clamp(min=1), 0.0).flatten())
        firsts.append(length + M * torch.arange(N))
        places.append(torch.arange(M))
        length += N * M
    none = torch.zeros(0, dtype=torch.int64)
    # numbers that nobody has, −1, are looked up too and may lie beyond the end
    beyond = torch.zeros(1 + max([len(p) for p in places], default=0))
    table = torch.cat([*tables, beyond.double()])
    return table, torch.cat([none, *firsts]), torch.cat([none, *places])
