"""Answers to the exercise on equivariance: right ones and wrong ones."""

import numpy as np


def with_columns(y, y_moved, shift, margin):
    W = y.shape[-1]
    columns = np.arange(margin, W - margin)
    wanted = y[..., (columns - shift) % W]
    return np.max(np.abs(y_moved[..., columns] - wanted)) / np.max(np.abs(wanted))


def joined_anew(y, y_moved, shift, margin):
    stop = None if margin == 0 else -margin
    wanted = np.concatenate([y[:, :, -shift:], y[:, :, :-shift]], axis=2)
    wanted, got = wanted[:, :, margin:stop], y_moved[:, :, margin:stop]
    return float(abs(got - wanted).max() / abs(wanted).max())


def number_by_number(y, y_moved, shift, margin):
    C, H, W = y.shape
    error, scale = 0.0, 0.0
    for c in range(C):
        for i in range(H):
            for j in range(margin, W - margin):
                wanted = y[c, i, (j - shift) % W]
                error = max(error, abs(y_moved[c, i, j] - wanted))
                scale = max(scale, abs(wanted))
    return error / scale


def a_map_of_errors(y, y_moved, shift, margin):
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-1)[..., inner]
    return np.abs(y_moved[..., inner] - wanted) / np.abs(wanted).max()


def yes_or_no(y, y_moved, shift, margin):
    return number_by_number(y, y_moved, shift, margin) == 0


def largest_with_its_sign(y, y_moved, shift, margin):
    inner = slice(margin, y.shape[-1] - margin)
    wanted = np.roll(y, shift, axis=-1)[..., inner]
    return float(np.abs(y_moved[..., inner] - wanted).max() / wanted.max())


RIGHT = {"equivariance_error": [with_columns, joined_anew, number_by_number]}
WRONG = {
    "equivariance_error": [
        (a_map_of_errors, "Is there a sum, or an index, still to do?"),
        (yes_or_no, "booleans"),
        (largest_with_its_sign, "is expected"),
    ]
}
