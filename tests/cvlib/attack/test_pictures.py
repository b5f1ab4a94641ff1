"""One change for all, patches, noise, transfer, and nets that hide their gradient."""

import os
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib import attack
from cvlib.attack.masking import Quantize, Sharpen, StraightThrough
from cvlib.data import downloads
from cvlib.data.digits import digits
from cvlib.train import evaluate, fit
from cvlib.weights import load


@pytest.fixture(scope="module")
def lenet():
    return load("lenet_digits")


@pytest.fixture(scope="module")
def test_digits():
    images, labels = map(torch.from_numpy, digits("test", size=32))
    return images[:100], labels[:100]


def rate(net, images, labels):
    return attack.success_rate(net, images, labels)


# ------------------------------------------------------------- one for all


def test_one_perturbation_fools_digits_it_never_saw(lenet, test_digits):
    train = tuple(v[:300] for v in map(torch.from_numpy, digits("train", size=32)))
    delta = attack.universal_perturbation(lenet, *train, eps=0.25, epochs=6)
    assert delta.shape == (1, 32, 32)
    assert delta.abs().max() <= 0.25
    images, labels = test_digits
    signs = torch.tensor(np.random.default_rng(0).choice([-0.25, 0.25], delta.shape))
    of_delta, of_noise = (
        rate(lenet, (images + d.float()).clamp(0, 1), labels) for d in (delta, signs)
    )
    assert of_delta > 0.4
    assert of_delta > 4 * of_noise


def test_a_universal_perturbation_can_have_a_target(lenet, test_digits):
    images, labels = test_digits
    wanted = torch.full_like(labels, 8)
    delta = attack.universal_perturbation(
        lenet, images, wanted, eps=0.3, targeted=True, epochs=8
    )
    moved = (images + delta).clamp(0, 1)
    assert attack.success_rate(lenet, moved, wanted, targeted=True) > 0.5


# ------------------------------------------------------------- patches


def paste_by_slices(images, patch, places):
    result = images.clone()
    S = patch.shape[-1]
    for n, (y, x) in enumerate(places.tolist()):
        result[n, :, y : y + S, x : x + S] = patch if patch.ndim == 3 else patch[n]
    return result


@pytest.mark.parametrize("each", [False, True])
def test_pasting_is_writing_into_a_slice(each):
    chance = torch.Generator().manual_seed(0)
    images = torch.rand(5, 3, 6, 9, generator=chance)
    patch = torch.rand(*((5,) if each else ()), 3, 4, 4, generator=chance)
    places = torch.tensor([[0, 0], [2, 5], [1, 3], [2, 0], [0, 5]])
    expected = paste_by_slices(images, patch, places)
    assert_close(attack.paste(images, patch, places), expected, rtol=0, atol=0)


def test_the_gradient_reaches_the_patch():
    images = torch.zeros(2, 1, 3, 3, dtype=torch.float64)
    patch = torch.rand(1, 2, 2, dtype=torch.float64, requires_grad=True)
    places = torch.tensor([[0, 1], [1, 0]])
    assert torch.autograd.gradcheck(lambda p: attack.paste(images, p, places), patch)


def test_placed_patches_are_whole_turned_and_everywhere():
    chance = torch.Generator().manual_seed(0)
    patch = torch.tensor([[[0.1, 0.2], [0.3, 0.4]]])
    out = attack.placed(torch.zeros(400, 1, 4, 4), patch, generator=chance)
    assert_close(out.sum((1, 2, 3)), torch.ones(400))
    corners = {tuple((out[n, 0] > 0).nonzero()[0].tolist()) for n in range(400)}
    assert corners == {(y, x) for y in range(3) for x in range(3)}
    firsts = {round(float(v[v > 0][0]), 1) for v in out[:, 0]}
    assert firsts == {0.1, 0.2, 0.3, 0.4}


def test_a_patch_does_what_noise_of_its_size_does_not(lenet, test_digits):
    images, labels = test_digits
    train = torch.from_numpy(digits("train", size=32)[0])[:300]
    patch = attack.adversarial_patch(
        lenet, train, 8, size=14, steps=150, lr=0.2, turns=False
    )
    others = images[labels != 8]
    wanted = torch.full((len(others),), 8)
    drawn = torch.rand(patch.shape, generator=torch.Generator().manual_seed(9))

    def share(patch):
        chance = torch.Generator().manual_seed(9)
        x = attack.placed(others, patch, turns=False, generator=chance)
        return attack.success_rate(lenet, x, wanted, targeted=True)

    assert share(patch) > 0.25
    assert share(patch) > share(drawn) + 0.12


