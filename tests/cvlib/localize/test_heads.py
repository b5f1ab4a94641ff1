"""One box for all classes, or one for each."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from cvlib.localize import (
    BoxHead,
    decode_target,
    encode_target,
    fit_regression,
    gather_boxes,
    random_turn,
)


@pytest.mark.parametrize(("per_class", "numbers"), [(False, 4), (True, 28)])
def test_a_head_answers_four_numbers_or_four_a_class(per_class, numbers):
    scores, boxes = BoxHead(6, 7, per_class=per_class)(torch.zeros(2, 6))
    assert (scores.shape, boxes.shape) == ((2, 7), (2, numbers))


@settings(deadline=None)
@given(st.integers(0, 6), st.integers(1, 5), st.integers(0, 99))
def test_the_box_of_a_class_is_the_one_a_loop_finds(n, K, seed):
    chance = torch.Generator().manual_seed(seed)
    boxes = torch.rand(n, 4 * K, generator=chance)
    labels = torch.randint(0, K, (n,), generator=chance)
    found = gather_boxes(boxes, labels)
    assert found.shape == (n, 4)
    for row, label, box in zip(boxes, labels, found, strict=True):
        if K > 1:
            assert_close(box, row[4 * label : 4 * label + 4])
        else:
            assert_close(box, row)


def test_other_classes_get_no_gradient():
    boxes = torch.rand(2, 12, requires_grad=True)
    gather_boxes(boxes, torch.tensor([2, 0])).sum().backward()
    assert boxes.grad[0].tolist() == [0] * 8 + [1] * 4
    assert boxes.grad[1].tolist() == [1] * 4 + [0] * 8


def test_a_regression_learns_and_repeats_itself():
    x = torch.randn(60, 3)
    y = x @ torch.tensor([[1.0], [2], [-1]])
    runs = []
    for _ in range(2):
        torch.manual_seed(0)
        runs.append(
            fit_regression(
                nn.Linear(3, 1), x, y, nn.functional.mse_loss, epochs=30, lr=0.1
            )
        )
    assert runs[0] == runs[1]
    assert runs[0][-1] < 0.05 < runs[0][0]


def test_a_turned_picture_keeps_its_object_in_its_box():
    box, size = torch.tensor([[2.0, 6, 5, 8], [0, 0, 0, 0]]), (12, 12)
    image = torch.zeros(2, 1, *size)
    image[0, :, 6:8, 2:5] = 1
    y = encode_target(box, torch.tensor([1, 0]), size, 1)
    seen = set()
    for seed in range(40):
        chance = torch.Generator().manual_seed(seed)
        turned, target = random_turn(image, y, chance)
        boxes, labels, _ = decode_target(target, size)
        x1, y1, x2, y2 = boxes[0].round().int().tolist()
        assert turned[0, 0, y1:y2, x1:x2].sum() == turned.sum() == 6
        assert labels.tolist() == [1, 0]
        seen.add((x1, y1, x2, y2))
    assert len(seen) == 8


@pytest.mark.parametrize(
    ("boxes", "labels", "sentence"),
    [
        (
            torch.zeros(2, 6),
            torch.zeros(2).long(),
            "boxes must have four numbers a class, got 6 columns, which is no "
            "multiple of 4",
        ),
        (
            torch.zeros(2, 8),
            torch.tensor([0, 2]),
            "labels must be from 0 to 1, got 2",
        ),
        (
            torch.zeros(2, 8),
            torch.tensor([0]),
            "labels must be (2,) to match boxes (2, 8), got (1,)",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(boxes, labels, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        gather_boxes(boxes, labels)
