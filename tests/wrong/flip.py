"""Answers to the exercises on the flip: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def turned_and_slid(x, w):
    R, S = w.shape
    x = np.pad(x, [(R - 1, R - 1), (S - 1, S - 1)])
    windows = sliding_window_view(x, (R, S))
    return np.einsum("pqrs,rs->pq", windows, w[::-1, ::-1])


def every_pixel_paints_the_kernel(x, w):
    (H, W), (R, S) = x.shape, w.shape
    out = np.zeros((H + R - 1, W + S - 1))
    for i in range(H):
        for j in range(W):
            out[i : i + R, j : j + S] += x[i, j] * w
    return out


def by_the_formula(x, w):
    (H, W), (R, S) = x.shape, w.shape
    out = np.zeros((H + R - 1, W + S - 1))
    for i, j in np.ndindex(out.shape):
        for u, v in np.ndindex(R, S):
            if 0 <= i - u < H and 0 <= j - v < W:
                out[i, j] += x[i - u, j - v] * w[u, v]
    return out


def through_the_spectrum(x, w):
    shape = [a + b - 1 for a, b in zip(x.shape, w.shape, strict=True)]
    return np.fft.irfft2(np.fft.rfft2(x, shape) * np.fft.rfft2(w, shape), shape)


def negative_rows_come_round(x, w):
    (H, W), (R, S) = x.shape, w.shape
    out = np.zeros((H + R - 1, W + S - 1))
    for i, j in np.ndindex(out.shape):
        for u, v in np.ndindex(R, S):
            if i - u < H and j - v < W:  # and below 0?
                out[i, j] += x[i - u, j - v] * w[u, v]
    return out


def turned_in_place(x, w):
    w[:] = w[::-1, ::-1].copy()
    return every_pixel_paints_the_kernel(x, w[::-1, ::-1])


RIGHT = {
    "convolve2d": [
        turned_and_slid,
        every_pixel_paints_the_kernel,
        by_the_formula,
        through_the_spectrum,
    ]
}
WRONG = {
    "convolve2d": [
        (negative_rows_come_round, "numbers are wrong"),
        (turned_in_place, "changed its argument `w`"),
    ]
}
