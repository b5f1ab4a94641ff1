"""What a map costs, how well it fits, and what it is trained with."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

# ---------------------------------------------------------------- what two ideas cost


def layer(before, after):
    """Multiply-adds of one output pixel of a 3 × 3 layer."""
    return 9 * before * after


def cost_of_ideas(height, width, channels):
    """The answer."""
    L = len(channels) - 1
    weights = [layer(channels[i], channels[i + 1]) for i in range(L)]
    patch = sum((2 * (L - i) - 1) ** 2 * w for i, w in enumerate(weights))
    return height * width * patch, height * width * sum(weights)


def patch_keeps_its_size(height, width, channels):
    """Every layer of a patch at the size of the patch."""
    L = len(channels) - 1
    whole = sum(layer(channels[i], channels[i + 1]) for i in range(L))
    return height * width * (2 * L + 1) ** 2 * whole, height * width * whole


def one_patch(height, width, channels):
    """Idea 1 for one pixel."""
    first, second = cost_of_ideas(height, width, channels)
    return first // (height * width), second


def patch_of_three(height, width, channels):
    """A patch of 3 · 3 whatever the depth: the network sees one pixel more."""
    _, second = cost_of_ideas(height, width, channels)
    return 9 * second, second


def channels_before_forgotten(height, width, channels):
    """A filter has one slice."""
    L = len(channels) - 1
    patch = sum((2 * (L - i) - 1) ** 2 * 9 * channels[i + 1] for i in range(L))
    whole = sum(9 * n for n in channels[1:])
    return height * width * patch, height * width * whole


def shrinks_by_one(height, width, channels):
    """A 3 × 3 layer takes off one pixel in all."""
    L = len(channels) - 1
    weights = [layer(channels[i], channels[i + 1]) for i in range(L)]
    patch = sum((L - i) ** 2 * w for i, w in enumerate(weights))
    return height * width * patch, height * width * sum(weights)


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """One layer, where both ideas cost the same, to four."""
    for L in (1, 1, 2, 2, 3, 3, 4, 4):
        H, W = sizes(rng, 4, 40)
        yield Case(H, W, [3, *(int(n) for n in rng.integers(2, 20, L))])


# ---------------------------------------------------------------- mean IoU


def counts(preds, target, k):
    """Intersection, called so, truly so."""
    called, true = preds == k, target == k
    return (called & true).sum(), called.sum(), true.sum()


def mean_iou(preds, target, num_classes):
    """The answer."""
    found = []
    for k in range(num_classes):
        both, called, true = counts(preds, target, k)
        if called + true:
            found.append(both / (called + true - both))
    return float(np.mean(found))


def absent_is_zero(preds, target, num_classes):
    """0/0 is 0."""
    total = 0.0
    for k in range(num_classes):
        both, called, true = counts(preds, target, k)
        total += both / max(called + true - both, 1)
    return total / num_classes


def absent_is_one(preds, target, num_classes):
    """0/0 is 1."""
    total = 0.0
    for k in range(num_classes):
        both, called, true = counts(preds, target, k)
        union = called + true - both
        total += both / union if union else 1.0
    return total / num_classes


def only_true_classes(preds, target, num_classes):
    """A class that is not there does not count, whoever calls it."""
    found = []
    for k in range(num_classes):
        both, called, true = counts(preds, target, k)
        if true:
            found.append(both / (called + true - both))
    return float(np.mean(found))


def union_is_the_sum(preds, target, num_classes):
    """The intersection is counted twice below."""
    found = []
    for k in range(num_classes):
        both, called, true = counts(preds, target, k)
        if called + true:
            found.append(both / (called + true))
    return float(np.mean(found))


def dice(preds, target, num_classes):
    """Twice the intersection over the sum."""
    return 2 * union_is_the_sum(preds, target, num_classes)


def without_background(preds, target, num_classes):
    """Class 0 is left out."""
    found = []
    for k in range(1, num_classes):
        both, called, true = counts(preds, target, k)
        if called + true:
            found.append(both / (called + true - both))
    return float(np.mean(found)) if found else 0.0


def accuracy_of_pixels(preds, target, num_classes):
    """Share of right pixels."""
    return float((preds == target).mean())


def recall_of_classes(preds, target, num_classes):
    """Intersection over truth."""
    found = []
    for k in range(num_classes):
        both, _, true = counts(preds, target, k)
        if true:
            found.append(both / true)
    return float(np.mean(found))


def two_maps(rng: np.random.Generator) -> Iterator[Case]:
    """Classes that are absent, only predicted, only true."""
    for n, K in ((2, 2), (3, 3), (4, 4), (4, 6), (5, 5), (5, 7)):
        H, W = sizes(rng, 2, 6)
        target = rng.integers(0, n, (H, W))
        other = rng.integers(0, n, (H, W))
        preds = np.where(rng.random((H, W)) < 0.6, target, other)
        yield Case(preds, target, K)
    yield Case(np.array([[0, 3], [1, 1]]), np.array([[0, 0], [1, 1]]), 5)
    yield Case(np.array([[1, 1, 1]]), np.array([[1, 1, 2]]), 4)


# ---------------------------------------------------------------- the loss of a map


def log_softmax(x):
    """Over the classes, which are the first axis."""
    shifted = x - x.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


def losses_of(logits, target):
    """−log p of each pixel's class; class 0 where there is none."""
    rows, columns = np.indices(target.shape)
    inside = np.clip(target, 0, len(logits) - 1)
    return -log_softmax(logits)[inside, rows, columns]


