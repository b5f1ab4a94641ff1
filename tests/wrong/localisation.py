"""Answers to the exercises on class maps, pointing and groups: right and wrong ones."""

import numpy as np


def map_by_loops(features, weight, bias, c):
    plane = np.zeros(features.shape[1:])
    for d in range(len(features)):
        plane += weight[c, d] * features[d]
    return plane, plane.mean() + bias[c]


def map_by_tensordot(features, weight, bias, c):
    plane = np.tensordot(weight[c], features, axes=1)
    return [plane, weight[c] @ features.mean(axis=(1, 2)) + bias[c]]


def map_of_all_classes(features, weight, bias, c):
    D, h, w = features.shape
    maps = (weight @ features.reshape(D, h * w)).reshape(-1, h, w)
    return maps[c], float((maps.mean(axis=(1, 2)) + bias)[c])


def score_only(features, weight, bias, c):
    return map_by_loops(features, weight, bias, c)[1]


def of_every_class(features, weight, bias, c):
    return np.einsum("kd,dhw->khw", weight, features), bias[c]


def hits_by_loops(points, boxes, tolerance):
    hits = 0
    for k, (x, y) in enumerate(points):
        for x1, y1, x2, y2 in boxes[k]:
            if (
                x1 - tolerance <= x <= x2 + tolerance
                and y1 - tolerance <= y <= y2 + tolerance
            ):
                hits += 1
                break
    return hits / len(points)


def hits_by_distance(points, boxes, tolerance):
    def outside(point, box):
        x, y = point
        x1, y1, x2, y2 = box
        return max(x1 - x, x - x2, y1 - y, y - y2)

    near = [
        min([outside(p, b) for b in its], default=np.inf) <= tolerance
        for p, its in zip(points, boxes, strict=True)
    ]
    return float(np.mean(near))


def as_a_percentage(points, boxes, tolerance):
    return 100 * hits_by_loops(points, boxes, tolerance)


def how_many(points, boxes, tolerance):
    return hits_by_loops(points, boxes, tolerance) * len(points)


def groups_by_loops(right, labels, cue):
    tally = {}
    for ok, label, bit in zip(right, labels, cue, strict=True):
        tally.setdefault((int(label), bool(bit)), []).append(bool(ok))
    return sum(right) / len(right), min(sum(g) / len(g) for g in tally.values())


def groups_by_numbers(right, labels, cue):
    group = 2 * labels + cue
    sizes = np.bincount(group)
    good = np.bincount(group, weights=right)
    return np.mean(right), (good[sizes > 0] / sizes[sizes > 0]).min()


def worst_only(right, labels, cue):
    return groups_by_loops(right, labels, cue)[1]


def errors(right, labels, cue):
    mean, worst = groups_by_loops(right, labels, cue)
    return 1 - mean, 1 - worst


RIGHT = {
    "class_map": [map_by_loops, map_by_tensordot, map_of_all_classes],
    "pointing_hit_rate": [hits_by_loops, hits_by_distance],
    "group_accuracy": [groups_by_loops, groups_by_numbers],
}
WRONG = {
    "class_map": [(score_only, "expected"), (of_every_class, "shape")],
    "pointing_hit_rate": [(as_a_percentage, "expected"), (how_many, "expected")],
    "group_accuracy": [(worst_only, "expected"), (errors, "expected")],
}
