"""Count what a convolution has to learn, and follow the sizes through a network."""

from collections.abc import Iterator

import numpy as np

from cvlib.conv import num_parameters, output_size
from cvlib.grade.spec import Case, Exercise, Misconception


def conv_params(in_channels, out_channels, kernel_size, bias=True):
    """The answer."""
    return num_parameters(in_channels, out_channels, kernel_size, bias=bias)


def one_channel_deep(in_channels, out_channels, kernel_size, bias=True):
    """Leave out the depth of the filters."""
    return out_channels * (kernel_size**2 + bias)


def side_of_the_kernel(in_channels, out_channels, kernel_size, bias=True):
    """Take k where k · k is meant."""
    return out_channels * (in_channels * kernel_size + bias)


def no_biases(in_channels, out_channels, kernel_size, bias=True):
    """Count the weights alone."""
    return out_channels * in_channels * kernel_size**2


def always_biases(in_channels, out_channels, kernel_size, bias=True):
    """Count biases that are not there."""
    return out_channels * (in_channels * kernel_size**2 + 1)


def one_bias_in_all(in_channels, out_channels, kernel_size, bias=True):
    """One bias for the layer."""
    return out_channels * in_channels * kernel_size**2 + bias


def bias_per_input_channel(in_channels, out_channels, kernel_size, bias=True):
    """One bias for every table of a filter."""
    return out_channels * in_channels * (kernel_size**2 + bias)


def single_layers(rng: np.random.Generator) -> Iterator[Case]:
    """Two or more channels, filters and taps; half of the layers without biases."""
    for bias in (True, False):
        for _ in range(7):
            C, F, k = (int(rng.integers(2, high)) for high in (40, 80, 8))
            yield Case(C, F + (C == F), k, bias=bias)
    yield Case(1, int(rng.integers(2, 9)), 3)
    yield Case(int(rng.integers(2, 9)), 1, 5, bias=False)
    yield Case(512, 512, 1)


def shape_table(n, channels, layers):
    """The answer."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        n = output_size(n, kernel_size, stride=stride, padding=padding)
        rows.append((n, filters, num_parameters(channels, filters, kernel_size)))
        channels = filters
    return rows


def channels_of_the_picture(n, channels, layers):
    """Every filter as deep as the picture."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        n = (n + 2 * padding - kernel_size) // stride + 1
        rows.append((n, filters, filters * (channels * kernel_size**2 + 1)))
    return rows


def every_layer_on_the_picture(n, channels, layers):
    """Compute every size from the picture's."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        size = (n + 2 * padding - kernel_size) // stride + 1
        rows.append((size, filters, filters * (channels * kernel_size**2 + 1)))
        channels = filters
    return rows


def rounded_up(n, channels, layers):
    """Let the last window hang over the edge."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        n = -(-(n + 2 * padding - kernel_size) // stride) + 1
        rows.append((n, filters, filters * (channels * kernel_size**2 + 1)))
        channels = filters
    return rows


def padding_on_one_side(n, channels, layers):
    """Count the padding once."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        n = (n + padding - kernel_size) // stride + 1
        rows.append((n, filters, filters * (channels * kernel_size**2 + 1)))
        channels = filters
    return rows


def steps_not_places(n, channels, layers):
    """Forget the first window."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        n = (n + 2 * padding - kernel_size) // stride
        rows.append((n, filters, filters * (channels * kernel_size**2 + 1)))
        channels = filters
    return rows


def table_without_biases(n, channels, layers):
    """Count the weights alone."""
    rows = []
    for filters, kernel_size, stride, padding in layers:
        n = (n + 2 * padding - kernel_size) // stride + 1
        rows.append((n, filters, filters * channels * kernel_size**2))
        channels = filters
    return rows


