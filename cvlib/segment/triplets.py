"""What DeepMask and SharpMask learn from: a patch, a mask and a label (torch)."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from cvlib.augment import random_channel_permutation, random_jitter
from cvlib.losses import deepmask_loss
from cvlib.metrics import boundary_f, mask_iou
from cvlib.roi import roi_align
from cvlib.segment.deepmask import MARGIN, OBJECT, PATCH, SIDE, STEP, DeepMask
from cvlib.segment.instance_maps import mask_targets
from cvlib.segment.sharpmask import SharpMask

Example = tuple[Tensor, Mapping[str, Tensor]]
SCALES = 0.5, 4.0  # patches of these sizes are drawn: pixels of a patch per pixel
OFF_CENTRE = STEP  # pixels of a patch from which on an object is not the one meant
OFF_SCALE = 1.0  # octaves


def draw_triplet(
    example: Example, generator: Generator | None = None, *, positive: float = 0.5
) -> tuple[Tensor, dict[str, Tensor]]:
    """A patch of a picture, with or without an object in its middle.

    An object is meant if it is about in the middle and about of the right size: half a
    step between patches and a quarter of an octave off are drawn as positive, since no
    patch of the grid need be nearer. A negative patch may well hold an object, but one
    that is 16 pixels off the middle, or of another size by a factor of 2.

    Args:
        example: image (3, H, W) and target with `boxes`, `masks`, perhaps `difficult`.
        generator: source of the draws; None for torch's own.
        positive: how often an object is put into the middle, if there is any.

    Returns:
        The patch with its margin (3, 144, 144), and `label` of +1 or −1, `mask` (112,
        112) of ±1, which is −1 everywhere for a patch without an object.

    Example:
        >>> target = {"boxes": torch.tensor([[4.0, 4, 20, 20]]),
        ...           "masks": torch.zeros(1, 32, 40, dtype=torch.bool)}
        >>> patch, target = draw_triplet((torch.rand(3, 32, 40), target))
        >>> patch.shape, target["mask"].shape
        (torch.Size([3, 144, 144]), torch.Size([112, 112]))
    """
    image, target = example
    easy = ~target.get("difficult", torch.zeros(len(target["boxes"])).bool())
    objects = easy.nonzero()[:, 0]
    label = bool(len(objects)) and _chance(generator) < positive
    mask = -torch.ones(PATCH, PATCH)
    if label:
        k = objects[int(_chance(generator) * len(objects))]
        box = around(target["boxes"][k], generator)
        own = mask_targets(target["masks"][k][None], box[None], PATCH)[0]
        mask = 2 * (own >= 0.5).float() - 1
    else:
        box = elsewhere(target["boxes"], image.shape[1:], generator)
    patch = cut_patch(image, box)
    if _chance(generator) < 0.5:
        patch, mask = patch.flip(-1), mask.flip(-1)
    patch = random_jitter(
        patch, generator, brightness=0.4, contrast=0.4, saturation=0.8
    )
    patch = random_channel_permutation(patch, generator)
    return patch, {"label": torch.tensor(2.0 * label - 1), "mask": mask}


def _chance(generator: Generator | None, low: float = 0.0, high: float = 1.0) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator))


def around(box: Tensor, generator: Generator | None = None) -> Tensor:
    """(4,) the patch whose middle an object is in, somewhat off.

    Example:
        >>> patch = around(torch.tensor([10.0, 10, 42, 20]))
        >>> bool(patch[2] - patch[0] > 46)  # twice the object is 56, give or take
        True
    """
    patch = centred(box)
    side = (patch[2] - patch[0]) * 2 ** _chance(generator, -0.25, 0.25)
    shift = [_chance(generator, -STEP / 2, STEP / 2) / PATCH for _ in range(2)]
    middle = (patch[:2] + patch[2:]) / 2 + side * torch.tensor(shift)
    return torch.cat([middle - side / 2, middle + side / 2])


def centred(box: Tensor) -> Tensor:
    """(4,) the patch in whose middle an object lies, 64 of its pixels long.

    Example:
        >>> centred(torch.tensor([10.0, 10, 42, 20]))
        tensor([ -2., -13.,  54.,  43.])
    """
    middle = (box[:2] + box[2:]) / 2
    half = PATCH / OBJECT * (box[2:] - box[:2]).max() / 2
    return torch.cat([middle - half, middle + half])


def elsewhere(
    boxes: Tensor, size: tuple[int, int], generator: Generator | None = None
) -> Tensor:
    """(4,) a patch in whose middle no object of the right size is.

    Example:
        >>> elsewhere(torch.zeros(0, 4), (32, 40)).shape
        torch.Size([4])
    """
    low, high = map(math.log2, SCALES)
    longest = (boxes[:, 2:] - boxes[:, :2]).amax(1)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    for _ in range(50):
        scale = 2 ** _chance(generator, low, high)
        middle = torch.tensor(
            [_chance(generator, 0, side) for side in (size[1], size[0])]
        )
        off = (middles - middle).abs().amax(1) * scale >= OFF_CENTRE
        off |= (longest * scale / OBJECT).log2().abs() >= OFF_SCALE
        if off.all():
            break
    return torch.cat([middle - PATCH / scale / 2, middle + PATCH / scale / 2])


def cut_patch(image: Tensor, box: Tensor) -> Tensor:
    """(3, 144, 144): a patch and its margin, whatever its size; black outside.

    Example:
        >>> cut_patch(torch.rand(3, 32, 40), torch.tensor([0.0, 0, 28, 28])).shape
        torch.Size([3, 144, 144])
    """
    more = MARGIN / PATCH * (box[2] - box[0])
    wider = box + more * box.new_tensor([-1, -1, 1, 1])
    return roi_align(image[None], [wider[None]], PATCH + 2 * MARGIN, 1.0, 1, True)[0]


class DeepMaskTraining(nn.Module):
    """The first stage, for `fit_detector`: masks and scores together.

    Example:
        >>> target = {"label": torch.tensor(1.0), "mask": torch.ones(112, 112)}
        >>> losses = DeepMaskTraining(DeepMask())([torch.rand(3, 144, 144)] * 2,
        ...                                       [target] * 2)
        >>> sorted(losses)
        ['mask', 'score']
    """

    def __init__(self, model: DeepMask, *, weight: float = 1 / 32) -> None:
        super().__init__()
        self.model, self.weight = model, weight

    def forward(
        self, images: Sequence[Tensor], targets: Sequence[Mapping[str, Tensor]]
    ) -> dict[str, Tensor]:
        """Patches (3, 144, 144) and their triplets to the two losses."""
        answers = self.model(torch.stack(list(images)))
        labels = torch.stack([target["label"] for target in targets])
        masks = torch.stack([target["mask"] for target in targets])
        # a cell of a mask is on the object if most of its pixels are
        coarse = functional.avg_pool2d(masks[:, None], PATCH // SIDE)[:, 0]
        coarse = 2 * (coarse >= 0).float() - 1
        mask, score = deepmask_loss(
            answers.masks[:, 0, 0],
            answers.scores[:, 0, 0],
            coarse,
            labels,
            weight=self.weight,
        )
        return {"mask": mask, "score": score}


class SharpMaskTraining(nn.Module):
    """The second stage: only the way back, only patches with an object.

    Example:
        >>> target = {"label": torch.tensor(1.0), "mask": torch.ones(112, 112)}
        >>> losses = SharpMaskTraining(SharpMask(DeepMask()))(
        ...     [torch.rand(3, 144, 144)], [target])
        >>> sorted(losses)
        ['mask']
    """

    def __init__(self, model: SharpMask) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, images: Sequence[Tensor], targets: Sequence[Mapping[str, Tensor]]
    ) -> dict[str, Tensor]:
        """Patches (3, 144, 144) and their triplets to the loss."""
        logits = self.model(torch.stack(list(images)))
        masks = torch.stack([target["mask"] for target in targets])
        labels = torch.stack([target["label"] for target in targets])
        nothing = torch.zeros(len(labels), dtype=logits.dtype)
        mask, _ = deepmask_loss(logits, nothing, masks, labels, weight=0.0)
        return {"mask": mask}


@torch.no_grad()
def measure_cutouts(
    model: SharpMask, data: Sequence[Example], *, batch_size: int = 32
) -> dict[str, tuple[float, float]]:
    """Mean IoU and boundary F of both, with each object in the middle of a patch.

    Args:
        model: with its DeepMask inside, in evaluation mode.
        data: pictures and targets with `boxes`, `masks`, `difficult`.
        batch_size: patches at a time.

    Returns:
        For "deepmask" and "sharpmask" the mean overlap of masks of 112 × 112 and the
        mean boundary F with a tolerance of 2 pixels of the patch.

    Example:
        >>> from cvlib.data.benchmark import scenes_benchmark
        >>> from cvlib.segment import DeepMask
        >>> model = SharpMask(DeepMask()).eval()
        >>> sorted(measure_cutouts(model, scenes_benchmark("test", n=1, masks=True)))
        ['deepmask', 'sharpmask']
    """
    patches, masks = [], []
    for image, target in data:
        for k in (~target["difficult"]).nonzero()[:, 0]:
            box = centred(target["boxes"][k])
            patches.append(cut_patch(image, box))
            own = mask_targets(target["masks"][k][None], box[None], PATCH)
            masks.append(own[0] >= 0.5)
    figures: dict[str, list[Tensor]] = {"deepmask": [], "sharpmask": []}
    for part, true in zip(
        torch.stack(patches).split(batch_size),
        torch.stack(masks).split(batch_size),
        strict=True,
    ):
        coarse = model.deepmask(part).masks[:, :, 0]  # (n, 1, 28, 28)
        larger = functional.interpolate(coarse, size=(PATCH, PATCH), mode="bilinear")
        for name, logits in (("deepmask", larger[:, 0]), ("sharpmask", model(part))):
            found = logits >= 0
            overlap = mask_iou(found, true).diagonal()
            figures[name].append(torch.stack([overlap, boundary_f(found, true)]))
    means = {name: torch.cat(rows, dim=1).mean(1) for name, rows in figures.items()}
    return {name: (float(m[0]), float(m[1])) for name, m in means.items()}
