"""Answers to the exercises on patches and occlusion: right ones and wrong ones."""

import numpy as np


def box_going_up(layers, unit, size):
    extent, jump, start = 1, 1, 0
    for k, s, p in layers:
        extent += (k - 1) * jump
        start -= p * jump
        jump *= s
    (H, W), (row, column) = size, unit
    x, y = start + column * jump, start + row * jump
    return max(x, 0), max(y, 0), min(x + extent, W), min(y + extent, H)


def box_going_down(layers, unit, size):
    first, last = np.array(unit), np.array(unit)
    for k, s, p in layers[::-1]:
        first, last = first * s - p, last * s - p + k - 1
    first = np.maximum(first, 0)
    last = np.minimum(last + 1, size)
    return [int(first[1]), int(first[0]), int(last[1]), int(last[0])]


def box_by_the_pixels_seen(layers, unit, size):
    ends = []
    for index, length in zip(unit, size, strict=True):
        seen = {index}
        for k, s, p in reversed(layers):
            seen = {u * s - p + t for u in seen for t in range(k)}
        inside = [pixel for pixel in seen if 0 <= pixel < length]
        ends.append((min(inside), max(inside) + 1))
    (y1, y2), (x1, x2) = ends
    return x1, y1, x2, y2


def box_with_a_size(layers, unit, size):
    x1, y1, x2, y2 = box_going_up(layers, unit, size)
    return x1, y1, x2 - x1, y2 - y1


def extent_only(layers, unit, size):
    x1, _, x2, _ = box_going_up(layers, unit, size)
    return x2 - x1


def covered_by_loops(image, score, size, stride, value):
    rows = []
    for y in range(0, image.shape[1] - size + 1, stride):
        row = []
        for x in range(0, image.shape[2] - size + 1, stride):
            covered = image.copy()
            covered[:, y : y + size, x : x + size] = value
            row.append(score(image) - score(covered))
        rows.append(row)
    return np.array(rows)


def covered_by_where(image, score, size, stride, value):
    _, H, W = image.shape
    P, Q = (H - size) // stride + 1, (W - size) // stride + 1
    y, x = np.mgrid[:H, :W]
    before, drops = score(image), np.empty((P, Q))
    for i, j in np.ndindex(P, Q):
        hidden = (y >= i * stride) & (y < i * stride + size)
        hidden &= (x >= j * stride) & (x < j * stride + size)
        drops[i, j] = before - score(np.where(hidden, value, image))
    return drops


def share_of_the_score(image, score, size, stride, value):
    return covered_by_loops(image, score, size, stride, value) / (abs(score(image)) + 1)


def as_large_as_the_picture(image, score, size, stride, value):
    return np.zeros(image.shape[1:])


RIGHT = {
    "patch_box": [box_going_up, box_going_down, box_by_the_pixels_seen],
    "occlusion_map": [covered_by_loops, covered_by_where],
}
WRONG = {
    "patch_box": [(box_with_a_size, "expected"), (extent_only, "expected")],
    "occlusion_map": [
        (share_of_the_score, "wrong"),
        (as_large_as_the_picture, "shape"),
    ],
}
