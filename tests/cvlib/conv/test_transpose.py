"""Transposed convolution: stamp = scatter = Cᵀ = torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from cvlib.conv import (
    conv2d,
    conv_transpose2d,
    conv_transpose2d_loops,
    conv_transpose2d_matrix,
)
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)
THREE_WAYS = [conv_transpose2d, conv_transpose2d_loops, conv_transpose2d_matrix]
three_ways = pytest.mark.parametrize("op", THREE_WAYS)


@st.composite
def upsamplings(draw):
    size, kernel, options = [], [], {"stride": [], "padding": [], "dilation": []}
    options["output_padding"] = []
    for _ in range(2):
        n, k, s, d = (draw(st.integers(1, 3)) for _ in range(4))
        extra = draw(st.integers(0, max(s, d) - 1))
        whole = (n - 1) * s + d * (k - 1) + 1 + extra
        p = draw(st.integers(0, min(3, (whole - 1) // 2)))
        size.append(n)
        kernel.append(k)
        for name, value in zip(options, (s, p, d, extra), strict=True):
            options[name].append(value)
    groups, c, f = (draw(st.integers(1, 2)) for _ in range(3))
    batch = draw(st.sampled_from([(), (0,), (2,)]))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    x = rng.normal(size=(*batch, groups * c, *size))
    w = rng.normal(size=(groups * c, f, *kernel))
    b = draw(st.sampled_from([None, rng.normal(size=groups * f)]))
    options = {name: tuple(value) for name, value in options.items()}
    return x, w, b, {**options, "groups": groups}


@three_ways
@given(case=upsamplings())
@quick
def test_each_way_is_torchs(op, case):
    *arrays, options = case
    theirs = (None if a is None else torch.tensor(a) for a in arrays)
    wanted = functional.conv_transpose2d(*theirs, **options).numpy()
    assert_allclose(op(*arrays, **options), wanted, atol=1e-12, strict=True)


@given(case=upsamplings())
@quick
def test_it_is_the_adjoint_of_conv2d(case):
    x, w, _, options = case
    x = x.reshape(-1, *x.shape[-3:])[:1]
    extra = options["output_padding"]
    if not len(x) or any(o >= s for o, s in zip(extra, options["stride"], strict=True)):
        return
    y = conv_transpose2d(x, w, **options)
    del options["output_padding"]
    z = np.cos(3 * y)
    assert_allclose((y * z).sum(), (x * conv2d(z, w, **options)).sum(), atol=1e-10)


@three_ways
def test_the_lectures_quiz_40_60_80(op):
    x = np.array([[[10.0, 20], [30, 40]]])
    w = np.array([[[[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    y = op(x, w, stride=2)
    assert y.shape == (1, 5, 5)
    assert_array_equal(y[0, :2], [[10, 20, 30, 40, 20], [20, 40, 60, 80, 40]])


@three_ways
def test_one_pixel_stamps_the_kernel(op, rng):
    w = rng.normal(size=(1, 1, 3, 4))
    assert_allclose(op(np.full((1, 1, 1), 2.0), w), 2 * w[0], strict=True)


@three_ways
def test_a_kernel_as_wide_as_the_stride_leaves_no_overlap(op):
    y = op(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)), stride=2)
    assert_array_equal(y, np.ones((1, 6, 6)), strict=True)


@three_ways
def test_the_dtype_that_goes_in_comes_out(op):
    y = op(np.ones((1, 2, 2), np.float32), np.ones((1, 1, 2, 2), np.float32))
    assert y.dtype == np.float32


@given(case=upsamplings())
@quick
def test_a_batch_is_its_images_one_at_a_time(case):
    x, w, b, options = case
    if x.ndim == 3 or not len(x):
        return
    alone = np.stack([conv_transpose2d(image, w, b, **options) for image in x])
    y = conv_transpose2d(x, w, b, **options)
    assert_allclose(y, alone, atol=1e-12, strict=True)


@three_ways
@pytest.mark.parametrize(
    ("x", "w", "b", "options", "error", "sentence"),
    [
        (
            np.zeros((3, 5, 5)),
            np.zeros((4, 3, 2, 2)),
            None,
            {},
            ShapeError,
            "x must be (N, 4, H, W) or (4, H, W) to match w (4, 3, 2, 2), "
            "input channels first, got (3, 5, 5)",
        ),
        (
            np.zeros((4, 5, 5)),
            np.zeros((4, 3, 2, 2)),
            np.zeros(4),
            {},
            ShapeError,
            "b must be (3,) to match w (4, 3, 2, 2), got (4,)",
        ),
        (
            np.zeros((4, 5, 5)),
            np.zeros((4, 3, 2, 2)),
            None,
            {"groups": 3},
            ValueError,
            "groups must divide the 4 input channels of w (4, 3, 2, 2), got 3; "
            "did you mean groups=1?",
        ),
        (
            np.zeros((4, 5, 5)),
            np.zeros((4, 3, 2, 2)),
            None,
            {"stride": 2, "output_padding": (0, 2)},
            ValueError,
            "output_padding must be smaller than stride or dilation, "
            "got 2 with stride=2 and dilation=1; the largest allowed is 1",
        ),
        (
            np.zeros((4, 5, 5)),
            np.zeros((4, 3, 2, 2)),
            None,
            {"padding": -1},
            ValueError,
            "padding must be an integer ≥ 0, got -1; the smallest allowed is 0",
        ),
        (
            np.zeros((4, 5, 5), int),
            np.zeros((4, 3, 2, 2)),
            None,
            {},
            TypeError,
            "x must be floating point, got int64: integer arithmetic would overflow; "
            "divide by 255 or use x.astype(float)",
        ),
        (
            np.zeros((4, 5, 5)),
            np.zeros((4, 0, 2, 2)),
            None,
            {},
            ShapeError,
            "w must hold at least one weight, got (4, 0, 2, 2)",
        ),
    ],
)
def test_bad_arguments_are_refused(says, op, x, w, b, options, error, sentence):
    with says(error, sentence):
        op(x, w, b, **options)
