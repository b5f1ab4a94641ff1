"""Answers to the exercise on leaks: right ones and wrong ones."""

import numpy as np


def with_loops(train, test, samples, groups):
    leaks = []
    for i in test:
        found = False
        for j in train:
            found |= groups[i] == groups[j]
            found |= bool((samples[i] == samples[j]).all())
        leaks.append(found)
    return np.array(leaks)


def with_sets(train, test, samples, groups):
    seen = {tuple(samples[j]) for j in train}
    known = set(groups[train].tolist())
    return np.array([groups[i] in known or tuple(samples[i]) in seen for i in test])


def leaking_indices(train, test, samples, groups):
    return test[with_sets(train, test, samples, groups)]


def how_many(train, test, samples, groups):
    return int(with_sets(train, test, samples, groups).sum())


RIGHT = {"leaking": [with_loops, with_sets]}
WRONG = {"leaking": [(leaking_indices, "expected"), (how_many, "expected")]}
