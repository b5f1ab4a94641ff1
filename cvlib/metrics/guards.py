"""What every measure of detectors asks of detections and of ground truth (torch).

Both are lists with one dictionary an image, as torchvision's detectors take and give
them. Values are looked at once for all images: a check an image would take longer than
the measure. Only when something is wrong do we look for the image to name.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.boxes import check_boxes
from cvlib.validate import check_no_nan, check_shape

Image = dict[str, Tensor]


class Flat(NamedTuple):
    """The boxes of all images in one table."""

    boxes: Tensor  # (N, 4) double precision
    labels: Tensor  # (N,) int64
    image: Tensor  # (N,) the index of the image
    scores: Tensor | None = None  # (N,) double precision
    flags: Tensor | None = None  # (N,) bool: difficult, or a crowd
    area: Tensor | None = None  # (N,) what counts as the size of an object


def check_pairs(detections: Sequence[Image], targets: Sequence[Image]) -> None:
    """Refuse lists that cannot belong to the same images.

    Raises:
        TypeError: one of them is a dictionary, not a list of them.
        ValueError: they are not equally long.

    Example:
        >>> check_pairs([{}, {}], [{}])
        Traceback (most recent call last):
        ValueError: detections and targets must have one entry an image, got 2 and 1
    """
    for name, given in {"detections": detections, "targets": targets}.items():
        if isinstance(given, dict):
            raise TypeError(
                f"{name} must be a list with one dictionary an image, got a "
                f"dictionary; did you mean [{name}]?"
            )
    if len(detections) != len(targets):
        raise ValueError(
            "detections and targets must have one entry an image, "
            f"got {len(detections)} and {len(targets)}"
        )


def flatten(name: str, images: Sequence[Image], *extra: str) -> Flat:
    """Check what all images say, and put it into one table.

    Args:
        name: what the caller calls the list.
        images: dictionaries with `boxes` (N, 4), `labels` (N,), and what `extra` names.
        *extra: `"scores"` is required where it is named; a flag or `"area"` that an
            image does not have is False, or the area of the box.

    Raises:
        KeyError, TypeError, ValueError: what is missing or wrong, and in which image.

    Example:
        >>> image = {"boxes": torch.zeros(2, 4), "labels": torch.tensor([1, 2])}
        >>> flatten("targets", [image, image], "iscrowd").image
        tensor([0, 0, 1, 1])
    """
    counts = [_check_image(f"{name}[{i}]", d, extra) for i, d in enumerate(images)]
    boxes = _joined([d["boxes"] for d in images], torch.float64, (0, 4))
    _check_values(name, images, boxes)
    found = {"labels": _joined([d["labels"] for d in images], torch.int64, (0,))}
    side = boxes[:, 2:] - boxes[:, :2]
    for key in extra:
        if key == "scores":
            found[key] = _joined([d[key] for d in images], torch.float64, (0,))
            _check_scores(name, images, found[key])
        elif key == "area":
            own = list(side.prod(dim=1).split(counts))
            given = [d.get(key, a) for d, a in zip(images, own, strict=True)]
            found[key] = _joined(given, torch.float64, (0,))
        else:
            none = [torch.zeros(n, dtype=torch.bool) for n in counts]
            given = [d.get(key, f) for d, f in zip(images, none, strict=True)]
            found["flags"] = _joined(given, torch.bool, (0,))
    image = torch.repeat_interleave(
        torch.arange(len(counts)), torch.tensor(counts).long()
    )
    return Flat(boxes, image=image, **found)


def _check_image(name: str, image: Image, extra: tuple[str, ...]) -> int:
    """How many boxes an image has, if all that belongs to them is as long."""
    for key in ("boxes", "labels", *(k for k in extra if k == "scores")):
        if key not in image:
            raise KeyError(f"{name} must have {key!r}, got {sorted(image)}")
    N, _ = check_shape(f"{name}['boxes']", image["boxes"], "N 4")
    for key in ("labels", *extra):
        if key in image:
            match = f"boxes {N, 4}"
            check_shape(f"{name}[{key!r}]", image[key], "N", N=N, to_match=match)
    if "int" not in str(image["labels"].dtype):
        raise TypeError(
            f"{name}['labels'] must be integers, got {image['labels'].dtype}; "
            "did you mean labels.long()?"
        )
    return N


def _check_values(name: str, images: Sequence[Image], boxes: Tensor) -> None:
    try:
        check_boxes(name, boxes)
    except (TypeError, ValueError):
        for i, image in enumerate(images):
            check_boxes(f"{name}[{i}]['boxes']", image["boxes"])
        raise


def _check_scores(name: str, images: Sequence[Image], scores: Tensor) -> None:
    if bool(scores.isnan().any()):
        for i, image in enumerate(images):
            check_no_nan(f"{name}[{i}]['scores']", image["scores"])


def _joined(parts: list[Tensor], dtype: torch.dtype, empty: tuple[int, ...]) -> Tensor:
    if not parts:
        return torch.zeros(empty, dtype=dtype)
    return torch.cat([part.detach().cpu() for part in parts]).to(dtype)
