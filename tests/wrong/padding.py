"""Answers to the exercises on padding: right ones and wrong ones."""

import numpy as np


def half_and_rest(kernel_size, dilation=1):
    total = dilation * (kernel_size - 1)
    return total // 2, total - total // 2


def by_reach(kernel_size, dilation=1):
    reach = dilation * (kernel_size - 1) + 1
    return (reach - 1) // 2, reach // 2


def one_by_one(kernel_size, dilation=1):
    zeros = [0, 0]
    for i in range(dilation * (kernel_size - 1)):
        zeros[1 - i % 2] += 1
    return zeros


def one_number(kernel_size, dilation=1):
    return dilation * (kernel_size - 1) // 2


def whole_but_floating(kernel_size, dilation=1):
    before, after = half_and_rest(kernel_size, dilation)
    return float(before), float(after)


def with_np_pad(image, kernel_size):
    return np.pad(image, ((kernel_size - 1) // 2, kernel_size // 2))


def laid_into_zeros(image, kernel_size):
    H, W = image.shape
    before = kernel_size // 2 - 1
    out = np.zeros((H + kernel_size - 1, W + kernel_size - 1))
    out[before : before + H, before : before + W] = image
    return out


def glued(image, kernel_size):
    before, after = kernel_size // 2 - 1, kernel_size // 2
    for _ in range(2):  # rows, then columns
        W = image.shape[1]
        rows = [np.zeros((before, W)), image, np.zeros((after, W))]
        image = np.concatenate(rows).T
    return image


def in_bytes(image, kernel_size):
    return with_np_pad(image, kernel_size).astype(np.uint8)


def not_padded(image, kernel_size):
    return image


RIGHT = {
    "same_padding": [half_and_rest, by_reach, one_by_one],
    "pad_even": [with_np_pad, laid_into_zeros, glued],
}
WRONG = {
    "same_padding": [
        (one_number, "is a number, where a tuple is expected"),
        (whole_but_floating, "`//` divides whole numbers"),
    ],
    "pad_even": [(in_bytes, "cuts off"), (not_padded, "has shape")],
}
