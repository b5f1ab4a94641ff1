"""Clipping by norm, and by how much clipping by value turns a gradient."""

import math
from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def length_of(gradients):
    """The norm of all entries of all arrays."""
    return math.sqrt(sum(float((g**2).sum()) for g in gradients))


def clip_by_norm(gradients, max_norm):
    """The answer."""
    length = length_of(gradients)
    factor = max_norm / length if length > max_norm else 1.0
    return [factor * g for g in gradients]


def per_tensor(gradients, max_norm):
    """Clip every array by itself."""
    return [clip_by_norm([g], max_norm)[0] for g in gradients]


def always_scaled(gradients, max_norm):
    """Bring every gradient to the length allowed."""
    length = length_of(gradients)
    return [g * (max_norm / length if length else 1.0) for g in gradients]


def unit_length(gradients, max_norm):
    """Forget the length allowed."""
    length = length_of(gradients)
    return [g / length if length > max_norm else 1.0 * g for g in gradients]


def without_root(gradients, max_norm):
    """Forget the root."""
    length = length_of(gradients) ** 2
    return [g * (max_norm / length if length > max_norm else 1.0) for g in gradients]


def by_value(gradients, max_norm):
    """Clip the entries."""
    return [np.clip(g, -max_norm, max_norm) for g in gradients]


def sum_of_norms(gradients, max_norm):
    """Add up the norms of the arrays."""
    length = sum(length_of([g]) for g in gradients)
    return [g * (max_norm / length if length > max_norm else 1.0) for g in gradients]


def largest_norm(gradients, max_norm):
    """The norm of the longest array."""
    length = max(length_of([g]) for g in gradients)
    return [g * (max_norm / length if length > max_norm else 1.0) for g in gradients]


def absolute_sum(gradients, max_norm):
    """The sum of absolute values for the length."""
    length = sum(float(np.abs(g).sum()) for g in gradients)
    return [g * (max_norm / length if length > max_norm else 1.0) for g in gradients]


def in_place(gradients, max_norm):
    """Write into the caller's arrays."""
    length = length_of(gradients)
    for g in gradients:
        g *= max_norm / length if length > max_norm else 1.0
    return gradients


def heaps(rng: np.random.Generator) -> Iterator[Case]:
    """One array and several, of any shape; long, short, just as long, and zero."""
    for k in range(8):
        shapes = [(3,), (2, 2), (2, 1, 2), (1,)][: 1 + k % 4]
        gradients = [numbers(rng, *shape) + 0.25 for shape in shapes]
        share = float(rng.choice([0.25, 0.5, 0.75]))
        yield Case(gradients, round(share * length_of(gradients), 2))
    gradients = [numbers(rng, 2, 2) + 0.25, numbers(rng, 3) + 0.25]
    yield Case(gradients, round(3 * length_of(gradients), 2))
    yield Case([np.array([3.0]), np.array([[4.0]])], 5.0)
    yield Case([np.zeros(2), np.zeros((1, 2))], 1.0)
    yield Case([np.array([0.0, 6]), np.array([2.0, -3])], 3.5)
    yield Case([np.array([0.3]), np.array([0.4])], 1.0)


def clipping_angle(gradient, clip_value):
    """The answer."""
    clipped = np.clip(gradient, -clip_value, clip_value)
    return degrees(gradient, clipped)


def degrees(a, b):
    """The angle between two arrays, as vectors."""
    cosine = float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def radians(gradient, clip_value):
    """Leave the angle in radians."""
    return math.radians(clipping_angle(gradient, clip_value))


def cosine_itself(gradient, clip_value):
    """Forget the arc cosine."""
    return math.cos(math.radians(clipping_angle(gradient, clip_value)))


def only_above(gradient, clip_value):
    """Clip the positive entries only."""
    return degrees(gradient, np.minimum(gradient, clip_value))


def clipped_by_norm(gradient, clip_value):
    """Shorten the whole."""
    return degrees(gradient, clip_by_norm([gradient], clip_value)[0])


def without_signs(gradient, clip_value):
    """Clip the absolute values, and lose the signs."""
    return degrees(gradient, np.minimum(np.abs(gradient), clip_value))


def large_ones_dropped(gradient, clip_value):
    """Set what is too large to zero."""
    kept = np.where(np.abs(gradient) > clip_value, 0, gradient)
    return degrees(gradient, kept) if kept.any() else 90.0


