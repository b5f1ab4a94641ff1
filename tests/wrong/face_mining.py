"""Answers on mining and on DeepFace's head: right ones and wrong ones."""

import math

import numpy as np


def three_loops(distances, labels, margin):
    rows = []
    for a in range(len(labels)):
        for p in range(len(labels)):
            if a == p or labels[a] != labels[p]:
                continue
            best = -1
            for n in range(len(labels)):
                if labels[n] == labels[a]:
                    continue
                if not distances[a, p] < distances[a, n] < distances[a, p] + margin:
                    continue
                if best < 0 or distances[a, n] < distances[a, best]:
                    best = n
            if best >= 0:
                rows.append((a, p, best))
    return np.array(rows, dtype=np.int64).reshape(len(rows), 3)


def by_masks(distances, labels, margin):
    same = labels[:, None] == labels
    pairs = np.argwhere(same & ~np.eye(len(labels), dtype=bool))
    near = distances[pairs[:, 0], pairs[:, 1]][:, None]
    far = distances[pairs[:, 0]]
    good = ~same[pairs[:, 0]] & (far > near) & (far < near + margin)
    best = np.where(good, far, np.inf).argmin(axis=1)
    return np.column_stack([pairs, best])[good.any(axis=1)]


def negatives_only(distances, labels, margin):
    return by_masks(distances, labels, margin)[:, 2]


def by_person(distances, labels, margin):
    rows = by_masks(distances, labels, margin)
    return rows[np.argsort(labels[rows[:, 0]], kind="stable")][::-1]


def pair_by_pair(f, g, w, b, kind):
    out = []
    for x, y in zip(f, g, strict=True):
        z = b
        for k in range(len(w)):
            if kind == "absolute":
                z += w[k] * abs(x[k] - y[k])
            elif x[k] + y[k] > 0:
                z += w[k] * (x[k] - y[k]) ** 2 / (x[k] + y[k])
        out.append(1 / (1 + math.exp(-z)))
    return np.array(out)


def by_tanh(f, g, w, b, kind):
    d = np.abs(f - g)
    if kind == "chi_square":
        d = d * d / np.maximum(f + g, 1e-300)
    return 0.5 * (1 + np.tanh((d @ w + b) / 2))


def yes_or_no(f, g, w, b, kind):
    return pair_by_pair(f, g, w, b, kind) > 0.5


def bias_forgotten(f, g, w, b, kind):
    return pair_by_pair(f, g, w, 0.0, kind)


def by_sorting(distances, labels, margin):
    rows = []
    for a, row in enumerate(distances):
        order = np.argsort(row, kind="stable")
        order = order[labels[order] != labels[a]]
        for p in np.flatnonzero(labels == labels[a]):
            k = np.searchsorted(row[order], row[p], side="right")
            if p != a and k < len(order) and row[order[k]] < row[p] + margin:
                rows.append([a, p, order[k]])
    return np.array(rows, dtype=np.int32).reshape(-1, 3)


def minus_one_for_none(distances, labels, margin):
    found = {(a, p): n for a, p, n in three_loops(distances, labels, margin).tolist()}
    people = range(len(labels))
    pairs = [
        (a, p) for a in people for p in people if a != p and labels[a] == labels[p]
    ]
    return np.array([(*pair, found.get(pair, -1)) for pair in pairs])


def with_a_small_number(f, g, w, b, kind):
    d = np.abs(f - g) if kind == "absolute" else (f - g) ** 2 / (f + g + 1e-6)
    return np.reciprocal(1 + np.exp(-(d * w).sum(axis=-1) - b))


def half_of_chi(f, g, w, b, kind):
    return pair_by_pair(f, g, w / 2 if kind == "chi_square" else w, b, kind)


RIGHT = {
    "semi_hard_negatives": [three_loops, by_masks, by_sorting],
    "deepface_head": [pair_by_pair, by_tanh, with_a_small_number],
}
WRONG = {
    "semi_hard_negatives": [
        (negatives_only, "expected"),
        (by_person, "expected"),
        (minus_one_for_none, "shape"),
    ],
    "deepface_head": [
        (yes_or_no, "expected"),
        (bias_forgotten, "bias b is missing"),
        (half_of_chi, "expected"),
    ],
}
