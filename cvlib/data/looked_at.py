"""Windows cut out of scenes, with the class of what they frame (torch)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from cvlib.augment import resized_crop
from cvlib.data.scenes import Scene
from cvlib.validate import check_positive

MARGIN = 1.15  # sides of a window in sides of the object it frames


def framed_windows(
    scenes: Sequence[Scene],
    *,
    window: int = 32,
    jitter: int = 3,
    background: int = 20,
    classes: Sequence[str] = ("circle", "triangle", "cross"),
    seed: int = 0,
) -> tuple[Tensor, Tensor]:
    """Windows that frame an object, and others that frame none well.

    Args:
        scenes: to cut from.
        window: side of the windows that come out.
        jitter: windows an object, each moved and scaled a little.
        background: windows a scene that overlap every object by less than a third,
            half of them near an object.
        classes: label 1 is the first of them; objects of other classes are background.
        seed: of the cuts.

    Returns:
        windows (N, 3, window, window) and labels (N,), 0 for background.

    Example:
        >>> from cvlib.data.scenes import scene
        >>> x, y = framed_windows([scene(0, n_objects=2)], jitter=2, background=5)
        >>> x.shape[1:], bool((y == 0).sum() >= 5)
        (torch.Size([3, 32, 32]), True)
    """
    rng = np.random.default_rng(seed)
    size = check_positive("window", window)
    found, labels = [], []
    for shot in scenes:
        image = torch.from_numpy(np.ascontiguousarray(shot.image.transpose(2, 0, 1)))
        squares = [
            (_square(box), name)
            for box, name in zip(shot.boxes, shot.names, strict=True)
        ]
        for (x, y, side), name in squares:
            for _ in range(jitter):
                dx, dy = rng.uniform(-0.07, 0.07, 2) * side
                grown = side * rng.uniform(0.9, 1.12)
                found.append(_cut(image, x + dx, y + dy, grown, size))
                labels.append(classes.index(name) + 1 if name in classes else 0)
        H, W = image.shape[1:]
        wanted, tries = background, 0
        while wanted and tries < 100 * background:
            tries += 1
            side = rng.uniform(0.2, 0.55) * min(H, W)
            x, y = (rng.uniform(side / 2, n - side / 2) for n in (W, H))
            if squares and wanted % 2:  # near an object: parts are the hard ones
                cx, cy, s = squares[rng.integers(len(squares))][0]
                x, y = cx + rng.uniform(-s, s), cy + rng.uniform(-s, s)
            if all(_overlap((x, y, side), square) < 1 / 3 for square, _ in squares):
                found.append(_cut(image, x, y, side, size))
                labels.append(0)
                wanted -= 1
    return torch.stack(found), torch.tensor(labels)


def _square(box) -> tuple[float, float, float]:
    x1, y1, x2, y2 = (float(v) for v in box)
    return (x1 + x2) / 2, (y1 + y2) / 2, MARGIN * max(x2 - x1, y2 - y1)


def _overlap(a, b) -> float:
    shared = 1.0
    for k in (0, 1):
        low = max(a[k] - a[2] / 2, b[k] - b[2] / 2)
        high = min(a[k] + a[2] / 2, b[k] + b[2] / 2)
        shared *= max(0.0, high - low)
    return shared / (a[2] ** 2 + b[2] ** 2 - shared)


def _cut(image: Tensor, x: float, y: float, side: float, size: int) -> Tensor:
    whole = max(2, round(side))
    top, left = round(y - side / 2), round(x - side / 2)
    return resized_crop(image, top, left, whole, whole, (size, size))
