"""A 1×1 convolution is a linear layer at every pixel."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def conv1x1(x, w, b):
    """The answer."""
    return conv.conv1x1(x, w, b)


def mixed(x, w, b):
    """The right one, for the wrong ones below."""
    return np.einsum("fc,nchw->nfhw", w, x) + b[:, None, None]


def without_bias(x, w, b):
    """Leave out b."""
    return np.einsum("fc,nchw->nfhw", w, x)


def channels_last(x, w, b):
    """Leave the channels where a linear layer puts them."""
    return mixed(x, w, b).transpose(0, 2, 3, 1)


def torn_going_in(x, w, b):
    """Take C numbers that follow each other in memory for the channels of a pixel."""
    N, C, H, W = x.shape
    rows = x.reshape(-1, C) @ w.T + b
    return rows.reshape(N, H, W, -1).transpose(0, 3, 1, 2)


def torn_coming_out(x, w, b):
    """Take the rows of pixels for maps."""
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C) @ w.T + b
    return rows.reshape(N, len(w), H, W)


def weights_transposed(x, w, b):
    """Take the rows of w for the inputs."""
    if len(w) != x.shape[1]:
        raise ValueError("the lengths do not fit")  # as `@` does
    return np.einsum("cf,nchw->nfhw", w, x) + b[:, None, None]


def bias_along_the_width(x, w, b):
    """Add b to the last axis."""
    return np.einsum("fc,nchw->nfhw", w, x) + b


def channels_not_mixed(x, w, b):
    """Give every filter the sum of the channels."""
    return w.sum(axis=1)[:, None, None] * x.sum(1, keepdims=True) + b[:, None, None]


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """More, fewer and equally many channels; widths that equal F and others."""
    for k in range(14):
        N, (H, W) = 1 + k % 2, sizes(rng, 2, 4)
        C, F = sizes(rng, 2, 4)
        if k % 3 == 0:
            F = C
        if k % 4 == 1:
            W = F
        x, w = numbers(rng, N, C, H, W), numbers(rng, F, C)
        yield Case(x, w, numbers(rng, F) + 0.25)
    yield Case(numbers(rng, 1, 3, 1, 1), numbers(rng, 2, 3), numbers(rng, 2) + 0.25)
    yield Case(numbers(rng, 2, 1, 2, 3), numbers(rng, 2, 1), numbers(rng, 2) + 0.25)


EXERCISES = (
    Exercise(
        name="conv1x1",
        title="A linear layer at every pixel",
        reference=conv1x1,
        visible=(
            Case(
                np.array([[[[1.0, 2, 3]], [[10, 20, 30]]]]),
                np.array([[1.0, 1], [0, -1]]),
                np.array([0.0, 5]),
            ),
            Case(
                np.arange(12.0).reshape(1, 3, 2, 2),
                np.array([[1.0, 0, 0], [0, 0, 2]]),
                np.array([0.5, -1]),
            ),
            Case(
                np.arange(8.0).reshape(2, 2, 1, 2),
                np.array([[1.0, 10], [2, 0], [0, 3]]),
                np.array([100.0, 0, 0]),
            ),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "forgot the bias",
                without_bias,
                "The products are right, but the bias is missing: `b[f]` belongs to "
                "every pixel of output channel f.",
            ),
            Misconception(
                "channels last",
                channels_last,
                "Your answer has the channels last, as a linear layer leaves them. "
                "Bring that axis back behind the batch: (N, F, H, W).",
            ),
            Misconception(
                "reshaped pixels into channels",
                torn_going_in,
                "`reshape` does not move numbers: cut into rows of C, an (N, C, H, W) "
                "array gives neighbouring pixels of one channel. Bring the channels "
                "to the end first, then reshape.",
            ),
            Misconception(
                "reshaped channels into pixels",
                torn_coming_out,
                "Each row of your product holds the F numbers of one pixel, and "
                "`reshape` spread them over the map. Reshape to (N, H, W, F) first, "
                "then move the last axis to its place.",
            ),
            Misconception(
                "weights transposed",
                weights_transposed,
                "You used the weights the wrong way round. Row f of `w` belongs to "
                "output channel f and holds one weight for each input channel.",
            ),
            Misconception(
                "bias along the width",
                bias_along_the_width,
                "NumPy lines shapes up from the right, so `+ b` adds along the width. "
                "Give `b` two more axes of length 1, so that it meets the channels.",
            ),
            Misconception(
                "every channel weighted alike",
                channels_not_mixed,
                "You added up the channels before weighting them, so all weigh the "
                "same. Each input channel is multiplied by its own weight first, "
                "`w[f, c]`.",
            ),
        ),
        page="book/layers/one-by-one",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
