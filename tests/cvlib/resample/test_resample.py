"""Enlarging maps: the slow definition, torch, the adjoint, edge cases, sentences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from cvlib import resample
from cvlib.conv import conv_transpose2d
from cvlib.validate import ShapeError

quick = settings(deadline=None, derandomize=True, max_examples=40)
sides = st.integers(1, 7)
BOTH = [resample.bilinear, resample.bilinear_loops]
LECTURE = np.array([[1.0, 2], [3, 4]])


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def same(got, expected, **tolerance):
    """Equal values, shape and dtype, whether `expected` is NumPy's or torch's."""
    assert_allclose(got, np.asarray(expected), strict=True, **tolerance)


# ---------------------------------------------------------------- nearest, nails


def test_the_lectures_four_numbers_become_sixteen():
    blocks = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    nails = [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    same(resample.nearest(LECTURE, scale_factor=2), np.array(blocks, float))
    same(resample.bed_of_nails(LECTURE, 2), np.array(nails, float))


@quick
@given(sides, sides, st.integers(1, 3), st.integers(1, 3))
def test_nearest_by_a_factor_is_torchs(H, W, f, g):
    x = random(2, 3, H, W)
    expected = functional.interpolate(torch.tensor(x), scale_factor=(f, g))
    same(resample.nearest(x, scale_factor=(f, g)), expected, rtol=0)
    same(resample.nearest_loops(x, scale_factor=(f, g)), expected, rtol=0)


@quick
@given(sides, sides, st.integers(1, 16), st.integers(1, 16))
def test_nearest_to_a_size_is_its_definition_and_torchs(H, W, P, Q):
    x = random(1, 2, H, W)
    got = resample.nearest(x, (P, Q))
    same(got, resample.nearest_loops(x, (P, Q)), rtol=0)
    same(got, functional.interpolate(torch.tensor(x), (P, Q)), rtol=0)


def test_nearest_copies_any_kind_of_number():
    for x in (np.array([[True, False]]), np.array([[7, 9]], np.uint8)):
        same(resample.nearest(x, (2, 4)), np.repeat([x[0]] * 2, 2, axis=1))


@quick
@given(sides, sides, st.integers(1, 4))
def test_a_bed_of_nails_keeps_the_sum_and_comes_back_by_striding(H, W, f):
    x = np.random.default_rng(H).integers(-9, 9, (2, H, W))
    y = resample.bed_of_nails(x, f)
    assert y.shape == (2, H * f, W * f)
    assert y.sum() == x.sum()
    assert_array_equal(y[..., ::f, ::f], x)


def test_nails_and_a_convolution_are_a_transposed_convolution():
    x, w = random(1, 3, 4), random(1, 1, 2, 2)
    nails = functional.pad(torch.tensor(resample.bed_of_nails(x, 2)), (1, 0, 1, 0))
    flipped = torch.tensor(w[..., ::-1, ::-1].copy())
    stamped = conv_transpose2d(x, w, stride=2)
    same(stamped, functional.conv2d(nails[None], flipped)[0], atol=1e-12)


# ---------------------------------------------------------------- bilinear


@quick
@given(sides, sides, st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_bilinear_agrees_with_its_definition_and_with_torch(H, W, P, Q, corners):
    x = random(2, 2, H, W)
    expected = functional.interpolate(
        torch.tensor(x), (P, Q), mode="bilinear", align_corners=corners
    )
    for function in BOTH:
        same(function(x, (P, Q), align_corners=corners), expected, atol=1e-12)


@quick
@given(sides, sides, st.integers(1, 4), st.integers(1, 4))
def test_bilinear_by_a_factor_is_torchs(H, W, f, g):
    x = random(1, 1, H, W)
    expected = functional.interpolate(
        torch.tensor(x), scale_factor=(f, g), mode="bilinear"
    )
    same(resample.bilinear(x, scale_factor=(f, g)), expected, atol=1e-12)


def test_aligned_corners_keep_the_corners_and_the_default_keeps_the_mean():
    x = random(5, 6)
    y = resample.bilinear(x, (11, 9), align_corners=True)
    corners = np.ix_([0, -1], [0, -1])
    assert_allclose(y[corners], x[corners])
    for f in (2, 3, 4):
        even = resample.bilinear(x, scale_factor=f)
        rows = resample.interpolation_matrix(5, 5 * f).sum(axis=0)
        assert_allclose(rows, f)  # every pixel counts f times in all
        assert_allclose(even.mean(), x.mean())


@pytest.mark.parametrize("corners", [False, True])
def test_a_flat_map_stays_flat_and_nothing_leaves_the_range(corners):
    options = {"align_corners": corners}
    same(
        resample.bilinear(np.full((3, 4), 7.0), (8, 5), **options), np.full((8, 5), 7.0)
    )
    x = random(4, 4)
    y = resample.bilinear(x, (13, 9), **options)
    assert x.min() <= y.min() <= y.max() <= x.max()


def test_single_precision_stays_single():
    x = random(3, 3).astype(np.float32)
    for function in BOTH:
        assert function(x, (5, 5)).dtype == np.float32


@pytest.mark.parametrize("corners", [False, True])
def test_the_gradient_is_the_matrix_the_other_way(corners):
    x = torch.tensor(random(3, 4), requires_grad=True)
    g = random(7, 6)
    functional.interpolate(
        x[None, None], (7, 6), mode="bilinear", align_corners=corners
    ).backward(torch.tensor(g)[None, None])
    rows = resample.interpolation_matrix(3, 7, align_corners=corners)
    columns = resample.interpolation_matrix(4, 6, align_corners=corners)
    same(rows.T @ g @ columns, x.grad, atol=1e-12)


@quick
@given(st.integers(2, 6), st.integers(2, 6), st.integers(1, 5))
def test_the_kernel_interpolates_away_from_the_edge(H, W, f):
    x = random(1, H, W)
    padded = np.pad(x, [(0, 0), (1, 1), (1, 1)], mode="edge")  # what the edge repeats
    w = resample.bilinear_kernel(f)[None, None]
    y = conv_transpose2d(padded, w, stride=f, padding=f // 2)[:, f:-f, f:-f]
    same(y, resample.bilinear(x, scale_factor=f), atol=1e-12)


def test_the_kernel_of_factor_two_is_the_one_of_the_literature():
    quarter = np.array([1, 3, 3, 1]) / 4
    same(resample.bilinear_kernel(2), np.outer(quarter, quarter))
    same(resample.bilinear_kernel(1), np.ones((1, 1)))


@pytest.mark.parametrize("f", [1, 2, 3, 4, 8, 16, 32])
def test_the_stamps_on_one_pixel_sum_to_one(f):
    w = resample.bilinear_kernel(f)
    assert w.shape == (2 * f - f % 2,) * 2
    sums = conv_transpose2d(np.ones((1, 4, 4)), w[None, None], stride=f)[0]
    edge = w.shape[0]
    assert_allclose(sums[edge:-edge, edge:-edge], 1)
    assert_array_equal(w, w[::-1, ::-1])


# ---------------------------------------------------------------- overlap


@quick
@given(
    st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2),
    st.integers(1, 2),
)  # fmt: skip
def test_overlaps_are_counted_as_torch_adds_ones(n, k, s, p, d):
    ones = torch.ones(1, 1, n, n + 1), torch.ones(1, 1, k, k)
    options = {"stride": s, "padding": p, "dilation": d}
    if (n - 1) * s - 2 * p + d * (k - 1) + 1 < 1:
        with pytest.raises(ValueError, match="padding must leave an output"):
            resample.overlap_count((n, n + 1), k, **options)
        return
    expected = functional.conv_transpose2d(*ones, **options)[0, 0].long()
    same(resample.overlap_count((n, n + 1), k, **options), expected, rtol=0)


def test_overlaps_are_even_inside_exactly_if_the_stride_divides_the_kernel():
    for k in range(1, 9):
        for s in range(1, 5):
            inside = resample.overlap_count((1, 12), (1, k), stride=s)[0, k:-k]
            assert (len(set(inside)) == 1) == (k % s == 0), (k, s)


def test_output_padding_adds_a_row_that_no_stamp_reaches():
    counts = resample.overlap_count(2, 2, stride=2, output_padding=1)
    assert counts.shape == (5, 5)
    assert counts[-1].sum() == counts[:, -1].sum() == 0


# ---------------------------------------------------------------- sentences

NEITHER = "one of size and scale_factor must be given, got neither; did you mean "
SENTENCES = [
    (lambda: resample.nearest(LECTURE), NEITHER + "scale_factor=2?"),
    (
        lambda: resample.bilinear(LECTURE, 4, scale_factor=2),
        "one of size and scale_factor must be given, got both; did you mean "
        "scale_factor=2?",
    ),
    (
        lambda: resample.bilinear(np.ones((2, 2), int), 4),
        "x must be floating point, got int64: integer arithmetic would overflow; "
        "divide by 255 or use x.astype(float)",
    ),
    (
        lambda: resample.nearest(LECTURE, scale_factor=0),
        "scale_factor must be a positive integer, got 0; the smallest allowed is 1",
    ),
    (
        lambda: resample.bilinear_kernel(1.5),
        "scale_factor must be a positive integer, got 1.5; did you mean 1?",
    ),
    (
        lambda: resample.source_positions(0, 3),
        "n must be a positive integer, got 0; the smallest allowed is 1",
    ),
    (
        lambda: resample.bed_of_nails(LECTURE, (2, 2, 2)),
        "scale_factor must be one integer or 2 of them, one per axis, got (2, 2, 2)",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), SENTENCES)
def test_a_wrong_argument_gets_a_whole_sentence(call, sentence):
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    assert str(error.value) == sentence


@pytest.mark.parametrize("enlarge", [resample.nearest, resample.bilinear])
@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((3,), "x must be (…, H, W), got (3,); did you mean x[None]?"),
        ((0, 3), "x must be (…, 1, 3), got (0, 3)"),
    ],
)
def test_what_has_no_plane_or_no_pixels_is_refused(enlarge, shape, sentence):
    with pytest.raises(ShapeError) as error:
        enlarge(np.ones(shape), 4)
    assert str(error.value) == sentence
