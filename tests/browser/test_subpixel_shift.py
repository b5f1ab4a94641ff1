"""A region moved by parts of a cell, cut out and laid back."""

import pytest

from cvlib.widgets.subpixel_shift import cut, put_back, values
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/instances/roi-align"
START = (0.25, 0.5)


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-subpixel-shift").first


def overlap(shift, method) -> str:
    x, y = (1.25 + s for s in shift)
    box = [x, y, x + 7.5, y + 7.5]
    _, _, iou = put_back(cut(values(), box, method), box)
    return f"IoU {round(iou, 2):g},"


@pytest.mark.parametrize("method", ["RoIPool", "RoIAlign", "half a cell off"])
def test_the_overlap_is_that_of_cvlib(widget, method):
    choose(widget, method)
    assert overlap(START, method) in status(widget)


def test_roi_align_stays_on_the_object_wherever_the_region_goes(widget):
    choose(widget, "RoIAlign")
    for right in (0, 0.375, 1, 2):
        slide_to(widget, "right", right)
        assert "The mask lies on its object" in status(widget)
        assert overlap((right, 0.5), "RoIAlign") in status(widget)


def test_half_a_cell_is_always_the_same_half_cell(widget):
    choose(widget, "half a cell off")
    for right in (0, 0.75, 1.5):
        slide_to(widget, "right", right)
        said = status(widget)
        assert "half a cell too far" in said
        assert "to the left" in said
        assert "up of its object" in said


def test_roi_pool_says_which_columns_it_reads(widget):
    choose(widget, "RoIPool")
    slide_to(widget, "right", 0.5)
    assert "read from column 2 to 9, and laid back at 1.75 to 9.25" in status(widget)


def test_the_region_is_dragged_and_stays_on_the_map(widget):
    choose(widget, "RoIAlign")
    svg = widget.locator("svg")
    svg.scroll_into_view_if_needed()
    area, mouse = svg.bounding_box(), widget.page.mouse
    cell = area["width"] / 12
    mouse.move(area["x"] + 5 * cell, area["y"] + 5 * cell)
    mouse.down()
    mouse.move(area["x"] + 6 * cell, area["y"] + 5 * cell, steps=4)
    assert overlap((1.25, 0.5), "RoIAlign") in status(widget)
    mouse.move(area["x"] + 12 * cell, area["y"] + 12 * cell, steps=4)
    mouse.up()
    assert overlap((2, 2), "RoIAlign") in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-subpixel-shift").first
    assert sticks_out(widget) <= 0
