"""The same instances, seen differently: all that is known of them moves (torch)."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from cvlib.augment import (
    Sample,
    horizontal_flip,
    random_channel_permutation,
    random_jitter,
    random_resized_crop,
)
from cvlib.boxes import box_area

Pairs = Mapping[int, Sequence[tuple[int, int]]]
LEAST_LEFT = 0.4
"""Objects of whose box less is left after a crop are forgotten."""


def flip_instances(
    image: Tensor, target: Mapping[str, Tensor], pairs: Pairs | None = None
) -> tuple[Tensor, dict[str, Tensor]]:
    """The mirrored picture with all that is known of it.

    A mirrored left wing is a right wing: where a class has such pairs, their rows are
    exchanged.

    Args:
        image: (3, H, W).
        target: `boxes`, `labels`, and where there are any `masks` and `keypoints`; what
            else it holds stays.
        pairs: for a label, the (left, right) rows of its landmarks.

    Example:
        >>> target = {"boxes": torch.tensor([[0.0, 0, 3, 4]]),
        ...           "labels": torch.tensor([2]),
        ...           "keypoints": torch.tensor([[[1.0, 1, 1], [2.0, 1, 1]]])}
        >>> _, flipped = flip_instances(torch.zeros(3, 4, 10), target, {2: [(0, 1)]})
        >>> flipped["boxes"].tolist(), flipped["keypoints"][0, :, 0].tolist()
        ([[7.0, 0.0, 10.0, 4.0]], [8.0, 9.0])
    """
    keypoints = target.get("keypoints")
    points = None if keypoints is None else keypoints[..., :2]
    moved = horizontal_flip(Sample(image, target["boxes"], target.get("masks"), points))
    changed = dict(target) | {"boxes": moved.boxes}
    if moved.masks is not None:
        changed["masks"] = moved.masks
    if keypoints is not None:
        rows = torch.cat([moved.points, keypoints[..., 2:]], -1)
        for label, exchanged in (pairs or {}).items():
            own = (target["labels"] == label).nonzero()[:, 0]
            for left, right in exchanged:
                rows[own[:, None], [left, right]] = rows[own[:, None], [right, left]]
        changed["keypoints"] = rows
    return moved.image, changed


def standard_instances(
    example: tuple[Tensor, dict[str, Tensor]],
    generator: torch.Generator | None = None,
    *,
    pairs: Pairs | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """`standard_detection` for targets with masks and landmarks.

    Args:
        example: image (3, H, W) and its target with `boxes`, `labels`, `masks` and
            where there are any `keypoints`.
        generator: source of the draws; None for torch's own.
        pairs: see `flip_instances`.

    Returns:
        An example of the same size. A landmark outside the picture is not visible.

    Example:
        >>> target = {"boxes": torch.tensor([[4.0, 4, 20, 20]]),
        ...           "labels": torch.tensor([1]),
        ...           "masks": torch.ones(1, 32, 40, dtype=torch.bool),
        ...           "keypoints": torch.tensor([[[8.0, 8, 1]]])}
        >>> image, target = standard_instances((torch.rand(3, 32, 40), target))
        >>> image.shape, sorted(target)
        (torch.Size([3, 32, 40]), ['boxes', 'keypoints', 'labels', 'masks'])
    """
    image, target = example
    if torch.rand((), generator=generator) < 0.5:
        image, target = flip_instances(image, target, pairs)
    M, (H, W) = len(target["boxes"]), image.shape[1:]
    corners = target["boxes"].unflatten(1, (2, 2))  # points, which no edge cuts off
    keypoints = target.get("keypoints", torch.zeros(M, 0, 3))
    points = torch.cat([corners, keypoints[..., :2]], dim=1)
    sample = Sample(image, target["boxes"], target["masks"], points)
    sample = random_resized_crop(sample, generator, size=(H, W), scale=(0.6, 1.0))
    whole = (sample.points[:, 1] - sample.points[:, 0]).abs().prod(1)
    left = box_area(sample.boxes) >= LEAST_LEFT * whole
    points = sample.points[:, 2:]
    inside = ((points >= 0) & (points < points.new_tensor([W, H]))).all(-1)
    seen = keypoints[..., 2] * inside
    moved = {"boxes": sample.boxes, "masks": sample.masks}
    if "keypoints" in target:
        moved["keypoints"] = torch.cat([points, seen[..., None]], dim=-1)
    changed = {key: moved.get(key, value)[left] for key, value in target.items()}
    image = random_jitter(
        sample.image, generator, brightness=0.4, contrast=0.4, saturation=0.8
    )
    return random_channel_permutation(image, generator), changed
