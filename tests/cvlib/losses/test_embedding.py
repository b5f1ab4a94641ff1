"""Losses of pairs and triplets: torch, margins, collapse, gradients, sentences."""

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from cvlib.losses import (
    contrastive_loss,
    squared_distances,
    triplet_loss,
    triplet_loss_by_definition,
)
from cvlib.validate import ShapeError

SAME = torch.tensor([True, False, True, False, True])


def points(count=3, n=5, d=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, n, d, generator=generator, dtype=torch.float64)


def test_distances_are_those_of_cdist():
    a, b, _ = points()
    assert_close(squared_distances(a, b[:3]), torch.cdist(a, b[:3]).square())


def test_no_distance_is_below_zero():
    a = points()[0].float() * 1e3
    assert (squared_distances(a, a) >= 0).all()


@pytest.mark.parametrize("margin", [0.01, 0.2, 5.0])
def test_the_triplet_loss_is_torchs_with_facenets_distance(margin):
    def squared(x, y):
        return (x - y).square().sum(-1)

    expected = functional.triplet_margin_with_distance_loss(
        *points(), distance_function=squared, margin=margin, reduction="none"
    )
    assert_close(triplet_loss(*points(), margin=margin, reduction="none"), expected)


def test_unsquared_it_is_torchs_triplet_margin_loss():
    expected = functional.triplet_margin_loss(*points(), margin=1.0, eps=0)
    assert_close(triplet_loss(*points(), margin=1.0, squared=False), expected)


def test_it_agrees_with_the_definition_number_by_number():
    loss = triplet_loss(*points(), reduction="none")
    for k, (a, p, n) in enumerate(points().transpose(0, 1).tolist()):
        assert loss[k] == pytest.approx(triplet_loss_by_definition(a, p, n))


def test_a_negative_that_is_far_enough_costs_and_pulls_nothing():
    a, p = torch.zeros(1, 2), torch.zeros(1, 2)
    n = torch.tensor([[1.0, 0.0]], requires_grad=True)
    loss = triplet_loss(a, p, n, margin=0.2)
    loss.backward()
    assert loss == 0
    assert (n.grad == 0).all()


def test_a_constant_embedding_costs_the_margin_and_feels_no_gradient():
    one = torch.full((5, 4), 0.3, requires_grad=True)
    loss = triplet_loss(one, one * 1, one * 1, margin=0.2)
    loss.backward()
    assert loss.item() == pytest.approx(0.2)
    assert (one.grad == 0).all()


def test_without_a_margin_a_constant_embedding_costs_nothing():
    one = torch.ones(5, 4)
    assert triplet_loss(one, one, one, margin=0) == 0


def test_the_three_gradients_sum_to_zero():
    a, p, n = points().requires_grad_().unbind(0)
    grads = torch.autograd.grad(triplet_loss(a, p, n, margin=9), (a, p, n))
    assert_close(sum(grads), torch.zeros_like(a))
    # by hand: 2(n − p), 2(p − a), 2(a − n), over the number of triplets
    assert_close(grads[0], 2 * (n - p) / 5)


def test_turning_and_moving_all_points_changes_nothing():
    q, _ = torch.linalg.qr(points(1, 4, 4, seed=1)[0])
    moved = points() @ q + points(1, 1, 4, seed=2)
    assert_close(triplet_loss(*moved, margin=2), triplet_loss(*points(), margin=2))


def test_the_contrastive_loss_by_hand():
    a = torch.zeros(4, 2)
    b = torch.tensor([[0.6, 0.8], [0.6, 0.8], [3.0, 4], [0.3, 0.4]])
    same = torch.tensor([True, False, False, False])
    loss = contrastive_loss(a, b, same, margin=2.0, reduction="none")
    assert_close(loss, torch.tensor([0.5, 0.5, 0.0, 1.125]))


def test_two_people_on_one_point_cost_but_do_not_move():
    a = torch.zeros(1, 2, requires_grad=True)
    loss = contrastive_loss(a, torch.zeros(1, 2), torch.tensor([False]))
    loss.backward()
    assert loss == 0.5
    assert (a.grad == 0).all()


@pytest.mark.parametrize("squared", [True, False])
def test_both_have_the_gradients_of_their_values(squared):
    def triplets(*x):
        return triplet_loss(*x, margin=1.0, squared=squared)

    def pairs(a, b):
        return contrastive_loss(a, b, SAME, margin=3.0)

    inputs = tuple(x.clone().requires_grad_() for x in points())
    assert torch.autograd.gradcheck(triplets, inputs)
    assert torch.autograd.gradcheck(pairs, inputs[:2])


def test_reductions_are_sums_and_means_of_the_parts():
    parts = triplet_loss(*points(), margin=2, reduction="none")
    assert_close(triplet_loss(*points(), margin=2), parts.mean())
    assert_close(triplet_loss(*points(), margin=2, reduction="sum"), parts.sum())


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda a, p, n: triplet_loss(a, p, n[:, :3]),
            ShapeError,
            r"^negative must be \(5, 4\) to match anchor \(5, 4\), got \(5, 3\)$",
        ),
        (
            lambda a, p, n: triplet_loss(a, p, n, margin=-1),
            ValueError,
            r"^margin must be at least 0, got -1$",
        ),
        (
            lambda a, p, n: triplet_loss(a, p, n, reduction="average"),
            ValueError,
            r"^reduction must be 'none', 'mean' or 'sum', got 'average'",
        ),
        (
            lambda a, p, n: contrastive_loss(a, p, SAME.long()),
            TypeError,
            r"^same must be True or False, got torch\.int64; did you mean same\.bool"
            r"\(\)\?$",
        ),
        (
            lambda a, p, n: squared_distances(a, p.tolist()),
            TypeError,
            r"^x2 must be a torch tensor, got list",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(*points())
