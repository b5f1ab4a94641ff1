"""Answers to the exercises on volumes: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def padded(x, padding):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2)


def with_loops(x, w, b=None, *, stride=1, padding=0):
    x = padded(x, padding)
    (N, _, H, W), (F, _, R, S) = x.shape, w.shape
    P, Q = (H - R) // stride + 1, (W - S) // stride + 1
    out = np.zeros((N, F, P, Q))
    for n, f, p, q in np.ndindex(out.shape):
        i, j = p * stride, q * stride
        out[n, f, p, q] = np.sum(x[n, :, i : i + R, j : j + S] * w[f])
        if b is not None:
            out[n, f, p, q] += b[f]
    return out


def with_einsum(x, w, b=None, *, stride=1, padding=0):
    windows = sliding_window_view(padded(x, padding), w.shape[2:], axis=(2, 3))
    out = np.einsum("ncpqrs,fcrs->nfpq", windows[:, :, ::stride, ::stride], w)
    return out if b is None else out + b[:, None, None]


def size_without_floor(x, w, b=None, *, stride=1, padding=0):
    out = with_loops(x, w, b, stride=stride, padding=padding)
    P = -(-(x.shape[2] + 2 * padding - w.shape[2]) // stride) + 1
    return np.pad(out, [(0, 0), (0, 0), (0, P - out.shape[2]), (0, 0)])


def without_options(x, w, b=None):
    return with_loops(x, w, b)


def filters_last(x, w, b=None, *, stride=1, padding=0):
    return np.moveaxis(with_loops(x, w, b, stride=stride, padding=padding), 1, 3)


def columns_by_windows(x, kernel_size, *, stride=1, padding=0):
    windows = sliding_window_view(padded(x, padding), kernel_size, axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    rows = int(np.prod(kernel_size)) * len(x)
    return windows.transpose(0, 3, 4, 1, 2).reshape(rows, -1)


def columns_by_loops(x, kernel_size, *, stride=1, padding=0):
    x, (R, S) = padded(x, padding), kernel_size
    columns = [
        x[:, i : i + R, j : j + S].ravel()
        for i in range(0, x.shape[1] - R + 1, stride)
        for j in range(0, x.shape[2] - S + 1, stride)
    ]
    return np.stack(columns, axis=1)


def columns_of_one_channel(x, kernel_size, *, stride=1, padding=0):
    return columns_by_loops(x[:1], kernel_size, stride=stride, padding=padding)


def one_by_a_window(x, w, b, f, i, j, *, stride=1, padding=0):
    x = padded(x, padding)[:, i * stride :, j * stride :]
    return float(np.sum(x[:, : w.shape[2], : w.shape[3]] * w[f]) + b[f])


def one_of_all(x, w, b, f, i, j, *, stride=1, padding=0):
    return with_einsum(x[None], w, b, stride=stride, padding=padding)[0, f, i, j]


def one_not_summed(x, w, b, f, i, j, *, stride=1, padding=0):
    x = padded(x, padding)[:, i * stride :, j * stride :]
    return x[:, : w.shape[2], : w.shape[3]] * w[f] + b[f]


RIGHT = {
    "conv2d_naive": [with_loops, with_einsum],
    "im2col": [columns_by_windows, columns_by_loops],
    "one_output": [one_by_a_window, one_of_all],
}
WRONG = {
    "conv2d_naive": [
        (size_without_floor, "has shape"),
        (without_options, "Keep the first line"),
        (filters_last, "their order is not"),
    ],
    "im2col": [(columns_of_one_channel, "has shape")],
    "one_output": [(one_not_summed, "Is there a sum, or an index, still to do?")],
}
