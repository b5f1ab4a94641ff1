"""Intersection over union of every pair of boxes."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def pairwise_iou(boxes1, boxes2):
    """The answer."""
    low = np.maximum(boxes1[:, None, :2], boxes2[:, :2])
    high = np.minimum(boxes1[:, None, 2:], boxes2[:, 2:])
    sides = np.maximum(high - low, 0)  # (N, M, 2)
    shared = sides[..., 0] * sides[..., 1]
    union = areas(boxes1)[:, None] + areas(boxes2) - shared
    return np.divide(shared, union, out=np.zeros(union.shape), where=union > 0)


def areas(boxes):
    """(N,) width times height."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def shared_area(boxes1, boxes2):
    """(N, M) the intersections."""
    low = np.maximum(boxes1[:, None, :2], boxes2[:, :2])
    high = np.minimum(boxes1[:, None, 2:], boxes2[:, 2:])
    sides = np.maximum(high - low, 0)
    return sides[..., 0] * sides[..., 1]


def share(part, whole):
    """A quotient that is 0 where the whole is."""
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)


def counted_twice(boxes1, boxes2):
    """Leave the shared pixels in the sum of the areas."""
    both = areas(boxes1)[:, None] + areas(boxes2)
    return share(shared_area(boxes1, boxes2), both)


def not_clamped(boxes1, boxes2):
    """Multiply two negative sides."""
    low = np.maximum(boxes1[:, None, :2], boxes2[:, :2])
    high = np.minimum(boxes1[:, None, 2:], boxes2[:, 2:])
    shared = (high - low).prod(axis=2)
    union = areas(boxes1)[:, None] + areas(boxes2) - shared
    return share(shared, union)


def one_more_pixel(boxes1, boxes2):
    """Count x2 as the last pixel."""
    wider = np.array([0, 0, 1, 1])
    return pairwise_iou(boxes1 + wider, boxes2 + wider)


def by_the_smaller(boxes1, boxes2):
    """Divide by the smaller area."""
    smaller = np.minimum(areas(boxes1)[:, None], areas(boxes2))
    return share(shared_area(boxes1, boxes2), smaller)


def by_the_hull(boxes1, boxes2):
    """Divide by the box round both."""
    low = np.minimum(boxes1[:, None, :2], boxes2[:, :2])
    high = np.maximum(boxes1[:, None, 2:], boxes2[:, 2:])
    return share(shared_area(boxes1, boxes2), (high - low).prod(axis=2))


def empty_is_one(boxes1, boxes2):
    """Let two empty boxes agree."""
    union = areas(boxes1)[:, None] + areas(boxes2) - shared_area(boxes1, boxes2)
    return np.where(union > 0, pairwise_iou(boxes1, boxes2), 1.0)


def empty_is_nan(boxes1, boxes2):
    """Divide 0 by 0."""
    union = areas(boxes1)[:, None] + areas(boxes2) - shared_area(boxes1, boxes2)
    return np.where(union > 0, pairwise_iou(boxes1, boxes2), np.nan)


def as_xywh(boxes1, boxes2):
    """Take the third and fourth number for a width and a height."""

    def corners(boxes):
        return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)

    return pairwise_iou(corners(boxes1), corners(boxes2))


def other_way_round(boxes1, boxes2):
    """One row for each of the second boxes."""
    return pairwise_iou(boxes2, boxes1)


def some(rng: np.random.Generator, n: int) -> np.ndarray:
    """(n, 4) boxes on half pixels, with an area."""
    corners = rng.integers(0, 20, (n, 2)) / 2
    return np.concatenate([corners, corners + rng.integers(1, 16, (n, 2)) / 2], axis=1)


def pairs(rng: np.random.Generator) -> Iterator[Case]:
    """One box against one, some against others, none, empty ones, and ones apart."""
    a = some(rng, 1)
    yield Case(a, a + np.array([[1.0, 0.5, 1.0, 0.5]]))
    yield Case(a, a + np.array([[30.0, 25.0, 30.0, 25.0]]))  # apart both ways
    yield Case(a, a + np.array([[25.0, 0.0, 25.0, 0.0]]))
    yield Case(np.concatenate([a, a * 2]), a)
    point, line = a[:, [0, 1, 0, 1]], a[:, [0, 1, 0, 3]]
    yield Case(np.concatenate([point, line]), np.concatenate([point, a, line]))
    yield Case(some(rng, 2), np.zeros((0, 4)))
    for n, m in ((2, 3), (4, 2), (3, 5)):
        yield Case(some(rng, n), some(rng, m))


SQUARE = np.array([[0.0, 0.0, 4.0, 4.0]])
EXERCISES = (
    Exercise(
        name="pairwise_iou",
        title="How much do they agree?",
        reference=pairwise_iou,
        visible=(
            Case(SQUARE, np.array([[2.0, 1.0, 6.0, 3.0]])),
            Case(SQUARE, np.array([[6.0, 7.0, 9.0, 9.0]])),
            Case(SQUARE, np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 2.0, 4.0]])),
            Case(np.array([[1.0, 1.0, 1.0, 1.0]]), np.array([[1.0, 1.0, 1.0, 1.0]])),
        ),
        generate=pairs,
        misconceptions=(
            Misconception(
                "shared pixels counted twice",
                counted_twice,
                "You divide by the sum of the two areas. The shared pixels lie in both "
                "areas and are counted twice there: subtract the intersection once. A "
                "box with itself must give 1.",
            ),
            Misconception(
                "negative sides",
                not_clamped,
                "You multiply width and height of an intersection that does not exist. "
                "Both are negative for boxes apart in x and y, and their product is "
                "positive: cut each off at 0 first.",
            ),
            Misconception(
                "one pixel more",
                one_more_pixel,
                "You add 1 to every width and height. In this book x2 and y2 lie one "
                "past the last pixel, so a width is x2 − x1 and nothing else.",
            ),
            Misconception(
                "by the smaller area",
                by_the_smaller,
                "You divide by the smaller of the two areas. A tiny box inside a huge "
                "one would then agree with it perfectly; the union has all the pixels "
                "of either box.",
            ),
            Misconception(
                "by the box round both",
                by_the_hull,
                "You divide by the smallest box round both. It also holds corners that "
                "belong to neither; the union is area + area − intersection.",
            ),
            Misconception(
                "two empty boxes agree",
                empty_is_one,
                "You give two empty boxes the value 1. Nothing is in both of them, so "
                "they agree about nothing: here 0/0 counts as 0.",
            ),
            Misconception(
                "nothing by nothing",
                empty_is_nan,
                "Two empty boxes give NaN: 0/0. One NaN spoils every mean it enters, "
                "so divide only where the union is above 0 and write 0 elsewhere.",
            ),
            Misconception(
                "width and height for corners",
                as_xywh,
                "You add the last two numbers to the first two, as if they were a "
                "width and a height. Boxes here are x1, y1, x2, y2.",
            ),
            Misconception(
                "rows and columns exchanged",
                other_way_round,
                "Your table has a row for each of `boxes2`. It should have a row for "
                "each of `boxes1` and a column for each of `boxes2`: (N, M).",
            ),
        ),
        page="book/measuring/overlap",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
