"""How far detection is from a peer: `python tests/benchmarks/detection.py`.

The peer is the plainest torch that does the same. How to read the table is said in
`_turns.py`.
"""

from collections.abc import Callable

import torch
from _turns import Pair, run_cases
from torch import Tensor
from torch.nn import functional

from cvlib import boxes as ops
from cvlib.metrics import coco_match_by_definition, coco_metrics
from cvlib.roi import roi_align, roi_pool


def random_boxes(n: int, size: float = 1000, side: float = 100) -> Tensor:
    """(n, 4) boxes in a square picture, with sides up to `side`."""
    torch.manual_seed(0)
    corner, sides = torch.rand(n, 2) * (size - side), 1 + torch.rand(n, 2) * (side - 1)
    return torch.cat([corner, corner + sides], dim=1)


def plain_box_iou(one: Tensor, two: Tensor) -> Tensor:
    """The textbook's broadcast over (N, M, 2)."""
    low = torch.max(one[:, None, :2], two[:, :2])
    high = torch.min(one[:, None, 2:], two[:, 2:])
    overlap = (high - low).clamp(min=0).prod(dim=2)
    areas = [(b[:, 2:] - b[:, :2]).prod(dim=1) for b in (one, two)]
    return overlap / (areas[0][:, None] + areas[1] - overlap)


def plain_nms(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    """One row of overlaps a kept box."""
    left, keep = scores.argsort(descending=True, stable=True), []
    while len(left):
        keep.append(left[0])
        row = plain_box_iou(boxes[left[:1]], boxes[left[1:]])[0]
        left = left[1:][row <= threshold]
    return torch.stack(keep)


def overlap_case(n: int) -> Pair:
    one, two = random_boxes(n), random_boxes(n).flip(0)
    return lambda: ops.box_iou(one, two), lambda: plain_box_iou(one, two)


def suppression_case(n: int) -> Pair:
    boxes, scores = random_boxes(n), torch.rand(n)
    return lambda: ops.nms(boxes, scores, 0.5), lambda: plain_nms(boxes, scores, 0.5)


def evaluation_case(images: int, each: int, classes: int = 20) -> Pair:
    """COCO's figures; the peer matches by the definition, one size, and no more."""
    detections, targets = [], []
    for _ in range(images):
        truth = random_boxes(7, 400, 200) + 100 * torch.rand(1)
        labels = torch.randint(1, classes, (7,))
        pick = torch.randint(7, (each,))
        found = truth[pick] + 6 * torch.rand(each, 4)
        found[:, 2:] = torch.maximum(found[:, 2:], found[:, :2])
        scores = torch.rand(each).sort(descending=True).values
        detections.append({"boxes": found, "labels": labels[pick], "scores": scores})
        targets.append({"boxes": truth, "labels": labels})

    def by_definition() -> None:
        for found, truth in zip(detections, targets, strict=True):
            overlap = plain_box_iou(found["boxes"], truth["boxes"])
            overlap[found["labels"][:, None] != truth["labels"]] = 0.0
            nobody = torch.zeros(7, dtype=torch.bool)
            for k in range(10):
                coco_match_by_definition(overlap, nobody, nobody, 0.5 + 0.05 * k)

    return lambda: coco_metrics(detections, targets), by_definition


def plain_roi_align(maps: Tensor, boxes: Tensor, size: int, scale: float) -> Tensor:
    """Two points a side of each bin, all read by one grid_sample."""
    H, W = maps.shape[-2:]
    K, n = len(boxes), 2 * size
    corner = boxes[:, :2] * scale
    sides = (boxes[:, 2:] * scale - corner).clamp(min=1)
    at = corner[:, None] + sides[:, None] * ((torch.arange(n) + 0.5) / n)[:, None]
    at = at.clamp(min=0).minimum(torch.tensor([W - 1.0, H - 1]))  # (K, n, 2)
    at = 2 * at / torch.tensor([W - 1.0, H - 1]) - 1
    x = at[:, None, :, 0].expand(K, n, n)
    y = at[:, :, None, 1].expand(K, n, n)
    grid = torch.stack([x, y], dim=-1).reshape(1, K * n, n, 2)
    points = functional.grid_sample(maps, grid, align_corners=True)
    means = functional.avg_pool2d(points, 2)  # (1, C, K · size, size)
    return means.reshape(-1, K, size, size).transpose(0, 1)


def plain_roi_pool(maps: Tensor, boxes: Tensor, size: int, scale: float) -> Tensor:
    """Adaptive max pooling of one crop after the other."""
    corners = (boxes * scale + 0.5).floor().long().tolist()
    crops = [maps[0, :, y1 : y2 + 1, x1 : x2 + 1] for x1, y1, x2, y2 in corners]
    return torch.stack([functional.adaptive_max_pool2d(crop, size) for crop in crops])


def region_case(op: Callable, peer: Callable, **options: int) -> Pair:
    """512 regions × 256 channels × 7 × 7."""
    torch.manual_seed(0)
    maps, boxes = torch.randn(1, 256, 50, 68), random_boxes(512, 780, 250)
    return (
        lambda: op(maps, [boxes], 7, 1 / 16, **options),
        lambda: peer(maps, boxes, 7, 1 / 16),
    )


CASES: dict[str, tuple[Callable[[], Pair], str]] = {  # what it is, and the target
    "box_iou 2000 × 2000": (lambda: overlap_case(2000), "ratio ≤ 2"),
    "nms 1 000 boxes": (lambda: suppression_case(1000), "-"),
    "nms 10 000 boxes": (lambda: suppression_case(10_000), "≤ 250 ms"),
    "COCO, 500 images × 15": (
        lambda: evaluation_case(500, 15),
        "≤ 600 ms",
    ),
    "roi_align 512 × 256 × 7 × 7": (
        lambda: region_case(roi_align, plain_roi_align, sampling_ratio=2),
        "≤ 128 ms",
    ),
    "roi_pool 512 × 256 × 7 × 7": (
        lambda: region_case(roi_pool, plain_roi_pool),
        "-",
    ),
}


if __name__ == "__main__":
    run_cases(__doc__, CASES)
