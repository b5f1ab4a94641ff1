"""Training a network for maps (torch): the loop, and what it shows the network."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from cvlib.augment import (
    Sample,
    random_channel_permutation,
    random_horizontal_flip,
    random_jitter,
    random_resized_crop,
)
from cvlib.losses import cross_entropy
from cvlib.metrics import confusion_matrix
from cvlib.train import Checkpoint, History, State
from cvlib.train.epochs import run_epochs
from cvlib.train.loop import as_input, computing_in
from cvlib.validate import check_number, check_positive, check_shape

IGNORE = 255
"""The class of a pixel that has none."""

Draw = Callable[[Sample, torch.Generator], Sample]


def semantic_map(masks: Tensor, labels: Tensor) -> Tensor:
    """One class for every pixel, from the masks of objects; 0 where there is none.

    Args:
        masks: (M, H, W) bool, no two of which overlap.
        labels: (M,) the class of each.

    Returns:
        (H, W) int64.

    Raises:
        ShapeError: there are not as many labels as masks.

    Example:
        >>> masks = torch.eye(3).bool()[:2, None]  # two objects of one pixel
        >>> semantic_map(masks, torch.tensor([4, 2]))
        tensor([[4, 2, 0]])
    """
    M, *_ = check_shape("masks", masks, "M H W")
    check_shape("labels", labels, "M", M=M, to_match=f"masks {tuple(masks.shape)}")
    return (masks * labels[:, None, None]).sum(0)


def move_labels(
    image: Tensor, labels: Tensor, move: Callable[[Sample], Sample]
) -> tuple[Tensor, Tensor]:
    """Move a picture and its map of classes together.

    The map goes along as one mask a class: masks are looked up at the nearest pixel, so
    that no class between two others comes up. A pixel that shows what was outside the
    picture has no class any more.

    Args:
        image: (C, H, W).
        labels: (H, W) integers.
        move: from one Sample to another, such as `random_elastic`.

    Returns:
        The new picture and its (H, W) classes, 255 where there is none.

    Example:
        >>> from cvlib.augment import elastic
        >>> right = torch.tensor([1.0, 0]).expand(1, 2, 4, 2)  # half the width of 4
        >>> _, moved = move_labels(torch.rand(3, 2, 4), torch.arange(8).reshape(2, 4),
        ...                        lambda sample: elastic(sample, right))
        >>> moved
        tensor([[  2,   3, 255, 255],
                [  6,   7, 255, 255]])
    """
    C, H, W = check_shape("image", image, "C H W")
    check_shape("labels", labels, "H W", H=H, W=W, to_match=f"image {(C, H, W)}")
    classes = labels.unique()
    classes = classes[classes != IGNORE]
    sample = move(Sample(image, masks=labels == classes[:, None, None]))
    found = torch.full(sample.size, IGNORE, dtype=labels.dtype)
    for one, mask in zip(classes, sample.masks, strict=True):
        found[mask] = one
    return sample.image, found


def standard_segmentation(
    image: Tensor, labels: Tensor, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Mirror, cut out most of the picture, change light and colours.

    What is cut out has nearly the proportions of the picture: things stretched by half
    are learned for nothing, since no picture shows them.

    Args:
        image: (3, H, W).
        labels: (H, W) integers.
        generator: source of the draws; None for torch's own.

    Returns:
        A picture and a map of the same size.

    Example:
        >>> image, labels = torch.rand(3, 20, 30), torch.ones(20, 30).long()
        >>> standard_segmentation(image, labels)[1].shape
        torch.Size([20, 30])
    """
    H, W = size = tuple(image.shape[-2:])
    window = {"scale": (0.6, 1.0), "ratio": (0.85 * W / H, W / H / 0.85)}

    def move(sample: Sample) -> Sample:
        sample = random_horizontal_flip(sample, generator)
        return random_resized_crop(sample, generator, size=size, **window)

    image, labels = move_labels(image, labels, move)
    light = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.8}
    image = random_jitter(image, generator, **light)
    return random_channel_permutation(image, generator), labels


