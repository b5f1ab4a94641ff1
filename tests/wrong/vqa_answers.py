"""Answers to the exercise on what was seen: right ones and wrong ones."""

from collections import Counter

import numpy as np


def seen_by_counters(predicted, answers, kinds, choices):
    rows, right = Counter(kinds), Counter()
    for p, a, kind in zip(predicted, answers, kinds, strict=True):
        right[kind] += p == a
    return {
        k: (right[k] / rows[k] - 1 / choices[k]) / (1 - 1 / choices[k]) for k in rows
    }


def seen_by_arrays(predicted, answers, kinds, choices):
    hit, kinds = np.array(predicted) == np.array(answers), np.array(kinds)
    found = {}
    for kind in set(kinds.tolist()):
        K = choices[kind]
        found[kind] = float((K * hit[kinds == kind].mean() - 1) / (K - 1))
    return found


def seen_as_a_list(predicted, answers, kinds, choices):
    return list(seen_by_counters(predicted, answers, kinds, choices).values())


def seen_upside_down(predicted, answers, kinds, choices):
    found = seen_by_counters(predicted, answers, kinds, choices)
    return {kind: 1 - share for kind, share in found.items()}


def seen_by_lists(predicted, answers, kinds, choices):
    hits = {}
    for p, a, kind in zip(predicted, answers, kinds, strict=True):
        hits.setdefault(kind, []).append(p == a)
    return {
        k: np.float64((choices[k] * np.mean(own) - 1) / (choices[k] - 1))
        for k, own in hits.items()
    }


def seen_in_chances(predicted, answers, kinds, choices):
    found = seen_by_counters(predicted, answers, kinds, choices)
    return {kind: share * (choices[kind] - 1) for kind, share in found.items()}


RIGHT = {"what_was_seen": [seen_by_counters, seen_by_arrays, seen_by_lists]}
WRONG = {
    "what_was_seen": [
        (seen_as_a_list, ""),
        (seen_upside_down, ""),
        (seen_in_chances, "expected"),
    ]
}
