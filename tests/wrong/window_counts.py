"""Answers to the exercises on windows: right ones and wrong ones."""

import numpy as np


def by_listing(height, width, window, stride, scales):
    total = 0
    for scale in scales:
        rows, columns = int(height * scale), int(width * scale)
        total += sum(
            1
            for _ in range(0, rows - window + 1, stride)
            for _ in range(0, columns - window + 1, stride)
        )
    return total


def with_maximum(height, width, window, stride, scales):
    def places(n):
        return max(0, (n - window) // stride + 1)

    return sum(places(int(height * s)) * places(int(width * s)) for s in scales)


def a_list(height, width, window, stride, scales):
    return [with_maximum(height, width, window, stride, [s]) for s in scales]


def first_scale(height, width, window, stride, scales):
    return with_maximum(height, width, window, stride, scales[:1])


def place_by_place(x, weight, bias, height, width):
    P, Q = x.shape[1] - height + 1, x.shape[2] - width + 1
    out = np.zeros((len(weight), P, Q))
    for p in range(P):
        for q in range(Q):
            out[:, p, q] = weight @ x[:, p : p + height, q : q + width].ravel() + bias
    return out


def tap_by_tap(x, weight, bias, height, width):
    kernel = weight.reshape(len(weight), len(x), height, width)
    P, Q = x.shape[1] - height + 1, x.shape[2] - width + 1
    out = np.zeros((len(weight), P, Q)) + bias.reshape(-1, 1, 1)
    for u in range(height):
        for v in range(width):
            out += np.tensordot(kernel[:, :, u, v], x[:, u : u + P, v : v + Q], 1)
    return out


def flat(x, weight, bias, height, width):
    return place_by_place(x, weight, bias, height, width).reshape(len(weight), -1)


def highest_only(x, weight, bias, height, width):
    return place_by_place(x, weight, bias, height, width).max((1, 2))


def layer_by_layer(size, window, layers):
    costs = []
    for n in (window, size):
        total = 0
        for c_in, c_out, k, s in layers:
            n = (n - k) // s + 1
            total += c_in * c_out * k**2 * n**2
        costs.append(total)
    return [n * n * costs[0], costs[1]]


def from_the_strides(size, window, layers):
    jump = int(np.prod([s for *_, s in layers]))
    count = ((size - window) // jump + 1) ** 2

    def cost(n):
        if not layers:
            return 0
        total = 0
        for c_in, c_out, k, s in layers:
            n = 1 + (n - k) // s
            total += n * n * k * k * c_in * c_out
        return total

    return count * cost(window), cost(size)


def ratio(size, window, layers):
    cropped, convolved = layer_by_layer(size, window, layers)
    return cropped / convolved


def convolved_only(size, window, layers):
    return layer_by_layer(size, window, layers)[1]


RIGHT = {
    "count_windows": [by_listing, with_maximum],
    "fc_as_convolution": [place_by_place, tap_by_tap],
    "window_costs": [layer_by_layer, from_the_strides],
}
WRONG = {
    "count_windows": [(a_list, "expected"), (first_scale, "expected")],
    "fc_as_convolution": [(flat, "expected"), (highest_only, "expected")],
    "window_costs": [(ratio, "expected"), (convolved_only, "expected")],
}
