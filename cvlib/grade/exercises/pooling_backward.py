"""Back through max pooling: the gradient goes to the winner."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception
from cvlib.pool import max_pool2d, max_pool2d_backward


def max_pool_backward(grad, x, kernel_size, stride):
    """The answer."""
    _, switches = max_pool2d(x, kernel_size, stride=stride, return_indices=True)
    return max_pool2d_backward(grad, switches, x.shape)


def routed(grad, x, kernel_size, stride, share, add=True):
    """Hand each gradient to its window, as `share` divides it."""
    out = np.zeros(x.shape)
    for c, p, q in np.ndindex(grad.shape):
        rows = slice(p * stride, p * stride + kernel_size)
        columns = slice(q * stride, q * stride + kernel_size)
        portion = grad[c, p, q] * share(x[c, rows, columns])
        if add:
            out[c, rows, columns] += portion
        else:
            out[c, rows, columns][portion != 0] = portion[portion != 0]
    return out


def first_winner(window):
    """All to the first of the largest."""
    share = np.zeros(window.shape)
    share.flat[window.argmax()] = 1
    return share


def every_winner(window):
    """All to each of the largest."""
    return (window == window.max()).astype(float)


def shared_by_winners(window):
    """The same part to each of the largest."""
    return every_winner(window) / every_winner(window).sum()


def last_winner(window):
    """All to the last of the largest."""
    share = np.zeros(window.shape)
    share.flat[window.size - 1 - window[::-1, ::-1].argmax()] = 1
    return share


def everyone(window):
    """The same part to everyone."""
    return np.full(window.shape, 1 / window.size)


def winner_across_then_down(window):
    """Row and column of the winner exchanged."""
    return first_winner(window).T


def ties_all_paid(grad, x, kernel_size, stride):
    """Each of several winners gets everything."""
    return routed(grad, x, kernel_size, stride, every_winner)


def ties_shared(grad, x, kernel_size, stride):
    """Several winners share."""
    return routed(grad, x, kernel_size, stride, shared_by_winners)


def ties_to_the_last(grad, x, kernel_size, stride):
    """The last of several winners gets everything."""
    return routed(grad, x, kernel_size, stride, last_winner)


def overwritten(grad, x, kernel_size, stride):
    """The last window that a pixel wins is the only one that counts."""
    return routed(grad, x, kernel_size, stride, first_winner, add=False)


def spread_out(grad, x, kernel_size, stride):
    """The way back through average pooling."""
    return routed(grad, x, kernel_size, stride, everyone)


def rows_for_columns(grad, x, kernel_size, stride):
    """Read the winner's place in its window the wrong way round."""
    return routed(grad, x, kernel_size, stride, winner_across_then_down)


def ones_for_winners(grad, x, kernel_size, stride):
    """Count victories."""
    return routed(np.ones(grad.shape), x, kernel_size, stride, first_winner)


def gradients(rng: np.random.Generator) -> Iterator[Case]:
    """Few different values, so that there are ties; no gradient is 0."""
    for kernel_size, stride in [(2, 2), (2, 1), (3, 2), (3, 1), (2, 3)]:
        for _ in range(3):
            P, Q = sizes(rng, 1, 3)
            H, W = ((n - 1) * stride + kernel_size for n in (P, Q))
            rest = rng.integers(0, stride, 2)
            x = rng.integers(-2, 2, (int(rng.integers(1, 3)), H + rest[0], W + rest[1]))
            grad = numbers(rng, len(x), P, Q) + 0.25
            yield Case(grad, x.astype(float), kernel_size, stride)
    peak = np.zeros((1, 3, 4))
    peak[0, 1, 1] = 5.0
    yield Case(numbers(rng, 1, 2, 3) + 0.25, peak, 2, 1)
    yield Case(numbers(rng, 1, 2, 1) + 0.25, np.full((1, 4, 2), -1.0), 2, 2)


EXERCISES = (
    Exercise(
        name="max_pool_backward",
        title="The gradient goes to the winner",
        reference=max_pool_backward,
        visible=(
            Case(
                np.array([[[10.0, 20], [30, 40]]]),
                np.array([[[1.0, 3, 2, 1], [2, 9, 1, 1], [1, 3, 2, 3], [5, 6, 1, 2]]]),
                2,
                2,
            ),
            Case(
                np.array([[[1.0, 10], [100, 1000]]]),
                np.array([[[0.0, 1, 0], [2, 7, 3], [0, 4, 0]]]),
                2,
                1,
            ),
            Case(
                np.array([[[5.0]], [[-2.0]]]),
                np.array([[[0.0, 4], [4, 4]], [[1, 1], [0, 3]]]),
                2,
                2,
            ),
        ),
        generate=gradients,
        misconceptions=(
            Misconception(
                "every winner of a tie paid",
                ties_all_paid,
                "Where two pixels share the maximum, you gave the gradient to both, "
                "so more went back than had come. Only the first, in reading order, "
                "receives it.",
            ),
            Misconception(
                "ties shared",
                ties_shared,
                "Where two pixels share the maximum, you divided the gradient between "
                "them. That would be fair, but the switch remembers one winner only: "
                "the first, in reading order.",
            ),
            Misconception(
                "ties to the last",
                ties_to_the_last,
                "Where two pixels share the maximum, you gave the gradient to the "
                "last. The winner is the first in reading order, as `argmax` finds "
                "it.",
            ),
            Misconception(
                "overlapping windows overwrite",
                overwritten,
                "A pixel that wins two windows keeps only the gradient of the later "
                "one. It moved both outputs, so it collects from both: use `+=`.",
            ),
            Misconception(
                "spread over the window",
                spread_out,
                "You spread each gradient evenly over its window: that is the way "
                "back through average pooling. Of a maximum, only the winner moved "
                "the output.",
            ),
            Misconception(
                "row and column exchanged",
                rows_for_columns,
                "You exchanged the winner's row and column. In a window of k columns, "
                "the flat index i stands in row `i // k` and column `i % k`.",
            ),
            Misconception(
                "ones instead of gradients",
                ones_for_winners,
                "You marked the winners with ones. What each of them must receive is "
                "the gradient that came back to its window, `grad[c, p, q]`.",
            ),
        ),
        page="book/layers/pooling",
        minutes=25,
        difficulty=2,
        points=3,
    ),
)
