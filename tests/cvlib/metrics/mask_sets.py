"""Random masks and what pycocotools says of them.

`python -m tests.cvlib.metrics.mask_sets` writes mask_golden.json anew; it needs
pycocotools, the tests do not.
"""

from pathlib import Path

import numpy as np

from tests.cvlib.metrics.pycoco import figures, record

GOLDEN = Path(__file__).with_name("mask_golden.json")
SIZE = (260, 280)
SETS = [
    # seed, images, classes, objects at most, detections of clutter at most
    *((seed, 1 + seed % 7, 1 + seed % 4, 1 + seed % 9, 5) for seed in range(12)),
    (100, 2, 1, 6, 130),  # more than 100 detections of a class in an image
    (101, 20, 5, 6, 4),
    (102, 4, 3, 0, 6),  # nothing to be found
]


def ellipse(middle, radii):
    """(H, W) bool; a square where the radii are whole numbers, so that sizes tie."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    u, v = (y - middle[0]) / radii[0], (x - middle[1]) / radii[1]
    if float(radii[0]).is_integer():
        return (abs(u) <= 1) & (abs(v) <= 1)
    return u**2 + v**2 <= 1


def draw(seed, images, classes, objects, clutter):
    """Crowds, ties, all sizes, empty images, empty masks."""
    rng = np.random.default_rng(seed)

    def some():
        radii = np.exp(rng.uniform(0.7, 4.7, 2))
        radii = np.round(radii) if rng.random() < 0.5 else radii
        return np.round(rng.uniform(0, SIZE)), radii

    detections, targets = [], []
    for _ in range(images):
        places = [some() for _ in range(int(rng.integers(0, objects + 1)))]
        labels = rng.integers(1, classes + 1, len(places))
        crowd = rng.random(len(places)) < 0.12
        targets.append({"masks": stack(places), "labels": labels, "iscrowd": crowd})
        found, names = [], []
        for (middle, radii), label in zip(places, labels, strict=True):
            for _ in range(int(rng.integers(0, 4))):
                moved = middle + rng.choice([0, 0.1, 0.3]) * radii * rng.normal(0, 1, 2)
                found.append((np.round(moved), radii))
                other = rng.integers(1, classes + 2)
                names.append(label if rng.random() < 0.85 else other)
        for _ in range(int(rng.integers(clutter // 2, clutter))):
            found.append(some())
            names.append(rng.integers(1, classes + 3))
        if rng.random() < 0.3:
            found.append((np.array([-99.0, -99]), np.array([1.5, 1.5])))  # empty
            names.append(1)
        scores = np.round(rng.random(len(found)), 1 if rng.random() < 0.5 else 6)
        detections.append(
            {
                "masks": stack(found),
                "labels": np.array(names, dtype=int),
                "scores": scores,
            }
        )
    return detections, targets


def stack(places):
    masks = [ellipse(*place) for place in places]
    return np.array(masks, dtype=bool).reshape(-1, *SIZE)


def fingerprint(detections, targets) -> float:
    """Tells whether the generator still draws what was recorded."""
    sums = [v.astype(float).sum(axis=tuple(range(1, v.ndim)))
            for d in detections + targets for v in d.values()]  # fmt: skip
    values = np.concatenate([s for s in sums if len(s)])
    return round(float((values * np.cos(np.arange(len(values)))).sum()), 6)


def by_pycocotools(detections, targets) -> list[float]:
    from pycocotools import mask as rle

    def annotations(image):
        for k, mask in enumerate(image["masks"]):
            kind = {"iscrowd": int(image["iscrowd"][k])} if "iscrowd" in image else {
                "score": float(image["scores"][k])
            }  # fmt: skip
            yield {
                "category_id": int(image["labels"][k]),
                "segmentation": rle.encode(np.asfortranarray(mask, dtype=np.uint8)),
                "area": int(mask.sum()),
                **kind,
            }

    truth, found = (
        [list(annotations(image)) for image in images]
        for images in (targets, detections)
    )
    return figures("segm", truth, found, height=SIZE[0], width=SIZE[1])


if __name__ == "__main__":
    record(GOLDEN, SETS, draw, fingerprint, by_pycocotools)
