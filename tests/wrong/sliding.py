"""Answers to the exercises of `sliding`: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def with_loops(image, kernel):
    R, S = kernel.shape
    P, Q = image.shape[0] - R + 1, image.shape[1] - S + 1
    out = np.zeros((P, Q))
    for p in range(P):
        for q in range(Q):
            for r in range(R):
                for s in range(S):
                    out[p, q] += image[p + r, q + s] * kernel[r, s]
    return out


def with_einsum(image, kernel):
    return np.einsum("pqrs,rs->pq", sliding_window_view(image, kernel.shape), kernel)


def weight_by_weight(image, kernel):
    P, Q = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    return sum(
        weight * image[r : r + P, s : s + Q]
        for (r, s), weight in np.ndenumerate(kernel)
    )


def single_precision(image, kernel):
    return with_loops(image, kernel).astype(np.float32)


def in_integers(image, kernel):
    return with_loops(image, kernel).astype(int)


def scribbles_on_the_image(image, kernel):
    out = with_loops(image, kernel)
    image[: out.shape[0], : out.shape[1]] = out
    return out


def never_filled(image, kernel):
    return with_loops(image, kernel) * np.nan


def twice_as_large(image, kernel):
    return 2 * with_loops(image, kernel)


RIGHT = {"slide_window": [with_loops, with_einsum, weight_by_weight, single_precision]}
WRONG = {
    "slide_window": [
        (in_integers, "cuts off what follows the point"),
        (scribbles_on_the_image, "changed its argument `image`"),
        (never_filled, "contains NaN at [0, 0]"),
        (twice_as_large, "2 times what it should be"),
    ]
}
