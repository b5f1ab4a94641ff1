"""Answers on anchors: right ones and wrong ones."""

import math

import numpy as np


def one_at_a_time(H, W, stride, scales, ratios):
    out = []
    for i in range(H):
        for j in range(W):
            for r in ratios:
                for s in scales:
                    h = s * math.sqrt(r)
                    w = s * s / h
                    out.append((j * stride - w / 2, i * stride - h / 2,
                                j * stride + w / 2, i * stride + h / 2))  # fmt: skip
    return np.array(out)


def by_broadcasting(H, W, stride, scales, ratios):
    root = np.sqrt(np.asarray(ratios, float))[:, None]
    h, w = (root * scales).ravel() / 2, (1 / root * scales).ravel() / 2
    base = np.stack([-w, -h, w, h], axis=1)
    y, x = np.mgrid[:H, :W] * stride
    shifts = np.stack([x, y, x, y], axis=-1).reshape(-1, 1, 4)
    return (shifts + base).reshape(-1, 4)


def at_the_origin(H, W, stride, scales, ratios):
    return one_at_a_time(1, 1, stride, scales, ratios)


def as_a_grid(H, W, stride, scales, ratios):
    return by_broadcasting(H, W, stride, scales, ratios).reshape(H, W, -1, 4)


def anchor_by_anchor(iou):
    labels = []
    for n in range(iou.shape[1]):
        if any(own[n] == own.max() > 0 for own in iou) or iou[:, n].max() >= 0.7:
            labels.append(1)
        else:
            labels.append(0 if iou[:, n].max() < 0.3 else -1)
    return np.array(labels)


def by_where(iou):
    top = iou.max(axis=1)
    best = ((iou == top[:, None]) * (top > 0)[:, None]).sum(axis=0) > 0
    high = iou.max(axis=0)
    return np.where(best | (high >= 0.7), 1, np.where(high < 0.3, 0, -1))


def of_the_transpose(iou):
    return by_where(iou.T)


def numbers_of_objects(iou):
    return np.where(by_where(iou) == 1, iou.argmax(axis=0) + 1, by_where(iou))


def with_masks(labels, order, size):
    shuffled = labels[order]
    positive = order[shuffled == 1][: size // 2]
    negative = order[shuffled == 0][: size - len(positive)]
    out = -np.ones(len(labels), dtype=int)
    out[positive] = 1
    out[negative] = 0
    return out


def in_two_walks(labels, order, size):
    out, left = [-1] * len(labels), size
    for wanted, bound in ((1, size // 2), (0, size)):
        for i in order:
            if labels[i] == wanted and bound > 0 and left > 0:
                out[i] = wanted
                bound, left = bound - 1, left - 1
    return np.array(out)


def places(labels, order, size):
    return np.flatnonzero(with_masks(labels, order, size) >= 0)


def nothing_drawn(labels, order, size):
    return labels.copy()


def with_loops(p, labels, t, targets, n_cls, n_reg, lam):
    first = second = 0.0
    for k in range(len(labels)):
        if labels[k] == 0:
            first -= math.log(1 - p[k])
        elif labels[k] == 1:
            first -= math.log(p[k])
            for d in np.abs(t[k] - targets[k]):
                second += d * d / 2 if d < 1 else d - 0.5
    return first / n_cls + lam * second / n_reg


def in_one_line(p, labels, t, targets, n_cls, n_reg, lam):
    near = np.minimum(np.abs(t - targets), 1)
    box = (near**2 / 2 + np.abs(t - targets) - near).sum(axis=1)
    log_loss = -(labels * np.log(p) + (1 - labels) * np.log(1 - p))
    return ((labels >= 0) * log_loss).sum() / n_cls + lam / n_reg * box[
        labels > 0
    ].sum()


def both_terms(p, labels, t, targets, n_cls, n_reg, lam):
    first = with_loops(p, labels, t, targets, n_cls, n_reg, 0)
    return first, with_loops(p, labels, t, targets, n_cls, n_reg, lam) - first


def without_lambda(p, labels, t, targets, n_cls, n_reg, lam):
    return with_loops(p, labels, t, targets, n_cls, n_reg, 1)


RIGHT = {
    "lay_anchors": [one_at_a_time, by_broadcasting],
    "label_anchors": [anchor_by_anchor, by_where],
    "sample_anchors": [with_masks, in_two_walks],
    "rpn_loss": [with_loops, in_one_line],
}
WRONG = {
    "lay_anchors": [(at_the_origin, "shape"), (as_a_grid, "shape")],
    "label_anchors": [(of_the_transpose, "expected"), (numbers_of_objects, "expected")],
    "sample_anchors": [(places, "expected"), (nothing_drawn, "expected")],
    "rpn_loss": [(both_terms, "expected"), (without_lambda, "expected")],
}
