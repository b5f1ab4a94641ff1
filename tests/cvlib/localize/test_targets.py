"""One object as one vector, and the loss that ignores what is not there."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cvlib.localize import (
    decode_target,
    encode_target,
    localization_loss,
    localization_loss_by_definition,
)


def boxes_and_labels(n: int, K: int, size, seed: int):
    chance = torch.Generator().manual_seed(seed)
    corners = torch.rand(n, 2, 2, generator=chance).sort(1).values
    boxes = corners.flatten(1) * torch.tensor([size[1], size[0]] * 2)
    return boxes, torch.randint(0, K + 1, (n,), generator=chance)


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(1, 4), st.integers(0, 99))
def test_a_target_decodes_to_what_it_was_made_of(n, K, seed):
    size = (40, 70)
    boxes, labels = boxes_and_labels(n, K, size, seed)
    found, names, scores = decode_target(encode_target(boxes, labels, size, K), size)
    assert_close(names, labels)
    assert_close(scores, (labels > 0).float())
    assert_close(found[labels > 0], boxes[labels > 0], atol=1e-4, rtol=0)
    assert (found[labels == 0] == 0).all()


def test_height_stands_before_width_and_the_middle_before_both():
    y = encode_target(torch.tensor([[0.0, 0, 20, 5]]), torch.tensor([1]), (10, 40), 1)
    assert_close(y, torch.tensor([[1, 0.25, 0.25, 0.5, 0.5, 1]]))
    y = encode_target(torch.tensor([[0.0, 0, 8, 10]]), torch.tensor([1]), (10, 40), 1)
    assert_close(y, torch.tensor([[1, 0.1, 0.5, 1.0, 0.2, 1]]))


def test_a_picture_without_an_object_is_all_zeros_whatever_its_box():
    nonsense = torch.tensor([[float("nan"), 9, 1, 1]])
    y = encode_target(nonsense, torch.tensor([0]), 10, 3)
    assert_close(y, torch.zeros(1, 8))


def test_an_answer_beyond_the_picture_is_clipped():
    y = torch.tensor([[1.0, 0.9, 0.5, 0.4, 0.6, 1], [1, 0.5, 0.5, -0.3, 0.5, 1]])
    boxes, _, _ = decode_target(y, (10, 10))
    assert_close(boxes, torch.tensor([[6.0, 3, 10, 7], [2.5, 5, 7.5, 5]]))


def test_the_threshold_itself_is_an_object():
    y = torch.tensor([[0.5, 0.5, 0.5, 0.5, 0.5, 1], [0.49, 0.5, 0.5, 0.5, 0.5, 1]])
    assert decode_target(y, 10)[1].tolist() == [1, 0]


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(1, 4), st.integers(0, 99))
def test_the_loss_agrees_with_its_definition(n, K, seed):
    boxes, labels = boxes_and_labels(n, K, (10, 10), seed)
    target = encode_target(boxes, labels, 10, K)
    chance = torch.Generator().manual_seed(seed)
    guess = torch.randn(n, 5 + K, generator=chance)
    expected = localization_loss_by_definition(guess, target)
    assert localization_loss(guess, target).item() == pytest.approx(expected, rel=1e-5)
    each = localization_loss(guess, target, reduction="none")
    assert_close(each.sum(), localization_loss(guess, target, reduction="sum"))


def test_without_an_object_only_the_first_entry_gets_a_gradient():
    guess = torch.randn(2, 7, requires_grad=True)
    target = torch.zeros(2, 7)
    target[1] = torch.tensor([1, 0.5, 0.5, 0.1, 0.1, 0, 1])
    localization_loss(guess, target).backward()
    assert (guess.grad[0, 1:] == 0).all()
    assert guess.grad[0, 0] != 0
    assert (guess.grad[1] != 0).all()


def test_an_infinite_answer_where_nothing_is_costs_nothing():
    guess = torch.full((1, 6), float("inf"))
    guess[0, 0] = 0
    guess.requires_grad_()
    loss = localization_loss(guess, torch.zeros(1, 6))
    loss.backward()
    assert loss == 0
    assert torch.isfinite(guess.grad).all()


def test_gradcheck():
    boxes, labels = boxes_and_labels(5, 2, (10, 10), 3)
    target = encode_target(boxes, labels, 10, 2).double()
    guess = torch.randn(5, 7, dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(lambda g: localization_loss(g, target), guess)


BOX, ONE = torch.tensor([[1.0, 1, 4, 4]]), torch.tensor([1])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: encode_target(BOX, torch.tensor([4]), 10, 3),
            "labels must be 0 for no object or 1 … 3, got 4",
        ),
        (
            lambda: encode_target(BOX, torch.tensor([1, 2]), 10, 3),
            "labels must be (1,) to match boxes (1, 4), got (2,)",
        ),
        (
            lambda: encode_target(BOX.flip(1), ONE, 10, 3),
            "boxes[labels > 0] must have x2 ≥ x1 and y2 ≥ y1, got "
            "boxes[labels > 0][0] = (4, 4, 1, 1)",
        ),
        (
            lambda: decode_target(torch.zeros(2, 5), 10),
            "y must hold p_c, four numbers of a box and at least one class, "
            "got 5 columns",
        ),
        (
            lambda: localization_loss(torch.zeros(2, 7), torch.zeros(2, 8)),
            "prediction must be (2, 8) to match target (2, 8), got (2, 7)",
        ),
        (
            lambda: localization_loss(torch.zeros(1, 6), torch.full((1, 6), 0.5)),
            "target must have p_c 0 or 1 in its first column, as truth has",
        ),
        (
            lambda: localization_loss(BOX, BOX, reduction="avg"),
            "target must hold p_c, four numbers of a box and at least one class, "
            "got 4 columns",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
