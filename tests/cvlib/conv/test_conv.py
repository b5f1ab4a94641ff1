"""conv1d, conv2d, conv3d: fast = loops = torch, and what must not change does not."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from cvlib.conv import (
    conv1d,
    conv1d_loops,
    conv1x1,
    conv2d,
    conv2d_loops,
    conv3d,
    conv3d_loops,
    cross_correlate2d,
    window,
)
from cvlib.conv import fast as fast_module
from cvlib.conv.fast import blocks
from cvlib.conv.loops import cross_correlate2d as by_four_loops
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)
OPS = {
    1: (conv1d, conv1d_loops, functional.conv1d),
    2: (conv2d, conv2d_loops, functional.conv2d),
    3: (conv3d, conv3d_loops, functional.conv3d),
}


@st.composite
def convolutions(draw, axes=(1, 2, 3)):
    """Images, filters, biases and options that go together, all of them small."""
    axes = draw(st.sampled_from(axes))
    largest = {1: 5, 2: 3, 3: 2}[axes]

    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    kernel, stride, padding, dilation = each(1, 3), each(1, 3), each(0, 2), each(1, 2)
    extra = each(0, largest)
    smallest = (
        max(1, d * (k - 1) + 1 - 2 * p)
        for k, p, d in zip(kernel, padding, dilation, strict=True)
    )
    size = (n + e for n, e in zip(smallest, extra, strict=True))
    groups, c, f = (draw(st.integers(1, 2)) for _ in range(3))
    batch = draw(st.sampled_from([(), (0,), (1,), (2,)]))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    x = rng.normal(size=(*batch, groups * c, *size))
    w = rng.normal(size=(groups * f, c, *kernel))
    b = draw(st.sampled_from([None, rng.normal(size=groups * f)]))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return x, w, b, {**options, "groups": groups}


def by_torch(op, x, w, b, **options):
    x, w, b = (None if a is None else torch.tensor(a) for a in (x, w, b))
    return op(x, w, b, **options).numpy()


@given(convolutions())
@quick
def test_fast_equals_torch(case):
    *arrays, options = case
    fast, _, theirs = OPS[arrays[1].ndim - 2]
    wanted = by_torch(theirs, *arrays, **options)
    assert_allclose(fast(*arrays, **options), wanted, atol=1e-12, strict=True)


@given(convolutions())
@quick
def test_fast_equals_the_loops(case):
    *arrays, options = case
    fast, loops, _ = OPS[arrays[1].ndim - 2]
    wanted = loops(*arrays, **options)
    assert_allclose(fast(*arrays, **options), wanted, atol=1e-12, strict=True)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even:UserWarning")
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_padding_by_name_is_torchs(rng, axes, k, padding):
    fast, loops, theirs = OPS[axes]
    x, w = rng.normal(size=(2, *(7,) * axes)), rng.normal(size=(1, 2, *(k,) * axes))
    wanted = by_torch(theirs, x, w, None, padding=padding)
    assert_allclose(fast(x, w, padding=padding), wanted, atol=1e-12, strict=True)
    if axes < 3:
        assert_allclose(loops(x, w, padding=padding), wanted, atol=1e-12, strict=True)


def test_the_first_example_of_the_book():
    x = np.array(
        [
            [1, 1, 1, 0, 0],
            [0, 1, 1, 1, 0],
            [0, 0, 1, 1, 1],
            [0, 0, 1, 1, 0],
            [0, 1, 1, 0, 0],
        ]
    )
    w = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    wanted = np.array([[4, 3, 4], [2, 4, 3], [2, 3, 4]])
    assert_array_equal(by_four_loops(x, w), wanted, strict=True)
    assert_array_equal(cross_correlate2d(x, w), wanted, strict=True)


def test_the_simplest_loops_are_conv2d_of_one_channel(rng):
    x, w = rng.normal(size=(6, 7)), rng.normal(size=(2, 3))
    wanted = conv2d(x[None], w[None, None])[0]
    assert_allclose(by_four_loops(x, w), wanted, atol=1e-12, strict=True)


def test_one_output_is_a_dot_product_of_75_numbers_and_a_bias(rng):
    x, w = rng.normal(size=(3, 32, 32)), rng.normal(size=(6, 3, 5, 5))
    b = rng.normal(size=6)
    y = conv2d(x, w, b)
    chunk = window(x, 4, 9, 5)
    assert chunk.size == 75
    assert y.shape == (6, 28, 28)
    assert_allclose(y[2, 4, 9], w[2].ravel() @ chunk.ravel() + b[2])


@given(convolutions(axes=(2,)), st.data())
@quick
def test_a_window_is_what_the_filter_sees(case, data):
    x, w, _, options = case
    x = x.reshape(-1, *x.shape[-3:])[:1]
    if not len(x) or options.pop("groups") != 1:
        return
    y = conv2d(x, w, **options)[0]
    i = data.draw(st.integers(0, y.shape[1] - 1))
    j = data.draw(st.integers(0, y.shape[2] - 1))
    chunk = window(x[0], i, j, w.shape[2:], **options)
    assert_allclose((w * chunk).sum((1, 2, 3)), y[:, i, j], atol=1e-12, strict=True)


def shifted(x, down, right):
    y = np.zeros_like(x)
    H, W = x.shape[-2:]
    y[..., down:, right:] = x[..., : H - down, : W - right]
    return y


@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5))
@quick
def test_a_shifted_picture_gives_a_shifted_map(down, right, k):
    rng = np.random.default_rng(k)
    x = np.zeros((1, 2, 16, 16))
    x[..., 5:9, 5:9] = rng.normal(size=(4, 4))  # away from the edge, before and after
    w = rng.normal(size=(3, 2, k, k))
    moved = conv2d(shifted(x, down, right), w, padding="same")
    wanted = shifted(conv2d(x, w, padding="same"), down, right)
    assert_allclose(moved, wanted, atol=1e-12, strict=True)


@given(convolutions(), st.floats(-3, 3), st.floats(-3, 3))
@quick
def test_a_convolution_is_linear_in_the_image_and_in_the_filters(case, alpha, beta):
    x, w, _, options = case
    fast = OPS[w.ndim - 2][0]
    x2, w2 = np.sin(7 * x), np.cos(5 * w)
    y = alpha * fast(x, w, **options) + beta * fast(x2, w, **options)
    assert_allclose(fast(alpha * x + beta * x2, w, **options), y, atol=1e-10)
    y = alpha * fast(x, w, **options) + beta * fast(x, w2, **options)
    assert_allclose(fast(x, alpha * w + beta * w2, **options), y, atol=1e-10)


@given(convolutions())
@quick
def test_a_batch_is_its_images_one_at_a_time(case):
    x, w, b, options = case
    fast = OPS[w.ndim - 2][0]
    if x.ndim < w.ndim or not len(x):
        return
    alone = np.stack([fast(image, w, b, **options) for image in x])
    assert_allclose(fast(x, w, b, **options), alone, atol=1e-12, strict=True)


def test_groups_are_convolutions_side_by_side(rng):
    x, w = rng.normal(size=(2, 6, 5, 5)), rng.normal(size=(9, 2, 3, 3))
    apart = [conv2d(x[:, 2 * g : 2 * g + 2], w[3 * g : 3 * g + 3]) for g in range(3)]
    assert_allclose(conv2d(x, w, groups=3), np.concatenate(apart, 1), strict=True)


@pytest.mark.parametrize("w_shape", [(5, 3), (5, 3, 1, 1)])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_conv1x1_is_the_same_linear_layer_at_every_pixel(rng, w_shape, batch):
    x, w, b = rng.normal(size=(*batch, 3, 4, 6)), rng.normal(size=w_shape), np.ones(5)
    y = conv1x1(x, w, b)
    wanted = conv2d(x, w.reshape(5, 3, 1, 1), b)
    assert_allclose(y, wanted, atol=1e-12, strict=True)
    linear = torch.nn.Linear(3, 5).double()
    linear.load_state_dict(
        {"weight": torch.tensor(w).view(5, 3), "bias": torch.ones(5)}
    )
    pixel = linear(torch.tensor(x[..., 1, 2])).detach().numpy()
    assert_allclose(y[..., 1, 2], pixel, atol=1e-12, strict=True)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_dtype_that_goes_in_comes_out(dtype):
    x, w, b = np.ones((1, 4, 4), dtype), np.ones((2, 1, 3, 3), dtype), np.ones(2, dtype)
    for y in (conv2d(x, w, b), conv2d_loops(x, w, b), conv1x1(x, w[..., 0, 0], b)):
        assert y.dtype == dtype


def test_mixed_precision_is_answered_in_the_wider():
    y = conv2d(np.ones((1, 4, 4), np.float32), np.ones((2, 1, 3, 3)))
    assert y.dtype == np.float64


def test_nan_reaches_the_outputs_that_see_it_and_no_other():
    x = np.ones((1, 5, 5))
    x[0, 0, 0] = np.nan
    wanted = np.zeros((1, 3, 3), bool)
    wanted[0, 0, 0] = True
    assert_array_equal(np.isnan(conv2d(x, np.ones((1, 1, 3, 3)))), wanted, strict=True)


def test_arguments_are_left_as_they_were(rng):
    x, w, b = rng.normal(size=(1, 2, 4, 4)), rng.normal(size=(3, 2, 3, 3)), np.ones(3)
    copies = x.copy(), w.copy(), b.copy()
    conv2d(x, w, b, padding=1)
    conv2d_loops(x, w, b, padding=1)
    for now, before in zip((x, w, b), copies, strict=True):
        assert_array_equal(now, before, strict=True)


def test_strided_views_are_as_good_as_arrays(rng):
    x, w = rng.normal(size=(9, 9, 2)), rng.normal(size=(3, 3, 2, 4))
    x, w = np.moveaxis(x, -1, 0)[:, ::2, ::-1], np.moveaxis(w, (2, 3), (1, 0))
    wanted = conv2d(x.copy(), w.copy())
    assert_allclose(conv2d(x, w), wanted, atol=1e-12, strict=True)


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=3).map(tuple), st.integers(0, 50)
)
@quick
def test_blocks_cover_every_cell_once_within_the_budget(shape, budget):
    count = np.zeros(shape, int)
    for block in blocks(shape, budget):
        count[block] += 1
        assert count[block].size <= max(1, budget)
    assert (count == 1).all()


@pytest.mark.parametrize("budget", [1, 500, 5000])
def test_the_size_of_a_block_does_not_change_the_result(rng, monkeypatch, budget):
    x, w = rng.normal(size=(3, 2, 7, 8)), rng.normal(size=(4, 1, 3, 3))
    wanted = conv2d(x, w, groups=2, padding=1)
    monkeypatch.setattr(fast_module, "BLOCK_BYTES", budget)
    assert_allclose(conv2d(x, w, groups=2, padding=1), wanted, atol=1e-12, strict=True)


@pytest.mark.parametrize(
    ("x_shape", "w_shape"),
    [
        ((1, 16, 320, 320), (1, 16, 5, 5)),  # all columns: 160 MB
        ((1, 1, 1, 200_000), (1, 1, 1, 301)),  # a single row of windows: 240 MB
        ((1, 1, 60, 60), (16_000, 1, 1, 1)),  # small columns, 230 MB of results
    ],
)
def test_no_more_than_128_megabytes_of_columns_are_held(x_shape, w_shape):
    x, w = np.ones(x_shape, np.float32), np.ones(w_shape, np.float32)
    tracemalloc.start()
    y = conv2d(x, w)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - y.nbytes < 128e6
    assert peak - y.nbytes < 4 * fast_module.BLOCK_BYTES


IMAGE, FILTERS = np.zeros((1, 3, 8, 9)), np.zeros((4, 3, 3, 3))


@pytest.mark.parametrize("op", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("x", "w", "b", "error", "sentence"),
    [
        (
            np.zeros((8, 9, 3)),
            FILTERS,
            None,
            ShapeError,
            "x must be (N, 3, H, W) or (3, H, W) to match w (4, 3, 3, 3), "
            "got (8, 9, 3); did you mean np.moveaxis(x, -1, -3)?",
        ),
        (
            IMAGE,
            np.zeros((3, 3)),
            None,
            ShapeError,
            "w must be (F, C, R, S), got (3, 3); did you mean w[None, None]?",
        ),
        (
            IMAGE,
            np.zeros((0, 3, 3, 3)),
            None,
            ShapeError,
            "w must hold at least one weight, got (0, 3, 3, 3)",
        ),
        (
            IMAGE,
            FILTERS,
            np.zeros((4, 1)),
            ShapeError,
            "b must be (4,) to match w (4, 3, 3, 3), got (4, 1); did you mean b[:, 0]?",
        ),
        (
            np.zeros((1, 3, 8, 9), np.uint8),
            FILTERS,
            None,
            TypeError,
            "x must be floating point, got uint8: integer arithmetic would overflow; "
            "divide by 255 or use x.astype(float)",
        ),
        (
            IMAGE,
            FILTERS.astype(int),
            None,
            TypeError,
            "w must be floating point, got int64: integer arithmetic would overflow; "
            "divide by 255 or use w.astype(float)",
        ),
        (
            IMAGE,
            FILTERS,
            np.zeros(4, bool),
            TypeError,
            "b must be floating point, got bool; use b.astype(float)",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(says, op, x, w, b, error, sentence):
    with says(error, sentence):
        op(x, w, b)


@pytest.mark.parametrize("op", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"groups": 3},
            ValueError,
            "groups must divide the 4 filters of w (4, 3, 3, 3), got 3; "
            "did you mean groups=1?",
        ),
        (
            {"groups": 2},
            ShapeError,
            "x must be (N, 6, H, W) or (6, H, W) to match w (4, 3, 3, 3) and groups=2, "
            "got (1, 3, 8, 9)",
        ),
        (
            {"stride": (1, 0)},
            ValueError,
            "stride must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            {"padding": (1, 1, 1)},
            ValueError,
            "padding must be one integer or 2 of them, one per axis, got (1, 1, 1)",
        ),
        (
            {"padding": "full"},
            ValueError,
            "padding must be 'valid' or 'same', got 'full'",
        ),
        (
            {"dilation": 4},
            ValueError,
            "kernel_size must span at most the padded input, 8 = 8 + 0 + 0, got 9 from "
            "kernel_size=3 and dilation=4; use padding=1 or a larger input",
        ),
    ],
)
def test_options_out_of_range_are_refused(says, op, options, error, sentence):
    with says(error, sentence):
        op(IMAGE, FILTERS, **options)


def test_conv1x1_refuses_what_does_not_fit(says):
    with says(
        ShapeError,
        "x must be (N, 3, H, W) or (3, H, W) to match w (5, 3), got (4, 4, 3); "
        "did you mean np.moveaxis(x, -1, -3)?",
    ):
        conv1x1(np.zeros((4, 4, 3)), np.zeros((5, 3)))
    with says(ShapeError, "w must be (F, C) or (F, C, 1, 1), got (5, 3, 3, 3)"):
        conv1x1(np.zeros((3, 4, 4)), np.zeros((5, 3, 3, 3)))


def test_the_window_of_a_pixel_that_is_not_there_is_refused(says):
    with says(
        ValueError,
        "(i, j) must be a pixel of the 2×3 output, got (2, 0); the last one is (1, 2)",
    ):
        window(np.zeros((4, 5)), 2, 0, 3)
    with says(ShapeError, "x must be (…, H, W), got (4,); did you mean x[None]?"):
        window(np.zeros(4), 0, 0, 3)
