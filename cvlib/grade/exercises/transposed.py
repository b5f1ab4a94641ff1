"""Transposed convolution: by stamps, and as a matrix."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def transposed_scatter(x, w, stride):
    """The answer to the first."""
    return conv.conv_transpose2d(x[None], w[None, None], stride=stride)[0]


def stamps(x, w, step):
    """Every stamp: its value, and the rows and columns it lies on."""
    R, S = w.shape
    for (h, v), value in np.ndenumerate(x):
        yield value, (slice(h * step, h * step + R), slice(v * step, v * step + S))


def empty(x, w, stride):
    """Zeros of the right size."""
    sides = zip(x.shape, w.shape, strict=True)
    return np.zeros([(n - 1) * stride + k for n, k in sides])


def overwritten(x, w, stride):
    """The last stamp stays."""
    y = empty(x, w, stride)
    for value, place in stamps(x, w, stride):
        y[place] = value * w
    return y


def averaged(x, w, stride):
    """The mean of the stamps."""
    y = empty(x, w, stride)
    count = y.copy()
    for value, place in stamps(x, w, stride):
        y[place] += value * w
        count[place] += 1
    return y / np.maximum(count, 1)


def turned(x, w, stride):
    """Stamp the kernel turned by half a turn."""
    return transposed_scatter(x, w[::-1, ::-1], stride)


def side_by_side(x, w, stride):
    """A step of a whole kernel, whatever the stride."""
    R, S = w.shape
    y = np.zeros((x.shape[0] * R, x.shape[1] * S))
    for (h, v), value in np.ndenumerate(x):
        y[h * R : (h + 1) * R, v * S : (v + 1) * S] += value * w
    return y


def cut_to_multiple(x, w, stride):
    """As large as the input times the stride."""
    H, W = x.shape[0] * stride, x.shape[1] * stride
    y = transposed_scatter(x, w, stride)
    y = np.pad(y, [(0, max(0, H - y.shape[0])), (0, max(0, W - y.shape[1]))])
    return y[:H, :W]


def stride_between(x, w, stride):
    """As many zeros between as the stride says, one too many."""
    return transposed_scatter(x, w, stride + 1)


def dense(x, w, stride):
    """Stride 1."""
    return transposed_scatter(x, w, 1)


def shrunk(x, w, stride):
    """Slide the kernel: an ordinary convolution, zeros around so that it fits."""
    R, S = w.shape
    return conv.conv2d(
        x[None], w[None, None], stride=stride, padding=(R - 1, S - 1)
    )[0]  # fmt: skip


def maps(rng: np.random.Generator) -> Iterator[Case]:
    """Strides below, at and above the size of the kernel; no two sides alike."""
    plan = [
        (1, 2, 3, 2, 2), (2, 3, 3, 2, 2), (3, 2, 2, 3, 1), (2, 3, 4, 3, 2),
        (2, 2, 3, 4, 3), (3, 2, 2, 1, 3), (2, 3, 3, 3, 2), (3, 3, 4, 3, 3),
        (2, 4, 3, 2, 1), (3, 2, 4, 5, 2),
    ]  # fmt: skip
    for H, W, R, S, stride in plan:
        x, w = numbers(rng, H, W), numbers(rng, R, S)
        x[x == 0], w[w == 0] = 2.5, -2.0  # what is 0 stamps nothing
        yield Case(x, w, stride)


def upsampling_matrix(w, size, stride):
    """The answer to the second."""
    H, W = size
    columns = [
        transposed_scatter(one.reshape(H, W), w, stride).ravel()
        for one in np.eye(H * W)
    ]
    return np.stack(columns, axis=1)


def filled(w, size, stride, index, kernel=None):
    """A matrix whose row for tap (p, q) of an output (P, Q) is `index` of them."""
    (H, W), (R, S) = size, w.shape
    P, Q = (H - 1) * stride + R, (W - 1) * stride + S
    matrix = np.zeros((P * Q, H * W))
    for h, v in np.ndindex(H, W):
        for (i, j), weight in np.ndenumerate(w if kernel is None else kernel):
            row = index(h * stride + i, v * stride + j, P, Q, W)
            matrix[row, h * W + v] += weight
    return matrix


def of_the_convolution(w, size, stride):
    """C for its transpose."""
    return upsampling_matrix(w, size, stride).T


def kernel_turned(w, size, stride):
    """The turned kernel in every column."""
    return upsampling_matrix(w[::-1, ::-1], size, stride)


def down_the_columns(w, size, stride):
    """Outputs counted down the columns."""
    return filled(w, size, stride, lambda p, q, P, Q, W: q * P + p)


def narrow_rows(w, size, stride):
    """Outputs counted as if a row were as long as the input's."""
    return filled(w, size, stride, lambda p, q, P, Q, W: p * W + q)


def only_down(w, size, stride):
    """The stride for rows, 1 for columns, in a matrix of the right size."""
    (H, W), (R, S) = size, w.shape
    P, Q = (H - 1) * stride + R, (W - 1) * stride + S
    matrix = np.zeros((P * Q, H * W))
    for h, v in np.ndindex(H, W):
        for (i, j), weight in np.ndenumerate(w):
            matrix[(h * stride + i) * Q + v + j, h * W + v] += weight
    return matrix


