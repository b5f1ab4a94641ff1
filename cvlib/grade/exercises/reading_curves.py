"""Four words for how a training went, by rules that are written down."""

import math
from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def diagnose(losses, train_accuracy, val_accuracy):
    """The answer."""
    if any(not math.isfinite(loss) or loss > 3 * losses[0] for loss in losses):
        return "explosion"
    train = sum(train_accuracy[-3:]) / 3
    val = sum(val_accuracy[-3:]) / 3
    if train - val > 0.1:
        return "overfitting"
    return "underfitting" if train < 0.9 else "healthy"


def gap_verdict(train, val):
    """The rules for accuracies."""
    if train - val > 0.1:
        return "overfitting"
    return "underfitting" if train < 0.9 else "healthy"


def ends(values):
    """Mean of the last three."""
    return sum(values[-3:]) / 3


def nan_is_no_number(losses, train_accuracy, val_accuracy):
    """Compare only: NaN is never larger."""
    if any(loss > 3 * losses[0] for loss in losses):
        return "explosion"
    return gap_verdict(ends(train_accuracy), ends(val_accuracy))


def last_loss_only(losses, train_accuracy, val_accuracy):
    """Look at the end of the loss."""
    if not losses[-1] <= 3 * losses[0]:
        return "explosion"
    return gap_verdict(ends(train_accuracy), ends(val_accuracy))


def against_the_smallest(losses, train_accuracy, val_accuracy):
    """Three times the best loss instead of the first."""
    if any(not math.isfinite(v) for v in losses) or max(losses) > 3 * min(losses):
        return "explosion"
    return gap_verdict(ends(train_accuracy), ends(val_accuracy))


def accuracies_first(losses, train_accuracy, val_accuracy):
    """Ask for the explosion last."""
    verdict = gap_verdict(ends(train_accuracy), ends(val_accuracy))
    if verdict != "healthy":
        return verdict
    return diagnose(losses, train_accuracy, val_accuracy)


def last_epoch_only(losses, train_accuracy, val_accuracy):
    """Trust one epoch."""
    if any(not loss <= 3 * losses[0] for loss in losses):
        return "explosion"
    return gap_verdict(train_accuracy[-1], val_accuracy[-1])


def mean_of_all(losses, train_accuracy, val_accuracy):
    """Average over the whole training."""
    if any(not loss <= 3 * losses[0] for loss in losses):
        return "explosion"
    n = len(train_accuracy)
    return gap_verdict(sum(train_accuracy) / n, sum(val_accuracy) / n)


def gap_without_sign(losses, train_accuracy, val_accuracy):
    """Take the gap without its sign."""
    if any(not loss <= 3 * losses[0] for loss in losses):
        return "explosion"
    train, val = ends(train_accuracy), ends(val_accuracy)
    return "overfitting" if abs(train - val) > 0.1 else gap_verdict(train, val)


def gap_reversed(losses, train_accuracy, val_accuracy):
    """Subtract the other way round."""
    if any(not loss <= 3 * losses[0] for loss in losses):
        return "explosion"
    train, val = ends(train_accuracy), ends(val_accuracy)
    if val - train > 0.1:
        return "overfitting"
    return "underfitting" if train < 0.9 else "healthy"


def low_validation_is_underfitting(losses, train_accuracy, val_accuracy):
    """Compare the validation accuracy with the goal."""
    if any(not loss <= 3 * losses[0] for loss in losses):
        return "explosion"
    train, val = ends(train_accuracy), ends(val_accuracy)
    if train - val > 0.1:
        return "overfitting"
    return "underfitting" if val < 0.9 else "healthy"


def run(rng, train, val, *, epochs=None, spike=None):
    """Curves that end near `train` and `val`."""
    n = epochs or int(rng.integers(5, 9))
    rise = np.minimum(1, np.linspace(0.3, 1.6, n - 3)) if n > 3 else np.zeros(0)
    shares = np.concatenate([rise * 0.9, np.ones(3)])
    wobble = rng.choice([-0.005, 0.0, 0.005], (2, n))
    losses = (2.3 * (1 - 0.9 * train * shares)).round(2)
    if spike is not None:
        losses[int(rng.integers(1, n - 1))] = spike
    return Case(
        losses.tolist(),
        (train * shares + wobble[0]).round(3).tolist(),
        (val * shares + wobble[1]).round(3).tolist(),
    )


