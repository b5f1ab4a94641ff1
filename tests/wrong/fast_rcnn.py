"""Answers on the loss and the mini-batch of Fast R-CNN: right ones and wrong ones."""

import math

import numpy as np


def by_clipping(d, beta):
    near = np.minimum(np.abs(d), beta)
    return 0.5 * near**2 / beta + (np.abs(d) - near)


def one_by_one(d, beta):
    out = np.empty(np.shape(d))
    for at, value in np.ndenumerate(d):
        size = abs(value)
        out[at] = 0.5 * size**2 / beta if size < beta else size - 0.5 * beta
    return out


def plain_l1(d, beta):
    return np.abs(d)


def plain_l2(d, beta):
    return 0.5 * d**2


def by_regions(p, u, t, v, lam):
    total = 0.0
    for k in range(len(u)):
        total -= math.log(p[k, u[k]])
        if u[k] >= 1:
            for a, b in zip(t[k, u[k]], v[k], strict=True):
                d = abs(a - b)
                total += lam * (0.5 * d * d if d < 1 else d - 0.5)
    return total / len(u)


def by_selection(p, u, t, v, lam):
    own = np.take_along_axis(t, u[:, None, None].repeat(4, 2), 1)[:, 0]
    near = np.minimum(np.abs(own - v), 1)
    box = (0.5 * near**2 + np.abs(own - v) - near)[u > 0].sum()
    return (lam * box - np.log(p[range(len(u)), u]).sum()) / len(u)


def two_numbers(p, u, t, v, lam):
    return by_regions(p, u, t, v, 0), by_regions(p, u, t, v, lam)


def positive_log(p, u, t, v, lam):
    return by_regions(p, u, t, v, lam) + 2 * np.log(p[range(len(u)), u]).mean()


def by_masks(iou, order, size, fraction):
    iou = np.asarray(iou)[order]
    positive = order[iou >= 0.5][: int(size * fraction)]
    negative = order[(iou >= 0.1) & (iou < 0.5)][: size - len(positive)]
    return positive.tolist(), negative.tolist()


def in_one_walk(iou, order, size, fraction):
    positive, negative = [], []
    for i in order:
        if iou[i] >= 0.5 and len(positive) < math.floor(size * fraction):
            positive.append(int(i))
        elif 0.1 <= iou[i] < 0.5:
            negative.append(int(i))
    return [positive, negative[: size - len(positive)]]


def together(iou, order, size, fraction):
    positive, negative = by_masks(iou, order, size, fraction)
    return positive + negative


def above_only(iou, order, size, fraction):
    positive, negative = by_masks(np.where(iou == 0.5, 0.0, iou), order, size, fraction)
    return positive, negative


RIGHT = {
    "smooth_l1": [by_clipping, one_by_one],
    "fast_rcnn_loss": [by_regions, by_selection],
    "sample_rois": [by_masks, in_one_walk],
}
WRONG = {
    "smooth_l1": [(plain_l1, "expected"), (plain_l2, "expected")],
    "fast_rcnn_loss": [(two_numbers, "expected"), (positive_log, "expected")],
    "sample_rois": [(together, "expected"), (above_only, "expected")],
}
