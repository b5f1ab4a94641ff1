"""Answers to the exercise on identity layers: right ones and wrong ones."""

import numpy as np


def by_eye(kernels, n):
    filters, size = kernels[-1].shape[0], kernels[-1].shape[-1]
    added = []
    for _ in range(n):
        kernel = np.zeros((filters, filters, size, size))
        kernel[:, :, size // 2, size // 2] = np.eye(filters)
        added.append(kernel)
    return list(kernels) + added


def by_loops(kernels, n):
    deep = [k for k in kernels]
    for _ in range(n):
        filters, size = deep[-1].shape[0], deep[-1].shape[2]
        new = np.zeros((filters, filters, size, size), dtype=np.float32)
        for f in range(filters):
            new[f, f, (size - 1) // 2, (size - 1) // 2] = 1.0
        deep.append(new)
    return tuple(deep)


def by_outer_product(kernels, n):
    filters, _, size, _ = kernels[-1].shape
    middle = np.pad(np.ones((1, 1)), size // 2)
    return kernels + [np.eye(filters)[:, :, None, None] * middle] * n


def only_the_new(kernels, n):
    return by_eye(kernels, n)[len(kernels) :]


def of_the_input(kernels, n):
    channels, size = kernels[-1].shape[1], kernels[-1].shape[-1]
    new = np.zeros((channels, channels, size, size))
    new[range(channels), range(channels), size // 2, size // 2] = 1
    return [*kernels, *[new] * n]


def bare_matrix(kernels, n):
    return [*kernels, *[np.eye(len(kernels[-1]))] * n]


RIGHT = {"deepen": [by_eye, by_loops, by_outer_product]}
WRONG = {
    "deepen": [
        (only_the_new, "expected"),
        (of_the_input, "shape"),
        (bare_matrix, "shape"),
    ]
}