def trainings(rng: np.random.Generator) -> Iterator[Case]:
    """All four words, near the limits and far from them."""
    for train, val in (
        (0.97, 0.95), (0.97, 0.8), (0.6, 0.58), (0.6, 0.42), (0.94, 0.86), (0.93, 0.88),
        (0.75, 0.9), (0.93, 0.97), (0.88, 0.86), (0.99, 0.87), (0.8, 0.8),
    ):  # fmt: skip
        yield run(rng, train, val)
    for spike in (float("nan"), float("inf"), 8.5, 40.0):
        yield run(rng, 0.97, 0.95, spike=spike)
        yield run(rng, 0.97, 0.7, spike=spike)
    yield run(rng, 0.96, 0.94, spike=5.0)  # high, and below three times the first
    n = 6  # the last epoch alone would say something else
    flat, low = [0.95] * (n - 1), [0.93] * (n - 1)
    yield Case([2.0] + [0.4] * (n - 1), [*flat, 0.95], [*low, 0.8])
    dip = [0.95, 0.95, 0.95, 0.86, 0.86, 0.93]
    yield Case([2.0] + [0.9] * (n - 1), dip, [0.88] * n)
    yield Case([2.2, 1.5, 1.0, float("nan")], [0.1] * 4, [0.1] * 4)
    yield Case([2.2, 3.0, 5.0, 9.0], [0.1] * 4, [0.1] * 4)


STEADY = [0.5, 0.9, 0.95, 0.96, 0.97]

EXERCISES = (
    Exercise(
        name="diagnose",
        title="What is wrong with this training?",
        reference=diagnose,
        visible=(
            Case([2.3, 0.9, 0.5, 0.4, 0.3], STEADY, [0.5, 0.88, 0.93, 0.94, 0.94]),
            Case([2.3, 0.9, 0.3, 0.1, 0.1], STEADY, [0.5, 0.8, 0.81, 0.82, 0.81]),
            Case([2.3, 1.6, 1.4, 1.4], [0.4, 0.5, 0.52, 0.53], [0.4, 0.5, 0.51, 0.52]),
            Case([2.3, 2.9, 7.5, 1.9], [0.1, 0.1, 0.1, 0.3], [0.1, 0.1, 0.1, 0.3]),
            Case([2.3, 1.1, float("nan")], [0.4, 0.6, 0.1], [0.4, 0.6, 0.1]),
        ),
        generate=trainings,
        misconceptions=(
            Misconception(
                "NaN is not larger than anything",
                nan_is_no_number,
                "Your comparison lets NaN through: nothing is larger than NaN, and NaN "
                "is larger than nothing. Ask for it with `math.isfinite`.",
            ),
            Misconception(
                "only the last loss",
                last_loss_only,
                "You look at the last loss only. A loss that shot up and came back has "
                "exploded all the same, so look at every one.",
            ),
            Misconception(
                "three times the smallest",
                against_the_smallest,
                "You compare with the smallest loss. Every good training ends far "
                "below its start: it is the *first* loss that must not be exceeded "
                "three times.",
            ),
            Misconception(
                "accuracies before the loss",
                accuracies_first,
                "You read the accuracies before you look for an explosion. After one, "
                "they mean nothing: ask the gravest question first.",
            ),
            Misconception(
                "one epoch",
                last_epoch_only,
                "You trust the last epoch alone. One epoch can be lucky or unlucky by "
                "a few points: take the mean of the last three.",
            ),
            Misconception(
                "mean over the whole training",
                mean_of_all,
                "You average over all epochs. The first ones, when nothing was learnt "
                "yet, pull both accuracies down: take the last three.",
            ),
            Misconception(
                "gap without its sign",
                gap_without_sign,
                "You take the gap without its sign. Validation that is *better* than "
                "training is no overfitting.",
            ),
            Misconception(
                "gap the other way round",
                gap_reversed,
                "You subtract training from validation. The gap of overfitting is "
                "training minus validation.",
            ),
            Misconception(
                "validation compared with the goal",
                low_validation_is_underfitting,
                "You compare the validation accuracy with 0.9. Whether a network is "
                "too small shows on the images it was trained on.",
            ),
        ),
        page="book/training/reading-curves",
        minutes=15,
        difficulty=1,
        points=2,
    ),
)
