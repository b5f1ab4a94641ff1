"""How many objects a set of proposals covers, whatever else it proposes (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.boxes import box_iou, check_boxes
from cvlib.validate import check_int, check_number


def best_overlaps(
    proposals: Sequence[Tensor], targets: Sequence[Tensor], *, limit: int | None = None
) -> Tensor:
    """IoU of every object with the proposal that covers it best.

    Args:
        proposals: (N, 4) xyxy boxes for each image, the most promising first.
        targets: (M, 4) xyxy objects for each image.
        limit: how many proposals an image may make; None for all of them.

    Returns:
        (objects,) in [0, 1], image after image; 0 where nothing was proposed.

    Raises:
        ShapeError, TypeError, ValueError: the lists or the boxes are not as above.

    Example:
        >>> truth = torch.tensor([[0., 0, 10, 10]])
        >>> best_overlaps([torch.tensor([[0., 0, 5, 10], [0, 0, 9, 10]])], [truth])
        tensor([0.9000], dtype=torch.float64)
    """
    if len(proposals) != len(targets):
        raise ValueError(
            "proposals and targets must have one entry an image, "
            f"got {len(proposals)} and {len(targets)}"
        )
    if limit is not None:
        limit = check_int("limit", limit, minimum=0)
    found = [torch.zeros(0, dtype=torch.float64)]
    for i, (boxes, truth) in enumerate(zip(proposals, targets, strict=True)):
        check_boxes(f"proposals[{i}]", boxes)
        check_boxes(f"targets[{i}]", truth)
        overlap = box_iou(boxes[:limit].double(), truth.double())
        nothing = overlap.new_zeros(1, len(truth))
        found.append(torch.cat([nothing, overlap]).amax(dim=0).cpu())
    return torch.cat(found)


def proposal_recall(
    proposals: Sequence[Tensor],
    targets: Sequence[Tensor],
    *,
    iou_threshold: float = 0.5,
    limit: int | None = None,
) -> Tensor:
    """Share of the objects that some proposal covers with at least this IoU.

    Precision is not asked for: a proposal costs time, not correctness, and the
    classifier behind it throws the others away.

    Args:
        proposals: (N, 4) xyxy boxes for each image, the most promising first.
        targets: (M, 4) xyxy objects for each image.
        iou_threshold: the overlap that is enough.
        limit: how many proposals an image may make; None for all of them.

    Returns:
        A scalar in [0, 1]; NaN without objects.

    Raises:
        ShapeError, TypeError, ValueError: as `best_overlaps`.

    Source:
        Hosang et al., What makes for effective detection proposals?, PAMI 2016.

    Example:
        >>> truth = torch.tensor([[0., 0, 10, 10], [50, 50, 60, 60]])
        >>> proposal_recall([torch.tensor([[0., 0, 5, 10]])], [truth])
        tensor(0.5000, dtype=torch.float64)
    """
    check_number("iou_threshold", iou_threshold, minimum=0, maximum=1)
    covered = best_overlaps(proposals, targets, limit=limit) >= iou_threshold
    return covered.double().mean()


def average_recall(
    proposals: Sequence[Tensor], targets: Sequence[Tensor], *, limit: int | None = None
) -> Tensor:
    """The mean of the recall over all IoU thresholds from 0.5 to 1.

    An object whose best overlap is o counts at every threshold up to o. So the mean is
    that of 2 · max(o − 0.5, 0): no threshold has to be tried.

    Args:
        proposals: (N, 4) xyxy boxes for each image, the most promising first.
        targets: (M, 4) xyxy objects for each image.
        limit: how many proposals an image may make; None for all of them.

    Returns:
        A scalar in [0, 1]; NaN without objects.

    Raises:
        ShapeError, TypeError, ValueError: as `best_overlaps`.

    Source:
        Hosang et al., What makes for effective detection proposals?, PAMI 2016.

    Example:
        >>> truth = torch.tensor([[0., 0, 10, 10]])
        >>> average_recall([torch.tensor([[0., 0, 9, 10]])], [truth])
        tensor(0.8000, dtype=torch.float64)
    """
    best = best_overlaps(proposals, targets, limit=limit)
    return (2 * (best - 0.5)).clamp(min=0).mean()
