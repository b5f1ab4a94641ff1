"""Answers to the exercises on batch normalisation: right ones and wrong ones."""

import numpy as np


def channel_by_channel(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    y, new_mean, new_var = np.zeros(x.shape), running_mean.copy(), running_var.copy()
    for c in range(x.shape[1]):
        mean, var = running_mean[c], running_var[c]
        if training:
            values = x[:, c].ravel()
            m = len(values)
            mean = sum(values) / m
            var = sum((values - mean) ** 2) / m
            new_mean[c] = (1 - momentum) * running_mean[c] + momentum * mean
            new_var[c] = (1 - momentum) * running_var[c]
            new_var[c] += momentum * var * m / (m - 1)
        y[:, c] = gamma[c] * (x[:, c] - mean) / (var + eps) ** 0.5 + beta[c]
    return y, new_mean, new_var


def channels_last(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    values = x.transpose(0, 2, 3, 1)
    flat = values.reshape(-1, x.shape[1])
    mean, var = running_mean, running_var
    if training:
        mean, var = flat.mean(axis=0), flat.var(axis=0)
        running_mean = running_mean + momentum * (mean - running_mean)
        unbiased = flat.var(axis=0, ddof=1)
        running_var = running_var + momentum * (unbiased - running_var)
    scale = gamma / np.sqrt(var + eps)
    y = values * scale + (beta - mean * scale)
    return [y.transpose(0, 3, 1, 2), running_mean, running_var]


def only_y(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    return channels_last(
        x, gamma, beta, running_mean, running_var, training, momentum, eps
    )[0]


def layer_norm(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    mean = x.mean(axis=(1, 2, 3), keepdims=True)
    x_hat = (x - mean) / np.sqrt(x.var(axis=(1, 2, 3), keepdims=True) + eps)
    y = gamma[:, None, None] * x_hat + beta[:, None, None]
    return y, running_mean, running_var


def with_arrays_of_shape_1c11(
    x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5
):
    y, mean, var = channels_last(
        x, gamma, beta, running_mean, running_var, training, momentum, eps
    )
    return y, mean.reshape(1, -1, 1, 1), var.reshape(1, -1, 1, 1)


def simplified(grad, x, gamma, eps=1e-5):
    axes, m = (0, 2, 3), x.size // x.shape[1]
    sigma = np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=axes, keepdims=True)) / sigma
    grad_beta, grad_gamma = grad.sum(axis=axes), (grad * x_hat).sum(axis=axes)
    along = grad_beta[:, None, None] + x_hat * grad_gamma[:, None, None]
    return gamma[:, None, None] / sigma * (grad - along / m), grad_gamma, grad_beta


def step_by_step(grad, x, gamma, eps=1e-5):
    axes, m = (0, 2, 3), x.size // x.shape[1]
    centred = x - x.mean(axis=axes, keepdims=True)
    var = (centred**2).mean(axis=axes, keepdims=True)
    inverse = (var + eps) ** -0.5
    g = grad * gamma.reshape(1, -1, 1, 1)
    d_var = (g * centred).sum(axis=axes, keepdims=True) * -0.5 * inverse**3
    d_centred = g * inverse + d_var * 2 * centred / m
    d_x = d_centred - d_centred.mean(axis=axes, keepdims=True)
    return d_x, (grad * centred * inverse).sum(axis=axes), grad.sum(axis=axes)


def with_the_jacobian(grad, x, gamma, eps=1e-5):
    grad_x = np.zeros(x.shape)
    grad_gamma, grad_beta = np.zeros(len(gamma)), np.zeros(len(gamma))
    for c in range(len(gamma)):
        values, g = x[:, c].ravel(), grad[:, c].ravel()
        m, sigma = len(values), np.sqrt(values.var() + eps)
        x_hat = (values - values.mean()) / sigma
        jacobian = (np.eye(m) - 1 / m - np.outer(x_hat, x_hat) / m) / sigma
        grad_x[:, c] = (gamma[c] * g @ jacobian).reshape(x[:, c].shape)
        grad_gamma[c], grad_beta[c] = g @ x_hat, g.sum()
    return grad_x, grad_gamma, grad_beta


def bias_first(grad, x, gamma, eps=1e-5):
    grad_x, grad_gamma, grad_beta = simplified(grad, x, gamma, eps)
    return grad_x, grad_beta, grad_gamma


def a_scale_for_every_pixel(grad, x, gamma, eps=1e-5):
    return simplified(grad, x, gamma, eps)[0], (grad * x).sum(0), grad.sum(0)


RIGHT = {
    "batch_norm": [channel_by_channel, channels_last],
    "batch_norm_backward": [simplified, step_by_step, with_the_jacobian],
}
WRONG = {
    "batch_norm": [
        (only_y, "expected"),
        (layer_norm, "wrong"),
        (with_arrays_of_shape_1c11, "Part `[1]` of the answer has shape"),
    ],
    "batch_norm_backward": [
        (bias_first, "Part `[1]` of the answer"),
        (a_scale_for_every_pixel, "Part `[1]` of the answer has shape"),
    ],
}
