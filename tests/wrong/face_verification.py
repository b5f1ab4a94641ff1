"""Answers on thresholds: right ones and wrong ones."""

import math

import numpy as np


def pair_by_pair(a, b, threshold):
    out = []
    for x, y in zip(a, b, strict=True):
        out.append(sum((u - v) ** 2 for u, v in zip(x, y, strict=True)) <= threshold)
    return np.array(out)


def by_the_norm(a, b, threshold):
    d = a - b
    return np.einsum("nd,nd->n", d, d) <= threshold


def with_a_loop_and_a_product(a, b, threshold):
    d = [float((x - y) @ (x - y)) for x, y in zip(a, b, strict=True)]
    return ~(np.array(d) > threshold)


def distances_only(a, b, threshold):
    return ((a - b) ** 2).sum(axis=1)


def per_component(a, b, threshold):
    return (a - b) ** 2 <= threshold


def by_logarithms(error, risk, people):
    chance = 1 - (1 - error) ** people
    return chance, math.floor(math.log(1 - risk) / math.log(1 - error))


def step_by_step(error, risk, people):
    nobody = 1.0
    for _ in range(people):
        nobody *= 1 - error
    count, left = 0, 1 - error
    while 1 - left <= risk:
        count, left = count + 1, left * (1 - error)
    return [1 - nobody, count]


def gallery_first(error, risk, people):
    return by_logarithms(error, risk, people)[::-1]


def chance_alone(error, risk, people):
    return 1 - (1 - error) ** people


def fold_by_fold(distances, same, folds):
    accuracies, thresholds = [], []
    for fold in sorted(set(folds.tolist())):
        rest = [i for i in range(len(folds)) if folds[i] != fold]
        best, least = None, None
        for t in sorted(distances[i] for i in rest):
            wrong = sum((distances[i] <= t) != same[i] for i in rest)
            if least is None or wrong < least:
                best, least = t, wrong
        mine = [i for i in range(len(folds)) if folds[i] == fold]
        accuracies.append(
            sum((distances[i] <= best) == same[i] for i in mine) / len(mine)
        )
        thresholds.append(best)
    return sum(accuracies) / len(accuracies), np.array(thresholds)


def by_one_table(distances, same, folds):
    names = np.unique(folds)
    out, thresholds = 0.0, np.zeros(len(names))
    for k, name in enumerate(names):
        d, s = distances[folds != name], same[folds != name]
        order = np.sort(d)
        right = ((d[None] <= order[:, None]) == s[None]).sum(axis=1)
        thresholds[k] = order[right.argmax()]
        inside = folds == name
        out += ((distances[inside] <= thresholds[k]) == same[inside]).mean()
    return out / len(names), thresholds


def mean_alone(distances, same, folds):
    return fold_by_fold(distances, same, folds)[0]


def turned_round(distances, same, folds):
    return fold_by_fold(-distances, same, folds)


def length_squared(a, b, threshold):
    return np.linalg.norm(a - b, axis=1) ** 2 <= threshold


def by_the_angle(a, b, threshold):
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return (a * b).sum(axis=1) >= threshold * lengths


def floor_is_a_fraction(error, risk, people):
    chance = -math.expm1(people * math.log1p(-error))
    return chance, np.floor(math.log1p(-risk) / math.log1p(-error))


def somebody_always_fits(error, risk, people):
    chance, largest = by_logarithms(error, risk, people)
    return chance, max(largest, 1)


def by_running_sums(distances, same, folds):
    accuracies, thresholds = [], []
    for fold in range(folds.max() + 1):
        rest, mine = folds != fold, folds == fold
        order = np.argsort(distances[rest])
        gained = np.cumsum(np.where(same[rest][order], 1, -1))
        thresholds.append(distances[rest][order][gained.argmax()])
        accuracies.append(np.mean((distances[mine] <= thresholds[-1]) == same[mine]))
    return np.mean(accuracies), np.array(thresholds)


def as_folds_come(distances, same, folds):
    accuracy, thresholds = by_one_table(distances, same, folds)
    return accuracy, thresholds[list(dict.fromkeys(folds.tolist()))]


RIGHT = {
    "same_person": [
        pair_by_pair,
        by_the_norm,
        with_a_loop_and_a_product,
        length_squared,
    ],
    "false_match": [by_logarithms, step_by_step, floor_is_a_fraction],
    "ten_fold_accuracy": [fold_by_fold, by_one_table, by_running_sums],
}
WRONG = {
    "same_person": [
        (distances_only, "fractions"),
        (per_component, "shape"),
        (by_the_angle, "expected"),
    ],
    "false_match": [
        (chance_alone, "expected"),
        (gallery_first, "changed places"),
        (somebody_always_fits, "where 0 is expected"),
    ],
    "ten_fold_accuracy": [
        (mean_alone, "expected"),
        (turned_round, "expected"),
        (as_folds_come, "Part `[1]`"),
    ],
}
