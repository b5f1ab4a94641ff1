"""Answers to the exercises on the feed-forward way: right ones and wrong ones."""

import numpy as np


def norm_by_loops(x, weight, bias, eps=1e-5):
    result = np.empty_like(x)
    for n, picture in enumerate(x):
        for c, map_ in enumerate(picture):
            scaled = (map_ - map_.mean()) / np.sqrt(map_.var() + eps)
            result[n, c] = weight[c] * scaled + bias[c]
    return result


def norm_by_moments(x, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    rows = x.reshape(N * C, H * W)
    mean = rows.sum(1, keepdims=True) / (H * W)
    variance = ((rows - mean) ** 2).sum(1, keepdims=True) / (H * W)
    scaled = ((rows - mean) / (variance + eps) ** 0.5).reshape(x.shape)
    return scaled * weight.reshape(1, C, 1, 1) + bias.reshape(1, C, 1, 1)


def norm_of_one_picture(x, weight, bias, eps=1e-5):
    return norm_by_loops(x, weight, bias, eps)[0]


def norm_nothing(x, weight, bias, eps=1e-5):
    return x


def even_by_counting(gatys, training, forward):
    if gatys <= forward:
        return 0
    n = 1
    while training + n * forward >= n * gatys:
        n += 1
    return n


def even_by_division(gatys, training, forward):
    saved = gatys - forward
    return 0 if saved <= 0 else int(np.floor(training / saved)) + 1


def even_one_later(gatys, training, forward):
    return even_by_division(gatys, training, forward) + 1


RIGHT = {
    "instance_norm": [norm_by_loops, norm_by_moments],
    "break_even": [even_by_counting, even_by_division],
}
WRONG = {
    "instance_norm": [(norm_of_one_picture, "shape"), (norm_nothing, "expected")],
    "break_even": [(even_one_later, "expected")],
}
