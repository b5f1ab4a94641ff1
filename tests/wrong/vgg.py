"""Answers to the exercises on VGG: right ones and wrong ones."""

import math

import numpy as np


def one_loop(side, channels, layers):
    table, shape = [(side * side * channels, 0)], (side, side, channels)
    for layer in layers:
        H, W, C = shape
        if layer == "maxpool":
            shape, weights = (H // 2, W // 2, C), 0
        else:
            kind, number = layer.split("-")
            F = int(number)
            if kind == "FC":
                weights, shape = math.prod(shape) * F, (1, 1, F)
            else:
                k = int(kind[4:])
                weights, shape = k * k * C * F, (H, W, F)
        table.append((math.prod(shape), weights))
    return table


def columns_apart(side, channels, layers):
    sides, widths, kernels = [side], [channels], [0]
    for layer in layers:
        full = layer.startswith("FC")
        pool = layer == "maxpool"
        kernels.append(sides[-1] if full else 0 if pool else int(layer[4]))
        sides.append(1 if full else sides[-1] // 2 if pool else sides[-1])
        widths.append(widths[-1] if pool else int(layer.split("-")[1]))
    memory = np.array(sides) ** 2 * np.array(widths)
    weights = np.array(kernels[1:]) ** 2 * np.array(widths[:-1]) * np.array(widths[1:])
    return list(zip(memory.tolist(), [0, *weights.tolist()], strict=True))


def weights_only(side, channels, layers):
    return [weights for _, weights in one_loop(side, channels, layers)]


def swapped(side, channels, layers):
    return [(weights, memory) for memory, weights in one_loop(side, channels, layers)]


def summed(side, channels, layers):
    return tuple(map(sum, zip(*one_loop(side, channels, layers), strict=True)))


def by_formula(channels, kernel_size):
    n = kernel_size // 2
    return n, 9 * n * channels * channels, (kernel_size * channels) ** 2


def by_growing(channels, kernel_size):
    seen, stack, layers = 1, 0, 0
    while seen < kernel_size:
        seen, stack, layers = seen + 2, stack + channels * channels * 9, layers + 1
    return [layers, stack, channels * channels * kernel_size * kernel_size]


def ratio(channels, kernel_size):
    return by_formula(channels, kernel_size)[1] / by_formula(channels, kernel_size)[2]


def area_seen(channels, kernel_size):
    n = (kernel_size**2 - 1) // 8
    return n, 9 * n * channels**2, kernel_size**2 * channels**2


RIGHT = {
    "vgg_rows": [one_loop, columns_apart],
    "stack_or_single": [by_formula, by_growing],
}
WRONG = {
    "vgg_rows": [
        (weights_only, "expected"),
        (swapped, "expected"),
        (summed, "expected"),
    ],
    "stack_or_single": [(ratio, "expected"), (area_seen, "expected")],
}
