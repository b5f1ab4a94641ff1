"""How far it is to the nearest border of a linear classifier."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def nearest_boundary(image, weight, bias):
    """The answer."""
    scores = weight @ image + bias
    label = int(scores.argmax())
    best, step = np.inf, np.zeros_like(image)
    for k in range(len(bias)):
        if k != label:
            w = weight[k] - weight[label]
            gap = scores[label] - scores[k]
            length = np.sqrt((w**2).sum())
            if gap / length < best:
                best, step = gap / length, gap / length**2 * w
    return step


def steps_to_all(image, weight, bias):
    """The step to the border with every other class, and their order by closeness."""
    scores = weight @ image + bias
    label = int(scores.argmax())
    others = [k for k in range(len(bias)) if k != label]
    w = weight[others] - weight[label]
    gap = scores[label] - scores[others]
    length = np.sqrt((w**2).sum(axis=1))
    return others, w, gap, length


def border_of_runner_up(image, weight, bias):
    """The class with the next best score."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = gap.argmin()
    return gap[k] / length[k] ** 2 * w[k]


def border_not_squared(image, weight, bias):
    """A unit vector forgotten."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length).argmin()
    return gap[k] / length[k] * w[k]


def border_to_zero(image, weight, bias):
    """Where the own score is 0."""
    scores = weight @ image + bias
    w = weight[scores.argmax()]
    return -scores.max() / (w**2).sum() * w


def border_backwards(image, weight, bias):
    """Away from it."""
    return -nearest_boundary(image, weight, bias)


def border_by_other_weights(image, weight, bias):
    """Along the other class's weights, not along the difference."""
    others, _, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length).argmin()
    v = weight[others[k]]
    return gap[k] / (v**2).sum() * v


def border_without_bias(image, weight, bias):
    """Scores without b."""
    scores = weight @ image + bias
    label = int(scores.argmax())
    plain = weight @ image
    others = [k for k in range(len(bias)) if k != label]
    w = weight[others] - weight[label]
    gap = plain[label] - plain[others]
    length = np.sqrt((w**2).sum(axis=1))
    k = (np.abs(gap) / length).argmin()
    return gap[k] / length[k] ** 2 * w[k]


def border_of_smallest_factor(image, weight, bias):
    """The smallest factor of w, which is no distance."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length**2).argmin()
    return gap[k] / length[k] ** 2 * w[k]


def border_farthest(image, weight, bias):
    """The largest of the distances."""
    _, w, gap, length = steps_to_all(image, weight, bias)
    k = (gap / length).argmax()
    return gap[k] / length[k] ** 2 * w[k]


def linear_nets(rng: np.random.Generator) -> Iterator[Case]:
    """Nets whose nearest border is not that of the second best class."""
    for K, D in ((3, 2), (3, 3), (4, 2), (4, 3), (3, 4), (5, 3), (4, 5), (5, 4)):
        while True:
            weight = rng.normal(0, 1, (K, D)).round(2)
            bias = rng.normal(0, 1, K).round(2)
            image = rng.uniform(0, 1, D).round(2)
            _, _, gap, length = steps_to_all(image, weight, bias)
            near = np.sort(gap / length)
            clear = near[1] - near[0] > 0.02 and near[0] > 0.02
            if clear and gap.argmin() != (gap / length).argmin():
                break
        yield Case(image, weight, bias)
    # a long w and a short one: nearest is what has not the smallest factor
    near, far = rng.uniform(0.2, 0.3), rng.uniform(0.5, 0.7)
    weight = np.array([[0.5, 0.25], [1.5, 0.25], [0.5, -7.75]])
    yield Case(np.zeros(2), weight, np.array([0.0, -near, -8 * far]))


_WEIGHT = np.array([[2.0, 0.0], [0.0, 2.0], [-0.4, 0.2]])

EXERCISES = (
    Exercise(
        name="nearest_boundary",
        title="The shortest way to another class",
        reference=nearest_boundary,
        visible=(
            Case(np.array([0.8, 0.3]), _WEIGHT, np.array([0.0, 0.0, 0.4])),
            Case(np.array([0.5, 0.25]), _WEIGHT[:2], np.array([0.0, 0.1])),
            Case(
                np.array([0.6, 0.5]),
                np.array([[3.0, 1.0], [0.0, 0.5], [2.0, 1.5]]),
                np.array([0.0, 1.2, 0.1]),
            ),
        ),
        generate=linear_nets,
        misconceptions=(
            Misconception(
                "the second best class",
                border_of_runner_up,
                "You go to the class with the next best score. Its border need not be "
                "the nearest: divide each lead by the length of its w and take the "
                "smallest.",
            ),
            Misconception(
                "not a unit vector",
                border_not_squared,
                "Your step has the right direction and a wrong length. It is the "
                "distance times a unit vector, "
                "lead/‖w‖ and the unit vector w/‖w‖: the length of w divides twice.",
            ),
            Misconception(
                "until the own score is 0",
                border_to_zero,
                "You go where the winning score becomes 0. A class loses where another "
                "score is as large: use the difference of two rows of weights.",
            ),
            Misconception(
                "away from it",
                border_backwards,
                "Your step leads away from the border. Along w_k − w_label the score "
                "of class k gains on that of the label.",
            ),
            Misconception(
                "weights of the other class alone",
                border_by_other_weights,
                "You step along the other class's weights. What counts is how the "
                "difference of two scores changes: w_k − w_label.",
            ),
            Misconception(
                "bias left out",
                border_without_bias,
                "The lead of one score holds both biases, too. Compute the scores "
                "with `weight @ image + bias`.",
            ),
            Misconception(
                "the smallest factor",
                border_of_smallest_factor,
                "You choose the class with the smallest lead/‖w‖². That is the factor "
                "of w, not how far you go: choose by lead/‖w‖, the length of the step.",
            ),
            Misconception(
                "the farthest border",
                border_farthest,
                "You went to the farthest border. The smallest of the distances is "
                "asked for.",
            ),
        ),
        page="book/fooling/smallest",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
