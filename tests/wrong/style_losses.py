"""Answers to the exercises on content and style: right ones and wrong ones."""

import numpy as np


def content_by_loops(features, target):
    total = 0.0
    for f, p in zip(features.flat, target.flat, strict=True):
        total += (f - p) ** 2
    return total / 2


def content_by_a_dot(features, target):
    off = np.ravel(features - target)
    return off @ off / 2


def content_sign(features, target):
    return -content_by_a_dot(features, target)


def content_each(features, target):
    return (features - target) ** 2 / 2


def gram_by_loops(features):
    C = len(features)
    gram = np.zeros((C, C))
    for i in range(C):
        for j in range(C):
            gram[i, j] = (features[i] * features[j]).sum()
    return gram


def gram_by_einsum(features):
    return np.einsum("ihw,jhw->ij", features, features)


def gram_by_places(features):
    C, H, W = features.shape
    total = np.zeros((C, C))
    for y in range(H):
        for x in range(W):
            total += np.outer(features[:, y, x], features[:, y, x])
    return total


def gram_squared(features):
    return gram_by_einsum(features) ** 2


def gram_lower(features):
    return np.tril(gram_by_einsum(features))


def shuffle_by_take(features, order):
    C, H, W = features.shape
    return np.take(features.reshape(C, H * W), order, axis=1).reshape(C, H, W)


def shuffle_by_loops(features, order):
    _, H, W = features.shape
    result = np.zeros_like(features)
    for p in range(H * W):
        q = order[p]
        result[:, p // W, p % W] = features[:, q // W, q % W]
    return result


def shuffle_flat(features, order):
    return features.reshape(len(features), -1)[:, order]


def shuffle_nothing(features, order):
    return features


def style_by_loops(features, targets, weights):
    total = 0.0
    for F, P, w in zip(features, targets, weights, strict=True):
        C, H, W = F.shape
        G, A = gram_by_loops(F), gram_by_loops(P)
        for i in range(C):
            for j in range(C):
                total += w * (G[i, j] - A[i, j]) ** 2 / (4 * C**2 * (H * W) ** 2)
    return total


def style_by_means(features, targets, weights):
    total = 0.0
    for F, P, w in zip(features, targets, weights, strict=True):
        C = len(F)
        off = gram_by_einsum(F) / F[0].size - gram_by_einsum(P) / P[0].size
        total += w * np.linalg.norm(off) ** 2 / (4 * C * C)
    return float(total)


def style_of_last_layer(features, targets, weights):
    return style_by_loops(features[-1:], targets[-1:], weights[-1:]) + 1e-3


def style_not_squared(features, targets, weights):
    return np.sqrt(style_by_means(features, targets, weights))


RIGHT = {
    "content_loss": [content_by_loops, content_by_a_dot],
    "gram_matrix": [gram_by_loops, gram_by_einsum, gram_by_places],
    "shuffle_positions": [shuffle_by_take, shuffle_by_loops],
    "style_loss": [style_by_loops, style_by_means],
}
WRONG = {
    "content_loss": [(content_sign, "expected"), (content_each, "")],
    "gram_matrix": [(gram_squared, "expected"), (gram_lower, "expected")],
    "shuffle_positions": [(shuffle_flat, "shape"), (shuffle_nothing, "expected")],
    "style_loss": [(style_of_last_layer, "expected"), (style_not_squared, "expected")],
}
