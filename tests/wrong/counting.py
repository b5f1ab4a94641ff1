"""Answers to the exercises on counting: right ones and wrong ones."""

import math

import numpy as np


def filter_by_filter(in_channels, out_channels, kernel_size, bias=True):
    total = 0
    for _ in range(out_channels):
        total += in_channels * kernel_size * kernel_size
        if bias:
            total += 1
    return total


def sizes_of_arrays(in_channels, out_channels, kernel_size, bias=True):
    w = np.empty((out_channels, in_channels, kernel_size, kernel_size))
    return w.size + (out_channels if bias else 0)


def a_fraction(in_channels, out_channels, kernel_size, bias=True):
    return float(sizes_of_arrays(in_channels, out_channels, kernel_size, bias))


def per_pixel(in_channels, out_channels, kernel_size, bias=True):
    return 32 * 32 * sizes_of_arrays(in_channels, out_channels, kernel_size, bias)


def row_by_row(n, channels, layers):
    table = []
    for filters, k, stride, padding in layers:
        n = math.floor((n + 2 * padding - k) / stride) + 1
        table.append((n, filters, (k * k * channels + 1) * filters))
        channels = filters
    return table


def count_the_places(n, channels, layers):
    table, depths = [], [channels] + [layer[0] for layer in layers]
    for depth, (filters, k, stride, padding) in zip(depths, layers, strict=False):
        n = len(range(-padding, n + padding - k + 1, stride))
        table.append([n, filters, filters * depth * k**2 + filters])
    return table


def recursively(n, channels, layers):
    if not layers:
        return []
    (filters, k, stride, padding), *above = layers
    n = (n + 2 * padding - k + stride) // stride
    row = (n, filters, filters * (channels * k * k + 1))
    return [row, *recursively(n, filters, above)]


def fractions(n, channels, layers):
    return [(float(size), f, p) for size, f, p in row_by_row(n, channels, layers)]


def the_picture_too(n, channels, layers):
    return [(n, channels, 0), *row_by_row(n, channels, layers)]


def the_last_row(n, channels, layers):
    return row_by_row(n, channels, layers)[-1]


RIGHT = {
    "conv_params": [filter_by_filter, sizes_of_arrays],
    "shape_table": [row_by_row, count_the_places, recursively],
}
WRONG = {
    "conv_params": [(a_fraction, "holds fractions"), (per_pixel, "is expected")],
    "shape_table": [
        (fractions, "`//` divides whole numbers"),
        (the_picture_too, "parts"),
        (the_last_row, "expected"),
    ],
}
