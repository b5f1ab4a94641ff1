"""What the scripts for questions about scenes share: rows, training, measure."""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch
from recipe import hardware, rounded_to_half, ship
from torch import nn

from cvlib.data.questions import KINDS, QuestionSet, question_set
from cvlib.train import Checkpoint, seed_all
from cvlib.vqa import accuracy_by_kind, augment_light, fit_answers, predict_answers

PICTURES = 40_000
PER_PICTURE = 0.8  # questions of each kind: enough pictures for the rarest answer
WHOLE = 1_440  # of each kind: sets of this size have each kind equally often
SAMPLE = (800, 160)  # pictures and questions a kind that the test measures again
MEASURE_EVERY = 4  # epochs


def rows(pictures: int) -> QuestionSet:
    """The training set."""
    each = int(PER_PICTURE * pictures)
    each -= each % WHOLE if each >= WHOLE else 0
    return question_set("train", pictures=pictures, per_kind=each, progress=True)


def accuracies(net: nn.Module, data: QuestionSet) -> dict[str, float]:
    """The share of right answers, kind by kind and of all."""
    given = predict_answers(net, data.images, data.picture, data.texts).argmax(1)
    return accuracy_by_kind(given, data.answer, data.kind, KINDS)


def by_kind(found: dict[str, float]) -> list[float]:
    """As the manifest keeps them: in the order of KINDS."""
    return [round(found[kind], 4) for kind in KINDS]


def trained(
    make: Callable[[], nn.Module],
    data: QuestionSet,
    chosen: argparse.Namespace,
    *,
    epochs: int,
    checkpoint: Path,
) -> tuple[nn.Module, float]:
    """Train one net, or go on with it; the net, and the minutes it took."""
    seed_all(chosen.seed)
    net = make().to(chosen.device, memory_format=torch.channels_last)
    few = question_set("validation", pictures=SAMPLE[0], per_kind=SAMPLE[1])

    def report(state) -> None:
        if state.epoch % MEASURE_EVERY == 0:
            found = {k: round(v, 3) for k, v in accuracies(state.model, few).items()}
            print(f"\nepoch {state.epoch}: {found}", flush=True)
            state.model.train()

    history = fit_answers(
        net, data.images, data.picture, data.texts, data.answer, epochs=epochs,
        augment=augment_light, precision=torch.bfloat16, seed=chosen.seed,
        resume=Checkpoint(checkpoint), after_epoch=report,
    )  # fmt: skip
    return rounded_to_half(net), round(sum(history.seconds) / 60, 1)


def train_and_ship_answers(
    name: str,
    chosen: argparse.Namespace,
    make: Callable[[], nn.Module],
    others: dict[str, tuple[Callable[[], nn.Module], int]],
    *,
    builder: str,
) -> None:
    """Train a net and some to compare it with, measure all, ship the first.

    Args:
        name: of the weights.
        chosen: the options of the command line.
        make: the untrained net.
        others: name → an untrained net and its epochs at most.
        builder: `module:function` that makes the empty net that is shipped.
    """
    data, notes = rows(chosen.images), {}
    test = question_set("test", pictures=SAMPLE[0], per_kind=SAMPLE[1])
    sample = test
    if not chosen.dry:
        test = question_set("test")
    for other, (empty, epochs) in others.items():
        path = chosen.checkpoint.with_stem(f"{chosen.checkpoint.stem}_{other}")
        if chosen.fresh:
            path.unlink(missing_ok=True)
        net, _ = trained(
            empty, data, chosen, epochs=min(epochs, chosen.epochs), checkpoint=path
        )
        found = accuracies(net, test)
        notes |= {other: round(found["all"], 4), f"{other}_by_kind": by_kind(found)}
    net, minutes = trained(
        make, data, chosen, epochs=chosen.epochs, checkpoint=chosen.checkpoint
    )
    found = accuracies(net, test)
    print(f"{minutes} minutes", {k: round(v, 4) for k, v in found.items()}, notes)
    if chosen.dry:
        return
    ship(
        name,
        net,
        builder=builder,
        metric="accuracy on the balanced test set",
        value=found["all"],
        tolerance=0.005,
        data=f"{len(data)} questions about {len(data.images)} generated scenes",
        half=True,
        by_kind=by_kind(found),
        **notes,
        sample_value=round(accuracies(net, sample)["all"], 4),
        seed=chosen.seed,
        epochs=chosen.epochs,
        minutes=minutes,
        hardware=hardware(chosen.device),
    )
