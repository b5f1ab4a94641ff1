"""AlexNet: sizes line by line, and parameters in groups."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def layer_shapes(size, channels, layers):
    """The answer."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + 2 * padding - kernel_size) // stride + 1
        elif kind == "pool":
            kernel_size, stride = numbers
            size = (size - kernel_size) // stride + 1
        shapes.append((numbers[0],) if kind == "fc" else (size, size, channels))
    return shapes


def shapes_rounded_up(size, channels, layers):
    """Let the last window hang over the edge."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = -(-(size + 2 * padding - kernel_size) // stride) + 1
        elif kind == "pool":
            kernel_size, stride = numbers
            size = -(-(size - kernel_size) // stride) + 1
        shapes.append((numbers[0],) if kind == "fc" else (size, size, channels))
    return shapes


def shapes_padded_once(size, channels, layers):
    """Count the padding on one side."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + padding - kernel_size) // stride + 1
        elif kind == "pool":
            kernel_size, stride = numbers
            size = (size - kernel_size) // stride + 1
        shapes.append((numbers[0],) if kind == "fc" else (size, size, channels))
    return shapes


def steps_counted(size, channels, layers):
    """Forget the first window."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + 2 * padding - kernel_size) // stride
        elif kind == "pool":
            kernel_size, stride = numbers
            size = (size - kernel_size) // stride
        shapes.append((numbers[0],) if kind == "fc" else (size, size, channels))
    return shapes


def pools_halve(size, channels, layers):
    """Halve at every pool, whatever its window."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + 2 * padding - kernel_size) // stride + 1
        elif kind == "pool":
            size //= 2
        shapes.append((numbers[0],) if kind == "fc" else (size, size, channels))
    return shapes


def pools_side_by_side(size, channels, layers):
    """Move a pool by its own width."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + 2 * padding - kernel_size) // stride + 1
        elif kind == "pool":
            size //= numbers[0]
        shapes.append((numbers[0],) if kind == "fc" else (size, size, channels))
    return shapes


def fc_as_a_map(size, channels, layers):
    """Keep height and width in a fully connected layer."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + 2 * padding - kernel_size) // stride + 1
        elif kind == "pool":
            kernel_size, stride = numbers
            size = (size - kernel_size) // stride + 1
        elif kind == "fc":
            channels = numbers[0]
        shapes.append((size, size, channels))
    return shapes


def channels_first(size, channels, layers):
    """Write the shapes as torch does."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            size = (size + 2 * padding - kernel_size) // stride + 1
        elif kind == "pool":
            kernel_size, stride = numbers
            size = (size - kernel_size) // stride + 1
        shapes.append((numbers[0],) if kind == "fc" else (channels, size, size))
    return shapes


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """Small nets; windows that fit and windows that leave a rest."""
    for turn in range(10):
        layers, size = [], int(rng.integers(2, 5))
        for _ in range(int(rng.integers(1, 4))):  # from the top down, so that all fits
            if rng.random() < 0.6 or turn < 3:
                kernel_size, stride = (
                    int(rng.choice([2, 3, 3, 4])),
                    int(rng.choice([1, 2, 2, 3])),
                )
                layers.append(("pool", kernel_size, stride))
                size = (size - 1) * stride + kernel_size + int(rng.integers(0, stride))
            if rng.random() < 0.4:
                layers.append(("norm",))
            kernel_size, stride = int(rng.integers(3, 8)), int(rng.integers(1, 5))
            padding = int(rng.integers(0, (kernel_size + 1) // 2))
            layers.append(
                ("conv", int(rng.integers(8, 65)), kernel_size, stride, padding)
            )
            size = (size - 1) * stride + kernel_size + int(rng.integers(0, stride))
            size = max(size - 2 * padding, 1)
        head = [("fc", int(n)) for n in rng.integers(10, 200, rng.integers(0, 3))]
        yield Case(size, int(rng.integers(1, 4)), layers[::-1] + head)
    yield Case(
        16, 3, [("conv", int(rng.integers(8, 65)), 3, 1, 1), ("pool", 3, 3), ("fc", 10)]
    )
    yield Case(19, 3, [("conv", 9, 4, 2, 1), ("pool", 3, 1), ("norm",), ("pool", 2, 2)])


def grouped_params(layers):
    """The answer."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            total += filters * (channels // groups * kernel_size**2 + 1)
        else:
            inputs, units = numbers
            total += units * (inputs + 1)
    return total


def groups_ignored(layers):
    """Let every filter see all maps."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, _ = numbers
            total += filters * (channels * kernel_size**2 + 1)
        else:
            total += numbers[1] * (numbers[0] + 1)
    return total


def one_group_only(layers):
    """Count the filters of one group."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            part = channels // groups * kernel_size**2 + 1
            total += filters // groups * part
        else:
            total += numbers[1] * (numbers[0] + 1)
    return total


def all_filters_in_each_group(layers):
    """Give each group as many filters as the layer has."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            part = channels // groups * kernel_size**2 + 1
            total += groups * filters * part
        else:
            total += numbers[1] * (numbers[0] + 1)
    return total


def biases_in_every_group(layers):
    """A bias of each filter for each group."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            total += filters * (channels // groups * kernel_size**2 + groups)
        else:
            total += numbers[1] * (numbers[0] + 1)
    return total


def biases_divided(layers):
    """Divide all parameters by the groups."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            total += filters * (channels * kernel_size**2 + 1) // groups
        else:
            total += numbers[1] * (numbers[0] + 1)
    return total


def biases_forgotten(layers):
    """Count the weights alone."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            total += filters * channels // groups * kernel_size**2
        else:
            total += numbers[1] * numbers[0]
    return total


