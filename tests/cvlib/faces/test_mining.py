"""Which triplets are chosen: against looking at every one of them."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cvlib.faces import (
    MINING,
    all_triplets,
    batch_hard_triplets,
    hard_triplets,
    mine,
    random_triplets,
    semi_hard_triplets,
    triplet_kinds,
)
from cvlib.losses import squared_distances, triplet_loss
from cvlib.validate import ShapeError

SETTINGS = settings(max_examples=50, deadline=None)


@st.composite
def batches(draw):
    """Distances with ties, and labels of which some stand alone."""
    n = draw(st.integers(1, 8))
    labels = torch.tensor(
        draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=torch.int64
    )
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    d = torch.randint(0, 6, (n, n), generator=generator).double() / 2
    d = (d + d.T) / 2
    return d.fill_diagonal_(0), labels


def every_triplet(labels):
    n = range(len(labels))
    return [
        [a, p, q]
        for a in n for p in n for q in n
        if a != p and labels[a] == labels[p] and labels[a] != labels[q]
    ]  # fmt: skip


@given(batches())
@SETTINGS
def test_all_triplets_are_all_of_them(batch):
    _, labels = batch
    assert all_triplets(labels).tolist() == every_triplet(labels.tolist())


def best_of(rows, key):
    """Of the rows with the same anchor and positive the first with the smallest key."""
    chosen = {}
    for row in rows:
        best = chosen.get(tuple(row[:2]))
        if best is None or key(row) < key(best):
            chosen[tuple(row[:2])] = row
    return sorted(chosen.values())


@given(batches())
@SETTINGS
def test_hard_is_the_nearest_negative_of_each_pair(batch):
    d, labels = batch
    expected = best_of(every_triplet(labels.tolist()), lambda r: d[r[0], r[2]])
    assert hard_triplets(d, labels).tolist() == expected


@given(batches(), st.sampled_from([0.0, 0.4, 1.0, 9.0]))
@SETTINGS
def test_semi_hard_is_further_than_the_positive_but_not_by_the_margin(batch, margin):
    d, labels = batch
    rows = [
        [a, p, n]
        for a, p, n in every_triplet(labels.tolist())
        if d[a, p] < d[a, n] < d[a, p] + margin
    ]
    expected = best_of(rows, lambda r: d[r[0], r[2]])
    found = semi_hard_triplets(d, labels, margin)
    assert found.tolist() == expected
    kinds = triplet_kinds(d, found, margin)
    assert kinds["semi_hard"] == len(found)


@given(batches())
@SETTINGS
def test_batch_hard_is_the_worst_of_each_anchor(batch):
    d, labels = batch
    rows = every_triplet(labels.tolist())
    found = batch_hard_triplets(d, labels)
    assert found[:, 0].tolist() == sorted({a for a, _, _ in rows})
    for a, p, n in found.tolist():
        own = [r for r in rows if r[0] == a]
        assert d[a, p] == max(d[a, r[1]] for r in own)
        assert d[a, n] == min(d[a, r[2]] for r in own)
        assert p == min(r[1] for r in own if d[a, r[1]] == d[a, p])  # the first
        assert n == min(r[2] for r in own if d[a, r[2]] == d[a, n])


@given(batches(), st.integers(0, 9))
@SETTINGS
def test_random_triplets_are_triplets_one_for_each_pair(batch, seed):
    d, labels = batch
    found = random_triplets(d, labels, torch.Generator().manual_seed(seed)).tolist()
    rows = every_triplet(labels.tolist())
    assert all(row in rows for row in found)
    assert [r[:2] for r in found] == sorted({(r[0], r[1]) for r in rows}) or [
        tuple(r[:2]) for r in found
    ] == sorted({(r[0], r[1]) for r in rows})


def test_every_negative_is_drawn_sometimes():
    labels, chance = torch.tensor([0, 0, 1, 1, 2]), torch.Generator().manual_seed(0)
    drawn = {
        random_triplets(torch.zeros(5, 5), labels, chance)[0, 2].item()
        for _ in range(40)
    }
    assert drawn == {2, 3, 4}


@pytest.mark.parametrize("strategy", MINING)
def test_a_batch_of_one_person_has_no_triplet(strategy):
    found = mine(strategy, torch.zeros(3, 3), torch.zeros(3))
    assert found.shape == (0, 3)


@pytest.mark.parametrize("strategy", MINING)
def test_two_pictures_of_everybody_give_something_to_learn(strategy):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(12, 3, generator=generator, requires_grad=True)
    labels = torch.arange(6).repeat(2)
    d = squared_distances(x, x).detach()
    a, p, n = x[mine(strategy, d, labels, margin=2.0)].unbind(1)
    triplet_loss(a, p, n, margin=2.0).backward()
    assert x.grad.abs().sum() > 0


def test_kinds_at_the_borders():
    d = torch.tensor([[0.0, 1.0, 1.0, 1.5, 3.0]])
    triplets = torch.tensor([[0, 1, 2], [0, 1, 3], [0, 1, 4]])
    assert triplet_kinds(d, triplets, 0.5) == {"easy": 2, "semi_hard": 0, "hard": 1}
    assert triplet_kinds(d, triplets, 0.6) == {"easy": 1, "semi_hard": 1, "hard": 1}
    assert triplet_kinds(d, triplets, 0.0) == {"easy": 2, "semi_hard": 0, "hard": 1}


def test_a_table_that_is_not_square_is_refused():
    with pytest.raises(ShapeError, match=r"^distances must be square, got \(2, 3\)$"):
        hard_triplets(torch.zeros(2, 3), torch.zeros(2))
    sentence = r"^labels must be \(2,\) to match distances \(2, 2\), got \(3,\)$"
    with pytest.raises(ShapeError, match=sentence):
        hard_triplets(torch.zeros(2, 2), torch.zeros(3))


def test_an_unknown_strategy_gets_the_known_ones():
    sentence = (
        r"^strategy must be 'random', 'hard', 'semi_hard' or 'batch_hard', got "
        r"'semihard'; did you mean 'semi_hard'\?$"
    )
    with pytest.raises(ValueError, match=sentence):
        mine("semihard", torch.zeros(2, 2), torch.zeros(2))
