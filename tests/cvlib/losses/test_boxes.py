"""The losses of detectors: torch, torchvision, what they ignore, sentences."""

import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from cvlib import losses
from cvlib.validate import ShapeError

RECORD = json.loads(
    (Path(__file__).parents[1] / "anchors" / "golden.json").read_text("utf-8")
)


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("beta", [0, 1 / 9, 1.0, 2.0])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_smooth_l1_is_torchs(beta, reduction):
    x, y = random(4, 5), random(4, 5, seed=1)
    options = {"reduction": reduction, "beta": beta}
    expected = functional.smooth_l1_loss(x, y, **options)
    assert_close(losses.smooth_l1_loss(x, y, **options), expected)


def test_the_slope_of_smooth_l1_is_never_beyond_one():
    d = torch.linspace(-5, 5, 101, dtype=torch.float64, requires_grad=True)
    loss = losses.smooth_l1_loss(d, torch.zeros_like(d), reduction="sum")
    (slope,) = torch.autograd.grad(loss, d)
    assert_close(slope, d.detach().clamp(-1, 1))
    assert torch.autograd.gradcheck(
        lambda x: losses.smooth_l1_loss(x, torch.zeros_like(x)),
        (random(9) * 3).requires_grad_(),
    )


def test_fast_rcnn_loss_is_torchvisions():
    logits = torch.arange(12.0).reshape(4, 3) % 5
    boxes = (torch.arange(48.0).reshape(4, 12) % 7) / 7
    targets = (torch.arange(16.0).reshape(4, 4) % 3) / 2
    labels = torch.tensor([0, 2, 1, 0])
    got = losses.fast_rcnn_loss(logits, boxes, labels, targets, beta=1 / 9)
    assert_close(torch.stack(got), torch.tensor(RECORD["fast_rcnn_loss"]))


def test_background_has_no_box_whatever_stands_there():
    logits, boxes = random(3, 4), random(3, 16).requires_grad_()
    targets = torch.full((3, 4), torch.nan, dtype=torch.float64)
    labels = torch.zeros(3, dtype=torch.long)
    classification, box = losses.fast_rcnn_loss(logits, boxes, labels, targets)
    assert_close(classification, functional.cross_entropy(logits, labels))
    assert box == 0
    box.backward()
    assert not boxes.grad.any()


def test_only_the_box_of_the_true_class_is_trained():
    boxes = random(2, 12).requires_grad_()
    labels = torch.tensor([2, 1])
    _, box = losses.fast_rcnn_loss(random(2, 3), boxes, labels, random(2, 4))
    box.backward()
    touched = (boxes.grad.reshape(2, 3, 4) != 0).any(-1)
    assert touched.tolist() == [[False, False, True], [False, True, False]]


def test_boxes_for_all_classes_together_are_trained_for_any():
    boxes, targets = random(3, 4), random(3, 4, seed=1)
    labels = torch.tensor([2, 0, 1])
    _, box = losses.fast_rcnn_loss(random(3, 3), boxes, labels, targets, weight=2.0)
    expected = losses.smooth_l1_loss(boxes[[0, 2]], targets[[0, 2]], reduction="sum")
    assert_close(box, 2 * expected / 3)


def test_no_regions_have_no_box_loss():
    _, box = losses.fast_rcnn_loss(
        torch.zeros(0, 3), torch.zeros(0, 12), torch.zeros(0).long(), torch.zeros(0, 4)
    )
    assert box == 0


def test_rpn_loss_is_its_formula():
    objectness, deltas, targets = random(6), random(6, 4), random(6, 4, seed=1)
    labels = torch.tensor([1, 0, -1, 1, 0, -1])
    p = objectness.sigmoid()
    log_loss = -sum(p[i].log() if labels[i] else (1 - p[i]).log() for i in (0, 1, 3, 4))
    misses = sum(
        losses.smooth_l1_loss(deltas[i], targets[i], reduction="sum") for i in (0, 3)
    )
    targets[labels != 1] = torch.nan  # not looked at
    classification, box = losses.rpn_loss(objectness, deltas, labels, targets)
    assert_close(classification, log_loss / 256)
    assert_close(box, 10 * misses / 2400)


def test_anchors_that_were_not_drawn_get_no_gradient():
    objectness, deltas = random(4).requires_grad_(), random(4, 4).requires_grad_()
    labels = torch.tensor([-1, 1, 0, -1])
    sum(losses.rpn_loss(objectness, deltas, labels, random(4, 4, seed=1))).backward()
    assert (objectness.grad != 0).tolist() == [False, True, True, False]
    assert (deltas.grad != 0).any(1).tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: losses.smooth_l1_loss([1.0], torch.zeros(1)),
            TypeError,
            "input must be a torch tensor, got list; "
            r"did you mean torch.as_tensor\(input\)\?",
        ),
        (
            lambda: losses.smooth_l1_loss(torch.zeros(3, 1), torch.zeros(3)),
            ShapeError,
            r"target must be \(3, 1\) to match input, got \(3,\); broadcasting would "
            "compare every pair",
        ),
        (
            lambda: losses.smooth_l1_loss(torch.zeros(1), torch.zeros(1), beta=-1),
            ValueError,
            "beta must be at least 0, got -1",
        ),
        (
            lambda: losses.fast_rcnn_loss(
                torch.zeros(2, 3),
                torch.zeros(2, 8),
                torch.zeros(2).long(),
                torch.zeros(2, 4),
            ),
            ShapeError,
            r"box_regression must be \(2, 12\) or \(2, 4\) to match class_logits "
            r"\(2, 3\), got \(2, 8\)",
        ),
        (
            lambda: losses.rpn_loss(
                torch.zeros(2, 1), torch.zeros(2, 4), torch.zeros(2), torch.zeros(2, 4)
            ),
            ShapeError,
            r"objectness must be \(A,\), got \(2, 1\); did you mean objectness"
            r"\[:, 0\]\?",
        ),
        (
            lambda: losses.rpn_loss(
                torch.zeros(2),
                torch.zeros(2, 4),
                torch.zeros(2),
                torch.zeros(2, 4),
                n_reg=0,
            ),
            ValueError,
            "n_reg must be positive, got 0",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=f"^{sentence}$"):
        call()
