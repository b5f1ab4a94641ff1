"""unfold, fold and the matrices of convolutions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from cvlib.conv import conv1d, conv2d, conv_matrix, fold, toeplitz, unfold
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)


@st.composite
def layouts(draw):
    """A batch of images and windows that fit on them."""
    shape = draw(st.sampled_from([(), (1,), (3,)])), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    size, options = [], {"kernel_size": [], "stride": [], "padding": [], "dilation": []}
    for _ in range(2):
        k, s, p, d = (draw(st.integers(low, 3)) for low in (1, 1, 0, 1))
        size.append(max(1, d * (k - 1) + 1 - 2 * p) + draw(st.integers(0, 5)))
        for name, value in zip(options, (k, s, p, d), strict=True):
            options[name].append(value)
    x = rng.normal(size=(*shape[0], shape[1], *size))
    return x, {name: tuple(value) for name, value in options.items()}


@given(layouts())
@quick
def test_unfold_is_torchs(case):
    x, options = case
    wanted = functional.unfold(torch.tensor(x), **options).numpy()
    assert_array_equal(unfold(x, **options), wanted, strict=True)


@given(layouts())
@quick
def test_fold_is_torchs(case):
    x, options = case
    columns = np.sin(3 * unfold(x, **options))
    size = x.shape[-2:]
    wanted = functional.fold(torch.tensor(columns), size, **options).numpy()
    assert_allclose(fold(columns, size, **options), wanted, atol=1e-12, strict=True)


@given(layouts())
@quick
def test_fold_is_the_adjoint_of_unfold(case):
    x, options = case
    columns = unfold(x, **options)
    other = np.cos(5 * columns)
    back = fold(other, x.shape[-2:], **options)
    assert_allclose((columns * other).sum(), (x * back).sum(), atol=1e-9)


def test_fold_after_unfold_counts_the_windows_over_each_pixel():
    x = np.ones((1, 4, 4))
    wanted = np.outer([1, 2, 2, 1], [1, 2, 2, 1]).astype(float)[None]
    assert_array_equal(fold(unfold(x, 2), 4, 2), wanted, strict=True)
    assert_array_equal(fold(unfold(x, 2, stride=2), 4, 2, stride=2), x, strict=True)


def test_filters_times_columns_is_the_convolution(rng):
    x, w = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 2, 3))
    y = w.reshape(4, -1) @ unfold(x, (2, 3), padding="same")
    wanted = conv2d(x, w, padding="same").reshape(2, 4, -1)
    assert_allclose(y, wanted, atol=1e-12, strict=True)


def test_unfold_copies_any_dtype_and_never_shares_memory():
    for dtype in (np.uint8, np.int64, np.float32):
        x = np.ones((1, 3, 3), dtype)
        columns = unfold(x, 1)
        assert columns.dtype == dtype
        columns[:] = 0
        assert x.all()


def test_fold_refuses_columns_of_another_image(says):
    with says(
        ShapeError,
        "columns must be (N, K, 9) or (K, 9) to match 3×3 windows on an output_size of "
        "(4, 4), got (4, 4)",
    ):
        fold(np.zeros((4, 4)), 4, 2)
    with says(
        ShapeError,
        "columns must be (N, C·4, 9) to match a 2×2 kernel, got (6, 9); "
        "did you mean another kernel_size?",
    ):
        fold(np.zeros((6, 9)), 4, 2)
    with says(
        TypeError,
        "columns must be floating point, got uint8: integer arithmetic would overflow; "
        "divide by 255 or use columns.astype(float)",
    ):
        fold(np.zeros((4, 9), np.uint8), 4, 2)


def test_unfold_refuses_a_picture_without_channels(says):
    with says(
        ShapeError,
        "x must be (N, C, H, W) or (C, H, W), got (4, 4); did you mean x[None]?",
    ):
        unfold(np.zeros((4, 4)), 2)


@given(
    n=st.integers(1, 9),
    k=st.integers(1, 4),
    s=st.integers(1, 3),
    p=st.integers(0, 3),
    d=st.integers(1, 2),
)
@quick
def test_toeplitz_times_x_is_conv1d(n, k, s, p, d):
    n = max(n, d * (k - 1) + 1 - 2 * p)
    rng = np.random.default_rng(n)
    x, w = rng.normal(size=n), rng.normal(size=k)
    y = toeplitz(w, n, stride=s, padding=p, dilation=d) @ x
    wanted = conv1d(x[None], w[None, None], stride=s, padding=p, dilation=d)[0]
    assert_allclose(y, wanted, atol=1e-12, strict=True)


def test_shared_weights_of_stride_two_and_one():
    w = np.array([7, 9])
    wanted = np.array([[7, 9, 0, 0], [0, 0, 7, 9]])
    assert_array_equal(toeplitz(w, 4, stride=2), wanted, strict=True)
    wanted = np.array([[7, 9, 0, 0], [0, 7, 9, 0], [0, 0, 7, 9]])
    assert_array_equal(toeplitz(w, 4), wanted, strict=True)


def test_toeplitz_takes_uneven_padding():
    wanted = np.array([[1, 2], [0, 1]])
    assert_array_equal(toeplitz(np.array([1, 2]), 2, padding="same"), wanted)
    assert_array_equal(toeplitz(np.array([1, 2]), 2, padding=(0, 1)), wanted)


def test_toeplitz_refuses_a_bank_of_kernels(says):
    with says(ShapeError, "w must be (R,), got (1, 3); did you mean w[0]?"):
        toeplitz(np.zeros((1, 3)), 5)


@given(layouts(), st.integers(1, 2), st.integers(1, 2))
@quick
def test_conv_matrix_times_x_is_conv2d(case, groups, filters):
    x, options = case
    x = x.reshape(-1, *x.shape[-3:])[0]
    x = np.concatenate([x] * groups) * np.arange(1, 1 + groups * len(x))[:, None, None]
    kernel = options.pop("kernel_size")
    w = np.random.default_rng(0).normal(
        size=(filters * groups, len(x) // groups, *kernel)
    )
    y = conv_matrix(w, x.shape, groups=groups, **options) @ x.ravel()
    wanted = conv2d(x, w, groups=groups, **options).ravel()
    assert_allclose(y, wanted, atol=1e-12, strict=True)


def test_conv_matrix_of_one_kernel_takes_a_plain_image(rng):
    x, w = rng.normal(size=(4, 5)), rng.normal(size=(2, 3))
    y = conv_matrix(w, x.shape, padding=1) @ x.ravel()
    wanted = conv2d(x[None], w[None, None], padding=1).ravel()
    assert_allclose(y, wanted, atol=1e-12, strict=True)


def test_conv_matrix_is_toeplitz_in_blocks_of_toeplitz():
    w = np.array([[1, 2], [3, 4]])
    M = conv_matrix(w, (3, 4)).reshape(2, 3, 3, 4)
    for p in range(2):
        for row in range(3):
            i = row - p
            wanted = toeplitz(w[i], 4) if 0 <= i < 2 else np.zeros((3, 4), int)
            assert_array_equal(M[p, :, row], wanted, strict=True)


def test_conv_matrix_columns_are_the_responses_to_single_pixels(rng):
    w = rng.normal(size=(2, 1, 3, 3))
    pixels = np.eye(20).reshape(20, 1, 4, 5)
    wanted = conv2d(pixels, w, padding=1, stride=2).reshape(20, -1).T
    assert_allclose(conv_matrix(w, (1, 4, 5), padding=1, stride=2), wanted, strict=True)


@pytest.mark.parametrize(
    ("w_shape", "shape", "wanted"),
    [
        ((2, 2), (1, 2, 5, 5), "(H, W)"),
        ((4, 3, 2, 2), (5, 5), "(3, H, W)"),
        ((4, 3, 2, 2), (2, 5, 5), "(3, H, W)"),
    ],
)
def test_conv_matrix_refuses_shapes_that_do_not_fit(says, w_shape, shape, wanted):
    with says(
        ShapeError,
        f"input_shape must be {wanted} to match w {w_shape} and groups=1, "
        f"got {shape}; leave the batch out, channels come first",
    ):
        conv_matrix(np.zeros(w_shape), shape)
