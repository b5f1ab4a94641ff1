"""How much two boxes agree: IoU, and three measures that see boxes apart (torch)."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from cvlib.boxes.convert import area, upcast
from cvlib.boxes.guards import check_boxes
from cvlib.validate import check_number


def iou_of_two(box1: Sequence[float], box2: Sequence[float]) -> float:
    """The definition: intersection over union of two boxes, with plain numbers.

    Args:
        box1: x1, y1, x2, y2.
        box2: the same.

    Returns:
        A number from 0 to 1; 0 for two boxes without area.

    Example:
        >>> iou_of_two((0, 0, 4, 4), (2, 1, 6, 3))  # 4 / (16 + 8 - 4)
        0.2
    """
    width = min(box1[2], box2[2]) - max(box1[0], box2[0])
    height = min(box1[3], box2[3]) - max(box1[1], box2[1])
    intersection = max(width, 0) * max(height, 0)
    area1 = (box1[2] - box1[0]) * (box1[3] - box1[1])
    area2 = (box2[2] - box2[0]) * (box2[3] - box2[1])
    union = area1 + area2 - intersection
    return intersection / union if union > 0 else 0.0


def box_iou_by_definition(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """`box_iou` pair by pair.

    Args, Returns, Raises: those of `box_iou`, but always in double precision.

    Example:
        >>> one, two = torch.tensor([[0., 0, 4, 4]]), torch.tensor([[2., 1, 6, 3]])
        >>> box_iou_by_definition(one, two)
        tensor([[0.2000]], dtype=torch.float64)
    """
    N, M = check_boxes("boxes1", boxes1), check_boxes("boxes2", boxes2)
    iou = torch.zeros(N, M, dtype=torch.float64)
    for n, box1 in enumerate(boxes1.tolist()):
        for m, box2 in enumerate(boxes2.tolist()):
            iou[n, m] = iou_of_two(box1, box2)
    return iou


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Overlap of every box in `boxes1` with every box in `boxes2`: IoU.

    Two boxes of zero area have IoU 0 here, not NaN as in torchvision: a detector may
    well predict an empty box, and NaN would poison the mean over an image.

    Args:
        boxes1: (N, 4) xyxy pixels.
        boxes2: (M, 4) xyxy pixels.

    Returns:
        (N, M) values in [0, 1].

    Raises:
        TypeError: an argument is no tensor of numbers.
        ShapeError: an argument is not (N, 4).
        ValueError: a coordinate is not finite, or a box has x2 < x1 or y2 < y1.

    Source:
        Everingham et al., The PASCAL VOC Challenge, IJCV 2010.

    Example:
        >>> box_iou(torch.tensor([[0., 0, 2, 2]]), torch.tensor([[1., 1, 3, 3]]))
        tensor([[0.1429]])
    """
    check_boxes("boxes1", boxes1)
    check_boxes("boxes2", boxes2)
    return pairwise_iou(upcast(boxes1), upcast(boxes2))


def pairwise_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """`box_iou` of boxes that were checked and are precise enough.

    Example:
        >>> pairwise_iou(torch.tensor([[0., 0, 2, 2]]), torch.zeros(0, 4)).shape
        torch.Size([1, 0])
    """
    intersection, union = _intersection_and_union(boxes1, boxes2)
    return intersection / _not_zero(union)


def _not_zero(areas: Tensor) -> Tensor:
    """0/0 becomes 0/tiny. (`masked_fill` says it better and takes 20 times as long.)"""
    return areas.clamp(
        min=torch.finfo(areas.dtype).tiny if areas.is_floating_point() else 1
    )