def pixel_loss(logits, target, ignore_index):
    """The answer."""
    counted = target != ignore_index
    if not counted.any():
        return 0.0
    return float(losses_of(logits, np.where(counted, target, 0))[counted].mean())


def divided_by_all(logits, target, ignore_index):
    """The mean over all pixels, with 0 for the ignored."""
    counted = target != ignore_index
    loss = losses_of(logits, np.where(counted, target, 0))
    return float((loss * counted).sum() / target.size)


def ignored_is_background(logits, target, ignore_index):
    """An ignored pixel is one of class 0."""
    return float(losses_of(logits, np.where(target == ignore_index, 0, target)).mean())


def added_up(logits, target, ignore_index):
    """The sum over the pixels."""
    counted = target != ignore_index
    return float(losses_of(logits, np.where(counted, target, 0))[counted].sum())


def softmax_over_pixels(logits, target, ignore_index):
    """Every class shares 1 among the pixels."""
    counted = target != ignore_index
    if not counted.any():
        return 0.0
    flat = logits.reshape(len(logits), -1).T
    p = log_softmax(flat).T.reshape(logits.shape)
    rows, columns = np.indices(target.shape)
    inside = np.where(counted, target, 0)
    return float(-p[inside, rows, columns][counted].mean())


def without_softmax(logits, target, ignore_index):
    """Minus the score itself."""
    counted = target != ignore_index
    if not counted.any():
        return 0.0
    rows, columns = np.indices(target.shape)
    inside = np.where(counted, target, 0)
    return float(-logits[inside, rows, columns][counted].mean())


def sign_forgotten(logits, target, ignore_index):
    """log p, not minus it."""
    return -pixel_loss(logits, target, ignore_index)


def scored_maps(rng: np.random.Generator) -> Iterator[Case]:
    """Some pixels ignored, none, all; another number for them."""
    for C, share, ignored in (
        (2, 0.0, 255), (3, 0.3, 255), (4, 0.5, -1), (3, 0.4, -100), (5, 0.2, 255),
        (2, 0.6, -1),
    ):  # fmt: skip
        H, W = sizes(rng, 2, 4)
        target = rng.integers(0, C, (H, W))
        target[rng.random((H, W)) < share] = ignored
        yield Case(numbers(rng, C, H, W), target, ignored)
    yield Case(numbers(rng, 3, 2, 2), np.full((2, 2), 255), 255)
    yield Case(numbers(rng, 3, 1, 2), np.array([[2, 255]]), 255)


