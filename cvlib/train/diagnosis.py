"""What the curves of a training say: an atlas of shapes, and rules to read them.

The curves of the atlas are drawn by a small model of training, not by trainings: three
knobs and a seed give curves with the shapes that real ones have, in microseconds. The
rules of `diagnose` read real ones as well, see `fit`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from cvlib.validate import check_choice, check_int, check_number

CLASSES = 10
EPOCHS = 40
CHANCE_LOSS = math.log(CLASSES)  # what guessing costs: −ln(1/10)


class Curves(Protocol):
    """What is read: a `History`, or one of the atlas. One number an epoch."""

    train_loss: Sequence[float]
    train_accuracy: Sequence[float]
    val_accuracy: Sequence[float]


@dataclass(frozen=True)
class Patient:
    """Four causes of what curves look like; 1 is what suits the task."""

    rate: float = 1.0  # learning rate, as a multiple of a good one
    capacity: float = 1.0  # of the network, as a multiple of what the task needs
    regularisation: float = 1.0  # as a multiple of the usual
    stuck: int = 0  # epochs before anything moves: badly scaled starting weights


ATLAS = {
    "healthy": Patient(),
    "rate too low": Patient(rate=0.05),
    "rate too high": Patient(rate=5.0),
    "explosion": Patient(rate=30.0),
    "overfitting": Patient(capacity=4.0),
    "too little capacity": Patient(capacity=0.15),
    "late start": Patient(stuck=12),
    "never learns": Patient(rate=0.002),
}
"""Eight shapes to know by sight, and what brought each about."""

ADVICE = {
    "healthy": "Keep the settings; search around them if you need more.",
    "rate too low": "Raise the learning rate, three to ten times, or train longer.",
    "rate too high": "Lower the learning rate, or let a schedule lower it.",
    "explosion": "Divide the learning rate by ten; clip the gradient or warm up.",
    "overfitting": "Regularise more: weight decay, augmentation, dropout, more data.",
    "too little capacity": "Use a larger network, regularise less, or try a higher "
    "learning rate.",
    "late start": "Rescale the starting weights, or put batch normalisation in.",
    "never learns": "Try to learn twenty images by heart first: if even that fails, "
    "look for a rate that is far off, dead units, or shuffled labels.",
}
"""What to try first."""


@dataclass(frozen=True)
class Simulated:
    """Curves of the atlas; as in a `History`, one number an epoch."""

    train_loss: list[float]
    train_accuracy: list[float]
    val_loss: list[float]
    val_accuracy: list[float]


def noise(seed: int = 0) -> list[list[float]]:
    """(2, EPOCHS) standard normal numbers: the luck of training and of validation.

    Example:
        >>> len(noise()), len(noise()[0])
        (2, 40)
    """
    rng = np.random.default_rng(check_int("seed", seed, minimum=0))
    return rng.normal(size=(2, EPOCHS)).round(3).tolist()


def simulate(patient: Patient, luck: Sequence[Sequence[float]]) -> Simulated:
    """The curves of one patient, by a model of training in a dozen lines.

    Progress decays exponentially with the rate. Capacity, held back by regularisation,
    decides how much of the training set can be learnt, and how much of that is learnt
    by heart and so of no use in validation. Too high a rate keeps bouncing above the
    floor; beyond that the loss grows until the guard ends it at three times the start.

    Args:
        patient: the causes.
        luck: (2, EPOCHS) standard normal numbers.

    Example:
        >>> curves = simulate(Patient(), noise())
        >>> round(curves.train_accuracy[-1], 2), round(curves.val_accuracy[-1], 2)
        (0.91, 0.9)
    """
    curves = Simulated([], [], [], [])
    capacity = patient.capacity / math.sqrt(patient.regularisation)
    learnable = 1 - 1 / (1 + (4 * capacity) ** 1.5)
    by_heart = 0.28 * capacity**2 / (capacity**2 + 9)
    bounce = 0.25 * math.log2(patient.rate / 2) if patient.rate > 2 else 0.0
    for epoch in range(1, EPOCHS + 1):
        t = max(0, epoch - patient.stuck)
        progress = 1 - math.exp(-patient.rate * t / 4)
        learnt = learnable * progress * max(0.0, 1 - bounce)
        gap = by_heart * progress**3 * (0.7 + 0.3 * epoch / EPOCHS)
        shake = (0.006 + 0.12 * bounce) * math.sqrt(progress)
        a, b = luck[0][epoch - 1], luck[1][epoch - 1]
        train = min(1.0, 1 / CLASSES + 0.9 * (learnt + shake * a))
        val = min(1.0, 1 / CLASSES + 0.9 * (learnt - gap + shake * a + 0.008 * b))
        loss = CHANCE_LOSS * ((1 - train) / 0.9) ** 1.15
        val_loss = CHANCE_LOSS * ((1 - val) / 0.9) ** 1.15
        val_loss += 6 * gap * epoch / EPOCHS  # wrong, and ever surer of it
        if patient.rate > 10:  # every step overshoots by more than it corrects
            train, val = (1 + 0.1 * a) / CLASSES, (1 + 0.1 * b) / CLASSES
            loss = CHANCE_LOSS * (1.2 + 0.02 * patient.rate / 10) ** epoch
            val_loss = loss * 1.05
        for values, value in zip(
            (curves.train_loss, curves.train_accuracy,
             curves.val_loss, curves.val_accuracy),
            (loss, train, val_loss, val), strict=True,
        ):  # fmt: skip
            values.append(value)
        if loss > 3 * curves.train_loss[0]:
            break
    return curves


def simulate_curves(name: str, *, seed: int = 0) -> Simulated:
    """One of the eight curves of the atlas.

    Args:
        name: a key of `ATLAS`.
        seed: of the noise; the shape stays what it is.

    Raises:
        ValueError: no such name.

    Example:
        >>> curves = simulate_curves("overfitting")
        >>> round(curves.train_accuracy[-1] - curves.val_accuracy[-1], 2)
        0.15
    """
    check_choice("name", name, list(ATLAS))
    return simulate(ATLAS[name], noise(seed))


@dataclass(frozen=True)
class Diagnosis:
    """A name of the atlas, the numbers that led to it, and what to try first."""

    name: str
    because: str
    advice: str


def diagnose(
    curves: Curves,
    *,
    goal: float = 0.85,
    chance: float = 1 / CLASSES,
    large_gap: float = 0.08,
    explosion: float = 3.0,
) -> Diagnosis:
    """Which shape of the atlas the curves have: rules of thumb, the gravest first.

    Args:
        curves: a `History` with validation, or one of the atlas; at least four epochs
            unless the loss exploded.
        goal: training accuracy that a large enough network should reach.
        chance: accuracy of guessing.
        large_gap: training minus validation accuracy from which it is overfitting.
        explosion: factor over the first loss from which it has exploded.

    Raises:
        ValueError: too few epochs, or an argument out of range.

    Source:
        Karpathy and Johnson, course notes of CS231n, for the shapes and the cures; the
        thresholds are ours.

    Example:
        >>> diagnose(simulate_curves("overfitting")).because
        'training reaches 99.0 %, validation 83.7 %: a gap of 15 points'
    """
    for name, value in (("goal", goal), ("chance", chance), ("large_gap", large_gap)):
        check_number(name, value, minimum=0, maximum=1)
    stopped = getattr(curves, "stopped", None)  # by the guard of `fit`
    if stopped:
        return _say("explosion", stopped)
    losses, train = list(curves.train_loss), list(curves.train_accuracy)
    worst = max(losses, key=lambda v: v if math.isfinite(v) else math.inf)
    if not math.isfinite(worst) or worst > explosion * losses[0]:
        return _say("explosion", f"the loss went from {losses[0]:.1f} to {worst:.1f}")
    if len(losses) < 4:
        raise ValueError(f"curves must have at least 4 epochs, got {len(losses)}")
    end, val = _mean(train[-3:]), _mean(list(curves.val_accuracy)[-3:])
    guessing = max(1.5 * chance, chance + 0.02)
    if max(train) < guessing:
        return _say("never learns", f"after {len(train)} epochs it still guesses")
    if end < guessing:
        return _say("rate too high", "it had learnt something and lost it again")
    waited = next(k for k, a in enumerate(train) if a >= guessing)
    unfinished = end < goal and _falling(losses)
    if waited >= 0.15 * len(train) and not unfinished:
        return _say("late start", f"it guessed for {waited} of {len(train)} epochs")
    reached = f"training reaches {_percent(end)}, validation {_percent(val)}"
    if end - val > large_gap:
        gap = f"{100 * (end - val):.0f} points"
        return _say("overfitting", f"{reached}: a gap of {gap}")
    jump = _roughness(losses)
    if jump > 0.08 and end < goal:
        said = f"the loss jumps by {100 * jump:.0f} % from one epoch to the next"
        return _say("rate too high", said)
    if unfinished:
        return _say("rate too low", "the loss was still falling when training ended")
    if end < goal:
        said = f"training stays at {_percent(end)}, and validation keeps up with it"
        return _say("too little capacity", said)
    return _say("healthy", reached)


def _say(name: str, because: str) -> Diagnosis:
    return Diagnosis(name, because, ADVICE[name])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _falling(losses: Sequence[float]) -> bool:
    """Whether the last quarter still mattered: for the loss, or for its whole fall."""
    quarter = max(3, len(losses) // 4)
    before = _mean(losses[-quarter - 3 : -quarter] or losses[:1])
    fall = before - _mean(losses[-3:])
    return fall > 0.06 * before or fall > 0.1 * (losses[0] - losses[-1]) > 0


def _roughness(losses: Sequence[float]) -> float:
    """Mean jump of the loss in the second half, as a share of its mean there."""
    half = losses[len(losses) // 2 :]
    jumps = [abs(b - a) for a, b in pairwise(half)]
    return _mean(jumps) / max(_mean(half), 1e-12)
