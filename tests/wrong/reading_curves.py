"""Answers to the exercise on reading curves: right ones and wrong ones."""

import math

import numpy as np


def with_numpy(losses, train_accuracy, val_accuracy):
    losses = np.array(losses)
    if not np.all(losses <= 3 * losses[0]):  # NaN is not below anything either
        return "explosion"
    train, val = np.mean(train_accuracy[-3:]), np.mean(val_accuracy[-3:])
    if train > val + 0.1:
        return "overfitting"
    if train >= 0.9:
        return "healthy"
    return "underfitting"


def one_after_the_other(losses, train_accuracy, val_accuracy):
    for loss in losses:
        if math.isnan(loss) or loss > 3 * losses[0]:
            return "explosion"
    last = [(train_accuracy[-k], val_accuracy[-k]) for k in (1, 2, 3)]
    if sum(t - v for t, v in last) / 3 > 0.1:
        return "overfitting"
    return "underfitting" if sum(t for t, _ in last) / 3 < 0.9 else "healthy"


def capital(losses, train_accuracy, val_accuracy):
    return with_numpy(losses, train_accuracy, val_accuracy).capitalize()


def underfitting_first(losses, train_accuracy, val_accuracy):
    verdict = with_numpy(losses, train_accuracy, val_accuracy)
    if verdict == "overfitting" and np.mean(train_accuracy[-3:]) < 0.9:
        return "underfitting"
    return verdict


def always_healthy(losses, train_accuracy, val_accuracy):
    return "healthy"


RIGHT = {"diagnose": [with_numpy, one_after_the_other]}
WRONG = {
    "diagnose": [
        (capital, "expected"),
        (underfitting_first, "expected"),
        (always_healthy, "expected"),
    ]
}
