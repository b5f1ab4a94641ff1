"""Small networks: the parameters of their block, and one dial for their size."""

from collections.abc import Iterator
from math import ceil, floor, log, log2

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.nets import scaling


# -------------------------------------------------- the parameters of the block of V2
def inverted_residual_parameters(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """The answer."""
    hidden, norm = in_channels * expand_ratio, 2 if batch_norm else 0
    expand = hidden * (in_channels + norm) if expand_ratio != 1 else 0
    filtered = hidden * (kernel_size**2 + norm)
    return expand + filtered + out_channels * (hidden + norm)


def always_expanded(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """Keep a 1 × 1 convolution that expands by one."""
    c, k = in_channels, kernel_size
    hidden, norm = c * expand_ratio, 2 if batch_norm else 0
    return hidden * (c + norm) + hidden * (k**2 + norm) + out_channels * (hidden + norm)


def norms_forgotten(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """Count convolutions only."""
    return inverted_residual_parameters(
        in_channels, out_channels, expand_ratio, kernel_size, False
    )


def running_statistics(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """Count four numbers a channel of every batch norm."""
    args = in_channels, out_channels, expand_ratio, kernel_size
    bare = inverted_residual_parameters(*args, False)
    extra = inverted_residual_parameters(*args, True) - bare
    return bare + 2 * extra if batch_norm else bare


def one_norm_at_the_end(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """One batch norm a block."""
    args = in_channels, out_channels, expand_ratio, kernel_size
    bare = inverted_residual_parameters(*args, False)
    return bare + (2 * out_channels if batch_norm else 0)


def biases(in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True):
    """Give every convolution biases as well."""
    args = in_channels, out_channels, expand_ratio, kernel_size
    hidden = in_channels * expand_ratio
    counted = inverted_residual_parameters(*args, batch_norm)
    return counted + hidden * (2 if expand_ratio != 1 else 1) + out_channels


def standard_in_the_middle(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """A standard convolution where the depthwise one stands."""
    hidden = in_channels * expand_ratio
    args = in_channels, out_channels, expand_ratio, kernel_size
    counted = inverted_residual_parameters(*args, batch_norm)
    return counted + hidden * (hidden - 1) * kernel_size**2


def expanded_to_the_output(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """Take the ratio of the channels that go out."""
    hidden, norm = out_channels * expand_ratio, 2 if batch_norm else 0
    expand = hidden * (in_channels + norm) if expand_ratio != 1 else 0
    return expand + hidden * (kernel_size**2 + norm) + out_channels * (hidden + norm)


def kernel_not_squared(
    in_channels, out_channels, expand_ratio, kernel_size=3, batch_norm=True
):
    """k weights a depthwise kernel."""
    hidden = in_channels * expand_ratio
    args = in_channels, out_channels, expand_ratio, kernel_size
    counted = inverted_residual_parameters(*args, batch_norm)
    return counted - hidden * (kernel_size**2 - kernel_size)


def blocks_drawn(rng: np.random.Generator) -> Iterator[Case]:
    """With and without expansion and batch norm, kernels of 3, 5 and 7."""
    yield Case(2, 3, 1)
    for ratio in (1, 2, 3, 4, 6, 6):
        c = int(rng.integers(2, 40))
        f = c + int(rng.integers(1, 20))
        yield Case(c, f, ratio, int(rng.choice([3, 5, 7])), bool(rng.integers(2)))
    yield Case(int(rng.integers(8, 20)), int(rng.integers(2, 8)), 6)
    yield Case(int(rng.integers(8, 20)), 4, 1, 5)
    yield Case(int(rng.integers(8, 20)), 30, 4, 5, batch_norm=False)


# ------------------------------------------------------------- the largest that fits
def largest_phi(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """The answer."""
    phi = 0
    while scaling.compound_scale(phi + 1, alpha, beta, gamma).multiply_adds <= budget:
        phi += 1
    return phi


def doubled_exactly(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Take every step for a doubling."""
    return floor(log2(budget))


def not_squared(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Let every dimension count once."""
    return floor(log(budget) / log(alpha * beta * gamma))


def all_squared(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Square the depth as well."""
    return floor(log(budget) / log((alpha * beta * gamma) ** 2))


def over_budget(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Round up."""
    return ceil(log(budget) / log(alpha * beta**2 * gamma**2))


def nearest_phi(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Round to the nearest."""
    return round(log(budget) / log(alpha * beta**2 * gamma**2))


def fraction(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Leave the exponent as it comes."""
    return log(budget) / log(alpha * beta**2 * gamma**2)


def divided(budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Divide where a power is meant."""
    return floor(budget / (alpha * beta**2 * gamma**2))


def budgets(rng: np.random.Generator) -> Iterator[Case]:
    """Below the first step, between steps, close under one, and other bases."""
    step = scaling.compound_scale(1).multiply_adds
    yield Case(1.0)
    yield Case(float(rng.uniform(1.0, 1.8)))
    for phi in (2, 3, 5, 7):
        yield Case(round(step ** (phi + float(rng.uniform(0.1, 0.4))), 2))
        yield Case(round(step ** (phi + float(rng.uniform(0.6, 0.9))), 2))
    yield Case(float(2 ** int(rng.integers(6, 10))))
    for _ in range(3):
        a, b, g = (round(float(x), 2) for x in rng.uniform(1.05, 1.4, 3))
        yield Case(round(float(rng.uniform(5, 200)), 1), a, b, g)
    yield Case(round(float(rng.uniform(20, 90)), 1), alpha=2.0, beta=1.0, gamma=1.0)


# ---------------------------------------------------------------- a network, scaled
def scale_stages(blocks, channels, depth, width):
    """The answer."""
    return (
        [scaling.scale_depth(n, depth) for n in blocks],
        [scaling.round_channels(c * width) for c in channels],
    )


def depth_rounded_down(blocks, channels, depth, width):
    """Cut the fraction of a block off."""
    return [int(n * depth) for n in blocks], scale_stages(
        blocks, channels, depth, width
    )[1]


def depth_rounded(blocks, channels, depth, width):
    """Round blocks to the nearest."""
    return [round(n * depth) for n in blocks], scale_stages(
        blocks, channels, depth, width
    )[1]


def channels_not_rounded(blocks, channels, depth, width):
    """Take any whole number of channels."""
    return scale_stages(blocks, channels, depth, width)[0], [
        round(c * width) for c in channels
    ]


def channels_rounded_down(blocks, channels, depth, width):
    """The multiple of 8 below."""
    return scale_stages(blocks, channels, depth, width)[0], [
        max(8, int(c * width) // 8 * 8) for c in channels
    ]


def channels_rounded_up(blocks, channels, depth, width):
    """The multiple of 8 above."""
    return scale_stages(blocks, channels, depth, width)[0], [
        ceil(c * width / 8) * 8 for c in channels
    ]


def ten_percent_forgotten(blocks, channels, depth, width):
    """The nearest multiple, however far below."""
    return scale_stages(blocks, channels, depth, width)[0], [
        max(8, int(c * width + 4) // 8 * 8) for c in channels
    ]


def never_less_than_eight_forgotten(blocks, channels, depth, width):
    """Let a layer vanish."""
    rounded = [int(c * width + 4) // 8 * 8 for c in channels]
    return scale_stages(blocks, channels, depth, width)[0], [
        r + 8 if 0 < r < 0.9 * c * width else r
        for r, c in zip(rounded, channels, strict=True)
    ]


def factors_exchanged(blocks, channels, depth, width):
    """Make it wide where it should be deep."""
    return scale_stages(blocks, channels, width, depth)


def stages_drawn(rng: np.random.Generator) -> Iterator[Case]:
    """B0's stages and others, larger and smaller; a few channels near every edge."""
    yield Case([1], [3], 1.0, 0.5)
    yield Case([1, 2], [12, 19], float(rng.choice([1.3, 1.6])), 1.0)
    for depth, width in ((1.1, 1.0), (1.2, 1.1), (1.4, 1.2), (1.8, 1.4), (3.1, 2.0)):
        n = int(rng.integers(2, 6))
        yield Case(
            [int(b) for b in rng.integers(1, 6, n)],
            [int(c) for c in rng.integers(9, 330, n)],
            depth,
            width,
        )
    yield Case([1, 2, 2], [16, int(rng.integers(17, 24)), 2], 2.2, 0.35)
    yield Case([3, 4], [int(rng.integers(2, 8)), 24], 1.5, 0.25)
    yield Case([2, 3], [int(rng.integers(12, 14)), 20], 1.25, 1.0)


EXERCISES = (
    Exercise(
        name="inverted_residual_parameters",
        title="The parameters of an inverted residual",
        reference=inverted_residual_parameters,
        visible=(
            Case(3, 3, 6),
            Case(32, 16, 1),
            Case(24, 40, 6, kernel_size=5),
            Case(3, 3, 6, batch_norm=False),
        ),
        generate=blocks_drawn,
        misconceptions=(
            Misconception(
                "expansion by one kept",
                always_expanded,
                "With expand_ratio 1 there is nothing to expand: the first 1 × 1 "
                "convolution and its batch norm are left out.",
            ),
            Misconception(
                "forgot batch norm",
                norms_forgotten,
                "The batch norms are missing: each learns a γ and a β for every "
                "channel that it normalises.",
            ),
            Misconception(
                "counted running statistics",
                running_statistics,
                "You count four numbers a channel. The running mean and variance are "
                "measured, not learnt: only γ and β are parameters.",
            ),
            Misconception(
                "one batch norm a block",
                one_norm_at_the_end,
                "You count one batch norm. One follows each convolution, so two of "
                "them are as wide as the middle of the block.",
            ),
            Misconception(
                "biases",
                biases,
                "You give the convolutions biases. Batch norm subtracts the mean, and "
                "a bias with it, so they have none.",
            ),
            Misconception(
                "standard convolution in the middle",
                standard_in_the_middle,
                "You count a standard convolution in the middle. A depthwise kernel "
                "has k · k weights, and there is one a channel.",
            ),
            Misconception(
                "expanded from the output",
                expanded_to_the_output,
                "The ratio multiplies the channels that come in, not those that go "
                "out.",
            ),
            Misconception(
                "kernel not squared",
                kernel_not_squared,
                "You count k weights a depthwise kernel. It is k × k, so it holds "
                "k · k of them.",
            ),
        ),
        page="book/small/mobilenet-v2",
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="largest_phi",
        title="The largest network that fits a budget",
        reference=largest_phi,
        visible=(Case(1.0), Case(2.0), Case(10.0), Case(40.0, alpha=1.1, beta=1.2)),
        generate=budgets,
        misconceptions=(
            Misconception(
                "every step doubles",
                doubled_exactly,
                "You take each step of φ for a doubling. α·β²·γ² is only about 2: "
                "calculate it from the three bases.",
            ),
            Misconception(
                "nothing squared",
                not_squared,
                "You let every dimension count once. Width counts for channels in and "
                "out, resolution for rows and columns: β and γ are squared.",
            ),
            Misconception(
                "depth squared as well",
                all_squared,
                "You square the depth too. Twice as many layers do twice the work: α "
                "counts once.",
            ),
            Misconception(
                "rounded up",
                over_budget,
                "The network you choose costs more than the budget: round φ down.",
            ),
            Misconception(
                "rounded to the nearest",
                nearest_phi,
                "Rounding to the nearest may go over the budget: round φ down.",
            ),
            Misconception(
                "a fraction",
                fraction,
                "φ should be a whole number: the largest that the budget allows.",
            ),
            Misconception(
                "divided by the factor",
                divided,
                "You divide by α·β²·γ². The work grows with its φ-th power, so φ is a "
                "quotient of logarithms, or found by trying.",
            ),
        ),
        page="book/small/compound-scaling",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="scale_stages",
        title="Whole blocks and multiples of eight",
        reference=scale_stages,
        visible=(
            Case([1, 2, 3], [16, 24, 80], 1.4, 1.2),
            Case([2, 4], [12, 40], 1.0, 1.0),
            Case([1, 1], [32, 6], 1.1, 0.35),
        ),
        generate=stages_drawn,
        misconceptions=(
            Misconception(
                "blocks rounded down",
                depth_rounded_down,
                "You cut the fraction of a block off. Blocks are rounded up: scaling "
                "should never leave a stage as it was when there is budget for more.",
            ),
            Misconception(
                "blocks rounded to the nearest",
                depth_rounded,
                "You round blocks to the nearest whole number. They are rounded up, "
                "so that 1.1 blocks are two.",
            ),
            Misconception(
                "channels not in eights",
                channels_not_rounded,
                "Your channels are not multiples of 8. Hardware likes those, so "
                "channels are rounded to the nearest one.",
            ),
            Misconception(
                "channels rounded down",
                channels_rounded_down,
                "You take the multiple of 8 below what is wanted. Take the nearest "
                "one, which may lie above.",
            ),
            Misconception(
                "channels rounded up",
                channels_rounded_up,
                "You take the multiple of 8 above what is wanted. Take the nearest "
                "one, which may lie below.",
            ),
            Misconception(
                "forgot the ten per cent",
                ten_percent_forgotten,
                "The nearest multiple may lie more than 10 % below what was asked for; "
                "then the next one up is taken.",
            ),
            Misconception(
                "forgot the smallest",
                never_less_than_eight_forgotten,
                "A layer must not vanish: there are never fewer than 8 channels.",
            ),
            Misconception(
                "exchanged depth and width",
                factors_exchanged,
                "You exchange the factors: depth multiplies blocks, width multiplies "
                "channels.",
            ),
        ),
        page="book/small/compound-scaling",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
