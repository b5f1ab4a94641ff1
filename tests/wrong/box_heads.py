"""Answers to the exercise on per-class boxes: right ones and wrong ones."""

import numpy as np


def row_by_row(boxes, labels):
    return np.array(
        [row[4 * k : 4 * k + 4] for row, k in zip(boxes, labels, strict=True)]
    )


def taken_along(boxes, labels):
    index = 4 * labels[:, None] + np.arange(4)
    return np.take_along_axis(boxes, index, axis=1)


def one_hot(boxes, labels):
    K = boxes.shape[1] // 4
    return np.einsum("nk,nkc->nc", np.eye(K)[labels], boxes.reshape(-1, K, 4))


def all_of_them(boxes, labels):
    return boxes.reshape(len(labels), -1, 4)


def every_pair(boxes, labels):
    return boxes.reshape(len(labels), -1, 4)[:, labels]


RIGHT = {"gather_boxes": [row_by_row, taken_along, one_hot]}
WRONG = {"gather_boxes": [(all_of_them, "expected"), (every_pair, "expected")]}
