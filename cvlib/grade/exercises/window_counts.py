"""How many windows, the same answers in one pass, and what each way costs."""

import math
from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers
from cvlib.grade.spec import Case, Exercise, Misconception


def count_windows(height, width, window, stride, scales):
    """The answer."""
    total = 0
    for scale in scales:
        H, W = math.floor(height * scale), math.floor(width * scale)
        if window <= H and window <= W:
            total += ((H - window) // stride + 1) * ((W - window) // stride + 1)
    return total


def one_missing(height, width, window, stride, scales):
    """Count the steps, not the places."""
    total = 0
    for scale in scales:
        H, W = math.floor(height * scale), math.floor(width * scale)
        if window <= H and window <= W:
            total += ((H - window) // stride) * ((W - window) // stride)
    return total


def over_the_edge(height, width, window, stride, scales):
    """Let the last window hang over the edge."""
    total = 0
    for scale in scales:
        H, W = math.floor(height * scale), math.floor(width * scale)
        if window <= H and window <= W:
            total += (-(-(H - window) // stride) + 1) * (-(-(W - window) // stride) + 1)
    return total


def scales_ignored(height, width, window, stride, scales):
    """Count the same windows once a scale."""
    return len(scales) * count_windows(height, width, window, stride, [1])


def window_scaled(height, width, window, stride, scales):
    """Scale the window instead of the picture."""
    return sum(
        count_windows(height, width, max(1, math.floor(window * s)), stride, [1])
        for s in scales
    )


def negative_sides(height, width, window, stride, scales):
    """Let two negative counts make a positive one."""
    total = 0
    for scale in scales:
        H, W = math.floor(height * scale), math.floor(width * scale)
        total += ((H - window) // stride + 1) * ((W - window) // stride + 1)
    return total


def area_divided(height, width, window, stride, scales):
    """Divide the areas."""
    return sum(
        math.floor(height * s) * math.floor(width * s) // (window * window)
        for s in scales
    )


def stride_of_one(height, width, window, stride, scales):
    """Forget the stride."""
    return count_windows(height, width, window, 1, scales)


def rounded_up(height, width, window, stride, scales):
    """Round the sides up."""
    return sum(
        count_windows(math.ceil(height * s), math.ceil(width * s), window, stride, [1])
        for s in scales
    )


def pictures(rng: np.random.Generator) -> Iterator[Case]:
    """Windows that fit, that do not, with and without a rest, one to three scales."""
    yield Case(9, 12, 20, 3, [1])
    yield Case(int(rng.integers(40, 60)), int(rng.integers(61, 90)), 16, 7, [1, 0.25])
    window, stride = (int(n) for n in rng.integers(6, 12, 2))
    odd = (2 * (window + k * stride) - 1 for k in (3, 2))  # half of it: one too few
    yield Case(*odd, window, stride, [0.5])
    for scales in ([1], [1, 0.5], [0.5], [2, 1, 0.5], [1, 0.75, 0.5], [0.25, 1]):
        height, width = (int(n) for n in rng.integers(21, 100, 2))
        window, stride = int(rng.integers(5, 21)), int(rng.integers(2, 9))
        yield Case(height, width, window, stride, scales)


def fc_as_convolution(x, weight, bias, height, width):
    """The answer."""
    kernel = weight.reshape(len(weight), len(x), height, width)
    seen = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(1, 2))
    return np.einsum("cpqhw,fchw->fpq", seen, kernel) + bias[:, None, None]


def channels_last(x, weight, bias, height, width):
    """Read the row as height, width, channel."""
    C = len(x)
    turned = weight.reshape(-1, height, width, C).transpose(0, 3, 1, 2)
    return fc_as_convolution(x, turned.reshape(weight.shape), bias, height, width)


def kernel_flipped(x, weight, bias, height, width):
    """Flip the kernel, as mathematics would."""
    kernel = weight.reshape(-1, len(x), height, width)[..., ::-1, ::-1]
    return fc_as_convolution(x, kernel.reshape(weight.shape), bias, height, width)


def bias_forgotten(x, weight, bias, height, width):
    """Leave the bias out."""
    return fc_as_convolution(x, weight, 0 * bias, height, width)


def first_window(x, weight, bias, height, width):
    """Answer for one window only."""
    seen = x[:, :height, :width].reshape(-1)
    return (weight @ seen + bias)[:, None, None]


def windows_apart(x, weight, bias, height, width):
    """Step by a whole window."""
    return fc_as_convolution(x, weight, bias, height, width)[:, ::height, ::width]


def scores_last(x, weight, bias, height, width):
    """Put the scores last."""
    return fc_as_convolution(x, weight, bias, height, width).transpose(1, 2, 0)


def sides_exchanged(x, weight, bias, height, width):
    """Read the rows of the map as columns."""
    kernel = weight.reshape(-1, len(x), width, height).transpose(0, 1, 3, 2)
    return fc_as_convolution(x, kernel.reshape(weight.shape), bias, height, width)


def maps(rng: np.random.Generator) -> Iterator[Case]:
    """Maps as large as the window, and larger ones; windows wide and high."""
    for C, F, h, w, more in (
        (2, 2, 2, 2, (0, 0)), (2, 1, 1, 3, (2, 1)), (3, 2, 2, 3, (1, 2)),
        (2, 3, 3, 2, (3, 1)), (3, 2, 2, 2, (2, 3)),
        (1, 3, 2, 3, (3, 0)), (4, 1, 2, 1, (1, 1)), (2, 2, 3, 3, (1, 0)),
    ):  # fmt: skip
        x = numbers(rng, C, h + more[0], w + more[1])
        bias = 1 + rng.integers(1, 5, F) / 2
        yield Case(x, numbers(rng, F, C * h * w), bias, h, w)


def cost_of(n, layers, *, step=True, square=True):
    """Multiply-adds of square layers on an n × n picture, and the side at the end."""
    total = 0
    for c_in, c_out, kernel, stride in layers:
        n = (n - kernel) // (stride if step else 1) + 1
        total += n * n * c_in * c_out * (kernel * kernel if square else kernel)
    return total, n


def window_costs(size, window, layers):
    """The answer."""
    convolved, side = cost_of(size, layers)
    return side * side * cost_of(window, layers)[0], convolved


def one_window(size, window, layers):
    """Forget how many windows there are."""
    return cost_of(window, layers)[0], cost_of(size, layers)[0]


def every_pixel(size, window, layers):
    """Take a window at every pixel."""
    side = size - window + 1
    return side * side * cost_of(window, layers)[0], cost_of(size, layers)[0]


def side_by_side(size, window, layers):
    """Take windows that do not overlap."""
    side = size // window
    return side * side * cost_of(window, layers)[0], cost_of(size, layers)[0]


def kernel_not_squared(size, window, layers):
    """Count a kernel of k × k as k."""
    convolved, side = cost_of(size, layers, square=False)
    return side * side * cost_of(window, layers, square=False)[0], convolved


def size_kept(size, window, layers):
    """Let every layer keep the size, as if it padded."""
    _, side = cost_of(size, layers)
    both = []
    for n in (window, size):
        total, m = 0, n
        for c_in, c_out, kernel, stride in layers:
            m = -(-m // stride)
            total += m * m * c_in * c_out * kernel * kernel
        both.append(total)
    return side * side * both[0], both[1]


def exchanged(size, window, layers):
    """Give the two in the other order."""
    return window_costs(size, window, layers)[::-1]


def row_only(size, window, layers):
    """Count the windows of one row."""
    convolved, side = cost_of(size, layers)
    return side * cost_of(window, layers)[0], convolved


def slid_nets(rng: np.random.Generator) -> Iterator[Case]:
    """One to four layers; the last is as large as the map that a window gives."""
    for body, more in (
        ([], 3), ([(3, 1)], 4), ([(3, 2)], 5), ([(5, 1), (2, 2)], 4),
        ([(3, 2), (3, 1)], 7), ([(3, 1), (2, 2), (2, 2)], 3),
        ([(3, 1), (3, 1)], 2), ([(2, 2)], 6),
    ):  # fmt: skip
        n = int(rng.integers(2, 5))
        layers, channels, jump = [], 3, 1
        widths = [int(c) for c in rng.integers(2, 9, len(body) + 2)]
        side = n
        for kernel, stride in reversed(body):
            side = (side - 1) * stride + kernel
            jump *= stride
        window = side
        for (kernel, stride), width in zip(body, widths, strict=False):
            layers.append((channels, width, kernel, stride))
            channels = width
        layers.append((channels, widths[-2], n, 1))
        layers.append((widths[-2], widths[-1], 1, 1))
        rest = int(rng.integers(0, jump))
        yield Case(window + more * jump + rest, window, layers)


EXERCISES = (
    Exercise(
        name="count_windows",
        title="How many windows?",
        reference=count_windows,
        visible=(
            Case(8, 12, 4, 2, [1]),
            Case(9, 14, 4, 3, [1]),
            Case(16, 24, 8, 4, [1, 0.5]),
            Case(16, 24, 8, 4, [1, 0.25]),
        ),
        generate=pictures,
        misconceptions=(
            Misconception(
                "steps instead of places",
                one_missing,
                "You count the steps. A window that takes 3 steps stands in 4 "
                "places: one more in each direction.",
            ),
            Misconception(
                "over the edge",
                over_the_edge,
                "Your last windows hang over the edge. Only whole windows count, so "
                "the division rounds down.",
            ),
            Misconception(
                "scales not used",
                scales_ignored,
                "You count the same windows for every scale. Resize the picture "
                "first: at scale 0.5 its sides are half as long.",
            ),
            Misconception(
                "window scaled",
                window_scaled,
                "You scale the window. Here the picture is resized and the window "
                "stays: a smaller picture holds fewer windows, and each sees more.",
            ),
            Misconception(
                "minus times minus",
                negative_sides,
                "A window that is too large gives a count below zero in both "
                "directions, and their product is positive. Where the window does "
                "not fit there are none.",
            ),
            Misconception(
                "areas divided",
                area_divided,
                "You divide the areas. That counts windows side by side; these "
                "overlap, because the stride is smaller than the window.",
            ),
            Misconception(
                "stride forgotten",
                stride_of_one,
                "You put a window at every pixel. The window moves by `stride`.",
            ),
            Misconception(
                "sides rounded up",
                rounded_up,
                "You round the sides of the resized picture up. They are rounded "
                "down: math.floor(height * scale).",
            ),
        ),
        page="book/locating/sliding-windows",
        minutes=10,
        difficulty=1,
        points=2,
    ),
    Exercise(
        name="fc_as_convolution",
        title="A layer that slides",
        reference=fc_as_convolution,
        visible=(
            Case(
                np.arange(4.0).reshape(1, 2, 2),
                np.array([[1.0, 2, 3, 4]]),
                np.array([10.0]),
                2,
                2,
            ),
            Case(
                np.arange(6.0).reshape(1, 2, 3),
                np.array([[1.0, 2, 3, 4]]),
                np.array([10.0]),
                2,
                2,
            ),
            Case(
                np.arange(12.0).reshape(2, 2, 3),
                np.array([[1.0, 0, 0, 2], [0, 1, 0, -1]]),
                np.array([1.0, -1.0]),
                1,
                2,
            ),
            Case(
                np.arange(24.0).reshape(2, 3, 4),
                np.arange(12.0)[None] - 5,
                np.array([0.5]),
                2,
                3,
            ),
        ),
        generate=maps,
        misconceptions=(
            Misconception(
                "channels last",
                channels_last,
                "You read a row of the weights as height, width, channel. The map "
                "was flattened as (C, h, w): the channel changes slowest.",
            ),
            Misconception(
                "kernel flipped",
                kernel_flipped,
                "Your kernel is flipped. The layer multiplies entry by entry, "
                "without turning anything round: that is cross-correlation.",
            ),
            Misconception(
                "bias forgotten",
                bias_forgotten,
                "The bias is missing. The layer adds it to every answer, so every "
                "place of the map gets it once.",
            ),
            Misconception(
                "one window only",
                first_window,
                "You answer for the first window. The map may be larger than "
                "(height, width): give an answer for every place, (F, P, Q).",
            ),
            Misconception(
                "windows side by side",
                windows_apart,
                "Your windows stand side by side. A convolution moves by one unit of "
                "the map at a time.",
            ),
            Misconception(
                "scores last",
                scores_last,
                "Your scores stand in the last axis. A map of scores is (F, P, Q), "
                "like any other map.",
            ),
            Misconception(
                "rows read as columns",
                sides_exchanged,
                "You read the weights as (C, w, h). Rows come first: (C, h, w).",
            ),
        ),
        page="book/locating/sliding-windows",
        minutes=20,
        difficulty=2,
        points=3,
    ),
    Exercise(
        name="window_costs",
        title="What sliding saves",
        reference=window_costs,
        visible=(
            Case(6, 4, [(3, 2, 4, 1)]),
            Case(6, 4, [(3, 2, 3, 1), (2, 5, 2, 1)]),
            Case(15, 9, [(3, 4, 3, 2), (4, 8, 4, 1), (8, 2, 1, 1)]),
        ),
        generate=slid_nets,
        misconceptions=(
            Misconception(
                "one window",
                one_window,
                "You give the cost of a single window. Multiply by how many there "
                "are: as many as the net gives answers on the whole picture.",
            ),
            Misconception(
                "a window at every pixel",
                every_pixel,
                "You take a window at every pixel. The strides of the layers decide: "
                "the net gives an answer every product-of-strides pixels, and only "
                "those windows are compared.",
            ),
            Misconception(
                "windows that do not overlap",
                side_by_side,
                "You count windows side by side. They overlap; that is why one pass "
                "saves anything. Count the answers of the net on the picture.",
            ),
            Misconception(
                "kernel not squared",
                kernel_not_squared,
                "A kernel of 3 × 3 has nine products for each pair of channels, not "
                "three.",
            ),
            Misconception(
                "size kept",
                size_kept,
                "You let layers keep the size. Nothing is padded here: a layer gives "
                "(n − k) // stride + 1.",
            ),
            Misconception(
                "other order",
                exchanged,
                "The two numbers are right and exchanged: first the cost of cutting "
                "out, then that of one pass.",
            ),
            Misconception(
                "one row of windows",
                row_only,
                "You count the windows of one row. There are as many rows as columns.",
            ),
        ),
        page="book/locating/sliding-windows",
        minutes=20,
        difficulty=3,
        points=3,
    ),
)
