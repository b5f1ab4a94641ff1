"""Answers to the exercises on the table of residual networks: right and wrong ones."""

import math


def by_the_formula(blocks, convolutions):
    return sum(blocks) * convolutions + 2


def walked(blocks, convolutions):
    layers = ["first"]
    for stage in blocks:
        for _ in range(stage):
            layers += ["convolution"] * convolutions
    return len([*layers, "classifier"])


def longest_block(blocks, convolutions):
    return 2 + convolutions * max(blocks)


def as_fraction(blocks, convolutions):
    return 2.0 + convolutions * sum(blocks)


def as_text(blocks, convolutions):
    return f"ResNet-{2 + convolutions * sum(blocks)}"


def layer_by_layer(n, in_channels, width, stride=1, stride_in_1x1=False):
    small = math.ceil(n / stride)
    a = small if stride_in_1x1 else n
    reduce = a * a * in_channels * width
    look = small * small * 3 * 3 * width * width
    widen = small * small * width * 4 * width
    if stride == 1 and in_channels == 4 * width:
        return reduce + look + widen
    return reduce + look + widen + small * small * in_channels * 4 * width


def from_a_list(n, in_channels, width, stride=1, stride_in_1x1=False):
    after = (n - 1) // stride + 1
    layers = [
        (after if stride_in_1x1 else n, in_channels, width, 1),
        (after, width, width, 3),
        (after, width, 4 * width, 1),
    ]
    if (stride, in_channels) != (1, 4 * width):
        layers.append((after, in_channels, 4 * width, 1))
    return sum(m**2 * k**2 * c * f for m, c, f, k in layers)


def rounded_down(n, in_channels, width, stride=1, stride_in_1x1=False):
    after = n // stride
    first = after if stride_in_1x1 else n
    macs = first**2 * in_channels * width + after**2 * 13 * width**2
    if stride > 1 or in_channels != 4 * width:
        macs += after**2 * 4 * in_channels * width
    return macs


def in_millions(n, in_channels, width, stride=1, stride_in_1x1=False):
    return layer_by_layer(n, in_channels, width, stride, stride_in_1x1) / 1e6


RIGHT = {
    "resnet_depth": [by_the_formula, walked],
    "bottleneck_macs": [layer_by_layer, from_a_list],
}
WRONG = {
    "resnet_depth": [
        (longest_block, "expected"),
        (as_fraction, "whole number"),
        (as_text, "number"),
    ],
    "bottleneck_macs": [(rounded_down, "expected"), (in_millions, "whole number")],
}
