"""One step of adversarial training, worked by hand."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def adversarial_step(weight, image, label, eps, lr):
    """The answer."""
    slope = -label * weight
    worst = np.clip(image + eps * np.sign(slope), 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def trained_plainly(weight, image, label, eps, lr):
    """No attack."""
    margin = label * (weight @ image)
    return weight + lr * label * image / (1 + np.exp(margin))


def trained_on_the_best(weight, image, label, eps, lr):
    """The attack went the wrong way."""
    kind = np.clip(image + eps * np.sign(label * weight), 0, 1)
    margin = label * (weight @ kind)
    return weight + lr * label * kind / (1 + np.exp(margin))


def trained_upwards(weight, image, label, eps, lr):
    """The weights climb too."""
    slope = -label * weight
    worst = np.clip(image + eps * np.sign(slope), 0, 1)
    margin = label * (weight @ worst)
    return weight - lr * label * worst / (1 + np.exp(margin))


def trained_half(weight, image, label, eps, lr):
    """The attack for the gradient's size, the clean picture for its direction."""
    slope = -label * weight
    worst = np.clip(image + eps * np.sign(slope), 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * image / (1 + np.exp(margin))


def trained_by_halves(weight, image, label, eps, lr):
    """The clean picture in the exponent, the attacked one for the rest."""
    worst = np.clip(image - eps * label * np.sign(weight), 0, 1)
    return weight + lr * label * worst / (1 + np.exp(label * (weight @ image)))


def trained_with_minus(weight, image, label, eps, lr):
    """The sign of the exponent."""
    worst = np.clip(image - eps * label * np.sign(weight), 0, 1)
    return weight + lr * label * worst / (1 + np.exp(-label * (weight @ worst)))


def trained_change_only(weight, image, label, eps, lr):
    """What is added, without what it is added to."""
    return adversarial_step(weight, image, label, eps, lr) - weight


def trained_not_clipped(weight, image, label, eps, lr):
    """Pictures that cannot exist."""
    worst = image - eps * label * np.sign(weight)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def trained_label_forgotten(weight, image, label, eps, lr):
    """Every picture attacked as if its label were +1."""
    worst = np.clip(image - eps * np.sign(weight), 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def trained_no_sign(weight, image, label, eps, lr):
    """The gradient as it is."""
    slack = 1 / (1 + np.exp(label * (weight @ image)))
    worst = np.clip(image - eps * label * slack * weight, 0, 1)
    margin = label * (weight @ worst)
    return weight + lr * label * worst / (1 + np.exp(margin))


def machines(rng: np.random.Generator) -> Iterator[Case]:
    """Weights of both signs, labels of both signs, a value at each end of [0, 1]."""
    for n, D in enumerate((4, 5, 6, 7, 8, 9, 10, 12)):
        weight = rng.normal(0, 1.2, D).round(2)
        weight[np.abs(weight) < 0.2] = 0.5
        image = rng.uniform(0.3, 0.7, D).round(2)
        label = -1 if n % 2 == 0 else 1
        eps = round(rng.uniform(0.1, 0.25), 2)
        weight[0], image[0] = label * 0.8, 0.03  # would become darker than black
        weight[1], image[1] = -label * 0.6, 0.98  # and this one brighter than white
        yield Case(weight, image, label, eps, round(rng.uniform(0.3, 1), 2))


EXERCISES = (
    Exercise(
        name="adversarial_step",
        title="One step of adversarial training",
        reference=adversarial_step,
        visible=(
            Case(np.array([1.0, -2.0]), np.array([0.5, 0.5]), 1, 0.1, 0.5),
            Case(np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.95, 0.4]), -1, 0.1, 1.0),
            Case(np.array([0.5, 1.5]), np.array([0.02, 0.6]), 1, 0.2, 1.0),
        ),
        generate=machines,
        misconceptions=(
            Misconception(
                "no attack",
                trained_plainly,
                "You train on the picture as it is. Make it as bad as it can be within "
                "ε first, and learn from that.",
            ),
            Misconception(
                "helped instead of attacked",
                trained_on_the_best,
                "Your picture moved towards its label, where the loss is smallest. The "
                "inner step makes the loss larger.",
            ),
            Misconception(
                "weights went uphill",
                trained_upwards,
                "Your weights make the loss larger as well. The attack climbs, the "
                "training descends: two steps of opposite sign.",
            ),
            Misconception(
                "two different pictures",
                trained_half,
                "You take the loss of the attacked picture and the values of the clean "
                "one. The attacked picture takes its place everywhere.",
            ),
            Misconception(
                "the clean picture in the exponent",
                trained_by_halves,
                "Your exponent still has the clean picture. The slope is taken at the "
                "attacked one, which stands in it twice.",
            ),
            Misconception(
                "sign of the exponent",
                trained_with_minus,
                "Your step is long where the answer is right already and short where "
                "it is wrong. Look at the sign in the exponent of ∂L/∂w.",
            ),
            Misconception(
                "the change only",
                trained_change_only,
                "You return by how much the weights change. Asked for are the new "
                "weights: the old ones and the change.",
            ),
            Misconception(
                "not clipped",
                trained_not_clipped,
                "Your attacked picture leaves [0, 1]. Cut it off: no camera shows the "
                "network what lies outside.",
            ),
            Misconception(
                "label forgotten in the attack",
                trained_label_forgotten,
                "You attack every picture as if its label were +1. Uphill is "
                "−y · sign(w): for y = −1 it is the other way.",
            ),
            Misconception(
                "no sign",
                trained_no_sign,
                "You move the picture along the gradient itself. In the L∞ ball each "
                "value goes all the way: take the sign.",
            ),
        ),
        page="book/fooling/defence",
        minutes=25,
        difficulty=3,
        points=2,
    ),
)
