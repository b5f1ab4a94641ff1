"""The two tiny networks: as good as recorded, and as the page has them."""

from functools import partial

import pytest
import torch

from cvlib import weights
from cvlib.attack import pgd, robust_accuracy, success_rate
from cvlib.data.digits import digits
from cvlib.train import evaluate
from cvlib.widgets.adversarial_digits import NETS, examples, net


@pytest.fixture(scope="module")
def test_digits():
    return tuple(map(torch.from_numpy, digits("test")))


def entry(name):
    return weights.manifest()[name]


def test_the_plain_one_reads_as_well_as_recorded(test_digits):
    found = evaluate(weights.load("tiny_digits"), *test_digits)[1]
    known = entry("tiny_digits")
    assert found == pytest.approx(known["value"], abs=known["tolerance"])


def test_the_hardened_one_stands_as_well_as_recorded(test_digits):
    model, known = weights.load("tiny_digits_robust"), entry("tiny_digits_robust")
    found = robust_accuracy(model, *test_digits, [partial(pgd, eps=0.2, steps=20)])
    assert found == pytest.approx(known["value"], abs=known["tolerance"])
    clean = evaluate(model, *test_digits)[1]
    assert clean == pytest.approx(known["clean"], abs=0.005)


def test_hardening_keeps_more_and_costs_some(test_digits):
    run = partial(pgd, eps=0.15, steps=20)
    plain, robust = (weights.load(name) for name in NETS.values())
    left = [robust_accuracy(m, *test_digits, [run]) for m in (plain, robust)]
    assert left[1] > left[0] + 0.3
    clean = [evaluate(m, *test_digits)[1] for m in (plain, robust)]
    assert clean[0] > clean[1]


def test_five_decimals_are_enough_for_the_page(test_digits):
    images, _ = test_digits
    for name, file in NETS.items():
        whole = weights.load(file)(images).softmax(1)
        assert (
            net(name)(images.double()).float().softmax(1) - whole
        ).abs().max() < 1e-3


def test_the_page_shows_ten_digits_that_both_read_and_one_step_can_fool():
    shown = examples()
    assert [e["label"] for e in shown] == list(range(10))
    x = torch.tensor([e["pixels"] for e in shown]).double().reshape(10, 1, 8, 8)
    y = torch.arange(10)
    for name in NETS:
        assert success_rate(net(name), x, y) == 0
    moved = pgd(net("plain"), x, y, eps=0.4, steps=1, random_start=False)
    assert success_rate(net("plain"), moved, y) > 0.85