def bias_of_inputs(layers):
    """A bias for each input of a fully connected layer."""
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            channels, filters, kernel_size, groups = numbers
            total += filters * (channels // groups * kernel_size**2 + 1)
        else:
            total += numbers[0] * (numbers[1] + 1)
    return total


def grouped(rng: np.random.Generator) -> Iterator[Case]:
    """Single layers, then nets; from one to four groups."""
    for groups in (1, 2, 3, 4):
        C, F = (groups * int(n) for n in rng.integers(2, 30, 2))
        yield Case([("conv", C, F, int(rng.integers(1, 8)), groups)])
    yield Case([("fc", int(rng.integers(5, 200)), int(rng.integers(200, 400)))])
    for depth in (2, 2, 3, 3, 4):
        widths = [12 * int(n) for n in rng.integers(1, 9, depth + 1)]
        layers = [
            ("conv", a, b, int(rng.integers(1, 8)), int(rng.choice([1, 2, 3, 4])))
            for a, b in pairwise(widths)
        ]
        units = [int(n) for n in rng.integers(10, 500, 3)]
        layers += [("fc", a, b) for a, b in pairwise(units)]
        yield Case(layers)


ALEXNET = [
    ("conv", 3, 96, 11, 1),
    ("conv", 96, 256, 5, 2),
    ("conv", 256, 384, 3, 1),
    ("conv", 384, 384, 3, 2),
    ("conv", 384, 256, 3, 2),
    ("fc", 9216, 4096),
    ("fc", 4096, 4096),
    ("fc", 4096, 1000),
]
ONE_COLUMN = [(*layer[:4], 1) if layer[0] == "conv" else layer for layer in ALEXNET]


SIZES = (
    Misconception(
        "rounded up",
        shapes_rounded_up,
        "Where the stride does not divide evenly you round up, so your last window "
        "hangs over the edge. It must fit: round down.",
    ),
    Misconception(
        "padding counted once",
        shapes_padded_once,
        "You count the padding once. It lies on both sides, so the window slides over "
        "size + 2 · padding pixels.",
    ),
    Misconception(
        "forgot the first window",
        steps_counted,
        "You count the steps of the window, not its places. Before the first step it "
        "already stands somewhere: (227 − 11)/4 is 54, and AlexNet has 55.",
    ),
    Misconception(
        "pools halve",
        pools_halve,
        "You halve at every pool. With AlexNet's windows of 3 and steps of 2 that "
        "happens to be right; in general a pool follows the same formula as a "
        "convolution.",
    ),
    Misconception(
        "pools side by side",
        pools_side_by_side,
        "You divide by the pool's window, as if its windows lay side by side. "
        "AlexNet's overlap: 3 wide and 2 apart. Use the stride.",
    ),
    Misconception(
        "a fully connected layer as a map",
        fc_as_a_map,
        "You give a fully connected layer a height and a width. It reads all numbers "
        "of the map at once and gives a row of numbers: `(4096,)`.",
    ),
    Misconception(
        "channels first",
        channels_first,
        "The numbers are right, but you write the channels first, as torch does. The "
        "lecture's table writes height, width, channels.",
    ),
)
COUNTS = (
    Misconception(
        "groups ignored",
        groups_ignored,
        "You let every filter see all maps. With groups, a filter sees only the maps "
        "of its own group, channels / groups of them: that is how 62.4 million become "
        "61.0.",
    ),
    Misconception(
        "one group only",
        one_group_only,
        "You count the filters of one group. Each of the groups has its own: "
        "together they are as many as the layer has filters.",
    ),
    Misconception(
        "all filters in every group",
        all_filters_in_each_group,
        "You give each group as many filters as the whole layer has. The filters are "
        "shared out among the groups, as the maps are.",
    ),
    Misconception(
        "a bias in every group",
        biases_in_every_group,
        "You count a bias for each filter in each group. A filter belongs to one "
        "group and has one bias.",
    ),
    Misconception(
        "biases divided",
        biases_divided,
        "You divide everything by the groups, the biases too. Only the weights become "
        "fewer: every filter keeps its bias.",
    ),
    Misconception(
        "forgot the biases",
        biases_forgotten,
        "The weights are right, but the biases are missing: one for each filter and "
        "one for each unit.",
    ),
    Misconception(
        "a bias for every input",
        bias_of_inputs,
        "In the fully connected layers you count a bias for each input. A bias "
        "belongs to what is computed: one for each unit.",
    ),
)

EXERCISES = (
    Exercise(
        name="layer_shapes",
        title="AlexNet line by line",
        reference=layer_shapes,
        visible=(
            Case(
                227,
                3,
                [("conv", 96, 11, 4, 0), ("pool", 3, 2), ("norm",)],
            ),
            Case(13, 256, [("conv", 256, 3, 1, 1), ("pool", 3, 2), ("fc", 4096)]),
            Case(10, 1, [("pool", 2, 3), ("conv", 8, 3, 2, 1), ("fc", 5), ("fc", 2)]),
        ),
        generate=stacks,
        misconceptions=SIZES,
        page="book/classics/alexnet",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="grouped_params",
        title="62.4 million, or 61.0 in two groups",
        reference=grouped_params,
        visible=(
            Case(ALEXNET),
            Case(ONE_COLUMN),
            Case([("conv", 4, 6, 3, 2)]),
            Case([("fc", 3, 5)]),
        ),
        generate=grouped,
        misconceptions=COUNTS,
        page="book/classics/alexnet",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
