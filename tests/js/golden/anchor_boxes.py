"""What cvlib lays out, and what its anchors stand for."""

import torch

from cvlib.anchors import anchor_labels, base_anchors, grid_anchors, match
from cvlib.boxes import box_iou
from cvlib.widgets.anchor_boxes import OBJECTS

SHAPES = [([32], [1]), ([48, 96, 192], [0.5, 1, 2]), ([17, 35], [0.25, 3]), ([5], [1])]
GRIDS = [((2, 3), 16), ((4, 5), 8), ((10, 15), 32)]


def golden() -> list[dict]:
    """Base anchors, grids of them, overlaps and labels."""
    cases = []
    objects = torch.tensor(list(OBJECTS.values()), dtype=torch.float64)
    for scales, ratios in SHAPES:
        base = base_anchors(scales, ratios).double()
        expected = base.tolist()
        args = [scales, ratios]
        cases.append({"fn": "baseAnchors", "args": args, "expected": expected})
        for size, stride in GRIDS:
            boxes = grid_anchors(size, stride, base)
            args = [size, stride, expected]
            cases.append(
                {"fn": "gridAnchors", "args": args, "expected": boxes.tolist()}
            )
            overlap = box_iou(objects, boxes)
            matches = match(overlap, high=0.7, low=0.3, allow_low_quality=True)
            args = [boxes.tolist(), objects.tolist()]
            cases.append(
                {
                    "fn": "labels",
                    "args": args,
                    "expected": anchor_labels(matches).tolist(),
                }
            )
            args = [objects[0].tolist(), boxes[-1].tolist()]
            cases.append({"fn": "iou", "args": args, "expected": overlap[0, -1].item()})
    return cases
