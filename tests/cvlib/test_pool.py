"""Pooling: the slow definition, torch, invariants, edge cases, gradients, sentences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from cvlib import pool
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)
LECTURE = np.array([[[0.0, 1, 4, 9], [3, 2, 5, 8], [1, 2, 3, 1], [3, 1, 7, 4]]])
UNPOOL = np.array([[[1.0, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]])


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def same(got, expected, **tolerance):
    """Equal values, shape and dtype, whether `expected` is NumPy's or torch's."""
    assert_allclose(got, np.asarray(expected), strict=True, **tolerance)


@st.composite
def geometries(draw, dilated=True):
    """A picture and a pooling that fits it; half of the pictures are full of ties."""
    kernels = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    options = {
        "stride": draw(st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "padding": tuple(draw(st.integers(0, k // 2)) for k in kernels),
        "ceil_mode": draw(st.booleans()),
    }
    step = draw(st.integers(1, 2)) if dilated else 1
    if dilated:
        options["dilation"] = step
    spans = [step * (k - 1) + 1 for k in kernels]
    H, W = (draw(st.integers(max(1, span - 1), span + 5)) for span in spans)
    lead = draw(st.sampled_from([(2,), (1, 2), (2, 1)]))
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    x = rng.normal(size=(*lead, H, W))
    return (x.round() if draw(st.booleans()) else x), kernels, options


def torch_accepts(function, x, kernels, options):
    try:
        return function(torch.from_numpy(x), kernels, **options)
    except RuntimeError:  # the window does not fit
        return None


# ---------------------------------------------------------------- output size


@quick
@given(
    st.integers(1, 12), st.integers(1, 5), st.integers(1, 5), st.data(), st.booleans()
)
def test_output_size_is_the_size_torch_gives(n, k, stride, data, ceil_mode):
    options = {
        "stride": stride,
        "padding": data.draw(st.integers(0, k // 2)),
        "ceil_mode": ceil_mode,
    }
    try:
        expected = functional.max_pool1d(torch.zeros(1, 1, n), k, **options).shape[-1]
    except RuntimeError:
        expected = 0
    if expected:
        assert pool.pool_output_size(n, k, **options) == expected
    else:
        with pytest.raises(ValueError, match="must fit into the padded input"):
            pool.pool_output_size(n, k, **options)


def test_output_size_is_the_lectures_formula_without_padding():
    for n in range(3, 20):
        assert pool.pool_output_size(n, 2, stride=2) == int((n - 2) / 2 + 1)
        assert pool.pool_output_size(n, 3, stride=2) == int((n - 3) / 2 + 1)


def test_ceil_mode_drops_a_window_that_would_start_in_the_right_margin():
    # ⌈(4 + 2 − 2)/3⌉ + 1 = 3 windows at −1, 2, 5; the input and left margin end at 4
    ceil = pool.pool_output_size(4, 2, stride=3, padding=1, ceil_mode=True)
    assert ceil == pool.pool_output_size(4, 2, stride=3, padding=1) == 2
    assert pool.pool_output_size(6, 3, stride=2, ceil_mode=True) == 3


# ---------------------------------------------------------------- max pooling


def test_max_pooling_gives_the_lectures_numbers():
    same(pool.max_pool2d(LECTURE, 2), np.array([[[3.0, 9], [3, 7]]]))
    same(pool.max_pool2d(UNPOOL, 2), np.array([[[5.0, 6], [7, 8]]]))


def test_max_pooling_halves_the_lectures_volume():
    x = np.zeros((64, 224, 224), dtype=np.float32)
    assert pool.max_pool2d(x, 2).shape == (64, 112, 112)


@quick
@given(geometries())
def test_max_pooling_agrees_with_its_definition_and_with_torch(case):
    x, kernels, options = case
    expected = torch_accepts(functional.max_pool2d, x, kernels, options)
    if expected is None or expected.isinf().any():  # torch pools padding alone
        with pytest.raises(ValueError, match=r"must fit into|must see a pixel"):
            pool.max_pool2d(x, kernels, **options)
        return
    options["return_indices"] = True
    expected = functional.max_pool2d(torch.from_numpy(x), kernels, **options)
    for function in (pool.max_pool2d, pool.max_pool2d_loops):
        maxima, switches = function(x, kernels, **options)
        same(maxima, expected[0], rtol=0)
        same(switches, expected[1], rtol=0)
    options["return_indices"] = False
    same(pool.max_pool2d(x, kernels, **options), maxima, rtol=0)
    same(pool.max_pool2d_loops(x, kernels, **options), maxima, rtol=0)


@quick
@given(geometries())
def test_the_switches_point_at_the_maxima(case):
    x, kernels, options = case
    try:
        maxima, switches = pool.max_pool2d(x, kernels, return_indices=True, **options)
    except ValueError:
        return
    for at in np.ndindex(maxima.shape):
        assert x[at[:-2]].ravel()[switches[at]] == maxima[at]


@quick
@given(st.integers(0, 9999))
def test_max_pooling_commutes_with_any_increasing_function(seed):
    x = random(2, 7, 6, seed=seed)
    pooled = pool.max_pool2d(x, 3, stride=2, padding=1)
    same(pool.max_pool2d(np.exp(x), 3, stride=2, padding=1), np.exp(pooled))


@quick
@given(st.integers(0, 9999))
def test_pooling_a_batch_is_pooling_one_image_after_another(seed):
    x = random(3, 2, 5, 6, seed=seed)
    for function in (
        lambda a: pool.max_pool2d(a, 3, stride=2, padding=1),
        lambda a: pool.max_pool2d(a, 2, return_indices=True)[1],
        lambda a: pool.avg_pool2d(a, 3, stride=2, padding=1),
        lambda a: pool.adaptive_avg_pool2d(a, (2, 4)),
        lambda a: pool.adaptive_max_pool2d(a, (2, 4)),
        pool.global_avg_pool2d,
        pool.global_max_pool2d,
    ):
        same(function(x), np.stack([function(image) for image in x]))


def test_shifting_the_image_by_the_stride_shifts_the_maxima_by_one():
    x = random(2, 8, 8)
    for function in (pool.max_pool2d, pool.avg_pool2d):
        same(function(x[:, 2:, :], 2), function(x, 2)[:, 1:, :])


def test_the_first_of_equal_values_is_the_winner():
    _, switches = pool.max_pool2d(np.ones((1, 4, 4)), 2, return_indices=True)
    same(switches, np.array([[[0, 2], [8, 10]]]))
    _, switches = pool.max_pool2d_loops(np.ones((1, 4, 4)), 2, return_indices=True)
    same(switches, np.array([[[0, 2], [8, 10]]]))
    _, switches = pool.adaptive_max_pool2d(np.ones((1, 4, 4)), 2, return_indices=True)
    same(switches, np.array([[[0, 2], [8, 10]]]))


def test_nan_wins_every_window_it_is_in_as_in_torch():
    x = random(2, 6, 6)
    x[0, 2, 2] = x[0, 3, 1] = x[1, 0, 0] = np.nan
    options = {"stride": 1, "padding": 1, "return_indices": True}
    expected = functional.max_pool2d(torch.from_numpy(x), 3, **options)
    for function in (pool.max_pool2d, pool.max_pool2d_loops):
        for got, wanted in zip(function(x, 3, **options), expected, strict=True):
            same(got, wanted)
    values_only = pool.max_pool2d(x, 3, stride=1, padding=1)
    same(values_only, expected[0])
    assert np.isnan(values_only[0]).sum() == 9 + 9 - 4  # two windows of 3×3 overlap
    for size in (1, 4):  # one bin holds two NaN: torch names the later one
        expected = functional.adaptive_max_pool2d(
            torch.from_numpy(x), size, return_indices=True
        )
        got = pool.adaptive_max_pool2d(x, size, return_indices=True)
        same(got[0], expected[0])
        same(got[1], expected[1])
    assert np.isnan(pool.global_max_pool2d(x)).all()


def test_a_window_of_minus_infinity_points_at_a_pixel_not_at_padding():
    x = np.full((1, 2, 2), -np.inf)
    for function in (pool.max_pool2d, pool.max_pool2d_loops):
        maxima, switches = function(x, 2, padding=1, return_indices=True)
        same(maxima, x)
        same(switches, np.array([[[0, 1], [2, 3]]]))


def test_padding_never_wins_against_negative_values():
    x = -1 - np.abs(random(1, 4, 4))
    assert (pool.max_pool2d(x, 3, padding=1) <= -1).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_pooling_keeps_the_dtype_and_leaves_its_input_alone(dtype):
    x = random(1, 2, 5, 5).astype(dtype)
    before = x.copy()
    pooled = pool.max_pool2d(x, 2)
    results = [
        pooled,
        pool.max_pool2d_loops(x, 2),
        pool.avg_pool2d(x, 2),
        pool.avg_pool2d_loops(x, 2),
        pool.adaptive_avg_pool2d(x, 2),
        pool.adaptive_max_pool2d(x, 2),
        pool.global_avg_pool2d(x),
        pool.global_max_pool2d(x),
        pool.avg_pool2d_backward(pooled, x.shape, 2),
        pool.max_pool2d_backward(pooled, pooled.astype(int) * 0, x.shape),
    ]
    assert {result.dtype for result in results} == {np.dtype(dtype)}
    same(x, before, rtol=0)


# ------------------------------------------------------------- average pooling


@quick
@given(geometries(dilated=False), st.booleans())
def test_average_pooling_agrees_with_its_definition_and_with_torch(case, counted):
    x, kernels, options = case
    options["count_include_pad"] = counted
    expected = torch_accepts(functional.avg_pool2d, x, kernels, options)
    for function in (pool.avg_pool2d, pool.avg_pool2d_loops):
        if expected is None:
            with pytest.raises(ValueError, match="must fit into the padded input"):
                function(x, kernels, **options)
        else:
            same(function(x, kernels, **options), expected, atol=1e-14)


def test_average_pooling_is_a_convolution_with_equal_weights():
    x = random(1, 1, 6, 6)
    weights = torch.full((1, 1, 3, 3), 1 / 9, dtype=torch.float64)
    expected = functional.conv2d(torch.from_numpy(x), weights, stride=2, padding=1)
    same(pool.avg_pool2d(x, 3, stride=2, padding=1), expected, atol=1e-14)


@quick
@given(geometries(dilated=False), st.floats(-9, 9))
def test_a_constant_image_stays_constant_if_padding_is_not_counted(case, value):
    x, kernels, options = case
    x[:] = value
    try:
        pooled = pool.avg_pool2d(x, kernels, count_include_pad=False, **options)
    except ValueError:
        return
    same(pooled, np.full(pooled.shape, value), rtol=1e-14)


def test_counted_padding_darkens_the_border():
    pooled = pool.avg_pool2d(np.ones((1, 4, 4)), 2, padding=1)
    same(pooled[0, 0], np.array([0.25, 0.5, 0.25]))


def test_a_half_precision_average_does_not_overflow():
    x = np.full((1, 4, 4), 60000, dtype=np.float16)
    same(pool.avg_pool2d(x, 4), x[:, :1, :1])
    same(pool.global_avg_pool2d(x), x[:, 0, 0])


# --------------------------------------------------------------- adaptive, global


@quick
@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_adaptive_pooling_agrees_with_torch(H, W, data):
    P, Q = (data.draw(st.integers(1, n + 2)) for n in (H, W))
    x = random(2, H, W, seed=data.draw(st.integers(0, 9999))).round(1)
    tensor = torch.from_numpy(x)
    same(
        pool.adaptive_avg_pool2d(x, (P, Q)),
        functional.adaptive_avg_pool2d(tensor, (P, Q)),
        atol=1e-14,
    )
    got = pool.adaptive_max_pool2d(x, (P, Q), return_indices=True)
    expected = functional.adaptive_max_pool2d(tensor, (P, Q), return_indices=True)
    same(got[0], expected[0], rtol=0)
    same(got[1], expected[1], rtol=0)


@quick
@given(st.integers(1, 30), st.integers(1, 30))
def test_adaptive_bins_are_never_empty_and_leave_no_pixel_out(n, size):
    bins = pool.adaptive_bins(n, size)
    assert len(bins) == size
    assert all(start < end for start, end in bins)
    assert {i for start, end in bins for i in range(start, end)} == set(range(n))


def test_adaptive_bins_overlap_where_the_size_does_not_divide():
    assert pool.adaptive_bins(5, 2) == [(0, 3), (2, 5)]
    assert pool.adaptive_bins(6, 2) == [(0, 3), (3, 6)]
    assert pool.adaptive_bins(2, 3) == [(0, 1), (0, 2), (1, 2)]


def test_adaptive_pooling_is_ordinary_pooling_where_the_size_divides():
    x = random(2, 3, 6, 8)
    same(pool.adaptive_max_pool2d(x, (3, 2)), pool.max_pool2d(x, (2, 4)))
    same(pool.adaptive_avg_pool2d(x, (3, 2)), pool.avg_pool2d(x, (2, 4)))


def test_none_keeps_an_axis_as_it_is():
    x = random(1, 4, 6)
    expected = functional.adaptive_avg_pool2d(torch.from_numpy(x), (None, 2))
    same(pool.adaptive_avg_pool2d(x, (None, 2)), expected)


def test_global_pooling_turns_a_volume_into_a_vector():
    x = random(2, 3, 4, 5)
    same(pool.global_avg_pool2d(x), pool.adaptive_avg_pool2d(x, 1)[..., 0, 0])
    same(pool.global_max_pool2d(x), pool.adaptive_max_pool2d(x, 1)[..., 0, 0])
    assert pool.global_avg_pool2d(x).shape == (2, 3)
    assert pool.global_max_pool2d(x[0]).shape == (3,)


def test_global_pooling_does_not_care_where_things_are():
    x = random(2, 3, 4, 5)
    moved = np.roll(x, (1, 2), axis=(-2, -1))
    same(pool.global_max_pool2d(moved), pool.global_max_pool2d(x))
    same(pool.global_avg_pool2d(moved), pool.global_avg_pool2d(x))


# -------------------------------------------------------------------- unpooling


def test_unpooling_gives_the_lectures_numbers():
    _, switches = pool.max_pool2d(UNPOOL, 2, return_indices=True)
    expected = [[0.0, 0, 2, 0], [0, 1, 0, 0], [0, 0, 0, 0], [3, 0, 0, 4]]
    unpooled = pool.max_unpool2d(np.array([[[1.0, 2], [3, 4]]]), switches, 2)
    same(unpooled, np.array([expected]))


@quick
@given(geometries(dilated=False))
def test_unpooling_agrees_with_torch_and_pools_back_to_the_maxima(case):
    x, kernels, options = case
    x = np.abs(x) + 1  # the zeros that unpooling leaves must not win
    try:
        maxima, switches = pool.max_pool2d(x, kernels, return_indices=True, **options)
    except ValueError:
        return
    ceil_mode = options.pop("ceil_mode")
    strides = options["stride"] or kernels
    usual = [
        (size - 1) * s - 2 * p + k
        for size, s, p, k in zip(
            maxima.shape[-2:], strides, options["padding"], kernels, strict=True
        )
    ]
    if any(
        abs(a - b) >= s for a, b, s in zip(x.shape[-2:], usual, strides, strict=True)
    ):
        return  # a ragged last window: torch refuses this output_size, and so do we
    unpooled = pool.max_unpool2d(
        maxima, switches, kernels, output_size=x.shape, **options
    )
    if len(maxima):  # torch refuses an empty batch here
        expected = functional.max_unpool2d(
            torch.from_numpy(maxima),
            torch.from_numpy(switches),
            kernels,
            output_size=x.shape[-2:],
            **options,
        )
        same(unpooled, expected, rtol=0)
    again = pool.max_pool2d(unpooled, kernels, ceil_mode=ceil_mode, **options)
    same(again, maxima, rtol=0)


def test_unpooling_without_an_output_size_takes_the_smallest_usual_plane():
    x = random(1, 5, 5)
    maxima, switches = pool.max_pool2d(x[:, :4, :4], 2, return_indices=True)
    assert pool.max_unpool2d(maxima, switches, 2).shape == (1, 4, 4)
    maxima, switches = pool.max_pool2d(x, 2, return_indices=True)
    unpooled = pool.max_unpool2d(maxima, switches, 2, output_size=(5, 5))
    assert_array_equal(np.unique(unpooled[unpooled != 0]), np.unique(maxima))


def test_the_later_value_stays_where_two_windows_share_a_winner():
    unpooled = pool.max_unpool2d(
        np.array([[[1.0, 2.0]]]), np.array([[[1, 1]]]), (1, 2), stride=1
    )
    same(unpooled, np.array([[[0.0, 2.0, 0.0]]]))


# -------------------------------------------------------------------- gradients


def numerical_gradient(function, x, grad_output, step=1e-6):
    """Central differences of Σ grad_output·function(x), one value at a time."""
    gradient = np.empty_like(x)
    for at in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[at] += step
        down[at] -= step
        change = function(up) - function(down)
        gradient[at] = (grad_output * change).sum() / (2 * step)
    return gradient


OVERLAPPING = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0), "ceil_mode": True},
]


@pytest.mark.parametrize("options", OVERLAPPING)
def test_the_max_pooling_gradient_is_the_numerical_one_and_autograds(options):
    x = np.random.default_rng(1).permutation(60).reshape(1, 2, 5, 6) / 10  # no ties
    maxima, switches = pool.max_pool2d(x, return_indices=True, **options)
    grad_output = random(*maxima.shape)
    got = pool.max_pool2d_backward(grad_output, switches, x.shape)
    numerical = numerical_gradient(
        lambda a: pool.max_pool2d(a, **options), x, grad_output
    )
    same(got, numerical, atol=1e-8)
    tensor = torch.tensor(x, requires_grad=True)
    functional.max_pool2d(tensor, **options).backward(torch.from_numpy(grad_output))
    same(got, tensor.grad, atol=1e-14)


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("options", OVERLAPPING)
def test_the_average_pooling_gradient_is_the_numerical_one_and_autograds(
    options, counted
):
    options = options | {"count_include_pad": counted}
    x = random(1, 2, 5, 6)
    grad_output = random(*pool.avg_pool2d(x, **options).shape, seed=1)
    got = pool.avg_pool2d_backward(grad_output, x.shape, **options)
    numerical = numerical_gradient(
        lambda a: pool.avg_pool2d(a, **options), x, grad_output
    )
    same(got, numerical, atol=1e-8)
    tensor = torch.tensor(x, requires_grad=True)
    functional.avg_pool2d(tensor, **options).backward(torch.from_numpy(grad_output))
    same(got, tensor.grad, atol=1e-14)


def test_a_pixel_that_wins_twice_collects_twice():
    x = np.array([[[0.0, 5, 0]]])
    maxima, switches = pool.max_pool2d(x, (1, 2), stride=1, return_indices=True)
    got = pool.max_pool2d_backward(np.array([[[1.0, 10.0]]]), switches, x.shape)
    same(got, np.array([[[0.0, 11.0, 0.0]]]))
    same(maxima, np.array([[[5.0, 5.0]]]))


@quick
@given(st.integers(0, 9999))
def test_no_gradient_is_lost_or_made(seed):
    grad_output = random(2, 3, 3, seed=seed)
    switches = pool.max_pool2d(random(2, 7, 7, seed=seed), 2, return_indices=True)[1]
    got = pool.max_pool2d_backward(grad_output, switches, (2, 7, 7))
    assert_allclose(got.sum(), grad_output.sum(), atol=1e-12)
    got = pool.avg_pool2d_backward(grad_output, (2, 7, 7), 2)
    assert_allclose(got.sum(), grad_output.sum(), atol=1e-12)


def test_where_windows_do_not_overlap_backward_is_unpooling():
    maxima, switches = pool.max_pool2d(random(2, 6, 6), 2, return_indices=True)
    same(
        pool.max_pool2d_backward(maxima, switches, (2, 6, 6)),
        pool.max_unpool2d(maxima, switches, 2),
    )


def test_an_empty_batch_goes_through_everything():
    x = np.zeros((0, 3, 4, 4))
    maxima, switches = pool.max_pool2d(x, 2, return_indices=True)
    assert maxima.shape == switches.shape == (0, 3, 2, 2)
    assert pool.max_pool2d_backward(maxima, switches, x.shape).shape == x.shape
    assert pool.avg_pool2d_backward(maxima, x.shape, 2).shape == x.shape
    assert pool.max_unpool2d(maxima, switches, 2).shape == x.shape
    assert pool.adaptive_max_pool2d(x, 2).shape == (0, 3, 2, 2)
    assert pool.global_avg_pool2d(x).shape == (0, 3)


# -------------------------------------------------------------------- sentences

X = np.zeros((1, 4, 4))
GRADIENT = np.zeros((1, 2, 2))
INDEX = np.zeros((1, 2, 2), dtype=int)
WRONG = {
    "a plane without channels": (
        lambda: pool.max_pool2d(X[0], 2),
        ShapeError,
        "x must be (N, C, H, W) or (C, H, W), got (4, 4); did you mean x[None]?",
    ),
    "an integer image": (
        lambda: pool.avg_pool2d(X.astype(np.uint8), 2),
        TypeError,
        "x must be floating point, got uint8: integer arithmetic would overflow; "
        "divide by 255 or use x.astype(float)",
    ),
    "too much padding": (
        lambda: pool.max_pool2d(X, 3, padding=2),
        ValueError,
        "padding must be at most half of kernel_size 3, got 2; "
        "a window in a wider margin would see no pixel",
    ),
    "a window larger than the image": (
        lambda: pool.max_pool2d(X, 5),
        ValueError,
        "a window of 5 pixels must fit into the padded input, got 4 + 2·0 pixels; "
        "use a smaller kernel_size or a larger input",
    ),
    "a dilated window that steps over the image": (
        lambda: pool.max_pool2d(X[:, :1], (2, 1), padding=(1, 0), dilation=2),
        ValueError,
        "every window must see a pixel, got one that steps over the whole height "
        "of 1; use a dilation smaller than 2",
    ),
    "a stride of zero": (
        lambda: pool.avg_pool2d(X, 2, stride=0),
        ValueError,
        "stride must be a positive integer, got 0; the smallest allowed is 1",
    ),
    "an image without rows": (
        lambda: pool.max_pool2d(X[:, :0], 1),
        ValueError,
        "the height of the input must be a positive integer, got 0; "
        "the smallest allowed is 1",
    ),
    "a global maximum of nothing": (
        lambda: pool.global_max_pool2d(X[:, :, :0]),
        ValueError,
        "the width of x must be a positive integer, got 0; the smallest allowed is 1",
    ),
    "an adaptive size of zero": (
        lambda: pool.adaptive_avg_pool2d(X, 0),
        ValueError,
        "output_size must be a positive integer, got 0; the smallest allowed is 1",
    ),
    "switches of another shape": (
        lambda: pool.max_pool2d_backward(GRADIENT, INDEX[:, :1], X.shape),
        ShapeError,
        "indices must be (1, 2, 2) to match grad_output (1, 2, 2), got (1, 1, 2)",
    ),
    "maxima in place of switches": (
        lambda: pool.max_unpool2d(GRADIENT, GRADIENT, 2),
        TypeError,
        "indices must be integers, got float64; "
        "pass the second result of max_pool2d(…, return_indices=True)",
    ),
    "a switch outside the plane": (
        lambda: pool.max_unpool2d(GRADIENT, INDEX + 16, 2),
        ValueError,
        "indices must lie in 0 … 15 for a plane of 4×4 pixels, got 16 … 16; "
        "was a plane of another size pooled?",
    ),
    "a negative switch": (
        lambda: pool.max_pool2d_backward(GRADIENT, INDEX - 1, X.shape),
        ValueError,
        "indices must lie in 0 … 15 for a plane of 4×4 pixels, got -1 … -1; "
        "was a plane of another size pooled?",
    ),
    "an input shape of another batch": (
        lambda: pool.max_pool2d_backward(GRADIENT, INDEX, (3, 4, 4)),
        ShapeError,
        "input_shape must be (1, H, W) to match grad_output (1, 2, 2), "
        "got (3, 4, 4); pass that of the pooled array",
    ),
    "a gradient of another pooling": (
        lambda: pool.avg_pool2d_backward(GRADIENT, X.shape, 3),
        ShapeError,
        "grad_output must be (C, 1, 1) to match input_shape (1, 4, 4), got (1, 2, 2)",
    ),
    "an output size that cannot have been pooled": (
        lambda: pool.max_unpool2d(GRADIENT, INDEX, 2, output_size=(6, 4)),
        ValueError,
        "output_size must be within 1 of 4 to pool to (2, 2), got 6; "
        "pass the shape of the array that was pooled",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_sentence_for(name):
    call, error, sentence = WRONG[name]
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == sentence
