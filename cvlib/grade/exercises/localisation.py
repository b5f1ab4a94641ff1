"""Where a class is, whether the right place was named, and what a cue hides."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def class_map(features, weight, bias, c):
    """The answer."""
    plane = np.einsum("d,dhw->hw", weight[c], features)
    return plane, plane.mean() + bias[c]


def score_summed(features, weight, bias, c):
    """Add the map up."""
    plane, _ = class_map(features, weight, bias, c)
    return plane, plane.sum() + bias[c]


def score_maximum(features, weight, bias, c):
    """Score by the best place."""
    plane, _ = class_map(features, weight, bias, c)
    return plane, plane.max() + bias[c]


def bias_forgotten(features, weight, bias, c):
    """Leave the bias out."""
    plane, _ = class_map(features, weight, bias, c)
    return plane, plane.mean()


def bias_in_the_map(features, weight, bias, c):
    """Spread the bias over the map."""
    plane, score = class_map(features, weight, bias, c)
    return plane + bias[c], score


def rectified(features, weight, bias, c):
    """Drop what speaks against the class."""
    plane, score = class_map(features, weight, bias, c)
    return np.maximum(plane, 0), score


def features_averaged(features, weight, bias, c):
    """Divide by the number of features."""
    plane, _ = class_map(features, weight, bias, c)
    return plane / len(features), plane.mean() / len(features) + bias[c]


def weights_forgotten(features, weight, bias, c):
    """Add the features as they are."""
    plane = features.sum(axis=0)
    return plane, plane.mean() + bias[c]


def stretched(features, weight, bias, c):
    """Bring the map to 0 … 1, as for a picture."""
    plane, score = class_map(features, weight, bias, c)
    low, high = plane.min(), plane.max()
    return (plane - low) / (high - low), score


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong maps of both signs; every class has a bias of its own."""
    for k in range(10):
        D, K = int(rng.integers(2, 4)), int(rng.integers(4, 6))
        features = numbers(rng, D, 2, 3 + k % 2)
        features[:, 0, 0] += np.arange(1, D + 1)  # never flat
        weight = numbers(rng, K, D)
        weight[:, 0] = rng.choice([-2.0, -1.5, 1.5, 2.5], K)
        bias = rng.choice([-3.0, -2.5, -1, 1, 1.5, 2], K)
        yield Case(features, weight, bias, int(rng.integers(K)))


def pointing_hit_rate(points, boxes, tolerance):
    """The answer."""
    return rate(points, boxes, tolerance)


def rate(points, boxes, tolerance, *, choose=any):
    """Share of the images with a hit."""
    found = []
    for (x, y), its in zip(points, boxes, strict=True):
        near = [
            x1 - tolerance <= x <= x2 + tolerance
            and y1 - tolerance <= y <= y2 + tolerance
            for x1, y1, x2, y2 in its
        ]
        found.append(bool(its) and choose(near))
    return sum(found) / len(found)


def no_tolerance(points, boxes, tolerance):
    """Only inside counts."""
    return rate(points, boxes, 0)


def every_box(points, boxes, tolerance):
    """Ask the point to lie in all boxes at once."""
    return rate(points, boxes, tolerance, choose=all)


def first_box_only(points, boxes, tolerance):
    """Look at one box an image."""
    return rate(points, [its[:1] for its in boxes], tolerance)


def boxes_counted(points, boxes, tolerance):
    """Divide the boxes that are hit by all boxes."""
    hit = sum(
        round(rate([p], [[b]], tolerance))
        for p, its in zip(points, boxes, strict=True)
        for b in its
    )
    return hit / sum(map(len, boxes))


def rows_before_columns(points, boxes, tolerance):
    """Read a point as (y, x)."""
    return rate([(y, x) for x, y in points], boxes, tolerance)


def nearest_centre(points, boxes, tolerance):
    """Measure the distance from the middle of the box."""
    middles = [
        [((x1 + x2) / 2, (y1 + y2) / 2) for x1, y1, x2, y2 in its] for its in boxes
    ]
    found = [
        any((x - a) ** 2 + (y - b) ** 2 <= tolerance**2 for a, b in its)
        for (x, y), its in zip(points, middles, strict=True)
    ]
    return sum(found) / len(found)


def far_side_only(points, boxes, tolerance):
    """Widen the box at its end and not at its start."""
    wider = [
        [(x1 + tolerance, y1 + tolerance, x2, y2) for x1, y1, x2, y2 in its]
        for its in boxes
    ]
    return rate(points, wider, tolerance)


def empty_left_out(points, boxes, tolerance):
    """Leave images without a box out of the mean."""
    kept = [(p, its) for p, its in zip(points, boxes, strict=True) if its]
    return rate([p for p, _ in kept], [its for _, its in kept], tolerance)


