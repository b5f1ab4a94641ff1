"""Anchors: laying them out, labelling them, drawing from them, their loss."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/regions/faster-rcnn"


# ---------------------------------------------------------------- laying out


def laid(H, W, stride, shapes):
    """Boxes of `shapes` (w, h) around every place."""
    boxes = []
    for i in range(H):
        for j in range(W):
            for w, h in shapes:
                x, y = j * stride, i * stride
                boxes.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return np.array(boxes)


def lay_anchors(H, W, stride, scales, ratios):
    """The answer."""
    shapes = [(s / r**0.5, s * r**0.5) for r in ratios for s in scales]
    return laid(H, W, stride, shapes)


def width_over_height(H, W, stride, scales, ratios):
    """The ratio upside down."""
    shapes = [(s * r**0.5, s / r**0.5) for r in ratios for s in scales]
    return laid(H, W, stride, shapes)


def taller_only(H, W, stride, scales, ratios):
    """The height is stretched, the width stays: the area grows."""
    return laid(H, W, stride, [(s, s * r) for r in ratios for s in scales])


def ratio_twice(H, W, stride, scales, ratios):
    """Stretched and squeezed by the whole ratio."""
    return laid(H, W, stride, [(s / r, s * r) for r in ratios for s in scales])


def scale_as_area(H, W, stride, scales, ratios):
    """The scale taken for the area."""
    shapes = [((s / r) ** 0.5, (s * r) ** 0.5) for r in ratios for s in scales]
    return laid(H, W, stride, shapes)


def in_the_middle(H, W, stride, scales, ratios):
    """Around the middle of what a place covers."""
    return lay_anchors(H, W, stride, scales, ratios) + stride / 2


def by_columns(H, W, stride, scales, ratios):
    """Column by column."""
    boxes = lay_anchors(W, H, stride, scales, ratios)
    k = len(scales) * len(ratios)
    grid = lay_anchors(H, W, stride, scales, ratios).reshape(H, W, k, 4)
    return grid.transpose(1, 0, 2, 3).reshape(len(boxes), 4)


def scales_first(H, W, stride, scales, ratios):
    """For each scale every ratio."""
    shapes = [(s / r**0.5, s * r**0.5) for s in scales for r in ratios]
    return laid(H, W, stride, shapes)


def half_sizes(H, W, stride, scales, ratios):
    """Width and height to both sides."""
    shapes = [(2 * s / r**0.5, 2 * s * r**0.5) for r in ratios for s in scales]
    return laid(H, W, stride, shapes)


def grids(rng: np.random.Generator) -> Iterator[Case]:
    """Maps that are not square, one shape or nine."""
    ratios = [[0.25, 1, 4], [1], [0.5, 2], [0.5, 1, 2], [3, 1], [0.25]]
    for own in ratios:
        H, W = sizes(rng, 1, 4)
        stride = int(rng.choice([4, 8, 16]))
        scales = [int(s) for s in rng.choice([8, 16, 24, 32], 2, replace=False)]
        yield Case(H, W, stride, scales, own)
    yield Case(2, 3, 16, [32, 64, 128], [0.5, 1, 2])
    yield Case(1, 2, 10, [20], [4])


# ---------------------------------------------------------------- labels


def label_anchors(iou):
    """The answer."""
    best = iou.max(axis=0)
    labels = np.full(iou.shape[1], -1)
    labels[best < 0.3] = 0
    labels[best >= 0.7] = 1
    top = iou.max(axis=1, keepdims=True)
    labels[((iou == top) & (top > 0)).any(axis=0)] = 1
    return labels


def without_the_best(iou):
    """The thresholds alone."""
    best = iou.max(axis=0)
    return np.where(best >= 0.7, 1, np.where(best < 0.3, 0, -1))


def all_else_negative(iou):
    """Nothing is left out."""
    return np.maximum(label_anchors(iou), 0)


def low_wins(iou):
    """Background is written last."""
    labels = label_anchors(iou)
    labels[iou.max(axis=0) < 0.3] = 0
    return labels


def first_of_the_best(iou):
    """One anchor an object, though others are as good."""
    labels = without_the_best(iou)
    for own in iou:
        if own.max() > 0:
            labels[own.argmax()] = 1
    return labels


def untouched_too(iou):
    """An object that nobody touches takes everybody."""
    labels = without_the_best(iou)
    labels[(iou == iou.max(axis=1, keepdims=True)).any(axis=0)] = 1
    return labels


def low_for_any(iou):
    """Negative as soon as one object is far."""
    labels = label_anchors(iou)
    labels[(labels < 1) & (iou.min(axis=0) < 0.3)] = 0
    return labels


def overlaps(rng: np.random.Generator) -> Iterator[Case]:
    """Objects that nobody overlaps well, ties, an object that nobody touches."""
    for M, N, top in [
        (1, 4, 20),
        (2, 5, 20),
        (2, 6, 12),
        (3, 6, 9),
        (3, 8, 20),
        (1, 5, 5),
    ]:
        iou = rng.integers(0, top, (M, N)) / 20
        if M == 3:
            iou[1] = 0
        if N == 5:
            iou[0, :2] = iou[0].max()
        yield Case(iou)
    iou = rng.integers(0, 5, (2, 6)) / 20
    iou[:, 0] = 0.25, 0.2
    yield Case(iou)
    yield Case(np.array([[0.7, 0.3, 0.65, 0.1], [0.0, 0.75, 0.2, 0.05]]))


# ---------------------------------------------------------------- drawing


def sample_anchors(labels, order, size):
    """The answer."""
    positive = [i for i in order if labels[i] == 1][: size // 2]
    negative = [i for i in order if labels[i] == 0][: size - len(positive)]
    out = np.full(len(labels), -1)
    out[positive], out[negative] = 1, 0
    return out


def drawn(labels, positive, negative):
    """Labels of those drawn."""
    out = np.full(len(labels), -1)
    out[list(positive)], out[list(negative)] = 1, 0
    return out


def half_and_half(labels, order, size):
    """Negatives are not drawn beyond the half."""
    positive = [i for i in order if labels[i] == 1][: size // 2]
    negative = [i for i in order if labels[i] == 0][: size - size // 2]
    return drawn(labels, positive, negative)


def as_many_as_positives(labels, order, size):
    """One negative for each positive."""
    positive = [i for i in order if labels[i] == 1][: size // 2]
    negative = [i for i in order if labels[i] == 0][: len(positive)]
    return drawn(labels, positive, negative)


def all_positives(labels, order, size):
    """All positives, however many."""
    positive = [i for i in order if labels[i] == 1][:size]
    negative = [i for i in order if labels[i] == 0][: size - len(positive)]
    return drawn(labels, positive, negative)


def as_they_come(labels, order, size):
    """The first anchors in the order, whatever they are."""
    some = [i for i in order if labels[i] >= 0][:size]
    return drawn(labels, [i for i in some if labels[i] == 1],
                 [i for i in some if labels[i] == 0])  # fmt: skip


def order_unused(labels, order, size):
    """The first ones stored."""
    return sample_anchors(labels, np.arange(len(labels)), size)


def ignored_too(labels, order, size):
    """Anchors between the thresholds fill up."""
    positive = [i for i in order if labels[i] == 1][: size // 2]
    negative = [i for i in order if labels[i] < 1][: size - len(positive)]
    return drawn(labels, positive, negative)


def labelled(rng: np.random.Generator) -> Iterator[Case]:
    """Many positives, few, none; too few anchors."""
    for N, size, share in [
        (10, 4, 0.6), (12, 6, 0.1), (12, 8, 0.4), (8, 4, 0.0), (9, 12, 0.5),
        (14, 6, 0.5), (11, 4, 0.3),
        (16, 5, 0.7),
    ]:  # fmt: skip
        labels = np.where(rng.random(N) < share, 1, rng.choice([0, 0, -1], N))
        labels[:2] = 0, -1
        if share > 0:
            labels[2] = 1
        yield Case(rng.permutation(labels), rng.permutation(N), size)


# ---------------------------------------------------------------- loss


def rpn_loss(p, labels, t, targets, n_cls, n_reg, lam):
    """The answer."""
    d = np.abs(t - targets)
    box = np.where(d < 1, 0.5 * d**2, d - 0.5).sum(axis=1)
    log_loss = -np.log(np.where(labels == 1, p, 1 - p))
    return float(
        log_loss[labels >= 0].sum() / n_cls + lam * box[labels == 1].sum() / n_reg
    )


def _parts(p, labels, t, targets):
    d = np.abs(t - targets)
    box = np.where(d < 1, 0.5 * d**2, d - 0.5).sum(axis=1)
    return -np.log(np.where(labels == 1, p, 1 - p)), box


def undrawn_counted(p, labels, t, targets, n_cls, n_reg, lam):
    """Anchors that were not drawn are taken for background."""
    log_loss, box = _parts(p, labels, t, targets)
    return float(log_loss.sum() / n_cls + lam * box[labels == 1].sum() / n_reg)


def boxes_of_background(p, labels, t, targets, n_cls, n_reg, lam):
    """p* is forgotten."""
    log_loss, box = _parts(p, labels, t, targets)
    drawn = labels >= 0
    return float(log_loss[drawn].sum() / n_cls + lam * box[drawn].sum() / n_reg)


def lambda_on_both(p, labels, t, targets, n_cls, n_reg, lam):
    """λ before the bracket."""
    return lam * rpn_loss(p, labels, t, targets, n_cls, n_reg, 1)


def lambda_on_classes(p, labels, t, targets, n_cls, n_reg, lam):
    """λ on the first term."""
    log_loss, box = _parts(p, labels, t, targets)
    first = log_loss[labels >= 0].sum() / n_cls
    return float(lam * first + box[labels == 1].sum() / n_reg)


def norms_exchanged(p, labels, t, targets, n_cls, n_reg, lam):
    """N_cls and N_reg exchanged."""
    return rpn_loss(p, labels, t, targets, n_reg, n_cls, lam)


def meaned(p, labels, t, targets, n_cls, n_reg, lam):
    """Means instead of the two N."""
    log_loss, box = _parts(p, labels, t, targets)
    positive = box[labels == 1]
    mean = positive.mean() if len(positive) else 0.0
    return float(log_loss[labels >= 0].mean() + lam * mean)


def only_positives(p, labels, t, targets, n_cls, n_reg, lam):
    """−log p for all."""
    _, box = _parts(p, labels, t, targets)
    first = -np.log(p[labels >= 0]).sum() / n_cls
    return float(first + lam * box[labels == 1].sum() / n_reg)


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """Some drawn, some not; one batch without an object."""
    for N, n_cls, n_reg, lam in [
        (3, 2, 4, 1.0), (4, 4, 10, 10.0), (5, 8, 20, 10.0), (6, 4, 6, 2.0),
        (8, 5, 7, 3.0), (3, 4, 2, 5.0), (4, 3, 9, 10.0),
    ]:  # fmt: skip
        labels = rng.integers(-1, 2, N)
        labels[:3] = rng.permutation([1, 0, -1])
        p = rng.integers(1, 10, N) / 10
        yield Case(p, labels, numbers(rng, N, 4), numbers(rng, N, 4), n_cls, n_reg, lam)
    labels = np.array([0, -1, 0])
    p = rng.integers(1, 10, 3) / 10
    yield Case(p, labels, numbers(rng, 3, 4), numbers(rng, 3, 4), 2, 4, 10.0)


T = np.array([[0.5, 0, 0, -2], [1, 1, 1, 1], [0, 3, 0, 0]])
ZERO = np.zeros((3, 4))


EXERCISES = (
    Exercise(
        name="lay_anchors",
        title="Nine boxes at every place",
        reference=lay_anchors,
        visible=(
            Case(1, 1, 16, [32], [1]),
            Case(1, 2, 16, [32], [0.25, 4]),
            Case(2, 1, 8, [16, 32], [1, 4]),
        ),
        generate=grids,
        misconceptions=(
            Misconception(
                "width over height",
                width_over_height,
                "Your ratios are width over height. Here a ratio is height over width: "
                "2 is a standing box.",
            ),
            Misconception(
                "area not kept",
                taller_only,
                "Your boxes grow with the ratio. All shapes of one scale have the same "
                "area: stretch the height by √r and squeeze the width by √r.",
            ),
            Misconception(
                "ratio taken twice",
                ratio_twice,
                "Your boxes have the ratio r². Width and height each take √r "
                "of it: one "
                "is divided by the root, the other multiplied.",
            ),
            Misconception(
                "scale taken for the area",
                scale_as_area,
                "You take the scale for the area. It is the root of it: 32 with ratio "
                "1 is a box of 32 × 32 pixels.",
            ),
            Misconception(
                "half a stride further",
                in_the_middle,
                "Your anchors stand half a stride too far. The one of row i and column "
                "j is around (j · stride, i · stride).",
            ),
            Misconception(
                "column by column",
                by_columns,
                "Your places go column by column. Go row by row, as the maps are "
                "flattened: otherwise each anchor gets another one's prediction.",
            ),
            Misconception(
                "scales outside, ratios inside",
                scales_first,
                "You run through the scales first. The order at a place is: for each "
                "ratio, every scale.",
            ),
            Misconception(
                "twice too large",
                half_sizes,
                "Your boxes are twice too large: half of the width lies on each side "
                "of the middle.",
            ),
        ),
        page=PAGE,
        minutes=20,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="label_anchors",
        title="Which anchors stand for an object",
        reference=label_anchors,
        visible=(
            Case(np.array([[0.8, 0.5, 0.1, 0.0]])),
            Case(np.array([[0.1, 0.4, 0.2, 0.0]])),
            Case(np.array([[0.75, 0.2, 0.4, 0.1], [0.0, 0.25, 0.1, 0.0]])),
        ),
        generate=overlaps,
        misconceptions=(
            Misconception(
                "thresholds alone",
                without_the_best,
                "An object that no anchor overlaps by 0.7 gets none, and the network "
                "never learns of it. The anchor that overlaps it most is positive, "
                "however low its IoU.",
            ),
            Misconception(
                "nothing left out",
                all_else_negative,
                "You call everything negative that is not positive. Between 0.3 and "
                "0.7 an anchor is neither: −1, left out of the loss.",
            ),
            Misconception(
                "background has the last word",
                low_wins,
                "The best anchor of an object is overwritten where its IoU is below "
                "0.3. That it is the best comes last and wins.",
            ),
            Misconception(
                "one of several best",
                first_of_the_best,
                "Where two anchors overlap an object equally well, you take the first. "
                "Both are best, and both are positive.",
            ),
            Misconception(
                "untouched object",
                untouched_too,
                "An object that no anchor touches has a best IoU of 0, which all "
                "anchors share that do not touch it: you make them all positive. Best "
                "must mean above 0.",
            ),
            Misconception(
                "negative for one object",
                low_for_any,
                "An anchor is negative if its IoU is below 0.3 with all objects, so "
                "look at its largest, not at its smallest.",
            ),
        ),
        page=PAGE,
        minutes=20,
        difficulty=3,
        points=3,
    ),
    Exercise(
        name="sample_anchors",
        title="Half of them at most",
        reference=sample_anchors,
        visible=(
            Case(np.array([1, 0, 0, -1, 1, 0, 1, 0]), np.arange(8), 4),
            Case(np.array([1, 0, 0, -1, 0, 0]), np.array([5, 4, 3, 2, 1, 0]), 4),
            Case(np.array([0, 0, -1, 0]), np.array([2, 3, 0, 1]), 2),
        ),
        generate=labelled,
        misconceptions=(
            Misconception(
                "negatives do not fill up",
                half_and_half,
                "Where positives are few your mini-batch is too small. Negatives fill "
                "what is left: size − number of positives drawn.",
            ),
            Misconception(
                "as many negatives as positives",
                as_many_as_positives,
                "You draw one negative for each positive. 1 : 1 is the most that "
                "positives may have; negatives fill the mini-batch, or one without an "
                "object would be empty.",
            ),
            Misconception(
                "positives not bounded",
                all_positives,
                "You draw more than half positives. size // 2 is their bound.",
            ),
            Misconception(
                "as they come",
                as_they_come,
                "You draw from all anchors together. Nearly all are background, so "
                "nearly all you draw is: draw positives first, then negatives.",
            ),
            Misconception(
                "order not used",
                order_unused,
                "You take the first anchors stored, all from the top of the picture. "
                "Go through them in the order of `order`.",
            ),
            Misconception(
                "left out ones drawn",
                ignored_too,
                "Anchors with label −1 fill up your mini-batch. They are neither "
                "object nor background and stay out.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="rpn_loss",
        title="Two terms in balance",
        reference=rpn_loss,
        visible=(
            Case(np.array([0.5, 0.5, 0.9]), np.array([1, 0, -1]), T, ZERO, 2, 4, 1.0),
            Case(np.array([0.8, 0.1, 0.5]), np.array([0, 1, 1]), T, ZERO, 4, 8, 10.0),
            Case(np.array([0.2, 0.3, 0.9]), np.array([0, 0, -1]), T, ZERO, 2, 4, 10.0),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "not drawn counts as background",
                undrawn_counted,
                "Anchors with label −1 were not drawn and do not count: leave them out "
                "of both sums.",
            ),
            Misconception(
                "background has a box",
                boxes_of_background,
                "Background pays for a box. p* is 0 there and takes the term away.",
            ),
            Misconception(
                "λ on both terms",
                lambda_on_both,
                "λ stands before the second term only. On both it would change the "
                "learning rate and balance nothing.",
            ),
            Misconception(
                "λ on the wrong term",
                lambda_on_classes,
                "λ weighs the boxes, not the classes: it stands before the second sum.",
            ),
            Misconception(
                "norms exchanged",
                norms_exchanged,
                "You divide the log losses by n_reg and the boxes by n_cls: it is the "
                "other way round.",
            ),
            Misconception(
                "means",
                meaned,
                "You take means over the anchors found. Divide by n_cls and n_reg as "
                "they are given.",
            ),
            Misconception(
                "−log p for all",
                only_positives,
                "Background pays −log p, as if it were an object. The log loss of a "
                "negative is −log(1 − p).",
            ),
        ),
        page=PAGE,
        minutes=20,
        difficulty=2,
        points=3,
    ),
)
