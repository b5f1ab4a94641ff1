"""Answers to the exercises on larger maps: right ones and wrong ones."""

import numpy as np


def by_kron(x, factor, method):
    block = np.ones((factor, factor))
    if method != "nearest":
        block = np.zeros((factor, factor))
        block[0, 0] = 1
    return np.kron(x, block)


def one_by_one(x, factor, method):
    y = np.zeros((x.shape[0] * factor, x.shape[1] * factor))
    for i, j in np.ndindex(y.shape):
        if method == "nearest" or (i % factor == 0 and j % factor == 0):
            y[i, j] = x[i // factor, j // factor]
    return y


def by_indexing(x, factor, method):
    i, j = np.indices((x.shape[0] * factor, x.shape[1] * factor))
    y = x[i // factor, j // factor]
    return y if method == "nearest" else y * ((i % factor == 0) & (j % factor == 0))


def as_lists(x, factor, method):
    return by_kron(x, factor, method).tolist()


def in_whole_numbers(x, factor, method):
    return by_kron(x, factor, method).astype(int)


def with_divmod(values, switches, size):
    y = np.zeros((len(values), *size))
    for index, value in np.ndenumerate(values):
        row, column = divmod(switches[index], size[1])
        y[index[0], row, column] = value
    return y


def channel_by_channel(values, switches, size):
    maps = []
    for value, switch in zip(values, switches, strict=True):
        flat = np.zeros(size[0] * size[1])
        flat[switch] = value
        maps.append(flat.reshape(size))
    return np.array(maps)


def flat_maps(values, switches, size):
    return with_divmod(values, switches, size).reshape(len(values), -1)


def on_ones(values, switches, size):
    return with_divmod(values, switches, size) + 1


def positions(n, m, align_corners):
    if align_corners:
        return np.arange(m) * ((n - 1) / (m - 1)) if m > 1 else np.zeros(1)
    return np.clip((np.arange(m) + 0.5) / m * n - 0.5, 0, n - 1)


def by_four(x, size, align_corners):
    (H, W), y = x.shape, np.zeros(size)
    for p, v in enumerate(positions(H, size[0], align_corners)):
        for q, u in enumerate(positions(W, size[1], align_corners)):
            top, left = int(v), int(u)
            below, right = min(top + 1, H - 1), min(left + 1, W - 1)
            a, b = v - top, u - left
            y[p, q] = (1 - a) * ((1 - b) * x[top, left] + b * x[top, right]) + a * (
                (1 - b) * x[below, left] + b * x[below, right]
            )
    return y


def by_hats(x, size, align_corners):
    hats = [
        np.maximum(0, 1 - abs(positions(n, m, align_corners)[:, None] - np.arange(n)))
        for n, m in zip(x.shape, size, strict=True)
    ]
    return hats[0] @ x @ hats[1].T


def by_interp(x, size, align_corners):
    (H, W), (P, Q) = x.shape, size
    columns = positions(W, Q, align_corners)
    wide = np.array([np.interp(columns, np.arange(W), row) for row in x])
    rows = positions(H, P, align_corners)
    return np.array([np.interp(rows, np.arange(H), column) for column in wide.T]).T


def rounded(x, size, align_corners):
    return by_hats(x, size, align_corners).round()


def transposed(x, size, align_corners):
    return by_hats(x, size, align_corners).T


RIGHT = {
    "enlarge": [by_kron, one_by_one, by_indexing],
    "unpool": [with_divmod, channel_by_channel],
    "interpolate": [by_four, by_hats, by_interp],
}
WRONG = {
    "enlarge": [(as_lists, "expected"), (in_whole_numbers, "fractions")],
    "unpool": [(flat_maps, "shape"), (on_ones, "1 too large")],
    "interpolate": [(rounded, "expected"), (transposed, "shape")],
}
