"""Answers to the exercise on turning a head: right ones and wrong ones."""

import math

import numpy as np


def by_matrices(points, yaw, roll):
    a, b = np.radians(yaw), np.radians(roll)
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    lean = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    return (points @ (lean @ turn).T)[:, :2]


def by_complex_numbers(points, yaw, roll):
    turned = (points[:, 0] - 1j * points[:, 2]) * np.exp(1j * math.radians(yaw))
    out = (turned.real + 1j * points[:, 1]) * np.exp(1j * math.radians(roll))
    return np.column_stack([out.real, out.imag])


def with_loops(points, yaw, roll):
    out = np.zeros((len(points), 2))
    for k, (x, y, z) in enumerate(points):
        u = x * math.cos(math.radians(yaw)) + z * math.sin(math.radians(yaw))
        b = math.radians(roll)
        out[k] = u * math.cos(b) - y * math.sin(b), u * math.sin(b) + y * math.cos(b)
    return out


def three_columns(points, yaw, roll):
    return np.column_stack([by_matrices(points, yaw, roll), points[:, 2]])


def unturned(points, yaw, roll):
    return points[:, :2]


def by_einsum_in_single(points, yaw, roll):
    a, b = math.radians(yaw), math.radians(roll)
    seen = [
        [math.cos(b) * math.cos(a), -math.sin(b), math.cos(b) * math.sin(a)],
        [math.sin(b) * math.cos(a), math.cos(b), math.sin(b) * math.sin(a)],
    ]
    return np.einsum("nk,mk->nm", points, seen).astype(np.float32)


def from_nearby(points, yaw, roll):
    turned = by_matrices(points, yaw, 0)
    depth = by_matrices(points, yaw + 90, 0)[:, :1]
    return by_matrices(np.column_stack([turned * 3 / (3 - depth), depth]), 0, roll)


RIGHT = {
    "turn_head": [by_matrices, by_complex_numbers, with_loops, by_einsum_in_single]
}
WRONG = {
    "turn_head": [
        (three_columns, "expected"),
        (unturned, "expected"),
        (from_nearby, "expected"),
    ]
}
