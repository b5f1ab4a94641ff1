"""Answers to the exercise on the receptive field: right ones and wrong ones."""

import numpy as np


def going_up(layers):
    size = jump = 1
    for k, s, d in layers:
        size, jump = size + (k - 1) * d * jump, jump * s
    return size, jump


def going_down(layers):
    size = 1
    for k, s, d in reversed(layers):
        size = (size - 1) * s + (k - 1) * d + 1
    return [size, int(np.prod([s for _, s, _ in layers], dtype=int))]


def by_the_pixels_seen(layers):
    first, second = {0}, {1}  # two neighbouring units, followed down to the picture
    for k, s, d in reversed(layers):
        first = {u * s + t * d for u in first for t in range(k)}
        second = {u * s + t * d for u in second for t in range(k)}
    return max(first) - min(first) + 1, min(second) - min(first)


def size_only(layers):
    return going_up(layers)[0]


def every_layer(layers):
    return [going_up(layers[: n + 1]) for n in range(len(layers))]


def exchanged(layers):
    return going_up(layers)[::-1]


RIGHT = {"receptive_field": [going_up, going_down, by_the_pixels_seen]}
WRONG = {
    "receptive_field": [
        (size_only, "expected"),
        (every_layer, "expected"),
        (exchanged, "is expected"),
    ]
}
