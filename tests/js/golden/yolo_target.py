"""What cvlib writes into YOLO's target."""

import torch

from cvlib.detect.yolo import encode, shape_iou

ANCHORS = [[18, 48], [54, 26]]
SCENES = [
    ([], []),
    ([[20, 34, 80, 62]], [2]),
    ([[20, 34, 80, 62], [6, 8, 24, 54]], [2, 1]),
    ([[36, 20, 54, 70], [14, 34, 76, 56], [38, 22, 52, 66]], [1, 2, 3]),
    ([[0, 0, 30, 30], [30, 30, 90, 90], [60, 0, 90, 60]], [3, 3, 1]),
]


def golden() -> list[dict]:
    """Pictures without and with anchors, on several grids."""
    cases = [
        {
            "fn": "shapeIou",
            "args": [size, anchor],
            "expected": shape_iou(
                torch.tensor([size], dtype=torch.float64),
                torch.tensor([anchor], dtype=torch.float64),
            ).item(),
        }
        for size in ([10, 40], [54, 26], [90, 90])
        for anchor in ANCHORS
    ]
    for boxes, labels in SCENES:
        for cells, anchors in ((3, None), (3, ANCHORS), (1, ANCHORS), (7, None)):
            found = encode(
                torch.tensor(boxes, dtype=torch.float64).reshape(-1, 4),
                torch.tensor(labels, dtype=torch.int64),
                grid=cells,
                image_size=(90, 90),
                num_classes=3,
                anchors=anchors,
            )
            target = found.target if anchors else found.target[:, :, None]
            cases.append(
                {
                    "fn": "encode",
                    "args": [boxes, labels, cells, 3, anchors],
                    "expected": {
                        "target": target.tolist(),
                        "lost": found.lost.tolist(),
                    },
                }
            )
    return cases
