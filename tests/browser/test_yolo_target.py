"""YOLO's target, painted by a reader."""

import pytest

from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/grids/grid-target"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-yolo-target").first


def numbers(widget) -> list[str]:
    return widget.locator(".cv-yolo-numbers td").all_inner_texts()


def at(widget, x, y):
    """A place of the picture of 90 × 90, in pixels of the page."""
    box = widget.locator("svg").bounding_box()
    scale = box["width"] / 372
    return box["x"] + (6 + 4 * x) * scale, box["y"] + (6 + 4 * y) * scale


def drag(widget, start, end):
    mouse = widget.page.mouse
    mouse.move(*at(widget, *start))
    mouse.down()
    mouse.move(*at(widget, *end), steps=6)
    mouse.up()


def test_the_first_car_stands_in_the_middle(widget):
    assert numbers(widget) == ["1", "0.67", "0.6", "2", "0.93", "0", "1", "0"]
    assert "lies in row 1, column 1" in status(widget)
    assert "b_w exceeds 1" in status(widget)
    assert "3 × 3 × 8 = 72 numbers" in status(widget)


def test_anchors_double_the_numbers(widget):
    widget.get_by_label("two anchors, tall and wide").check()
    assert "3 × 3 × 2 × 8 = 144 numbers" in status(widget)
    assert "nearest to the wide anchor" in status(widget)
    assert len(numbers(widget)) == 16


def test_a_drag_on_the_picture_draws_an_object(widget):
    drag(widget, (64, 66), (84, 88))
    assert widget.locator("svg rect[role=button]").count() == 3
    assert "row 2, column 2" in status(widget)


def test_a_second_object_in_a_cell_is_lost_until_anchors_come(widget):
    slide_to(widget, "cells each way", 1)
    lost = widget.locator("svg rect.lost")
    assert lost.count() == 1
    widget.get_by_label("two anchors, tall and wide").check()
    assert lost.count() == 0
    widget.get_by_role("button", name="Add an object").click()  # a second wide one
    assert "is lost: row 0, column 0, the wide anchor, is taken" in status(widget)
    assert lost.count() == 1


def test_an_object_is_moved_by_hand_and_by_keys(widget):
    drag(widget, (50, 50), (50, 76))
    assert "row 2, column 1" in status(widget)
    car = widget.get_by_role("button", name="car 1")
    car.press("ArrowUp")
    assert widget.locator("svg rect.chosen").evaluate(
        "e => e === document.activeElement"
    )
    assert "row 2" in status(widget)


def test_its_class_moves_the_one(widget):
    choose(widget, "motorcycle")
    assert numbers(widget)[5:] == ["0", "0", "1"]


def test_a_finer_grid_has_more_numbers(widget):
    slide_to(widget, "cells each way", 7)
    assert "7 × 7 × 8 = 392 numbers" in status(widget)


def test_without_objects_all_is_zero(widget):
    for _ in range(2):
        widget.get_by_role("button", name="Remove").click()
    assert status(widget).startswith("An empty picture: every number is 0.")
    assert set(numbers(widget)) == {"0"}


def test_it_fits_a_phone_and_a_finger(phone):
    widget = phone.open(PAGE).locator(".cv-yolo-target").first
    widget.get_by_label("two anchors, tall and wide").check()
    assert sticks_out(widget) <= 0
