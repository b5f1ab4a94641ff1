"""Answers to the exercise on IoU: right ones and wrong ones."""

import numpy as np


def in_loops(boxes1, boxes2):
    table = np.zeros((len(boxes1), len(boxes2)))
    for i, (a1, b1, a2, b2) in enumerate(boxes1):
        for j, (c1, d1, c2, d2) in enumerate(boxes2):
            shared = max(min(a2, c2) - max(a1, c1), 0) * max(
                min(b2, d2) - max(b1, d1), 0
            )
            union = (a2 - a1) * (b2 - b1) + (c2 - c1) * (d2 - d1) - shared
            if union:
                table[i, j] = shared / union
    return table


def by_columns(boxes1, boxes2):
    x1, y1, x2, y2 = boxes1.T[:, :, None]
    u1, v1, u2, v2 = boxes2.T
    shared = np.clip(np.minimum(x2, u2) - np.maximum(x1, u1), 0, None) * np.clip(
        np.minimum(y2, v2) - np.maximum(y1, v1), 0, None
    )
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared
    return shared / np.where(union == 0, 1, union)


def in_single_precision(boxes1, boxes2):
    return by_columns(boxes1.astype(np.float32), boxes2.astype(np.float32))


def only_the_diagonal(boxes1, boxes2):
    n = min(len(boxes1), len(boxes2))
    return np.diag(by_columns(boxes1[:n], boxes2[:n]))


def only_the_intersection(boxes1, boxes2):
    sides = np.minimum(boxes1[:, None, 2:], boxes2[:, 2:]) - np.maximum(
        boxes1[:, None, :2], boxes2[:, :2]
    )
    return np.maximum(sides, 0).prod(axis=2)


def in_percent(boxes1, boxes2):
    return 100 * by_columns(boxes1, boxes2)


RIGHT = {"pairwise_iou": [in_loops, by_columns, in_single_precision]}
WRONG = {
    "pairwise_iou": [
        (only_the_diagonal, "expected"),
        (only_the_intersection, "expected"),
        (in_percent, "expected"),
    ]
}
