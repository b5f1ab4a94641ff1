"""Losses of maps: torch, what they ignore, gradients, sentences."""

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from cvlib import losses
from cvlib.validate import ShapeError


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(*shape, generator=generator, dtype=torch.float64)


def labels(*shape, K=4, seed=0, ignored=0.3):
    generator = torch.Generator().manual_seed(seed)
    classes = torch.randint(0, K, shape, generator=generator)
    return torch.where(torch.rand(shape, generator=generator) < ignored, 255, classes)


WEIGHT = torch.tensor([1.0, 0.2, 3.0, 0.0], dtype=torch.float64)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("shape", [(2, 5, 6), (3, 7), (4,)])
def test_cross_entropy_is_torchs(shape, weight, reduction):
    N, *rest = shape
    x = random(N, 4, *rest).requires_grad_()
    target = labels(*shape)
    given = {"weight": weight, "ignore_index": 255, "reduction": reduction}
    ours = losses.cross_entropy(x, target, **given)
    theirs = functional.cross_entropy(x, target, **given)
    assert_close(ours, theirs)
    (grad,) = torch.autograd.grad(ours.sum(), x, retain_graph=True)
    assert_close(grad, *torch.autograd.grad(theirs.sum(), x))


def test_the_gradient_of_the_softmax_loss_is_share_minus_truth():
    x = random(1, 4, 3, 3).requires_grad_()
    target = labels(1, 3, 3, ignored=0)
    losses.cross_entropy(x, target, reduction="sum").backward()
    truth = functional.one_hot(target, 4).movedim(-1, 1)
    assert_close(x.grad, x.detach().softmax(1) - truth)


def test_where_no_pixel_counts_there_is_no_loss_and_no_gradient():
    x = random(1, 4, 2, 2).requires_grad_()
    loss = losses.cross_entropy(x, torch.full((1, 2, 2), 255), ignore_index=255)
    loss.backward()
    assert loss == 0
    assert x.grad.eq(0).all()


def test_an_ignored_pixel_may_hold_anything():
    x = random(1, 4, 1, 3)
    x[..., 1] = float("inf")
    target = torch.tensor([[[2, 255, 0]]])
    for loss in (losses.cross_entropy, losses.dice_loss):
        kept = loss(x[..., [0, 2]], target[..., [0, 2]])
        assert_close(loss(x, target, ignore_index=255), kept)


def test_large_logits_do_not_overflow():
    x = torch.tensor([[[[1e4]], [[-1e4]]]])
    assert losses.cross_entropy(x, torch.zeros(1, 1, 1).long()) == 0
    assert losses.cross_entropy(x, torch.ones(1, 1, 1).long()) == 2e4
    x = torch.tensor([-1e4, 1e4])
    binary = losses.binary_cross_entropy_with_logits
    assert binary(x, torch.tensor([1.0, 1]), reduction="none").tolist() == [1e4, 0]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("pos_weight", [None, torch.tensor([[2.0], [0.5]])])
def test_the_binary_loss_is_torchs(pos_weight, reduction):
    x = random(3, 2, 5).requires_grad_()
    target = random(3, 2, 5, seed=1).sigmoid()
    given = {"pos_weight": pos_weight, "reduction": reduction}
    ours = losses.binary_cross_entropy_with_logits(x, target, **given)
    theirs = functional.binary_cross_entropy_with_logits(x, target, **given)
    assert_close(ours, theirs)
    (grad,) = torch.autograd.grad(ours.sum(), x, retain_graph=True)
    assert_close(grad, *torch.autograd.grad(theirs.sum(), x))


def test_two_classes_by_softmax_are_one_by_sigmoid():
    x, target = random(2, 2, 4, 4), labels(2, 4, 4, K=2, ignored=0)
    margin = x[:, 1] - x[:, 0]
    assert_close(
        losses.cross_entropy(x, target),
        losses.binary_cross_entropy_with_logits(margin, target),
    )


def test_focal_loss_is_its_definition():
    x, t = random(50), (random(50, seed=1) > 0).double()
    p = torch.where(t == 1, x.sigmoid(), 1 - x.sigmoid())
    alpha = torch.where(t == 1, 0.25, 0.75)
    wanted = -alpha * (1 - p) ** 2 * p.log()
    assert_close(losses.sigmoid_focal_loss(x, t), wanted)
    assert_close(losses.sigmoid_focal_loss(x, t, reduction="sum"), wanted.sum())


def test_focal_loss_without_focus_is_the_binary_loss():
    x, t = random(50), random(50, seed=1) > 0
    plain = losses.sigmoid_focal_loss(x, t, alpha=-1, gamma=0, reduction="mean")
    assert_close(plain, losses.binary_cross_entropy_with_logits(x, t))


def test_dice_of_sure_answers_is_that_of_the_pixels():
    target = labels(2, 6, 6, ignored=0)
    called = labels(2, 6, 6, seed=1, ignored=0)
    sure = 200 * functional.one_hot(called, 4).movedim(-1, 1).double()
    dice = [
        2 * ((called == k) & (target == k)).sum()
        / ((called == k).sum() + (target == k).sum())
        for k in range(4)
    ]  # fmt: skip
    loss = losses.dice_loss(sure, target, smooth=0)
    assert_close(loss, 1 - torch.stack(dice).double().mean(), atol=1e-6, rtol=0)


def test_dice_has_a_gradient_and_an_empty_class_none():
    x = random(1, 3, 2, 2).requires_grad_()
    target = torch.tensor([[[0, 1], [1, 255]]])
    given = {"ignore_index": 255}
    assert torch.autograd.gradcheck(
        lambda x: losses.dice_loss(x, target, **given), (x,)
    )
    nobody = torch.tensor([0.0, 0.0, -1e3]).reshape(1, 3, 1, 1)
    two = losses.dice_loss(nobody[:, :2].expand(1, 2, 2, 2), target, **given)
    three = losses.dice_loss(nobody.expand(1, 3, 2, 2), target, **given)
    assert_close(3 * three, 2 * two)


@pytest.mark.parametrize(
    ("x", "target", "error", "sentence"),
    [
        (torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2), ShapeError,
         r"target must be \(1, 2, 2\) to match input \(1, 3, 2, 2\), got \(1, 3, 2, "
         r"2\); did you mean target.argmax\(1\)\?"),
        (torch.zeros(1, 3, 2, 2), torch.zeros(1, 1, 2, 2).long(), ShapeError,
         r"target must be \(1, 2, 2\) .* did you mean target\[:, 0\]\?"),
        (torch.zeros(1, 3, 2), torch.zeros(1, 2), TypeError,
         r"target must be integers, got float32; did you mean target.long\(\)\?"),
        (torch.zeros(1, 3, 2), torch.tensor([[0, 255]]), ValueError,
         "target must be classes from 0 to 2, got 255 in 1 pixels; did you mean "
         r"ignore_index=255\?"),
        (torch.zeros(1, 3, 2).int(), torch.zeros(1, 2).long(), TypeError,
         "input must be floating point, got int32"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.dice_loss])
def test_what_is_no_map_of_classes_is_refused(loss, x, target, error, sentence):
    with pytest.raises(error, match=sentence):
        loss(x, target)


def test_the_binary_losses_broadcast_nothing():
    for loss in (losses.binary_cross_entropy_with_logits, losses.sigmoid_focal_loss):
        with pytest.raises(
            ShapeError,
            match=r"target must be \(4, 1\) to match input, got \(4,\); broadcasting",
        ):
            loss(torch.zeros(4, 1), torch.zeros(4))