def _intersection_and_union(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    """(N, M) each. One coordinate at a time: (N, M, 2) would be twice as slow."""
    x1, y1, x2, y2 = boxes1.T[:, :, None]  # (N, 1) each
    u1, v1, u2, v2 = boxes2.T.contiguous()  # (M,) each, neighbours in memory
    width = (torch.minimum(x2, u2) - torch.maximum(x1, u1)).clamp(min=0)
    height = (torch.minimum(y2, v2) - torch.maximum(y1, v1)).clamp(min=0)
    intersection = width * height
    return intersection, area(boxes1)[:, None] + area(boxes2) - intersection


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """IoU minus the share of the smallest box round both that neither covers.

    It is negative for boxes apart, and the further apart, the nearer to −1. Where the
    box round both has no area, nothing is subtracted (torchvision gives NaN).

    Args, Raises: those of `box_iou`.

    Returns:
        (N, M) values in (−1, 1].

    Source:
        Rezatofighi et al., Generalized intersection over union, CVPR 2019.

    Example:
        >>> one, two = torch.tensor([[0., 0, 2, 2]]), torch.tensor([[4., 0, 6, 2]])
        >>> generalized_box_iou(one, two)
        tensor([[-0.3333]])
    """
    check_boxes("boxes1", boxes1)
    check_boxes("boxes2", boxes2)
    boxes1, boxes2 = upcast(boxes1), upcast(boxes2)
    intersection, union = _intersection_and_union(boxes1, boxes2)
    width, height = _hull(boxes1, boxes2)
    hull = width * height
    # never below the union but by rounding; no hull, nothing to subtract
    gap = (hull - union).clamp(min=0) / _not_zero(hull)
    return intersection / _not_zero(union) - gap


def _hull(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    """(N, M) width and height of the smallest box round each pair."""
    low = torch.minimum(boxes1[:, None, :2], boxes2[:, :2])
    high = torch.maximum(boxes1[:, None, 2:], boxes2[:, 2:])
    return (high - low).unbind(dim=-1)


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, *, eps: float = 1e-7) -> Tensor:
    """IoU minus (distance of the middles / diagonal of the box round both)².

    Args:
        boxes1: (N, 4) xyxy.
        boxes2: (M, 4) xyxy.
        eps: added to the squared diagonal, so that two equal points give no 0/0.

    Returns:
        (N, M) values in (−1, 1].

    Raises: as `box_iou`, and ValueError if `eps` is negative.

    Source:
        Zheng et al., Distance-IoU loss, AAAI 2020.

    Example:
        >>> one, two = torch.tensor([[0., 0, 2, 2]]), torch.tensor([[4., 0, 6, 2]])
        >>> distance_box_iou(one, two)  # 0 - 16 / (36 + 4)
        tensor([[-0.4000]])
    """
    check_boxes("boxes1", boxes1)
    check_boxes("boxes2", boxes2)
    return _distance_iou(upcast(boxes1), upcast(boxes2), eps)[0]


def _distance_iou(boxes1: Tensor, boxes2: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """DIoU and IoU."""
    eps = check_number("eps", eps, minimum=0)
    iou = pairwise_iou(boxes1, boxes2)
    width, height = _hull(boxes1, boxes2)
    middle1, middle2 = ((b[:, :2] + b[:, 2:]) / 2 for b in (boxes1, boxes2))
    distance2 = (middle1[:, None] - middle2).square().sum(dim=-1)
    return iou - distance2 / (width**2 + height**2 + eps), iou


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, *, eps: float = 1e-7) -> Tensor:
    """`distance_box_iou` minus a term for shapes that differ: CIoU.

    The term is α·v: v compares the angles of the diagonals, α grows with the IoU, for
    shape matters once the boxes meet. α is a weight and no gradient flows through it.

    Args:
        boxes1: (N, 4) xyxy.
        boxes2: (M, 4) xyxy.
        eps: added to both denominators.

    Returns:
        (N, M) values up to 1.

    Raises: as `distance_box_iou`.

    Source:
        Zheng et al., Distance-IoU loss, AAAI 2020, equations 8 to 11.

    Example:
        >>> tall, wide = torch.tensor([[0., 0, 2, 4]]), torch.tensor([[0., 0, 4, 2]])
        >>> box_iou(tall, wide), complete_box_iou(tall, wide)
        (tensor([[0.3333]]), tensor([[0.2371]]))
    """
    check_boxes("boxes1", boxes1)
    check_boxes("boxes2", boxes2)
    boxes1, boxes2 = upcast(boxes1), upcast(boxes2)
    diou, iou = _distance_iou(boxes1, boxes2, eps)
    angles = [torch.atan2(*(b[:, 2:] - b[:, :2]).double().T) for b in (boxes1, boxes2)]
    v = 4 / math.pi**2 * (angles[0][:, None] - angles[1]).square().to(iou.dtype)
    with torch.no_grad():
        alpha = v / (1 - iou + v + eps)
    return diou - alpha * v
