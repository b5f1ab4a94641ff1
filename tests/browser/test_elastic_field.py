"""Bending cells and their labels, as a reader does."""

import pytest

from tests.browser.reader import slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/segmenting/unet"
PIXELS = """e => [...e.querySelectorAll('canvas')].map(c =>
    [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]
        .reduce((a, v, k) => (a * 31 + v * (k % 97)) % 1000003, 7))"""


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-elastic-field").first


def test_no_strength_moves_nothing(widget):
    slide_to(widget, "α, how far", 0)
    assert "nothing moves" in status(widget)


def test_a_smooth_field_bends_and_a_rough_one_folds(widget):
    slide_to(widget, "σ, how smooth", 12)
    assert "cells bend and stay cells" in status(widget)
    slide_to(widget, "σ, how smooth", 2)
    assert "folded over: the walls tear" in status(widget)


def test_another_draw_bends_both_otherwise(widget):
    before = widget.evaluate(PIXELS)
    widget.get_by_role("button", name="Draw again").click()
    after = widget.evaluate(PIXELS)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_labels_that_bend_on_their_own_are_wrong(widget):
    assert "wrong" not in status(widget)
    before = widget.evaluate(PIXELS)
    widget.get_by_label("bend the labels by the same field").uncheck()
    after = widget.evaluate(PIXELS)
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert "of them are wrong now" in status(widget)


def test_it_fits_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-elastic-field").first
    slide_to(widget, "α, how far", 500)
    assert "α = 500" in status(widget)
    assert sticks_out(widget) <= 0
