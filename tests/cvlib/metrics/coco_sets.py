"""Random detections and what pycocotools says of them.

`python -m tests.cvlib.metrics.coco_sets` writes coco_golden.json anew; it needs
pycocotools, the tests do not.
"""

from pathlib import Path

import numpy as np
import torch

from tests.cvlib.metrics.pycoco import figures, record

GOLDEN = Path(__file__).with_name("coco_golden.json")
SETS = [
    # seed, images, classes, objects at most, detections of clutter at most
    *((seed, 1 + seed % 9, 1 + seed % 5, 1 + seed % 13, 5) for seed in range(24)),
    (100, 3, 1, 12, 260),  # more than 100 detections of a class in an image
    (101, 40, 8, 9, 6),
    (102, 5, 3, 0, 6),  # nothing to be found
    (103, 60, 2, 4, 3),
]


def draw(seed, images, classes, objects, clutter):
    """Crowds, ties, all sizes, empty images, classes that are only detected."""
    rng = np.random.default_rng(seed)
    detections, targets = [], []
    for _ in range(images):
        M = int(rng.integers(0, objects + 1))
        side = np.round(np.exp(rng.uniform(1.5, 5.3, (M, 2))))
        corner = rng.integers(0, 300, (M, 2))
        boxes = np.concatenate([corner, corner + side], axis=1)
        labels = rng.integers(1, classes + 1, M)
        targets.append(
            {
                "boxes": boxes,
                "labels": labels,
                "iscrowd": rng.random(M) < 0.12,
                "area": np.round(side.prod(axis=1) * rng.choice([1, 0.6, 0.8], M)),
            }
        )
        found, names = [], []
        for box, label in zip(boxes, labels, strict=True):
            for _ in range(int(rng.integers(0, 4))):
                size = np.tile(box[2:] - box[:2], 2)
                moved = rng.normal(0, rng.choice([0, 0.03, 0.1, 0.25]), 4) * size
                moved = np.round(box + moved)
                if (moved[2:] >= moved[:2]).all():
                    found.append(moved)
                    other = rng.integers(1, classes + 2)
                    names.append(label if rng.random() < 0.85 else other)
        for _ in range(int(rng.integers(clutter // 2, clutter))):
            corner = rng.integers(0, 300, 2)
            side = np.round(np.exp(rng.uniform(1.5, 5, 2)))
            found.append(np.concatenate([corner, corner + side]))
            names.append(rng.integers(1, classes + 3))
        order = rng.permutation(len(found))
        digits = 1 if rng.random() < 0.5 else 6  # one digit: many ties
        detections.append(
            {
                "boxes": np.reshape(found, (-1, 4)).astype(float)[order],
                "labels": np.array(names, dtype=int)[order],
                "scores": np.round(rng.random(len(found)), digits),
            }
        )
    return detections, targets


def tensors(images):
    return [{key: torch.tensor(v) for key, v in image.items()} for image in images]


def fingerprint(detections, targets) -> float:
    """Tells whether the generator still draws what was recorded."""
    parts = [v.astype(float).ravel() for d in detections + targets for v in d.values()]
    values = np.concatenate(parts)
    return round(float((values * np.cos(np.arange(len(values)))).sum()), 6)


def by_pycocotools(detections, targets) -> list[float]:
    def annotations(image):
        more = [key for key in image if key not in ("boxes", "labels")]
        for k, box in enumerate(image["boxes"]):
            yield {
                "category_id": int(image["labels"][k]),
                "bbox": [*box[:2].tolist(), *(box[2:] - box[:2]).tolist()],
                **{key.rstrip("s"): +image[key][k].item() for key in more},
            }

    truth, found = (
        [list(annotations(image)) for image in images]
        for images in (targets, detections)
    )
    return figures("bbox", truth, found)


if __name__ == "__main__":
    record(GOLDEN, SETS, draw, fingerprint, by_pycocotools)
