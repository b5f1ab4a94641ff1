"""A residual block forward, and how to start one as the identity."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def mixed(weights, maps, stride=1):
    """A 1 × 1 convolution: the channels of every pixel mixed by a matrix."""
    return np.einsum("fc,chw->fhw", weights, maps[:, ::stride, ::stride])


def relu(values):
    """Nothing below zero."""
    return np.maximum(values, 0)


def ways(a, w1, w2, ws, stride):
    """What comes along the two ways, z[l+2] and the shortcut, and a[l+1] between."""
    middle = relu(mixed(w1, a, stride))
    return mixed(w2, middle), a if ws is None else mixed(ws, a, stride), middle


def residual_block(a, w1, w2, ws=None, stride=1):
    """The answer."""
    z, shortcut, _ = ways(a, w1, w2, ws, stride)
    return relu(z + shortcut)


def plain(a, w1, w2, ws=None, stride=1):
    """No shortcut at all."""
    return relu(ways(a, w1, w2, ws, stride)[0])


def relu_before_the_sum(a, w1, w2, ws=None, stride=1):
    """ReLU on the one way, then the sum."""
    z, shortcut, _ = ways(a, w1, w2, ws, stride)
    return relu(z) + shortcut


def no_last_relu(a, w1, w2, ws=None, stride=1):
    """The sum as it is."""
    z, shortcut, _ = ways(a, w1, w2, ws, stride)
    return z + shortcut


def no_inner_relu(a, w1, w2, ws=None, stride=1):
    """Two linear layers in a row."""
    shortcut = ways(a, w1, w2, ws, stride)[1]
    return relu(mixed(w2, mixed(w1, a, stride)) + shortcut)


def adds_the_middle(a, w1, w2, ws=None, stride=1):
    """a[l+1] where a[l] is meant, as one line of the lecture has it."""
    z, _, middle = ways(a, w1, w2, ws, stride)
    return relu(z + middle)


def relu_on_the_shortcut(a, w1, w2, ws=None, stride=1):
    """Treat the projection like a layer."""
    z, shortcut, _ = ways(a, w1, w2, ws, stride)
    return relu(z + relu(shortcut))


def shortcut_without_stride(a, w1, w2, ws=None, stride=1):
    """The shortcut keeps every pixel."""
    z = ways(a, w1, w2, ws, stride)[0]
    return relu(z + (a if ws is None else mixed(ws, a)))


def mean_of_the_ways(a, w1, w2, ws=None, stride=1):
    """Half of each way, to keep the size of the numbers."""
    z, shortcut, _ = ways(a, w1, w2, ws, stride)
    return relu((z + shortcut) / 2)


def blocks(rng: np.random.Generator) -> Iterator[Case]:
    """With and without a projection, with and without a stride."""
    for _ in range(4):
        (h, w), c = sizes(rng, 1, 4), int(rng.integers(2, 4))
        yield Case(numbers(rng, c, h, w), numbers(rng, c, c), numbers(rng, c, c))
    for stride in (1, 1, 2, 2, 2, 3):
        (h, w), (c, f) = sizes(rng, 2, 5), sizes(rng, 1, 4)
        yield Case(
            numbers(rng, c, h + stride, w + stride), numbers(rng, f, c),
            numbers(rng, f, f), numbers(rng, f, c), stride,
        )  # fmt: skip
    yield Case(
        numbers(rng, 2, 5, 4), numbers(rng, 2, 2), numbers(rng, 2, 2),
        numbers(rng, 2, 2), 2,
    )  # fmt: skip


def set_to_zero(block, names):
    """The block with some of its parameters zero."""
    return {k: np.zeros_like(v) if k in names else v for k, v in block.items()}


def zero_init(blocks):
    """The answer."""
    last = ("w2", "b2")
    return [
        {k: np.zeros_like(v) if k in last else v for k, v in b.items()} for b in blocks
    ]


def everything_zero(blocks):
    """All four set to zero."""
    return [set_to_zero(block, block) for block in blocks]


def first_zero(blocks):
    """The first layer in place of the second."""
    return [set_to_zero(block, ("w1", "b1")) for block in blocks]


def weights_only(blocks):
    """Both matrices, no bias."""
    return [set_to_zero(block, ("w1", "w2")) for block in blocks]


def bias_kept(blocks):
    """Leave b2 as it is."""
    return [b | {"w2": np.zeros_like(b["w2"])} for b in blocks]


def identity_matrices(blocks):
    """The identity of a plain layer, in a block that has a shortcut."""
    return [
        b | {"w2": np.eye(len(b["w2"])), "b2": np.zeros_like(b["b2"])} for b in blocks
    ]


def last_block_only(blocks):
    """Only the last block of the network."""
    return [*blocks[:-1], *zero_init(blocks[-1:])]


def nearly_zero(blocks):
    """Small weights, as plain networks start."""
    last = ("w2", "b2")
    return [{k: 0.01 * v if k in last else v for k, v in b.items()} for b in blocks]


def block_of(rng: np.random.Generator, d: int, m: int) -> dict:
    """The parameters of one block of width d with m units between."""
    while True:
        found = {
            "w1": numbers(rng, m, d), "b1": numbers(rng, m),
            "w2": numbers(rng, d, m), "b2": numbers(rng, d),
        }  # fmt: skip
        if all(v.any() for v in found.values()):
            return found


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """Networks of one to four blocks."""
    for count in (1, 1, 2, 2, 2, 3, 3, 4):
        d, m = sizes(rng, 2, 4)
        yield Case([block_of(rng, d, m) for _ in range(count)])


drawn = np.random.default_rng(5)
EXERCISES = (
    Exercise(
        name="residual_block",
        title="A residual block forward",
        reference=residual_block,
        visible=(
            Case(numbers(drawn, 2, 2, 2), numbers(drawn, 2, 2), numbers(drawn, 2, 2)),
            Case(
                numbers(drawn, 1, 2, 3),
                numbers(drawn, 2, 1),
                numbers(drawn, 2, 2),
                numbers(drawn, 2, 1),
            ),
            Case(
                numbers(drawn, 2, 4, 3),
                numbers(drawn, 3, 2),
                numbers(drawn, 3, 3),
                numbers(drawn, 3, 2),
                2,
            ),
        ),
        generate=blocks,
        misconceptions=(
            Misconception(
                "no shortcut",
                plain,
                "This is the plain block: nothing is added. A residual block adds what "
                "came in, `a` or its projection, before the last ReLU.",
            ),
            Misconception(
                "ReLU before the sum",
                relu_before_the_sum,
                "You apply ReLU to z[l+2] and add the shortcut afterwards. Then the "
                "block can only ever add to what came in, never take away. Sum first, "
                "ReLU last.",
            ),
            Misconception(
                "no ReLU at the end",
                no_last_relu,
                "The sum is right, but it comes out as it is. In this block the ReLU "
                "stands behind the sum: g(z[l+2] + shortcut).",
            ),
            Misconception(
                "no ReLU in the middle",
                no_inner_relu,
                "Between the two layers the ReLU is missing, so they are one linear "
                "layer with the matrix w2 · w1. The block has two ReLUs: after the "
                "first layer and after the sum.",
            ),
            Misconception(
                "a[l+1] added",
                adds_the_middle,
                "You add a[l+1], the output of the first layer. Then w1 stands on "
                "both ways and nothing skips it. The shortcut starts where the block "
                "starts, at a[l].",
            ),
            Misconception(
                "ReLU on the shortcut",
                relu_on_the_shortcut,
                "You apply ReLU to the shortcut. The projection is linear: it fits "
                "the number of channels and nothing else, so that negative numbers "
                "pass too.",
            ),
            Misconception(
                "shortcut without stride",
                shortcut_without_stride,
                "Your shortcut keeps every pixel while the other way keeps every "
                "`stride`-th, so the two maps do not fit. The projection takes the "
                "same stride.",
            ),
            Misconception(
                "mean of the two ways",
                mean_of_the_ways,
                "You halve the sum. A block adds its two ways as they are; with a "
                "factor of ½ in each block, a signal that skips ten blocks would "
                "arrive as a thousandth.",
            ),
        ),
        page="book/deeper/residual",
        minutes=15,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="zero_init",
        title="Start as the identity",
        reference=zero_init,
        visible=(
            Case([block_of(drawn, 2, 2)]),
            Case([block_of(drawn, 2, 3), block_of(drawn, 2, 3)]),
        ),
        generate=stacks,
        misconceptions=(
            Misconception(
                "everything zero",
                everything_zero,
                "Each block is the identity, and stays it for ever: with w1 and b1 "
                "zero the units between are zero, so w2 gets no gradient, and with w2 "
                "zero w1 gets none. Leave the first layer as it is.",
            ),
            Misconception(
                "the first layer",
                first_zero,
                "You set the first layer to zero. Then z[l+2] = b2, which is added to "
                "what came in. The last layer of the block decides what is added: that "
                "one has to be zero.",
            ),
            Misconception(
                "both matrices, no bias",
                weights_only,
                "Both matrices are zero but b2 is not: every block adds b2 to what "
                "came in. And with w2 zero there is no need to touch w1.",
            ),
            Misconception(
                "b2 kept",
                bias_kept,
                "w2 is zero, but b2 is still added by every block. z[l+2] = w2 a[l+1] "
                "+ b2 is zero only if both are.",
            ),
            Misconception(
                "w2 as np.eye",
                identity_matrices,
                "An identity matrix copies a[l+1], and the shortcut adds a[l] to that. "
                "In a block with a shortcut the identity is reached by adding nothing: "
                "w2 is zero.",
            ),
            Misconception(
                "last block only",
                last_block_only,
                "Only the last block of the network is the identity. Every block has a "
                "last layer, and in every block it has to start at zero.",
            ),
            Misconception(
                "nearly zero",
                nearly_zero,
                "Small is not zero: the blocks still change what passes, a little "
                "each. Beside a shortcut a layer may start at exactly zero and still "
                "learn.",
            ),
        ),
        page="book/deeper/residual",
        minutes=10,
        difficulty=2,
        points=2,
    ),
)
