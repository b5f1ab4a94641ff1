"""One box for one object, and each class by itself."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def iou(a, b):
    """IoU of two boxes; 0 if both are empty."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union > 0 else 0.0


def best_first(scores):
    """Indices from the highest score to the lowest, equal ones in their order."""
    return sorted(range(len(scores)), key=lambda n: -scores[n])


def nms(boxes, scores, iou_threshold):
    """The answer."""
    keep = []
    for n in best_first(scores):
        if all(iou(boxes[k], boxes[n]) <= iou_threshold for k in keep):
            keep.append(n)
    return keep


def suppressed_suppress(boxes, scores, iou_threshold):
    """Compare with every better box, whether it stays or not."""
    order = best_first(scores)
    return [
        n
        for place, n in enumerate(order)
        if all(iou(boxes[k], boxes[n]) <= iou_threshold for k in order[:place])
    ]


def at_the_threshold(boxes, scores, iou_threshold):
    """Throw out at the threshold, too."""
    keep = []
    for n in best_first(scores):
        if all(iou(boxes[k], boxes[n]) < iou_threshold for k in keep):
            keep.append(n)
    return keep


def the_worst_first(boxes, scores, iou_threshold):
    """Sort the wrong way."""
    return nms(boxes, -np.asarray(scores), iou_threshold)


def in_the_lists_order(boxes, scores, iou_threshold):
    """Never look at the scores."""
    return nms(boxes, np.zeros(len(boxes)), iou_threshold)


def later_of_equals(boxes, scores, iou_threshold):
    """Turn an ascending order round, and equal scores with it."""
    order = sorted(range(len(scores)), key=lambda n: scores[n])[::-1]
    keep = []
    for n in order:
        if all(iou(boxes[k], boxes[n]) <= iou_threshold for k in keep):
            keep.append(n)
    return keep


def only_the_last(boxes, scores, iou_threshold):
    """Compare with the box that was kept last."""
    keep = []
    for n in best_first(scores):
        if not keep or iou(boxes[keep[-1]], boxes[n]) <= iou_threshold:
            keep.append(n)
    return keep


def sorted_indices(boxes, scores, iou_threshold):
    """Give the right boxes in the order of the list."""
    return sorted(nms(boxes, scores, iou_threshold))


def only_sorted(boxes, scores, iou_threshold):
    """Throw nothing out."""
    return best_first(scores)


def what_went(boxes, scores, iou_threshold):
    """Give those that were thrown out."""
    stay = nms(boxes, scores, iou_threshold)
    return [n for n in best_first(scores) if n not in stay]


def nms_per_class(boxes, scores, labels, iou_threshold):
    """The answer."""
    keep = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        keep += [int(own[n]) for n in nms(boxes[own], scores[own], iou_threshold)]
    return sorted(keep, key=lambda n: (-scores[n], n))


def classes_ignored(boxes, scores, labels, iou_threshold):
    """Suppress across classes."""
    return nms(boxes, scores, iou_threshold)


def class_by_class(boxes, scores, labels, iou_threshold):
    """List one class after the other."""
    keep = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        keep += [int(own[n]) for n in nms(boxes[own], scores[own], iou_threshold)]
    return keep


def counted_within_the_class(boxes, scores, labels, iou_threshold):
    """Give places in the class's own list."""
    keep = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        stay = nms(boxes[own], scores[own], iou_threshold)
        keep += [(-scores[own[n]], own[n], n) for n in stay]
    return [int(n) for *_, n in sorted(keep)]


def moved_apart(boxes, scores, labels, iou_threshold):
    """Move each class by the largest coordinate, although some are negative."""
    if len(boxes) == 0:
        return []
    step = boxes.max() + 1
    return nms(boxes + labels[:, None] * step, scores, iou_threshold)


def one_a_class(boxes, scores, labels, iou_threshold):
    """Keep the best of each class."""
    keep = []
    for label in np.unique(labels):
        own = [n for n in best_first(scores) if labels[n] == label]
        keep.append(own[0])
    return sorted(keep, key=lambda n: (-scores[n], n))


