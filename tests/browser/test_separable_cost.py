"""The cost of a convolution in one step and in two, moved by a reader."""

import pytest

from cvlib.conv import separable_multiply_adds, separable_parameters
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/small/depthwise-separable"
PRESETS = {
    "early layer": (32, 64, 3, 112),
    "middle layer": (512, 512, 3, 14),
    "one filter": (64, 1, 3, 28),
}


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-separable-cost").first


def length(widget, kind: str) -> float:
    return float(widget.locator(f"rect.bar.{kind}").get_attribute("width"))


def test_it_opens_with_the_numbers_worked_by_hand(widget):
    assert "432 + 240 = 672 instead of 2,160" in status(widget)
    assert "1/5 + 1/9 = 0.311 of the work" in status(widget)
    assert widget.get_by_label("by hand", exact=True).is_checked()
    numbers = widget.locator(".cv-numbers").inner_text()
    assert numbers == "Weights: 27 + 15 = 42 instead of 135."


@pytest.mark.parametrize("name", PRESETS)
def test_bars_are_as_long_as_cvlib_counts(widget, name):
    choose(widget, name)
    cost = separable_multiply_adds(*PRESETS[name])
    whole = length(widget, "all")
    assert length(widget, "deep") / whole == pytest.approx(
        cost.depthwise / cost.standard, rel=1e-3
    )
    assert length(widget, "point") / whole == pytest.approx(
        max(cost.pointwise / cost.standard, 1 / whole), rel=1e-3
    )


def test_a_single_filter_saves_nothing(widget):
    choose(widget, "one filter")
    assert "two steps cost more than one" in status(widget)
    assert widget.get_by_label("filters, F", exact=True).input_value() == "0"


def test_a_kernel_of_one_has_nothing_to_separate(widget):
    slide_to(widget, "kernel, k", 0)
    assert "nothing to separate" in status(widget)
    assert widget.locator(".cv-strip :checked").count() == 0


def test_more_filters_bring_the_ratio_to_a_ninth(widget):
    slide_to(widget, "filters, F", 21)
    assert "close to k² = 9 times, and the 1 × 1 step does 99 %" in status(widget)
    held = separable_parameters(3, 1024, 3)
    numbers = widget.locator(".cv-numbers").inner_text()
    assert f"{held.standard:,}" in numbers
    assert f"{held.depthwise} + {held.pointwise:,}" in numbers


def test_channels_and_size_do_not_change_the_ratio(widget):
    slide_to(widget, "channels in, C", 17)
    slide_to(widget, "output, P", 5)
    assert "= 0.311 of the work" in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-separable-cost").first
    choose(widget, "early layer")
    assert sticks_out(widget) <= 0
