"""How far segmentation is from a peer: `python tests/benchmarks/segmentation.py`.

The peer is torch's own function where there is one (`interpolate`, `max_unpool2d`,
`conv_transpose2d`), else the plainest torch that does the same. How to read the table
is said in `_turns.py`.
"""

from collections.abc import Callable

import numpy as np
import torch
from _turns import Pair, run_cases
from torch import Tensor
from torch.nn import functional

from cvlib import conv, pool, resample
from cvlib.augment import elastic_displacement
from cvlib.metrics import (
    boundary_f,
    coco_mask_metrics,
    coco_match_by_definition,
    confusion_matrix,
    mask_boundary,
    mask_iou,
)
from cvlib.segment import paste_masks_in_image


def both(shape: tuple[int, ...]) -> tuple[np.ndarray, Tensor]:
    """The same random numbers for NumPy and for torch."""
    x = np.random.default_rng(0).standard_normal(shape, np.float32)
    return x, torch.from_numpy(x)


def bilinear_case() -> Pair:
    x, tx = both((8, 32, 40, 52))
    return (
        lambda: resample.bilinear(x, (160, 208)),
        lambda: functional.interpolate(tx, size=(160, 208), mode="bilinear"),
    )


def unpool_case() -> Pair:
    x, tx = both((8, 32, 160, 208))
    y, switches = pool.max_pool2d(x, 2, return_indices=True)
    ty, theirs = functional.max_pool2d(tx, 2, return_indices=True)
    return (
        lambda: pool.max_unpool2d(y, switches, 2),
        lambda: functional.max_unpool2d(ty, theirs, 2),
    )


def transposed_case() -> Pair:
    (x, tx), (w, tw) = both((4, 32, 40, 52)), both((32, 16, 4, 4))
    options = {"stride": 2, "padding": 1}
    return (
        lambda: conv.conv_transpose2d(x, w, **options),
        lambda: functional.conv_transpose2d(tx, tw, **options),
    )


def maps_of_classes() -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randint(7, (50, 160, 208)), torch.randint(7, (50, 160, 208))


def confusion_case() -> Pair:
    """The peer compares both maps with every pair of classes."""
    found, true = maps_of_classes()

    def plain() -> Tensor:
        pairs = [((true == i) & (found == j)).sum() for i in range(7) for j in range(7)]
        return torch.stack(pairs).reshape(7, 7)

    return lambda: confusion_matrix(found, true, num_classes=7), plain


def discs(n: int) -> Tensor:
    """(n, 160, 208) masks of discs."""
    torch.manual_seed(0)
    y, x = torch.meshgrid(torch.arange(160), torch.arange(208), indexing="ij")
    middle, radius = torch.rand(n, 2) * torch.tensor([208, 160]), 5 + 30 * torch.rand(n)
    far = (x - middle[:, :1, None]) ** 2 + (y - middle[:, 1:, None]) ** 2
    return far < radius[:, None, None] ** 2


def plain_mask_iou(one: Tensor, two: Tensor) -> Tensor:
    """One row of overlaps after the other."""
    return torch.stack([(m & two).sum((1, 2)) / (m | two).sum((1, 2)) for m in one])


def overlap_case() -> Pair:
    one, two = discs(100), discs(60).flip(0)
    return lambda: mask_iou(one, two), lambda: plain_mask_iou(one, two)


def outline_case() -> Pair:
    """The peer measures the distance of every pair of pixels of two outlines."""
    found, true = discs(20), discs(20).roll(2, 2)

    def plain() -> list[float]:
        values = []
        for a, b in zip(mask_boundary(found), mask_boundary(true), strict=True):
            near = torch.cdist(a.nonzero().float(), b.nonzero().float()) <= 2
            p, r = near.any(1).float().mean(), near.any(0).float().mean()
            values.append(float(2 * p * r / (p + r)))
        return values

    return lambda: boundary_f(found, true), plain


def evaluation_case(images: int = 100, each: int = 10) -> Pair:
    """COCO's figures; the peer matches by the definition, one size, and no more."""
    detections, targets = [], []
    for seed in range(images):
        masks = discs(5).roll(seed, 2)
        labels = torch.arange(5) % 3 + 1
        pick = torch.arange(each) % 5
        found = masks[pick].roll(seed % 4, 1)
        scores = torch.linspace(1, 0, each)
        detections.append({"masks": found, "labels": labels[pick], "scores": scores})
        targets.append({"masks": masks, "labels": labels})

    def by_definition() -> None:
        for found, truth in zip(detections, targets, strict=True):
            overlap = plain_mask_iou(found["masks"], truth["masks"])
            overlap[found["labels"][:, None] != truth["labels"]] = 0.0
            nobody = torch.zeros(5, dtype=torch.bool)
            for k in range(10):
                coco_match_by_definition(overlap, nobody, nobody, 0.5 + 0.05 * k)

    return lambda: coco_mask_metrics(detections, targets), by_definition


def paste_case() -> Pair:
    """The peer enlarges each mask to its box, whole pixels only, and writes it."""
    torch.manual_seed(0)
    corner = torch.rand(100, 2) * 80
    boxes = torch.cat([corner, corner + 20 + 50 * torch.rand(100, 2)], 1).round()
    grids = torch.rand(100, 28, 28)

    def plain() -> Tensor:
        out = torch.zeros(100, 160, 208, dtype=torch.bool)
        for n, (x1, y1, x2, y2) in enumerate(boxes.int().tolist()):
            large = functional.interpolate(
                grids[n][None, None], size=(y2 - y1, x2 - x1), mode="bilinear"
            )
            out[n, y1:y2, x1:x2] = large[0, 0] >= 0.5
        return out

    return lambda: paste_masks_in_image(grids, boxes, (160, 208)), plain


def elastic_case() -> Pair:
    """The peer blurs the noise by a kernel of the same reach in torch, both axes."""
    chance = torch.Generator().manual_seed(0)
    reach = 32  # four sigma on each side
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / 8.0) ** 2)
    taps = (taps / taps.sum()).reshape(1, 1, 1, -1)

    def plain() -> Tensor:
        noise = 2 * torch.rand(2, 1, 256, 256) - 1
        rows = functional.conv2d(noise, taps, padding=(0, reach))
        return 300 * functional.conv2d(rows, taps.transpose(2, 3), padding=(reach, 0))

    return (
        lambda: elastic_displacement(256, alpha=300.0, sigma=8.0, generator=chance),
        plain,
    )


CASES: dict[str, tuple[Callable[[], Pair], str]] = {  # what it is, and the target
    "bilinear 8×32, 40×52 → 160×208": (bilinear_case, "-"),
    "max_unpool2d 8×32×80×104": (unpool_case, "-"),
    "conv_transpose2d 4×32×40×52, 16 4×4": (transposed_case, "-"),
    "confusion of 50 maps": (confusion_case, "ratio ≤ 1"),
    "mask_iou 100 × 60": (overlap_case, "ratio ≤ 1"),
    "boundary_f of 20 masks": (outline_case, "-"),
    "COCO masks, 100 images × 10": (evaluation_case, "-"),
    "paste 100 masks": (paste_case, "-"),
    "elastic field 256 × 256": (elastic_case, "-"),
}

if __name__ == "__main__":
    run_cases(__doc__, CASES)
