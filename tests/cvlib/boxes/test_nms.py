"""Suppression: the slow definition, its order, its ties, and a crowd."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.boxes import batched_nms, box_iou, nms, nms_by_definition, soft_nms
from cvlib.boxes.nms import BLOCK
from tests.cvlib.boxes.strategies import random_boxes, scored_boxes

quick = settings(deadline=None, max_examples=60)
thresholds = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 1.0])


def same(a, b):
    assert_close(a, b, rtol=0, atol=0)


@quick
@given(scored_boxes(), thresholds)
def test_as_the_definition(drawn, threshold):
    same(nms(*drawn, threshold), nms_by_definition(*drawn, threshold))


@pytest.mark.parametrize("n", [BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK])
@pytest.mark.parametrize("threshold", [0.1, 0.5])
def test_as_the_definition_across_blocks(n, threshold, rng):
    boxes = random_boxes(rng, n, size=60).round()
    scores = torch.rand(n, generator=rng)
    same(nms(boxes, scores, threshold), nms_by_definition(boxes, scores, threshold))


def test_a_chain_is_cut_at_every_second_link():
    # each overlaps only the next; the longest way for the rounds within a block
    n = 3 * BLOCK
    x = 4.0 * torch.arange(n)
    boxes = torch.stack([x, 0 * x, x + 6, 0 * x + 1], dim=1)  # IoU 2/10 = 0.2
    keep = nms(boxes, torch.linspace(1, 0, n), 0.1)
    assert keep.tolist() == list(range(0, n, 2))


@quick
@given(scored_boxes(), thresholds)
def test_what_stays_does_not_overlap_and_what_went_did(drawn, threshold):
    boxes, scores = drawn
    keep = nms(boxes, scores, threshold)
    iou = box_iou(boxes, boxes[keep])
    own = iou[keep].fill_diagonal_(0)
    assert (own <= threshold).all()
    assert (scores[keep].diff() <= 0).all()
    for n in set(range(len(boxes))) - set(keep.tolist()):
        assert ((iou[n] > threshold) & (scores[keep] >= scores[n])).any()


@quick
@given(scored_boxes(), thresholds, st.randoms(use_true_random=False))
def test_without_ties_the_order_of_the_list_does_not_matter(drawn, threshold, random):
    boxes, scores = drawn
    scores = scores - 1e-3 * torch.arange(len(scores))  # no two are equal now
    order = torch.tensor(random.sample(range(len(boxes)), len(boxes))).long()
    same(
        order[nms(boxes[order], scores[order], threshold)],
        nms(boxes, scores, threshold),
    )


@quick
@given(scored_boxes(), thresholds)
def test_twice_is_once(drawn, threshold):
    boxes, scores = drawn
    keep = nms(boxes, scores, threshold)
    again = nms(boxes[keep], scores[keep], threshold)
    assert again.tolist() == list(range(len(keep)))


ROW = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10]])
"""Neighbours have IoU 1/3, the first and the last 0."""


def test_what_was_thrown_away_throws_nobody_away():
    keep = nms(ROW, torch.tensor([0.9, 0.8, 0.7]), 0.3)
    assert keep.tolist() == [0, 2]


def test_of_equal_scores_the_earlier_stays():
    assert nms(ROW[:2], torch.tensor([0.5, 0.5]), 0.3).tolist() == [0]
    many = torch.tensor([[0.0, 0, 10, 10]]).repeat(2 * BLOCK, 1)
    assert nms(many, torch.ones(len(many)), 0.5).tolist() == [0]


@pytest.mark.parametrize(
    ("boxes", "threshold"),
    [([[0, 0, 2, 2], [0, 0, 2, 1]], 0.5), ([[0, 0, 10, 1], [9, 0, 10, 1]], 0.1),
     ([[0, 0, 10, 1], [3, 0, 10, 1]], 0.7)],
)  # fmt: skip
@pytest.mark.parametrize("function", [nms, nms_by_definition])
def test_an_iou_equal_to_the_threshold_is_not_too_much(boxes, threshold, function):
    boxes = torch.tensor(boxes, dtype=torch.float32)
    scores = torch.tensor([0.9, 0.8])
    assert function(boxes, scores, threshold).tolist() == [0, 1]
    assert function(boxes, scores, threshold - 0.01).tolist() == [0]


def test_empty_boxes_all_stay():
    boxes = torch.tensor([[3.0, 3, 3, 3], [3, 3, 3, 3], [0, 3, 9, 3]])
    assert nms(boxes, torch.tensor([0.1, 0.3, 0.2]), 0.0).tolist() == [1, 2, 0]


@pytest.mark.parametrize("function", [nms, nms_by_definition])
def test_no_boxes_leave_none(function):
    keep = function(torch.zeros(0, 4), torch.zeros(0), 0.5)
    assert keep.shape == (0,)
    assert keep.dtype == torch.int64
    assert batched_nms(
        torch.zeros(0, 4), torch.zeros(0), torch.zeros(0).long(), 0.5
    ).shape == (0,)


def test_integers_and_gradients_are_welcome():
    boxes = ROW.clone().requires_grad_()
    assert nms(boxes, torch.tensor([3, 2, 1]), 0.3).tolist() == [0, 2]
    assert nms(ROW.to(torch.uint8), torch.tensor([3, 2, 1]), 0.3).tolist() == [0, 2]


@quick
@given(scored_boxes(), thresholds, st.integers(1, 4))
def test_each_class_by_itself(drawn, threshold, classes):
    boxes, scores = drawn
    labels = torch.arange(len(boxes)) % classes
    keep = batched_nms(boxes, scores, labels, threshold)
    assert (scores[keep].diff() <= 0).all()
    for label in range(classes):
        own = (labels == label).nonzero()[:, 0]
        expected = own[nms(boxes[own], scores[own], threshold)]
        same(keep[labels[keep] == label], expected)


@quick
@given(scored_boxes(), thresholds)
def test_one_class_is_plain_nms(drawn, threshold):
    boxes, scores = drawn
    labels = torch.full((len(boxes),), 7)
    same(batched_nms(boxes, scores, labels, threshold), nms(boxes, scores, threshold))


def test_negative_coordinates_do_not_leak_into_the_next_class():
    scores, labels = torch.tensor([0.9, 0.8]), torch.tensor([0, 1])
    # moved by (largest coordinate + 1) · class, as others do, these two overlap
    crowded = torch.tensor([[0.0, 0, 9, 9], [-9, -9, 0, 0]])
    offsets = torch.tensor([[0.0], [1.0]]) * (crowded.max() + 1)
    assert nms(crowded + offsets, scores, 0.5).tolist() == [0]  # the trick leaks
    assert batched_nms(crowded, scores, labels, 0.5).tolist() == [0, 1]


def soft_by_definition(boxes, scores, method, threshold, sigma, lowest):
    """The paper's algorithm with NumPy, one pair at a time."""
    left = {n: float(s) for n, s in enumerate(scores)}
    taken = []
    while left:
        best = min(left, key=lambda n: (-left[n], n))
        if left[best] < lowest:
            break
        taken.append((best, left.pop(best)))
        for n in left:
            iou = box_iou(boxes[best][None], boxes[n][None]).item()
            if method == "gaussian":
                left[n] *= np.exp(-(iou**2) / sigma)
            elif iou > threshold:
                left[n] *= 1 - iou
    return taken


