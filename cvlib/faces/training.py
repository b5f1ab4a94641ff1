"""Train an embedding: batches of people, triplets from each batch (torch)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from cvlib.augment import random_horizontal_flip, random_resized_crop
from cvlib.faces.mining import mine, triplet_kinds
from cvlib.losses import squared_distances, triplet_loss
from cvlib.train import Checkpoint, History, State, predict
from cvlib.train.epochs import run_epochs
from cvlib.train.loop import as_input, computing_in
from cvlib.train.schedules import one_cycle
from cvlib.validate import check_int, check_number, check_positive, check_shape


@dataclass
class Watch:
    """What an embedding's training is watched by; one number a step.

    `spread` is the mean squared distance within a batch: near 0 all faces have become
    one point. `active` is the share of mined triplets whose loss is not 0.
    """

    spread: list[float] = field(default_factory=list)
    active: list[float] = field(default_factory=list)
    triplets: list[int] = field(default_factory=list)


def batch_of_people(
    labels: Tensor, people: Tensor, per_person: int, generator: torch.Generator
) -> Tensor:
    """Rows of a batch: a few pictures of each of a few people.

    Pictures drawn at random out of thousands of people would hardly ever show one
    person twice, and where nobody is shown twice there is no triplet.

    Args:
        labels: (N,) who is on each picture.
        people: (P,) whom to show.
        per_person: K, pictures of each; who has fewer is shown with all of them.
        generator: draws the pictures.

    Returns:
        (P·K,) indices, person after person.

    Example:
        >>> labels, chance = torch.tensor([0, 0, 1, 1, 1]), torch.Generator()
        >>> batch = batch_of_people(labels, torch.tensor([0, 1]), 2, chance)
        >>> labels[batch].tolist()
        [0, 0, 1, 1]
    """
    rows = []
    for person in people:
        own = (labels == person).nonzero().flatten()
        rows.append(own[torch.randperm(len(own), generator=generator)[:per_person]])
    return torch.cat(rows)


def fit_embedding(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int,
    mining: str = "semi_hard",
    margin: float = 0.2,
    people: int = 32,
    per_person: int = 4,
    lr: float = 0.001,
    augment: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    schedule: Callable[[float], float] | None = None,
    precision: torch.dtype = torch.float32,
    seed: int = 0,
    progress: bool = True,
    resume: Checkpoint | None = None,
    watch: Watch | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Train by triplets that are mined within each batch, with Adam.

    Args:
        net: pictures to points; left in evaluation mode.
        images: (N, C, H, W); uint8 is divided by 255 batch by batch.
        labels: (N,) who is on each.
        epochs: passes over the *people*, each with `per_person` pictures.
        mining: `"random"`, `"hard"`, `"semi_hard"` or `"batch_hard"`.
        margin: α of the triplet loss, on squared distances.
        people: P in a batch.
        per_person: K, at least 2: of one picture a person no triplet can be made.
        lr: the highest rate.
        augment: changes a batch of pictures.
        schedule: the factor on the rate; one cycle if None.
        precision: `torch.bfloat16` computes the forward pass in it.
        seed: of order, pictures and random triplets.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        watch: is filled, if given.
        after_epoch: called with the state.

    Returns:
        The history: the mean loss of the mined triplets, step by step.

    Raises:
        ShapeError, ValueError: labels do not match, another mining, a margin below 0,
            one picture a person.

    Example:
        >>> x, who = torch.randn(40, 6), torch.arange(8).repeat_interleave(5)
        >>> x = x + 3 * torch.randn(8, 6)[who]
        >>> history = fit_embedding(nn.Linear(6, 2), x, who, epochs=3, people=4,
        ...                         progress=False)
        >>> history.epochs, len(history.loss)
        (3, 6)
    """
    N = len(images)
    check_shape("labels", labels, "N", N=N, to_match=f"images {tuple(images.shape)}")
    check_number("margin", margin, minimum=0)
    check_int("per_person", per_person, minimum=2)
    everybody = labels.unique()
    people = min(check_positive("people", people), len(everybody))
    device = next(net.parameters()).device
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    steps = math.ceil(len(everybody) / people)
    state = State(net, optimizer, History(), steps=epochs * steps)

    def step(chosen: Tensor) -> Tensor:
        rows = batch_of_people(labels, everybody[chosen], per_person, chance)
        x, who = as_input(images[rows]), labels[rows].to(device)
        if augment:
            x = augment(x, chance)
        with computing_in(precision, device):
            points = net(x.to(device))
        points = points.float()
        with torch.no_grad():
            apart = squared_distances(points, points)
            triplets = mine(mining, apart, who, margin=margin, generator=chance)
        a, p, n = (points[triplets[:, k]] for k in range(3))
        loss = triplet_loss(a, p, n, margin=margin) if len(a) else 0 * points.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if watch:
            easy = triplet_kinds(apart, triplets, margin)["easy"]
            watch.spread.append(apart.mean().item())
            watch.active.append(1 - easy / max(len(triplets), 1))
            watch.triplets.append(len(triplets))
        return loss.detach()

    return run_epochs(
        state,
        len(everybody),
        step,
        epochs=check_positive("epochs", epochs),
        batch_size=people,
        lr=check_number("lr", lr, minimum=0),
        chance=chance,
        schedule=schedule or one_cycle(pct_start=0.2),
        progress=progress,
        resume=resume,
        after_epoch=after_epoch,
    )


