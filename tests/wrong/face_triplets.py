"""Answers on siamese networks and triplets: right ones and wrong ones."""

import math

import numpy as np


def number_by_number(W, x1, x2):
    D, C = W.shape
    grad = np.zeros((D, C))
    for d in range(D):
        f1, f2 = math.tanh(W[d] @ x1), math.tanh(W[d] @ x2)
        for c in range(C):
            inner = (1 - f1 * f1) * x1[c] - (1 - f2 * f2) * x2[c]
            grad[d, c] = 2 * (f1 - f2) * inner
    return grad


def by_broadcasting(W, x1, x2):
    x = np.stack([x1, x2])  # (2, C)
    f = np.tanh(x @ W.T)  # (2, D)
    sign = np.array([[1.0], [-1.0]])
    back = 2 * (f[0] - f[1]) * sign * (1 - f**2)
    return back.T @ x


def distance_itself(W, x1, x2):
    return ((np.tanh(W @ x1) - np.tanh(W @ x2)) ** 2).sum()


def with_cosh(W, x1, x2):
    z1, z2 = W @ x1, W @ x2
    d = np.tanh(z1) - np.tanh(z2)
    return np.outer(2 * d / np.cosh(z1), x1) - np.outer(2 * d / np.cosh(z2), x2)


def triplet_by_triplet(anchor, positive, negative, margin):
    total = 0.0
    for a, p, n in zip(anchor, positive, negative, strict=True):
        z = float((a - p) @ (a - p) - (a - n) @ (a - n)) + margin
        total += z if z > 0 else 0.0
    return total / len(anchor)


def expanded(anchor, positive, negative, margin):
    # |a−p|² − |a−n|² = |p|² − |n|² − 2a·(p − n)
    z = (positive**2).sum(1) - (negative**2).sum(1)
    z = z - 2 * (anchor * (positive - negative)).sum(1) + margin
    return np.where(z > 0, z, 0).mean()


def each_of_them(anchor, positive, negative, margin):
    near = ((anchor - positive) ** 2).sum(axis=1)
    return np.maximum(near - ((anchor - negative) ** 2).sum(axis=1) + margin, 0)


def mean_over_components(anchor, positive, negative, margin):
    near = ((anchor - positive) ** 2).mean(axis=1)
    far = ((anchor - negative) ** 2).mean(axis=1)
    return np.maximum(near - far + margin, 0).mean()


def by_a_switch(anchor, positive, negative, margin):
    a, p, n = anchor, positive, negative
    on = float((a - p) @ (a - p) - (a - n) @ (a - n) + margin > 0)
    return [on * 2 * (n - p), on * 2 * (p - a), on * 2 * (a - n)]


def number_after_number(anchor, positive, negative, margin):
    near = sum((x - y) ** 2 for x, y in zip(anchor, positive, strict=True))
    far = sum((x - y) ** 2 for x, y in zip(anchor, negative, strict=True))
    grads = np.zeros((3, len(anchor)))
    if near + margin > far:
        for k in range(len(anchor)):
            grads[0, k] = 2 * (anchor[k] - positive[k]) - 2 * (anchor[k] - negative[k])
            grads[1, k] = -2 * (anchor[k] - positive[k])
            grads[2, k] = 2 * (anchor[k] - negative[k])
    return tuple(grads)


def stacked(anchor, positive, negative, margin):
    return np.stack(by_a_switch(anchor, positive, negative, margin))


def another_order(anchor, positive, negative, margin):
    a, p, n = by_a_switch(anchor, positive, negative, margin)
    return a, n, p


def by_a_complex_step(W, x1, x2):
    grad = np.zeros(W.shape)
    for place in np.ndindex(W.shape):
        step = np.zeros(W.shape, complex)
        step[place] = 1e-30j
        d = np.tanh((W + step) @ x1) - np.tanh((W + step) @ x2)
        grad[place] = (d @ d).imag / 1e-30
    return grad


def downhill(W, x1, x2):
    return -by_broadcasting(W, x1, x2)


def by_plain_python(anchor, positive, negative, margin):
    losses = []
    for a, p, n in zip(anchor, positive, negative, strict=True):
        near = sum((x - y) ** 2 for x, y in zip(a, p, strict=True))
        far = sum((x - y) ** 2 for x, y in zip(a, n, strict=True))
        losses.append(max(near - far + margin, 0))
    return sum(losses) / len(losses) if any(losses) else 0


def floor_for_each_component(anchor, positive, negative, margin):
    parts = (anchor - positive) ** 2 - (anchor - negative) ** 2 + margin
    return np.maximum(parts, 0).sum(axis=1).mean()


def by_where(anchor, positive, negative, margin):
    near, far = np.sum((anchor - positive) ** 2), np.sum((anchor - negative) ** 2)
    pairs = (negative, positive), (positive, anchor), (anchor, negative)
    return [np.where(near + margin > far, 2 * (a - b), 0) for a, b in pairs]


def anchor_without_the_positive(anchor, positive, negative, margin):
    _, p, n = by_a_switch(anchor, positive, negative, margin)
    return -n, p, n


RIGHT = {
    "siamese_gradient": [number_by_number, by_broadcasting, by_a_complex_step],
    "triplet_loss": [triplet_by_triplet, expanded, by_plain_python],
    "triplet_gradients": [by_a_switch, number_after_number, by_where],
}
WRONG = {
    "siamese_gradient": [
        (distance_itself, "expected"),
        (with_cosh, "expected"),
        (downhill, "wrong sign"),
    ],
    "triplet_loss": [
        (each_of_them, "expected"),
        (mean_over_components, "numbers of an embedding"),
        (floor_for_each_component, "expected"),
    ],
    "triplet_gradients": [
        (stacked, "expected"),
        (another_order, "another order"),
        (anchor_without_the_positive, "Part `[0]`"),
    ],
}
