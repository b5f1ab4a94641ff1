"""Answers to the exercises on searching hyper-parameters: right ones and wrong ones."""

import math

import numpy as np

# log_sample


def by_exponents(u, low, high):
    a, b = math.log10(low), math.log10(high)
    return 10 ** (a + (b - a) * u)


def by_natural_logarithms(u, low, high):
    return np.exp((1 - u) * np.log(low) + u * np.log(high))


def one_by_one(u, low, high):
    return np.array([low ** (1 - float(x)) * high ** float(x) for x in u])


def drawn_anew(u, low, high):
    return low * (high / low) ** np.random.default_rng(0).random(len(u))


def in_a_list(u, low, high):
    return list(by_exponents(u, low, high))


# next_ranges


def by_sorting_pairs(scores, values, keep):
    done = [i for i in range(len(scores)) if not math.isnan(scores[i])]
    chosen = sorted(done, key=lambda i: scores[i], reverse=True)[:keep]
    ranges = []
    for a in range(values.shape[1]):
        column = [float(values[i, a]) for i in chosen]
        ends = math.floor(math.log10(min(column))), math.ceil(math.log10(max(column)))
        ranges.append(ends)
    return np.array(ranges)


def with_nan_as_nothing(scores, values, keep):
    order = np.argsort(np.nan_to_num(scores, nan=-1.0))
    logs = np.log10(values[order[-keep:]])
    ends = np.column_stack([np.floor(logs.min(0)), np.ceil(logs.max(0))])
    return ends.astype(np.int64)


def the_numbers_themselves(scores, values, keep):
    return 10.0 ** with_nan_as_nothing(scores, values, keep)


def turned(scores, values, keep):
    return with_nan_as_nothing(scores, values, keep).T


# edge_optimum


def with_if(scores, values, low, high):
    best = max(
        (i for i in range(len(scores)) if not math.isnan(scores[i])),
        key=lambda i: scores[i],
    )
    found = []
    for value, a, b in zip(values[best], low, high, strict=True):
        margin = 0.05 * (math.log10(b) - math.log10(a))
        if math.log10(value) <= math.log10(a) + margin:
            found.append(-1)
        elif math.log10(value) >= math.log10(b) - margin:
            found.append(1)
        else:
            found.append(0)
    return np.array(found)


def with_select(scores, values, low, high):
    value = np.log(values[np.argmax(np.nan_to_num(scores, nan=-np.inf))])
    lowest, highest = np.log(low), np.log(high)
    margin = (highest - lowest) / 20
    return np.select([value <= lowest + margin, value >= highest - margin], [-1, 1], 0)


def as_booleans(scores, values, low, high):
    return with_select(scores, values, low, high) != 0


# coverage


def with_sets(values, low, high, bins):
    counts = []
    for a in range(values.shape[1]):
        wall = math.log10(high[a] / low[a]) / bins
        boxes = {
            min(int(math.log10(v / low[a]) / wall), bins - 1) for v in values[:, a]
        }
        counts.append(len(boxes))
    return np.array(counts)


def with_histograms(values, low, high, bins):
    return np.array(
        [
            np.count_nonzero(np.histogram(np.log(v), bins, (np.log(a), np.log(b)))[0])
            for v, a, b in zip(values.T, low, high, strict=True)
        ]
    )


def as_a_share(values, low, high, bins):
    return with_sets(values, low, high, bins) / bins


RIGHT = {
    "log_sample": [by_exponents, by_natural_logarithms, one_by_one],
    "next_ranges": [by_sorting_pairs, with_nan_as_nothing],
    "edge_optimum": [with_if, with_select],
    "coverage": [with_sets, with_histograms],
}
WRONG = {
    "log_sample": [(drawn_anew, "expected"), (in_a_list, "list")],
    "next_ranges": [(the_numbers_themselves, "whole"), (turned, "expected")],
    "edge_optimum": [(as_booleans, "booleans")],
    "coverage": [(as_a_share, "fractions")],
}
