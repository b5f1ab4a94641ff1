"""An anchor, a positive and a negative, dragged by a reader."""

import pytest

from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/faces/triplets"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-triplet-drag").first


def loss(widget) -> float:
    return float(widget.locator("tr.main td").inner_text())


def place(widget, name) -> tuple[float, float]:
    label = widget.locator(f"circle.{name}").get_attribute("aria-label")
    x, y = label.split(" at ")[1].replace("−", "-").split(", ")
    return float(x), float(y)


@pytest.mark.parametrize("name", ["easy", "semi-hard", "hard"])
def test_a_preset_is_what_it_is_called(widget, name):
    choose(widget, name)
    assert status(widget).lower().startswith(name)
    margin = 0.4
    low, high = {"easy": (0, 0), "semi-hard": (0.01, margin), "hard": (margin, 9)}[name]
    assert low <= loss(widget) <= high


def test_an_easy_triplet_does_not_move(widget):
    choose(widget, "easy")
    before = [place(widget, n) for n in ("anchor", "positive", "negative")]
    widget.get_by_role("button", name="20 steps").click()
    assert before == [place(widget, n) for n in ("anchor", "positive", "negative")]
    assert widget.locator(".cv-pad polygon").count() == 0


def test_steps_make_a_hard_triplet_easy(widget):
    choose(widget, "hard")
    before = loss(widget)
    widget.get_by_role("button", name="One step").click()
    assert loss(widget) < before
    for _ in range(4):
        widget.get_by_role("button", name="20 steps").click()
    assert loss(widget) == 0


def test_a_collapse_costs_the_margin_and_nothing_leads_out_of_it(widget):
    choose(widget, "collapsed")
    assert loss(widget) == pytest.approx(0.4)
    widget.get_by_role("button", name="20 steps").click()
    assert loss(widget) == pytest.approx(0.4)
    assert "no step leads out of it" in status(widget)
    slide_to(widget, "margin α", 0)
    assert loss(widget) == 0


def test_arrow_keys_move_the_point_that_has_the_focus(widget):
    x, y = place(widget, "negative")
    negative = widget.locator("circle.negative")
    negative.focus()
    negative.press("ArrowRight")
    negative.press("ArrowUp")
    assert place(widget, "negative") == (
        pytest.approx(x + 0.05),
        pytest.approx(y + 0.05),
    )


def test_a_drag_takes_the_negative_out_of_the_rings(widget):
    board = widget.locator("svg.cv-pad")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    dot = widget.locator("circle.negative").bounding_box()
    mouse = widget.page.mouse
    mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 15, box["y"] + box["height"] - 15, steps=6)
    mouse.up()
    assert loss(widget) == 0
    assert status(widget).startswith("Easy")


def test_on_the_circle_all_points_have_length_one(widget):
    choose(widget, "hard")
    widget.get_by_label("points of length 1").check()
    widget.get_by_role("button", name="20 steps").click()
    for name in ("anchor", "positive", "negative"):
        x, y = place(widget, name)
        assert x**2 + y**2 == pytest.approx(1, abs=0.02)


def test_plain_distances_have_another_loss(widget):
    choose(widget, "semi-hard")
    squared = loss(widget)
    choose(widget, "plain")
    assert loss(widget) != squared


def test_it_fits_a_phone_and_a_finger_finds_a_point(phone):
    widget = phone.open(PAGE).locator(".cv-triplet-drag").first
    widget.locator("circle.anchor").tap()
    assert sticks_out(widget) <= 0
