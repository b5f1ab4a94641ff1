"""Teaching networks to answer (torch): pictures in batches, all questions of each."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cvlib.summary.trace import evaluating
from cvlib.train import Checkpoint, History, State
from cvlib.train.epochs import run_epochs
from cvlib.train.loop import as_input, computing_in
from cvlib.train.schedules import one_cycle
from cvlib.validate import check_number, check_positive, check_shape


def fit_answers(
    net: nn.Module,
    images: Tensor,
    picture: Tensor,
    questions: Tensor,
    answers: Tensor,
    *,
    epochs: int,
    batch_size: int = 64,
    lr: float = 0.002,
    weight_decay: float = 0.01,
    schedule: Callable[[float], float] | None = None,
    augment: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    precision: torch.dtype = torch.float32,
    seed: int = 0,
    progress: bool = True,
    resume: Checkpoint | None = None,
    after_epoch: Callable[[State], None] | None = None,
) -> History:
    """Train on the cross-entropy of the answers, with AdamW.

    A batch is some pictures and every question about them, so the CNN looks at a
    picture once and learns from all that is asked.

    Args:
        net: `(images, questions, of)` to (M, K) scores; left in evaluation mode.
        images: (P, 3, H, W); uint8 is divided by 255 batch by batch.
        picture: (M,) which picture each question is about.
        questions: (M, L) numbers of words.
        answers: (M,) the right ones, 0 to K − 1.
        epochs: passes over the pictures.
        batch_size: pictures a step.
        lr: the highest rate.
        weight_decay: of AdamW.
        schedule: the factor on the rate; one cycle if None.
        augment: changes a batch of pictures, never where things are.
        precision: `torch.bfloat16` computes the forward pass in it.
        seed: of the order and of the augmentation.
        progress: show a bar.
        resume: where to save after each epoch, and to go on from.
        after_epoch: called with the state.

    Returns:
        The history.

    Raises:
        ShapeError, ValueError: the rows do not match, an argument is out of range.

    Example:
        >>> from cvlib.vqa import CnnLstm
        >>> net, x = CnnLstm(words=3, answers=2), torch.rand(6, 3, 48, 48)
        >>> picture = torch.arange(6).repeat_interleave(2)
        >>> asked, right = torch.ones(12, 1).long(), torch.zeros(12).long()
        >>> fit_answers(net, x, picture, asked, right, epochs=2, batch_size=3,
        ...             progress=False).epochs
        2
    """
    M, _ = check_shape("questions", questions, "M L")
    match = {"M": M, "to_match": f"questions {tuple(questions.shape)}"}
    check_shape("picture", picture, "M", **match)
    check_shape("answers", answers, "M", **match)
    P = len(images)
    device = next(net.parameters()).device
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(
        net.parameters(), lr=lr, weight_decay=check_number("weight_decay", weight_decay)
    )
    steps = math.ceil(P / check_positive("batch_size", batch_size))
    state = State(net, optimizer, History(), steps=epochs * steps)
    rows_of = rows_by_picture(picture, P)

    def step(batch: Tensor) -> Tensor:
        x = as_input(images[batch])
        if augment:
            x = augment(x, chance)
        rows = [rows_of[p] for p in batch.tolist()]
        of = torch.arange(len(batch)).repeat_interleave(
            torch.tensor([len(own) for own in rows])
        )
        rows = torch.cat(rows)
        with computing_in(precision, device):
            scores = net(x.to(device), questions[rows].to(device), of.to(device))
        loss = cross_entropy(scores.float(), answers[rows].to(device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return run_epochs(
        state, P, step, epochs=check_positive("epochs", epochs), batch_size=batch_size,
        lr=check_number("lr", lr, minimum=0), chance=chance,
        schedule=schedule or one_cycle(pct_start=0.2), progress=progress, resume=resume,
        after_epoch=after_epoch,
    )  # fmt: skip


def rows_by_picture(picture: Tensor, P: int) -> list[Tensor]:
    """The rows about each of P pictures.

    Raises:
        ValueError: nothing is asked about some picture, or there is no such picture.

    Example:
        >>> [rows.tolist() for rows in rows_by_picture(torch.tensor([1, 0, 1]), 2)]
        [[1], [0, 2]]
    """
    named, counts = picture.unique(return_counts=True)
    if not torch.equal(named.cpu(), torch.arange(P)):
        ends = f", {int(named[0])} to {int(named[-1])}" if len(named) else ""
        raise ValueError(
            f"picture must name each of the {P} images at least once and no other, "
            f"got {len(named)} different ones{ends}"
        )
    return list(picture.argsort(stable=True).split(counts.tolist()))


def augment_light(images: Tensor, generator: torch.Generator) -> Tensor:
    """Other light on each picture, and other paper: shapes, colours, places stay.

    Example:
        >>> x = torch.full((2, 3, 4, 4), 0.5)
        >>> bool((augment_light(x, torch.Generator()) - x).abs().max() <= 0.5 * 0.2)
        True
    """
    factors = 0.9 + 0.2 * torch.rand(len(images), 3, 1, 1, generator=generator)
    return (images * factors.to(images)).clamp(0, 1)


@torch.no_grad()
def predict_answers(
    net: nn.Module,
    images: Tensor,
    picture: Tensor,
    questions: Tensor,
    *,
    batch_size: int = 1024,
) -> Tensor:
    """The scores of all answers to all questions, in evaluation mode.

    Args:
        net: `(images, questions, of)` to (M, K) scores.
        images: (P, 3, H, W); uint8 is divided by 255.
        picture: (M,) which picture each question is about.
        questions: (M, L).
        batch_size: questions at a time.

    Returns:
        (M, K) on the CPU. The net is left in the mode it was in.

    Example:
        >>> from cvlib.vqa import CnnLstm
        >>> x, asked = torch.rand(2, 3, 48, 48), torch.ones(5, 4).long()
        >>> picture = torch.tensor([0, 1, 1, 0, 0])
        >>> predict_answers(CnnLstm(), x, picture, asked).shape
        torch.Size([5, 16])
    """
    M, _ = check_shape("questions", questions, "M L")
    check_shape("picture", picture, "M", M=M)
    device = next(net.parameters()).device
    order, parts = picture.argsort(stable=True), []  # so a batch sees few pictures
    with evaluating(net):
        for rows in order.split(check_positive("batch_size", batch_size)):
            shown, of = picture[rows].unique(return_inverse=True)
            x = as_input(images[shown]).to(device)
            parts.append(net(x, questions[rows].to(device), of.to(device)))
    scores = torch.cat(parts).float().cpu()
    return scores[order.argsort().cpu()]
