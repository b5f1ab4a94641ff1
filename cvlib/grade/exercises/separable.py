"""Separable convolution: what it costs, and its first step."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.spec import Case, Exercise, Misconception


# ------------------------------------------------------------------- what it costs
def separable_cost(input_size, in_channels, out_channels, kernel_size, stride, padding):
    """The answer."""
    n = conv.output_size(input_size, kernel_size, stride=stride, padding=padding)
    cost = conv.separable_multiply_adds(in_channels, out_channels, kernel_size, n)
    return cost.standard, cost.depthwise, cost.pointwise


def _positions(n, k, stride, padding):
    return ((n + 2 * padding - k) // stride + 1) ** 2


def at_the_input(input_size, in_channels, out_channels, kernel_size, stride, padding):
    """Count at every pixel of the input."""
    p, k = input_size**2, kernel_size
    return (
        k * k * in_channels * out_channels * p,
        k * k * in_channels * p,
        in_channels * out_channels * p,
    )


def weights_counted(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    """Forget that every weight is used at every position."""
    k = kernel_size
    return (
        k * k * in_channels * out_channels,
        k * k * in_channels,
        in_channels * out_channels,
    )


def side_not_area(input_size, in_channels, out_channels, kernel_size, stride, padding):
    """Take P positions for P · P."""
    k = kernel_size
    p = (input_size + 2 * padding - k) // stride + 1
    return (
        k * k * in_channels * out_channels * p,
        k * k * in_channels * p,
        in_channels * out_channels * p,
    )


def depthwise_for_every_filter(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    """Give the depthwise step as many kernels as there are filters."""
    k, p = kernel_size, _positions(input_size, kernel_size, stride, padding)
    return (
        k * k * in_channels * out_channels * p,
        k * k * out_channels * p,
        in_channels * out_channels * p,
    )


def depthwise_across_channels(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    """Let each depthwise kernel be as deep as the input."""
    k, p = kernel_size, _positions(input_size, kernel_size, stride, padding)
    return (
        k * k * in_channels * out_channels * p,
        k * k * in_channels * in_channels * p,
        in_channels * out_channels * p,
    )


def pointwise_at_the_input(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    """Let the pointwise step run before the picture shrinks."""
    k, p = kernel_size, _positions(input_size, kernel_size, stride, padding)
    return (
        k * k * in_channels * out_channels * p,
        k * k * in_channels * p,
        in_channels * out_channels * input_size**2,
    )


def pointwise_without_channels(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    """Take a pointwise filter as one number."""
    k, p = kernel_size, _positions(input_size, kernel_size, stride, padding)
    return (
        k * k * in_channels * out_channels * p,
        k * k * in_channels * p,
        out_channels * p,
    )


def layers_drawn(rng: np.random.Generator) -> Iterator[Case]:
    """Layers small and large; always fewer positions than pixels, C unlike F."""
    yield Case(int(rng.integers(5, 9)), 1, 4, 3, 1, 0)
    for _ in range(9):
        k = int(rng.choice([1, 3, 5, 7]))
        c = int(rng.choice([2, 3, 8, 16, 24]))
        f = c + int(rng.integers(1, 40))
        n, stride = int(rng.integers(8, 60)), int(rng.integers(1, 4))
        yield Case(n, c, f, k, stride, int(rng.integers(0, k // 2 + 1)))
    yield Case(int(rng.integers(10, 40)), int(rng.integers(7, 12)), 2, 3, 2, 1)
    yield Case(int(rng.integers(20, 40)), 5, 6, 5, 3, 0)


# ---------------------------------------------------------- the depthwise step itself
def depthwise_conv2d(x, w, stride=1):
    """The answer."""
    x, w = np.asarray(x), np.asarray(w)
    return conv.conv2d(x[None], w[:, None], stride=stride, groups=len(x))[0]


def summed(x, w, stride=1):
    """Add the channels up, as a standard convolution does."""
    return depthwise_conv2d(x, w, stride).sum(axis=0, keepdims=True)


def summed_flat(x, w, stride=1):
    """Add the channels up and drop the axis."""
    return depthwise_conv2d(x, w, stride).sum(axis=0)


def first_kernel_for_all(x, w, stride=1):
    """Use one kernel for every channel."""
    return depthwise_conv2d(x, np.broadcast_to(np.asarray(w)[:1], np.shape(w)), stride)


def kernels_reversed(x, w, stride=1):
    """Pair the last kernel with the first channel."""
    return depthwise_conv2d(x, np.asarray(w)[::-1], stride)


def flipped(x, w, stride=1):
    """Turn each kernel by 180 degrees."""
    return depthwise_conv2d(x, np.asarray(w)[:, ::-1, ::-1], stride)


def stride_forgotten(x, w, stride=1):
    """Stand at every position."""
    return depthwise_conv2d(x, w)


def every_pair(x, w, stride=1):
    """Every kernel over every channel: C² maps."""
    maps = [
        depthwise_conv2d(x, np.repeat(kernel[None], len(x), 0), stride) for kernel in w
    ]
    return np.concatenate(maps)


def averaged(x, w, stride=1):
    """Divide by the number of taps."""
    return depthwise_conv2d(x, w, stride) / np.prod(np.shape(w)[1:])


def volumes(rng: np.random.Generator) -> Iterator[Case]:
    """One channel and several, kernels square and not, strides that leave a rest."""
    sizes = [
        (2, 3, 3, 2, 2, 1),
        (3, 4, 4, 2, 2, 2),
        (1, 4, 5, 3, 3, 1),
        (2, 5, 4, 3, 1, 1),
        (3, 6, 7, 3, 3, 2),
        (4, 5, 6, 1, 2, 3),
        (5, 7, 7, 3, 3, 3),
    ]
    for C, H, W, R, S, stride in sizes:
        x, w = rng.normal(size=(C, H, W)), rng.normal(size=(C, R, S))
        yield Case(x.round(1), w.round(1), stride=stride)
    yield Case(
        rng.integers(0, 9, (2, 3, 3)) * 1.0, rng.integers(-2, 3, (2, 3, 3)) * 1.0
    )


def _maps(shape, *, start=1.0) -> np.ndarray:
    return np.arange(start, start + np.prod(shape)).reshape(shape)


EXERCISES = (
    Exercise(
        name="separable_cost",
        title="What a separable convolution costs",
        reference=separable_cost,
        visible=(
            Case(6, 3, 5, 3, 1, 0),
            Case(112, 32, 64, 3, 1, 1),
            Case(56, 128, 128, 3, 2, 1),
        ),
        generate=layers_drawn,
        misconceptions=(
            Misconception(
                "counted at the input",
                at_the_input,
                "You count at every pixel of the input. A layer computes at the "
                "positions of its output, (n + 2p − k) // s + 1 in each direction.",
            ),
            Misconception(
                "weights instead of multiply-adds",
                weights_counted,
                "Those are the weights. Each of them is used once at every position of "
                "the output: multiply by their number.",
            ),
            Misconception(
                "one side of the output",
                side_not_area,
                "You multiply by the positions along one side. The output has as many "
                "rows as columns: P · P positions.",
            ),
            Misconception(
                "a depthwise kernel for every filter",
                depthwise_for_every_filter,
                "The depthwise step has one kernel for each channel of the input, "
                "however many filters come after it.",
            ),
            Misconception(
                "depthwise kernels as deep as the input",
                depthwise_across_channels,
                "You let each depthwise kernel look at all channels. It looks at its "
                "own: k · k multiply-adds a position, not k · k · C.",
            ),
            Misconception(
                "pointwise step at the input's size",
                pointwise_at_the_input,
                "The pointwise step comes after the depthwise one, which has already "
                "shrunk the map: it runs at the positions of the output.",
            ),
            Misconception(
                "pointwise filters without depth",
                pointwise_without_channels,
                "A pointwise filter is 1 × 1 × C: it multiplies all C channels of a "
                "position, and there are F of them.",
            ),
        ),
        page="book/small/depthwise-separable",
        minutes=15,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="depthwise_conv2d",
        title="Each channel by itself",
        reference=depthwise_conv2d,
        visible=(
            Case(_maps((2, 3, 3)), np.stack([np.eye(2), -np.eye(2)]) * 1.0),
            Case(
                _maps((3, 4, 4)),
                np.stack(
                    [np.ones((2, 2)), _maps((2, 2)), np.array([[0.0, 1], [0, 0]])]
                ),
                stride=2,
            ),
        ),
        generate=volumes,
        misconceptions=(
            Misconception(
                "added the channels up",
                summed,
                "You add the channels up. That is what a standard convolution does; in "
                "the depthwise step every channel keeps a map of its own.",
            ),
            Misconception(
                "added the channels up, without the axis",
                summed_flat,
                "You add the channels up and lose their axis. The depthwise step gives "
                "as many maps as there are channels.",
            ),
            Misconception(
                "one kernel for all channels",
                first_kernel_for_all,
                "You use the first kernel for every channel. Channel c is filtered "
                "with w[c].",
            ),
            Misconception(
                "kernels in the wrong order",
                kernels_reversed,
                "The kernels meet the channels in the wrong order: channel 0 goes with "
                "w[0], not with the last one.",
            ),
            Misconception(
                "flipped the kernels",
                flipped,
                "You turn the kernels by 180 degrees. Networks cross-correlate: the "
                "kernel is laid on as it is.",
            ),
            Misconception(
                "forgot the stride",
                stride_forgotten,
                "The stride is not used: the window should move by `stride` pixels, in "
                "both directions.",
            ),
            Misconception(
                "every kernel over every channel",
                every_pair,
                "You run every kernel over every channel and get C² maps. Each channel "
                "meets one kernel only.",
            ),
            Misconception(
                "averaged",
                averaged,
                "You divide by the number of taps. A convolution adds the products up.",
            ),
        ),
        page="book/small/depthwise-separable",
        minutes=20,
        difficulty=2,
        points=3,
    ),
)
