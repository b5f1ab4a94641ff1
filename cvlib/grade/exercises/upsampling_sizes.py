"""A quiz with computed mistakes, and the way back through the arithmetic."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def stamped(x, w, stride, overlap="add"):
    """The output of a transposed convolution, with overlaps treated in some way."""
    (H, W), (R, S) = x.shape, w.shape
    y = np.zeros(((H - 1) * stride + R, (W - 1) * stride + S))
    count = np.zeros(y.shape)
    for (h, v), value in np.ndenumerate(x):
        place = np.s_[h * stride : h * stride + R, v * stride : v * stride + S]
        if overlap == "last":
            y[place] = value * w
        elif overlap == "first":
            y[place] = np.where(count[place] > 0, y[place], value * w)
        else:
            y[place] += value * w
        count[place] += 1
    return y / np.maximum(count, 1) if overlap == "mean" else y


def options(x, w, stride, row, column, **changed):
    """The five answers; `changed` replaces some of them."""
    y = stamped(x, w, stride)
    three = np.s_[column : column + 3]
    answers = {
        "right": y[row, three],
        "row above": y[row - 1, three],
        "backwards": y[row, three][::-1],
        "overwritten": stamped(x, w, stride, "last")[row, three],
        "averaged": stamped(x, w, stride, "mean")[row, three],
    }
    return answers | changed


def quiz_options(x, w, stride, row, column):
    """The answer to the first."""
    return options(x, w, stride, row, column)


def row_below(x, w, stride, row, column):
    """Rows counted upwards."""
    below = stamped(x, w, stride)[row + 1, column : column + 3]
    return options(x, w, stride, row, column, **{"row above": below})


def whole_row_backwards(x, w, stride, row, column):
    """Turn the row, then take the three."""
    y = stamped(x, w, stride)[row, ::-1]
    return options(x, w, stride, row, column, backwards=y[column : column + 3])


def first_stays(x, w, stride, row, column):
    """The earlier stamp wins."""
    first = stamped(x, w, stride, "first")[row, column : column + 3]
    return options(x, w, stride, row, column, overwritten=first)


def mean_of_all(x, w, stride, row, column):
    """Divide by all stamps, not by those that lie there."""
    y = stamped(x, w, stride)[row, column : column + 3]
    return options(x, w, stride, row, column, averaged=y / x.size)


def right_overwritten(x, w, stride, row, column):
    """Fall for the mistake oneself."""
    last = stamped(x, w, stride, "last")
    three = np.s_[column : column + 3]
    return options(
        x, w, stride, row, column, right=last[row, three],
        backwards=last[row, three][::-1], **{"row above": last[row - 1, three]},
    )  # fmt: skip


def counted_from_one(x, w, stride, row, column):
    """Row 1 as the first row."""
    y = stamped(x, w, stride)
    three = np.s_[column - 1 : column + 2]
    found = {
        "right": y[row - 1, three],
        "row above": y[row - 2, three],
        "backwards": y[row - 1, three][::-1],
        "overwritten": stamped(x, w, stride, "last")[row - 1, three],
        "averaged": stamped(x, w, stride, "mean")[row - 1, three],
    }
    return options(x, w, stride, row, column, **found)


def quizzes(rng: np.random.Generator) -> Iterator[Case]:
    """Inputs of two or three rows, and rows on which stamps overlap."""
    for H, W, stride in [(2, 2, 2), (2, 3, 2), (3, 2, 2), (2, 2, 1)] * 2:
        x, w = numbers(rng, H, W), numbers(rng, 3, 3)
        x[x == 0], w[w == 0] = 2.5, -2.0
        for row in (stride, 1 if stride > 1 else 2):
            yield Case(x, w, stride, row, 1)


def transposed_settings(size, kernel_size, stride, padding):
    """The answer to the second."""
    steps, extra = divmod(size + 2 * padding - kernel_size, stride)
    return steps + 1, stride - 1, kernel_size - 1 - padding, extra


def with_part(part, value, size, kernel_size, stride, padding):
    """The answer with one of its four parts replaced."""
    answer = list(transposed_settings(size, kernel_size, stride, padding))
    answer[part] = value
    return tuple(answer)


def padding_kept(size, kernel_size, stride, padding):
    """As many zeros around as the convolution had."""
    return with_part(2, padding, size, kernel_size, stride, padding)


def always_full(size, kernel_size, stride, padding):
    """k − 1 zeros around, whatever the padding."""
    return with_part(2, kernel_size - 1, size, kernel_size, stride, padding)


def padding_counted_twice(size, kernel_size, stride, padding):
    """Both sides' padding taken off one side."""
    around = kernel_size - 1 - 2 * padding
    return with_part(2, around, size, kernel_size, stride, padding)


def stride_zeros(size, kernel_size, stride, padding):
    """s zeros between."""
    return with_part(1, stride, size, kernel_size, stride, padding)


def nothing_lost(size, kernel_size, stride, padding):
    """No output padding."""
    return with_part(3, 0, size, kernel_size, stride, padding)


def filled_up(size, kernel_size, stride, padding):
    """What is missing to the next window, not what was left over."""
    extra = (kernel_size - size - 2 * padding) % stride
    return with_part(3, extra, size, kernel_size, stride, padding)


def padding_forgotten(size, kernel_size, stride, padding):
    """The rest without the padding."""
    extra = (size - kernel_size) % stride
    return with_part(3, extra, size, kernel_size, stride, padding)


def size_modulo_stride(size, kernel_size, stride, padding):
    """The rest of the size alone."""
    return with_part(3, size % stride, size, kernel_size, stride, padding)


