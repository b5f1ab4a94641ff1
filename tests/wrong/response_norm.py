"""Answers to the exercise on response normalisation: right ones and wrong ones."""

import numpy as np


def channel_by_channel(x, size, alpha, beta, k):
    C, y = len(x), np.empty(x.shape)
    for c in range(C):
        around = x[max(0, c - size // 2) : c + size // 2 + 1]
        y[c] = x[c] / (k + alpha * (around**2).sum(axis=0)) ** beta
    return y


def padded(x, size, alpha, beta, k):
    half = size // 2
    squares = np.pad(x**2, [(half, half), (0, 0), (0, 0)])
    total = sum(squares[shift : shift + len(x)] for shift in range(size))
    return x * np.exp(-beta * np.log(k + alpha * total))


def with_a_matrix(x, size, alpha, beta, k):
    c = np.arange(len(x))
    near = abs(c[:, None] - c) <= size // 2
    return x * (k + alpha * np.einsum("cd,dhw->chw", near, x**2)) ** -beta


def the_strength(x, size, alpha, beta, k):
    return x / channel_by_channel(x, size, alpha, beta, k)


def of_a_batch(x, size, alpha, beta, k):
    return channel_by_channel(x, size, alpha, beta, k)[None]


RIGHT = {"response_norm": [channel_by_channel, padded, with_a_matrix]}
WRONG = {"response_norm": [(the_strength, "expected"), (of_a_batch, "expected")]}
