"""Answers on RoIPool and the pyramid: right ones and wrong ones."""

import math

import numpy as np


def bin_by_bin(x, box, spatial_scale, P, Q):
    x1, y1, x2, y2 = [math.floor(v * spatial_scale + 0.5) for v in box]
    h, w = y2 - y1 + 1, x2 - x1 + 1
    out = np.empty((len(x), P, Q))
    for p in range(P):
        for q in range(Q):
            rows = slice(y1 + p * h // P, y1 + math.ceil((p + 1) * h / P))
            columns = slice(x1 + q * w // Q, x1 + math.ceil((q + 1) * w / Q))
            out[:, p, q] = x[:, rows, columns].max(axis=(1, 2))
    return out


def pixel_by_pixel(x, box, spatial_scale, P, Q):
    left, top, right, bottom = (int(v * spatial_scale + 0.5) for v in box)
    h, w = bottom - top + 1, right - left + 1
    out = np.full((len(x), P, Q), -np.inf)
    for i in range(h):
        for j in range(w):
            for p in range(P):
                for q in range(Q):
                    # a pixel from i to i + 1 meets the bin from p·h/P to (p+1)·h/P
                    row = p * h < (i + 1) * P and i * P < (p + 1) * h
                    column = q * w < (j + 1) * Q and j * Q < (q + 1) * w
                    if row and column:
                        value = x[:, top + i, left + j]
                        out[:, p, q] = np.maximum(out[:, p, q], value)
    return out


def flattened(x, box, spatial_scale, P, Q):
    return bin_by_bin(x, box, spatial_scale, P, Q).ravel()


def smallest(x, box, spatial_scale, P, Q):
    return -bin_by_bin(-x, box, spatial_scale, P, Q)


def by_levels(x, levels):
    C, H, W = x.shape
    out = []
    for n in levels:
        for c in range(C):
            for i in range(n):
                for j in range(n):
                    rows = slice(math.floor(i * H / n), math.ceil((i + 1) * H / n))
                    columns = slice(math.floor(j * W / n), math.ceil((j + 1) * W / n))
                    out.append(x[c, rows, columns].max())
    return np.array(out)


def by_regions(x, levels):
    _, H, W = x.shape
    whole = (0, 0, W - 1, H - 1)
    return np.hstack([bin_by_bin(x, whole, 1, n, n).reshape(-1) for n in levels])


def in_a_list(x, levels):
    return [bin_by_bin(x, (0, 0, x.shape[2] - 1, x.shape[1] - 1), 1, n, n)
            for n in levels]  # fmt: skip


def first_level_only(x, levels):
    return by_levels(x, levels[:1])


RIGHT = {
    "pool_region": [bin_by_bin, pixel_by_pixel],
    "pyramid_pool": [by_levels, by_regions],
}
WRONG = {
    "pool_region": [(flattened, "has shape"), (smallest, "expected")],
    "pyramid_pool": [(in_a_list, "expected"), (first_level_only, "shape")],
}
