"""Attacks: the formulas, three other libraries, invariants, sentences."""

import json
import re
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from cvlib import attack
from cvlib.nets.normalize import Normalize
from cvlib.validate import ShapeError
from tests.cvlib.attack.other_libraries import (
    ALPHA,
    ALPHA_L2,
    EPS,
    EPS_L2,
    GOLDEN,
    STEPS,
    network,
    pictures,
)

quick = settings(deadline=None, derandomize=True, max_examples=25)
FOUND = json.loads(GOLDEN.read_text("utf-8"))["found"]
LINF = {"eps": EPS, "alpha": ALPHA, "steps": STEPS, "random_start": False}
L2 = {**LINF, "eps": EPS_L2, "alpha": ALPHA_L2, "norm": "l2"}
SAME = {
    "fgsm": partial(attack.fgsm, eps=EPS),
    "fgsm art": partial(attack.fgsm, eps=EPS),
    "fgsm targeted": partial(attack.fgsm, eps=EPS, targeted=True),
    "bim": partial(attack.bim, eps=EPS, alpha=ALPHA, steps=STEPS),
    "pgd": partial(attack.pgd, **LINF),
    "pgd art": partial(attack.pgd, **LINF),
    "pgd targeted": partial(attack.pgd, targeted=True, **LINF),
    "pgd l2": partial(attack.pgd, **L2),
    "pgd l2 targeted": partial(attack.pgd, targeted=True, **L2),
}


@pytest.fixture(scope="module")
def net():
    return network()


@pytest.fixture(scope="module")
def drawn():
    return pictures()


def recorded(name, like):
    return torch.tensor(FOUND[name], dtype=like.dtype).reshape(like.shape)


def lengths(delta):
    return attack.norms(delta, norm="l2")


# ------------------------------------------------------------- other libraries


@pytest.mark.parametrize("name", SAME)
def test_steps_agree_with_other_libraries_to_a_millionth(name, net, drawn):
    images, labels, targets = drawn
    got = SAME[name](net, images, targets if "targeted" in name else labels)
    assert_close(got, recorded(name, images), rtol=0, atol=1e-6)


def test_deepfool_agrees_with_foolbox(net, drawn):
    images, labels, _ = drawn
    got = attack.deepfool(net, images, labels)
    assert_close(got, recorded("deepfool", images), rtol=0, atol=1e-5)


@pytest.mark.parametrize("targeted", [False, True])
def test_carlini_and_wagners_pictures_are_as_near_as_foolboxs(net, drawn, targeted):
    images, labels, targets = drawn
    name = "carlini wagner targeted" if targeted else "carlini wagner"
    wanted = targets if targeted else labels
    got = attack.carlini_wagner(
        net, images, wanted, targeted=targeted, c=1e-3, searches=9, steps=400
    )
    assert attack.success_rate(net, got, wanted, targeted=targeted) == 1
    ours, theirs = lengths(got - images), lengths(recorded(name, images) - images)
    assert (ours <= 1.02 * theirs).all()


# ------------------------------------------------------------- formulas


def slope_by_differences(net, images, labels, loss, h=1e-6):
    """∂L/∂x value by value."""
    slope = torch.zeros_like(images)
    for i in range(images[0].numel()):
        step = torch.zeros_like(images)
        step.flatten(1)[:, i] = h
        up, down = (loss(net(images + s), labels) for s in (step, -step))
        slope.flatten(1)[:, i] = (up - down) / (2 * h)
    return slope


@pytest.mark.parametrize("loss", [attack.cross_entropy_loss, attack.margin_loss])
def test_the_gradient_is_that_of_differences(net, drawn, loss):
    images, labels, _ = drawn
    with torch.no_grad():
        expected = slope_by_differences(net, images, labels, loss)
    assert_close(
        attack.input_gradient(net, images, labels, loss), expected, rtol=0, atol=1e-7
    )


def test_the_gradient_of_a_linear_net_is_known(net):
    linear = nn.Sequential(nn.Flatten(), nn.Linear(4, 3)).double()
    x, y = torch.rand(5, 1, 2, 2).double(), torch.tensor([0, 1, 2, 0, 1])
    p = linear(x).softmax(1) - nn.functional.one_hot(y, 3)
    expected = (p @ linear[1].weight).reshape(x.shape)
    assert_close(attack.input_gradient(linear, x, y), expected.detach())


