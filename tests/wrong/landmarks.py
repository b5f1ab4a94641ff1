"""Answers to the exercise on landmarks: right ones and wrong ones."""

import numpy as np


def through_a_list(points, width, pairs):
    rows = [[width - x, y] for x, y in points.tolist()]
    for a, b in pairs:
        rows[a], rows[b] = rows[b], rows[a]
    return np.array(rows)


def by_an_order(points, width, pairs):
    order = np.arange(len(points))
    for a, b in pairs:
        order[a], order[b] = b, a
    return (points * [-1, 1] + [width, 0])[order]


def x_only(points, width, pairs):
    return by_an_order(points, width, pairs)[:, 0]


def transposed(points, width, pairs):
    return by_an_order(points, width, pairs).T


RIGHT = {"flip_landmarks": [through_a_list, by_an_order]}
WRONG = {"flip_landmarks": [(x_only, "expected"), (transposed, "expected")]}