# (x, y) and the boxes it belongs to, in every kind of relation; shifted case by case
SITUATIONS = (
    ((47, 105), [(20, 50, 50, 110)]),  # inside, not near the middle
    ((12, 80), [(20, 60, 50, 100)]),  # before it, near
    ((61, 40), [(20, 30, 50, 60)]),  # behind it, near
    ((90, 20), [(20, 10, 50, 40)]),  # far off
    ((25, 75), [(100, 70, 120, 90), (10, 60, 40, 90)]),  # in the second
    ((105, 85), [(95, 70, 120, 100), (10, 20, 40, 50)]),  # in the first
    ((15, 15), []),  # nothing to find
)


def votes(rng: np.random.Generator) -> Iterator[Case]:
    """Each kind of relation at least once, and more of some of them."""
    for _ in range(10):
        order = rng.permutation([*range(7), *rng.integers(0, 7, 3)])
        points, boxes = [], []
        for k in order:
            (x, y), its = SITUATIONS[k]
            a, b = (int(n) for n in rng.integers(0, 40, 2))
            points.append((x + a, y + b))
            boxes.append([(p + a, q + b, r + a, s + b) for p, q, r, s in its])
        yield Case(points, boxes, int(rng.integers(12, 19)))


def group_accuracy(right, labels, cue):
    """The answer."""
    right, labels, cue = map(np.asarray, (right, labels, cue))
    groups = [
        right[(labels == c) & (cue == k)].mean()
        for c in np.unique(labels)
        for k in np.unique(cue[labels == c])
    ]
    return right.mean(), min(groups)


def by_class(right, labels, cue):
    """Forget the cue."""
    return right.mean(), min(right[labels == c].mean() for c in np.unique(labels))


def by_cue(right, labels, cue):
    """Forget the classes."""
    return right.mean(), min(right[cue == k].mean() for k in np.unique(cue))


def groups_of(labels, cue):
    """Which pictures belong to each group that is not empty."""
    chosen = [(labels == c) & (cue == k) for c in np.unique(labels) for k in (0, 1)]
    return [group for group in chosen if group.any()]


def balanced(right, labels, cue):
    """Let every group count alike in the mean."""
    found = [right[group].mean() for group in groups_of(labels, cue)]
    return np.mean(found), min(found)


def share_of_all(right, labels, cue):
    """Divide by all pictures."""
    found = [right[group].sum() / len(right) for group in groups_of(labels, cue)]
    return right.mean(), min(found)


def best_group(right, labels, cue):
    """Take the largest."""
    return right.mean(), max(right[group].mean() for group in groups_of(labels, cue))


def empty_groups_at_zero(right, labels, cue):
    """Count a group that nobody is in as all wrong."""
    found = [right[group].mean() for group in groups_of(labels, cue)]
    if len(found) < 2 * len(np.unique(labels)):
        found.append(0.0)
    return right.mean(), min(found)


def exchanged(right, labels, cue):
    """The worst first."""
    mean, worst = group_accuracy(right, labels, cue)
    return worst, mean


