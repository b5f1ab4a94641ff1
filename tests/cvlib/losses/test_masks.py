"""Losses of masks: torch, numbers by hand, what they must not look at, sentences."""

import math

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from cvlib.losses import deepmask_loss, mask_loss
from cvlib.validate import ShapeError


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def signs(*shape, seed=0):
    return random(*shape, seed=seed).sign()


def triplets(N=4, h=3, w=5):
    return random(N, h, w), random(N, seed=1), signs(N, h, w, seed=2)


def test_mask_loss_is_the_binary_one_on_the_map_of_the_true_class():
    logits, labels = random(3, 4, 5, 5), torch.tensor([2, 0, 3])
    targets = random(3, 5, 5, seed=1).sigmoid()
    own = torch.stack([logits[n, k] for n, k in enumerate(labels)])
    expected = functional.binary_cross_entropy_with_logits(own, targets)
    assert_close(mask_loss(logits, targets, labels), expected)


def test_maps_of_other_classes_get_no_gradient():
    logits = random(2, 3, 4, 4).requires_grad_()
    labels = torch.tensor([1, 2])
    mask_loss(logits, torch.ones(2, 4, 4), labels).backward()
    moved = logits.grad.abs().sum((2, 3)) > 0
    assert moved.tolist() == [[False, True, False], [False, False, True]]


def test_no_region_costs_nothing_and_can_be_differentiated():
    logits = torch.zeros(0, 3, 4, 4, requires_grad=True)
    loss = mask_loss(logits, torch.zeros(0, 4, 4), torch.zeros(0).long())
    loss.backward()
    assert loss == 0


def test_mask_loss_has_the_gradient_of_its_values():
    logits, targets = random(2, 2, 3, 3).requires_grad_(), random(2, 3, 3).sigmoid()
    labels = torch.tensor([1, 0])
    assert torch.autograd.gradcheck(lambda x: mask_loss(x, targets, labels), logits)


def test_deepmask_loss_is_its_formula():
    masks_f, scores_f, masks = triplets()
    labels = torch.tensor([1.0, -1, 1, -1])
    total = 0.0
    for k in range(4):
        y = labels[k].item()
        pixels = sum(
            math.log1p(math.exp(-m * f))
            for m, f in zip(
                masks[k].flatten().tolist(), masks_f[k].flatten().tolist(), strict=True
            )
        )
        total += (1 + y) / (2 * 5 * 3) * pixels
        total += 0.1 * math.log1p(math.exp(-y * scores_f[k].item()))
    got = sum(deepmask_loss(masks_f, scores_f, masks, labels, weight=0.1))
    assert got.item() == pytest.approx(total / 4)


def test_a_patch_without_an_object_has_no_mask_that_could_be_wrong():
    masks_f, scores_f, masks = triplets()
    masks_f.requires_grad_()
    masks[1] = torch.nan  # nobody looks
    labels = torch.tensor([1.0, -1, 1, 1])
    segmentation, _ = deepmask_loss(masks_f, scores_f, masks, labels)
    segmentation.backward()
    assert (masks_f.grad[1] == 0).all()
    assert (masks_f.grad[0] != 0).all()


def test_only_negatives_leave_the_score_alone():
    masks_f, scores_f, masks = triplets()
    segmentation, score = deepmask_loss(masks_f, scores_f, masks, -torch.ones(4))
    assert segmentation == 0
    assert_close(score, functional.softplus(scores_f).mean() / 32)


def test_plus_and_minus_one_are_the_binary_cross_entropy_of_one_and_zero():
    masks_f, scores_f, masks = triplets()
    segmentation, _ = deepmask_loss(masks_f, scores_f, masks, torch.ones(4))
    expected = functional.binary_cross_entropy_with_logits(masks_f, (masks + 1) / 2)
    assert_close(segmentation, expected)


def test_a_sure_and_wrong_answer_costs_its_size_and_not_infinity():
    _, score = deepmask_loss(
        torch.zeros(1, 1, 1), torch.tensor([-1e4]), torch.ones(1, 1, 1),
        torch.ones(1), weight=1.0,
    )  # fmt: skip
    assert score == 1e4


def test_deepmask_loss_has_the_gradient_of_its_values():
    masks_f, scores_f, masks = triplets(3)
    labels = torch.tensor([1.0, -1, 1])
    assert torch.autograd.gradcheck(
        lambda f, s: sum(deepmask_loss(f, s, masks, labels)),
        (masks_f.requires_grad_(), scores_f.requires_grad_()),
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"targets": torch.zeros(2, 4, 5)}, r"targets must be \(2, 4, 4\) to match "
         r"mask_logits \(2, 3, 4, 4\), got \(2, 4, 5\)"),
        ({"labels": torch.tensor([1, 3])}, "labels must be in 0 … 2, one of the maps "
         "of mask_logits, got 1 … 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_mask_loss_is_named(change, sentence):
    given = {"targets": torch.zeros(2, 4, 4), "labels": torch.tensor([1, 2])} | change
    with pytest.raises((ShapeError, ValueError), match=sentence):
        mask_loss(torch.zeros(2, 3, 4, 4), **given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"labels": torch.tensor([1.0, 0])}, "labels must be [+]1 and −1, got 0 … 1; "
         r"did you mean 2 \* labels − 1\?"),
        ({"masks": torch.zeros(2, 3, 3)}, r"masks must be [+]1 and −1, got 0 … 0"),
        ({"score_logits": torch.zeros(2, 1)}, r"score_logits must be \(2,\) to match "
         r"mask_logits \(2, 3, 3\), got \(2, 1\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_deepmask_loss_is_named(change, sentence):
    given = {
        "mask_logits": torch.zeros(2, 3, 3),
        "score_logits": torch.zeros(2),
        "masks": torch.ones(2, 3, 3),
        "labels": torch.ones(2),
    }
    with pytest.raises((ShapeError, ValueError), match=sentence):
        deepmask_loss(**given | change)


def test_no_triplet_is_refused():
    none = torch.zeros(0)
    with pytest.raises(ShapeError, match="mask_logits must hold at least one triplet"):
        deepmask_loss(torch.zeros(0, 3, 3), none, torch.zeros(0, 3, 3), none)
