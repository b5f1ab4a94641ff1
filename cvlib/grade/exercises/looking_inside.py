"""What a unit sees, and what happens when a part of the picture is covered."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def patch_box(layers, unit, size):
    """The answer."""
    return conv.receptive_box(layers, unit, input_size=size)


def seen(layers, unit, size, *, order="xy", clip=True, last=0, lengths=None):
    """The box again, with a switch for each slip that comes after the arithmetic."""
    extent, jump, start = 1, 1, 0
    for k, s, p in layers:
        extent, start, jump = extent + (k - 1) * jump, start - p * jump, jump * s
    ends = []
    for index, length in zip(unit, lengths or size, strict=True):
        first = start + index * jump
        stop = first + extent - last
        if clip:
            first, stop = max(first, 0), min(stop, length)
        ends.append((first, stop))
    (y1, y2), (x1, x2) = ends
    return (x1, y1, x2, y2) if order == "xy" else (y1, x1, y2, x2)


def not_cut_off(layers, unit, size):
    """Leave the padding in the box."""
    return seen(layers, unit, size, clip=False)


def rows_first(layers, unit, size):
    """Write the box as (y1, x1, y2, x2)."""
    return seen(layers, unit, size, order="yx")


def last_pixel_named(layers, unit, size):
    """Let the box end at its last pixel."""
    x1, y1, x2, y2 = seen(layers, unit, size)
    return x1, y1, x2 - 1, y2 - 1


def unit_as_a_point(layers, unit, size):
    """Read the unit as (x, y)."""
    return seen(layers, unit[::-1], size)


def size_as_width_and_height(layers, unit, size):
    """Cut off at (W, H)."""
    return seen(layers, unit, size, lengths=size[::-1])


def padding_forgotten(layers, unit, size):
    """Let unit 0 always begin at pixel 0."""
    return seen([(k, s, 0) for k, s, _ in layers], unit, size)


def padding_not_scaled(layers, unit, size):
    """Every padding moves the box by as many pixels of the picture."""
    extent, jump, start = 1, 1, 0
    for k, s, p in layers:
        extent, start, jump = extent + (k - 1) * jump, start - p, jump * s
    return _cut(start, jump, extent, unit, size)


def own_stride_too_early(layers, unit, size):
    """Multiply the jump before it is used."""
    extent, jump, start = 1, 1, 0
    for k, s, p in layers:
        jump *= s
        extent, start = extent + (k - 1) * jump, start - p * jump
    return _cut(start, jump, extent, unit, size)


def unit_not_scaled(layers, unit, size):
    """Move by one pixel a unit, whatever the strides."""
    extent, jump, start = 1, 1, 0
    for k, s, p in layers:
        extent, start, jump = extent + (k - 1) * jump, start - p * jump, jump * s
    return _cut(start, 1, extent, unit, size)


def _cut(start, jump, extent, unit, size):
    (y1, y2), (x1, x2) = (
        (max(start + u * jump, 0), min(start + u * jump + extent, n))
        for u, n in zip(unit, size, strict=True)
    )
    return x1, y1, x2, y2


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures and units in corners, at borders and in the middle."""
    for depth in (1, 2, 2, 3, 3, 4):
        while True:
            layers = [
                (k := int(rng.choice([2, 3, 3, 5])), int(rng.integers(1, 3)), k // 2)
                for _ in range(depth)
            ]
            H, W = int(rng.integers(14, 24)), int(rng.integers(26, 44))
            h, w = H, W
            for k, s, p in layers:
                h, w = (conv.output_size(n, k, stride=s, padding=p) for n in (h, w))
            if np.prod([s for _, s, _ in layers]) > 1 and h > 2 and w > h:
                break
        yield Case(layers, (0, int(rng.integers(1, w))), (H, W))
        yield Case(layers, (h - 1, w - 1), (H, W))
        yield Case(layers, (h // 2, int(rng.integers(0, w))), (H, W))


def occlusion_map(image, score, size, stride, value):
    """The answer."""
    return drops(image, score, size, stride, value)


def drops(image, score, size, stride, value, *, piled=False):
    """The answer, or with all squares so far left in the picture."""
    _, H, W = image.shape
    whole, covered = score(image), image.copy()
    found = np.zeros(((H - size) // stride + 1, (W - size) // stride + 1))
    for i, j in np.ndindex(found.shape):
        if not piled:
            covered = image.copy()
        y, x = i * stride, j * stride
        covered[:, y : y + size, x : x + size] = value
        found[i, j] = whole - score(covered)
    return found


def gained(image, score, size, stride, value):
    """Subtract the wrong way round."""
    return -drops(image, score, size, stride, value)


def scores_kept(image, score, size, stride, value):
    """Return the scores, not what they lost."""
    return score(image) - drops(image, score, size, stride, value)


def never_uncovered(image, score, size, stride, value):
    """Paint one square after the other into the same picture."""
    return drops(image, score, size, stride, value, piled=True)


def columns_first(image, score, size, stride, value):
    """Put the place [i, j] at [j, i]."""
    return drops(image, score, size, stride, value).T


def always_black(image, score, size, stride, value):
    """Cover with 0 whatever is asked."""
    return drops(image, score, size, stride, 0.0)


def first_channel_only(image, score, size, stride, value):
    """Cover one channel."""

    def partly(covered):
        return score(np.concatenate([covered, image[1:]]))

    return drops(image[:1], partly, size, stride, value)


def step_of_the_square(image, score, size, stride, value):
    """Move by the square's own size."""
    return drops(image, score, size, size, value)


class Detector:
    """A stand-in for a network: a weighted sum of the pixels, and a bias."""

    def __init__(self, weight: np.ndarray, bias: float) -> None:
        self.weight, self.bias = weight, bias
        self.__name__ = "score"

    def __call__(self, image: np.ndarray) -> float:
        """(C, H, W) to one number."""
        return float((self.weight * np.asarray(image)).sum() + self.bias)

    def __repr__(self) -> str:
        return f"the sum of {self.weight.tolist()} * image, plus {self.bias}"


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures of two channels; a square of 2 that moves by 1, or of 3 by 2."""
    for k in range(10):
        size, stride = [(2, 1), (3, 2)][k % 2]
        H, W = int(rng.integers(4, 6)), int(rng.integers(6, 8))
        image = numbers(rng, 2, H, W) + 4  # never as bright as the square
        weight = numbers(rng, 2, H, W)
        value = float(rng.choice([0.5, -0.5]))
        yield Case(
            image, Detector(weight, float(rng.integers(-3, 4))), size, stride, value
        )


SMALL_PICTURES = (
    Case(
        np.array([[[1.0, 2, 3], [4, 5, 6]]]),
        Detector(np.array([[[1.0, 0, 0], [0, 0, 2]]]), 1.0),
        *(1, 1, 0.5),
    ),
    Case(
        np.ones((2, 3, 4)),
        Detector(np.arange(24.0).reshape(2, 3, 4) / 4, 0.0),
        *(2, 1, 0.0),
    ),
    Case(
        np.full((1, 3, 5), 2.0),
        Detector(np.array([[[0.0, 0, 1, 0, -1]] * 3]).reshape(1, 3, 5), -2.0),
        *(3, 2, 0.5),
    ),
)

EXERCISES = (
    Exercise(
        name="patch_box",
        title="The patch that a unit sees",
        reference=patch_box,
        visible=(
            Case([(3, 1, 1)], (0, 4), (6, 9)),
            Case([(3, 1, 0), (2, 2, 0)], (1, 3), (8, 12)),
            Case([(3, 2, 1), (3, 2, 1)], (2, 1), (16, 24)),
            Case([(5, 2, 2), (3, 1, 1), (3, 2, 1)], (3, 7), (16, 32)),
        ),
        generate=stacks,
        misconceptions=(
            Misconception(
                "not cut off",
                not_cut_off,
                "Part of your box lies outside the picture, in the padding. Nothing "
                "can be cut out there: limit x to 0 … W and y to 0 … H.",
            ),
            Misconception(
                "rows first",
                rows_first,
                "Your four numbers are right, in another order. A box is (x1, y1, x2, "
                "y2): columns first, although arrays are indexed rows first.",
            ),
            Misconception(
                "ends at the last pixel",
                last_pixel_named,
                "Your box ends at the last pixel seen. In this book x2 and y2 lie one "
                "past it, so that `image[:, y1:y2, x1:x2]` cuts out the whole patch.",
            ),
            Misconception(
                "unit taken as (x, y)",
                unit_as_a_point,
                "You read the unit as (x, y). It is a place in an array, (row, "
                "column): the first number moves the box down, the second to the "
                "right.",
            ),
            Misconception(
                "size taken as (W, H)",
                size_as_width_and_height,
                "You cut x off at the height and y at the width. A size is (H, W), in "
                "the order of the axes.",
            ),
            Misconception(
                "forgot the padding",
                padding_forgotten,
                "You let unit 0 begin at pixel 0. With padding p its kernel begins p "
                "units earlier, so the box moves to the left and up.",
            ),
            Misconception(
                "padding not scaled",
                padding_not_scaled,
                "You move the box by p pixels for every padding of p. A deep layer "
                "pads with units, and below a stride each of them is several pixels "
                "wide: multiply by the jump.",
            ),
            Misconception(
                "own stride too early",
                own_stride_too_early,
                "You multiply the jump by a layer's stride before you use it. Taps and "
                "padding of a layer lie on the units below it, spread by the strides "
                "below. Multiply afterwards.",
            ),
            Misconception(
                "neighbours one pixel apart",
                unit_not_scaled,
                "The size is right and the place is not: from one unit to the next "
                "the box moves by the jump, the product of all strides, and not by "
                "one pixel.",
            ),
        ),
        page="book/inside/maximal-patches",
        minutes=20,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="occlusion_map",
        title="Cover a part, watch the score",
        reference=occlusion_map,
        visible=SMALL_PICTURES,
        generate=pictures,
        misconceptions=(
            Misconception(
                "sign",
                gained,
                "Your numbers have the wrong sign. The map says what the class "
                "*loses*: score of the whole picture minus score of the covered one, "
                "positive where the network needs what is there.",
            ),
            Misconception(
                "scores, not drops",
                scores_kept,
                "You return the scores of the covered pictures. Subtract them from the "
                "score of the whole one, so that 0 means: this part did not matter.",
            ),
            Misconception(
                "never uncovered",
                never_uncovered,
                "The squares pile up: after a few steps most of the picture is "
                "covered. Start from a fresh `image.copy()` at each place.",
            ),
            Misconception(
                "rows and columns exchanged",
                columns_first,
                "Your map is mirrored in its diagonal. Its rows belong to the places "
                "of the square from top to bottom, its columns to those from left to "
                "right.",
            ),
            Misconception(
                "always black",
                always_black,
                "You cover with 0 whatever `value` says. A black square is itself "
                "something to see; the papers take grey for that reason.",
            ),
            Misconception(
                "one channel only",
                first_channel_only,
                "You cover the first channel only. A square hides all colours: write "
                "to `covered[:, y : y + size, x : x + size]`.",
            ),
            Misconception(
                "moved by its size",
                step_of_the_square,
                "You move the square by its own size. It moves by `stride`, so places "
                "may overlap, or leave gaps.",
            ),
        ),
        page="book/inside/maximal-patches",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
