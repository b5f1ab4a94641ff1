"""The depth of a residual network, and the multiply-adds of a bottleneck."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def resnet_depth(blocks, convolutions):
    """The answer."""
    return 2 + convolutions * sum(blocks)


def first_forgotten(blocks, convolutions):
    """Only the blocks and the classifier."""
    return 1 + convolutions * sum(blocks)


def only_the_blocks(blocks, convolutions):
    """Neither the first convolution nor the classifier."""
    return convolutions * sum(blocks)


def blocks_for_layers(blocks, convolutions):
    """A block counted as one layer."""
    return 2 + sum(blocks)


def stages_for_blocks(blocks, convolutions):
    """One block a stage."""
    return 2 + convolutions * len(blocks)


def projections_counted(blocks, convolutions):
    """A projection in each stage but the first counted as a layer."""
    return 2 + convolutions * sum(blocks) + len(blocks) - 1


def pools_counted(blocks, convolutions):
    """Max pool and average pool as layers."""
    return 4 + convolutions * sum(blocks)


def always_two(blocks, convolutions):
    """Every block a basic one."""
    return 2 + 2 * sum(blocks)


def plans(rng: np.random.Generator) -> Iterator[Case]:
    """Three to five stages of unequal length."""
    for convolutions in (2, 3, 2, 3, 2, 3, 4):
        blocks = rng.integers(2, 30, int(rng.integers(3, 6)))
        yield Case([int(b) for b in blocks], convolutions)
    for convolutions in (2, 3):
        yield Case([int(rng.integers(2, 19))] * 3, convolutions)


def bottleneck_macs(n, in_channels, width, stride=1, stride_in_1x1=False):
    """The answer."""
    out, small = 4 * width, -(-n // stride)
    first = small if stride_in_1x1 else n
    macs = first**2 * in_channels * width
    macs += small**2 * (9 * width * width + width * out)
    if stride > 1 or in_channels != out:
        macs += small**2 * in_channels * out
    return macs


def placed_the_other_way(n, in_channels, width, stride=1, stride_in_1x1=False):
    """The stride in the 1 × 1 where it is in the 3 × 3."""
    return bottleneck_macs(n, in_channels, width, stride, not stride_in_1x1)


def placement_ignored(n, in_channels, width, stride=1, stride_in_1x1=False):
    """Every convolution on the smaller map."""
    return bottleneck_macs(n, in_channels, width, stride, True)


def stride_ignored(n, in_channels, width, stride=1, stride_in_1x1=False):
    """Every convolution on the large map."""
    out = 4 * width
    macs = n**2 * (in_channels * width + 9 * width**2 + width * out)
    return macs + n**2 * in_channels * out * (stride > 1 or in_channels != out)


def without_projection(n, in_channels, width, stride=1, stride_in_1x1=False):
    """The shortcut taken to be free."""
    small = -(-n // stride)
    macs = (small if stride_in_1x1 else n) ** 2 * in_channels * width
    return macs + small**2 * 13 * width**2


def always_projected(n, in_channels, width, stride=1, stride_in_1x1=False):
    """A projection in every block."""
    small = -(-n // stride)
    macs = (small if stride_in_1x1 else n) ** 2 * in_channels * width
    return macs + small**2 * (13 * width**2 + 4 * in_channels * width)


def not_widened(n, in_channels, width, stride=1, stride_in_1x1=False):
    """The last layer with as many filters as the others."""
    small = -(-n // stride)
    macs = (small if stride_in_1x1 else n) ** 2 * in_channels * width
    macs += small**2 * 10 * width**2
    return macs + small**2 * in_channels * width * (stride > 1 or in_channels != width)


def nine_forgotten(n, in_channels, width, stride=1, stride_in_1x1=False):
    """The middle layer counted as 1 × 1."""
    small = -(-n // stride)
    whole = bottleneck_macs(n, in_channels, width, stride, stride_in_1x1)
    return whole - 8 * small**2 * width**2


def twice(n, in_channels, width, stride=1, stride_in_1x1=False):
    """Two operations for each multiply-add."""
    return 2 * bottleneck_macs(n, in_channels, width, stride, stride_in_1x1)


def parameters(n, in_channels, width, stride=1, stride_in_1x1=False):
    """Weights, not multiply-adds."""
    return bottleneck_macs(1, in_channels, width, stride, stride_in_1x1)


def bottlenecks(rng: np.random.Generator) -> Iterator[Case]:
    """Blocks that open a stage, blocks inside one, even and odd maps."""
    for stride in (1, 2, 2, 2, 3):
        n, width = int(rng.integers(4, 40)), int(rng.integers(2, 60))
        channels = int(rng.integers(4, 200)) * 2 + 1
        yield Case(n, channels, width, stride)
        yield Case(n + 1, channels, width, stride, stride_in_1x1=True)
    for stride in (1, 1, 2):
        width = int(rng.integers(2, 60))
        yield Case(int(rng.integers(3, 40)), 4 * width, width, stride)


EXERCISES = (
    Exercise(
        name="resnet_depth",
        title="How deep is ResNet-50?",
        reference=resnet_depth,
        visible=(
            Case([2, 2, 2, 2], 2),
            Case([3, 4, 6, 3], 2),
            Case([3, 4, 6, 3], 3),
            Case([3, 3, 3], 2),
        ),
        generate=plans,
        misconceptions=(
            Misconception(
                "one end forgotten",
                first_forgotten,
                "One layer is missing. Besides the blocks there are two with weights: "
                "the 7 × 7 convolution at the start and the fully connected layer at "
                "the end.",
            ),
            Misconception(
                "both ends forgotten",
                only_the_blocks,
                "You count what is inside the blocks. A first convolution stands "
                "before them and a fully connected layer behind: add 2.",
            ),
            Misconception(
                "a block is a layer",
                blocks_for_layers,
                "You count each block once. The name counts layers with weights, and a "
                "block has `convolutions` of them.",
            ),
            Misconception(
                "one block a stage",
                stages_for_blocks,
                "You count one block in each stage. `blocks` says how many there are: "
                "add them up.",
            ),
            Misconception(
                "projections counted",
                projections_counted,
                "You count the projections on the shortcuts as well. They have "
                "weights, but stand beside the way through the blocks, not on it: the "
                "name counts the longest way.",
            ),
            Misconception(
                "pools counted",
                pools_counted,
                "You count the two pooling layers. They have no weights, and the names "
                "of networks count layers with weights only.",
            ),
            Misconception(
                "two in every block",
                always_two,
                "You take two convolutions for every block. A bottleneck has three: "
                "use `convolutions`.",
            ),
        ),
        page="book/deeper/resnet-table",
        minutes=5,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="bottleneck_macs",
        title="Multiply-adds of a bottleneck",
        reference=bottleneck_macs,
        visible=(
            Case(56, 256, 64),
            Case(56, 64, 64),
            Case(56, 256, 128, 2),
            Case(56, 256, 128, 2, stride_in_1x1=True),
            Case(5, 8, 2, 2),
        ),
        generate=bottlenecks,
        misconceptions=(
            Misconception(
                "placed the other way round",
                placed_the_other_way,
                "The two placements are exchanged. With `stride_in_1x1=True`, as in "
                "the paper of 2015, the first 1 × 1 already works on the smaller map; "
                "otherwise it works on all n × n pixels.",
            ),
            Misconception(
                "all on the smaller map",
                placement_ignored,
                "You count all three convolutions on the smaller map. That is right "
                "for `stride_in_1x1=True` only: otherwise the first 1 × 1 comes "
                "before the stride and works on n × n pixels.",
            ),
            Misconception(
                "stride ignored",
                stride_ignored,
                "You count every convolution on n × n pixels. A layer costs what it "
                "*writes*: behind the stride the map is n / stride a side, rounded up.",
            ),
            Misconception(
                "the projection is free",
                without_projection,
                "The projection on the shortcut is missing. Where channels or size "
                "change, a 1 × 1 convolution from `in_channels` to 4 · `width` makes "
                "the shortcut fit, on the smaller map.",
            ),
            Misconception(
                "always a projection",
                always_projected,
                "You count a projection in every block. Where stride is 1 and "
                "`in_channels` is 4 · `width` already, the shortcut is the input "
                "itself and costs nothing.",
            ),
            Misconception(
                "never widened",
                not_widened,
                "Your last 1 × 1 has `width` filters. A bottleneck narrows to `width` "
                "and widens again: its output has 4 · `width` channels.",
            ),
            Misconception(
                "3 × 3 counted as 1 × 1",
                nine_forgotten,
                "The middle convolution has nine weights for each pair of channels, "
                "and you count one.",
            ),
            Misconception(
                "two operations each",
                twice,
                "That is twice too much: you count the multiplication and the addition "
                "apart. The table, and this exercise, count a multiply-add once.",
            ),
            Misconception(
                "parameters",
                parameters,
                "You count weights. Each weight is used once for every pixel that the "
                "layer writes: multiply by the size of its map.",
            ),
        ),
        page="book/deeper/resnet-table",
        minutes=20,
        difficulty=3,
        points=3,
    ),
)
