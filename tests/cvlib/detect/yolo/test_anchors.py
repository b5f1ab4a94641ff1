"""Anchors of YOLO: shapes compared without places."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.boxes import box_iou
from cvlib.detect.yolo import assign_anchors, cluster_anchors, shape_iou
from cvlib.validate import ShapeError


def sizes(seed, N):
    return 1 + 50 * torch.rand(N, 2, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_overlap_is_that_of_boxes_with_a_common_corner(seed):
    a, b = sizes(seed, 5), sizes(seed + 1, 3)
    boxes = [torch.cat([torch.zeros_like(s), s], dim=1) for s in (a, b)]
    assert_close(shape_iou(a, b), box_iou(*boxes))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_twice_the_size_of_everything_changes_nothing(seed):
    a, b = sizes(seed, 5), sizes(seed + 1, 3)
    assert_close(shape_iou(2 * a, 2 * b), shape_iou(a, b))


def test_of_two_equal_anchors_the_first_is_taken():
    assert assign_anchors(torch.tensor([[2.0, 3]]), torch.ones(2, 2)).tolist() == [0]


def test_anchors_are_found_among_three_kinds_of_shapes():
    kinds = torch.tensor([[10.0, 10], [20, 60], [90, 30]])
    noise = 0.1 * torch.randn(3, 30, 2, generator=torch.Generator().manual_seed(0))
    shapes = (kinds[:, None] * noise.exp()).flatten(0, 1)
    assert_close(cluster_anchors(shapes, 3), kinds, rtol=0.1, atol=0)
    assert (shape_iou(shapes, kinds).amax(dim=1) > 0.5).all()


def test_the_order_of_the_shapes_does_not_matter():
    shapes = sizes(3, 60)
    assert_close(cluster_anchors(shapes.flip(0), 4), cluster_anchors(shapes, 4))


def test_too_few_shapes_get_one_sentence():
    sentence = (
        "^num_anchors must be at most the number of sizes, 2, got 3; an anchor is the "
        "middle of some of them$"
    )
    with pytest.raises(ValueError, match=sentence):
        cluster_anchors(torch.ones(2, 2), 3)


def test_boxes_are_no_sizes():
    with pytest.raises(ShapeError, match=r"^sizes must be \(B, 2\), got \(3, 4\)$"):
        shape_iou(torch.ones(3, 4), torch.ones(1, 2))
