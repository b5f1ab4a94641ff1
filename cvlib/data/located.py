"""Pictures of one paper shape or none, with its box and its four points (torch)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cvlib.data.scenes import scene
from cvlib.validate import check_number, check_positive

CLASSES = ("circle", "triangle", "cross")
RADIUS = (0.2, 0.36)  # of an object, as a share of the side


@dataclass(frozen=True, eq=False)
class Located:
    """N pictures and the truth about each.

    Attributes:
        images: (N, 3, H, W) float32 in [0, 1].
        labels: (N,) int64, 0 for no object, else 1 + the index into the classes.
        boxes: (N, 4) xyxy pixels, zeros where there is no object.
        points: (N, 4, 2) as (x, y): top, right, bottom, left; zeros likewise.
    """

    images: Tensor
    labels: Tensor
    boxes: Tensor
    points: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def located(
    n: int,
    *,
    seed: int = 0,
    size: int = 40,
    classes: tuple[str, ...] = CLASSES,
    empty: float = 0.0,
    radius: tuple[float, float] = RADIUS,
    background: str = "paper",
) -> Located:
    """Draw pictures with at most one object.

    Args:
        n: how many.
        seed: the same seed gives the same pictures.
        size: side in pixels, at least 32.
        classes: the shapes to choose from.
        empty: the share of pictures without an object, by chance.
        radius: smallest and largest, as a share of the side.
        background: "paper" (a soft gradient) or "photo", which takes longer to learn.

    Example:
        >>> data = located(3, size=32)
        >>> data.images.shape, data.boxes.shape, data.points.shape
        (torch.Size([3, 3, 32, 32]), torch.Size([3, 4]), torch.Size([3, 4, 2]))
    """
    rng = np.random.default_rng(seed)
    check_number("empty", empty, minimum=0, maximum=1)
    N = check_positive("n", n)
    images = np.zeros((N, 3, size, size), dtype=np.float32)
    labels = torch.zeros(N, dtype=torch.int64)
    boxes, points = torch.zeros(N, 4), torch.zeros(N, 4, 2)
    for k in range(N):
        count = int(rng.random() >= empty)
        shot = scene(
            rng,
            size=size,
            n_objects=count,
            classes=classes,
            radius=radius,
            background=background,
        )
        images[k] = shot.image.transpose(2, 0, 1)
        if count:
            labels[k] = 1 + classes.index(shot.names[0])
            boxes[k] = torch.from_numpy(shot.boxes[0])
            points[k] = torch.from_numpy(shot.keypoints[0])
    return Located(torch.from_numpy(images), labels, boxes, points)
