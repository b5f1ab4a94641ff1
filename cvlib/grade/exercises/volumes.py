"""Convolution of volumes by loops."""

from collections.abc import Iterator

import numpy as np

from cvlib.conv import conv2d, flip
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def pad(x, padding, **options):
    """Zeros (or what `options` say) around the last two axes."""
    before = [(0, 0)] * (x.ndim - 2)
    return np.pad(x, [*before, (padding, padding), (padding, padding)], **options)


def conv2d_naive(x, w, b=None, *, stride=1, padding=0):
    """The answer."""
    return conv2d(x, w, b, stride=stride, padding=padding)


def flipped(x, w, b=None, *, stride=1, padding=0):
    """Turn the filters by half a turn."""
    return conv2d(x, flip(w), b, stride=stride, padding=padding)


def without_bias(x, w, b=None, *, stride=1, padding=0):
    """Leave out b."""
    return conv2d(x, w, stride=stride, padding=padding)


def bias_per_channel(x, w, b=None, *, stride=1, padding=0):
    """Add b inside the loop over channels."""
    b = None if b is None else b * x.shape[1]
    return conv2d(x, w, b, stride=stride, padding=padding)


def last_channel(x, w, b=None, *, stride=1, padding=0):
    """Write = where += is meant."""
    return conv2d(x[:, -1:], w[:, -1:], b, stride=stride, padding=padding)


def without_padding(x, w, b=None, *, stride=1, padding=0):
    """Leave out the padding."""
    return conv2d(x, w, b, stride=stride)


def padded_after_only(x, w, b=None, *, stride=1, padding=0):
    """Zeros below and on the right, none above and on the left."""
    x = np.pad(x, [(0, 0), (0, 0), (0, padding), (0, padding)])
    return conv2d(x, w, b, stride=stride)


def repeated_border(x, w, b=None, *, stride=1, padding=0):
    """Repeat the border where zeros are meant."""
    return conv2d(pad(x, padding, mode="edge"), w, b, stride=stride)


def windows_in_a_huddle(x, w, b=None, *, stride=1, padding=0):
    """Count the outputs with the stride, then take the windows without it."""
    P, Q = conv2d(x, w, b, stride=stride, padding=padding).shape[2:]
    return conv2d(x, w, b, padding=padding)[:, :, :P, :Q]


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """Every mixture of stride, padding and bias; oblong pictures and filters."""
    for stride in (1, 2, 3):
        for padding in (0, 1, 2):
            for with_bias in (True, False):
                N, C, F = (int(k) for k in rng.permutation([1, 2, 3]))
                R, S = sizes(rng, 1, 3)
                H, W = sizes(rng, 4, 7)
                b = numbers(rng, F) + 0.25 if with_bias else None
                x, w = numbers(rng, N, C, H, W), numbers(rng, F, C, R, S)
                yield Case(x, w, b, stride=stride, padding=padding)
    yield Case(numbers(rng, 1, 1, 3, 3), numbers(rng, 1, 1, 3, 3))
    yield Case(numbers(rng, 1, 2, 2, 3), numbers(rng, 2, 2, 2, 1), numbers(rng, 2))


EXERCISES = (
    Exercise(
        name="conv2d_naive",
        title="Convolution by loops",
        reference=conv2d_naive,
        visible=(
            Case(np.arange(12.0).reshape(1, 1, 3, 4), np.ones((1, 1, 2, 2))),
            Case(
                np.arange(24.0).reshape(2, 2, 2, 3),
                np.array([[[[1.0, 0.0]], [[0.0, -2.0]]]]),
                np.array([0.5]),
            ),
            Case(
                np.arange(12.0).reshape(1, 1, 3, 4),
                np.array([[[[1.0, 2.0], [3.0, 4.0]]], [[[0.0, 0.0], [0.0, 1.0]]]]),
                np.array([10.0, -10.0]),
                stride=2,
                padding=1,
            ),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "flipped filters",
                flipped,
                "You turned the filters by half a turn: that is convolution as "
                "mathematicians define it. What deep learning calls convolution lays "
                "the filter on as it is.",
            ),
            Misconception(
                "forgot the bias",
                without_bias,
                "The products are right, but the bias is missing: when `b` is given, "
                "add `b[f]` to every output of filter f.",
            ),
            Misconception(
                "bias added in every channel",
                bias_per_channel,
                "You added the bias once for every channel. A filter has one bias, "
                "however many channels it reads: add it after the sum over channels.",
            ),
            Misconception(
                "kept only the last channel",
                last_channel,
                "Each channel overwrites the one before, so only the last remains. "
                "One output number is the sum over all channels: use `+=`.",
            ),
            Misconception(
                "forgot the padding",
                without_padding,
                "The padding is not used. Surround every channel by `padding` rows "
                "and columns of zeros first, then slide over the larger picture.",
            ),
            Misconception(
                "padded one side only",
                padded_after_only,
                "You padded below and on the right only. `padding=1` means one row "
                "above and one below, one column left and one right: the picture "
                "grows by 2.",
            ),
            Misconception(
                "padded with the border",
                repeated_border,
                "You filled the padding with copies of the border pixels. It is made "
                "of zeros, as in `np.pad` with its default mode.",
            ),
            Misconception(
                "windows one apart whatever the stride",
                windows_in_a_huddle,
                "You count the outputs with the stride but move the window by 1. "
                "Output row i starts at row `i * stride` of the padded picture.",
            ),
        ),
        page="book/sizes/volumes",
        minutes=25,
        difficulty=2,
        points=4,
    ),
)