def pair_distances(net: nn.Module, images: Tensor, pairs: Tensor) -> Tensor:
    """The squared distance of each pair of pictures.

    Args:
        net: pictures to points.
        images: (N, C, H, W); uint8 is divided by 255.
        pairs: (M, 2) rows of `images`.

    Returns:
        (M,) on the CPU.

    Example:
        >>> x = torch.tensor([[0.0, 0], [3, 4]])
        >>> pair_distances(nn.Linear(2, 2).requires_grad_(False), x,
        ...                torch.tensor([[0, 0]]))
        tensor([0.])
    """
    check_shape("pairs", pairs, "M 2")
    with torch.no_grad():
        points = predict(net, images)
    return (points[pairs[:, 0]] - points[pairs[:, 1]]).square().sum(1)


def face_crops(
    images: Tensor,
    generator: torch.Generator | None = None,
    *,
    scale: tuple[float, float] = (0.4, 1.0),
    share: float = 0.5,
) -> Tensor:
    """Cut some closer, mirror half, take the colour off some.

    A net that may use hair, collar and the colour of the light will use them, for they
    tell the drawn people of its training apart. On photographs they are other ones, or
    not in the picture. What is not always there cannot be relied on.

    Args:
        images: (N, 3, H, W) in [0, 1].
        generator: of all draws.
        scale: smallest and largest share of the area that a closer picture keeps.
        share: of the pictures that are cut, and, drawn anew, that are made grey.

    Example:
        >>> face_crops(torch.rand(4, 3, 48, 48)).shape
        torch.Size([4, 3, 48, 48])
    """
    share = check_number("share", share, minimum=0, maximum=1)
    closer, grey = torch.rand(2, len(images), 1, 1, 1, generator=generator) < share
    cut = random_resized_crop(
        images, generator, size=images.shape[-2:], scale=scale, ratio=(0.9, 1.1)
    )
    cut = random_horizontal_flip(torch.where(closer, cut, images), generator)
    return torch.where(grey, cut.mean(1, keepdim=True), cut)


def verification_pairs(
    labels: Tensor, *, folds: int = 10, per_fold: int = 300, seed: int = 0
) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs after the manner of LFW: no person in two folds, half of the pairs alike.

    Args:
        labels: (N,) who is on each picture.
        folds: into which people are dealt out.
        per_fold: pairs of one person in a fold, and as many of two; fewer of both where
            there are fewer of one.
        seed: of the dealing and the drawing.

    Returns:
        Pairs (M, 2) of indices, (M,) whether they show one person, (M,) their folds.

    Raises:
        ValueError: a fold would have fewer than two people.

    Source:
        Huang et al., Labeled Faces in the Wild, 2007: 10 folds of 300 and 300 pairs.

    Example:
        >>> pairs, same, fold = verification_pairs(torch.arange(20).repeat(3), folds=5,
        ...                                        per_fold=4)
        >>> pairs.shape, same.sum().item(), fold.bincount().tolist()
        (torch.Size([40, 2]), 20, [8, 8, 8, 8, 8])
    """
    check_shape("labels", labels, "N")
    chance = torch.Generator().manual_seed(seed)
    everybody = labels.unique()
    everybody = everybody[torch.randperm(len(everybody), generator=chance)]
    if len(everybody) < 2 * check_positive("folds", folds):
        raise ValueError(
            f"folds must be at most half the number of people, {len(everybody)}, "
            f"got {folds}"
        )
    found = []
    for number, people in enumerate(everybody.tensor_split(folds)):
        rows = torch.isin(labels, people).nonzero().flatten()
        pairs, alike = all_pairs(labels[rows])
        # were one kind more frequent, always guessing it would look like knowledge
        count = min(per_fold, int(alike.sum()), int((~alike).sum()))
        for kind in (alike, ~alike):
            own = rows[pairs[kind]]
            own = own[torch.randperm(len(own), generator=chance)[:count]]
            found.append((own, torch.full((count,), number)))
    pairs = torch.cat([pair for pair, _ in found])
    folds_of = torch.cat([fold for _, fold in found])
    return pairs, labels[pairs[:, 0]] == labels[pairs[:, 1]], folds_of


def all_pairs(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Every pair of pictures, and whether it shows one person.

    Example:
        >>> pairs, same = all_pairs(torch.tensor([7, 7, 9]))
        >>> pairs.tolist(), same.tolist()
        ([[0, 1], [0, 2], [1, 2]], [True, False, False])
    """
    (N,) = check_shape("labels", labels, "N")
    pairs = torch.combinations(torch.arange(N), 2)
    return pairs, labels[pairs[:, 0]] == labels[pairs[:, 1]]
