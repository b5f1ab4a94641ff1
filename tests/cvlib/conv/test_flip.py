"""Convolution with and without the flip, against definitions that share no code."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlib.conv import conv2d, convolve2d, cross_correlate2d, flip
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)
modes = pytest.mark.parametrize("mode", ["valid", "same", "full"])


@st.composite
def images_and_kernels(draw):
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    R, S = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    H, W = R + draw(st.integers(0, 5)), S + draw(st.integers(0, 5))
    return rng.normal(size=(H, W)), rng.normal(size=(R, S))


def full_by_definition(x, w):
    """Every product x[a, b] · w[i, j] goes to the sum of its indices."""
    y = np.zeros(np.add(x.shape, w.shape) - 1)
    for a, b in np.ndindex(x.shape):
        for i, j in np.ndindex(w.shape):
            y[a + i, b + j] += x[a, b] * w[i, j]
    return y


def by_definition(x, w, mode):
    """The full convolution, or its middle."""
    y = full_by_definition(x, w)
    (H, W), (R, S) = x.shape, w.shape
    if mode == "valid":
        return y[R - 1 : H, S - 1 : W]
    if mode == "same":
        return y[(R - 1) // 2 :, (S - 1) // 2 :][:H, :W]
    return y


@modes
@given(case=images_and_kernels())
@quick
def test_convolution_is_its_definition_and_scipys(mode, case):
    x, w = case
    y = convolve2d(x, w, mode)
    assert_allclose(y, by_definition(x, w, mode), atol=1e-12, strict=True)
    assert_allclose(y, scipy.signal.convolve2d(x, w, mode), atol=1e-12, strict=True)


@modes
@given(case=images_and_kernels())
@quick
def test_cross_correlation_is_scipys(mode, case):
    x, w = case
    wanted = scipy.signal.correlate2d(x, w, mode)
    assert_allclose(cross_correlate2d(x, w, mode), wanted, atol=1e-12, strict=True)


@pytest.mark.parametrize("mode", ["valid", "full"])
@given(case=images_and_kernels())
@quick
def test_the_two_differ_by_a_flip(mode, case):
    x, w = case
    flipped = cross_correlate2d(x, flip(w), mode)
    assert_allclose(convolve2d(x, w, mode), flipped, atol=1e-12, strict=True)


def test_the_two_agree_on_a_symmetric_kernel_of_odd_size(rng):
    x, w = rng.normal(size=(6, 7)), np.outer([1, 2, 1], [1, 3, 1.0])
    assert_allclose(convolve2d(x, w, "same"), cross_correlate2d(x, w, "same"))


def test_same_correlation_is_conv2d_with_same_padding(rng):
    x, w = rng.normal(size=(6, 7)), rng.normal(size=(4, 3))
    wanted = conv2d(x[None], w[None, None], padding="same")[0]
    assert_allclose(cross_correlate2d(x, w, "same"), wanted, strict=True)


@given(case=images_and_kernels())
@quick
def test_convolution_commutes(case):
    x, w = case
    swapped = convolve2d(w, x, "full")
    assert_allclose(convolve2d(x, w, "full"), swapped, atol=1e-12, strict=True)


def test_cross_correlation_does_not_commute_it_flips():
    x, w = np.array([[1.0, 2, 3]]), np.array([[1.0, 0, 0]])
    there, back = cross_correlate2d(x, w, "full"), cross_correlate2d(w, x, "full")
    assert not np.allclose(there, back)
    assert_array_equal(there, flip(back), strict=True)


@given(case=images_and_kernels())
@quick
def test_convolution_associates_and_correlation_does_not(case):
    x, w = case
    v = np.array([[1.0, 2], [0, -1]])
    one_by_one = convolve2d(convolve2d(x, w, "full"), v, "full")
    at_once = convolve2d(x, convolve2d(w, v, "full"), "full")
    assert_allclose(one_by_one, at_once, atol=1e-10, strict=True)
    one_by_one = cross_correlate2d(cross_correlate2d(x, w, "full"), v, "full")
    at_once = cross_correlate2d(x, cross_correlate2d(w, v, "full"), "full")
    assert not np.allclose(one_by_one, at_once)


@given(case=images_and_kernels())
@quick
def test_flipping_both_flips_the_result(case):
    x, w = case
    wanted = flip(convolve2d(x, w, "full"))
    assert_allclose(convolve2d(flip(x), flip(w), "full"), wanted, atol=1e-12)


def test_the_lectures_flip():
    w = np.array([[3, 4, 5], [1, 0, 1], [9, 7, 8]])
    wanted = np.array([[8, 7, 9], [1, 0, 1], [5, 4, 3]])
    assert_array_equal(flip(w), wanted, strict=True)
    assert_array_equal(flip(flip(w)), w, strict=True)


def test_flip_leaves_filters_and_channels_in_order(rng):
    w = rng.normal(size=(4, 3, 2, 2))
    assert_array_equal(flip(w)[1, 2], flip(w[1, 2]), strict=True)
    assert_array_equal(flip(np.array([1, 2, 3])), np.array([3, 2, 1]), strict=True)


@pytest.mark.parametrize("op", [convolve2d, cross_correlate2d])
def test_whole_numbers_do_not_overflow(op):
    x, w = np.full((3, 3), 255, np.uint8), np.full((3, 3), 255, np.uint8)
    assert_array_equal(op(x, w), np.array([[9 * 255 * 255]]), strict=True)


def test_bad_arguments_are_refused(says):
    with says(ValueError, "mode must be 'valid', 'same' or 'full', got 'all'"):
        convolve2d(np.ones((3, 3)), np.ones((2, 2)), "all")
    with says(ShapeError, "x must be (H, W), got (1, 3, 3); did you mean x[0]?"):
        convolve2d(np.ones((1, 3, 3)), np.ones((2, 2)))
    with says(ShapeError, "w must be (R, S), got (3,); did you mean w[None]?"):
        cross_correlate2d(np.ones((3, 3)), np.ones(3))
    with says(
        ValueError,
        "kernel_size must span at most the padded input, 2 = 2 + 0 + 0, got 3 from "
        "kernel_size=3 and dilation=1; use padding=1 or a larger input",
    ):
        cross_correlate2d(np.ones((2, 2)), np.ones((3, 3)))
    with says(ShapeError, "w must be (…, R, S) or (R,), got ()"):
        flip(np.array(1.0))
