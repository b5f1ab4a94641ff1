"""Of a box for each class, the one that is asked for."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def gather_boxes(boxes, labels):
    """The answer."""
    N = len(labels)
    return boxes.reshape(N, -1, 4)[np.arange(N), labels]


def number_by_number(boxes, labels):
    """Take all x1 first, then all y1, and so on."""
    N = len(labels)
    return boxes.reshape(N, 4, -1)[np.arange(N), :, labels]


def one_class_for_all(boxes, labels):
    """Take the first row's class for every row."""
    k = labels[0]
    return boxes[:, 4 * k : 4 * k + 4]


def not_times_four(boxes, labels):
    """Start at the label, not at four times the label."""
    return np.stack([row[k : k + 4] for row, k in zip(boxes, labels, strict=True)])


def counted_from_one(boxes, labels):
    """Take label 1 for the first."""
    return gather_boxes(boxes, labels - 1)


def mean_box(boxes, labels):
    """Average over the classes."""
    return boxes.reshape(len(labels), -1, 4).mean(1)


def first_class(boxes, labels):
    """Ignore the labels."""
    return boxes[:, :4] * 1.0


def largest_box(boxes, labels):
    """Take the class whose numbers are largest."""
    best = boxes.reshape(len(labels), -1, 4).sum(2).argmax(1)
    return gather_boxes(boxes, best)


def heads(rng: np.random.Generator) -> Iterator[Case]:
    """One to five rows, two to five classes."""
    for N, K in ((1, 2), (2, 3), (3, 2), (4, 4), (5, 3), (3, 5), (2, 2), (4, 3)):
        labels = rng.integers(0, K, N)
        yield Case(numbers(rng, N, 4 * K) + np.arange(4 * K), labels)


EXERCISES = (
    Exercise(
        name="gather_boxes",
        title="The box of the right class",
        reference=gather_boxes,
        visible=(
            Case(np.arange(8.0).reshape(1, 8), np.array([1])),
            Case(np.arange(24.0).reshape(2, 12), np.array([2, 0])),
            Case(np.arange(24.0).reshape(3, 8)[:, ::-1], np.array([0, 1, 1])),
        ),
        generate=heads,
        misconceptions=(
            Misconception(
                "all x1 first",
                number_by_number,
                "You read the row as all x1, then all y1, and so on. Here the four "
                "numbers of one class stand together: reshape to (N, K, 4).",
            ),
            Misconception(
                "one class for all rows",
                one_class_for_all,
                "Every row gets the class of the first one. Each row has its own "
                "label: index rows and labels together.",
            ),
            Misconception(
                "not times four",
                not_times_four,
                "You start at number k of the row. Each class takes four numbers, so "
                "class k begins at 4·k.",
            ),
            Misconception(
                "labels from one",
                counted_from_one,
                "You take label 1 for the first class. Here labels count from 0, and "
                "0 has four numbers of its own.",
            ),
            Misconception(
                "mean of the boxes",
                mean_box,
                "You average over the classes. The boxes of other classes were "
                "never trained for this object; leave them alone.",
            ),
            Misconception(
                "always the first class",
                first_class,
                "You always take the first class, whatever the label says. Row n "
                "wants the box of class labels[n].",
            ),
            Misconception(
                "the largest numbers",
                largest_box,
                "You choose by the boxes themselves. A box says where, not how "
                "likely: the label chooses.",
            ),
        ),
        page="book/locating/regression-heads",
        minutes=10,
        difficulty=2,
        points=2,
    ),
)
