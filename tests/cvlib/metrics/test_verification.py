"""Thresholds on distances: the definition, scikit-learn, ties, folds, sentences."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve
from torch.testing import assert_close

from cvlib.metrics import (
    area_under_roc,
    best_threshold,
    equal_error_rate,
    roc,
    roc_by_definition,
    ten_fold_accuracy,
    true_accept_rate,
    verification_accuracy,
)
from cvlib.metrics.verification import accepted_counts
from cvlib.validate import ShapeError

SAME = torch.tensor([True, True, True, False, False, False])
NEAR = torch.tensor([0.1, 0.3, 0.6, 0.4, 0.8, 0.9])


@st.composite
def pairs(draw):
    """Distances on a coarse grid, so that there are ties; both kinds are there."""
    n = draw(st.integers(2, 12))
    distances = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    same = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    same[:2] = [True, False]
    return torch.tensor(distances).double() / 4, torch.tensor(same)


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_every_point_is_what_counting_gives(case):
    curve = roc(*case)
    for false, true, threshold in zip(*curve, strict=True):
        assert (false.item(), true.item()) == roc_by_definition(*case, threshold.item())


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_it_is_scikit_learns_curve_of_the_negated_distance(case):
    distances, same = case
    curve = roc(distances, same)
    false, true, thresholds = roc_curve(same, -distances, drop_intermediate=False)
    assert_close(curve.false_accept, torch.tensor(false))
    assert_close(curve.true_accept, torch.tensor(true))
    assert_close(-curve.thresholds[1:], torch.tensor(thresholds[1:]))
    expected = roc_auc_score(same, -distances)
    assert area_under_roc(distances, same) == pytest.approx(expected)


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_the_equal_error_is_where_both_mistakes_are_as_frequent(case):
    rate, threshold = equal_error_rate(*case)
    false, true = roc_by_definition(*case, threshold)
    stricter = case[0][case[0] < threshold]
    before = stricter.max().item() if len(stricter) else -1.0
    false_before, true_before = roc_by_definition(*case, before)
    assert false >= 1 - true
    assert false_before < 1 - true_before
    assert false_before - 1e-12 <= rate <= false + 1e-12
    assert 1 - true - 1e-12 <= rate <= 1 - true_before + 1e-12


def test_two_clouds_that_do_not_overlap_have_no_equal_error():
    distances = torch.tensor([0.1, 0.2, 0.8, 0.9])
    same = torch.tensor([True, True, False, False])
    assert equal_error_rate(distances, same).rate == 0
    assert area_under_roc(distances, same) == 1


def test_one_distance_for_all_is_guessing():
    distances = torch.full((6,), 0.5)
    assert equal_error_rate(distances, SAME) == (0.5, 0.5)
    assert area_under_roc(distances, SAME) == 0.5


def test_only_the_order_of_the_distances_counts():
    one, other = roc(NEAR, SAME), roc(NEAR**2, SAME)
    assert_close(one.false_accept, other.false_accept)
    assert_close(one.true_accept, other.true_accept)


def test_the_true_accept_rate_keeps_strangers_out():
    # 0.1 and 0.3 pass before the first stranger at 0.4, and 0.6 before the second
    assert true_accept_rate(NEAR, SAME, false_accept=0.0) == pytest.approx(2 / 3)
    assert true_accept_rate(NEAR, SAME, false_accept=0.34) == 1


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_no_other_threshold_makes_fewer_mistakes(case):
    best = verification_accuracy(*case, best_threshold(*case))
    others = [-1.0, *case[0].tolist()]
    assert best == max(verification_accuracy(*case, t) for t in others)


def test_the_best_threshold_lies_halfway_to_the_next_pair():
    assert best_threshold(NEAR, SAME) == pytest.approx(0.35)  # 0.6 is as good: later


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_the_best_threshold_is_below_the_next_pair_in_any_precision(dtype):
    near = torch.tensor([0.25, 1 + 1.01 * torch.finfo(dtype).eps], dtype=dtype)
    far = torch.nextafter(near[1:], torch.tensor(4, dtype=dtype))
    distances = torch.cat([near, far, torch.tensor([2], dtype=dtype)])
    same = torch.tensor([True, True, False, False])
    best = best_threshold(distances, same)
    assert verification_accuracy(distances, same, best) == 1


def test_the_best_threshold_is_finite_though_strangers_are_infinitely_far():
    distances = torch.tensor([0.5, 0.75, torch.inf, torch.inf])
    assert best_threshold(distances, torch.tensor([True, True, False, False])) == 0.75


def test_if_only_strangers_are_there_nobody_is_accepted():
    assert best_threshold(NEAR, SAME & False) == -torch.inf
    assert best_threshold(NEAR, SAME | True) == pytest.approx(0.9)


def test_counts_rise_from_nobody_to_all():
    thresholds, true, false = accepted_counts(NEAR, SAME)
    assert thresholds[0] == -torch.inf
    assert (true[0], false[0], true[-1], false[-1]) == (0, 0, 3, 3)
    assert len(thresholds) == 7


def test_ten_folds_choose_without_the_fold_they_are_measured_on():
    # alone, fold 0 would choose 0.25 and fold 1 would choose 1.0
    distances = torch.tensor([0.1, 0.4, 0.8, 1.2, 0.2, 1.1])
    same = torch.tensor([True, False] * 3)
    folds = torch.tensor([0, 0, 1, 1, 2, 2])
    found = ten_fold_accuracy(distances, same, folds)
    assert found.thresholds[0] == pytest.approx(0.95)
    assert found.accuracies.tolist() == [0.5, 0.5, 1.0]
    assert found.mean == pytest.approx(2 / 3)
    assert found.standard_error == pytest.approx(found.accuracies.std() / 3**0.5)


def test_a_threshold_of_all_pairs_looks_better_than_it_is():
    generator = torch.Generator().manual_seed(0)
    distances = torch.rand(60, generator=generator)
    same = torch.rand(60, generator=generator) < 0.5  # there is nothing to be learnt
    seen = verification_accuracy(distances, same, best_threshold(distances, same))
    honest = ten_fold_accuracy(distances, same, torch.arange(60) % 10).mean
    assert seen > honest


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: roc(NEAR, SAME.long()),
            TypeError,
            r"^same must be True or False, got torch\.int64; did you mean same\.bool"
            r"\(\)\?$",
        ),
        (
            lambda: roc(NEAR, SAME[:5]),
            ShapeError,
            r"^same must be \(6,\) to match distances \(6,\), got \(5,\)$",
        ),
        (
            lambda: roc(NEAR, SAME | True),
            ValueError,
            r"^same must name pairs of both kinds, got none that is different$",
        ),
        (
            lambda: roc(NEAR / 0 - NEAR / 0, SAME),
            ValueError,
            r"^distances must not contain NaN, got 6 of 6 values",
        ),
        (
            lambda: verification_accuracy(NEAR[:0], SAME[:0], 0.5),
            ValueError,
            r"^distances must hold at least one pair, got none$",
        ),
        (
            lambda: true_accept_rate(NEAR, SAME, false_accept=2),
            ValueError,
            r"^false_accept must be between 0 and 1, got 2$",
        ),
        (
            lambda: ten_fold_accuracy(NEAR, SAME, torch.zeros(6)),
            ValueError,
            r"^folds must name at least 2 folds, got 1$",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
