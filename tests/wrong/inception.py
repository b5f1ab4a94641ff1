"""Answers to the exercises on Inception: right ones and wrong ones."""

import re

import numpy as np


def channels_in_a_loop(in_channels, modules):
    found = []
    for module in modules:
        last = found[-1] if found else in_channels
        found.append(module[0] + module[2] + module[4] + (module[5] or last))
    return found


def channels_by_slices(in_channels, modules):
    rows, C = np.array(modules)[:, [0, 2, 4, 5]], in_channels
    out = []
    for row in rows:
        C = int(row.sum() + C * (row[-1] == 0))
        out.append(C)
    return tuple(out)


def last_only(in_channels, modules):
    return channels_in_a_loop(in_channels, modules)[-1]


def only_large_kernels(in_channels, modules):
    return [m[2] + m[4] for m in modules]


def layer_by_layer(side, in_channels, widths):
    n1, r3, n3, r5, n5, pool = widths
    C = in_channels
    layers = [
        (C, n1, 1),
        (C, r3, 1),
        (r3, n3, 3),
        (C, r5, 1),
        (r5, n5, 5),
        (C, pool, 1),
    ]
    weights = sum(a * b * k * k for a, b, k in layers)
    return weights, weights * side**2


def as_a_product(side, in_channels, widths):
    n = np.array(widths, dtype=np.int64)
    read = np.array([in_channels, in_channels, n[1], in_channels, n[3], in_channels])
    weights = int((read * n * np.array([1, 1, 9, 1, 25, 1])).sum())
    return [weights, side * side * weights]


def weights_alone(side, in_channels, widths):
    return layer_by_layer(side, in_channels, widths)[0]


def exchanged(side, in_channels, widths):
    return layer_by_layer(side, in_channels, widths)[::-1]


def both_readings(printed, computed):
    powers, wrong = {"": 0, "K": 1, "M": 2}, []
    for row, (text, value) in enumerate(zip(printed, computed, strict=True)):
        number, letter = re.fullmatch(r"([\d.]+)([KM]?)", text).groups()
        readings = [float(number) * base ** powers[letter] for base in (1000, 1024)]
        if min(abs(r - value) for r in readings) > 0.01 * value:
            wrong.append(row)
    return wrong


def vectorised(printed, computed):
    letters = np.array([t[-1] if t[-1] in "KM" else "" for t in printed])
    numbers = np.array([float(t.rstrip("KM")) for t in printed])
    power = np.select([letters == "M", letters == "K"], [2, 1], 0)
    readings = numbers * np.array([[1000.0], [1024.0]]) ** power
    miss = np.abs(readings / np.array(computed) - 1).min(axis=0)
    return np.flatnonzero(miss > 0.01).tolist()


def true_or_false(printed, computed):
    wrong = both_readings(printed, computed)
    return [row in wrong for row in range(len(printed))]


def how_many(printed, computed):
    return len(both_readings(printed, computed))


RIGHT = {
    "inception_channels": [channels_in_a_loop, channels_by_slices],
    "inception_row": [layer_by_layer, as_a_product],
    "rows_that_disagree": [both_readings, vectorised],
}
WRONG = {
    "inception_channels": [(last_only, "expected"), (only_large_kernels, "expected")],
    "inception_row": [(weights_alone, "expected"), (exchanged, "expected")],
    "rows_that_disagree": [(true_or_false, "expected"), (how_many, "expected")],
}
