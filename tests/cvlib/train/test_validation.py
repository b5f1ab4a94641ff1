"""Folds, folds within folds, and what leaks between them."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import KFold

from cvlib.data.digits import digits
from cvlib.train import (
    find_leak,
    group_kfold,
    kfold,
    nested_cross_validation,
    preparation_leaks,
    stratified_kfold,
)


def partition(folds, n: int) -> None:
    """Every sample tests once, and trains in all other folds."""
    everyone = np.arange(n)
    tested = np.concatenate([test for _, test in folds])
    np.testing.assert_array_equal(np.sort(tested), everyone)
    for train, test in folds:
        np.testing.assert_array_equal(np.sort(np.r_[train, test]), everyone)
        assert np.all(np.diff(train) > 0)
        assert np.all(np.diff(test) > 0)


@given(st.integers(2, 60), st.data())
def test_every_sample_is_tested_once(n, data):
    k = data.draw(st.integers(2, n))
    for shuffle in (True, False):
        folds = kfold(n, k, shuffle=shuffle, seed=1)
        partition(folds, n)
        sizes = [len(test) for _, test in folds]
        assert max(sizes) - min(sizes) <= 1


@given(st.integers(2, 50), st.integers(2, 9))
def test_blocks_are_those_of_scikit_learn(n, k):
    k = min(n, k)
    ours = kfold(n, k, shuffle=False)
    for (train, test), (train2, test2) in zip(
        ours, KFold(k).split(np.zeros(n)), strict=True
    ):
        np.testing.assert_array_equal(train, train2)
        np.testing.assert_array_equal(test, test2)


def test_a_blocked_design_leaves_neighbours_together():
    for _, test in kfold(20, 4, shuffle=False):
        assert np.ptp(test) == len(test) - 1


def test_shuffled_folds_follow_the_seed():
    first, again, other = (kfold(20, 4, seed=s)[0][1].tolist() for s in (0, 0, 1))
    assert first == again
    assert first != other


@given(st.lists(st.integers(0, 3), min_size=2, max_size=60), st.data())
def test_every_class_keeps_its_share(labels, data):
    k = data.draw(st.integers(2, len(labels)))
    folds = stratified_kfold(labels, k, seed=2)
    partition(folds, len(labels))
    labels = np.array(labels)
    for each in np.unique(labels):
        counts = [int((labels[test] == each).sum()) for _, test in folds]
        assert max(counts) - min(counts) <= 1
    sizes = [len(test) for _, test in folds]
    assert max(sizes) - min(sizes) <= 1


@given(st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=40), st.data())
def test_no_group_is_parted(groups, data):
    several = len(set(groups))
    if several < 2:
        return
    folds = group_kfold(groups, data.draw(st.integers(2, several)))
    partition(folds, len(groups))
    for train, test in folds:
        assert find_leak(train, test, groups=groups).groups == ()
        assert len(test)


def test_the_largest_groups_go_to_different_folds():
    groups = ["a"] * 4 + ["b"] * 3 + ["c", "d"]
    assert sorted(len(test) for _, test in group_kfold(groups, 2)) == [4, 5]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: kfold(3, 4), "k must be at most 3, the number of samples, got 4"),
        (
            lambda: group_kfold(["a", "b", "a"], 3),
            "k must be at most 2, the number of groups, got 3",
        ),
        (
            lambda: kfold(8, 1),
            "k must be an integer ≥ 2, got 1; the smallest allowed is 2",
        ),
        (
            lambda: stratified_kfold(np.zeros((4, 1)), 2),
            "labels must be (N,), got (4, 1); did you mean labels[:, 0]?",
        ),
        (
            lambda: nested_cross_validation(lambda *_: 0.0, [], kfold(8, 2)),
            "settings must hold at least one candidate, got none",
        ),
    ],
)
def test_a_fold_that_cannot_be_is_refused(make, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        make()


def test_the_choice_never_sees_the_block_that_tests_it():
    seen = []

    def score(setting, train, test):
        seen.append((setting, set(train.tolist()), set(test.tolist())))
        return -abs(setting - 2)

    folds = kfold(24, 3, seed=5)
    results = nested_cross_validation(score, [1, 2, 3], folds, inner=4)
    assert [r.chosen for r in results] == [2, 2, 2]
    assert len(seen) == 3 * (3 * 4 + 1)
    for number, (_, outer_test) in enumerate(folds):
        *inner, final = seen[13 * number : 13 * (number + 1)]
        for _, train, test in inner:
            assert not (train | test) & set(outer_test.tolist())
            assert not train & test
        assert final[2] == set(outer_test.tolist())


def test_the_inner_score_of_the_best_of_many_is_too_good():
    """Sixty settings that all guess: the best looks better than chance, and is not."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 60)
    guesses = rng.integers(0, 2, (60, 60))  # no setting knows anything

    def score(setting, train, test):
        return float(np.mean(guesses[setting][test] == truth[test]))

    results = nested_cross_validation(score, range(60), kfold(60, 5))
    assert np.mean([r.validation for r in results]) > 0.6
    assert np.mean([r.test for r in results]) == pytest.approx(0.5, abs=0.12)


def test_inner_folds_keep_groups_together_too():
    groups = np.repeat(np.arange(8), 3)

    def score(setting, train, test):
        assert not set(groups[train]) & set(groups[test])
        return 0.0

    nested_cross_validation(
        score, [1, 2], group_kfold(groups, 4), inner=3, groups=groups
    )


def test_a_sample_on_both_sides_is_found():
    leak = find_leak([0, 1, 2], [2, 3])
    assert leak.samples.tolist() == [2]
    assert bool(leak)


def test_a_copy_under_another_index_is_found_and_a_near_one_is_not():
    images, _ = digits("test")
    images = np.concatenate([images[:10], images[:2], images[3:4] + 1e-6])
    leak = find_leak(np.arange(10), [10, 11, 12], images=images)
    assert leak.copies.tolist() == [10, 11]
    assert leak.samples.tolist() == []


def test_a_clean_split_is_false():
    images, labels = digits("test")
    train, test = kfold(len(labels), 5)[0]
    assert not find_leak(train, test, images=images, groups=np.arange(len(labels)))


def whole(train, test):
    both = np.concatenate([train, test])
    return (train - both.mean(0)) / both.std(), (test - both.mean(0)) / both.std()


def only_training(train, test):
    return (train - train.mean(0)) / train.std(), (test - train.mean(0)) / train.std()


def each_its_own(train, test):
    return train - train.mean(0), test - test.mean(0)


def largest(train, test):
    top = max(train.max(), test.max())
    return train / top, test / top


def in_place(train, test):
    train -= train.mean(0)
    return train, test


@pytest.mark.parametrize(
    ("prepare", "leaks"),
    [
        (whole, True),
        (largest, True),
        (only_training, False),
        (each_its_own, False),
        (in_place, False),
    ],
)
def test_what_the_preparation_learns_from_the_test_set_is_seen(prepare, leaks):
    rng = np.random.default_rng(0)
    train, test = rng.random((20, 4)), rng.random((7, 4))
    before = train.copy()
    assert preparation_leaks(prepare, train, test) is leaks
    np.testing.assert_array_equal(train, before)
