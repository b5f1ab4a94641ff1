"""One number of the output, by hand."""

from collections.abc import Iterator

import numpy as np

from cvlib.conv import conv2d, flip
from cvlib.data.lecture import BIASES, FILTERS, PADDING, STRIDE, VOLUME
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def one_output(x, w, b, f, i, j, *, stride=1, padding=0):
    """The answer."""
    return float(conv2d(x, w, b, stride=stride, padding=padding)[f, i, j])


def cell_without_bias(x, w, b, f, i, j, *, stride=1, padding=0):
    """Leave out b."""
    return one_output(x, w, None, f, i, j, stride=stride, padding=padding)


def cell_without_stride(x, w, b, f, i, j, *, stride=1, padding=0):
    """Start the window at (i, j)."""
    return one_output(x, w, b, f, i, j, padding=padding)


def cell_without_padding(x, w, b, f, i, j, *, stride=1, padding=0):
    """Start the window in the picture itself; what is beyond its end is cut off."""
    chunk = x[:, i * stride :, j * stride :][:, : w.shape[2], : w.shape[3]]
    return float((chunk * w[f]).sum() + b[f])


def first_channel(x, w, b, f, i, j, *, stride=1, padding=0):
    """Look at one channel."""
    return one_output(x[:1], w[:, :1], b, f, i, j, stride=stride, padding=padding)


def cell_flipped(x, w, b, f, i, j, *, stride=1, padding=0):
    """Turn the filter by half a turn."""
    return one_output(x, flip(w), b, f, i, j, stride=stride, padding=padding)


def across_then_down(x, w, b, f, i, j, *, stride=1, padding=0):
    """Take i for the column and j for the row."""
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding)])
    chunk = x[:, j * stride :, i * stride :][:, : w.shape[2], : w.shape[3]]
    return float((chunk * w[f]).sum() + b[f])


def cells(rng: np.random.Generator) -> Iterator[Case]:
    """Small volumes, a cell of each drawn; the corners are among them."""
    for stride in (1, 2):
        for padding in (0, 1):
            for k in range(6):
                C, F = sizes(rng, 1, 3)
                R, S = sizes(rng, 2, 3)
                P, Q = sizes(rng, 2, 3)
                H, W = (P - 1) * stride + R, (Q - 1) * stride + S
                x = numbers(rng, C, H - padding, W - padding)
                i, j = (P - 1, Q - 1) if k == 0 else map(int, rng.integers(0, [P, Q]))
                w, b = numbers(rng, F, C, R, S), numbers(rng, F) + 0.25
                f = int(rng.integers(F))
                yield Case(x, w, b, f, i, j, stride=stride, padding=padding)


EXERCISES = (
    Exercise(
        name="one_output",
        title="One output by hand",
        reference=one_output,
        visible=(
            Case(
                np.array([[[1.0, 2, 3, 4]]]),
                np.array([[[[10.0, 1]]]]),
                np.array([5.0]),
                0,
                0,
                1,
                stride=2,
            ),
            *(
                Case(VOLUME, FILTERS, BIASES, f, i, j, stride=STRIDE, padding=PADDING)
                for f, i, j in [(0, 0, 0), (0, 1, 1), (1, 2, 0)]
            ),
        ),
        generate=cells,
        misconceptions=(
            Misconception(
                "forgot the bias",
                cell_without_bias,
                "The products are right, but the bias is missing: the output is wᵀx + "
                "b, and filter f has the bias `b[f]`.",
            ),
            Misconception(
                "forgot the stride",
                cell_without_stride,
                "You put the window's corner at (i, j). With a stride it is at "
                "(`i * stride`, `j * stride`) of the padded picture.",
            ),
            Misconception(
                "forgot the padding",
                cell_without_padding,
                "You put the window's corner into the picture itself. With padding, "
                "row 0 of the padded picture is `padding` rows above it: pad first.",
            ),
            Misconception(
                "one channel only",
                first_channel,
                "You multiplied one channel only. A filter is as deep as the picture: "
                "add the products of all channels to one number.",
            ),
            Misconception(
                "flipped filter",
                cell_flipped,
                "You turned the filter by half a turn. Lay it on as it is: its top "
                "left weight on the top left pixel of the window.",
            ),
            Misconception(
                "row and column exchanged",
                across_then_down,
                "You took i for the column and j for the row. In `[f, i, j]`, as in "
                "every array of pixels, the row comes first.",
            ),
        ),
        page="book/sizes/volumes",
        minutes=15,
        difficulty=1,
        points=2,
    ),
)
