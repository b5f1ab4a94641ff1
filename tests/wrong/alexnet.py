"""Answers to the exercises on AlexNet: right ones and wrong ones."""

import numpy as np


def one_by_one(size, channels, layers):
    found = []
    for layer in layers:
        if layer[0] == "fc":
            found.append((layer[1],))
            continue
        if layer[0] == "conv":
            _, channels, k, s, p = layer
            size = (size + 2 * p - k + s) // s
        elif layer[0] == "pool":
            _, k, s = layer
            size = len(range(0, size - k + 1, s))
        found.append((size, size, channels))
    return found


def by_matching(size, channels, layers):
    found = []
    for layer in layers:
        match layer:
            case ("conv", F, k, s, p):
                size, channels = int(np.floor((size + 2 * p - k) / s)) + 1, F
            case ("pool", k, s):
                size = int(np.floor((size - k) / s)) + 1
            case ("fc", units):
                found.append([units])
                continue
        found.append([size, size, channels])
    return found


def maps_only(size, channels, layers):
    return [shape for shape in one_by_one(size, channels, layers) if len(shape) == 3]


def sides_only(size, channels, layers):
    return [shape[0] for shape in one_by_one(size, channels, layers)]


def group_by_group(layers):
    total = 0
    for layer in layers:
        if layer[0] == "fc":
            total += layer[1] * layer[2] + layer[2]
        else:
            _, C, F, k, groups = layer
            for _ in range(groups):
                total += (F // groups) * ((C // groups) * k * k) + F // groups
    return total


def sizes_of_arrays(layers):
    total = 0
    for kind, inputs, outputs, *rest in layers:
        k, groups = rest if kind == "conv" else (1, 1)
        total += np.empty((outputs, inputs // groups, k, k)).size + outputs
    return total


def fractions(layers):
    total = 0
    for kind, inputs, outputs, *rest in layers:
        k, groups = rest if kind == "conv" else (1, 1)
        total += outputs * (inputs / groups * k * k + 1)
    return total


def every_layer(layers):
    return [group_by_group([layer]) for layer in layers]


RIGHT = {
    "layer_shapes": [one_by_one, by_matching],
    "grouped_params": [group_by_group, sizes_of_arrays],
}
WRONG = {
    "layer_shapes": [(maps_only, "expected"), (sides_only, "expected")],
    "grouped_params": [(fractions, "holds fractions"), (every_layer, "expected")],
}
