"""Answers to the exercises on learning filters: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def slide(x, w):
    return np.einsum("pqrs,rs->pq", sliding_window_view(x, w.shape), w)


def error_slides(x, w, y):
    error = slide(x, w) - y
    return 2 / error.size * slide(x, error)


def window_by_window(x, w, y):
    (R, S), gradient = w.shape, np.zeros(w.shape)
    for p, q in np.ndindex(y.shape):
        window = x[p : p + R, q : q + S]
        gradient += 2 * ((window * w).sum() - y[p, q]) * window
    return gradient / y.size


def least_squares(x, w, y):
    A = sliding_window_view(x, w.shape).reshape(y.size, w.size)
    return (2 / y.size * A.T @ (A @ w.ravel() - y.ravel())).reshape(w.shape)


def by_a_hair(x, w, y):
    """Finite differences: for a square the middle of two slopes is exact."""
    gradient = np.zeros(w.shape)
    for place in np.ndindex(w.shape):
        hair = np.zeros(w.shape)
        hair[place] = 0.5
        ahead = np.mean((slide(x, w + hair) - y) ** 2)
        behind = np.mean((slide(x, w - hair) - y) ** 2)
        gradient[place] = ahead - behind
    return gradient


def the_loss(x, w, y):
    return np.mean((slide(x, w) - y) ** 2)


def a_step_on(x, w, y):
    w -= 0.1 * error_slides(x, w, y)
    return w


def one_slope_for_all(x, w, y):
    error = slide(x, w) - y
    return np.full(w.shape, 2 * (error * y).mean())


RIGHT = {"kernel_gradient": [error_slides, window_by_window, least_squares, by_a_hair]}
WRONG = {
    "kernel_gradient": [
        (the_loss, "is a number, where an array is expected"),
        (a_step_on, "changed its argument `w`"),
        (one_slope_for_all, "Compute this one by hand"),
    ]
}
