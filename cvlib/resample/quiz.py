"""A question about transposed convolution whose wrong answers are computed. NumPy."""

from dataclasses import dataclass

import numpy as np

from cvlib.conv import conv_transpose2d
from cvlib.validate import check_positive, check_shape


@dataclass(frozen=True)
class ScatterQuiz:
    """Three numbers of an output, and what a reader gets who makes a mistake.

    Attributes:
        output: (P, Q) the whole answer.
        right: the three numbers asked for.
        wrong: the numbers of each mistake → the sentence about it. Mistakes that give
            the right numbers, or each other's, are left out.
    """

    output: np.ndarray
    right: tuple[float, ...]
    wrong: dict[tuple[float, ...], str]


def scatter_quiz(
    x: np.ndarray, w: np.ndarray, *, stride: int = 2, row: int = 1, column: int = 1
) -> ScatterQuiz:
    """Ask for three neighbours in a row of `conv_transpose2d(x, w, stride=stride)`.

    Args:
        x: (H, W) input.
        w: (R, S) filter.
        stride: pixels between two stamps.
        row: the row asked for, at least 1, so that there is a row above.
        column: the first of the three columns.

    Raises:
        ShapeError: `x` or `w` is not a plane.
        ValueError: the three numbers do not lie inside the output.

    Example:
        >>> x, w = np.array([[10, 20], [30, 40.]]), np.outer([1, 2, 1], [1, 2, 1.])
        >>> quiz = scatter_quiz(x, w)
        >>> quiz.right, sorted(quiz.wrong)[0]
        ((40.0, 60.0, 80.0), (20.0, 20.0, 20.0))
    """
    check_shape("x", x, "H W")
    check_shape("w", w, "R S")
    stride, row = check_positive("stride", stride), check_positive("row", row)
    output = _stamped(x, w, stride, "add")
    if row >= output.shape[0] or not 0 <= column <= output.shape[1] - 3:
        raise ValueError(
            f"row and column must name three numbers of the output {output.shape}, "
            f"got row {row}, columns {column} to {column + 2}"
        )

    def asked(y: np.ndarray, r: int = row) -> tuple[float, ...]:
        return tuple(float(v) for v in y[r, column : column + 3])

    right = asked(output)
    constant = np.repeat(x[:, :1], x.shape[1], axis=1)
    mistakes = (
        (
            asked(_stamped(constant, w, stride, "add"), row - 1),
            "No, the input is not constant horizontally: its columns differ.",
        ),
        (asked(output, row - 1), "No, but correct for the row above."),
        (right[::-1], "No, wrong horizontal order."),
        (
            asked(_stamped(x, w, stride, "last")),
            "No: where two stamps overlap, their numbers add up. The later one does "
            "not replace the earlier.",
        ),
        (
            asked(_stamped(x, w, stride, "mean")),
            "No: where two stamps overlap, their numbers add up. No mean is taken.",
        ),
    )
    wrong: dict[tuple[float, ...], str] = {}
    for numbers, sentence in mistakes:
        if numbers != right:
            wrong.setdefault(numbers, sentence)
    return ScatterQuiz(output, right, wrong)


def _stamped(x: np.ndarray, w: np.ndarray, stride: int, overlap: str) -> np.ndarray:
    """The output when overlaps add, when the last stamp stays, or with their mean."""
    x, w = x.astype(float), w.astype(float)
    total = conv_transpose2d(x[None], w[None, None], stride=stride)[0]
    if overlap == "add":
        return total
    if overlap == "mean":
        ones = np.ones_like(x)[None], np.ones_like(w)[None, None]
        return total / np.maximum(conv_transpose2d(*ones, stride=stride)[0], 1)
    (R, S), last = w.shape, np.zeros_like(total)
    for h, v in np.ndindex(x.shape):
        last[h * stride : h * stride + R, v * stride : v * stride + S] = x[h, v] * w
    return last