# ------------------------------------------------------------- noise


def test_noise_becomes_every_digit_with_certainty(lenet):
    wanted = torch.arange(10)
    made = attack.fooling_images(lenet, wanted, (1, 32, 32), steps=60)
    p = lenet(made).softmax(1)
    assert (p.diagonal() > 0.99).all()
    assert made.min() > 0
    assert made.max() < 1
    calm = attack.fooling_images(lenet, wanted, (1, 32, 32), steps=60, decay=0.05)
    assert (calm - 0.5).abs().mean() < (made - 0.5).abs().mean()


# ------------------------------------------------------------- transfer, curves


def test_the_diagonal_is_the_attack_itself_and_a_stranger_is_fooled_less(
    lenet, test_digits
):
    other = nn.Sequential(nn.Flatten(), nn.Linear(1024, 10))
    train = map(torch.from_numpy, digits("train", size=32))
    fit(other, *train, epochs=8, lr=0.05, progress=False)
    images, labels = test_digits
    run = partial(attack.pgd, eps=0.1, steps=5)
    nets = {"lenet": lenet, "linear": other}
    table = attack.transfer_matrix(nets, images, labels, run)
    both = [attack.predicted(net, images) == labels for net in nets.values()]
    kept = both[0] & both[1]
    moved = run(lenet, images[kept], labels[kept])
    assert table[0, 0].item() == pytest.approx(rate(lenet, moved, labels[kept]))
    assert table[0, 1].item() == pytest.approx(rate(other, moved, labels[kept]))
    assert (table.diagonal() > 0.5).all()
    assert table[0, 1] < table[1, 1]
    assert table[1, 0] < table[0, 0]


def test_worst_of_all_attacks_is_no_better_than_any(lenet, test_digits):
    images, labels = test_digits
    attacks = [
        partial(attack.fgsm, eps=0.15),
        partial(attack.pgd, eps=0.1, steps=5),
        partial(attack.pgd, eps=1.5, steps=5, norm="l2"),
    ]
    single = [attack.robust_accuracy(lenet, images, labels, [a]) for a in attacks]
    worst = attack.robust_accuracy(lenet, images, labels, attacks)
    fell = torch.zeros(len(images), dtype=torch.bool)
    for a in attacks:
        fell |= attack.predicted(lenet, a(lenet, images, labels)) != labels
    fell |= attack.predicted(lenet, images) != labels
    assert worst <= min(single)
    # drawn starts differ with the batch, so a picture or two may
    assert worst == pytest.approx(1 - fell.float().mean().item(), abs=0.03)
    clean = attack.robust_accuracy(lenet, images, labels, [])
    assert clean == pytest.approx(evaluate(lenet, images, labels)[1])


def test_the_curve_begins_at_the_plain_accuracy_and_falls(lenet, test_digits):
    images, labels = test_digits
    run = partial(attack.pgd, steps=5)
    curve = attack.accuracy_curve(lenet, images, labels, [0, 0.05, 0.15, 0.5], run)
    assert curve[0] == pytest.approx(evaluate(lenet, images, labels)[1])
    assert sorted(curve, reverse=True) == curve
    assert curve[-1] < 0.05


# ------------------------------------------------------------- adversarial training


def test_adversarial_training_pays_a_little_and_keeps_more():
    def data(split):
        images, labels = digits(split)
        return torch.from_numpy(images), torch.from_numpy(labels)

    kept = {}
    for name, eps in (("plain", 0.0), ("robust", 0.15)):
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Flatten(),
            nn.Linear(768, 10),
        )  # fmt: skip
        attack.fit_adversarially(
            net, *data("train"), eps=eps, epochs=12, steps=4, batch_size=64, lr=0.05,
            warm_up=0.3, progress=False,
        )  # fmt: skip
        run = partial(attack.pgd, eps=0.15, steps=10)
        images, labels = data("test")
        kept[name] = (
            evaluate(net, images, labels)[1],
            attack.robust_accuracy(net, images, labels, [run]),
        )
        assert not net.training
    assert kept["robust"][1] > kept["plain"][1] + 0.2
    assert kept["robust"][0] > 0.85


