"""Random detections and what pycocotools says of them.

`python tests/cvlib/metrics/coco_sets.py` writes coco_golden.json anew; it needs
pycocotools, the tests do not.
"""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import torch

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
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def annotations(images):
        for image_id, image in enumerate(images, start=1):
            rows = [dict(zip(image, values, strict=True)) for values in
                    zip(*image.values(), strict=True)]  # fmt: skip
            for row in rows:
                box = row.pop("boxes")
                yield {
                    "image_id": image_id,
                    "category_id": int(row.pop("labels")),
                    "bbox": [*box[:2].tolist(), *(box[2:] - box[:2]).tolist()],
                    **{k.rstrip("s"): float(v) for k, v in row.items()},
                }

    truth = [{"id": n, **a} for n, a in enumerate(annotations(targets), start=1)]
    for a in truth:
        a["iscrowd"] = int(a["iscrowd"])
    found = list(annotations(detections))
    names = sorted({a["category_id"] for a in truth + found})
    api = COCO()
    api.dataset = {
        "info": {},
        "images": [{"id": n} for n in range(1, len(targets) + 1)],
        "categories": [{"id": n} for n in names],
        "annotations": truth,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        api.createIndex()
        evaluation = COCOeval(api, api.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(value) for value in evaluation.stats]


def main() -> None:
    import importlib.metadata

    cases = []
    for args in SETS:
        sets = draw(*args)
        cases.append({"set": args, "fingerprint": fingerprint(*sets),
                      "figures": by_pycocotools(*sets)})  # fmt: skip
    version = importlib.metadata.version("pycocotools")
    record = {"by": f"pycocotools {version}", "cases": cases}
    GOLDEN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
