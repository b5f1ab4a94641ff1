"""A batch before and after normalisation, moved as a reader would move it."""

import re

import pytest

from cvlib.show import number
from cvlib.widgets import BatchNormHistograms
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/layers/batch-norm"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-batch-norm-histograms").first


def picture(widget) -> dict[str, tuple[str, str]]:
    """Mean and spread of each histogram, as the drawing says them."""
    words = widget.locator("svg").get_attribute("aria-label")
    found = re.findall(r"(x|x̂|y): mean ([−\d.]+), spread ([\d.]+)", words)
    return {name: (mean, spread.rstrip(".")) for name, mean, spread in found}


def of_cvlib(**state: object) -> dict[str, tuple[str, str]]:
    x, y = BatchNormHistograms(**state).batch()
    return {
        name: (number(values.mean()), number(values.std()))
        for name, values in {"x": x, "y": y}.items()
    }


def agrees(widget, **state: object) -> None:
    seen, wanted = picture(widget), of_cvlib(**state)
    assert {name: seen[name] for name in wanted} == wanted


def test_it_opens_with_a_batch_centred_and_scaled(widget):
    agrees(widget)
    assert picture(widget)["x̂"] == ("0", "1")


def test_the_output_stays_where_it_is_when_the_input_moves(widget):
    slide_to(widget, "mean of x", -4)
    slide_to(widget, "spread of x", 0.5)
    agrees(widget, shift=-4, spread=0.5)
    assert picture(widget)["y"] == ("0", "1")


def test_beta_and_gamma_move_the_output(widget):
    widget.get_by_label("γ", exact=True).fill("2")
    widget.get_by_label("β", exact=True).fill("-1.5")
    agrees(widget, gamma=2, beta=-1.5)
    assert "β = −1.5 and |γ| = 2" in status(widget)


def test_a_dead_unit_says_so(widget):
    choose(widget, "dead ReLU")
    agrees(widget, beta=-3)
    assert "a dead unit" in status(widget)
    assert "cuts 100 percent" in widget.locator("svg").get_attribute("aria-label")


def test_a_batch_of_two_leaves_plus_and_minus_one(widget):
    choose(widget, "batch of two")
    agrees(widget, size=2)
    assert picture(widget)["x̂"] == ("0", "1")
    assert widget.locator("svg .out, svg .hat").count() >= 4


def test_evaluation_uses_what_was_remembered(widget):
    choose(widget, "evaluated too early")
    agrees(widget, training=False)
    assert "after 5 batches" in status(widget)
    slide_to(widget, "batches seen", 60)
    agrees(widget, training=False, seen=60)
    assert "describe x well" in status(widget)


def test_next_batch_steps_on_by_keyboard(widget):
    widget.get_by_role("button", name="Next batch").press("Enter")
    agrees(widget, seen=6)
    mean, var = BatchNormHistograms(seen=6).running()
    kept = f"Running: μ = {number(mean[0])}, σ = {number(var[0] ** 0.5)}."
    assert kept in widget.locator(".cv-numbers").inner_text()


def test_the_identity_gives_the_input_back(widget):
    choose(widget, "identity")
    seen = picture(widget)
    assert seen["x"] == seen["y"] != seen["x̂"]
    assert "the identity" in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-batch-norm-histograms").first
    choose(widget, "evaluated too early")
    assert sticks_out(widget) <= 0
    assert phone.errors == []
