"""Answers to the exercises on edges: right ones and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

ACROSS = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])


def by_windows(image):
    windows = sliding_window_view(image, (3, 3))
    across = (windows * ACROSS).sum(axis=(2, 3))
    down = (windows * ACROSS.T).sum(axis=(2, 3))
    return np.sqrt(across**2 + down**2)


def by_slices(image):
    smooth_rows = image[:-2] + 2 * image[1:-1] + image[2:]
    smooth_columns = image[:, :-2] + 2 * image[:, 1:-1] + image[:, 2:]
    across = smooth_rows[:, 2:] - smooth_rows[:, :-2]
    down = smooth_columns[2:] - smooth_columns[:-2]
    return np.hypot(across, down)


def single_precision(image):
    return by_windows(image.astype(np.float32)).astype(np.float32)


def kernel_of_eight(image):
    return by_windows(image) / 8


def root_of_a_sum(image):
    windows = sliding_window_view(image, (3, 3))
    with np.errstate(invalid="ignore"):
        return np.sqrt((windows * (ACROSS + ACROSS.T)).sum(axis=(2, 3)))


def one_number(image):
    return float(by_windows(image).max())


def opposite_with_the_other_sign(kernel):
    mirror = -kernel[:, ::-1] if not kernel[:, 1].any() else -kernel[::-1, :]
    return np.where(kernel == 0, mirror, kernel)


def by_the_sums(kernel):
    repaired = kernel.copy()
    rows, columns = kernel.sum(axis=1), kernel.sum(axis=0)
    if (rows == 0).sum() == 2:  # it looks across
        r = np.flatnonzero(rows)[0]
        repaired[r, 0 if kernel[r, 0] == 0 else 2] = -rows[r]
    else:
        c = np.flatnonzero(columns)[0]
        repaired[0 if kernel[0, c] == 0 else 2, c] = -columns[c]
    return repaired


def half_turn(kernel):
    """Such a kernel is its own negative after half a turn."""
    k = kernel.copy()
    for i, j in [(0, 0), (0, 2), (1, 0), (0, 1)]:
        if k[i, j] == 0:
            k[i, j] = -k[2 - i, 2 - j]
        elif k[2 - i, 2 - j] == 0:
            k[2 - i, 2 - j] = -k[i, j]
    return k


def in_place(kernel):
    kernel[:] = by_the_sums(kernel)
    return kernel


def unchanged(kernel):
    return kernel


RIGHT = {
    "sobel_magnitude": [by_windows, by_slices, single_precision],
    "repair_scharr": [opposite_with_the_other_sign, by_the_sums, half_turn],
}
WRONG = {
    "sobel_magnitude": [
        (kernel_of_eight, "Compute this one by hand"),
        (root_of_a_sum, "contains NaN"),
        (one_number, "an array is expected"),
    ],
    "repair_scharr": [
        (in_place, "changed its argument `kernel`"),
        (unchanged, "1 of its 9 numbers is wrong"),
    ],
}
