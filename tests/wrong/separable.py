"""Answers on separable convolution: right ones and wrong ones."""

import numpy as np


def cost_by_formula(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    p = (input_size + 2 * padding - kernel_size) // stride + 1
    depthwise = kernel_size**2 * in_channels * p * p
    return depthwise * out_channels, depthwise, in_channels * out_channels * p * p


def cost_by_counting(
    input_size, in_channels, out_channels, kernel_size, stride, padding
):
    first, last = -padding, input_size + padding - kernel_size
    positions = len(range(first, last + 1, stride)) ** 2
    filters = [kernel_size * kernel_size * in_channels] * out_channels
    return [
        sum(filters) * positions,
        sum([kernel_size * kernel_size] * in_channels) * positions,
        sum([in_channels] * out_channels) * positions,
    ]


def steps_added(input_size, in_channels, out_channels, kernel_size, stride, padding):
    standard, depthwise, pointwise = cost_by_formula(
        input_size, in_channels, out_channels, kernel_size, stride, padding
    )
    return standard, depthwise + pointwise


def ratio_only(input_size, in_channels, out_channels, kernel_size, stride, padding):
    return 1 / out_channels + 1 / kernel_size**2


def depthwise_loops(x, w, stride=1):
    C, H, W = x.shape
    _, R, S = w.shape
    P, Q = (H - R) // stride + 1, (W - S) // stride + 1
    out = np.zeros((C, P, Q))
    for c in range(C):
        for p in range(P):
            for q in range(Q):
                i, j = p * stride, q * stride
                out[c, p, q] = (x[c, i : i + R, j : j + S] * w[c]).sum()
    return out


def depthwise_windows(x, w, stride=1):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[1:], axis=(1, 2))
    return np.einsum("cpqrs,crs->cpq", windows[:, ::stride, ::stride], w)


def depthwise_taps(x, w, stride=1):
    R, S = w.shape[1:]
    P, Q = x.shape[1] - R + 1, x.shape[2] - S + 1
    taps = [
        w[:, r, s, None, None] * x[:, r : r + P, s : s + Q]
        for r in range(R)
        for s in range(S)
    ]
    return sum(taps)[:, ::stride, ::stride]


def strided_down_only(x, w, stride=1):
    return depthwise_loops(x, w)[:, ::stride]


def zeros(x, w, stride=1):
    return np.zeros_like(depthwise_loops(x, w, stride))


RIGHT = {
    "separable_cost": [cost_by_formula, cost_by_counting],
    "depthwise_conv2d": [depthwise_loops, depthwise_windows, depthwise_taps],
}
WRONG = {
    "separable_cost": [(steps_added, "expected"), (ratio_only, "expected")],
    "depthwise_conv2d": [(strided_down_only, "expected"), (zeros, "nothing but zeros")],
}
