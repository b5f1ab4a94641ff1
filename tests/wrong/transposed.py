"""Answers to the exercises on transposed convolution: right ones and wrong ones."""

import numpy as np


def by_stamps(x, w, stride):
    (H, W), (R, S) = x.shape, w.shape
    y = np.zeros(((H - 1) * stride + R, (W - 1) * stride + S))
    for h in range(H):
        for v in range(W):
            y[h * stride : h * stride + R, v * stride : v * stride + S] += x[h, v] * w
    return y


def tap_by_tap(x, w, stride):
    (H, W), (R, S) = x.shape, w.shape
    y = np.zeros(((H - 1) * stride + R, (W - 1) * stride + S))
    for i, j in np.ndindex(R, S):
        y[i : i + H * stride : stride, j : j + W * stride : stride][:H, :W] += (
            w[i, j] * x
        )
    return y


def by_zeros_between(x, w, stride):
    (H, W), (R, S) = x.shape, w.shape
    nails = np.zeros(((H - 1) * stride + 1, (W - 1) * stride + 1))
    nails[::stride, ::stride] = x
    padded = np.pad(nails, [(R - 1, R - 1), (S - 1, S - 1)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (R, S))
    return np.einsum("pqrs,rs->pq", windows, w[::-1, ::-1])


def exchanged(x, w, stride):
    return by_stamps(x, w, stride).T


def with_a_channel(x, w, stride):
    return by_stamps(x, w, stride)[None]


def one_column_a_stamp(w, size, stride):
    columns = []
    for k in range(size[0] * size[1]):
        one = np.zeros(size)
        one.flat[k] = 1
        columns.append(by_stamps(one, w, stride).ravel())
    return np.array(columns).T


def entry_by_entry(w, size, stride):
    (H, W), (R, S) = size, w.shape
    P, Q = (H - 1) * stride + R, (W - 1) * stride + S
    matrix = np.zeros((P * Q, H * W))
    for p, q, h, v in np.ndindex(P, Q, H, W):
        i, j = p - h * stride, q - v * stride
        if 0 <= i < R and 0 <= j < S:
            matrix[p * Q + q, h * W + v] = w[i, j]
    return matrix


def four_axes(w, size, stride):
    matrix = entry_by_entry(w, size, stride)
    return matrix.reshape(matrix.shape[0], *size)


def of_ones(w, size, stride):
    return (entry_by_entry(w, size, stride) != 0).astype(float)


def five_answers(x, w, stride, row, column):
    y, last = np.zeros((2, *by_stamps(x, w, stride).shape))
    count = np.zeros(y.shape)
    for (h, v), value in np.ndenumerate(x):
        rows = slice(h * stride, h * stride + w.shape[0])
        columns = slice(v * stride, v * stride + w.shape[1])
        y[rows, columns] += value * w
        last[rows, columns] = value * w
        count[rows, columns] += 1
    three = slice(column, column + 3)
    return {
        "right": y[row, three],
        "row above": y[row - 1, three],
        "backwards": y[row, three][::-1],
        "overwritten": last[row, three],
        "averaged": (y / np.maximum(count, 1))[row, three],
    }


def in_another_order(x, w, stride, row, column):
    found = five_answers(x, w, stride, row, column)
    ones = by_stamps(np.ones_like(x), np.ones_like(w), stride)
    found["averaged"] = found["right"] / np.maximum(ones, 1)[row, column : column + 3]
    return dict(sorted(found.items()))


def right_only(x, w, stride, row, column):
    return {"right": five_answers(x, w, stride, row, column)["right"]}


def whole_rows(x, w, stride, row, column):
    found = five_answers(x, w, stride, row, column)
    return found | {"right": by_stamps(x, w, stride)[row]}


def by_the_book(size, kernel_size, stride, padding):
    steps, extra = divmod(size + 2 * padding - kernel_size, stride)
    return steps + 1, stride - 1, kernel_size - padding - 1, extra


def by_counting(size, kernel_size, stride, padding):
    starts = range(-padding, size + padding - kernel_size + 1, stride)
    missed = size + padding - (starts[-1] + kernel_size)
    return [len(starts), stride - 1, kernel_size - 1 - padding, missed]


def in_fractions(size, kernel_size, stride, padding):
    return tuple(map(float, by_the_book(size, kernel_size, stride, padding)))


def three_of_four(size, kernel_size, stride, padding):
    return by_the_book(size, kernel_size, stride, padding)[:3]


RIGHT = {
    "transposed_scatter": [by_stamps, tap_by_tap, by_zeros_between],
    "upsampling_matrix": [one_column_a_stamp, entry_by_entry],
    "quiz_options": [five_answers, in_another_order],
    "transposed_settings": [by_the_book, by_counting],
}
WRONG = {
    "transposed_scatter": [(exchanged, "shape"), (with_a_channel, "shape")],
    "upsampling_matrix": [(four_axes, "shape"), (of_ones, "expected")],
    "quiz_options": [(right_only, "lacks"), (whole_rows, "shape")],
    "transposed_settings": [(in_fractions, "whole"), (three_of_four, "expected")],
}
