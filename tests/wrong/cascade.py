"""Answers to the exercises on the cascade: right ones and wrong ones."""

import numpy as np


def loop(costs, passing):
    total, arriving = 0.0, 1.0
    for cost, share in zip(costs, passing, strict=True):
        total += cost * arriving
        arriving *= share
    return total


def from_behind(costs, passing):
    total = 0.0
    for cost, share in zip(reversed(costs), reversed(passing), strict=True):
        total = cost + share * total
    return total


def powers(costs, passing):
    return np.dot(costs, [np.prod(passing[:k]) for k in range(len(costs))])


def first_only(costs, passing):
    return float(costs[0])


def as_shares(costs, passing):
    return np.cumprod(passing).tolist()


def by_middle(box, probabilities, patterns, threshold):
    likely = [p for p, q in zip(patterns, probabilities, strict=True) if q > threshold]
    if not likely:
        return box
    s, dx, dy = np.mean(likely, axis=0)
    size = (box[2:] - box[:2]) / s
    middle = (box[:2] + box[2:]) / 2 - np.array([dx, dy]) * size
    return np.concatenate([middle - size / 2, middle + size / 2])


def by_equations(box, probabilities, patterns, threshold):
    keep = np.flatnonzero(probabilities > threshold)
    if keep.size == 0:
        return np.array(list(box))
    s, dx, dy = patterns[keep].sum(axis=0) / keep.size
    # window = face's middle + shift · side ± s · side / 2, solved for the face
    w, h = (box[2] - box[0]) / s, (box[3] - box[1]) / s
    x1, y1 = box[0] - (dx - s / 2 + 0.5) * w, box[1] - (dy - s / 2 + 0.5) * h
    return np.array([x1, y1, x1 + w, y1 + h])


def unchanged(box, probabilities, patterns, threshold):
    return box


def size_only(box, probabilities, patterns, threshold):
    keep = probabilities > threshold
    if not keep.any():
        return box
    s = patterns[keep, 0].mean()
    middle, size = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / s
    return np.concatenate([middle - size / 2, middle + size / 2])


def by_recursion(costs, passing):
    if not costs:
        return 0
    return costs[0] + passing[0] * by_recursion(costs[1:], passing[1:])


def all_costs_for_the_last(costs, passing):
    return sum(costs) * float(np.prod(passing))


def by_weights(box, probabilities, patterns, threshold):
    if (probabilities <= threshold).all():
        return box.copy()
    s, dx, dy = np.average(patterns, axis=0, weights=probabilities > threshold)
    w, h = (box[2] - box[0]) / s, (box[3] - box[1]) / s
    x, y = (box[0] + box[2]) / 2 - dx * w, (box[1] + box[3]) / 2 - dy * h
    return np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])


def corner_and_size(box, probabilities, patterns, threshold):
    x1, y1, x2, y2 = by_middle(box, probabilities, patterns, threshold)
    return np.array([x1, y1, x2 - x1, y2 - y1])


RIGHT = {
    "expected_cost": [loop, from_behind, powers, by_recursion],
    "calibrate_window": [by_middle, by_equations, by_weights],
}
WRONG = {
    "expected_cost": [
        (first_only, "expected"),
        (as_shares, "expected"),
        (all_costs_for_the_last, "expected"),
    ],
    "calibrate_window": [
        (unchanged, "expected"),
        (size_only, "expected"),
        (corner_and_size, "2 of its 4"),
    ],
}
