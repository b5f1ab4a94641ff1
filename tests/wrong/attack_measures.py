"""Answers on borders, honest evaluation and hardening: right ones and wrong ones."""

import numpy as np


def border_by_arrays(image, weight, bias):
    scores = weight @ image + bias
    label = scores.argmax()
    w = np.delete(weight - weight[label], label, axis=0)
    gap = np.delete(scores[label] - scores, label)
    squared = (w**2).sum(axis=1)
    k = (gap**2 / squared).argmin()
    return gap[k] / squared[k] * w[k]


def border_by_sorting(image, weight, bias):
    scores = [float(row @ image + b) for row, b in zip(weight, bias, strict=True)]
    label = max(range(len(scores)), key=scores.__getitem__)
    steps = []
    for k, row in enumerate(weight):
        if k != label:
            w = row - weight[label]
            steps.append((scores[label] - scores[k]) * w / np.dot(w, w))
    return min(steps, key=np.linalg.norm)


def border_picture(image, weight, bias):
    return image + border_by_arrays(image, weight, bias)


def border_distance(image, weight, bias):
    return np.linalg.norm(border_by_arrays(image, weight, bias))


def robust_by_loops(labels, predictions):
    standing = 0
    for n, label in enumerate(labels):
        if all(row[n] == label for row in predictions):
            standing += 1
    return standing / len(labels)


def robust_by_products(labels, predictions):
    standing = np.ones(len(labels), int)
    for row in predictions:
        standing *= row == labels
    return standing.sum() / len(standing)


def robust_count(labels, predictions):
    return float((predictions == labels).all(axis=0).sum())


def robust_each(labels, predictions):
    return (predictions == labels).all(axis=0)


def table_by_loops(labels, clean, moved):
    M = len(clean)
    kept = [n for n in range(len(labels)) if all(c[n] == labels[n] for c in clean)]
    table = np.zeros((M, M))
    for i in range(M):
        for j in range(M):
            fell = [moved[i, j, n] != labels[n] for n in kept]
            table[i, j] = sum(fell) / len(kept)
    return table


def table_by_products(labels, clean, moved):
    kept = np.prod(clean == labels, axis=0)
    return ((moved != labels) * kept).sum(axis=-1) / kept.sum()


def table_counts(labels, clean, moved):
    kept = (clean == labels).all(axis=0)
    return (moved[:, :, kept] != labels[kept]).sum(axis=2).astype(float)


def table_diagonal(labels, clean, moved):
    return np.diagonal(table_by_products(labels, clean, moved)).copy()


def step_by_sigmoid(weight, image, label, eps, lr):
    worst = np.clip(image - eps * label * np.sign(weight), 0, 1)
    sigmoid = 1 / (1 + np.exp(-label * np.dot(weight, worst)))
    return weight - lr * (sigmoid - 1) * label * worst


def step_by_loops(weight, image, label, eps, lr):
    worst = []
    for w, x in zip(weight, image, strict=True):
        up = -1 if label * w > 0 else 1
        worst.append(min(1.0, max(0.0, x + up * eps)))
    score = sum(w * x for w, x in zip(weight, worst, strict=True))
    pull = lr * label / (1 + np.exp(label * score))
    return np.array([w + pull * x for w, x in zip(weight, worst, strict=True)])


def step_hinge(weight, image, label, eps, lr):
    worst = np.clip(image - eps * label * np.sign(weight), 0, 1)
    return weight + lr * label * worst * (label * (weight @ worst) < 1)


def step_the_picture(weight, image, label, eps, lr):
    return np.clip(image - eps * label * np.sign(weight), 0, 1)


def border_by_masking(image, weight, bias):
    scores = weight @ image + bias
    label = scores.argmax()
    w = weight - weight[label]
    squared = np.einsum("kd,kd->k", w, w)
    squared[label] = 1.0
    factor = (scores[label] - scores) / squared
    distance = factor * np.sqrt(squared)
    distance[label] = np.inf
    return factor[distance.argmin()] * w[distance.argmin()]


def border_with_itself(image, weight, bias):
    scores = weight @ image + bias
    w = weight - weight[scores.argmax()]
    steps = (scores.max() - scores)[:, None] * w / ((w**2).sum(1) + 1e-12)[:, None]
    return min(steps, key=np.linalg.norm)


def robust_by_sets(labels, predictions):
    fallen = {n for _, n in zip(*np.nonzero(predictions != labels), strict=True)}
    return 1 - len(fallen) / len(labels)


def robust_last_attack(labels, predictions):
    return float((predictions[-1] == labels).mean())


def table_by_masked_arrays(labels, clean, moved):
    gone = np.broadcast_to((clean != labels).any(axis=0), moved.shape)
    return np.ma.masked_array(moved != labels, mask=gone).mean(axis=-1).filled(0.0)


def table_always_fools_itself(labels, clean, moved):
    table = table_by_products(labels, clean, moved)
    np.fill_diagonal(table, 1)
    return table


def step_by_logarithms(weight, image, label, eps, lr):
    worst = np.minimum(1, np.maximum(0, image - eps * np.sign(label * weight)))
    slope = -label * worst * np.exp(-np.logaddexp(0, label * weight.dot(worst)))
    return weight - lr * slope


def step_of_one(weight, image, label, eps, lr):
    return step_by_sigmoid(weight, image, label, eps, 1.0)


RIGHT = {
    "nearest_boundary": [border_by_arrays, border_by_sorting, border_by_masking],
    "robust_accuracy": [robust_by_loops, robust_by_products, robust_by_sets],
    "transfer_table": [table_by_loops, table_by_products, table_by_masked_arrays],
    "adversarial_step": [step_by_sigmoid, step_by_loops, step_by_logarithms],
}
WRONG = {
    "nearest_boundary": [
        (border_picture, "expected"),
        (border_distance, ""),
        (border_with_itself, "nothing but zeros"),
    ],
    "robust_accuracy": [
        (robust_count, "expected"),
        (robust_each, ""),
        (robust_last_attack, "expected"),
    ],
    "transfer_table": [
        (table_counts, "times what"),
        (table_diagonal, "shape"),
        (table_always_fools_itself, "expected"),
    ],
    "adversarial_step": [
        (step_hinge, "expected"),
        (step_the_picture, "expected"),
        (step_of_one, "expected"),
    ],
}