def lengths_forgotten(gradient, clip_value):
    """Take the dot product for the cosine."""
    clipped = np.clip(gradient, -clip_value, clip_value)
    cosine = float((gradient * clipped).sum())
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def gradients_to_turn(rng: np.random.Generator) -> Iterator[Case]:
    """Vectors and kernels, lopsided and even, clipped a little, much and not at all."""
    for shape in ((2,), (3,), (2, 2), (5,), (2, 1, 3), (3, 3), (8,)):
        gradient = numbers(rng, *shape) + 0.25
        gradient.flat[0] = float(rng.choice([-6, -4.5, -3.5]))
        gradient.flat[-1] = float(rng.choice([0.75, 1.25, 3.25]))
        yield Case(gradient, float(rng.choice([0.5, 1.0, 1.5])))
    yield Case(numbers(rng, 4) + 0.25, 10.0)  # nothing is clipped
    yield Case(np.array([2.0, -2, 2]) * float(rng.integers(1, 4)), 1.0)
    yield Case(np.array([0.1, 0.7, -0.3]) * float(rng.integers(1, 4)), 5.0)


EXERCISES = (
    Exercise(
        name="clip_by_norm",
        title="Clipping by norm",
        reference=clip_by_norm,
        visible=(
            Case([np.array([3.0, 4.0])], 2.5),
            Case([np.array([3.0]), np.array([[4.0]])], 1.0),
            Case([np.array([0.3, 0.4])], 1.0),
            Case([np.array([2.0, -1]), np.array([[4.0, 2]])], 2.5),
            Case([np.zeros(2)], 1.0),
        ),
        generate=heaps,
        misconceptions=(
            Misconception(
                "array by array",
                per_tensor,
                "You clip every array by itself. Then some layers are shortened and "
                "others are not, and the step points elsewhere: take one norm over all "
                "of them, and one factor.",
            ),
            Misconception(
                "short ones lengthened",
                always_scaled,
                "You bring every gradient to `max_norm`, the short ones too. Near a "
                "minimum the gradient *should* be short: a factor above 1 is never "
                "right.",
            ),
            Misconception(
                "clipped to length 1",
                unit_length,
                "You shorten to length 1. The length allowed is `max_norm`: multiply "
                "by it.",
            ),
            Misconception(
                "forgot the root",
                without_root,
                "You use the sum of the squares for the norm. The norm is its root.",
            ),
            Misconception(
                "clipped by value",
                by_value,
                "You clip every entry by itself. That is clipping by *value*: it turns "
                "the gradient. By norm, everything is multiplied by one factor.",
            ),
            Misconception(
                "sum of the norms",
                sum_of_norms,
                "You add up the norms of the arrays. Norms of parts do not add: 3 and "
                "4 make 5. Add the squares of all entries, then take the root.",
            ),
            Misconception(
                "norm of the longest array",
                largest_norm,
                "You take the norm of the longest array for that of all. Add the "
                "squares of all entries of all arrays, then take the root.",
            ),
            Misconception(
                "sum of absolute values",
                absolute_sum,
                "You add up absolute values. The norm meant here is Euclid's: the root "
                "of the sum of the squares.",
            ),
            Misconception(
                "changed in place",
                in_place,
                "The numbers are right, but your function changed the arrays it was "
                "given. torch's `clip_grad_norm_` does, and its name ends in an "
                "underscore to warn of it; here, make new ones.",
            ),
        ),
        page="book/training/clipping",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="clipping_angle",
        title="How far clipping by value turns",
        reference=clipping_angle,
        visible=(
            Case(np.array([3.0, 4.0]), 3.0),
            Case(np.array([5.0, -5.0]), 1.0),
            Case(np.array([-6.0, 0.5]), 0.5),
            Case(np.array([0.1, 0.7, -0.3]), 1.0),
            Case(np.array([[-4.0, 1], [2, 0]]), 1.0),
        ),
        generate=gradients_to_turn,
        misconceptions=(
            Misconception(
                "radians",
                radians,
                "Your angle is in radians. A full turn is 360 here: use `np.degrees`.",
            ),
            Misconception(
                "cosine for the angle",
                cosine_itself,
                "You return the cosine of the angle. It is 1 when nothing turns; the "
                "angle is its arc cosine, in degrees.",
            ),
            Misconception(
                "clipped above only",
                only_above,
                "You clip large positive entries only. An entry of −6 is as large as "
                "one of 6: it becomes −`clip_value`.",
            ),
            Misconception(
                "clipped by norm",
                clipped_by_norm,
                "You clip by norm, so nothing ever turns. By value each entry is cut "
                "for itself.",
            ),
            Misconception(
                "signs lost",
                without_signs,
                "You lose the signs: clip to [−clip_value, clip_value], so that a "
                "negative entry stays negative.",
            ),
            Misconception(
                "large entries dropped",
                large_ones_dropped,
                "You set the large entries to 0. Clipping keeps as much of them as is "
                "allowed: an entry of 6 becomes `clip_value`.",
            ),
            Misconception(
                "lengths forgotten",
                lengths_forgotten,
                "You take the dot product for the cosine. Divide it by both lengths "
                "first.",
            ),
        ),
        page="book/training/clipping",
        minutes=15,
        difficulty=2,
        points=2,
        atol=1e-4,  # the arc cosine of nearly 1 magnifies rounding
    ),
)
