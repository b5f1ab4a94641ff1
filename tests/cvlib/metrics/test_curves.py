"""Precision, recall and the three readings of average precision."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.metrics import (
    average_precision,
    average_precision_by_definition,
    envelope,
    precision_recall,
)
from cvlib.metrics.curves import METHODS

PATIENT = settings(deadline=None)  # torch takes its time at the first call


def ap(hits, num_targets, method="area"):
    """Average precision of hits given from the surest down."""
    scores = torch.linspace(1, 0, len(hits), dtype=torch.float64)
    hits = torch.tensor(hits, dtype=torch.bool)
    return average_precision(scores, hits, num_targets, method=method).item()


@st.composite
def lists(draw):
    hits = draw(st.lists(st.booleans(), max_size=40))
    scores = [draw(st.integers(0, 8)) / 8 for _ in hits]  # with ties
    num_targets = sum(hits) + draw(st.integers(0, 12))
    scores = torch.tensor(scores, dtype=torch.float64)
    return scores, torch.tensor(hits, dtype=torch.bool), max(1, num_targets)


@PATIENT
@given(lists(), st.sampled_from(METHODS))
def test_the_area_is_the_sum_of_its_definition(case, method):
    slow = average_precision_by_definition(*case, method=method)
    assert average_precision(*case, method=method).item() == pytest.approx(slow)


@PATIENT
@given(lists(), st.sampled_from(METHODS))
def test_it_lies_between_0_and_the_recall_that_is_reached(case, method):
    value = average_precision(*case, method=method).item()
    steps = {"area": math.inf, "11 points": 10, "101 points": 100}[method]
    bound = case[1].sum().item() / case[2]
    if steps < math.inf:  # the grid has a point at recall 0 as well
        bound = (math.floor(bound * steps + 1e-9) + 1) / (steps + 1)
    assert 0 <= value <= bound + 1e-12


@PATIENT
@given(lists())
def test_only_the_order_of_the_scores_matters(case):
    scores, hits, num_targets = case
    same = average_precision(scores.exp() * 3 - 7, hits, num_targets)
    assert_close(same, average_precision(scores, hits, num_targets))


@PATIENT
@given(lists())
def test_a_false_positive_below_all_others_changes_nothing(case):
    scores, hits, num_targets = case
    more = torch.cat([scores, scores.new_tensor([-1.0])])
    longer = torch.cat([hits, hits.new_tensor([False])])
    for method in METHODS:
        assert_close(
            average_precision(more, longer, num_targets, method=method),
            average_precision(scores, hits, num_targets, method=method),
        )


def test_by_hand():
    hits = [True, True, False, True, False, False]
    assert ap(hits, 4) == pytest.approx((1 + 1 + 3 / 4) / 4)
    assert ap(hits, 4, "11 points") == pytest.approx((6 * 1 + 2 * 0.75) / 11)
    assert ap(hits, 4, "101 points") == pytest.approx((51 * 1 + 25 * 0.75) / 101)


def test_a_recall_of_exactly_three_tenths_reaches_the_level():
    # 0.1 · 3 is 0.30000000000000004, above 3 / 10: with arange the level is lost
    assert ap([True] * 3, 10, "11 points") == pytest.approx(4 / 11)
    assert ap([True] * 7, 10, "11 points") == pytest.approx(8 / 11)


def test_coco_s_grid_has_its_rounding():
    # and COCO's 0.57 is above 57 / 100: its own tool loses that level, so do we
    assert ap([True] * 57, 100, "101 points") == pytest.approx(57 / 101)
    assert ap([True] * 56, 100, "101 points") == pytest.approx(57 / 101)


def test_equal_scores_keep_their_order():
    scores = torch.full((3,), 0.5)
    first = torch.tensor([True, False, False])
    assert average_precision(scores, first, 1) == 1
    assert average_precision(scores, first.flip(0), 1) == pytest.approx(1 / 3)


def test_nothing_found_is_zero_and_nothing_to_find_is_nan():
    nothing = torch.zeros(0), torch.zeros(0, dtype=torch.bool)
    for method in METHODS:
        assert average_precision(*nothing, 3, method=method) == 0
        assert average_precision(*nothing, 0, method=method).isnan()
    assert precision_recall(*nothing, 3).recall.shape == (0,)


def test_the_envelope_only_falls_and_lies_above():
    precision = torch.rand(3, 50, dtype=torch.float64)
    above = envelope(precision)
    assert (above >= precision).all()
    assert (above.diff(dim=-1) <= 0).all()
    assert_close(above[1], torch.stack([precision[1, i:].max() for i in range(50)]))


def test_the_curve_is_in_the_order_of_the_scores():
    scores = torch.tensor([0.2, 0.9, 0.5])
    curve = precision_recall(scores, torch.tensor([True, False, True]), 2)
    assert_close(curve.thresholds, torch.tensor([0.9, 0.5, 0.2]))
    expected = torch.tensor([0, 1 / 2, 2 / 3], dtype=torch.float64)
    assert_close(curve.precision, expected)
    assert curve.recall.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("args", "error", "sentence"),
    [
        (
            (torch.zeros(2), torch.zeros(3, dtype=torch.bool), 1),
            ValueError,
            "hits must be (2,) to match scores (2,), got (3,)",
        ),
        (
            (torch.zeros(2), torch.zeros(2), 1),
            TypeError,
            "hits must be True or False, got torch.float32; did you mean hits.bool()?",
        ),
        (
            (torch.tensor([0.5, torch.nan]), torch.zeros(2, dtype=torch.bool), 1),
            ValueError,
            "scores must not contain NaN, got 1 of 2 values; find the operation that "
            "made them, often 0/0 or log(0)",
        ),
        (
            (torch.zeros(2), torch.ones(2, dtype=torch.bool), 1),
            ValueError,
            "hits must be at most num_targets, 1, got 2; an object that is found twice "
            "is one hit and one false positive",
        ),
        (
            (torch.zeros(0), torch.zeros(0, dtype=torch.bool), -1),
            ValueError,
            "num_targets must be an integer ≥ 0, got -1; the smallest allowed is 0",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(args, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        average_precision(*args)


def test_another_method_is_refused():
    sentence = (
        "method must be 'area', '11 points' or '101 points', got '11 point'; "
        "did you mean '11 points'?"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ap([True], 1, "11 point")