EXERCISES = (
    Exercise(
        name="cost_of_ideas",
        title="What two ideas cost",
        reference=cost_of_ideas,
        visible=(
            Case(4, 5, [3, 2]),
            Case(10, 20, [3, 8, 2]),
            Case(160, 208, [3, 16, 16, 7]),
        ),
        generate=stacks,
        misconceptions=(
            Misconception(
                "every layer at the size of the patch",
                patch_keeps_its_size,
                "You compute every layer of a patch at the patch's full size. Without "
                "padding a 3 × 3 layer takes off a row on every side, so that the last "
                "layer is 1 × 1, and the one before it 3 × 3.",
            ),
            Misconception(
                "one patch only",
                one_patch,
                "That is the cost of one patch. The first idea cuts one out for every "
                "pixel: height · width of them.",
            ),
            Misconception(
                "a patch of 3 × 3",
                patch_of_three,
                "You multiply by 9, as if a patch were 3 × 3. Each layer adds 2 to "
                "what a pixel has seen: count the outputs of each layer within the "
                "patch.",
            ),
            Misconception(
                "one slice a filter",
                channels_before_forgotten,
                "The channels of the layer before are missing. A filter has a 3 × 3 "
                "slice for each of them: 9 · before · after.",
            ),
            Misconception(
                "a layer takes off one pixel",
                shrinks_by_one,
                "You let a 3 × 3 layer take off one pixel. It takes one off on each "
                "side: 1, 3, 5, … outputs on a side, from the last layer down.",
            ),
        ),
        page="book/segmenting/four-ideas",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="mean_iou",
        title="Mean IoU, and a class that nobody saw",
        reference=mean_iou,
        visible=(
            Case(np.array([[0, 0], [1, 1]]), np.array([[0, 1], [1, 1]]), 2),
            Case(np.array([[0, 0, 2]]), np.array([[0, 0, 0]]), 3),
            Case(np.array([[0, 1, 1]]), np.array([[0, 0, 1]]), 4),
        ),
        generate=two_maps,
        misconceptions=(
            Misconception(
                "an absent class counts as 0",
                absent_is_zero,
                "You count a class that is neither there nor predicted as 0. Nothing "
                "was done wrong there: leave it out, and divide by the classes left.",
            ),
            Misconception(
                "an absent class counts as 1",
                absent_is_one,
                "You count a class that is neither there nor predicted as 1. Then "
                "every class that one adds to the list makes the score better.",
            ),
            Misconception(
                "only classes of the truth",
                only_true_classes,
                "You leave out every class that the truth does not have. If it was "
                "predicted all the same, that is a mistake, with an IoU of 0.",
            ),
            Misconception(
                "intersection counted twice",
                union_is_the_sum,
                "The pixels on which both agree are counted twice in your union: take "
                "them off once.",
            ),
            Misconception(
                "Dice",
                dice,
                "That is Dice, twice the intersection over the sum of both. IoU has "
                "the union below, and nothing twice.",
            ),
            Misconception(
                "background left out",
                without_background,
                "You leave out class 0. In a map the background is a class like the "
                "others, and to call it wrongly is a mistake.",
            ),
            Misconception(
                "share of right pixels",
                accuracy_of_pixels,
                "That is the share of right pixels. Mean IoU asks each class in turn, "
                "and the small ones weigh as much as the large.",
            ),
            Misconception(
                "intersection over truth",
                recall_of_classes,
                "You divide by the true pixels of a class alone. Then calling "
                "everything one class costs it nothing; the union holds those calls "
                "too.",
            ),
        ),
        page="book/segmenting/measuring",
        minutes=15,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="pixel_loss",
        title="A loss that leaves pixels out",
        reference=pixel_loss,
        visible=(
            Case(np.zeros((2, 1, 2)), np.array([[0, 1]]), 255),
            Case(
                np.array([[[1.0, 0.0, 2.0]], [[0.0, 3.0, 2.0]]]),
                np.array([[0, 1, 255]]),
                255,
            ),
            Case(
                np.array([[[1.0, -1.0]], [[0.5, 0.0]], [[0.0, 2.0]]]),
                np.array([[-1, 2]]),
                -1,
            ),
        ),
        generate=scored_maps,
        misconceptions=(
            Misconception(
                "divided by all pixels",
                divided_by_all,
                "You divide by all pixels. An ignored one must not count at all: the "
                "more there are, the smaller your loss gets. Divide by those that "
                "count.",
            ),
            Misconception(
                "ignored is background",
                ignored_is_background,
                "You train ignored pixels as class 0. Ignored means that nobody knows: "
                "no answer there is right, and none is wrong.",
            ),
            Misconception(
                "added up",
                added_up,
                "That is the sum. A mean does not change when the same picture is "
                "twice as large.",
            ),
            Misconception(
                "softmax over the pixels",
                softmax_over_pixels,
                "Your softmax runs over the pixels. The classes compete within each "
                "pixel: the first axis.",
            ),
            Misconception(
                "no softmax",
                without_softmax,
                "You take the score of the true class as it is. A score says nothing "
                "alone: softmax first, then the logarithm.",
            ),
            Misconception(
                "sign forgotten",
                sign_forgotten,
                "The logarithm of a probability is negative; the loss is minus it.",
            ),
        ),
        page="book/segmenting/measuring",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
