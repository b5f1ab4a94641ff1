"""How many channels each layer of a DenseNet reads."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def densenet_channels(first, growth, blocks):
    """The answer."""
    channels, read = first, []
    for layers in blocks:
        read.append([channels + growth * i for i in range(layers)])
        channels = (channels + growth * layers) // 2
    return read


def counted_from_one(first, growth, blocks):
    """What comes out of each layer, not what goes in."""
    return [
        [c + growth for c in row] for row in densenet_channels(first, growth, blocks)
    ]


def last_layer_forgotten(first, growth, blocks):
    """The transition gets what the last layer read."""
    channels, read = first, []
    for layers in blocks:
        read.append([channels + growth * i for i in range(layers)])
        channels = read[-1][-1] // 2
    return read


def never_halved(first, growth, blocks):
    """Transitions that only pool."""
    channels, read = first, []
    for layers in blocks:
        read.append([channels + growth * i for i in range(layers)])
        channels += growth * layers
    return read


def started_anew(first, growth, blocks):
    """Every block begins with the first number."""
    return [[first + growth * i for i in range(layers)] for layers in blocks]


def only_the_last(first, growth, blocks):
    """A chain: each layer reads its neighbour's maps."""
    channels, read = first, []
    for layers in blocks:
        read.append([channels, *[growth] * (layers - 1)])
        channels = growth // 2
    return read


def added_up(first, growth, blocks):
    """Sums like a residual network: the number of channels stays."""
    return [[first] * layers for layers in blocks]


def growth_halved(first, growth, blocks):
    """The transition halves the growth rate too."""
    channels, read = first, []
    for layers in blocks:
        read.append([channels + growth * i for i in range(layers)])
        channels, growth = (channels + growth * layers) // 2, growth // 2
    return read


def doubled(first, growth, blocks):
    """Each layer doubles what there is."""
    channels, read = first, []
    for layers in blocks:
        read.append([channels * 2**i for i in range(layers)])
        channels = channels * 2**layers // 2
    return read


def plans(rng: np.random.Generator) -> Iterator[Case]:
    """One to four blocks; odd numbers, so that halves are rounded."""
    for count in (1, 2, 2, 3, 3, 3, 4, 4):
        first, growth = int(rng.integers(2, 70)), int(rng.integers(4, 50))
        blocks = [int(b) for b in rng.integers(2, 9, count)]
        yield Case(first, growth, blocks)
    yield Case(int(rng.integers(3, 90)), 2 * int(rng.integers(3, 24)) + 1, [3, 1, 4])


EXERCISES = (
    Exercise(
        name="densenet_channels",
        title="Channels of a DenseNet",
        reference=densenet_channels,
        visible=(
            Case(64, 32, [6]),
            Case(16, 12, [3, 2]),
            Case(5, 4, [2, 3, 2]),
            Case(24, 12, [1, 1]),
        ),
        generate=plans,
        misconceptions=(
            Misconception(
                "out instead of in",
                counted_from_one,
                "These are the channels *behind* each layer, k₀ + k · l. Asked is "
                "what a layer reads: the first of a block reads k₀, because nothing "
                "has been added yet, the l-th k₀ + k · (l − 1).",
            ),
            Misconception(
                "the last layer forgotten",
                last_layer_forgotten,
                "Within a block it is right. But the transition gets what the last "
                "layer read *and* the `growth` channels that it wrote, and halves all "
                "of them.",
            ),
            Misconception(
                "never halved",
                never_halved,
                "The channels only grow. Between two blocks stands a transition, a 1 "
                "× 1 convolution that halves their number.",
            ),
            Misconception(
                "each block anew",
                started_anew,
                "You begin each block with `first` channels. A block begins with what "
                "the transition before it left: half of all that had piled up.",
            ),
            Misconception(
                "only the neighbour",
                only_the_last,
                "Your layers read the maps of their neighbour alone. In a dense block "
                "each layer reads everything before it: the block's input and all that "
                "earlier layers wrote.",
            ),
            Misconception(
                "sums",
                added_up,
                "Your number of channels stays, as in a ResNet, where maps are added. "
                "A DenseNet lays them side by side: every layer makes the pile "
                "`growth` channels higher.",
            ),
            Misconception(
                "growth halved",
                growth_halved,
                "You halve the growth rate at every transition. It is one number for "
                "the whole network; only the channels that have piled up are halved.",
            ),
            Misconception(
                "doubled",
                doubled,
                "You double the channels at every layer. A layer writes `growth` "
                "channels, however many it reads, so the pile grows by the same step.",
            ),
        ),
        page="book/deeper/densenet",
        minutes=10,
        difficulty=2,
        points=2,
    ),
)
