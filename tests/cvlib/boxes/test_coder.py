"""Encoding and decoding: the paper's equations, and one undoes the other."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.boxes import BBOX_XFORM_CLIP, box_convert, decode_boxes, encode_boxes
from tests.cvlib.boxes.strategies import random_boxes

quick = settings(deadline=None, max_examples=60)
HEAD = (10.0, 10.0, 5.0, 5.0)
middles, sides = st.floats(-50, 50), st.floats(1, 80)
solid_box = st.tuples(middles, middles, sides, sides)
pairs = st.lists(st.tuples(solid_box, solid_box), min_size=1, max_size=5)


def both(drawn):
    """Two lists of boxes as (N, 4) xyxy each, in double precision."""
    stacked = torch.tensor(drawn, dtype=torch.float64)  # (N, 2, 4)
    return [box_convert(stacked[:, k], "cxcywh", "xyxy") for k in (0, 1)]


def encode_by_definition(g, p):
    """The equations of the paper, for one pair of boxes in plain numbers."""
    (gx1, gy1, gx2, gy2), (px1, py1, px2, py2) = g, p
    gw, gh, pw, ph = gx2 - gx1, gy2 - gy1, px2 - px1, py2 - py1
    return [
        ((gx1 + gx2) / 2 - (px1 + px2) / 2) / pw,
        ((gy1 + gy2) / 2 - (py1 + py2) / 2) / ph,
        math.log(gw / pw),
        math.log(gh / ph),
    ]


@quick
@given(pairs)
def test_encoding_as_the_paper_has_it(drawn):
    g, p = both(drawn)
    rows = zip(g.tolist(), p.tolist(), strict=True)
    expected = torch.tensor([encode_by_definition(*row) for row in rows]).double()
    assert_close(encode_boxes(g, p), expected, rtol=1e-6, atol=1e-6)


@quick
@given(pairs, st.sampled_from([(1.0, 1.0, 1.0, 1.0), HEAD]))
def test_decoding_undoes_encoding(drawn, weights):
    g, p = both(drawn)
    codes = encode_boxes(g, p, weights=weights)
    assert_close(decode_boxes(codes, p, weights=weights, bbox_xform_clip=9), g)


@quick
@given(pairs, st.integers(-30, 30), st.sampled_from([0.5, 2.0, 8.0]))
def test_codes_do_not_see_shift_and_scale(drawn, shift, scale):
    g, p = both(drawn)
    assert_close(encode_boxes(g * scale + shift, p * scale + shift), encode_boxes(g, p))


def test_by_hand():
    proposal = torch.tensor([[0.0, 0, 10, 20]])
    target = torch.tensor([[5.0, 0, 25, 10]])  # middle (15, 5), 20 × 10
    expected = torch.tensor([[1.0, -0.25, math.log(2), -math.log(2)]])
    assert_close(encode_boxes(target, proposal), expected)
    assert_close(
        encode_boxes(target, proposal, weights=HEAD), expected * torch.tensor(HEAD)
    )


def test_zero_codes_change_nothing(rng):
    boxes = random_boxes(rng, 5)
    assert_close(decode_boxes(torch.zeros(5, 4).double(), boxes), boxes)


def test_a_side_grows_62_and_a_half_times_at_most():
    codes = torch.tensor([[0.0, 0, 50, -50]])
    x1, y1, x2, y2 = decode_boxes(codes, torch.tensor([[0.0, 0, 16, 16]]))[0].tolist()
    assert x2 - x1 == pytest.approx(1000, rel=1e-5)
    assert y2 - y1 == pytest.approx(0, abs=1e-6)
    assert math.log(62.5) == BBOX_XFORM_CLIP


def test_the_clamp_comes_after_the_weights():
    codes = torch.tensor([[0.0, 0, 5.0, 0]])  # 5 / 5 = 1: e times as wide
    got = decode_boxes(codes, torch.tensor([[0.0, 0, 2, 2]]), weights=HEAD)
    assert (got[0, 2] - got[0, 0]).item() == pytest.approx(2 * math.e)


def test_classes_side_by_side_are_decoded_each(rng):
    boxes = random_boxes(rng, 5)
    codes = torch.randn(5, 12, generator=rng, dtype=torch.float64)
    got = decode_boxes(codes, boxes)
    for k in range(3):
        own = slice(4 * k, 4 * k + 4)
        assert_close(got[:, own], decode_boxes(codes[:, own], boxes))


def test_none_give_none():
    none = torch.zeros(0, 4)
    assert encode_boxes(none, none).shape == (0, 4)
    assert decode_boxes(torch.zeros(0, 8), none).shape == (0, 8)


def test_gradients(rng):
    g, p = random_boxes(rng, 3), random_boxes(rng, 3)
    codes = torch.randn(3, 4, generator=rng, dtype=torch.float64)
    check = torch.autograd.gradcheck
    assert check(encode_boxes, (g.requires_grad_(), p.requires_grad_()))
    assert check(decode_boxes, (codes.requires_grad_(), p))


def test_what_has_no_logarithm_is_refused(says):
    full, empty = torch.tensor([[0.0, 0, 4, 4]]), torch.tensor([[2.0, 0, 2, 4]])
    sentence = (
        "{} must have an area, got {}[0] = (2, 0, 2, 4): its size has no logarithm; "
        "leave such boxes out with remove_small_boxes"
    )
    with says(ValueError, sentence.format(*["reference_boxes"] * 2)):
        encode_boxes(empty, full)
    with says(ValueError, sentence.format(*["proposals"] * 2)):
        encode_boxes(full, empty)


def test_what_does_not_match_is_refused(says):
    full = torch.tensor([[0.0, 0, 4, 4]])
    with says(ValueError, "proposals must be (1, 4) to match reference_boxes (1, 4), "
              "got (2, 4)"):  # fmt: skip
        encode_boxes(full, full.repeat(2, 1))
    with says(ValueError, "rel_codes must be (1, 4K) to match boxes (1, 4), got "
              "(2, 4)"):  # fmt: skip
        decode_boxes(torch.zeros(2, 4), full)
    with says(ValueError, "rel_codes must be (N, 4), got (1, 6)"):
        decode_boxes(torch.zeros(1, 6), full)
    with says(ValueError, "rel_codes must not contain NaN, got 4 of 4 values; find the "
              "operation that made them, often 0/0 or log(0)"):  # fmt: skip
        decode_boxes(torch.full((1, 4), float("nan")), full)
    for weights in ((1, 1, 1), (10, 10, 0, 5)):
        with says(ValueError, "weights must be four positive numbers, for dx, dy, dw "
                  f"and dh, got {weights}"):  # fmt: skip
            encode_boxes(full, full, weights=weights)