@quick
@given(
    scored_boxes(max_size=8),
    st.sampled_from(["linear", "gaussian"]),
    st.sampled_from([0.25, 0.5]),
)
def test_soft_as_the_paper(drawn, method, threshold):
    boxes, scores = drawn
    scores = scores.double() - 1e-3 * torch.arange(len(scores))
    scores = scores.clamp(min=0)
    keep, values = soft_nms(
        boxes, scores, method=method, iou_threshold=threshold, score_threshold=0.05
    )
    taken = soft_by_definition(boxes, scores, method, threshold, 0.5, 0.05)
    assert keep.tolist() == [n for n, _ in taken]
    assert values.tolist() == pytest.approx([value for _, value in taken])
    assert (values.diff() <= 0).all()


def test_soft_keeps_the_neighbour_that_hard_loses():
    boxes = torch.tensor([[0.0, 0, 10, 10], [2, 0, 12, 10]])  # IoU 2/3
    scores = torch.tensor([0.9, 0.9])
    assert nms(boxes, scores, 0.5).tolist() == [0]
    keep, values = soft_nms(boxes, scores, method="linear")
    assert keep.tolist() == [0, 1]
    assert values.tolist() == pytest.approx([0.9, 0.3])
    keep, values = soft_nms(boxes, scores, sigma=0.5)
    assert values.tolist() == pytest.approx([0.9, 0.9 * np.exp(-8 / 9)])


def test_soft_does_not_touch_its_arguments():
    scores = torch.tensor([0.9, 0.8, 0.7])
    soft_nms(ROW, scores)
    assert scores.tolist() == pytest.approx([0.9, 0.8, 0.7])
    keep, values = soft_nms(torch.zeros(0, 4), torch.zeros(0))
    assert keep.shape == values.shape == (0,)
    assert keep.dtype == torch.int64


def test_what_is_wrong_is_said(says):
    scores = torch.tensor([0.9, 0.8, 0.7])
    with says(ValueError, "iou_threshold must be between 0 and 1, got 50"):
        nms(ROW, scores, 50)
    with says(ValueError, "scores must be (3,) to match boxes (3, 4), got (2,)"):
        nms(ROW, scores[:2], 0.5)
    with says(ValueError, "scores must not contain NaN, got 3 of 3 values; find the "
              "operation that made them, often 0/0 or log(0)"):  # fmt: skip
        nms(ROW, scores * float("nan"), 0.5)
    with says(TypeError, "idxs must be integers, got float32; did you mean "
              "idxs.long()?"):  # fmt: skip
        batched_nms(ROW, scores, scores, 0.5)
    with says(ValueError, "idxs must be (3,) to match boxes (3, 4), got (2,)"):
        batched_nms(ROW, scores, torch.zeros(2).long(), 0.5)
    with says(ValueError, "sigma must be above 0, got 0; the decay divides by it"):
        soft_nms(ROW, scores, sigma=0)
    with says(ValueError, "method must be 'linear' or 'gaussian', got 'gauss'; did you "
              "mean 'gaussian'?"):  # fmt: skip
        soft_nms(ROW, scores, method="gauss")
    with says(TypeError, "scores must be floating point, got int64: they will be "
              "lowered by a factor; use scores.float()"):  # fmt: skip
        soft_nms(ROW, torch.tensor([3, 2, 1]))
    with says(ValueError, "scores must be at least 0, got -1: a factor below 1 would "
              "raise it; did you mean scores.sigmoid()?"):  # fmt: skip
        soft_nms(ROW, torch.tensor([3.0, 2, -1]))
