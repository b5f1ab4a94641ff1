"""What trains Fast R-CNN: smooth L1, the loss of a region, the mini-batch."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/regions/fast-rcnn"


# ---------------------------------------------------------------- smooth L1


def smooth_l1(d, beta):
    """The answer."""
    size = np.abs(d)
    return np.where(size < beta, 0.5 * d**2 / beta, size - 0.5 * beta)


def with_a_step(d, beta):
    """The straight part starts at beta, not at half of it."""
    size = np.abs(d)
    return np.where(size < beta, 0.5 * d**2 / beta, size)


def undivided(d, beta):
    """The square is not divided by beta."""
    size = np.abs(d)
    return np.where(size < beta, 0.5 * d**2, size - 0.5 * beta)


def beta_of_one(d, beta):
    """Beta is 1 whatever is asked."""
    size = np.abs(d)
    return np.where(size < 1, 0.5 * d**2, size - 0.5)


def signed(d, beta):
    """The absolute value is forgotten."""
    return np.where(np.abs(d) < beta, 0.5 * d**2 / beta, d - 0.5 * beta)


def pieces_exchanged(d, beta):
    """Straight near zero, square far away."""
    size = np.abs(d)
    return np.where(size < beta, size - 0.5 * beta, 0.5 * d**2 / beta)


def no_half(d, beta):
    """The square without its half."""
    size = np.abs(d)
    return np.where(size < beta, d**2 / beta, size - 0.5 * beta)


def averaged(d, beta):
    """One number instead of one for each difference."""
    return smooth_l1(d, beta).mean()


def differences(rng: np.random.Generator) -> Iterator[Case]:
    """Near zero, at beta, far away, on both sides."""
    for beta in (1.0, 0.5, 2.0, 0.25):
        yield Case(numbers(rng, int(rng.integers(2, 6))), beta)
        yield Case(numbers(rng, 2, int(rng.integers(2, 5))) / 4, beta)
        yield Case(np.array([-3.0, -beta, -beta / 2, 0, beta / 2, beta, 3]), beta)


# ---------------------------------------------------------------- loss of a region


def fast_rcnn_loss(p, u, t, v, lam):
    """The answer."""
    N = len(u)
    loss = -np.log(p[np.arange(N), u])
    d = np.abs(t[np.arange(N), u] - v)
    box = np.where(d < 1, 0.5 * d**2, d - 0.5).sum(axis=1)
    return float((loss + lam * (u >= 1) * box).mean())


def _smooth(d):
    d = np.abs(d)
    return np.where(d < 1, 0.5 * d**2, d - 0.5)


def with_background(p, u, t, v, lam):
    """The indicator is forgotten."""
    N = len(u)
    box = _smooth(t[np.arange(N), u] - v).sum(axis=1)
    return float((-np.log(p[np.arange(N), u]) + lam * box).mean())


def over_objects(p, u, t, v, lam):
    """Boxes averaged over the objects only."""
    N, found = len(u), u >= 1
    box = _smooth(t[np.arange(N), u] - v).sum(axis=1)[found]
    box = box.mean() if found.any() else 0.0
    return float(-np.log(p[np.arange(N), u]).mean() + lam * box)


def of_the_predicted_class(p, u, t, v, lam):
    """The box of the class with the highest score."""
    N = len(u)
    box = _smooth(t[np.arange(N), p.argmax(axis=1)] - v).sum(axis=1)
    return float((-np.log(p[np.arange(N), u]) + lam * (u >= 1) * box).mean())


def of_all_classes(p, u, t, v, lam):
    """The boxes of all classes are trained."""
    N = len(u)
    box = _smooth(t - v[:, None]).sum(axis=(1, 2))
    return float((-np.log(p[np.arange(N), u]) + lam * (u >= 1) * box).mean())


def coordinates_averaged(p, u, t, v, lam):
    """A mean over the four numbers."""
    N = len(u)
    box = _smooth(t[np.arange(N), u] - v).mean(axis=1)
    return float((-np.log(p[np.arange(N), u]) + lam * (u >= 1) * box).mean())


def background_unclassified(p, u, t, v, lam):
    """Background pays nothing at all."""
    N = len(u)
    box = _smooth(t[np.arange(N), u] - v).sum(axis=1)
    loss = -np.log(p[np.arange(N), u])
    return float(((u >= 1) * (loss + lam * box)).mean())


def summed(p, u, t, v, lam):
    """A sum where the mean is asked for."""
    N = len(u)
    box = _smooth(t[np.arange(N), u] - v).sum(axis=1)
    return float((-np.log(p[np.arange(N), u]) + lam * (u >= 1) * box).sum())


def regions(rng: np.random.Generator) -> Iterator[Case]:
    """Some objects, some background; one batch of background only."""
    for N, K, lam in [
        (2, 2, 1.0),
        (3, 2, 1.0),
        (4, 3, 2.0),
        (5, 1, 0.5),
        (6, 3, 1.0),
        (3, 1, 3.0),
        (4, 2, 1.0),
    ]:
        p = rng.integers(1, 9, (N, K + 1)).astype(float)
        u = rng.integers(0, K + 1, N)
        u[:2] = 0, 1
        t, v = numbers(rng, N, K + 1, 4), numbers(rng, N, 4)
        yield Case(p / p.sum(axis=1, keepdims=True), u, t, v, lam)
    p = rng.integers(1, 9, (3, 3)) / 8.0
    u = np.zeros(3, dtype=int)
    yield Case(p / p.sum(axis=1, keepdims=True), u, numbers(rng, 3, 3, 4),
               numbers(rng, 3, 4), 1.0)  # fmt: skip


SEEN_P = np.array([[0.25, 0.25, 0.5], [0.5, 0.25, 0.25]])
SEEN_T = np.array(
    [
        [[1.0, 0, 0, 2], [0, 0, 0, 0], [0.5, 0, 1, -2]],
        [[3.0, 3, 3, 3], [0, 1, 0, 0], [0, 0, 2, 0]],
    ]
)
SEEN_V = np.array([[0.0, 0, 0, 0], [1, 1, 1, 1]])


# ---------------------------------------------------------------- mini-batch


def sample_rois(iou, order, size, fraction):
    """The answer."""
    positive = [int(i) for i in order if iou[i] >= 0.5][: int(size * fraction)]
    negative = [int(i) for i in order if 0.1 <= iou[i] < 0.5]
    return positive, negative[: size - len(positive)]


def all_background(iou, order, size, fraction):
    """No lower bound."""
    positive = [int(i) for i in order if iou[i] >= 0.5][: int(size * fraction)]
    negative = [int(i) for i in order if iou[i] < 0.5]
    return positive, negative[: size - len(positive)]


def unbounded_positives(iou, order, size, fraction):
    """As many positives as there are."""
    positive = [int(i) for i in order if iou[i] >= 0.5][:size]
    negative = [int(i) for i in order if 0.1 <= iou[i] < 0.5]
    return positive, negative[: size - len(positive)]


def not_filled_up(iou, order, size, fraction):
    """As many negatives as if there were enough positives."""
    count = int(size * fraction)
    positive = [int(i) for i in order if iou[i] >= 0.5][:count]
    negative = [int(i) for i in order if 0.1 <= iou[i] < 0.5]
    return positive, negative[: size - count]


def in_a_fixed_ratio(iou, order, size, fraction):
    """Fewer negatives where positives are few."""
    positive = [int(i) for i in order if iou[i] >= 0.5][: int(size * fraction)]
    count = int(len(positive) * (1 - fraction) / fraction)
    negative = [int(i) for i in order if 0.1 <= iou[i] < 0.5]
    return positive, negative[:count]


def the_first_ones(iou, order, size, fraction):
    """The order is not used."""
    positive = [int(i) for i in range(len(iou)) if iou[i] >= 0.5]
    positive = positive[: int(size * fraction)]
    negative = [int(i) for i in range(len(iou)) if 0.1 <= iou[i] < 0.5]
    return positive, negative[: size - len(positive)]


def ranks(iou, order, size, fraction):
    """Places in the order, not numbers of regions."""
    best = iou[order]
    positive = [k for k in range(len(best)) if best[k] >= 0.5][: int(size * fraction)]
    negative = [k for k in range(len(best)) if 0.1 <= best[k] < 0.5]
    return positive, negative[: size - len(positive)]


def overlaps(rng: np.random.Generator) -> Iterator[Case]:
    """Many positives, few, none; the bounds themselves occur."""
    for N, size, fraction, top in [
        (8, 4, 0.25, 1.0), (12, 8, 0.25, 0.55), (12, 8, 0.5, 1.0), (10, 4, 0.25, 0.45),
        (16, 8, 0.25, 1.0), (6, 8, 0.25, 1.0), (14, 6, 0.5, 0.7),
    ]:  # fmt: skip
        iou = rng.integers(0, int(20 * top) + 1, N) / 20
        iou[:3] = 0.1, 0.05, 0.45
        yield Case(rng.permutation(iou), rng.permutation(N), size, fraction)
    iou = np.array([0.5, 0.1, 0.9, 0.0, 0.45, 0.05])
    yield Case(iou, rng.permutation(6), 4, 0.5)


EXERCISES = (
    Exercise(
        name="smooth_l1",
        title="Square near zero, straight beyond",
        reference=smooth_l1,
        visible=(
            Case(np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), 1.0),
            Case(np.array([[0.25, -0.5], [1.0, -4.0]]), 0.5),
        ),
        generate=differences,
        misconceptions=(
            Misconception(
                "a step at beta",
                with_a_step,
                "Your curve jumps where the square ends: at |d| = beta the square is "
                "worth beta / 2 and your straight part beta. Take 0.5 · beta off.",
            ),
            Misconception(
                "square not divided by beta",
                undivided,
                "Your square is the same for every beta. Divide it by beta: only then "
                "has it slope 1 where the straight part takes over.",
            ),
            Misconception(
                "beta of 1",
                beta_of_one,
                "`beta` is not used: your square always ends at 1. Divide by beta, and "
                "let the straight part begin there.",
            ),
            Misconception(
                "sign kept",
                signed,
                "For large negative differences your loss is negative: a network would "
                "be rewarded for missing on that side. Take the absolute value.",
            ),
            Misconception(
                "pieces exchanged",
                pieces_exchanged,
                "The two pieces are exchanged: the square belongs near zero, the "
                "straight part beyond beta, where an outlier must not shout.",
            ),
            Misconception(
                "half forgotten",
                no_half,
                "The square lacks its half. d² / beta has slope 2 at beta, and the "
                "pieces do not meet.",
            ),
            Misconception(
                "averaged",
                averaged,
                "You return one mean. One loss for every difference is wanted, in the "
                "shape of `d`; who calls it decides how to add them.",
            ),
        ),
        page=PAGE,
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="fast_rcnn_loss",
        title="A loss that knows what background is",
        reference=fast_rcnn_loss,
        visible=(
            Case(SEEN_P, np.array([2, 1]), SEEN_T, SEEN_V, 1.0),
            Case(SEEN_P, np.array([0, 2]), SEEN_T, SEEN_V, 1.0),
            Case(SEEN_P, np.array([0, 0]), SEEN_T, SEEN_V, 2.0),
        ),
        generate=regions,
        misconceptions=(
            Misconception(
                "background has a box",
                with_background,
                "Regions of background pay for a box. There is no true box to compare "
                "with: [u ≥ 1] takes their second term away.",
            ),
            Misconception(
                "boxes averaged over objects",
                over_objects,
                "You average the boxes over the objects alone. Both terms are averaged "
                "over all regions, so that a batch with one object does not weigh that "
                "object as much as a batch with twenty.",
            ),
            Misconception(
                "box of the predicted class",
                of_the_predicted_class,
                "You take the box of the class with the highest score. Train that of "
                "the true class u, the box that is used once the class is right.",
            ),
            Misconception(
                "boxes of all classes",
                of_all_classes,
                "You compare the boxes of all classes with v. Only that of the true "
                "class u is trained; the others have nothing to say about this region.",
            ),
            Misconception(
                "mean over the four numbers",
                coordinates_averaged,
                "You average over the four numbers of a box. L_loc is their sum.",
            ),
            Misconception(
                "background pays nothing",
                background_unclassified,
                "Background pays nothing at all. It has no box, but it has a class: "
                "−log p₀ stays.",
            ),
            Misconception(
                "summed",
                summed,
                "You sum over the regions. The mean is asked for, so that "
                "the loss does "
                "not grow with the mini-batch.",
            ),
        ),
        page=PAGE,
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="sample_rois",
        title="A quarter of objects",
        reference=sample_rois,
        visible=(
            Case(np.array([0.9, 0.3, 0.05, 0.6, 0.2, 0.7]), np.arange(6), 4, 0.25),
            Case(
                np.array([0.9, 0.3, 0.05, 0.6, 0.2, 0.7]),
                np.array([5, 4, 3, 2, 1, 0]),
                4,
                0.5,
            ),
            Case(
                np.array([0.5, 0.1, 0.0, 0.4, 0.3]), np.array([4, 0, 3, 2, 1]), 4, 0.5
            ),
        ),
        generate=overlaps,
        misconceptions=(
            Misconception(
                "no lower bound",
                all_background,
                "You also draw regions with an IoU below 0.1. They are easy and there "
                "are very many; [0.1, 0.5) keeps those that come near an object, which "
                "are worth learning from.",
            ),
            Misconception(
                "positives not bounded",
                unbounded_positives,
                "You take more positives than ⌊size · fraction⌋. The bound keeps the "
                "classifier from believing that objects are everywhere.",
            ),
            Misconception(
                "not filled up",
                not_filled_up,
                "Where positives are few your batch is too small. Negatives fill what "
                "the positives leave: size − number of positives drawn.",
            ),
            Misconception(
                "always in the ratio",
                in_a_fixed_ratio,
                "You drop negatives to keep the ratio. The fraction is a bound for the "
                "positives, not a promise; negatives fill up.",
            ),
            Misconception(
                "the first ones",
                the_first_ones,
                "You take regions in the order they are stored. Go through them in the "
                "order of `order`: proposals come sorted, and the first ones are "
                "alike.",
            ),
            Misconception(
                "ranks returned",
                ranks,
                "You return places in `order`. Numbers of regions are wanted: "
                "`order[k]`, not k.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