def other_classes_only(boxes, scores, labels, iou_threshold):
    """Suppress boxes of other classes."""
    keep = []
    for n in best_first(scores):
        if all(
            labels[k] == labels[n] or iou(boxes[k], boxes[n]) <= iou_threshold
            for k in keep
        ):
            keep.append(n)
    return keep


def as_list(answer, case):
    """An array of indices is as good as a list of them."""
    given = answer(*case.args, **case.kwargs)
    return given.tolist() if isinstance(given, np.ndarray) else given


def crowd(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """n boxes that overlap much, on whole pixels round 0, with few scores."""
    corners = rng.integers(-6, 6, (n, 2))
    boxes = np.concatenate([corners, corners + rng.integers(4, 10, (n, 2))], axis=1)
    return boxes.astype(float), rng.integers(2, 10, n) / 10


def rows(rng: np.random.Generator, n: int) -> np.ndarray:
    """n boxes in a row, each overlapping its neighbours by a third."""
    start = 4.0 * np.arange(n) + float(rng.integers(-9, 9))
    return np.stack([start, 0 * start, start + 8, 0 * start + 6], axis=1)


def lists(rng: np.random.Generator) -> Iterator[Case]:
    """Rows, pairs at the threshold, equal scores, empty boxes, crowds, and none."""
    yield Case(np.zeros((0, 4)), np.zeros(0), 0.5)
    row = rows(rng, 3)
    yield Case(row, np.array([0.9, 0.8, 0.7]), 0.3)
    yield Case(row, np.array([0.6, 0.9, 0.7]), 0.3)
    yield Case(rows(rng, 5), np.array([0.5, 0.8, 0.6, 0.9, 0.7]), 0.3)
    yield Case(rows(rng, 6), np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), 0.3)
    h = float(rng.integers(2, 6))
    halves = np.array([[0, 0, 6, 2 * h], [0, 0, 6, h], [0, h, 6, 2 * h]])
    yield Case(halves, np.array([0.9, 0.8, 0.7]), 0.5)
    yield Case(np.repeat(row[:1], 3, axis=0), np.array([0.4, 0.7, 0.7]), 0.5)
    point = np.array([[h, h, h, h]])
    yield Case(np.concatenate([point, row[:1], point]), np.array([0.5, 0.7, 0.6]), 0.0)
    for n, threshold in ((6, 0.3), (8, 0.4), (10, 0.2), (12, 0.5)):
        yield Case(*crowd(rng, n), threshold)


def labelled(rng: np.random.Generator) -> Iterator[Case]:
    """The same with classes; negative coordinates among them."""
    none = np.zeros(0, dtype=np.int64)
    yield Case(np.zeros((0, 4)), np.zeros(0), none, 0.5)
    row = rows(rng, 3)
    yield Case(row, np.array([0.9, 0.8, 0.7]), np.array([1, 1, 2]), 0.3)
    yield Case(row, np.array([0.6, 0.9, 0.7]), np.array([2, 1, 2]), 0.3)
    far = rows(rng, 5)[::2] * 3  # of one class, apart
    yield Case(far, np.array([0.5, 0.9, 0.7]), np.array([1, 1, 2]), 0.3)
    s = float(rng.integers(5, 12))
    apart = np.array([[0, 0, s, s], [-s, -s, 0, 0], [-s, -s, 1, 0]])
    yield Case(apart, np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1]), 0.4)
    for n, threshold in ((6, 0.3), (8, 0.4), (10, 0.2), (12, 0.5)):
        boxes, scores = crowd(rng, n)
        yield Case(boxes, scores, rng.integers(0, 3, n), threshold)


