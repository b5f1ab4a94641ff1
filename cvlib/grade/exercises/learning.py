"""The slope of the error with respect to every weight of a kernel."""

from collections.abc import Iterator

import numpy as np

from cvlib import filters
from cvlib.conv import cross_correlate2d
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def kernel_gradient(x, w, y):
    """The answer."""
    return filters.kernel_gradient(x, w, y)


def error_of(x, w, y):
    """How far each output is too large."""
    return cross_correlate2d(x, w) - y


def sum_not_mean(x, w, y):
    """Leave out the division."""
    return 2 * cross_correlate2d(x, error_of(x, w, y))


def without_the_two(x, w, y):
    """Forget the derivative of the square."""
    return cross_correlate2d(x, error_of(x, w, y)) / y.size


def uphill_and_down(x, w, y):
    """Subtract the other way round."""
    return -2 * cross_correlate2d(x, error_of(x, w, y)) / y.size


def by_the_weights(x, w, y):
    """Divide by the number of weights."""
    return 2 * cross_correlate2d(x, error_of(x, w, y)) / w.size


def by_the_pixels(x, w, y):
    """Divide by the number of pixels."""
    return 2 * cross_correlate2d(x, error_of(x, w, y)) / x.size


def turned_round(x, w, y):
    """Turn the error by half a turn before it slides."""
    return 2 * cross_correlate2d(x, error_of(x, w, y)[::-1, ::-1]) / y.size


def kernel_turned(x, w, y):
    """Compute the output by true convolution."""
    error = error_of(x, w[::-1, ::-1], y)
    return 2 * cross_correlate2d(x, error) / y.size


def last_window(x, w, y):
    """Write = where += is meant."""
    (P, Q), error = y.shape, error_of(x, w, y)
    return 2 * error[-1, -1] * x[P - 1 :, Q - 1 :] / y.size


def output_for_error(x, w, y):
    """Forget to subtract what was wanted."""
    return 2 * cross_correlate2d(x, cross_correlate2d(x, w)) / y.size


def answers(rng: np.random.Generator) -> Iterator[Case]:
    """Oblong pictures and kernels; a single weight; a single window; no error."""
    for k in range(12):
        (R, S), (P, Q) = sizes(rng, 1, 3), sizes(rng, 2, 4)
        x, w = numbers(rng, P + R - 1, Q + S - 1), numbers(rng, R, S)
        y = numbers(rng, P, Q) + 0.25
        yield Case(x, w, cross_correlate2d(x, w) if k == 11 else y)
    yield Case(numbers(rng, 2, 3), numbers(rng, 1, 1), numbers(rng, 2, 3) + 0.25)
    yield Case(numbers(rng, 2, 3), numbers(rng, 2, 3), numbers(rng, 1, 1) + 0.25)


EXERCISES = (
    Exercise(
        name="kernel_gradient",
        title="Which way should a weight go?",
        reference=kernel_gradient,
        visible=(
            Case(np.array([[1.0, 2, 4]]), np.zeros((1, 2)), np.array([[1.0, 2]])),
            Case(np.array([[1.0, 2, 4]]), np.array([[1.0, 3]]), np.array([[8.0, 14]])),
            Case(
                np.array([[1.0, 0, 2, 1], [0, 3, 1, 0], [1, 1, 0, 2]]),
                np.array([[1.0, -1], [0, 2]]),
                np.array([[4.0, 0, 1], [0, -1, 2]]),
            ),
        ),
        generate=answers,
        misconceptions=(
            Misconception(
                "sum instead of mean",
                sum_not_mean,
                "This is the slope of the sum of the squared errors. The loss is "
                "their mean, so divide by the number of outputs.",
            ),
            Misconception(
                "forgot the two",
                without_the_two,
                "All your slopes are half of what they should be. The derivative of "
                "e² is 2e: the square brings a factor 2.",
            ),
            Misconception(
                "sign turned round",
                uphill_and_down,
                "All your slopes have the wrong sign. The error is output minus "
                "wanted; the other way round, descent would walk uphill.",
            ),
            Misconception(
                "mean over the weights",
                by_the_weights,
                "You divided by the number of weights. The loss is a mean over the "
                "outputs: divide by the number of entries in `y`.",
            ),
            Misconception(
                "mean over the pixels",
                by_the_pixels,
                "You divided by the number of pixels in `x`. The loss is a mean over "
                "the outputs, and there are fewer of them: divide by the entries of "
                "`y`.",
            ),
            Misconception(
                "error turned round",
                turned_round,
                "You turned the error by half a turn before it slid. Weight (0, 0) "
                "met pixel (p, q) when it made output (p, q), so the error lies on "
                "the picture as it is.",
            ),
            Misconception(
                "kernel turned round",
                kernel_turned,
                "You turned the kernel by half a turn when you computed the output. "
                "Here the kernel slides as it is, so output and error are those of "
                "cross-correlation.",
            ),
            Misconception(
                "last window only",
                last_window,
                "Only the last window counts in your slopes. A weight takes part in "
                "every output, so what the windows say adds up: use `+=`.",
            ),
            Misconception(
                "output instead of error",
                output_for_error,
                "You slide the output over the picture, and `y` is not used. What "
                "counts is how far the output is off: subtract what was wanted first.",
            ),
        ),
        page="book/convolution/learning-filters",
        minutes=25,
        difficulty=3,
        points=4,
    ),
)
