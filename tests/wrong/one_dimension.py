"""Answers to the exercises on one row and its matrix: right ones and wrong ones."""

import numpy as np


def row_by_row(w, n, stride=1):
    P = (n - len(w)) // stride + 1
    T = np.zeros((P, n))
    for p in range(P):
        T[p, p * stride : p * stride + len(w)] = w
    return T


def diagonal_by_diagonal(w, n, stride=1):
    P = n - len(w) + 1
    T = sum(weight * np.eye(P, n, i) for i, weight in enumerate(w))
    return T[::stride]


def by_differences(w, n, stride=1):
    p, j = np.indices(((n - len(w)) // stride + 1, n))
    tap = j - p * stride
    return np.where((tap >= 0) & (tap < len(w)), w[tap % len(w)], 0.0)


def as_lists(w, n, stride=1):
    return row_by_row(w, n, stride).tolist()


def in_integers(w, n, stride=1):
    return row_by_row(w, n, stride).astype(int)


def one_row_too_many(w, n, stride=1):
    P = (n - len(w)) // stride + 2
    T = np.zeros((P, n))
    for p in range(P):
        for i in range(len(w)):
            T[p, p * stride + i] = w[i]
    return T


RIGHT = {"toeplitz": [row_by_row, diagonal_by_diagonal, by_differences]}
WRONG = {
    "toeplitz": [
        (as_lists, "`np.array(…)` makes one of it"),
        (in_integers, "cuts off what follows the point"),
        (one_row_too_many, "IndexError"),
    ]
}
