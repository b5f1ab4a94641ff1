"""DeepMask's joint loss, and the step of a second stage that leaves the first alone."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/instances/deepmask"


# ---------------------------------------------------------------- the joint loss


def _joint(f, s, m, y, lam, *, gate=None, pixels=np.mean, per=None):
    """The loss with what people change about it."""
    gate = (1 + y) / 2 if gate is None else gate
    masks = pixels(np.logaddexp(0, -m * f), axis=(1, 2))
    scores = lam * np.logaddexp(0, -y * s)
    return float(((gate * masks).sum() / (per or len(y))) + scores.mean())


def deepmask_loss(f, s, m, y, lam):
    """The answer."""
    return _joint(f, s, m, y, lam)


def masks_of_negatives(f, s, m, y, lam):
    """Patches without an object are asked for a mask."""
    return _joint(f, s, m, y, lam, gate=np.ones(len(y)))


def divided_by_positives(f, s, m, y, lam):
    """The masks averaged over the positive patches."""
    return _joint(f, s, m, y, lam, per=max(1, int((y > 0).sum())))


def factor_of_two(f, s, m, y, lam):
    """1 + y without its half."""
    return _joint(f, s, m, y, lam, gate=1 + y)


def summed_pixels(f, s, m, y, lam):
    """Not divided by w h."""
    return _joint(f, s, m, y, lam, pixels=np.sum)


def sign_lost(f, s, m, y, lam):
    """The sign in the exponent is turned round."""
    return _joint(-f, -s, m, y, lam)


def weight_forgotten(f, s, m, y, lam):
    """λ is 1 whatever is asked."""
    return _joint(f, s, m, y, 1.0)


def scores_of_positives(f, s, m, y, lam):
    """The score is trained on patches with an object only."""
    masks = np.logaddexp(0, -m * f).mean(axis=(1, 2))
    scores = lam * np.logaddexp(0, -y * s)
    return float(((1 + y) / 2 * (masks + scores)).mean())


def triplets(rng: np.random.Generator) -> Iterator[Case]:
    """Both labels in each batch; one of negatives only."""
    for N, h, w, lam in [
        (2, 1, 2, 0.5), (3, 2, 2, 0.25), (4, 2, 3, 0.5), (3, 2, 1, 0.125),
        (5, 2, 2, 0.5), (2, 3, 2, 0.25), (4, 1, 3, 0.5),
    ]:  # fmt: skip
        y = rng.choice([-1.0, 1.0], N)
        y[:2] = [1.0, -1.0]
        m = rng.choice([-1.0, 1.0], (N, h, w))
        f = numbers(rng, N, h, w) + 0.25
        yield Case(f, numbers(rng, N) + 0.25, m, y, lam)
    yield Case(
        numbers(rng, 2, 2, 2), numbers(rng, 2), -np.ones((2, 2, 2)), -np.ones(2), 0.5
    )


# ---------------------------------------------------------------- the second stage


def _step(state, gradients, statistics, frozen, lr, momentum, still, moving=None):
    """One step; `still(name)` says what stays, `moving(name)` which statistics do."""
    after = {}
    for name, value in state.items():
        if name in statistics:
            stays = (moving or still)(name)
            new = (1 - momentum) * value + momentum * statistics[name]
        else:
            stays, new = still(name), value - lr * gradients[name]
        after[name] = value.copy() if stays else new
    return after


def _below(name, frozen):
    return any(name == part or name.startswith(part + ".") for part in frozen)


def second_stage(state, gradients, statistics, frozen, lr, momentum):
    """The answer."""
    return _step(state, gradients, statistics, frozen, lr, momentum,
                 lambda name: _below(name, frozen))  # fmt: skip


def statistics_move(state, gradients, statistics, frozen, lr, momentum):
    """Batch normalisation goes on collecting."""
    return _step(state, gradients, statistics, frozen, lr, momentum,
                 lambda name: _below(name, frozen), lambda name: False)  # fmt: skip


def statistics_stop(state, gradients, statistics, frozen, lr, momentum):
    """No statistic moves, not even of what is trained."""
    return _step(state, gradients, statistics, frozen, lr, momentum,
                 lambda name: _below(name, frozen), lambda name: True)  # fmt: skip


def anywhere_in_the_name(state, gradients, statistics, frozen, lr, momentum):
    """A name that contains the word is frozen."""
    return _step(state, gradients, statistics, frozen, lr, momentum,
                 lambda name: any(part in name for part in frozen))  # fmt: skip


def same_beginning(state, gradients, statistics, frozen, lr, momentum):
    """A name that begins with the letters is frozen."""
    return _step(state, gradients, statistics, frozen, lr, momentum,
                 lambda name: name.startswith(tuple(frozen)))  # fmt: skip


def the_wrong_half(state, gradients, statistics, frozen, lr, momentum):
    """What should be trained is frozen."""
    return _step(state, gradients, statistics, frozen, lr, momentum,
                 lambda name: not _below(name, frozen))  # fmt: skip


def momentum_exchanged(state, gradients, statistics, frozen, lr, momentum):
    """The old value and the new one change places."""
    return _step(state, gradients, statistics, frozen, lr, 1 - momentum,
                 lambda name: _below(name, frozen))  # fmt: skip


def uphill(state, gradients, statistics, frozen, lr, momentum):
    """Along the gradient."""
    return _step(state, gradients, statistics, frozen, -lr, momentum,
                 lambda name: _below(name, frozen))  # fmt: skip


NAMES = (
    "trunk.conv.weight",
    "trunk.norm.running_mean",
    "trunk_head.weight",
    "back.trunk.weight",
    "back.norm.running_mean",
    "back.norm.weight",
)


def case_of(rng: np.random.Generator, frozen, lr: float, momentum: float) -> Case:
    """A small network whose names are easily confused."""
    state = {name: numbers(rng, 2) for name in NAMES}
    gradients = {n: numbers(rng, 2) + 0.25 for n in NAMES if "running" not in n}
    statistics = {n: state[n] + numbers(rng, 2) + 0.25 for n in NAMES if "running" in n}
    return Case(state, gradients, statistics, list(frozen), lr, momentum)


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """One frozen part, two of them, none."""
    for frozen, lr, momentum in [
        (["trunk"], 0.5, 0.25), (["trunk"], 1.0, 0.125), (["trunk"], 0.25, 0.25),
        (["trunk", "trunk_head"], 0.5, 0.25), (["back.norm", "trunk"], 0.5, 0.125),
        ([], 0.5, 0.25), (["trunk.conv", "trunk.norm"], 0.5, 0.25),
        (["trunk"], 0.5, 0.375),
    ]:  # fmt: skip
        yield case_of(rng, frozen, lr, momentum)


_RNG = np.random.default_rng(0)

EXERCISES = (
    Exercise(
        name="deepmask_loss",
        title="A mask only where there is an object",
        reference=deepmask_loss,
        visible=(
            Case(
                np.zeros((2, 1, 2)),
                np.zeros(2),
                np.array([[[1.0, -1]], [[1, 1]]]),
                np.array([1.0, -1.0]),
                0.5,
            ),
            Case(
                np.array([[[2.0, -1]], [[1, 3]], [[0.5, 0]]]),
                np.array([1.0, 2.0, -1.0]),
                np.array([[[1.0, -1]], [[1, 1]], [[-1, 1]]]),
                np.array([1.0, -1.0, 1.0]),
                0.25,
            ),
        ),
        generate=triplets,
        misconceptions=(
            Misconception(
                "masks of negatives",
                masks_of_negatives,
                "Patches without an object are asked for a mask. The factor (1 + y) / "
                "2 is 0 for them: where nothing is meant no mask can be wrong.",
            ),
            Misconception(
                "divided by the positives",
                divided_by_positives,
                "You average the masks over the patches with an object. In the formula "
                "every triplet counts in the mean, with 0 for the mask of a negative.",
            ),
            Misconception(
                "factor of two",
                factor_of_two,
                "Your masks weigh twice too much: 1 + y is 2 for an object, and the "
                "formula divides it by 2.",
            ),
            Misconception(
                "sum over the pixels",
                summed_pixels,
                "You add the pixels of a mask up. The formula divides by w h, so that "
                "a finer mask does not weigh more.",
            ),
            Misconception(
                "sign turned round",
                sign_lost,
                "Your loss is small where the network is wrong. With m = +1 and f "
                "large it should vanish: log(1 + e^(−m f)), with a minus.",
            ),
            Misconception(
                "weight forgotten",
                weight_forgotten,
                "The score weighs as much as the mask in your loss. It is multiplied "
                "by λ, in the paper 1/32.",
            ),
            Misconception(
                "scores of positives only",
                scores_of_positives,
                "Your score is trained on patches with an object alone, so it would "
                "say yes to everything. The factor (1 + y) / 2 belongs to the mask, "
                "not to the score.",
            ),
        ),
        page=PAGE,
        minutes=20,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="second_stage",
        title="Train the way back and nothing else",
        reference=second_stage,
        visible=(
            case_of(_RNG, ["trunk"], 0.5, 0.25),
            case_of(_RNG, ["trunk", "back.norm"], 1.0, 0.5),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "statistics move",
                statistics_move,
                "The weights stand still, but running means of the frozen part move. "
                "Batch normalisation collects them in the forward pass, without any "
                "gradient: they have to be frozen too.",
            ),
            Misconception(
                "statistics stop everywhere",
                statistics_stop,
                "No running mean moves in your step. Those of the part that is trained "
                "go on: (1 − momentum) · old + momentum · new.",
            ),
            Misconception(
                "anywhere in the name",
                anywhere_in_the_name,
                "You freeze every name that contains the word. `back.trunk.weight` is "
                "part of `back`: compare the beginning of the name.",
            ),
            Misconception(
                "same letters",
                same_beginning,
                "You freeze `trunk_head` along with `trunk`. A part is the name itself "
                "or what follows it after a full stop.",
            ),
            Misconception(
                "the wrong half",
                the_wrong_half,
                "You train what should be frozen and freeze the rest. The second stage "
                "keeps the feedforward path and trains the way back.",
            ),
            Misconception(
                "momentum exchanged",
                momentum_exchanged,
                "Your running means forget too fast. The new statistic is multiplied "
                "by momentum, the old value by 1 − momentum.",
            ),
            Misconception(
                "uphill",
                uphill,
                "You add the gradient. A step goes downhill: weight − lr · gradient.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