def test_fgsm_is_its_formula(net, drawn):
    images, labels, _ = drawn
    with torch.no_grad():
        slope = slope_by_differences(net, images, labels, attack.cross_entropy_loss)
    expected = (images + 0.1 * slope.sign()).clamp(0, 1)
    assert_close(attack.fgsm(net, images, labels, eps=0.1), expected)


def test_one_step_of_pgd_as_long_as_the_radius_is_fgsm(net, drawn):
    images, labels, _ = drawn
    one = attack.pgd(
        net, images, labels, eps=0.1, alpha=0.1, steps=1, random_start=False
    )
    assert_close(one, attack.fgsm(net, images, labels, eps=0.1), rtol=0, atol=0)


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("targeted", [False, True])
def test_pgd_is_its_definition(net, drawn, norm, targeted):
    images, labels, targets = drawn
    labels = targets if targeted else labels
    for k in range(2):  # a picture at a time, by hand
        x0, y = images[k : k + 1], labels[k : k + 1]
        x = x0.clone()
        for _ in range(4):
            x.requires_grad_()
            loss = nn.functional.cross_entropy(net(x), y)
            (g,) = torch.autograd.grad(-loss if targeted else loss, x)
            step = g.sign() if norm == "linf" else g / g.norm()
            delta = x.detach() + 0.1 * step - x0
            if norm == "linf":
                delta = delta.clamp(-0.15, 0.15)
            elif delta.norm() > 0.15:
                delta = delta / delta.norm() * 0.15
            x = (x0 + delta).clamp(0, 1)
        got = attack.pgd(net, x0, y, eps=0.15, alpha=0.1, steps=4, norm=norm,
                         targeted=targeted, random_start=False)  # fmt: skip
        assert_close(got, x, rtol=0, atol=1e-9)


def test_deepfool_finds_the_nearest_plane_of_a_linear_net():
    chance = torch.Generator().manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(16, 4)).double()
    steep = torch.tensor([0.2, 0.5, 1.5, 4.0])[:, None]  # the runner-up may be far
    w = (steep * torch.randn(4, 16, generator=chance)).double()
    x = 0.4 + 0.2 * torch.rand(40, 1, 4, 4, generator=chance).double()
    net[1].weight.data, net[1].bias.data = w, -(w.sum(1) / 2)  # grey is on all borders
    scores = net(x).detach()
    y = scores.argmax(1)
    away = torch.full((40, 4), float("inf"), dtype=torch.float64)
    for n in range(40):
        for k in set(range(4)) - {int(y[n])}:
            away[n, k] = (scores[n, y[n]] - scores[n, k]) / (w[k] - w[y[n]]).norm()
    nearest, runner_up = away.argmin(1), scores.topk(2).indices[:, 1]
    assert (nearest != runner_up).sum() > 3
    got = attack.deepfool(net, x, overshoot=0)
    assert_close(lengths(got - x), away.amin(1), rtol=0, atol=2e-4)
    assert (net(got).argmax(1) == nearest).all()


def test_the_margin_is_the_best_other_score_minus_the_own():
    scores = torch.tensor([[1.0, 4.0, 2.0], [1.0, 4.0, 2.0]])
    assert attack.margin_loss(scores, torch.tensor([1, 0])).tolist() == [-2, 3]


# ------------------------------------------------------------- invariants

deltas = st.lists(st.floats(-2, 2), min_size=12, max_size=12)


@quick
@given(values=deltas, eps=st.floats(0.01, 1.5), norm=st.sampled_from(["linf", "l2"]))
def test_a_projection_is_in_the_ball_and_the_nearest_there(values, eps, norm):
    delta = torch.tensor(values, dtype=torch.float64).reshape(3, 1, 2, 2)
    got = attack.project(delta, eps=eps, norm=norm)
    assert (attack.norms(got, norm=norm) <= eps * (1 + 1e-9)).all()
    assert_close(attack.project(got, eps=eps, norm=norm), got)
    inside = attack.norms(delta, norm=norm) <= eps
    assert torch.equal(got[inside], delta[inside])
    chance = torch.Generator().manual_seed(0)
    other = attack.random_in_ball(delta, eps=eps, norm=norm, generator=chance)
    assert (lengths(got - delta) <= lengths(other - delta) + 1e-9).all()


