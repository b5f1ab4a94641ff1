"""Answers to the exercises on average precision: right ones and wrong ones."""

import numpy as np


def step_by_step(scores, hits, num_objects):
    pairs = sorted(zip(scores, hits, strict=True), key=lambda pair: -pair[0])
    values, found = [], 0
    for n, (_, hit) in enumerate(pairs, start=1):
        found += bool(hit)
        values.append((found, found / n))
    area = 0.0
    for k in range(1, num_objects + 1):
        area += max((p for found, p in values if found >= k), default=0.0)
    return area / num_objects


def backwards(scores, hits, num_objects):
    order = np.argsort(scores)  # from the least sure up
    found, best, total = int(np.sum(hits)), 0.0, 0.0
    for n, i in zip(range(len(hits), 0, -1), order, strict=True):
        best = max(best, found / n)
        if hits[i]:
            total += best
            found -= 1
    return np.float64(total / num_objects)


def in_percent(scores, hits, num_objects):
    return 100 * step_by_step(scores, hits, num_objects)


def one_after_another(overlaps, scores, threshold):
    answer, gone = [False] * len(scores), [False] * overlaps.shape[1]
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        row = list(overlaps[i])
        j = row.index(max(row))
        if row[j] > threshold and not gone[j]:
            answer[i] = gone[j] = True
    return np.array(answer)


def by_object(overlaps, scores, threshold):
    best = overlaps.argmax(1)
    claims = overlaps.max(1) > threshold
    hits = np.zeros(len(scores), bool)
    for j in range(overlaps.shape[1]):
        mine = np.flatnonzero(claims & (best == j))
        if mine.size:
            hits[mine[np.argmax(scores[mine])]] = True
    return hits


def as_numbers(overlaps, scores, threshold):
    return one_after_another(overlaps, scores, threshold).astype(float)


def as_indices(overlaps, scores, threshold):
    return np.flatnonzero(one_after_another(overlaps, scores, threshold))


def by_definition(recall, precision):
    pairs = list(zip(recall, precision, strict=True))
    eleven = [max((p for r, p in pairs if r >= k / 10), default=0.0) for k in range(11)]
    area, before = 0.0, 0.0
    for i, (r, _) in enumerate(pairs):
        area += (r - before) * max(p for _, p in pairs[i:])
        before = r
    return sum(eleven) / 11, area


def with_arrays(recall, precision):
    stairs = np.maximum.accumulate(precision[::-1])[::-1]
    reached = recall[None, :] >= (np.arange(11) / 10)[:, None] - 1e-9
    eleven = np.where(reached, stairs, 0).max(axis=1).mean()
    area = stairs @ np.diff(np.concatenate([[0.0], recall]))
    return [eleven, area]


def only_one(recall, precision):
    return by_definition(recall, precision)[0]


RIGHT = {
    "average_precision": [step_by_step, backwards],
    "match_detections": [one_after_another, by_object],
    "voc_two_ways": [by_definition, with_arrays],
}
WRONG = {
    "average_precision": [(in_percent, "expected")],
    "match_detections": [(as_numbers, "expected"), (as_indices, "expected")],
    "voc_two_ways": [(only_one, "expected")],
}
