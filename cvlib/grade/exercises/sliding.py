"""Slide one window over one picture."""

from collections.abc import Iterator

import numpy as np

from cvlib.conv import cross_correlate2d, flip
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception

# the first example of the lectures; its first output is 4
IMAGE = np.array(
    [
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 1, 1, 0],
        [0, 1, 1, 0, 0],
    ],
    dtype=float,
)
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=float)


def slide_window(image, kernel):
    """The answer."""
    return cross_correlate2d(image, kernel)


def flipped(image, kernel):
    """Turn the kernel by half a turn first."""
    return cross_correlate2d(image, flip(kernel))


def padded(image, kernel):
    """Surround the picture by zeros."""
    return cross_correlate2d(image, kernel, mode="same")


def one_short(image, kernel):
    """Stop one window before the end."""
    return cross_correlate2d(image, kernel)[:-1, :-1]


def averaged(image, kernel):
    """Divide by the number of weights."""
    return cross_correlate2d(image, kernel) / kernel.size


def columns_first(image, kernel):
    """Write the map with rows and columns exchanged."""
    return cross_correlate2d(image, kernel).T


def matrix_product(image, kernel):
    """Use @ where * is meant."""
    out = np.zeros_like(cross_correlate2d(image, kernel))
    for p, q in np.ndindex(out.shape):
        chunk = image[p : p + kernel.shape[0], q : q + kernel.shape[1]]
        out[p, q] = (chunk @ kernel).sum()
    return out


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures; oblong, square and even kernels; one as large as the picture."""
    for extra in range(8):
        R, S = sizes(rng, 2, 4)
        H, W = sizes(rng, 4 + extra // 3, 8)
        square = int(rng.integers(2, 4))
        yield Case(numbers(rng, H, W), numbers(rng, R, S))
        yield Case(numbers(rng, H, W), numbers(rng, square, square))
    yield Case(numbers(rng, 3, 4), numbers(rng, 3, 4))
    yield Case(numbers(rng, 3, 5), numbers(rng, 1, 1))
    yield Case(numbers(rng, 1, 6), numbers(rng, 1, 3))
    yield Case(numbers(rng, 6, 1), numbers(rng, 3, 1))


EXERCISES = (
    Exercise(
        name="slide_window",
        title="A window that slides",
        reference=slide_window,
        visible=(
            Case(IMAGE, CROSS),
            Case(np.array([[5.0, 2, 2, 7], [1, 4, 0, 3]]), np.array([[1.0, -1.0]])),
            Case(np.arange(12.0).reshape(4, 3), np.array([[1.0, 2.0], [0.0, 3.0]])),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "flipped kernel",
                flipped,
                "You turned the kernel by half a turn before laying it on: that is "
                "convolution as mathematicians define it. Here the kernel stays as it "
                "is; its top left weight meets the top left pixel of the window.",
            ),
            Misconception(
                "padded the picture",
                padded,
                "Your map is as large as the picture, so your window also stands "
                "partly outside it. Here it must fit: of H rows, a kernel with R rows "
                "can start on only H − R + 1.",
            ),
            Misconception(
                "one window short",
                one_short,
                "You stopped one window too early. A kernel of 3 rows on a picture of "
                "5 can start on rows 0, 1 and 2: that is 5 − 3 + 1 places, not 5 − 3.",
            ),
            Misconception(
                "mean instead of sum",
                averaged,
                "You took the mean of the products. The output is their sum: if it "
                "should be a mean, the weights say so themselves, as 1/9 in each of "
                "nine.",
            ),
            Misconception(
                "rows and columns exchanged",
                columns_first,
                "Your map has rows and columns exchanged. The window moves along a row "
                "first: output [p, q] starts at row p and column q of the picture.",
            ),
            Misconception(
                "matrix product",
                matrix_product,
                "`@` is the matrix product, rows times columns. The window wants each "
                "pixel times the weight that lies on it, which is `*`, and then the "
                "sum.",
            ),
        ),
        page="book/convolution/sliding-window",
        minutes=15,
        difficulty=1,
        points=2,
    ),
)
