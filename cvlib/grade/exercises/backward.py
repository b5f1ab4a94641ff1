"""The gradients of a convolution."""

from collections.abc import Iterator

import numpy as np

from cvlib import conv
from cvlib.grade.draw import numbers, sizes
from cvlib.grade.spec import Case, Exercise, Misconception


def conv2d_backward(grad, x, w):
    """The answer."""
    return conv.conv2d_backward(grad, x, w)


def right_gradients(grad, x, w):
    """Gather and scatter at every output, for the wrong ones below."""
    R, S = w.shape[2:]
    grad_x, grad_w = np.zeros(x.shape), np.zeros(w.shape)
    for p, q in np.ndindex(grad.shape[2:]):
        g = grad[:, :, p, q]  # (N, F)
        grad_x[:, :, p : p + R, q : q + S] += np.tensordot(g, w, 1)
        grad_w += np.tensordot(g.T, x[:, :, p : p + R, q : q + S], 1)
    return grad_x, grad_w, grad.sum(axis=(0, 2, 3))


def filters_not_turned(grad, x, w):
    """Slide the filters as they are over the padded gradient."""
    grad_x = right_gradients(grad, x, w[:, :, ::-1, ::-1])[0]
    return grad_x, *right_gradients(grad, x, w)[1:]


def pixels_overwritten(grad, x, w):
    """Write = where += is meant, for the pixels."""
    R, S = w.shape[2:]
    grad_x = np.zeros(x.shape)
    for p, q in np.ndindex(grad.shape[2:]):
        grad_x[:, :, p : p + R, q : q + S] = np.tensordot(grad[:, :, p, q], w, 1)
    return grad_x, *right_gradients(grad, x, w)[1:]


def weights_overwritten(grad, x, w):
    """Write = where += is meant, for the filters."""
    R, S = w.shape[2:]
    window = x[-1, :, -R:, -S:]  # the last one read
    grad_w = grad[-1, :, -1, -1][:, None, None, None] * window
    grad_x, _, grad_b = right_gradients(grad, x, w)
    return grad_x, grad_w, grad_b


def last_filter_only(grad, x, w):
    """What the other filters send back is lost."""
    grad_x = right_gradients(grad[:, -1:], x, w[-1:])[0]
    return grad_x, *right_gradients(grad, x, w)[1:]


def last_image_only(grad, x, w):
    """What the other images say about the filters is lost."""
    grad_w = right_gradients(grad[-1:], x[-1:], w)[1]
    grad_x, _, grad_b = right_gradients(grad, x, w)
    return grad_x, grad_w, grad_b


def weights_turned(grad, x, w):
    """Turn the gradient of the filters by half a turn."""
    grad_x, grad_w, grad_b = right_gradients(grad, x, w)
    return grad_x, grad_w[:, :, ::-1, ::-1], grad_b


def averaged_over_images(grad, x, w):
    """Divide the parameters' gradients by N."""
    grad_x, grad_w, grad_b = right_gradients(grad, x, w)
    return grad_x, grad_w / len(x), grad_b / len(x)


def bias_for_every_pixel(grad, x, w):
    """Add up over the images only."""
    return *right_gradients(grad, x, w)[:2], grad.sum(axis=0)


def bias_averaged(grad, x, w):
    """Take the mean of the gradients."""
    return *right_gradients(grad, x, w)[:2], grad.mean(axis=(0, 2, 3))


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """One and two images; oblong filters, from one pixel to as large as the picture."""
    for k in range(10):
        C, F = sizes(rng, 1, 3)
        (R, S), (P, Q) = sizes(rng, 1, 3), sizes(rng, 1, 3)
        N = 1 + k % 2
        if k > 5:
            F, R, S, P, Q = 2, 2, 3, 2, 2
        x = numbers(rng, N, C, P + R - 1, Q + S - 1)
        grad, w = numbers(rng, N, F, P, Q) + 0.25, numbers(rng, F, C, R, S)
        yield Case(grad, x, w)


EXERCISES = (
    Exercise(
        name="conv2d_backward",
        title="Back through a convolution",
        reference=conv2d_backward,
        visible=(
            Case(
                np.array([[[[1.0, 10]]]]),
                np.array([[[[1.0, 2, 3]]]]),
                np.array([[[[4.0, 5]]]]),
            ),
            Case(
                np.array([[[[1.0, 0], [0, 0]]]]),
                np.arange(9.0).reshape(1, 1, 3, 3),
                np.array([[[[1.0, 2], [3, 4]]]]),
            ),
            Case(
                np.array([[[[1.0]], [[2.0]]], [[[0.0]], [[-1.0]]]]),
                np.arange(8.0).reshape(2, 2, 1, 2),
                np.array([[[[1.0, 0]], [[0, 1]]], [[[2.0, 0]], [[0, 3]]]]),
            ),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "filters not turned",
                filters_not_turned,
                "The gradients of w and b are right, but in `grad_x` the filters lie "
                "the wrong way round. If they slide over the gradient, turn them by "
                "half a turn first; if you add `g * w[f]` window by window, leave them "
                "as they are.",
            ),
            Misconception(
                "pixels overwritten",
                pixels_overwritten,
                "A pixel that lies in several windows keeps only what the last of "
                "them sends back. It moved all their outputs, so it collects from "
                "all: use `+=`.",
            ),
            Misconception(
                "weights overwritten",
                weights_overwritten,
                "In `grad_w` only the last window counts: each wrote over what the one "
                "before had sent. A weight took part in every output, so what they "
                "send adds up: use `+=`.",
            ),
            Misconception(
                "last filter only",
                last_filter_only,
                "In `grad_x` only the last filter counts. Every filter read the same "
                "pixel, so what they send back adds up over f.",
            ),
            Misconception(
                "last image only",
                last_image_only,
                "In `grad_w` only the last image counts. All images were read with "
                "the same weights, so what they say about them adds up over n.",
            ),
            Misconception(
                "gradient of the filters turned",
                weights_turned,
                "You turned `grad_w` by half a turn. Only the way back to x turns the "
                "filters; the gradient of tap [r, s] pairs every output with the "
                "pixel that this tap lay on.",
            ),
            Misconception(
                "averaged over the images",
                averaged_over_images,
                "You divided the gradients of w and b by the number of images. If the "
                "loss is a mean, `grad` holds that factor already: here they add up.",
            ),
            Misconception(
                "a bias for every pixel",
                bias_for_every_pixel,
                "You added up the bias's gradient over the images only. A filter has "
                "one bias for all pixels, so add up over rows and columns too.",
            ),
            Misconception(
                "bias averaged",
                bias_averaged,
                "You took the mean of the gradient for the bias. The bias is added to "
                "every output, so it collects from each of them: use the sum.",
            ),
        ),
        page="book/layers/backward",
        minutes=45,
        difficulty=3,
        points=5,
    ),
)
