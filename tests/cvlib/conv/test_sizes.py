"""The arithmetic is held to torch, to counting by hand, and to measured fields."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cvlib.conv import (
    ReceptiveField,
    conv1d,
    conv_transpose_output_size,
    full_padding,
    multiply_adds,
    num_parameters,
    output_size,
    receptive_box,
    receptive_field,
    same_padding,
    window_starts,
)
from cvlib.conv.sizes import axis_padding

quick = settings(deadline=None, derandomize=True, max_examples=60)
small = st.integers(1, 6)


@given(n=st.integers(1, 20), k=small, s=small, p=st.integers(0, 5), d=small)
@quick
def test_output_size_is_what_torch_makes_or_both_refuse(n, k, s, p, d):
    x, w = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    try:
        wanted = functional.conv1d(x, w, stride=s, padding=p, dilation=d).shape[-1]
    except RuntimeError:
        with pytest.raises(ValueError, match="kernel_size must span at most"):
            output_size(n, k, stride=s, padding=p, dilation=d)
    else:
        assert output_size(n, k, stride=s, padding=p, dilation=d) == wanted


def test_the_lectures_sizes():
    assert output_size(32, 5) == 28
    assert output_size(7, 3, stride=2) == 3
    assert output_size(7, 3, stride=3, padding=1) == 3
    assert output_size(227, 11, stride=4) == 55  # AlexNet's first layer


def test_a_size_is_a_plain_int_even_from_numpy_integers():
    size = output_size(
        np.int64(7), np.int64(3), stride=np.int64(2), padding=np.int64(1)
    )
    assert type(size) is int
    assert size == 4


def test_a_kernel_larger_than_the_padded_input_is_refused(says):
    with says(
        ValueError,
        "kernel_size must span at most the padded input, 4 = 2 + 1 + 1, got 5 from "
        "kernel_size=3 and dilation=2; use padding=2 or a larger input",
    ):
        output_size(2, 3, padding=1, dilation=2)
    assert output_size(2, 3, padding=2, dilation=2) == 2  # the advice works


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"stride": 0},
            "stride must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            {"padding": -1},
            "padding must be an integer ≥ 0, got -1; the smallest allowed is 0",
        ),
        (
            {"dilation": 0},
            "dilation must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            {"padding": "smae"},
            "padding must be 'valid' or 'same', got 'smae'; did you mean 'same'?",
        ),
        (
            {"padding": "same", "stride": 2},
            "padding must be a number when stride is not 1, got 'same' with stride=2; "
            "did you mean padding=1?",
        ),
    ],
)
def test_impossible_options_are_refused(says, options, sentence):
    with says(ValueError, sentence):
        output_size(7, 3, **options)


def test_an_input_has_at_least_one_pixel_and_a_kernel_one_tap(says):
    with says(
        ValueError, "n must be a positive integer, got 0; the smallest allowed is 1"
    ):
        output_size(0, 1)
    with says(
        ValueError,
        "kernel_size must be a positive integer, got 0; the smallest allowed is 1",
    ):
        output_size(3, 0)


def test_a_fractional_kernel_is_refused(says):
    with says(
        TypeError, "kernel_size must be a positive integer, got 3.0; did you mean 3?"
    ):
        output_size(7, 3.0)


@given(n=st.integers(1, 20), k=st.integers(1, 7), d=st.integers(1, 4))
@quick
def test_same_padding_keeps_the_size_and_full_padding_widens_it(n, k, d):
    assert output_size(n, k, padding=same_padding(k, dilation=d), dilation=d) == n
    assert output_size(n, k, padding="same", dilation=d) == n
    full = full_padding(k, dilation=d)
    assert output_size(n, k, padding=full, dilation=d) == n + d * (k - 1)


def test_same_padding_is_symmetric_for_odd_kernels_only():
    assert [same_padding(k) for k in (1, 3, 5)] == [(0, 0), (1, 1), (2, 2)]
    assert [same_padding(k) for k in (2, 4)] == [(0, 1), (1, 2)]
    assert same_padding(2, dilation=2) == (1, 1)


def test_padding_may_be_a_number_two_numbers_or_a_word():
    assert axis_padding(2, 3) == (2, 2)
    assert axis_padding((0, 1), 3) == (0, 1)
    assert axis_padding("valid", 3) == (0, 0)


@given(
    n=st.integers(1, 8),
    k=small,
    s=small,
    p=st.integers(0, 4),
    o=st.integers(0, 6),
    d=small,
)
@quick
def test_transposed_size_is_what_torch_makes_or_both_refuse(n, k, s, p, o, d):
    x, w = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    options = {"stride": s, "padding": p, "output_padding": o, "dilation": d}
    try:
        wanted = functional.conv_transpose1d(x, w, **options).shape[-1]
    except RuntimeError:
        with pytest.raises(ValueError, match="padding must"):
            conv_transpose_output_size(n, k, **options)
    else:
        assert conv_transpose_output_size(n, k, **options) == wanted


def test_output_padding_is_smaller_than_stride_or_dilation(says):
    assert conv_transpose_output_size(2, 3, stride=2, output_padding=1) == 6
    assert conv_transpose_output_size(2, 3, dilation=3, output_padding=2) == 10
    with says(
        ValueError,
        "output_padding must be smaller than stride or dilation, "
        "got 2 with stride=2 and dilation=1; the largest allowed is 1",
    ):
        conv_transpose_output_size(2, 3, stride=2, output_padding=2)


@pytest.mark.parametrize(("padding", "size"), [(2, -1), (3, -3)])
def test_a_transposed_convolution_leaves_something(says, padding, size):
    with says(
        ValueError,
        f"padding must leave an output, got padding={padding}, which gives a size of "
        f"{size}; the largest allowed is 1",
    ):
        conv_transpose_output_size(1, 3, padding=padding)
    assert conv_transpose_output_size(1, 3, padding=1) == 1


@given(n=st.integers(6, 20), k=st.integers(1, 4), s=small, p=st.integers(0, 3))
@quick
def test_a_window_starts_where_an_impulse_kernel_reads(n, k, s, p):
    x = np.arange(1.0, n + 1)[None]  # pixel i holds i + 1, the padding 0
    first_tap = np.eye(1, k)[None]
    read = conv1d(x, first_tap, stride=s, padding=p)[0]
    starts = window_starts(n, k, stride=s, padding=p)
    inside = [i + 1 if 0 <= i < n else 0 for i in starts]
    np.testing.assert_array_equal(read, inside)


def test_window_starts_are_negative_in_the_padding():
    assert window_starts(7, 3, stride=2, padding=1) == [-1, 1, 3, 5]
    assert window_starts(5, 4, padding="same") == [-1, 0, 1, 2, 3]


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(3, 10, 3),
        nn.Conv2d(6, 4, (1, 5), groups=2, bias=False),
        nn.Conv2d(8, 8, 3, groups=8),
        nn.Conv1d(2, 4, 5),
        nn.Conv3d(2, 4, (3, 1, 2)),
    ],
)
def test_parameters_are_those_of_torchs_layer(layer):
    assert num_parameters(
        layer.in_channels,
        layer.out_channels,
        layer.kernel_size,
        groups=layer.groups,
        bias=layer.bias is not None,
    ) == sum(p.numel() for p in layer.parameters())


def test_the_lectures_counts():
    assert num_parameters(3, 10, 3) == 280
    assert num_parameters(3, 6, 5) == 6 * 76
    # 6×6×3 to 4×4×5 by 3×3 filters, then the same split into depth and point.
    assert multiply_adds(3, 5, 3, 4) == 2160
    depthwise = multiply_adds(3, 3, 3, 4, groups=3)
    pointwise = multiply_adds(3, 5, 1, 4)
    assert (depthwise, pointwise) == (432, 240)


def test_multiply_adds_count_every_product_of_the_definition():
    products = 2 * 3 * 4 * (6 // 2) * 5 * 7  # filters · output · channels · kernel
    assert multiply_adds(6, 2, (5, 7), (3, 4), groups=2) == products


def test_groups_divide_the_channels(says):
    with says(
        ValueError,
        "groups must divide in_channels=3 and out_channels=4, got 2; "
        "did you mean groups=1?",
    ):
        num_parameters(3, 4, 3, groups=2)


layers_of_a_stack = st.lists(
    st.integers(1, 4).flatmap(
        lambda k: st.tuples(
            st.just(k), st.integers(1, 3), st.integers(0, k - 1), st.integers(1, 2)
        )
    ),
    min_size=1,
    max_size=4,
)


def measured_field(layers, unit, n):
    """Where one unit of a net of ones has a gradient: `(first, one past the last)`."""
    x = torch.ones(1, 1, n, requires_grad=True)
    y = x
    for k, s, p, d in layers:
        y = functional.conv1d(
            y, torch.ones(1, 1, k) / k, stride=s, padding=p, dilation=d
        )
    y[0, 0, unit].backward()
    seen = x.grad[0, 0].nonzero()[:, 0]
    return int(seen.min()), int(seen.max()) + 1


@given(layers=layers_of_a_stack)
@quick
def test_the_receptive_field_is_the_measured_one(layers):
    unit = 20  # far enough inside that no layer's padding is met
    start, stop = receptive_box(layers, unit)
    assert measured_field(layers, unit, n=2 * stop) == (start, stop)


@given(layers=layers_of_a_stack, unit=st.integers(0, 3))
@quick
def test_near_the_edge_padding_can_only_narrow_what_is_seen(layers, unit):
    layers = [(k, s, min(p, k // 2), d) for k, s, p, d in layers]
    n = receptive_box(layers, 20)[1]
    start, stop = receptive_box(layers, unit, input_size=n)
    first, last = measured_field(layers, unit, n)
    assert start <= first < last <= stop


def test_three_3x3_layers_see_as_much_as_one_7x7():
    fields = receptive_field([3, 3, 3])
    assert [f.size for f in fields] == [3, 5, 7]
    assert receptive_field([7])[-1] == ReceptiveField(size=7, jump=1, start=0)


def test_a_stride_makes_later_layers_widen_faster():
    assert receptive_field([(3, 2), (3,)])[-1] == ReceptiveField(7, 2, 0)
    assert receptive_field([(3, 1), (3,)])[-1] == ReceptiveField(5, 1, 0)


def test_same_padding_starts_the_field_outside():
    assert receptive_field([(5, 1, "same"), (2, 2)])[-1] == ReceptiveField(6, 2, -2)


def test_a_box_is_x1_y1_x2_y2_and_may_be_cut_to_the_image():
    layers = [(3, 1, 1), (3, 2, 1)]
    assert receptive_box(layers, (0, 4)) == (6, -2, 11, 3)
    assert receptive_box(layers, (0, 4), input_size=(9, 9)) == (6, 0, 9, 3)
    assert receptive_box(layers, 0, input_size=9) == (0, 3)
    assert receptive_box([], 5) == (5, 6)


def test_a_field_wholly_in_the_padding_is_empty_once_cut():
    assert receptive_box([(1, 1, 2)], 0) == (-2, -1)
    assert receptive_box([(1, 1, 2)], 0, input_size=9) == (0, 0)


def test_a_layer_has_one_to_four_numbers(says):
    with says(
        ValueError,
        "layers[1] must be (kernel_size, stride, padding, dilation), got ()",
    ):
        receptive_field([3, ()])
