"""Answers to the exercises on pixels: right ones and wrong ones."""

import numpy as np


def _loss(image, weight, target):
    maps = np.maximum(np.tensordot(weight, image, 1), 0).reshape(len(weight), -1)
    return ((maps @ maps.T - target) ** 2).sum() / (4 * maps.size**2)


def gradient_by_matrices(image, weight, target):
    C, pixels = len(weight), image.reshape(3, -1)
    before = weight @ pixels
    F = before * (before > 0)
    N, M = C, pixels.shape[1]
    back = (F @ F.T - target) @ F / (N * M) ** 2
    return (weight.T @ (back * (before > 0))).reshape(image.shape)


def gradient_by_loops(image, weight, target):
    C, (_, H, W) = len(weight), image.shape
    F = np.zeros((C, H, W))
    for y in range(H):
        for x in range(W):
            F[:, y, x] = np.maximum(weight @ image[:, y, x], 0)
    G = np.einsum("ihw,jhw->ij", F, F)
    result = np.zeros_like(image)
    for y in range(H):
        for x in range(W):
            for c in range(C):
                if F[c, y, x] > 0:
                    pull = (G[c] - target[c]) @ F[:, y, x] / (C * H * W) ** 2
                    result[:, y, x] += pull * weight[c]
    return result


def gradient_by_differences(image, weight, target):
    """Nearly right: numerical."""
    result, h = np.zeros_like(image), 1e-2
    for i in np.ndindex(image.shape):
        moved = image.copy()
        moved[i] += h
        result[i] = (_loss(moved, weight, target) - _loss(image, weight, target)) / h
    return result


def gradient_transposed(image, weight, target):
    return gradient_by_matrices(image, weight, target).transpose(1, 2, 0)


def variation_by_slices(image):
    a = image[:, 1:, :] - image[:, :-1, :]
    b = image[:, :, 1:] - image[:, :, :-1]
    return np.sum(a * a) + np.sum(b * b)


def variation_by_loops(image):
    C, H, W = image.shape
    total = 0.0
    for c in range(C):
        for y in range(H):
            for x in range(W):
                if y + 1 < H:
                    total += (image[c, y + 1, x] - image[c, y, x]) ** 2
                if x + 1 < W:
                    total += (image[c, y, x + 1] - image[c, y, x]) ** 2
    return float(total)


def variation_halved(image):
    return variation_by_slices(image) / 2


def variation_a_map(image):
    return np.diff(image, axis=1) ** 2


RIGHT = {
    "pixel_gradient": [gradient_by_matrices, gradient_by_loops],
    "total_variation": [variation_by_slices, variation_by_loops],
}
WRONG = {
    "pixel_gradient": [
        (gradient_by_differences, "expected"),
        (gradient_transposed, "shape"),
    ],
    "total_variation": [(variation_halved, "expected"), (variation_a_map, "")],
}
