"""Answers on maps, their cost, measure and loss: right ones and wrong ones."""

import numpy as np


def by_layers(height, width, channels):
    one = two = 0
    side = 1
    for after, before in zip(channels[:0:-1], channels[-2::-1], strict=True):
        one += side * side * 9 * before * after
        two += 9 * before * after
        side += 2
    return [height * width * one, height * width * two]


def with_numpy(height, width, channels):
    c = np.array(channels)
    weights = 9 * c[:-1] * c[1:]
    sides = np.arange(2 * len(weights) - 1, 0, -2)
    return int((sides**2 * weights).sum() * height * width), int(
        weights.sum() * height * width
    )


def ratio(height, width, channels):
    a, b = by_layers(height, width, channels)
    return a / b


def exchanged(height, width, channels):
    return by_layers(height, width, channels)[::-1]


def by_table(preds, target, num_classes):
    table = np.zeros((num_classes, num_classes))
    np.add.at(table, (target.ravel(), preds.ravel()), 1)
    union = table.sum(0) + table.sum(1) - table.diagonal()
    return (table.diagonal()[union > 0] / union[union > 0]).mean()


def by_sets(preds, target, num_classes):
    values = []
    for k in range(num_classes):
        a = {tuple(p) for p in np.argwhere(preds == k)}
        b = {tuple(p) for p in np.argwhere(target == k)}
        if a | b:
            values.append(len(a & b) / len(a | b))
    return sum(values) / len(values)


def every_class(preds, target, num_classes):
    union = [((preds == k) | (target == k)).sum() for k in range(num_classes)]
    both = [((preds == k) & (target == k)).sum() for k in range(num_classes)]
    return np.array(both) / np.maximum(union, 1)


def in_percent(preds, target, num_classes):
    return 100 * by_table(preds, target, num_classes)


def pixel_by_pixel(logits, target, ignore_index):
    losses = []
    for (i, j), k in np.ndenumerate(target):
        if k != ignore_index:
            x = logits[:, i, j]
            losses.append(np.log(np.exp(x - x[k]).sum()))
    return sum(losses) / max(len(losses), 1)


def with_one_hot(logits, target, ignore_index):
    counted = target != ignore_index
    p = np.exp(logits) / np.exp(logits).sum(axis=0)
    hot = np.arange(len(logits))[:, None, None] == target
    return -(np.log(p) * (hot & counted)).sum() / max(counted.sum(), 1)


def every_pixel(logits, target, ignore_index):
    return np.where(target == ignore_index, 0.0, 1.0)


def in_bits(logits, target, ignore_index):
    return pixel_by_pixel(logits, target, ignore_index) / np.log(2)


RIGHT = {
    "cost_of_ideas": [by_layers, with_numpy],
    "mean_iou": [by_table, by_sets],
    "pixel_loss": [pixel_by_pixel, with_one_hot],
}
WRONG = {
    "cost_of_ideas": [(ratio, "expected"), (exchanged, "expected")],
    "mean_iou": [(every_class, "expected"), (in_percent, "is expected")],
    "pixel_loss": [(every_pixel, "expected"), (in_bits, "is expected")],
}
