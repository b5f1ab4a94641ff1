"""Answers to the exercises on clipping: right ones and wrong ones."""

import numpy as np


def one_long_vector(gradients, max_norm):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [g * min(1, max_norm / max(length, 1e-12)) for g in gradients]


def entry_by_entry(gradients, max_norm):
    total = 0.0
    for g in gradients:
        for v in g.flat:
            total += v * v
    if total <= max_norm**2:
        return [g.copy() for g in gradients]
    return [g / total**0.5 * max_norm for g in gradients]


def as_torch_with_a_little_more(gradients, max_norm):
    length = np.sqrt(sum(np.sum(g * g) for g in gradients))
    return [g * min(1.0, max_norm / (length + 1e-9)) for g in gradients]


def length_only(gradients, max_norm):
    return min(max_norm, sum((g**2).sum() for g in gradients) ** 0.5)


def joined(gradients, max_norm):
    return np.concatenate([g.ravel() for g in one_long_vector(gradients, max_norm)])


def zero_over_zero(gradients, max_norm):
    length = np.sqrt(sum(np.sum(g * g) for g in gradients))
    with np.errstate(all="ignore"):
        return [
            g * np.minimum(1, np.float64(max_norm) / length) * (g / g)
            for g in gradients
        ]


def by_arc_cosine(gradient, clip_value):
    a = gradient.ravel()
    b = np.clip(a, -clip_value, clip_value)
    cosine = a @ b / np.sqrt((a @ a) * (b @ b))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def by_half_angles(gradient, clip_value):
    b = np.maximum(-clip_value, np.minimum(clip_value, gradient))
    u, v = gradient / np.linalg.norm(gradient), b / np.linalg.norm(b)
    return 2 * np.degrees(np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v)))


def clipped_itself(gradient, clip_value):
    return np.clip(gradient, -clip_value, clip_value)


def largest_turn(gradient, clip_value):
    return 45.0


def in_gradians(gradient, clip_value):
    return by_arc_cosine(gradient, clip_value) / 0.9


RIGHT = {
    "clip_by_norm": [one_long_vector, entry_by_entry, as_torch_with_a_little_more],
    "clipping_angle": [by_arc_cosine, by_half_angles],
}
WRONG = {
    "clip_by_norm": [
        (length_only, "expected"),
        (joined, "expected"),
        (zero_over_zero, "NaN"),
    ],
    "clipping_angle": [
        (clipped_itself, "expected"),
        (largest_turn, "expected"),
        (in_gradians, "expected"),
    ],
}