ROW = np.array([[0.0, 0, 8, 6], [4, 0, 12, 6], [8, 0, 16, 6]])
DOWN = np.array([0.9, 0.8, 0.7])
EXERCISES = (
    Exercise(
        name="nms",
        title="One box for one object",
        reference=nms,
        visible=(
            Case(ROW, DOWN, 0.5),
            Case(ROW, DOWN, 0.3),
            Case(ROW, np.array([0.6, 0.9, 0.7]), 0.3),
            Case(np.array([[0.0, 0, 2, 2], [0, 0, 2, 1]]), np.array([0.9, 0.8]), 0.5),
            Case(ROW[[0, 0]], np.array([0.5, 0.5]), 0.5),
        ),
        generate=lists,
        misconceptions=(
            Misconception(
                "what went still suppresses",
                suppressed_suppress,
                "You compare a box with every better one. A box that was thrown out "
                "says nothing any more: only boxes that stay suppress others.",
            ),
            Misconception(
                "at the threshold",
                at_the_threshold,
                "You throw out a box whose IoU equals the threshold. Here, as in "
                "torchvision, it has to be above it: with 0.5 and an IoU of exactly "
                "0.5 both boxes stay.",
            ),
            Misconception(
                "the worst first",
                the_worst_first,
                "You begin with the lowest score, so the worst box of each heap stays. "
                "Sort from the highest score down.",
            ),
            Misconception(
                "scores not used",
                in_the_lists_order,
                "You go through the boxes as they stand in the list. The best one must "
                "come first, or a poor box throws out a good one: sort by score.",
            ),
            Misconception(
                "the later of equals",
                later_of_equals,
                "You sort upwards and turn the list round, which turns equal scores "
                "round as well. Of equals the first in the list comes first: sort by "
                "−score with a stable sort.",
            ),
            Misconception(
                "only the last one kept",
                only_the_last,
                "You compare with the box that was kept last. Any of those kept before "
                "may overlap too: compare with all of them.",
            ),
            Misconception(
                "indices sorted",
                sorted_indices,
                "The boxes are right, their order is not. The result begins with the "
                "best box, so keep the order in which you picked them.",
            ),
            Misconception(
                "nothing thrown out",
                only_sorted,
                "You keep every box. A box whose IoU with one that stays is above "
                "iou_threshold has to go: it shows the same object once more.",
            ),
            Misconception(
                "those thrown out",
                what_went,
                "You give the boxes that were thrown out. Wanted are the indices of "
                "those that stay.",
            ),
        ),
        page="book/measuring/suppression",
        minutes=25,
        difficulty=2,
        points=3,
        call=as_list,
    ),
    Exercise(
        name="nms_per_class",
        title="Each class by itself",
        reference=nms_per_class,
        visible=(
            Case(ROW, DOWN, np.array([1, 2, 1]), 0.3),
            Case(ROW, DOWN, np.array([2, 2, 1]), 0.3),
            Case(ROW[[0, 0, 0]], np.array([0.7, 0.9, 0.8]), np.array([1, 2, 1]), 0.5),
        ),
        generate=labelled,
        misconceptions=(
            Misconception(
                "classes not used",
                classes_ignored,
                "You let a box throw out a box of another class. A cat on a sofa is "
                "two answers: only boxes with the same label suppress each other.",
            ),
            Misconception(
                "one class after the other",
                class_by_class,
                "You list the classes one after the other. The result is one list, the "
                "best box of all first: sort the indices by score at the end.",
            ),
            Misconception(
                "places within the class",
                counted_within_the_class,
                "You give places in the list of one class. The caller has the whole "
                "list: translate them back, `own[n]` for the n-th box of its class.",
            ),
            Misconception(
                "moved by too little",
                moved_apart,
                "You move each class aside by the largest coordinate. With negative "
                "coordinates that is less than the boxes reach, and neighbouring "
                "classes meet: go through the classes, or move by more.",
            ),
            Misconception(
                "one box a class",
                one_a_class,
                "You keep the best box of each class. A picture may hold two cats: "
                "keep every box that no better one of its class overlaps too much.",
            ),
            Misconception(
                "only other classes",
                other_classes_only,
                "You have it the wrong way round: boxes of the same class suppress "
                "each other, boxes of different classes do not.",
            ),
        ),
        page="book/measuring/suppression",
        minutes=15,
        difficulty=2,
        points=2,
        call=as_list,
    ),
)
