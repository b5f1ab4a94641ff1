"""DeepMask over a whole picture, at several sizes; SharpMask on the best (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from cvlib.boxes import nms
from cvlib.segment.deepmask import (
    MARGIN,
    PATCH,
    STEP,
    Answers,
    DeepMask,
    patch_boxes,
)
from cvlib.segment.instance_maps import paste_masks_in_image
from cvlib.segment.sharpmask import SharpMask
from cvlib.validate import check_positive, check_shape

SCALES = tuple(2 ** (n / 2) for n in range(-2, 4))  # 0.5 to 2.8
OUTSIDE = 48  # pixels by which the first patch hangs over the picture


def padded(image: Tensor, scale: float) -> Tensor:
    """(1, 3, H, W): the picture enlarged, and black round it so that patches fit.

    The first patch begins 48 pixels outside, so its middle is 8 pixels inside: an
    object at the very edge is in the middle of some patch too.

    Example:
        >>> padded(torch.rand(3, 160, 208), 0.5).shape
        torch.Size([1, 3, 208, 240])
    """
    _, H, W = check_shape("image", image, "3 H W")
    size = max(1, round(H * scale)), max(1, round(W * scale))
    smaller = functional.interpolate(
        image[None], size=size, mode="bilinear", antialias=True
    )
    before = OUTSIDE + MARGIN
    least = PATCH + 2 * MARGIN
    after = [max(least, -(-(n + 2 * before) // STEP) * STEP) - n - before for n in size]
    return functional.pad(smaller, (before, after[1], before, after[0]))


@torch.no_grad()
def propose_masks(
    model: DeepMask | SharpMask,
    image: Tensor,
    *,
    scales: Sequence[float] = SCALES,
    top: int = 100,
    iou_threshold: float = 0.7,
) -> dict[str, Tensor]:
    """The masks of a picture, whatever they show, the surest first.

    DeepMask runs once for each size of the picture. SharpMask adds its way back only
    for the best patches, all of them in one batch: what costs most is done last and
    least.

    Args:
        model: in evaluation mode.
        image: (3, H, W) RGB in [0, 1].
        scales: sizes of the picture; an object of 64 pixels is found at 1, one of 32 at
            2.
        top: how many masks are returned at most.
        iou_threshold: above it two masks, as boxes, are the same; the surer stays.

    Returns:
        `masks` (D, H, W) bool, `scores` (D,) in [0, 1], `patches` (D, 4) xyxy: where
        each was seen. No classes: nobody asked what it is.

    Raises:
        ShapeError: the image is not (3, H, W).

    Example:
        >>> found = propose_masks(DeepMask().eval(), torch.rand(3, 80, 96), top=5)
        >>> found["masks"].shape[1:]
        torch.Size([80, 96])
    """
    top = check_positive("top", top)
    deepmask = model.deepmask if isinstance(model, SharpMask) else model
    answers = [deepmask(padded(image, scale)) for scale in scales]
    scores = [one.scores.flatten() for one in answers]
    kept = torch.cat(scores).topk(min(4 * top, sum(map(len, scores)))).values.min()
    masks, boxes, chances = [], [], []
    for one, own, scale in zip(answers, scores, scales, strict=True):
        best = (own >= kept).nonzero()[:, 0]
        masks.append(drawn(model, one, best))
        P, Q = one.scores.shape[1:]
        boxes.append((patch_boxes(P, Q)[best] - OUTSIDE) / scale)
        chances.append(own[best].sigmoid())
    boxes, chances = torch.cat(boxes), torch.cat(chances)
    pasted = torch.cat(
        [
            paste_masks_in_image(own.sigmoid(), where, tuple(image.shape[1:]))
            for own, where in zip(masks, boxes.split([len(m) for m in masks]),
                                  strict=True)
        ]
    )  # fmt: skip
    seen = pasted.flatten(1).any(1).nonzero()[:, 0]
    keep = seen[nms(tight(pasted[seen]), chances[seen], iou_threshold)[:top]]
    return {"masks": pasted[keep], "scores": chances[keep], "patches": boxes[keep]}


def drawn(model: DeepMask | SharpMask, answers: Answers, best: Tensor) -> Tensor:
    """(R, m, m) logits of the masks of chosen patches, as fine as the model can."""
    Q = answers.scores.shape[2]
    row, column = best // Q, best % Q
    if isinstance(model, SharpMask):
        return model.refine(answers, torch.stack([0 * row, row, column], dim=1))
    return answers.masks[0, row, column]


def tight(masks: Tensor) -> Tensor:
    """(N, 4): the smallest box round each mask, none of them empty.

    Example:
        >>> mask = torch.zeros(1, 4, 6, dtype=torch.bool)
        >>> mask[0, 1:3, 2:6] = True
        >>> tight(mask).tolist()
        [[2.0, 1.0, 6.0, 3.0]]
    """
    columns, rows = masks.any(1).int(), masks.any(2).int()
    W, H = columns.shape[1], rows.shape[1]
    first = [columns.argmax(1), rows.argmax(1)]
    last = [W - columns.flip(1).argmax(1), H - rows.flip(1).argmax(1)]
    return torch.stack(first + last, dim=1).float()