def test_with_no_radius_it_is_training_as_usual():
    x = torch.rand(20, 1, 2, 2)
    y = (x.mean((1, 2, 3)) > 0.5).long()
    weights = []
    for how in ("usual", "adversarial"):
        torch.manual_seed(0)
        net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
        same = {"epochs": 3, "lr": 0.1, "batch_size": 20, "weight_decay": 0}
        if how == "usual":
            fit(net, x, y, progress=False, **same)
        else:
            attack.fit_adversarially(net, x, y, eps=0.0, progress=False, **same)
        weights.append(net[1].weight.detach())
    assert_close(*weights)


# ------------------------------------------------------------- hidden gradients


@pytest.fixture(scope="module")
def hidden(lenet):
    """LeNet behind a staircase, and LeNet with a softmax that says 0 and 1."""
    return {
        "staircase": nn.Sequential(Quantize(16), lenet),
        "sharp": nn.Sequential(lenet, Sharpen(1000)),
    }


def test_hidden_gradients_look_robust_to_their_own_gradient(hidden, lenet, test_digits):
    images, labels = test_digits
    run = partial(attack.pgd, eps=0.15, steps=10, random_start=False)
    plain = attack.robust_accuracy(lenet, images, labels, [run])
    for net in hidden.values():
        clean = attack.robust_accuracy(net, images, labels, [])
        assert clean > 0.95
        assert attack.robust_accuracy(net, images, labels, [run]) > plain + 0.5


def test_they_fall_to_who_looks_past_it(hidden, lenet, test_digits):
    images, labels = test_digits
    run = partial(attack.pgd, eps=0.15, steps=10)
    net = hidden["sharp"]
    margin = run(net, images, labels, loss="margin")
    assert rate(net, margin, labels) > 0.8
    net = hidden["staircase"]
    through = nn.Sequential(StraightThrough(Quantize(16)), lenet)
    assert rate(net, run(through, images, labels), labels) > 0.8
    assert rate(net, run(lenet, images, labels), labels) > 0.8  # transfer


def test_the_warning_signs_are_those_of_the_list(hidden, lenet, test_digits):
    images, labels = (v[:20] for v in test_digits)
    for name, net in hidden.items():
        signs = attack.warning_signs(
            net, images, labels, eps=0.15, surrogate=lenet, steps=8
        )
        assert signs["no slope"] > 0.5, name
        assert signs["transfer"] < signs["many steps"] - 0.3, name
        assert signs["scores only"] < signs["many steps"], name
        assert signs["unbounded"] > 0.05, name
    honest = attack.warning_signs(lenet, images, labels, eps=0.15, steps=8)
    assert honest["no slope"] == 0
    assert honest["many steps"] <= honest["one step"] + 0.05
    assert honest["unbounded"] == 0


def test_straight_through_gives_the_layer_and_passes_the_slope():
    x = torch.tensor([0.1, 0.6], dtype=torch.float64, requires_grad=True)
    y = StraightThrough(Quantize(2))(x)
    assert_close(y.detach(), torch.tensor([0.0, 1.0], dtype=torch.float64))
    (g,) = torch.autograd.grad((y * torch.tensor([2.0, 3.0])).sum(), x)
    assert g.tolist() == [2, 3]


# ------------------------------------------------------------- the shipped network


@pytest.mark.slow
def test_any_class_can_be_asked_for_within_eight_levels():
    if not os.environ.get("CVLIB_DATA") and downloads.find("cifar10") is None:
        pytest.skip("CIFAR-10 is not here: set CVLIB_DATA to a folder that has it")
    from cvlib.data.cifar import cifar10

    images, labels = cifar10("test")
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    images, labels = images[chosen[:100]].float() / 255, labels[chosen[:100]]
    away = torch.randint(1, 10, (100,), generator=torch.Generator().manual_seed(1))
    wanted = (labels + away) % 10
    net = load("resnet20_cifar10")
    moved = attack.pgd(net, images, wanted, eps=8 / 255, steps=20, targeted=True)
    assert attack.norms(moved - images).max() <= 8 / 255 + 1e-6
    assert attack.success_rate(net, moved, wanted, targeted=True) >= 0.99
