"""The first exercise: from bytes to brightness."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.image import to_float


def scale_to_unit(image):
    """The answer."""
    return to_float(image)


def by_the_brightest(image):
    """Divide by what happens to be the largest value."""
    return image / max(int(image.max()), 1)


def by_256(image):
    """Divide by the number of values."""
    return image / 256


def stretched(image):
    """Darkest to 0, brightest to 1."""
    low, high = int(image.min()), int(image.max())
    return (image - float(low)) / max(high - low, 1)


def floored(image):
    """Divide whole numbers, or write fractions into an array of them."""
    return image // 255


def only_converted(image):
    """Change the type and leave the values."""
    return image.astype(float)


def images(rng: np.random.Generator) -> Iterator[Case]:
    """Grey and colour, never with 0 and 255 both."""
    for side in range(2, 7):
        for shape in [(side, side + 1), (side + 1, side, 3)]:
            for low, high in [(0, 200), (20, 256)]:
                yield Case(rng.integers(low, high, shape).astype(np.uint8))


EXERCISES = (
    Exercise(
        name="scale_to_unit",
        title="From bytes to brightness",
        reference=scale_to_unit,
        visible=(
            Case(np.array([[0, 51, 102], [153, 204, 255]], np.uint8)),
            Case(np.array([[10, 20, 30, 40]], np.uint8)),
            Case(np.array([[[255, 0, 51], [0, 102, 204]]], np.uint8)),
        ),
        generate=images,
        misconceptions=(
            Misconception(
                "divided by the brightest pixel",
                by_the_brightest,
                "You divided by the largest value in the picture, so a dark picture "
                "comes out as bright as a light one. White is 255, whether or not a "
                "pixel of this picture is white.",
            ),
            Misconception(
                "divided by 256",
                by_256,
                "A byte has 256 values, but the largest of them is 255. Divide by 255, "
                "so that white becomes 1 exactly.",
            ),
            Misconception(
                "stretched the contrast",
                stretched,
                "You stretched the picture from its darkest to its brightest pixel, "
                "which changes the contrast. Here only the unit changes: 0 stays 0 "
                "and 255 becomes 1, whatever else is in the picture.",
            ),
            Misconception(
                "whole numbers",
                floored,
                "Your result holds whole numbers, so every pixel that is not white "
                "became black. `//` drops what follows the point, and so does an array "
                "of whole numbers: return what `/` gives.",
            ),
            Misconception(
                "converted but not scaled",
                only_converted,
                "The pixels are fractions now, but they still run from 0 to 255. "
                "Changing the type does not change the values: divide as well.",
            ),
        ),
        page="book/start/exercises",
        minutes=5,
        difficulty=1,
        points=1,
    ),
)
