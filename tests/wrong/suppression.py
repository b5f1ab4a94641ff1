"""Answers to the exercises on suppression: right ones and wrong ones."""

import numpy as np


def overlaps(a, b):
    sides = np.minimum(a[2:], b[:, 2:]) - np.maximum(a[:2], b[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    union = (a[2:] - a[:2]).prod() + (b[:, 2:] - b[:, :2]).prod(axis=1) - shared
    return shared / np.where(union > 0, union, 1)


def shrinking(boxes, scores, iou_threshold):
    left = np.argsort(-scores, kind="stable")
    keep = []
    while len(left):
        best, left = left[0], left[1:]
        keep.append(best)
        left = left[overlaps(boxes[best], boxes[left]) <= iou_threshold]
    return np.array(keep, dtype=int)


def crossing_out(boxes, scores, iou_threshold):
    scores, keep = scores.astype(float).copy(), []
    while (scores > -np.inf).any():
        best = int(scores.argmax())
        keep.append(best)
        scores[overlaps(boxes[best], boxes) > iou_threshold] = -np.inf
        scores[best] = -np.inf
    return keep


def boxes_instead(boxes, scores, iou_threshold):
    return boxes[shrinking(boxes, scores, iou_threshold)]


def a_mask(boxes, scores, iou_threshold):
    stay = shrinking(boxes, scores, iou_threshold)
    return [n in stay for n in range(len(boxes))]


def the_best_only(boxes, scores, iou_threshold):
    return [int(scores.argmax())] if len(scores) else []


def a_loop_over_classes(boxes, scores, labels, iou_threshold):
    stay = np.zeros(len(boxes), dtype=bool)
    for label in set(labels.tolist()):
        own = np.flatnonzero(labels == label)
        stay[own[shrinking(boxes[own], scores[own], iou_threshold)]] = True
    keep = np.flatnonzero(stay)
    return keep[np.argsort(-scores[keep], kind="stable")]


def far_enough_apart(boxes, scores, labels, iou_threshold):
    if not len(boxes):
        return []
    step = boxes.max() - boxes.min() + 1
    moved = boxes + step * labels[:, None]
    return [int(n) for n in shrinking(moved, scores, iou_threshold)]


def pairs_of_lists(boxes, scores, labels, iou_threshold):
    return {k: crossing_out(boxes, scores, iou_threshold) for k in set(labels.tolist())}


def nobody_goes(boxes, scores, labels, iou_threshold):
    return np.argsort(-scores, kind="stable")


RIGHT = {
    "nms": [shrinking, crossing_out],
    "nms_per_class": [a_loop_over_classes, far_enough_apart],
}
WRONG = {
    "nms": [
        (boxes_instead, "expected"),
        (a_mask, "expected"),
        (the_best_only, "expected"),
    ],
    "nms_per_class": [(pairs_of_lists, "expected"), (nobody_goes, "expected")],
}
