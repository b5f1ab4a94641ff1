"""Zeros that keep the size, for odd kernels and for even ones."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def same_padding(kernel_size, dilation=1):
    """The answer."""
    return conv.same_padding(kernel_size, dilation=dilation)


def both_rounded_down(kernel_size, dilation=1):
    """Half of it on each side, and never mind the rest."""
    half = dilation * (kernel_size - 1) // 2
    return half, half


def both_rounded_up(kernel_size, dilation=1):
    """The same with too many."""
    total = dilation * (kernel_size - 1)
    return total - total // 2, total - total // 2


def extra_before(kernel_size, dilation=1):
    """The odd zero at the start."""
    total = dilation * (kernel_size - 1)
    return total - total // 2, total // 2


def without_dilation(kernel_size, dilation=1):
    """Take the kernel for one without holes."""
    return (kernel_size - 1) // 2, kernel_size // 2


def all_on_each_side(kernel_size, dilation=1):
    """Full padding."""
    total = dilation * (kernel_size - 1)
    return total, total


def in_halves(kernel_size, dilation=1):
    """Divide by / and hand out half zeros."""
    half = dilation * (kernel_size - 1) / 2
    return half, half


def gap_too_many(kernel_size, dilation=1):
    """Count as many gaps as taps."""
    total = dilation * kernel_size - 1
    return total // 2, total - total // 2


def halved_before_dilated(kernel_size, dilation=1):
    """Round first, multiply then."""
    before = (kernel_size - 1) // 2
    return before * dilation, (kernel_size - 1 - before) * dilation


def kernels(rng: np.random.Generator) -> Iterator[Case]:
    """Odd and even, with holes and without."""
    for dilation in (1, 2, 3):
        for half in rng.choice(np.arange(2, 12), 3, replace=False):
            yield Case(int(2 * half), dilation)
            yield Case(int(2 * half + 1), dilation)
    yield Case(int(rng.integers(2, 30)), int(rng.integers(4, 20)))
    yield Case(1, int(rng.integers(2, 9)))


def pad_even(image, kernel_size):
    """The answer."""
    return np.pad(image, conv.same_padding(kernel_size))


def before_first(image, kernel_size):
    """The odd row above, the odd column on the left."""
    return np.pad(image, (kernel_size // 2, (kernel_size - 1) // 2))


def half_on_every_side(image, kernel_size):
    """One row and one column too many."""
    return np.pad(image, kernel_size // 2)


def rule_for_odd_kernels(image, kernel_size):
    """One row and one column too few."""
    return np.pad(image, (kernel_size - 1) // 2)


def all_after(image, kernel_size):
    """All zeros below and on the right."""
    return np.pad(image, (0, kernel_size - 1))


def columns_other_way(image, kernel_size):
    """More below, but more on the left."""
    less, more = (kernel_size - 1) // 2, kernel_size // 2
    return np.pad(image, [(less, more), (more, less)])


def rows_only(image, kernel_size):
    """Nothing on the left and on the right."""
    return np.pad(image, [((kernel_size - 1) // 2, kernel_size // 2), (0, 0)])


def border_repeated(image, kernel_size):
    """Repeat the border where zeros are meant."""
    return np.pad(image, ((kernel_size - 1) // 2, kernel_size // 2), mode="edge")


def framed_by_the_kernel(image, kernel_size):
    """As many zeros on each side as the kernel is wide, less one."""
    return np.pad(image, kernel_size - 1)


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures, also smaller than the kernel."""
    for kernel_size in (2, 4, 6):
        for _ in range(4):
            yield Case(numbers(rng, *sizes(rng, 1, 4)) + 0.25, kernel_size)
    yield Case(numbers(rng, 3, 3) + 0.25, 8)


EXERCISES = (
    Exercise(
        name="same_padding",
        title="How many zeros keep the size?",
        reference=same_padding,
        visible=(Case(3), Case(5), Case(4), Case(3, 2), Case(4, 2)),
        generate=kernels,
        misconceptions=(
            Misconception(
                "both rounded down",
                both_rounded_down,
                "For odd kernels this is right. An even one needs an odd number of "
                "zeros, and you drop one of them, so the output is one shorter: the "
                "two sides cannot be equal here.",
            ),
            Misconception(
                "both rounded up",
                both_rounded_up,
                "For odd kernels this is right. An even one needs an odd number of "
                "zeros, and you add one to them, so the output is one longer: the two "
                "sides cannot be equal here.",
            ),
            Misconception(
                "the extra zero before",
                extra_before,
                "The number of zeros is right, but you put the extra one before the "
                "row. Here it goes to the end, as in torch.",
            ),
            Misconception(
                "forgot the dilation",
                without_dilation,
                "The dilation is not used. A kernel with holes reaches further: f "
                "taps have f − 1 gaps of `dilation` pixels between them.",
            ),
            Misconception(
                "all zeros on each side",
                all_on_each_side,
                "You put all zeros on both sides: that is full padding, and the "
                "output grows. The kernel costs f − 1 pixels in all; share them "
                "between the two sides.",
            ),
            Misconception(
                "half zeros",
                in_halves,
                "You return fractions: `/` always does, and there is no half zero. "
                "Divide with `//`, and think about who gets the rest.",
            ),
            Misconception(
                "as many gaps as taps",
                gap_too_many,
                "You count as many gaps as taps. Three taps have two gaps between "
                "them: the kernel costs dilation · (f − 1) pixels.",
            ),
            Misconception(
                "rounded before the dilation",
                halved_before_dilated,
                "You halved first and multiplied by the dilation after, so the sides "
                "differ by several zeros. Work out the total first, then halve it: "
                "the sides differ by one at most.",
            ),
        ),
        page="book/sizes/padding",
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="pad_even",
        title="A frame for even kernels",
        reference=pad_even,
        visible=(
            Case(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), 2),
            Case(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), 4),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "the extra zero before",
                before_first,
                "Your frame is wider above and on the left. The size is kept, but the "
                "picture moves the other way: here the extra row goes below, the "
                "extra column to the right.",
            ),
            Misconception(
                "half the kernel on every side",
                half_on_every_side,
                "You put half a kernel of zeros on every side, and the output grows "
                "by one row and one column. An even kernel needs an odd number of "
                "zeros, so opposite sides cannot be equal.",
            ),
            Misconception(
                "the rule for odd kernels",
                rule_for_odd_kernels,
                "You used the rule for odd kernels, rounded down, and the output "
                "loses one row and one column. An even kernel needs one zero more "
                "below and on the right.",
            ),
            Misconception(
                "all zeros after",
                all_after,
                "You put all zeros below and on the right. The size is kept, but the "
                "picture slides into a corner: share the zeros, and only the odd one "
                "goes to the end.",
            ),
            Misconception(
                "columns the other way round",
                columns_other_way,
                "Rows are right, columns are the other way round. Both axes follow "
                "the same rule: the extra zero comes at the end, so on the right.",
            ),
            Misconception(
                "rows only",
                rows_only,
                "You added rows but no columns. The kernel is as wide as it is high, "
                "so the picture needs zeros on the left and on the right too.",
            ),
            Misconception(
                "repeated border",
                border_repeated,
                "You repeated the pixels of the border. The frame is made of zeros, "
                "as in `np.pad` with its default mode.",
            ),
            Misconception(
                "full padding",
                framed_by_the_kernel,
                "You put kernel_size − 1 zeros on every side. That many are needed in "
                "all, so share them between the two ends of each axis.",
            ),
        ),
        page="book/sizes/padding",
        minutes=10,
        difficulty=1,
        points=2,
    ),
)
