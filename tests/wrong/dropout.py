"""Answers to the exercise on dropout: right ones and wrong ones."""

import numpy as np


def with_a_mask(x, mask_uniform, p, training):
    if not training:
        return x
    mask = mask_uniform >= p
    return x * mask / (1 - p)


def with_where(x, mask_uniform, p, training):
    scale = np.where(mask_uniform < p, 0.0, 1.0 / (1.0 - p))
    return x * scale if training else x.copy()


def number_by_number(x, mask_uniform, p, training):
    out = np.array(x)
    if training:
        for place in np.ndindex(x.shape):
            out[place] = 0 if mask_uniform[place] < p else x[place] / (1 - p)
    return out


def left_out(x, mask_uniform, p, training):
    return x[mask_uniform >= p] / (1 - p) if training else x


def numbers_of_its_own(x, mask_uniform, p, training):
    rng = np.random.default_rng(0)
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


RIGHT = {"dropout": [with_a_mask, with_where, number_by_number]}
WRONG = {"dropout": [(left_out, "has shape"), (numbers_of_its_own, "wrong")]}
