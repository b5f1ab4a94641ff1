"""A threshold over distances of faces, moved by a reader."""

import re

import pytest

from cvlib.faces import error_growth
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/faces/verification"
SETS = ("the trained network", "an untrained one", "the pixels")


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-face-threshold").first


def accepted(widget) -> tuple[int, int]:
    """Of the pairs of one person, and of those of two."""
    found = re.search(r"(\d+) of \d+ pairs of one person, (\d+) of", status(widget))
    return int(found[1]), int(found[2])


def test_a_higher_threshold_accepts_more_of_both(widget):
    before = (0, 0)
    for threshold in (0, 0.3, 0.8, 1.6, 4):
        slide_to(widget, "threshold τ", threshold)
        now = accepted(widget)
        assert now[0] >= before[0]
        assert now[1] >= before[1]
        before = now
    assert "Everybody gets in" in status(widget)


def test_at_zero_nobody_gets_in(widget):
    slide_to(widget, "threshold τ", 0)
    assert "nobody gets in" in status(widget)


def test_the_wrong_sign_accepts_the_others(widget):
    slide_to(widget, "threshold τ", 0.8)
    right = accepted(widget)
    widget.get_by_label("accept if d > τ").check()
    turned = accepted(widget)
    slide_to(widget, "threshold τ", 4)
    assert right != turned
    assert accepted(widget) == (0, 0)


def test_a_trained_network_is_better_than_the_pixels(widget):
    rates = []
    for name in SETS:
        choose(widget, name)
        note = widget.locator("p.cv-muted").last.inner_text()
        rates.append(float(note.split("Equal error rate ")[1].split(" %")[0]))
    assert rates[0] < min(rates[1:])


def test_before_a_crowd_the_error_grows(widget):
    slide_to(widget, "threshold τ", 0.8)
    note = widget.locator("p.cv-muted").last
    assert "this is verification" in note.inner_text()
    choose(widget, "100")
    words = note.inner_text()
    error = float(words.split("(1 − ")[1].split(")")[0])
    found = words.split("= ")[1].split(",")[0]
    if "over" not in found and "under" not in found:
        value = float(found.removesuffix(" %"))
        assert value == pytest.approx(100 * error_growth(error, 100), abs=4)


def test_a_drag_over_the_histogram_moves_the_threshold(widget):
    svg = widget.locator("svg.cv-bars")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    mouse = widget.page.mouse
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2, steps=5)
    mouse.up()
    slider = widget.get_by_label("threshold τ", exact=True)
    most = float(slider.get_attribute("max"))
    assert float(slider.input_value()) == pytest.approx(0.705 * most, abs=0.03 * most)


def test_it_fits_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-face-threshold").first
    assert sticks_out(widget) <= 0