def classifiers(rng: np.random.Generator) -> Iterator[Case]:
    """Groups of unequal sizes, one of them missing, none all right or all wrong."""
    for _ in range(10):
        K = int(rng.integers(2, 4))
        missing = int(rng.integers(2 * K))
        rows = []
        for group in range(2 * K):
            if group == missing:
                continue
            n = int(rng.integers(3, 8)) * (3 if rng.random() < 0.4 else 1)
            good = int(rng.integers(1, n))
            rows += [(i < good, group // 2, group % 2) for i in range(n)]
        order = rng.permutation(len(rows))
        right, labels, cue = np.array(rows)[order].T
        yield Case(right.astype(bool), labels, cue.astype(bool))


EXERCISES = (
    Exercise(
        name="class_map",
        title="A class's map, and its score",
        reference=class_map,
        visible=(
            Case(
                np.array([[[1.0, 0], [0, 3]], [[0, 2], [0, 0]]]),
                np.array([[2.0, -1], [0, 3]]),
                np.array([0.5, -1.0]),
                0,
            ),
            Case(
                np.array([[[4.0, 0, -2]], [[1, 1, 1]]]),
                np.array([[1.0, 1], [-0.5, 2], [3, 0]]),
                np.array([0.0, 4.0, 1.0]),
                1,
            ),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "sum instead of mean",
                score_summed,
                "Your map is right; your score adds it up. The network averages, so "
                "its score is the *mean* of the map plus the bias, or it would grow "
                "with the picture.",
            ),
            Misconception(
                "maximum instead of mean",
                score_maximum,
                "You score the class by the best place of its map. That is global max "
                "pooling, Oquab's network; here the network averages.",
            ),
            Misconception(
                "forgot the bias",
                bias_forgotten,
                "The bias of the class is missing from the score. The linear layer "
                "adds it after the average, once.",
            ),
            Misconception(
                "bias in the map",
                bias_in_the_map,
                "You added the bias to every place of the map. It says nothing about "
                "places, so the map goes without it: mean of the map, then plus bias.",
            ),
            Misconception(
                "negative part dropped",
                rectified,
                "You set the negative part of the map to 0. Places that speak against "
                "the class belong to its map; without them its mean is not the score.",
            ),
            Misconception(
                "mean over the features",
                features_averaged,
                "You divide by the number of features. A linear layer sums over its "
                "inputs: Σ w f, without dividing. Only places are averaged.",
            ),
            Misconception(
                "forgot the weights",
                weights_forgotten,
                "You add the features as they are, so all classes have the same map. "
                "Weigh each feature by what it means to this class, row c of `weight`.",
            ),
            Misconception(
                "stretched for display",
                stretched,
                "You stretched the map to the range 0 to 1. That is for drawing; it "
                "loses the sign and the size, and with them the score.",
            ),
        ),
        page="book/inside/localisation",
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="pointing_hit_rate",
        title="Was the right place pointed at?",
        reference=pointing_hit_rate,
        visible=(
            Case([(30, 30), (90, 30)], [[(20, 20, 60, 60)], [(20, 20, 60, 60)]], 18),
            Case([(10, 30), (78, 60)], [[(20, 20, 60, 60)], [(20, 20, 60, 60)]], 18),
            Case(
                [(5, 5), (50, 5), (9, 9)],
                [[(40, 0, 60, 10), (0, 0, 10, 10)], [(0, 0, 10, 10)], []],
                12,
            ),
        ),
        generate=votes,
        misconceptions=(
            Misconception(
                "no tolerance",
                no_tolerance,
                "Only points inside a box count in your answer. A point up to "
                "`tolerance` pixels outside is a hit too: the map that it comes from "
                "is coarser than the picture.",
            ),
            Misconception(
                "all boxes at once",
                every_box,
                "You ask one point to lie in all boxes of the image. There may be "
                "several objects of the class; pointing at any one of them is right.",
            ),
            Misconception(
                "first box only",
                first_box_only,
                "You look at the first box of an image only. There may be several "
                "objects of the class; pointing at any one of them is right.",
            ),
            Misconception(
                "boxes counted",
                boxes_counted,
                "You divide by the number of boxes. Each image has one point, and it "
                "hits or misses: divide the hits by the number of images.",
            ),
            Misconception(
                "point taken as (row, column)",
                rows_before_columns,
                "You compare the first number of a point with the rows. A point is (x, "
                "y): the first number runs to the right, as in a box.",
            ),
            Misconception(
                "distance from the middle",
                nearest_centre,
                "You measure the distance from the middle of the box. Anywhere inside "
                "is a hit; the tolerance is counted from the sides.",
            ),
            Misconception(
                "wider on one side",
                far_side_only,
                "Your box grows to the right and downwards only. The tolerance holds "
                "on all four sides: x1 and y1 move too, the other way.",
            ),
            Misconception(
                "images without a box left out",
                empty_left_out,
                "You leave out images that have no box. Their point cannot hit "
                "anything: they count as misses, so divide by all images.",
            ),
        ),
        page="book/inside/localisation",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="group_accuracy",
        title="The group that a mean hides",
        reference=group_accuracy,
        visible=(
            Case(
                np.array([True, True, True, False]),
                np.array([0, 0, 1, 1]),
                np.array([False, False, True, False]),
            ),
            Case(
                np.array([True, True, False, True, True, True, False, False]),
                np.array([0, 0, 0, 0, 1, 1, 1, 1]),
                np.array([False, True, True, False, True, True, True, False]),
            ),
        ),
        generate=classifiers,
        misconceptions=(
            Misconception(
                "groups by class only",
                by_class,
                "Your groups are the classes. A class mixes pictures with the cue and "
                "without it, and the easy ones hide the others: split each class by "
                "the cue as well.",
            ),
            Misconception(
                "groups by cue only",
                by_cue,
                "Your groups are: with the cue, without it. Each mixes the classes, "
                "and a cue that misleads in one class helps in another: split by both.",
            ),
            Misconception(
                "mean of the groups",
                balanced,
                "Your first number is the mean of the groups' accuracies. Asked for is "
                "the accuracy over all pictures, in which a large group counts more.",
            ),
            Misconception(
                "divided by all pictures",
                share_of_all,
                "You divide a group's right answers by the number of all pictures, so "
                "a small group looks bad whatever it does. Divide by the size of the "
                "group.",
            ),
            Misconception(
                "best group",
                best_group,
                "Your second number belongs to the best group. The question is how bad "
                "it can get: take the smallest.",
            ),
            Misconception(
                "empty groups count as zero",
                empty_groups_at_zero,
                "You count a group without pictures as all wrong. Nothing is known "
                "about it; leave it out.",
            ),
            Misconception(
                "order",
                exchanged,
                "The two numbers are right, in the other order: first the accuracy "
                "over all pictures, then that of the worst group.",
            ),
        ),
        page="book/inside/localisation",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
