"""Answers on aligning eyes: right ones and wrong ones."""

import math

import numpy as np


def by_angles(eyes, places):
    d, e = eyes[1] - eyes[0], places[1] - places[0]
    scale = math.hypot(*e) / math.hypot(*d)
    turn = math.atan2(e[1], e[0]) - math.atan2(d[1], d[0])
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    M = np.array([[c, -s], [s, c]])
    return np.column_stack([M, places[0] - M @ eyes[0]])


def by_equations(eyes, places):
    # unknown: p, q, and the shift; two equations a point
    rows, right = [], []
    for (x, y), (u, v) in zip(eyes, places, strict=True):
        rows += [[x, -y, 1, 0], [y, x, 0, 1]]
        right += [u, v]
    p, q, dx, dy = np.linalg.solve(np.array(rows), np.array(right))
    return np.array([[p, -q, dx], [q, p, dy]])


def square(eyes, places):
    return np.vstack([by_angles(eyes, places), [0, 0, 1]])


def turn_only(eyes, places):
    return by_angles(eyes, places)[:, :2]


def shift_first(eyes, places):
    return by_angles(eyes, places)[:, [2, 0, 1]]


def about_the_middle(eyes, places):
    m, n = eyes.mean(axis=0), places.mean(axis=0)
    (x, y), (u, v) = (eyes - m)[1], (places - n)[1]
    p, q = (x * u + y * v) / (x * x + y * y), (x * v - y * u) / (x * x + y * y)
    M = np.array([[p, -q], [q, p]])
    return np.hstack([M, (n - M @ m)[:, None]])


def three_rows(eyes, places):
    return by_angles(eyes, places).T


def half_a_circle_lost(eyes, places):
    d, e = eyes[1] - eyes[0], places[1] - places[0]
    scale = math.hypot(*e) / math.hypot(*d)
    turn = math.atan(e[1] / e[0])
    turn -= math.atan(d[1] / d[0]) if d[0] else math.pi / 2
    M = scale * np.array(
        [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    )
    return np.column_stack([M, places[0] - M @ eyes[0]])


RIGHT = {"eyes_to_places": [by_angles, by_equations, about_the_middle]}
WRONG = {
    "eyes_to_places": [
        (square, "shape"),
        (turn_only, "shape"),
        (shift_first, "expected"),
        (three_rows, "which axis comes first"),
        (half_a_circle_lost, "expected"),
    ]
}