def pixel_loss(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """The mean cross-entropy of all pixels that have a class.

    Example:
        >>> logits = torch.zeros(1, 4, 2, 2)
        >>> pixel_loss(nn.Identity(), logits, torch.ones(1, 2, 2).long())
        tensor(1.3863)
    """
    return cross_entropy(model(images).float(), labels, ignore_index=IGNORE)


def fit_segmenter(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int,
    batch_size: int = 8,
    lr: float = 2e-3,
    weight_decay: float = 1e-2,
    schedule: Callable[[float], float] | None = None,
    augment: Callable[..., tuple[Tensor, Tensor]] | None = None,
    loss: Callable[[nn.Module, Tensor, Tensor], Tensor] = pixel_loss,
    seed: int = 0,
    precision: torch.dtype = torch.float32,
    progress: bool = True,
    resume: Checkpoint | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Train by Adam with decoupled weight decay; the model ends in evaluation mode.

    Args:
        model: (N, C, H, W) to scores (N, K, H, W).
        images: (N, C, H, W); uint8 is divided by 255 batch by batch.
        labels: (N, H, W) integers, 255 where a pixel has no class.
        epochs: passes over the data.
        batch_size: pictures a step.
        lr: the learning rate.
        weight_decay: decoupled from the rate's adaptation.
        schedule: the factor on the rate when a fraction t of the training is done.
        augment: changes one picture and its map, drawing from the generator given.
        loss: from the model, a batch of pictures and their maps to a scalar.
        seed: of the order of the pictures and of the augmentation.
        precision: `torch.bfloat16` computes the convolutions in it.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        after_epoch: called with the state, for example to measure.

    Returns:
        The history; each epoch has `train_loss`, `lr` and `seconds`.

    Raises:
        ShapeError: the maps are not of the pictures' size.
        ValueError: a number is out of its range.
        FloatingPointError: the loss is not finite any more.

    Example:
        >>> images = torch.rand(8, 1, 6, 6)
        >>> net = nn.Conv2d(1, 2, 1)
        >>> labels = (images[:, 0] > 0.5).long()
        >>> history = fit_segmenter(net, images, labels, epochs=9, lr=0.1,
        ...                         progress=False)
        >>> history.loss[0] > history.loss[-1]
        True
    """
    N, _, H, W = check_shape("images", images, "N C H W")
    match = f"images {tuple(images.shape)}"
    check_shape("labels", labels, "N H W", N=N, H=H, W=W, to_match=match)
    epochs = check_positive("epochs", epochs)
    batch_size = check_positive("batch_size", batch_size)
    check_number("lr", lr, minimum=0)
    weights = [p for p in model.parameters() if p.requires_grad]
    device = weights[0].device
    optimizer = torch.optim.AdamW(weights, lr=lr, weight_decay=weight_decay)
    steps = math.ceil(N / batch_size)
    state = State(model, optimizer, History(), steps=epochs * steps)
    chance = torch.Generator().manual_seed(seed)

    def examples(batch: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures and maps of a step, each changed on its own."""
        x, y = as_input(images[batch]), labels[batch].long()
        if augment:
            pairs = [augment(*pair, chance) for pair in zip(x, y, strict=True)]
            x, y = (torch.stack(part) for part in zip(*pairs, strict=True))
        x = x.contiguous(memory_format=torch.channels_last)
        return x.to(device), y.to(device)

    def step(batch: Tensor) -> Tensor:
        """Forward, backward, one step downhill."""
        x, y = examples(batch)
        with computing_in(precision, device):
            found = loss(model, x, y)
        optimizer.zero_grad()
        found.backward()
        optimizer.step()
        return found

    return run_epochs(
        state, N, step,
        epochs=epochs, batch_size=batch_size, lr=lr, chance=chance, schedule=schedule,
        progress=progress, resume=resume, after_epoch=after_epoch,
    )  # fmt: skip


@torch.no_grad()
def segment(model: nn.Module, images: Tensor, *, batch_size: int = 16) -> Tensor:
    """The best class of every pixel, in evaluation mode.

    Args:
        model: (N, C, H, W) to scores (N, K, H, W).
        images: (N, C, H, W), N ≥ 1; uint8 is divided by 255.
        batch_size: pictures at a time.

    Returns:
        (N, H, W) int64 on the CPU. The model is left in the mode it was in.

    Example:
        >>> segment(nn.Identity(), torch.eye(2)[None, :, None])
        tensor([[[0, 1]]])
    """
    training = model.training
    model.eval()
    device = next(model.parameters(), torch.empty(0)).device
    found = [
        model(as_input(part).to(device)).argmax(1).cpu()
        for part in images.split(check_positive("batch_size", batch_size))
    ]
    model.train(training)
    return torch.cat(found)


def measure_segmenter(
    model: nn.Module, images: Tensor, labels: Tensor, *, num_classes: int
) -> Tensor:
    """The confusion of all pixels of all pictures, for the measures of `cvlib.metrics`.

    Example:
        >>> measure_segmenter(nn.Identity(), torch.eye(2)[None, :, None],
        ...                   torch.tensor([[[0, 0]]]), num_classes=2)
        tensor([[1, 1],
                [0, 0]])
    """
    given = {"num_classes": num_classes, "ignore_index": IGNORE}
    return confusion_matrix(segment(model, images), labels.cpu(), **given)


def stacked(data: Sequence) -> tuple[Tensor, Tensor]:
    """Pictures with masks as bytes: (N, 3, H, W) and their maps (N, H, W), both uint8.

    Args:
        data: `data[i]` is (image in [0, 1], target with `masks` and `labels`), all of
            one size.

    Example:
        >>> target = {"masks": torch.ones(1, 4, 5).bool(), "labels": torch.tensor([3])}
        >>> images, labels = stacked([(torch.rand(3, 4, 5), target)] * 2)
        >>> images.dtype, labels.shape, labels.unique()
        (torch.uint8, torch.Size([2, 4, 5]), tensor([3], dtype=torch.uint8))
    """
    images, labels = [], []
    for image, target in data:
        images.append((image * 255).round().to(torch.uint8))
        labels.append(semantic_map(target["masks"], target["labels"]).to(torch.uint8))
    return torch.stack(images), torch.stack(labels)
