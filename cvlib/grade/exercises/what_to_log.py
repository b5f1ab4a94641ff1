"""How far a step moved the weights, and which layer has died."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def update_ratio(before, after):
    """The answer."""
    return np.linalg.norm((after - before).ravel()) / np.linalg.norm(before.ravel())


def squares(before, after):
    """Forget both roots."""
    return ((after - before) ** 2).sum() / (before**2).sum()


def over_the_new(before, after):
    """Divide by the length after the step."""
    return np.linalg.norm((after - before).ravel()) / np.linalg.norm(after.ravel())


def difference_of_lengths(before, after):
    """Subtract lengths instead of tensors."""
    old, new = np.linalg.norm(before.ravel()), np.linalg.norm(after.ravel())
    return abs(new - old) / old


def mean_of_ratios(before, after):
    """Divide entry by entry, then average."""
    return np.mean(np.abs(after - before) / np.maximum(np.abs(before), 1e-12))


def sums(before, after):
    """Sums of absolute values for lengths."""
    return np.abs(after - before).sum() / np.abs(before).sum()


def largest(before, after):
    """The largest entry for the length."""
    return np.abs(after - before).max() / np.abs(before).max()


def upside_down(before, after):
    """Divide the weights by the update."""
    return np.linalg.norm(before.ravel()) / np.linalg.norm((after - before).ravel())


def steps(rng: np.random.Generator) -> Iterator[Case]:
    """Vectors, matrices and kernels; small steps and large ones; one that grew."""
    for shape in ((2,), (5,), (2, 3), (3, 3), (2, 1, 3, 3), (1, 2, 2, 2), (4, 2)):
        before = numbers(rng, *shape) + 0.25
        after = before + numbers(rng, *shape) / float(rng.choice([4, 16, 64]))
        after.flat[0] += 0.125  # something moves
        yield Case(before, after)
    before = numbers(rng, 3) + 0.25
    yield Case(before, before[::-1].copy() + 0.5)
    yield Case(before, 3 * before)


def dead_layer(activations, share=0.9):
    """The answer."""
    for k, layer in enumerate(activations):
        axes = (0, *range(2, layer.ndim))
        if (layer == 0).all(axis=axes).mean() >= share:
            return k
    return None


def shares(activations):
    """The share of dead units of each layer."""
    return [
        (layer == 0).all(axis=(0, *range(2, layer.ndim))).mean()
        for layer in activations
    ]


def first(values, share):
    """The first that reaches the share."""
    return next((k for k, v in enumerate(values) if v >= share), None)


def zeros_counted(activations, share=0.9):
    """Count zeros instead of units."""
    return first([(layer == 0).mean() for layer in activations], share)


def first_image_only(activations, share=0.9):
    """Look at one image."""
    return first(shares([layer[:1] for layer in activations]), share)


def dead_for_some_image(activations, share=0.9):
    """Call a unit dead that is silent for any image."""
    found = []
    for layer in activations:
        silent = (layer == 0).all(axis=tuple(range(2, layer.ndim)))
        found.append(silent.any(axis=0).mean())
    return first(found, share)


def every_pixel_a_unit(activations, share=0.9):
    """Take each pixel of a map for a unit."""
    return first([(layer == 0).all(axis=0).mean() for layer in activations], share)


def images_for_units(activations, share=0.9):
    """Ask which images are silent."""
    return first(
        [
            (layer == 0).all(axis=tuple(range(1, layer.ndim))).mean()
            for layer in activations
        ],
        share,
    )


def the_worst(activations, share=0.9):
    """The layer with the most dead units."""
    found = shares(activations)
    return int(np.argmax(found)) if max(found) >= share else None


def the_last(activations, share=0.9):
    """Search from the end."""
    found = [k for k, v in enumerate(shares(activations)) if v >= share]
    return found[-1] if found else None


def counted_from_one(activations, share=0.9):
    """Number the layers from one."""
    k = dead_layer(activations, share)
    return None if k is None else k + 1


def more_than(activations, share=0.9):
    """Ask for more than the share."""
    return next((k for k, v in enumerate(shares(activations)) if v > share), None)


def layer_of(rng, dead, units=10, images=4, maps=False, sparse=0.5):
    """Activations of a layer; the dead units stand anywhere."""
    shape = (images, units, 2, 2) if maps else (images, units)
    values = rng.integers(1, 7, shape) / 2 * (rng.random(shape) > sparse)
    for unit in range(units):  # the living fire at least once, after the first image
        place = (int(rng.integers(1, images)), unit) + ((1, 0) if maps else ())
        values[place] = 1.5
    values[:, rng.permutation(units)[:dead]] = 0
    return values


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """No dead layer, one, several; maps and vectors; sparse layers that are alive."""
    for dead in (
        [0, 0, 0],
        [0, 10, 0],
        [10, 0],
        [2, 5, 9, 10],
        [9, 0, 10, 9],
        [0, 0, 10],
    ):
        maps = bool(rng.integers(2))
        layers = [layer_of(rng, d, maps=maps and k == 0) for k, d in enumerate(dead)]
        yield Case(layers)
    yield Case([layer_of(rng, 1, sparse=0.99, images=6), layer_of(rng, 9)])
    yield Case([layer_of(rng, 1, sparse=0.99, images=6), layer_of(rng, 0, maps=True)])
    rare = layer_of(rng, 0, sparse=1.0, images=5, maps=True)  # at one pixel only
    yield Case([rare, layer_of(rng, 10)], share=0.7)
    quiet = layer_of(rng, 0, images=5)
    quiet[1:4] = 0  # three images of five say nothing
    yield Case([quiet, layer_of(rng, 6)], share=0.6)
    yield Case([layer_of(rng, 3), layer_of(rng, 5)], share=0.5)
    yield Case([layer_of(rng, 9), layer_of(rng, 10)], share=0.9)


def small(*rows):
    """Activations of one layer, an image a row."""
    return np.array(rows, dtype=float)


EXERCISES = (
    Exercise(
        name="update_ratio",
        title="How far was that step?",
        reference=update_ratio,
        visible=(
            Case(np.array([3.0, 4]), np.array([3.0, 4.5])),
            Case(np.array([[3.0, 0], [0, 4]]), np.array([[1.5, 0], [0, 2]])),
            Case(np.array([0.25, -0.5, 1]), np.array([0.5, -0.5, 0.5])),
            Case(np.full((2, 1, 2, 2), 2.0), np.full((2, 1, 2, 2), 2.5)),
        ),
        generate=steps,
        misconceptions=(
            Misconception(
                "squares",
                squares,
                "You divide squared lengths. A length is the *root* of the sum of the "
                "squares; your 0.01 would be a 0.1.",
            ),
            Misconception(
                "divided by the new weights",
                over_the_new,
                "You divide by the weights after the step. The ratio is measured "
                "against what was there before it.",
            ),
            Misconception(
                "difference of lengths",
                difference_of_lengths,
                "You subtract the two lengths. A step that turns the weights without "
                "lengthening them would count as none: subtract the arrays, then take "
                "the length.",
            ),
            Misconception(
                "mean of ratios",
                mean_of_ratios,
                "You divide entry by entry. A weight that happens to be near 0 would "
                "drown all others: take one length of the whole update and one of all "
                "weights.",
            ),
            Misconception(
                "sums of absolute values",
                sums,
                "You add up absolute values. The length meant here is Euclid's: the "
                "root of the sum of the squares.",
            ),
            Misconception(
                "largest entries",
                largest,
                "You compare the largest entries. The length takes all entries "
                "together: the root of the sum of the squares.",
            ),
            Misconception(
                "upside down",
                upside_down,
                "Your fraction is upside down: the update goes on top, so that a small "
                "step gives a small number.",
            ),
        ),
        page="book/training/what-to-log",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="dead_layer",
        title="Find the dead layer",
        reference=dead_layer,
        visible=(
            Case([small([1, 0, 2, 0], [0, 3, 0, 1]), small([0, 0], [0, 0])]),
            Case([small([0, 1], [2, 0]), small([0, 5], [1, 0])]),
            Case(
                [small([0, 0, 0, 1], [0, 0, 0, 0]), small([0, 0], [0, 0])], share=0.75
            ),
            Case(
                [np.array([[[[0.0, 0]], [[0, 1]]], [[[0, 0]], [[2, 0]]]])],
                share=0.5,
            ),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "zeros instead of units",
                zeros_counted,
                "You count zeros. After a ReLU many numbers are 0 in any network; "
                "a unit is dead only if it is 0 for *every* image and pixel.",
            ),
            Misconception(
                "one image",
                first_image_only,
                "You look at the first image only. A unit that has nothing to say "
                "about one image may speak at the next.",
            ),
            Misconception(
                "silent for some image",
                dead_for_some_image,
                "You call a unit dead as soon as it is silent for one image. That is "
                "its work, to be silent where its pattern is not: it must be 0 for "
                "all.",
            ),
            Misconception(
                "every pixel a unit",
                every_pixel_a_unit,
                "You take every pixel of a map for a unit. The unit is the channel: "
                "one filter makes all its pixels, so take rows and columns together.",
            ),
            Misconception(
                "images for units",
                images_for_units,
                "You ask which images are silent. Units stand on axis 1; take axis 0, "
                "and rows and columns, together.",
            ),
            Misconception(
                "the worst instead of the first",
                the_worst,
                "You return the layer with the most dead units. The *first* one is "
                "wanted: what comes after it may suffer only because it gets nothing.",
            ),
            Misconception(
                "the last instead of the first",
                the_last,
                "You return the last dead layer. Look from the input up and stop at "
                "the first.",
            ),
            Misconception(
                "counted from one",
                counted_from_one,
                "You number the layers from 1. Python counts from 0: the first layer "
                "is `activations[0]`.",
            ),
            Misconception(
                "more than the share",
                more_than,
                "You ask for more than `share`. A layer with exactly that share of "
                "dead units counts, too: use >=.",
            ),
        ),
        page="book/training/what-to-log",
        minutes=20,
        difficulty=2,
        points=3,
    ),
)
