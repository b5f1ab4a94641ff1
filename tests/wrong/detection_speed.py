"""Answers to the exercise on speed-ups: right ones and wrong ones."""

import numpy as np


def row_by_row(network, proposals):
    rows = []
    for n, p in zip(network, proposals, strict=True):
        rows.append([network[0] / n, (network[0] + proposals[0]) / (n + p)])
    return np.array(rows)


def by_amdahl(network, proposals):
    k = network[0] / network
    s = proposals[0] / (network[0] + proposals[0])
    with_proposals = 1 / (s * proposals / proposals[0] + (1 - s) / k)
    return np.column_stack([k, with_proposals])


def transposed(network, proposals):
    return row_by_row(network, proposals).T


def with_proposals_only(network, proposals):
    return row_by_row(network, proposals)[:, 1]


RIGHT = {"speed_ups": [row_by_row, by_amdahl]}
WRONG = {
    "speed_ups": [(transposed, "shape"), (with_proposals_only, "shape")],
}
