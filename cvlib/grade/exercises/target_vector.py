"""One object as one vector, and a loss that knows when not to look."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def encode_target(box, label, height, width, num_classes):
    """The answer."""
    y = np.zeros(5 + num_classes)
    if label:
        x1, y1, x2, y2 = box
        y[:3] = 1, (x1 + x2) / 2 / width, (y1 + y2) / 2 / height
        y[3:5] = (y2 - y1) / height, (x2 - x1) / width
        y[4 + label] = 1
    return y


def width_first(box, label, height, width, num_classes):
    """Write b_w before b_h."""
    y = encode_target(box, label, height, width, num_classes)
    y[[3, 4]] = y[[4, 3]]
    return y


def corner(box, label, height, width, num_classes):
    """Take the upper left corner for the place."""
    y = encode_target(box, label, height, width, num_classes)
    y[1:3] -= y[[4, 3]] / 2
    return y


def in_pixels(box, label, height, width, num_classes):
    """Do not divide."""
    y = encode_target(box, label, height, width, num_classes)
    y[1:5] *= width, height, height, width
    return y


def sides_exchanged(box, label, height, width, num_classes):
    """Divide x by the height and y by the width."""
    return encode_target(box, label, width, height, num_classes)


def half_sides(box, label, height, width, num_classes):
    """From the middle to the edge."""
    y = encode_target(box, label, height, width, num_classes)
    y[3:5] /= 2
    return y


def box_of_nothing(box, label, height, width, num_classes):
    """Write the box down even where no object is."""
    y = encode_target(box, label or 1, height, width, num_classes)
    if not label:
        y[[0, 5]] = 0
    return y


def background_counted(box, label, height, width, num_classes):
    """Give the background an entry among the classes."""
    y = np.zeros(6 + num_classes)
    y[:5] = encode_target(box, label, height, width, num_classes)[:5]
    y[5 + label] = 1
    return y


def label_written(box, label, height, width, num_classes):
    """Write the number of the class instead of a 1."""
    y = encode_target(box, label, height, width, num_classes)
    y[5:] *= label
    return y


def objects(rng: np.random.Generator) -> Iterator[Case]:
    """Wide and high pictures, all classes, some without an object."""
    for label in (0, 1, 2, 3, 3, 0, 2, 1):
        height, width = (int(n) for n in rng.choice([8, 10, 16, 20, 40, 50], 2, False))
        x1, y1 = (int(rng.integers(0, n - 3)) for n in (width, height))
        x2, y2 = (
            int(rng.integers(a + 1, n + 1)) for a, n in ((x1, width), (y1, height))
        )
        num_classes = int(rng.integers(max(2, label), 6))
        yield Case((x1, y1, x2, y2), label, height, width, num_classes)


def localization_loss(prediction, target):
    """The answer."""
    squares = (prediction - target) ** 2
    there = target[:, 0] == 1
    return float(np.where(there, squares.sum(1), squares[:, 0]).mean())


def everything_always(prediction, target):
    """Count box and class of nothing, too."""
    return float(((prediction - target) ** 2).sum(1).mean())


def nothing_for_nothing(prediction, target):
    """Let a picture without an object cost nothing at all."""
    return float((((prediction - target) ** 2).sum(1) * target[:, 0]).mean())


def summed(prediction, target):
    """Forget the mean."""
    return localization_loss(prediction, target) * len(target)


def mean_of_entries(prediction, target):
    """Average over the entries as well."""
    squares = (prediction - target) ** 2
    there = target[:, 0] == 1
    return float(np.where(there, squares.mean(1), squares[:, 0]).mean())


def asks_the_prediction(prediction, target):
    """Ask the network, not the truth, whether an object is there."""
    squares = (prediction - target) ** 2
    there = prediction[:, 0] >= 0.5
    return float(np.where(there, squares.sum(1), squares[:, 0]).mean())


def absolute(prediction, target):
    """Forget the square."""
    sizes = np.abs(prediction - target)
    there = target[:, 0] == 1
    return float(np.where(there, sizes.sum(1), sizes[:, 0]).mean())


def box_only(prediction, target):
    """Leave the classes out where an object is."""
    squares = (prediction - target)[:, :5] ** 2
    there = target[:, 0] == 1
    return float(np.where(there, squares.sum(1), squares[:, 0]).mean())


def answers(rng: np.random.Generator) -> Iterator[Case]:
    """One to four pictures; with objects, without, and mixed."""
    for there in ([1], [0], [0, 1], [1, 0, 0], [1, 1, 0, 1], [0, 0], [0, 1, 0], [1, 1]):
        K = int(rng.integers(1, 4))
        target = np.zeros((len(there), 5 + K))
        for row, has in zip(target, there, strict=True):
            if has:
                row[0], row[1:5] = 1, rng.integers(1, 8, 4) / 8
                row[5 + rng.integers(K)] = 1
        yield Case(numbers(rng, len(there), 5 + K), target)


NOTHING = np.array([[0.0, 0, 0, 0, 0, 0, 0]])
SOMETHING = np.array([[1.0, 0.5, 0.5, 0.25, 0.5, 0, 1]])
GUESS = np.array([[0.5, 1.0, 0.0, 0.25, 2.0, 0.5, 0.0]])

EXERCISES = (
    Exercise(
        name="encode_target",
        title="One object as one vector",
        reference=encode_target,
        visible=(
            Case((2, 1, 6, 3), 2, 4, 8, 3),
            Case((0, 0, 10, 20), 1, 20, 10, 2),
            Case((3, 2, 5, 8), 3, 10, 20, 3),
            Case((1, 1, 5, 3), 0, 4, 8, 3),
        ),
        generate=objects,
        misconceptions=(
            Misconception(
                "width before height",
                width_first,
                "You write the width before the height. In this vector b_h stands "
                "before b_w: check with a box that is wider than high.",
            ),
            Misconception(
                "corner instead of middle",
                corner,
                "You give the upper left corner. b_x and b_y are the *middle* of the "
                "box: (x1 + x2) / 2 and (y1 + y2) / 2.",
            ),
            Misconception(
                "in pixels",
                in_pixels,
                "Your box is in pixels. Divide by the picture's sides, so that all "
                "numbers lie between 0 and 1 and no loss depends on the resolution.",
            ),
            Misconception(
                "divided by the other side",
                sides_exchanged,
                "You divide x by the height and y by the width. x and widths go with "
                "the picture's width, y and heights with its height.",
            ),
            Misconception(
                "half sides",
                half_sides,
                "You measure from the middle to the edge. b_h and b_w are the whole "
                "height and width: y2 − y1 and x2 − x1.",
            ),
            Misconception(
                "a box where nothing is",
                box_of_nothing,
                "You write a box for a picture without an object. Label 0 means that "
                "there is none, so all entries are 0, whatever stands in `box`.",
            ),
            Misconception(
                "background as a class",
                background_counted,
                "You give the background an entry of its own. That is what p_c says "
                "already: there are num_classes entries, and label 1 is the first.",
            ),
            Misconception(
                "the label itself",
                label_written,
                "You write the number of the class. One entry belongs to each class; "
                "it is 1 for the right one, or class 3 would weigh nine times as "
                "much in a squared loss.",
            ),
        ),
        page="book/locating/target-vector",
        minutes=15,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="localization_loss",
        title="A loss that ignores the rest",
        reference=localization_loss,
        visible=(
            Case(GUESS, NOTHING),
            Case(GUESS, SOMETHING),
            Case(np.concatenate([GUESS, GUESS]), np.concatenate([NOTHING, SOMETHING])),
            Case(SOMETHING, SOMETHING),
        ),
        generate=answers,
        misconceptions=(
            Misconception(
                "everything counts always",
                everything_always,
                "You count box and classes where no object is. There is no right box "
                "of nothing: with p_c = 0 in the target only the first entry counts.",
            ),
            Misconception(
                "nothing costs nothing",
                nothing_for_nothing,
                "Pictures without an object cost nothing with you. Then a network "
                "that sees objects everywhere is never told: count their p_c.",
            ),
            Misconception(
                "sum over the pictures",
                summed,
                "You add up over the pictures. Take the mean over them, or the loss "
                "depends on the size of the batch.",
            ),
            Misconception(
                "mean over the entries",
                mean_of_entries,
                "You average over the entries of a vector. The formula *adds* the "
                "squared errors of one picture; only over pictures is the mean.",
            ),
            Misconception(
                "asked the prediction",
                asks_the_prediction,
                "You ask the prediction whether an object is there. Ask the target: "
                "a network must not choose what it is marked on.",
            ),
            Misconception(
                "absolute values",
                absolute,
                "You add absolute differences. The formula has squares, which "
                "punish one large error more than several small ones.",
            ),
            Misconception(
                "classes left out",
                box_only,
                "Where an object is you count p_c and the box alone. All entries "
                "count there, the classes from the sixth on too.",
            ),
        ),
        page="book/locating/target-vector",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