@quick
@given(values=deltas, norm=st.sampled_from(["linf", "l2"]))
def test_no_step_of_size_one_climbs_more_than_the_steepest(values, norm):
    slope = torch.tensor(values, dtype=torch.float64).reshape(3, 1, 2, 2)
    best = attack.steepest(slope, norm=norm)
    assert (attack.norms(best, norm=norm) <= 1 + 1e-9).all()
    chance = torch.Generator().manual_seed(1)
    other = attack.random_in_ball(slope, eps=1, norm=norm, generator=chance)
    climbed = (slope * best).flatten(1).sum(1)
    assert (climbed >= (slope * other).flatten(1).sum(1) - 1e-9).all()


@pytest.mark.parametrize("size", [1e30, 1e-22, 1e-30, 1e-40])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_the_steepest_step_is_one_long_however_small_the_slope(size, dtype):
    slope = torch.tensor([[[[3.0, -4.0]]], [[[0.0, 0.0]]]], dtype=dtype) * size
    found = attack.steepest(slope, norm="l2").flatten(1).double()
    expected = torch.tensor([[0.6, -0.8], [0.0, 0.0]], dtype=torch.float64)
    assert_close(found, expected, rtol=0, atol=5e-3)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_random_starts_fill_the_ball_evenly(norm):
    chance = torch.Generator().manual_seed(0)
    drawn = attack.random_in_ball(
        torch.zeros(4000, 1, 1, 2), eps=0.5, norm=norm, generator=chance
    )
    length = attack.norms(drawn, norm=norm)
    assert length.max() <= 0.5
    # a ball of two dimensions: half of the radius holds a quarter of it
    assert (length < 0.25).float().mean() == pytest.approx(0.25, abs=0.03)


ALL = {
    "fgsm": partial(attack.fgsm, eps=0.07),
    "bim": partial(attack.bim, eps=0.07),
    "pgd": partial(attack.pgd, eps=0.07),
    "pgd l2": partial(attack.pgd, eps=0.5, norm="l2"),
    "deepfool": attack.deepfool,
    "carlini": partial(attack.carlini_wagner, steps=30, searches=2),
}


@pytest.mark.parametrize("name", ALL)
def test_an_attack_keeps_its_promises(name, net, drawn):
    images, labels, _ = drawn
    before = [p.clone() for p in net.parameters()]
    kept = images.clone()
    got = ALL[name](net, images, labels)
    assert got.dtype == images.dtype
    assert got.min() >= 0
    assert got.max() <= 1
    assert torch.equal(images, kept), "the pictures were changed in place"
    assert not got.requires_grad
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert all(p.grad is None for p in net.parameters())
    delta = got - images
    if "l2" in name:
        assert (lengths(delta) <= 0.5 + 1e-9).all()
    elif name in ("fgsm", "bim", "pgd"):
        assert (attack.norms(delta) <= 0.07 + 1e-9).all()


@pytest.mark.parametrize("name", [n for n in ALL if n not in ("pgd", "pgd l2")])
def test_a_picture_does_not_depend_on_its_batch(name, net, drawn):
    images, labels, _ = drawn
    together = ALL[name](net, images, labels)
    alone = [
        ALL[name](net, x[None], y[None]) for x, y in zip(images, labels, strict=True)
    ]
    assert_close(together, torch.cat(alone), rtol=0, atol=1e-9)


def test_a_network_in_training_mode_is_left_in_it_and_its_averages_alone():
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3)
    )
    net[0].eval()
    average = net[1].running_mean.clone()
    x, y = torch.rand(4, 1, 4, 4), torch.tensor([0, 1, 2, 0])
    for name in ("fgsm", "pgd", "deepfool", "carlini"):
        ALL[name](net, x, y)
    assert torch.equal(net[1].running_mean, average)
    assert [m.training for m in net] == [False, True, True, True]


def test_gradients_are_found_even_where_they_are_switched_off(net, drawn):
    images, labels, _ = drawn
    with torch.no_grad():
        got = attack.carlini_wagner(net, images, labels, steps=30, searches=3)
        assert not torch.equal(got, images)
        assert not torch.equal(attack.fgsm(net, images, labels, eps=0.1), images)


