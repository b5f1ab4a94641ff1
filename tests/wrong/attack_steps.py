"""Answers to the exercises on the steps of an attack: right ones and wrong ones."""

import numpy as np


def fgsm_by_where(image, gradient, eps):
    up = np.where(gradient > 0, image + eps, image)
    moved = np.where(gradient < 0, image - eps, up)
    return np.minimum(np.maximum(moved, 0), 1)


def fgsm_by_loops(image, gradient, eps):
    result = image.copy()
    for i in np.ndindex(image.shape):
        if gradient[i] > 0:
            result[i] = min(1.0, image[i] + eps)
        elif gradient[i] < 0:
            result[i] = max(0.0, image[i] - eps)
    return result


def fgsm_l2(image, gradient, eps):
    return np.clip(image + eps * gradient / np.sqrt((gradient**2).sum()), 0, 1)


def fgsm_flat(image, gradient, eps):
    return np.clip(image + eps * np.sign(gradient), 0, 1).ravel()


def normalised_through_pixels(image, gradient, eps, mean, std):
    m, s = mean.reshape(3, 1, 1), std.reshape(3, 1, 1)
    pixels = np.clip(image * s + m + eps * np.sign(gradient), 0, 1)
    return (pixels - m) / s


def normalised_by_channels(image, gradient, eps, mean, std):
    result = np.empty_like(image)
    for c in range(3):
        low, high = -mean[c] / std[c], (1 - mean[c]) / std[c]
        moved = image[c] + eps / std[c] * np.sign(gradient[c])
        result[c] = np.minimum(np.maximum(moved, low), high)
    return result


def normalised_black_only(image, gradient, eps, mean, std):
    m, s = mean[:, None, None], std[:, None, None]
    return np.maximum(image + eps / s * np.sign(gradient), (0 - m) / s)


def normalised_last_axis(image, gradient, eps, mean, std):
    return normalised_by_channels(image, gradient, eps, mean, std).transpose(1, 2, 0)


def step_by_bounds(start, image, gradient, alpha, eps):
    low, high = np.maximum(start - eps, 0), np.minimum(start + eps, 1)
    return np.clip(image - alpha * np.sign(gradient), low, high)


def step_by_loops(start, image, gradient, alpha, eps):
    result = image.copy()
    for i in np.ndindex(image.shape):
        value = image[i] - alpha * float(np.sign(gradient[i]))
        change = max(-eps, min(eps, value - start[i]))
        result[i] = min(1.0, max(0.0, start[i] + change))
    return result


def step_the_change(start, image, gradient, alpha, eps):
    return np.clip(image - alpha * np.sign(gradient) - start, -eps, eps)


def step_nothing(start, image, gradient, alpha, eps):
    return image


def ball_by_loops(delta, eps):
    result = []
    for one in delta:
        length = np.linalg.norm(one)
        result.append(one * eps / length if length > eps else one)
    return np.stack(result)


def ball_by_where(delta, eps):
    flat = delta.reshape(len(delta), -1)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    safe = np.where(length > 0, length, 1)
    return np.where(length > eps, flat * eps / safe, flat).reshape(delta.shape)


def ball_lengths(delta, eps):
    return np.minimum(np.linalg.norm(delta.reshape(len(delta), -1), axis=1), eps)


def ball_unit(delta, eps):
    length = np.linalg.norm(delta.reshape(len(delta), -1), axis=1)
    return delta / np.maximum(length, 1)[:, None, None, None]


def fgsm_by_copysign(image, gradient, eps):
    return np.clip(image + np.copysign(eps, gradient) * (gradient != 0), 0, 1)


def fgsm_stretched(image, gradient, eps):
    moved = image + eps * np.sign(gradient)
    return (moved - moved.min()) / (moved.max() - moved.min())


def normalised_with_channels_last(image, gradient, eps, mean, std):
    pixels = np.moveaxis(image, 0, -1) * std + mean
    moved = np.clip(pixels + eps * np.sign(np.moveaxis(gradient, 0, -1)), 0, 1)
    return np.moveaxis((moved - mean) / std, -1, 0)


def normalised_to_minus_one(image, gradient, eps, mean, std):
    return np.clip(image + eps / std[:, None, None] * np.sign(gradient), -1, 1)


def step_picture_first(start, image, gradient, alpha, eps):
    moved = np.clip(image - alpha * np.sign(gradient), 0, 1)
    return np.minimum(np.maximum(moved, start - eps), start + eps)


def step_uphill_and_away(start, image, gradient, alpha, eps):
    return np.clip(image + alpha * np.sign(gradient), 0, 1)


def ball_by_dividing(delta, eps):
    lengths = np.linalg.norm(delta.reshape(len(delta), -1), axis=1)
    return delta / np.maximum(1, lengths / eps)[:, None, None, None]


def ball_of_one(delta, eps):
    return eps * ball_by_loops(delta, 1.0)


RIGHT = {
    "fgsm": [fgsm_by_where, fgsm_by_loops, fgsm_by_copysign],
    "fgsm_normalised": [
        normalised_through_pixels,
        normalised_by_channels,
        normalised_with_channels_last,
    ],
    "targeted_step": [step_by_bounds, step_by_loops, step_picture_first],
    "project_l2": [ball_by_loops, ball_by_where, ball_by_dividing],
}
WRONG = {
    "fgsm": [
        (fgsm_l2, "expected"),
        (fgsm_flat, "shape"),
        (fgsm_stretched, "expected"),
    ],
    "fgsm_normalised": [
        (normalised_black_only, "expected"),
        (normalised_last_axis, "shape"),
        (normalised_to_minus_one, "expected"),
    ],
    "targeted_step": [
        (step_the_change, "expected"),
        (step_nothing, "expected"),
        (step_uphill_and_away, "expected"),
    ],
    "project_l2": [
        (ball_lengths, "shape"),
        (ball_unit, "expected"),
        (ball_of_one, "expected"),
    ],
}