def stamps_in_rows(w, size, stride):
    """Every stamp written as a run: the kernel without the gaps of its rows."""
    (H, W), (R, S) = size, w.shape
    P, Q = (H - 1) * stride + R, (W - 1) * stride + S
    matrix = np.zeros((P * Q, H * W))
    for h, v in np.ndindex(H, W):
        first = h * stride * Q + v * stride
        run = w.ravel()[: P * Q - first]
        matrix[first : first + len(run), h * W + v] = run
    return matrix


def plans(rng: np.random.Generator) -> Iterator[Case]:
    """Small maps, kernels of any shape, strides of 1 to 3."""
    plan = [
        (1, 2, 2, 3, 2), (2, 1, 3, 2, 2), (2, 2, 2, 3, 2), (2, 3, 2, 2, 1),
        (3, 2, 3, 2, 2), (2, 2, 3, 2, 3), (1, 3, 3, 2, 1), (2, 3, 3, 2, 2),
    ]  # fmt: skip
    for H, W, R, S, stride in plan:
        w = numbers(rng, R, S)
        w[w == 0] = 2.0
        yield Case(w, (H, W), stride)


X, W = np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 0, 2], [0, 1, 0], [2, 0, 3]])

EXERCISES = (
    Exercise(
        name="transposed_scatter",
        title="Set the stamps",
        reference=transposed_scatter,
        visible=(
            Case(np.array([[1.0, 2]]), np.array([[1.0, 2, 3]]), 2),
            Case(X, np.ones((2, 2)), 2),
            Case(X, W, 2),
            Case(X, W, 1),
            Case(np.array([[1.0, 2]]), np.array([[1.0], [2]]), 3),
        ),
        generate=maps,
        misconceptions=(
            Misconception(
                "overwritten",
                overwritten,
                "Where two stamps overlap, your later one replaces the earlier. They "
                "add up: write `+=`, not `=`.",
            ),
            Misconception(
                "averaged",
                averaged,
                "Where stamps overlap you take their mean. They add up, however many "
                "there are; that is what makes the layer the transpose of a matrix.",
            ),
            Misconception(
                "kernel turned",
                turned,
                "Your stamps are turned by 180°. The kernel is turned when it *slides* "
                "over the input with zeros between; a stamp is set as it is.",
            ),
            Misconception(
                "side by side",
                side_by_side,
                "Your stamps lie side by side, a kernel's size apart. They are "
                "`stride` pixels apart, and overlap where the stride is smaller.",
            ),
            Misconception(
                "size n · stride",
                cut_to_multiple,
                "Your result is n · stride pixels long. The last stamp begins at "
                "(n − 1) · stride and has k pixels: (n − 1) · stride + k.",
            ),
            Misconception(
                "stride zeros between",
                stride_between,
                "Your stamps are stride + 1 pixels apart, as if there were `stride` "
                "zeros between the numbers. Stamp (h, v) begins at (h · stride, "
                "v · stride).",
            ),
            Misconception(
                "stride not used",
                dense,
                "Your stamps are one pixel apart whatever the stride. Stamp (h, v) "
                "begins at (h · stride, v · stride).",
            ),
            Misconception(
                "an ordinary convolution",
                shrunk,
                "You slide the kernel over the input with this stride, so the map "
                "shrinks. Here it is the output on which the stride steps: every input "
                "number sets the kernel down, times itself.",
            ),
        ),
        page="book/upsampling/transposed",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="upsampling_matrix",
        title="The transpose in the name",
        reference=upsampling_matrix,
        visible=(
            Case(np.array([[1.0, 2, 3]]), (1, 2), 2),
            Case(np.array([[1.0, 2], [3, 4]]), (1, 2), 1),
            Case(np.array([[1.0, 2], [3, 4]]), (2, 2), 1),
        ),
        generate=plans,
        misconceptions=(
            Misconception(
                "matrix of the convolution",
                of_the_convolution,
                "This is the matrix of the convolution, which has a row for each pixel "
                "of the *small* map. You want its transpose: a row for each pixel of "
                "the large one, a column for each stamp.",
            ),
            Misconception(
                "kernel turned",
                kernel_turned,
                "The kernel in your columns is turned by 180°. A column is a stamp, "
                "and a stamp is the kernel as it is.",
            ),
            Misconception(
                "down the columns",
                down_the_columns,
                "You count the output's pixels down its columns. `ravel` goes along "
                "the rows: pixel (p, q) of an output of width Q is number p · Q + q.",
            ),
            Misconception(
                "rows of the input's width",
                narrow_rows,
                "You count the output's pixels with the width of the input. Pixel "
                "(p, q) is number p · Q + q, with the *output's* width Q = (W − 1) · "
                "stride + S.",
            ),
            Misconception(
                "stride down only",
                only_down,
                "Your stamps step by `stride` down and by 1 to the right. Stamp (h, v) "
                "begins at (h · stride, v · stride).",
            ),
            Misconception(
                "stamps without gaps",
                stamps_in_rows,
                "You write the kernel into a column in one run. Its second row stands "
                "one *output row* further, Q entries after the first: there are zeros "
                "between.",
            ),
        ),
        page="book/upsampling/transposed",
        minutes=25,
        difficulty=3,
        points=3,
    ),
)
