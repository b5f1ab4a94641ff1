"""Answers to the exercises on pooling: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_loops(x, kernel_size, stride):
    C, H, W = x.shape
    P, Q = (H - kernel_size) // stride + 1, (W - kernel_size) // stride + 1
    out = np.empty((C, P, Q))
    for c, p, q in np.ndindex(out.shape):
        i, j = p * stride, q * stride
        out[c, p, q] = x[c, i : i + kernel_size, j : j + kernel_size].max()
    return out


def with_windows(x, kernel_size, stride):
    windows = sliding_window_view(x, (kernel_size, kernel_size), axis=(1, 2))
    return windows[:, ::stride, ::stride].max(axis=(3, 4))


def tap_by_tap(x, kernel_size, stride):
    _, H, W = x.shape
    P, Q = (H - kernel_size) // stride + 1, (W - kernel_size) // stride + 1
    out = np.full((len(x), P, Q), -np.inf)
    for r, s in np.ndindex(kernel_size, kernel_size):
        taps = x[:, r : r + P * stride : stride, s : s + Q * stride : stride]
        out = np.maximum(out, taps[:, :P, :Q])
    return out


def indices_too(x, kernel_size, stride):
    return with_loops(x, kernel_size, stride), None


def whole_numbers(x, kernel_size, stride):
    return with_loops(x, kernel_size, stride).astype(int)


def by_argmax(grad, x, kernel_size, stride):
    out = np.zeros_like(x)
    for c, p, q in np.ndindex(grad.shape):
        i, j = p * stride, q * stride
        window = x[c, i : i + kernel_size, j : j + kernel_size]
        r, s = np.unravel_index(window.argmax(), window.shape)
        out[c, i + r, j + s] += grad[c, p, q]
    return out


def by_search(grad, x, kernel_size, stride):
    out = np.zeros(x.shape)
    for c, p, q in np.ndindex(grad.shape):
        best = None
        for r in range(p * stride, p * stride + kernel_size):
            for s in range(q * stride, q * stride + kernel_size):
                if best is None or x[c, r, s] > x[c, best[0], best[1]]:
                    best = r, s
        out[c, best[0], best[1]] += grad[c, p, q]
    return out


def all_windows_at_once(grad, x, kernel_size, stride):
    windows = sliding_window_view(x, (kernel_size, kernel_size), axis=(1, 2))
    windows = windows[:, ::stride, ::stride].reshape(*grad.shape, -1)
    r, s = np.divmod(windows.argmax(axis=3), kernel_size)
    c, p, q = np.indices(grad.shape)
    out = np.zeros(x.shape)
    np.add.at(out, (c, p * stride + r, q * stride + s), grad)
    return out


def in_the_shape_of_grad(grad, x, kernel_size, stride):
    return grad * (with_loops(x, kernel_size, stride) != 0)


def into_x(grad, x, kernel_size, stride):
    gradient = by_argmax(grad, x, kernel_size, stride)
    x[:] = 0
    return gradient


RIGHT = {
    "max_pool": [with_loops, with_windows, tap_by_tap],
    "max_pool_backward": [by_argmax, by_search, all_windows_at_once],
}
WRONG = {
    "max_pool": [(indices_too, "expected"), (whole_numbers, "cuts off what follows")],
    "max_pool_backward": [
        (in_the_shape_of_grad, "has shape"),
        (into_x, "changed its argument `x`"),
    ],
}
