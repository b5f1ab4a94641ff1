"""Formats, areas, clipping: round trips, and a sentence for what is no box."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.boxes import (
    box_area,
    box_convert,
    check_boxes,
    check_scores,
    clip_boxes_to_image,
    remove_small_boxes,
)
from tests.cvlib.boxes.strategies import random_boxes, some_boxes

quick = settings(deadline=None, max_examples=60)
FORMATS = ("xyxy", "xywh", "cxcywh")
SAME = {"xyxy": [2.0, 3, 8, 5], "xywh": [2.0, 3, 6, 2], "cxcywh": [5.0, 4, 6, 2]}
"""One box in every format."""


@pytest.mark.parametrize("before", FORMATS)
@pytest.mark.parametrize("after", FORMATS)
def test_one_box_in_every_format(before, after):
    got = box_convert(torch.tensor([SAME[before]]), before, after)
    assert_close(got, torch.tensor([SAME[after]]), rtol=0, atol=0)


@quick
@given(some_boxes(), st.sampled_from(FORMATS), st.sampled_from(FORMATS))
def test_there_and_back_is_the_same_box(boxes, first, second):
    there = box_convert(box_convert(boxes, "xyxy", first), first, second)
    assert_close(box_convert(there, second, "xyxy"), boxes, rtol=0, atol=0)


def test_integers_stay_integers_where_they_can():
    boxes = torch.tensor([[2, 3, 7, 5]])
    assert box_convert(boxes, "xyxy", "xywh").tolist() == [[2, 3, 5, 2]]
    assert box_convert(boxes, "xyxy", "xywh").dtype == torch.int64
    assert box_convert(boxes, "xyxy", "cxcywh").tolist() == [[4.5, 4, 5, 2]]


def test_the_result_is_never_the_same_memory():
    boxes = torch.tensor([SAME["xyxy"]])
    box_convert(boxes, "xyxy", "xyxy")[:] = 0
    assert boxes.tolist() == [SAME["xyxy"]]


@quick
@given(some_boxes())
def test_area_is_width_times_height(boxes):
    _, _, w, h = box_convert(boxes, "xyxy", "xywh").unbind(1)
    assert_close(box_area(boxes), w * h, rtol=0, atol=0)
    assert_close(box_area(boxes + 7), w * h, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("dtype", "wanted"),
    [
        (torch.uint8, torch.int64),
        (torch.int32, torch.int64),
        (torch.float16, torch.float32),
        (torch.bfloat16, torch.float32),
        (torch.float64, torch.float64),
    ],
)
def test_areas_do_not_overflow(dtype, wanted):
    got = box_area(torch.tensor([[0, 0, 255, 255]]).to(dtype))
    side = int(torch.tensor(255).to(dtype))  # bfloat16 has 256 for it
    assert got.dtype == wanted
    assert got.tolist() == [side * side]


def test_clipping_by_hand():
    boxes = torch.tensor([[-5.0, 2, 30, 9], [3, 3, 4, 4], [25, -9, 40, -1]])
    got = clip_boxes_to_image(boxes, (10, 20))
    assert got.tolist() == [[0, 2, 20, 9], [3, 3, 4, 4], [20, 0, 20, 0]]


@quick
@given(some_boxes())
def test_clipped_boxes_lie_in_the_picture_and_stay(boxes):
    clipped = clip_boxes_to_image(boxes, (30, 25))
    assert clipped.shape == boxes.shape
    assert ((clipped >= 0) & (clipped <= torch.tensor([25, 30, 25, 30]))).all()
    assert (box_area(clipped) <= box_area(boxes)).all()
    assert_close(clip_boxes_to_image(clipped, (30, 25)), clipped, rtol=0, atol=0)


@quick
@given(some_boxes(), st.integers(0, 10))
def test_small_boxes_are_those_with_a_short_side(boxes, least):
    keep = remove_small_boxes(boxes, least)
    assert keep.dtype == torch.int64
    expected = [
        n
        for n, (x1, y1, x2, y2) in enumerate(boxes.tolist())
        if x2 - x1 >= least and y2 - y1 >= least
    ]
    assert keep.tolist() == expected


def test_no_boxes_are_boxes_too():
    none = torch.zeros(0, 4)
    assert box_convert(none, "xywh", "cxcywh").shape == (0, 4)
    assert box_area(none).shape == (0,)
    assert clip_boxes_to_image(none, (5, 5)).shape == (0, 4)
    assert remove_small_boxes(none, 1).shape == (0,)


def test_gradients_of_conversion_area_and_clipping(rng):
    boxes = random_boxes(rng, 4).requires_grad_()
    for function in (
        lambda b: box_convert(b, "xyxy", "cxcywh"),
        lambda b: box_convert(b, "xyxy", "xywh"),
        box_area,
        lambda b: clip_boxes_to_image(b, (50, 50)),
    ):
        assert torch.autograd.gradcheck(function, boxes)


SWAPPED = (
    "boxes must have x2 ≥ x1 and y2 ≥ y1, got boxes[1] = (10, 10.5, 4, 12); "
    "did you mean box_convert(boxes, 'xywh', 'xyxy')?"
)


@pytest.mark.parametrize(
    "function",
    [
        box_area,
        lambda b: box_convert(b, "xyxy", "xywh"),
        lambda b: clip_boxes_to_image(b, (9, 9)),
        lambda b: remove_small_boxes(b, 1),
    ],
)
def test_swapped_corners_are_refused(function, says):
    with says(ValueError, SWAPPED):
        function(torch.tensor([[0.0, 0, 1, 1], [10, 10.5, 4, 12]]))


def test_what_is_no_box_is_told_what_it_should_be(says):
    with says(TypeError, "boxes must be a torch tensor, got ndarray; did you mean "
              "torch.as_tensor(boxes)?"):  # fmt: skip
        check_boxes("boxes", np.zeros((2, 4)))
    with says(ValueError, "boxes must be (N, 4), got (4,); did you mean boxes[None]?"):
        check_boxes("boxes", torch.zeros(4))
    with says(ValueError, "boxes must be (N, 4), got (2, 5)"):
        check_boxes("boxes", torch.zeros(2, 5))
    with says(TypeError, "boxes must be floating point or integers, got bool; a box is "
              "four coordinates in pixels"):  # fmt: skip
        check_boxes("boxes", torch.zeros(2, 4, dtype=torch.bool))
    with says(ValueError, "boxes must not contain NaN, got 1 of 4 values; find the "
              "operation that made them, often 0/0 or log(0)"):  # fmt: skip
        check_boxes("boxes", torch.tensor([[0, 0, float("nan"), 1]]))
    with says(ValueError, "boxes must be finite, got 1 infinite of 4 values; clamp "
              "what goes into exp"):  # fmt: skip
        check_boxes("boxes", torch.tensor([[0, 0, float("inf"), 1]]))


def test_scores_that_do_not_match(says):
    boxes = torch.zeros(3, 4)
    with says(ValueError, "scores must be (3,) to match boxes (3, 4), got (3, 1); did "
              "you mean scores[:, 0]?"):  # fmt: skip
        check_scores("scores", torch.zeros(3, 1), boxes)
    with says(TypeError, "scores must be a torch tensor, got list; did you mean "
              "torch.as_tensor(scores)?"):  # fmt: skip
        check_scores("scores", [1, 2, 3], boxes)


def test_formats_and_sizes_that_are_none(says):
    boxes = torch.tensor([[1.0, 1, -2, 3]])
    with says(ValueError, "boxes must have w ≥ 0 and h ≥ 0 in 'xywh', got boxes[0] = "
              "(1, 1, -2, 3)"):  # fmt: skip
        box_convert(boxes, "xywh", "xyxy")
    with says(ValueError, "in_fmt must be 'xyxy', 'xywh' or 'cxcywh', got 'yxyx'; did "
              "you mean 'xyxy'?"):  # fmt: skip
        box_convert(boxes, "yxyx", "xyxy")
    with says(ValueError, "min_size must be at least 0, got -1"):
        remove_small_boxes(torch.zeros(1, 4), -1)
    with says(ValueError, "size must be one integer or 2 of them, one per axis, got "
              "(3, 20, 30)"):  # fmt: skip
        clip_boxes_to_image(torch.zeros(1, 4), (3, 20, 30))
