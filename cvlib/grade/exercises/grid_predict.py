"""From a tensor to detections, judged by the mean average precision they reach."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def yolo_map(predictions, truth, cell, score_threshold, iou_threshold):
    """The answer."""
    return scored(predictions, truth, cell, score_threshold, iou_threshold)


def scored(predictions, truth, cell, score_threshold, iou_threshold, **how):
    """How many boxes are found in all pictures, and their mAP."""
    rows = []
    for n, prediction in enumerate(predictions):
        found = steps(prediction, cell, score_threshold, iou_threshold, **how)
        rows.append(np.insert(found, 0, n, axis=1))
    found = np.concatenate(rows)
    return len(found), mean_ap(found, truth)


def steps(prediction, cell, score_threshold, iou_threshold, **how):
    """Read, threshold, suppress; `how` says what to do otherwise."""
    rows = read(prediction, cell, anchors=how.get("anchors", slice(None)))
    rows = rows[rows[:, 4] >= score_threshold]
    rows = rows[np.argsort(-rows[:, 4], kind="stable")]
    if how.get("upside_down"):
        rows = rows[::-1]
    return suppress(rows, iou_threshold, **how)


def read(prediction, cell, anchors=slice(None)):
    """(rows·columns·B, 6): x1, y1, x2, y2, score, label."""
    i, j = np.indices(prediction.shape[:2])[..., None]
    p, x, y, w, h = np.moveaxis(prediction[:, :, anchors, :5], -1, 0)
    x, y, w, h = (x + j) * cell, (y + i) * cell, w * cell, h * cell
    classes = prediction[:, :, anchors, 5:]
    columns = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
    columns += [p * classes.max(axis=-1), classes.argmax(axis=-1) + 1.0]
    return np.stack(columns, axis=-1).reshape(-1, 6)


def suppress(rows, iou_threshold, *, over_classes=False, none=False, **_):
    """The rows that stay, class by class, the best first."""
    kept = []
    for row in rows:
        rivals = [k for k in kept if over_classes or k[5] == row[5]]
        if none or all(iou(row, rival) <= iou_threshold for rival in rivals):
            kept.append(row)
    return np.array(kept).reshape(-1, 6)


def iou(a, b):
    """Overlap of two rows."""
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = width * height
    areas = sum((r[2] - r[0]) * (r[3] - r[1]) for r in (a, b))
    return shared / (areas - shared) if areas > shared else 0.0


def no_suppression(predictions, truth, cell, score_threshold, iou_threshold):
    """Keep every box."""
    return scored(predictions, truth, cell, score_threshold, iou_threshold, none=True)


def across_classes(predictions, truth, cell, score_threshold, iou_threshold):
    """Suppress without looking at the class."""
    how = {"over_classes": True}
    return scored(predictions, truth, cell, score_threshold, iou_threshold, **how)


def first_anchor_only(predictions, truth, cell, score_threshold, iou_threshold):
    """Read one box a cell."""
    how = {"anchors": slice(0, 1)}
    return scored(predictions, truth, cell, score_threshold, iou_threshold, **how)


def worst_first(predictions, truth, cell, score_threshold, iou_threshold):
    """Let the least sure suppress the surest."""
    how = {"upside_down": True}
    return scored(predictions, truth, cell, score_threshold, iou_threshold, **how)


def unsure_of_the_class(predictions, truth, cell, score_threshold, iou_threshold):
    """Score by p_c alone."""
    sure = predictions.copy()
    likeliest = predictions[..., 5:].argmax(axis=-1)
    sure[..., 5:] = np.eye(predictions.shape[-1] - 5)[likeliest]
    return scored(sure, truth, cell, score_threshold, iou_threshold)


def no_threshold(predictions, truth, cell, score_threshold, iou_threshold):
    """Forget the threshold."""
    return scored(predictions, truth, cell, 0.0, iou_threshold)


# ---------------------------------------------------------------- how it is judged


def average_precision(found, truth, label):
    """The area under the curve, VOC's way, at an overlap above one half.

    found: (M, 7) image, x1, y1, x2, y2, score, label. truth: (N, 6) without the score.
    """
    objects = truth[truth[:, 5] == label]
    own = found[found[:, 6] == label]
    own = own[np.argsort(-own[:, 5], kind="stable")]
    taken, hits = set(), []
    for row in own:
        fits = [
            (iou(row[1:5], other[1:5]), -n)
            for n, other in enumerate(objects)
            if other[0] == row[0]
        ]
        best, n = max(fits, default=(0.0, 0))
        hits.append(best > 0.5 and n not in taken)
        taken |= {n} if best > 0.5 else set()
    true = np.cumsum(hits)
    precision = true / (np.arange(len(hits)) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float((best_from_here * np.array(hits)).sum() / len(objects))


def mean_ap(found, truth):
    """The mean over the classes that there are."""
    labels = np.unique(truth[:, 5])
    return float(np.mean([average_precision(found, truth, label) for label in labels]))


def guesses(
    rng: np.random.Generator, pictures: int, busy: int, grid=(4, 5), C: int = 3
) -> Case:
    """What a half-trained network says of some pictures, and what is on them."""
    (rows, columns), B, cell = grid, 2, 16
    predictions, truth = [], []
    for n in range(pictures):
        said = np.zeros((rows, columns, B, 5 + C))
        said[..., 0] = rng.uniform(0, 0.2, said.shape[:3])
        said[..., 1:3] = rng.uniform(0.2, 0.8, (*said.shape[:3], 2))
        said[..., 3:5] = rng.uniform(0.5, 2, (*said.shape[:3], 2))
        said[..., 5:] = rng.dirichlet([0.4] * C, said.shape[:3])
        cells = rng.choice(rows * columns, busy + 1, replace=False)
        for at in cells[:busy]:
            i, j = divmod(int(at), columns)
            b, label = int(rng.integers(B)), int(rng.integers(1, C + 1))
            size, (x, y) = rng.uniform(1.2, 2.2, 2), rng.uniform(0.3, 0.7, 2)
            box = np.array([j + x, i + y, j + x, i + y])
            box += np.array([*(-size / 2), *(size / 2)])
            truth.append([n, *(box * cell), label])
            hit(rng, said[i, j, b], x, y, size, label, 0.75)
            if rng.random() < 0.6:  # a neighbour says it too, less surely
                step = 1 if j + 1 < columns else -1
                hit(rng, said[i, j + step, b], x - step, y, size, label, 0.5)
            if rng.random() < 0.5:  # another class in the same place
                hit(rng, said[i, j, 1 - b], x, y, size, label % C + 1, 0.45)
                if rng.random() < 0.5:
                    truth.append([n, *(box * cell), label % C + 1])
        i, j = divmod(int(cells[busy]), columns)  # something is there, but what?
        said[i, j, 0, 0] = rng.uniform(0.4, 0.5)
        said[i, j, 0, 5:] = 1 / C + np.linspace(0.05, -0.05, C)
        predictions.append(said.round(3))
    return Case(np.stack(predictions), np.array(truth).round(2), cell, 0.3, 0.5)


def hit(rng, place, x, y, size, label, p):
    """Say this box, about."""
    place[0] = p + rng.uniform(0, 0.2)
    place[1:3] = np.array([x, y]) + rng.normal(0, 0.04, 2)
    place[3:5] = size * np.exp(rng.normal(0, 0.08, 2))
    place[5:] = 0.06
    place[4 + label] = 1 - 0.06 * (len(place) - 6)


def nights(rng: np.random.Generator) -> Iterator[Case]:
    """Few and many pictures."""
    for pictures, busy in ((1, 1), (1, 3), (2, 2), (2, 4), (3, 3), (4, 3), (6, 3)):
        yield guesses(rng, pictures, busy)
    yield guesses(rng, 8, 2, grid=(3, 6), C=2)


EXERCISES = (
    Exercise(
        name="yolo_map",
        title="From the tensor to the mAP",
        reference=yolo_map,
        visible=(
            guesses(np.random.default_rng(3), 1, 2, grid=(2, 3), C=2),
            guesses(np.random.default_rng(8), 1, 3, grid=(2, 4), C=2),
        ),
        generate=nights,
        misconceptions=(
            Misconception(
                "no suppression",
                no_suppression,
                "Every object is found several times, and each repetition counts as a "
                "false positive. Suppress: of boxes of one class that overlap more "
                "than iou_threshold, the surest stays.",
            ),
            Misconception(
                "suppressed across classes",
                across_classes,
                "You suppress across classes. A box of one class must not throw out "
                "one of another: a rider sits where the horse is.",
            ),
            Misconception(
                "first anchor only",
                first_anchor_only,
                "You read one box a cell. The third axis holds one for each anchor, "
                "and every one may have found something.",
            ),
            Misconception(
                "the least sure first",
                worst_first,
                "You begin with the least sure box, so it throws out better ones. Sort "
                "by score, the highest first.",
            ),
            Misconception(
                "score is p_c",
                unsure_of_the_class,
                "You score by p_c alone. Multiply by the chance of the class, before "
                "the threshold.",
            ),
            Misconception(
                "no threshold",
                no_threshold,
                "You keep boxes below score_threshold. Most places of the grid are "
                "empty, and each would give one.",
            ),
        ),
        page="book/grids/mini-yolo",
        minutes=25,
        difficulty=3,
        points=3,
    ),
)