@pytest.mark.parametrize(
    "attacked",
    [
        partial(attack.fgsm, eps=0.1),
        partial(attack.pgd, eps=0.1, steps=2),
        partial(attack.carlini_wagner, steps=2, searches=1),
        attack.deepfool,
    ],
)
def test_pictures_that_ask_for_a_gradient_are_attacked_like_others(
    attacked, net, drawn
):
    images, labels, _ = (part[:2] for part in drawn)
    found = attacked(net, images.clone().requires_grad_(), labels)
    assert not found.requires_grad
    assert_close(found, attacked(net, images, labels), rtol=0, atol=0)


def test_epsilon_zero_changes_nothing(net, drawn):
    images, labels, _ = drawn
    for name in ("fgsm", "bim", "pgd"):
        assert torch.equal(getattr(attack, name)(net, images, labels, eps=0), images)


def test_where_there_is_no_slope_nothing_moves():
    class Constant(nn.Module):
        def forward(self, x):
            return 0 * x.flatten(1)[:, :3]

    x, y = torch.rand(2, 1, 2, 2), torch.tensor([0, 1])
    for norm in ("linf", "l2"):
        got = attack.pgd(Constant(), x, y, eps=0.1, norm=norm, random_start=False)
        assert torch.equal(got, x)


def test_a_target_becomes_likelier_and_the_truth_less_likely(net, drawn):
    images, labels, targets = drawn
    for name in ("fgsm", "bim", "pgd"):
        run = partial(getattr(attack, name), eps=0.05)
        p, away, towards = (
            net(x).softmax(1)
            for x in (
                images,
                run(net, images, labels),
                run(net, images, targets, targeted=True),
            )
        )
        assert (away.gather(1, labels[:, None]) < p.gather(1, labels[:, None])).all()
        assert (
            towards.gather(1, targets[:, None]) > p.gather(1, targets[:, None])
        ).all()


def test_restarts_never_come_less_far(net, drawn):
    images, labels, _ = drawn
    run = partial(attack.pgd, net, images, labels, eps=0.05, steps=2, alpha=0.01)
    margin = [attack.margin_loss(net(run(restarts=n)), labels).detach() for n in (1, 4)]
    assert (margin[1] >= margin[0]).all()
    assert (margin[1] > margin[0]).any()


