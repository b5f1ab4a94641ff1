"""Count an Inception module, and find the wrong numbers in a printed table."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def inception_channels(in_channels, modules):
    """The answer."""
    channels = []
    for n1, _, n3, _, n5, pool in modules:
        in_channels = n1 + n3 + n5 + (pool or in_channels)
        channels.append(in_channels)
    return channels


def all_six(in_channels, modules):
    """Add the reductions too."""
    channels = []
    for n1, r3, n3, r5, n5, pool in modules:
        in_channels = n1 + r3 + n3 + r5 + n5 + (pool or in_channels)
        channels.append(in_channels)
    return channels


def pool_gives_nothing(in_channels, modules):
    """Let a pool without a projection put out nothing."""
    return [n1 + n3 + n5 + pool for n1, _, n3, _, n5, pool in modules]


def pool_always_passes(in_channels, modules):
    """Let every pool pass on all channels."""
    channels = []
    for n1, _, n3, _, n5, _ in modules:
        in_channels += n1 + n3 + n5
        channels.append(in_channels)
    return channels


def pool_of_the_first(in_channels, modules):
    """Let every bare pool pass on the channels of the first input."""
    return [n1 + n3 + n5 + (p or in_channels) for n1, _, n3, _, n5, p in modules]


def widest_branch(in_channels, modules):
    """Add the maps instead of laying them one on another."""
    channels = []
    for n1, _, n3, _, n5, pool in modules:
        in_channels = max(n1, n3, n5, pool or in_channels)
        channels.append(in_channels)
    return channels


def input_kept(in_channels, modules):
    """Lay the input on top as well, as a dense block does."""
    channels = []
    for n1, _, n3, _, n5, pool in modules:
        in_channels += n1 + n3 + n5 + (pool or in_channels)
        channels.append(in_channels)
    return channels


def stacks(rng: np.random.Generator) -> Iterator[Case]:
    """One to four modules; pools with and without a projection."""
    for depth in (1, 1, 2, 2, 3, 3, 4, 4):
        modules = []
        for _ in range(depth):
            widths = [int(w) * 8 for w in rng.integers(1, 40, 6)]
            widths[5] *= int(rng.random() < 0.6)
            modules.append(tuple(widths))
        yield Case(int(rng.integers(2, 60)) * 8, modules)
    yield Case(int(rng.integers(2, 60)) * 8, [(8, 8, 16, 8, 16, 0)] * 3)
    yield Case(
        int(rng.integers(40, 60)) * 8, [(16, 8, 24, 8, 8, 0), (8, 8, 8, 8, 8, 8)]
    )


def row_of(side, in_channels, widths, *, large=25, reads=None, positions=None):
    """Weights and multiply-adds, or what becomes of them when one rule is changed."""
    n1, r3, n3, r5, n5, pool = widths
    C = in_channels
    d3, d5 = (r3, r5) if reads is None else (C, C)
    weights = C * (n1 + r3 + r5 + pool) + 9 * d3 * n3 + large * d5 * n5
    return weights, weights * (side * side if positions is None else positions)


def inception_row(side, in_channels, widths):
    """The answer."""
    return row_of(side, in_channels, widths)


def with_biases(side, in_channels, widths):
    """Count the biases."""
    weights, ops = row_of(side, in_channels, widths)
    return weights + sum(widths), ops


def without_reductions(side, in_channels, widths):
    """Let the large kernels read all channels, and leave the reductions out."""
    n1, _, n3, _, n5, pool = widths
    weights = in_channels * (n1 + 9 * n3 + 25 * n5 + pool)
    return weights, weights * side * side


def reductions_unused(side, in_channels, widths):
    """Count the reductions, and let the large kernels read all channels still."""
    return row_of(side, in_channels, widths, reads="all")


def reductions_free(side, in_channels, widths):
    """Forget that the reductions have weights."""
    n1, r3, n3, r5, n5, pool = widths
    weights = in_channels * (n1 + pool) + 9 * r3 * n3 + 25 * r5 * n5
    return weights, weights * side * side


def five_is_three(side, in_channels, widths):
    """A 3 × 3 where the table has 5 × 5."""
    return row_of(side, in_channels, widths, large=9)


def pool_is_free(side, in_channels, widths):
    """Forget the 1 × 1 after the pool."""
    weights, _ = row_of(side, in_channels, widths)
    weights -= in_channels * widths[5]
    return weights, weights * side * side


def side_not_area(side, in_channels, widths):
    """Multiply by the side."""
    return row_of(side, in_channels, widths, positions=side)


def two_a_pair(side, in_channels, widths):
    """Count the multiplication and the addition apart."""
    return row_of(side, in_channels, widths, positions=2 * side * side)


def modules(rng: np.random.Generator) -> Iterator[Case]:
    """Small modules and some of the published size."""
    for size in (1, 1, 2, 4, 8, 8):
        widths = tuple(int(w) * size for w in rng.integers(2, 40, 6))
        C = int(rng.integers(3, 60)) * size
        yield Case(int(rng.choice([3, 5, 7, 14, 28])), C, widths)
    n = int(rng.integers(3, 20))
    yield Case(3, n, (n, n + 1, n + 2, n + 3, n + 4, n + 5))
    yield Case(int(rng.integers(2, 9)), 192, (64, 96, 128, 16, 32, 32))


UNITS = {"": (1, 1), "K": (1000, 1024), "M": (1000**2, 1024**2)}


def meant(text, which):
    """What "437K" says if K is 1000 (0) or 1024 (1)."""
    letter = text[-1] if text[-1] in "KM" else ""
    return float(text.removesuffix(letter)) * UNITS[letter][which]


def rows_that_disagree(printed, computed):
    """The answer."""
    return [
        i
        for i, (text, n) in enumerate(zip(printed, computed, strict=True))
        if all(abs(meant(text, which) - n) > n / 100 for which in (0, 1))
    ]


def k_is_1000(printed, computed):
    """One reading only."""
    pairs = enumerate(zip(printed, computed, strict=True))
    return [i for i, (text, n) in pairs if abs(meant(text, 0) - n) > n / 100]


def k_is_1024(printed, computed):
    """The other reading only."""
    pairs = enumerate(zip(printed, computed, strict=True))
    return [i for i, (text, n) in pairs if abs(meant(text, 1) - n) > n / 100]


def one_reading_is_enough(printed, computed):
    """A row disagrees as soon as one reading does."""
    return sorted({*k_is_1000(printed, computed), *k_is_1024(printed, computed)})


def too_small_only(printed, computed):
    """Forget that a printed number may be too large."""
    return [
        i
        for i, (text, n) in enumerate(zip(printed, computed, strict=True))
        if all(n - meant(text, which) > n / 100 for which in (0, 1))
    ]


def to_the_unit(printed, computed):
    """Allow for no rounding."""
    return [
        i
        for i, (text, n) in enumerate(zip(printed, computed, strict=True))
        if all(meant(text, which) != n for which in (0, 1))
    ]


def rows_that_agree(printed, computed):
    """The others."""
    wrong = rows_that_disagree(printed, computed)
    return [i for i in range(len(printed)) if i not in wrong]


def counted_from_one(printed, computed):
    """Number the rows from one."""
    return [i + 1 for i in rows_that_disagree(printed, computed)]


def tables(rng: np.random.Generator) -> Iterator[Case]:
    """Tables in either unit, some rows wrong, none near the limit of one per cent."""
    for rows in (1, 2, 3, 4, 6, 6, 8):
        base = int(rng.choice([1000, 1024]))
        printed, computed = [], []
        for _ in range(rows):
            letter = str(rng.choice(["", "K", "K", "M"]))
            value = int(rng.integers(100, 1000))
            unit = {"": 1, "K": base, "M": base**2}[letter]
            near = 1 + float(rng.choice([-0.004, 0.0, 0.0, 0.004]))
            far = float(rng.choice([0.5, 0.87, 1.15, 2.0, 4.0]))
            factor = far if rng.random() < 0.4 else near
            printed.append(f"{value}{letter}")
            computed.append(max(1, round(value * unit * factor)))
        yield Case(printed, computed)
    value = int(rng.integers(101, 999))
    both = [value * 1000, value * 1024]
    yield Case([f"{value}K"] * 2, both)
    yield Case([f"{value}K"] * 4, [both[0] * 2, both[1], both[0], both[1] // 2])
    yield Case([f"{value / 100}M"] * 2, [value * 10_000, value * 15_000])


EXERCISES = (
    Exercise(
        name="inception_channels",
        title="The channels of Inception modules",
        reference=inception_channels,
        visible=(
            Case(192, [(64, 96, 128, 16, 32, 32)]),
            Case(192, [(64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)]),
            Case(10, [(1, 2, 3, 4, 5, 0)]),
            Case(10, [(1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 0), (1, 2, 3, 4, 5, 0)]),
        ),
        generate=stacks,
        misconceptions=(
            Misconception(
                "added the reductions",
                all_six,
                "You add all six widths. What the 1 × 1 before a large kernel puts out "
                "is read by that kernel and goes nowhere else.",
            ),
            Misconception(
                "a bare pool puts out nothing",
                pool_gives_nothing,
                "A pool without a projection (0) still puts out its maps: all the "
                "channels that it reads.",
            ),
            Misconception(
                "every pool passes all",
                pool_always_passes,
                "Your pools always pass on all channels. If there is a 1 × 1 after the "
                "pool, it puts out as many as it has filters.",
            ),
            Misconception(
                "the first module's input",
                pool_of_the_first,
                "Your bare pools pass on the channels of the first input. A module "
                "reads what the one before it put out.",
            ),
            Misconception(
                "maps added instead of stacked",
                widest_branch,
                "You take the widest branch, as if the maps were added. They are laid "
                "one on another: the channels add up.",
            ),
            Misconception(
                "the input kept",
                input_kept,
                "You lay the input on top as well. Only the four branches are joined; "
                "the input is passed on by a bare pool alone.",
            ),
        ),
        page="book/deeper/inception",
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="inception_row",
        title="A row of GoogLeNet's table",
        reference=inception_row,
        visible=(
            Case(14, 512, (160, 112, 224, 24, 64, 64)),
            Case(28, 192, (64, 96, 128, 16, 32, 32)),
            Case(3, 10, (1, 2, 3, 4, 5, 6)),
        ),
        generate=modules,
        misconceptions=(
            Misconception(
                "counted the biases",
                with_biases,
                "You count the biases. Here they are left out, and so they are in the "
                "table: 4b has 448 512 weights, with biases 449 160.",
            ),
            Misconception(
                "no reductions",
                without_reductions,
                "You built the naive module: your large kernels read all channels. "
                "They read what the 1 × 1 before them puts out.",
            ),
            Misconception(
                "reductions that reduce nothing",
                reductions_unused,
                "You count the 1 × 1 reductions, but your large kernels still read all "
                "channels. A 3 × 3 filter is as deep as what stands right before it.",
            ),
            Misconception(
                "reductions for nothing",
                reductions_free,
                "The 1 × 1 before the 3 × 3 and the one before the 5 × 5 have weights "
                "too: one for each channel that comes in, for each of their filters.",
            ),
            Misconception(
                "five taken for three",
                five_is_three,
                "Your large kernels have nine taps. The table says 5 × 5: 25. One "
                "well-known library has 3 × 3 there, by a mistake that its weights "
                "have made permanent.",
            ),
            Misconception(
                "the pool's 1 × 1 forgotten",
                pool_is_free,
                "The pool has no weights, but the 1 × 1 after it has: one for each "
                "channel that comes in, for each of its filters.",
            ),
            Misconception(
                "side instead of area",
                side_not_area,
                "You multiply by the side of the maps. A weight works once at every "
                "position, and there are side · side of them.",
            ),
            Misconception(
                "two operations a pair",
                two_a_pair,
                "You count the multiplication and the addition apart. One multiply-add "
                "counts once, here and in the paper.",
            ),
        ),
        page="book/deeper/inception",
        minutes=20,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="rows_that_disagree",
        title="Which rows are wrong?",
        reference=rows_that_disagree,
        visible=(
            Case(["159K", "463K"], [163328, 509440]),
            Case(["2.7K", "34M"], [2712, 34019328]),
            Case(["300K", "300K", "300K"], [300000, 307200, 330000]),
            Case(["500K", "64", "64"], [400000, 64, 80]),
        ),
        generate=tables,
        misconceptions=(
            Misconception(
                "K is 1000",
                k_is_1000,
                "You read K as 1000 only. A row disagrees only if neither 1000 nor "
                "1024 brings it within one per cent: 159K is right for 163 328.",
            ),
            Misconception(
                "K is 1024",
                k_is_1024,
                "You read K as 1024 only. A row disagrees only if neither 1000 nor "
                "1024 brings it within one per cent: 2.7K is right for 2712.",
            ),
            Misconception(
                "one reading is enough",
                one_reading_is_enough,
                "You call a row wrong as soon as one of the two readings fails. One "
                "that fits is enough to let the row pass.",
            ),
            Misconception(
                "only what is too small",
                too_small_only,
                "You find the rows that are printed too small. A printed number can "
                "also be too large: take the absolute difference.",
            ),
            Misconception(
                "no rounding allowed",
                to_the_unit,
                "You ask for equality. Printed numbers are rounded: allow one per cent "
                "of the computed number.",
            ),
            Misconception(
                "the rows that agree",
                rows_that_agree,
                "These are the rows that agree. Asked for are the others, those that "
                "no reading of K explains.",
            ),
            Misconception(
                "numbered from one",
                counted_from_one,
                "Your rows are numbered from one. The first row is row 0, as in every "
                "list.",
            ),
        ),
        page="book/deeper/inception",
        minutes=20,
        difficulty=2,
        points=3,
    ),
)
