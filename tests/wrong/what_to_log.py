"""Answers to the exercises on what to log: right ones and wrong ones."""

import numpy as np


def by_roots(before, after):
    moved = sum(float(b - a) ** 2 for a, b in zip(before.flat, after.flat, strict=True))
    return (moved / sum(float(a) ** 2 for a in before.flat)) ** 0.5


def by_norms(before, after):
    return np.linalg.norm(after - before) / np.linalg.norm(before)


def update_only(before, after):
    return np.linalg.norm(after - before)


def means(before, after):
    return np.abs(after - before).mean()


def per_row(before, after):
    return np.linalg.norm(after - before, axis=-1) / np.linalg.norm(before, axis=-1)


def by_the_largest(activations, share=0.9):
    for k, layer in enumerate(activations):
        peak = layer.max(axis=0)
        peak = peak.reshape(len(peak), -1).max(axis=1)
        if np.count_nonzero(peak == 0) / len(peak) >= share:
            return k
    return None


def unit_by_unit(activations, share=0.9):
    for k in range(len(activations)):
        layer, dead = activations[k], 0
        for c in range(layer.shape[1]):
            dead += not np.any(layer[:, c])
        if dead >= share * layer.shape[1]:
            return k


def the_share_itself(activations, share=0.9):
    layer = activations[0]
    return (layer == 0).all(axis=(0, *range(2, layer.ndim))).mean()


def minus_one_for_none(activations, share=0.9):
    found = by_the_largest(activations, share)
    return -1 if found is None else found


def share_ignored(activations, share=0.9):
    return by_the_largest(activations)


RIGHT = {
    "update_ratio": [by_roots, by_norms],
    "dead_layer": [by_the_largest, unit_by_unit],
}
WRONG = {
    "update_ratio": [
        (update_only, "expected"),
        (means, "expected"),
        (per_row, "expected"),
    ],
    "dead_layer": [
        (the_share_itself, "expected"),
        (minus_one_for_none, "expected"),
        (share_ignored, "expected"),
    ],
}