def networks(rng: np.random.Generator) -> Iterator[Case]:
    """One to four layers; windows that fit exactly and windows that leave a rest."""
    for depth in (1, 2, 2, 3, 3, 3, 4, 4, 4):
        layers, n = [], int(rng.integers(1, 4))
        for _ in range(depth):  # from the top down, so that every size is known to fit
            kernel_size, stride = int(rng.integers(2, 6)), int(rng.integers(1, 4))
            padding = int(rng.integers(0, (kernel_size + 1) // 2))
            # fewer than a stride's pixels are left over
            n = (n - 1) * stride + kernel_size + int(rng.integers(0, stride))
            if n <= 2 * padding:
                padding = 0
            n -= 2 * padding
            layers.append((int(rng.integers(4, 33)), kernel_size, stride, padding))
        yield Case(n, int(rng.integers(1, 4)), layers[::-1])
    a, b = (int(k) for k in rng.integers(4, 33, 2))
    yield Case(2 * a, 3, [(a, 3, 2, 1), (b, 2, 2, 0), (a, 1, 1, 0)])
    yield Case(4 * b + 2, 1, [(b, 3, 2, 0), (a + b, 3, 2, 1)])


EXERCISES = (
    Exercise(
        name="conv_params",
        title="What a layer has to learn",
        reference=conv_params,
        visible=(
            Case(3, 10, 3),
            Case(1, 6, 5, bias=False),
            Case(64, 32, 1),
        ),
        generate=single_layers,
        misconceptions=(
            Misconception(
                "filters one channel deep",
                one_channel_deep,
                "You count k · k weights a filter. A filter reads every channel of "
                "its input through weights of their own, so it has k · k for each "
                "channel.",
            ),
            Misconception(
                "side instead of area",
                side_of_the_kernel,
                "You count `kernel_size` weights a channel, but that is only the side "
                "of the kernel. A 3 × 3 kernel has 9 weights.",
            ),
            Misconception(
                "forgot the biases",
                no_biases,
                "The weights are right, but the biases are missing. With `bias=True` "
                "every filter has one number more.",
            ),
            Misconception(
                "biases that are not there",
                always_biases,
                "You add a bias to every filter, also when `bias=False` says that the "
                "layer has none. Look at the argument first.",
            ),
            Misconception(
                "one bias for the layer",
                one_bias_in_all,
                "You count one bias for the whole layer. Each filter has its own, so "
                "there are as many as output channels.",
            ),
            Misconception(
                "a bias for every channel of a filter",
                bias_per_input_channel,
                "You count a bias for each input channel of each filter. A filter "
                "adds up all its products to one number, and to that it adds one "
                "bias.",
            ),
        ),
        page="book/sizes/counting",
        minutes=5,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="shape_table",
        title="The table of a small network",
        reference=shape_table,
        visible=(
            Case(39, 3, [(10, 3, 1, 0), (20, 5, 2, 0), (40, 5, 2, 0)]),
            Case(8, 1, [(4, 3, 2, 1)]),
            Case(12, 3, [(16, 3, 1, 1), (8, 1, 1, 0), (32, 3, 2, 0)]),
        ),
        generate=networks,
        misconceptions=(
            Misconception(
                "every filter as deep as the picture",
                channels_of_the_picture,
                "The sizes are right, but you count every filter as deep as the "
                "picture. The second layer reads the maps of the first: as many "
                "channels as the layer below has filters.",
            ),
            Misconception(
                "every size from the picture's",
                every_layer_on_the_picture,
                "You compute every layer's size from that of the picture. A layer "
                "reads the maps of the layer below, so its n is the size found one "
                "row above.",
            ),
            Misconception(
                "rounded up",
                rounded_up,
                "Where the stride does not divide evenly you round up, so your last "
                "window hangs over the edge. It must fit: round down.",
            ),
            Misconception(
                "padding counted once",
                padding_on_one_side,
                "You count the padding once. It lies on both sides of the picture, so "
                "the window slides over n + 2p pixels.",
            ),
            Misconception(
                "forgot the first window",
                steps_not_places,
                "You count the steps of the window, not its places. Before the first "
                "step it already stands somewhere: that is the + 1 of the formula.",
            ),
            Misconception(
                "forgot the biases",
                table_without_biases,
                "Sizes and weights are right, but the biases are missing. Every "
                "filter has one number more than it has weights.",
            ),
        ),
        page="book/sizes/counting",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
