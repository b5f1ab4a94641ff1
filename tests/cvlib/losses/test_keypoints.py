"""Landmarks as one place of many: torch, borders, what is not seen, sentences."""

import math

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from cvlib.losses import keypoint_loss, keypoints_to_locations
from cvlib.validate import ShapeError

SEEN = torch.tensor([[True, False, True], [True, True, True]])


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def places(*shape, high):
    return torch.randint(0, high, shape, generator=torch.Generator().manual_seed(1))


def test_it_is_the_cross_entropy_over_all_places():
    logits, where = random(2, 3, 4, 5), places(2, 3, high=20)
    expected = [
        -functional.log_softmax(logits[n, k].flatten(), 0)[where[n, k]]
        for n in range(2) for k in range(3) if SEEN[n, k]
    ]  # fmt: skip
    assert_close(keypoint_loss(logits, where, SEEN), torch.stack(expected).mean())


def test_knowing_nothing_costs_the_logarithm_of_the_number_of_places():
    loss = keypoint_loss(torch.zeros(2, 3, 56, 56), places(2, 3, high=56 * 56), SEEN)
    assert loss.item() == pytest.approx(math.log(56 * 56))


def test_a_hidden_landmark_pulls_at_nothing():
    logits = random(2, 3, 4, 5).requires_grad_()
    keypoint_loss(logits, places(2, 3, high=20), SEEN).backward()
    assert torch.equal(logits.grad.abs().sum((2, 3)) > 0, SEEN)


def test_of_all_places_the_gradients_sum_to_zero_landmark_by_landmark():
    logits = random(2, 3, 4, 5).requires_grad_()
    keypoint_loss(logits, places(2, 3, high=20), SEEN).backward()
    assert_close(logits.grad.sum((2, 3)), torch.zeros(2, 3).double())


def test_nothing_seen_costs_nothing_and_can_be_differentiated():
    logits = random(2, 3, 4, 5).requires_grad_()
    loss = keypoint_loss(logits, places(2, 3, high=20), SEEN & False)
    loss.backward()
    assert loss == 0
    assert (logits.grad == 0).all()


def test_it_has_the_gradient_of_its_values():
    where = places(2, 3, high=20)
    assert torch.autograd.gradcheck(
        lambda x: keypoint_loss(x, where, SEEN), random(2, 3, 4, 5).requires_grad_()
    )


def test_each_cell_of_the_grid_is_found_from_its_middle():
    box = torch.tensor([[10.0, 20, 34, 36]])  # 24 × 16, cells of 4 × 4
    x, y = torch.meshgrid(torch.arange(6), torch.arange(4), indexing="xy")
    middle = torch.stack([12 + 4 * x, 22 + 4 * y, torch.ones_like(x)], -1).float()
    where, inside = keypoints_to_locations(middle.reshape(1, -1, 3), box, (4, 6))
    assert where.tolist() == [list(range(24))]
    assert inside.all()


def test_the_far_edge_belongs_to_the_last_cell_and_beyond_lies_nothing():
    box = torch.tensor([[0.0, 0, 8, 8]])
    points = torch.tensor([[[8.0, 8, 1], [8.1, 8, 1], [-0.1, 3, 1], [3, 3, 0]]])
    where, inside = keypoints_to_locations(points, box, 4)
    assert where.tolist() == [[15, 0, 0, 0]]
    assert inside.tolist() == [[True, False, False, False]]


def test_a_box_without_width_divides_by_nothing():
    points = torch.tensor([[[3.0, 3, 1]]])
    where, _ = keypoints_to_locations(points, torch.tensor([[3.0, 0, 3, 8]]), 4)
    assert where.tolist() == [[4]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"visible": SEEN[:, :2]}, r"visible must be \(2, 3\) to match logits "
         r"\(2, 3, 4, 5\), got \(2, 2\)"),
        ({"locations": torch.full((2, 3), 20)}, r"locations must be in 0 … 19, "
         r"y · 5 [+] x, got 20 … 20"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(change, sentence):
    given = {"locations": places(2, 3, high=20), "visible": SEEN} | change
    with pytest.raises((ShapeError, ValueError), match=sentence):
        keypoint_loss(random(2, 3, 4, 5), **given)


def test_keypoints_without_visibility_are_named():
    with pytest.raises(ShapeError, match=r"keypoints must be \(N, K, 3\), got"):
        keypoints_to_locations(torch.zeros(1, 4, 2), torch.zeros(1, 4), 4)
