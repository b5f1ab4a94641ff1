"""Answers to the exercise on the backward convolution: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_loops(grad, x, w):
    grad_x, grad_w, grad_b = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
    R, S = w.shape[2:]
    for n, f, p, q in np.ndindex(grad.shape):
        g = grad[n, f, p, q]
        grad_x[n, :, p : p + R, q : q + S] += g * w[f]
        grad_w[f] += g * x[n, :, p : p + R, q : q + S]
        grad_b[f] += g
    return grad_x, grad_w, grad_b


def tap_by_tap(grad, x, w):
    P, Q = grad.shape[2:]
    grad_x, grad_w = np.zeros(x.shape), np.zeros(w.shape)
    for r, s in np.ndindex(w.shape[2:]):
        seen = x[:, :, r : r + P, s : s + Q]
        grad_w[:, :, r, s] = np.einsum("nfpq,ncpq->fc", grad, seen)
        back = np.einsum("nfpq,fc->ncpq", grad, w[:, :, r, s])
        grad_x[:, :, r : r + P, s : s + Q] += back
    return grad_x, grad_w, grad.sum((0, 2, 3))


def as_two_convolutions(grad, x, w):
    R, S = w.shape[2:]
    room = np.pad(grad, [(0, 0), (0, 0), (R - 1, R - 1), (S - 1, S - 1)])
    windows = sliding_window_view(room, (R, S), axis=(2, 3))
    grad_x = np.einsum("nfhwrs,fcrs->nchw", windows, w[:, :, ::-1, ::-1])
    windows = sliding_window_view(x, grad.shape[2:], axis=(2, 3))
    grad_w = np.einsum("ncrspq,nfpq->fcrs", windows, grad)
    return grad_x, grad_w, np.einsum("nfpq->f", grad)


def by_difference_quotients(grad, x, w):
    """The convolution is linear in each of its arrays, so a step of 1 is exact."""

    def loss(x, w, b):
        windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
        y = np.einsum("ncpqrs,fcrs->nfpq", windows, w) + b[:, None, None]
        return (grad * y).sum()

    given = [x, w, np.zeros(len(w))]
    gradients = [np.zeros(array.shape) for array in given]
    for array, gradient in zip(given, gradients, strict=True):
        for place in np.ndindex(array.shape):
            before = array[place]
            array[place] = before + 0.5
            above = loss(*given)
            array[place] = before - 0.5
            below = loss(*given)
            array[place] = before
            gradient[place] = above - below
    return gradients


def weights_first(grad, x, w):
    grad_x, grad_w, grad_b = tap_by_tap(grad, x, w)
    return grad_w, grad_x, grad_b


def without_bias(grad, x, w):
    return tap_by_tap(grad, x, w)[:2]


def filters_exchanged(grad, x, w):
    grad_x, grad_w, grad_b = tap_by_tap(grad, x, w)
    return grad_x, grad_w.swapaxes(0, 1), grad_b


RIGHT = {
    "conv2d_backward": [
        with_loops,
        tap_by_tap,
        as_two_convolutions,
        by_difference_quotients,
    ]
}
WRONG = {
    "conv2d_backward": [
        (weights_first, "Part `[0]` of the answer has shape"),
        (without_bias, "has 2 parts"),
        (filters_exchanged, "Part `[1]` of the answer"),
    ]
}
