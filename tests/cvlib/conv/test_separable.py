"""Separable convolution: the lecture's counts, torch, and the kernel of rank one."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn.functional import conv2d as torch_conv2d

from cvlib.conv import (
    conv2d,
    depthwise_conv2d_loops,
    separable_conv2d,
    separable_kernel,
    separable_multiply_adds,
    separable_parameters,
)
from cvlib.validate import ShapeError

SMALL = st.integers(1, 6)


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def test_the_counts_of_the_lecture():
    cost = separable_multiply_adds(3, 5, 3, 4)
    assert (cost.standard, cost.depthwise, cost.pointwise) == (2160, 432, 240)
    assert cost.separable == 672
    assert cost.ratio == pytest.approx(1 / 5 + 1 / 9)
    assert round(cost.ratio, 3) == 0.311


@given(SMALL, SMALL, SMALL, SMALL)
def test_the_ratio_forgets_input_channels_and_size(C, filters, k, p):
    ratio = separable_multiply_adds(C, filters, k, p).ratio
    assert ratio == pytest.approx(1 / filters + 1 / k**2)


def test_parameters_are_those_of_the_torch_layers():
    def count(*layers):
        return sum(w.numel() for layer in layers for w in layer.parameters())

    cost = separable_parameters(32, 64, 3, bias=True)
    assert cost.standard == count(torch.nn.Conv2d(32, 64, 3))
    assert cost.depthwise == count(torch.nn.Conv2d(32, 32, 3, groups=32))
    assert cost.pointwise == count(torch.nn.Conv2d(32, 64, 1))


def test_the_loops_agree_with_torch_and_with_groups():
    x, w = drawn(0, (2, 3, 6, 7), (3, 1, 3, 2))
    torchs = torch_conv2d(torch.tensor(x), torch.tensor(w), groups=3).numpy()
    assert_allclose(depthwise_conv2d_loops(x, w), torchs, strict=True)
    assert_allclose(conv2d(x, w, groups=3), torchs, strict=True)


@given(SMALL, SMALL, st.integers(1, 3), st.integers(1, 2), st.integers(0, 2))
def test_two_steps_equal_one_convolution_with_their_kernel(C, filters, k, stride, pad):
    x, dw, pw = drawn(1, (2, C, 6, 5), (C, 1, k, k), (filters, C, 1, 1))
    two = separable_conv2d(x, dw, pw, stride=stride, padding=pad)
    one = conv2d(x, separable_kernel(dw, pw), stride=stride, padding=pad)
    assert_allclose(two, one, atol=1e-12, strict=True)


def test_every_channel_of_the_kernel_has_rank_one():
    kernel = separable_kernel(*drawn(2, (4, 1, 3, 3), (6, 4, 1, 1)))
    for c in range(4):
        assert np.linalg.matrix_rank(kernel[:, c].reshape(6, 9)) == 1
    general = drawn(3, (6, 4, 3, 3))[0]
    assert np.linalg.matrix_rank(general[:, 0].reshape(6, 9)) == 6


def test_nothing_crosses_channels_in_the_depthwise_step():
    x, w = drawn(4, (1, 3, 5, 5), (3, 1, 3, 3))
    changed = x.copy()
    changed[:, 1] += 1
    moved = depthwise_conv2d_loops(changed, w) != depthwise_conv2d_loops(x, w)
    assert moved.any(axis=(0, 2, 3)).tolist() == [False, True, False]


def test_the_sentences():
    x, w = np.zeros((1, 3, 5, 5)), np.zeros((3, 3, 3, 3))
    sentence = (
        r"^w must be \(3, 1, R, S\) to match x \(1, 3, 5, 5\), got \(3, 3, 3, 3\)$"
    )
    with pytest.raises(ShapeError, match=sentence):
        depthwise_conv2d_loops(x, w)
    with pytest.raises(ShapeError, match=r"^depthwise must be \(3, 1, R, S\)"):
        separable_conv2d(x, w, np.zeros((5, 3, 1, 1)))
    sentence = r"^pointwise must be \(F, 3, 1, 1\), got \(5, 4, 1, 1\)$"
    with pytest.raises(ShapeError, match=sentence):
        separable_kernel(np.zeros((3, 1, 3, 3)), np.zeros((5, 4, 1, 1)))
    with pytest.raises(ValueError, match=r"^kernel_size must span at most"):
        depthwise_conv2d_loops(x, np.zeros((3, 1, 6, 6)))