def gaps_counted(size, kernel_size, stride, padding):
    """The steps of the window, not its places."""
    small = (size + 2 * padding - kernel_size) // stride
    return with_part(0, small, size, kernel_size, stride, padding)


def rounded_up(size, kernel_size, stride, padding):
    """A window that hangs over the end is counted."""
    small = -(-(size + 2 * padding - kernel_size) // stride) + 1
    return with_part(0, small, size, kernel_size, stride, padding)


def convolutions(rng: np.random.Generator) -> Iterator[Case]:
    """Every kind of padding, strides to 4, with and without a rest."""
    for _ in range(16):
        kernel_size, stride = int(rng.integers(2, 7)), int(rng.integers(1, 5))
        padding = int(rng.integers(0, kernel_size))
        yield Case(int(rng.integers(7, 30)), kernel_size, stride, padding)
    n = int(rng.integers(5, 20))
    yield Case(2 * n + 1, 4, 3, 1)
    yield Case(3 * n + 1, 5, 3, 1)
    yield Case(4 * n + 1, 3, 4, 1)
    yield Case(2 * n, 3, 2, 1)


X, W = np.array([[10.0, 20], [30, 40]]), np.outer([1.0, 2, 1], [1.0, 2, 1])
NINE = np.arange(1.0, 10).reshape(3, 3)

EXERCISES = (
    Exercise(
        name="quiz_options",
        title="Make the wrong answers",
        reference=quiz_options,
        visible=(
            Case(X, W, 2, 1, 1),
            Case(X, W, 2, 2, 1),
            Case(
                np.array([[1.0, 2], [3, 5]]), np.arange(1.0, 10).reshape(3, 3), 1, 1, 1
            ),
        ),
        generate=quizzes,
        misconceptions=(
            Misconception(
                "row below",
                row_below,
                "Your “row above” is the row below. Rows are counted from the top, so "
                "the one above row 2 is row 1.",
            ),
            Misconception(
                "turned the whole row",
                whole_row_backwards,
                "You turn the whole row round and then take three numbers, which are "
                "others. Somebody who confuses left and right has the right three, in "
                "the wrong order.",
            ),
            Misconception(
                "first stamp stays",
                first_stays,
                "In your “overwritten” the *first* stamp stays. With `=` in place of "
                "`+=` each stamp covers the one before, so the last stays.",
            ),
            Misconception(
                "mean over all stamps",
                mean_of_all,
                "You divide by the number of all stamps. The mean at a pixel is over "
                "those that lie on it, one, two or four: count them while you stamp.",
            ),
            Misconception(
                "overlaps replaced in the right answer",
                right_overwritten,
                "Your right answer makes the very mistake that “overwritten” is for. "
                "Where stamps overlap, their numbers add up.",
            ),
            Misconception(
                "counted from one",
                counted_from_one,
                "You count rows and columns from 1. Here, as in every array, the first "
                "row is row 0, and `column` is the index of the first of the three.",
            ),
        ),
        page="book/upsampling/transposed",
        minutes=25,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="transposed_settings",
        title="The way back",
        reference=transposed_settings,
        visible=(
            Case(4, 3, 1, 0),
            Case(5, 3, 1, 1),
            Case(5, 3, 2, 0),
            Case(5, 3, 2, 1),
            Case(6, 3, 2, 1),
        ),
        generate=convolutions,
        misconceptions=(
            Misconception(
                "padding kept",
                padding_kept,
                "You put as many zeros around as the convolution had. It is the other "
                "way round: k − 1 without padding, and each pixel of padding saves "
                "one.",
            ),
            Misconception(
                "always k − 1 around",
                always_full,
                "You always put k − 1 zeros around, which is right without padding. "
                "Each pixel of padding saves one: k − 1 − p.",
            ),
            Misconception(
                "padding counted twice",
                padding_counted_twice,
                "You take 2p off the zeros of *each* side. The zeros are counted on "
                "one side, and so is the padding: k − 1 − p.",
            ),
            Misconception(
                "stride zeros between",
                stride_zeros,
                "You put `stride` zeros between neighbours, so they stand stride + 1 "
                "apart. Outputs were taken every `stride` pixels: one zero less.",
            ),
            Misconception(
                "nothing was lost",
                nothing_lost,
                "You never add zeros at the end. Where the windows did not reach the "
                "last pixels, (i + 2p − k) mod s of them, the way back would be too "
                "short.",
            ),
            Misconception(
                "what is missing",
                filled_up,
                "You add what is *missing* for one more window. What has to come back "
                "are the pixels that were left over: (i + 2p − k) mod s.",
            ),
            Misconception(
                "padding forgotten in the rest",
                padding_forgotten,
                "Your rest leaves out the padding. The windows walk over the padded "
                "map of i + 2p pixels, so the rest is (i + 2p − k) mod s.",
            ),
            Misconception(
                "rest of the size alone",
                size_modulo_stride,
                "You take the rest of the size by the stride. The first window takes k "
                "pixels, padding included; only what follows is divided into steps: "
                "(i + 2p − k) mod s.",
            ),
            Misconception(
                "steps for places",
                gaps_counted,
                "Your small map is one too small. A window that can take n steps has "
                "n + 1 places: do not forget the first.",
            ),
            Misconception(
                "rounded up",
                rounded_up,
                "Your small map counts a window that hangs over the end. A convolution "
                "leaves it out: round the quotient down.",
            ),
        ),
        page="book/upsampling/arithmetic",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