def test_the_same_seed_starts_at_the_same_place(net, drawn):
    images, labels, _ = drawn
    torch.manual_seed(5)
    state = torch.get_rng_state()
    a, b, c = (attack.pgd(net, images, labels, eps=0.05, seed=s) for s in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    assert torch.equal(torch.get_rng_state(), state)


def test_confidence_puts_more_than_a_hair_between_the_classes(net, drawn):
    images, labels, _ = drawn
    run = partial(attack.carlini_wagner, net, images, labels, steps=100)
    near, sure = (
        attack.margin_loss(net(run(confidence=k)), labels) for k in (0.0, 1.0)
    )
    assert (near > 0).all()
    assert (sure > 1).all()


def test_an_attack_that_finds_nothing_returns_the_picture(net, drawn):
    images, labels, _ = drawn
    got = attack.carlini_wagner(net, images, labels, steps=1, searches=1)
    assert torch.equal(got, images)


# ------------------------------------------------------------- normalisation inside


def test_epsilon_is_brightness_when_the_normalisation_is_part_of_the_net():
    inner = nn.Sequential(nn.Flatten(), nn.Linear(12, 4))
    mean, std = [0.5, 0.4, 0.3], [0.2, 0.25, 0.4]
    net = nn.Sequential(Normalize(mean, std), inner)
    x, y = 0.2 + 0.6 * torch.rand(3, 3, 2, 2), torch.tensor([0, 1, 2])
    delta = attack.fgsm(net, x, y, eps=0.1) - x
    assert_close(delta.abs(), torch.full_like(delta, 0.1))
    # outside, the same step is ε/σ in each channel
    m, s = (torch.tensor(v)[:, None, None] for v in (mean, std))
    sign = attack.input_gradient(inner, (x - m) / s, y).sign()
    assert_close(((x - m) / s + 0.1 / s * sign) * s + m, x + delta)


def test_normalised_pictures_are_refused_with_the_place_where_it_belongs():
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    x = torch.tensor([-2.118, 0.0, 1.0, 2.64]).reshape(1, 1, 2, 2)
    sentence = (
        "images must be in [0, 1], got -2.12 to 2.64; put the normalisation inside "
        "the model, as cvlib.nets.normalize.Normalize does"
    )
    for name in ("fgsm", "bim", "pgd"):
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            getattr(attack, name)(net, x, torch.tensor([0]), eps=0.1)
    for name in ("deepfool", "carlini_wagner"):
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            getattr(attack, name)(net, x, torch.tensor([0]))


X = torch.full((2, 1, 2, 2), 0.5)
Y = torch.tensor([0, 1])
FLAT = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: attack.fgsm(FLAT, X[0], Y, eps=0.1),
            ShapeError,
            "images must be (N, C, H, W), got (1, 2, 2); did you mean images[None]?",
        ),
        (
            lambda: attack.fgsm(FLAT, (X * 255).byte(), Y, eps=0.1),
            TypeError,
            "images must be floating point, got uint8: integer arithmetic would "
            "overflow; divide by 255 or use images.float()",
        ),
        (
            lambda: attack.pgd(FLAT, X, Y[:1], eps=0.1),
            ShapeError,
            "labels must be (2,) to match images (2, 1, 2, 2), got (1,)",
        ),
        (
            lambda: attack.pgd(FLAT, X, Y.float(), eps=0.1),
            TypeError,
            "labels must be int64, one class a picture, got torch.float32; "
            "did you mean labels.long()?",
        ),
        (
            lambda: attack.fgsm(FLAT, X, Y.int(), eps=0.1),
            TypeError,
            "labels must be int64, one class a picture, got torch.int32; "
            "did you mean labels.long()?",
        ),
        (
            lambda: attack.success_rate(FLAT, X[:0], Y[:0]),
            ValueError,
            "images must hold at least one picture, got (0, 1, 2, 2)",
        ),
        (
            lambda: attack.success_rate(FLAT, X, Y + 2),
            ValueError,
            "labels must be 0 to 2 to match the model's 3 scores, got 3",
        ),
        (
            lambda: attack.deepfool(FLAT, X, Y + 2),
            ValueError,
            "labels must be 0 to 2 to match the model's 3 scores, got 3",
        ),
        (
            lambda: attack.adversarial_patch(FLAT, X, 0, size=1, batch_size=0),
            ValueError,
            "batch_size must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            lambda: attack.paste(X, X[0, :, :1, :1], torch.rand(2, 2)),
            TypeError,
            "places must be whole pixels, got torch.float32; did you mean "
            "places.long()?",
        ),
        (
            lambda: attack.fgsm(FLAT, X, torch.tensor([0, 3]), eps=0.1),
            ValueError,
            "labels must be 0 to 2 to match the model's 3 scores, got 3",
        ),
        (
            lambda: attack.fgsm(FLAT, X, Y, eps=-0.1),
            ValueError,
            "eps must be at least 0, got -0.1",
        ),
        (
            lambda: attack.pgd(FLAT, X, Y, eps=0.1, norm="inf"),
            ValueError,
            "norm must be 'linf' or 'l2', got 'inf'; did you mean 'linf'?",
        ),
        (
            lambda: attack.fgsm(FLAT, X, Y, eps=0.1, loss="hinge"),
            ValueError,
            "loss must be 'cross_entropy' or 'margin', got 'hinge'",
        ),
        (
            lambda: attack.pgd(FLAT, X, Y, eps=0.1, steps=2.5),
            TypeError,
            "steps must be an integer ≥ 0, got 2.5; did you mean 2?",
        ),
        (
            lambda: attack.fgsm(nn.Conv2d(1, 1, 1), X, Y, eps=0.1),
            ShapeError,
            "the model's output must be (2, K), got (2, 1, 2, 2)",
        ),
        (
            lambda: attack.adversarial_patch(FLAT, X, 0, size=3),
            ValueError,
            "size must be at most 2, the picture's, got 3",
        ),
        (
            lambda: attack.paste(X, X[0, :, :1, :1], torch.tensor([[0, 0], [2, 0]])),
            ValueError,
            "places must keep a patch of 1 × 1 inside 2 × 2, got 0 to 2",
        ),
        (
            lambda: attack.transfer_matrix(
                {"a": FLAT}, X, (FLAT(X).argmax(1) + 1) % 3, attack.deepfool
            ),
            ValueError,
            "images must hold some that all 1 models get right, got none of 2",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()
