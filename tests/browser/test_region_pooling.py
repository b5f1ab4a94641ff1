"""A region dragged over a feature map, pooled in two ways."""

import pytest
import torch

from cvlib.roi import roi_align, roi_bins, roi_pool
from cvlib.widgets.region_pooling import values
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/regions/roi-pooling"
START = [2.25, 1.25, 6.75, 5.5]


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-region-pooling").first


def results(widget) -> dict[str, list[str]]:
    names = ("RoIPool", "RoIAlign")
    tables = widget.locator(".cv-results table").all()
    return {
        name: table.locator("td").all_inner_texts()
        for name, table in zip(names, tables, strict=True)
    }


def expected(box: list[float], bins: int) -> dict[str, list[str]]:
    maps = torch.tensor([[values()]], dtype=torch.float64)
    boxes = [torch.tensor([box], dtype=torch.float64)]
    pooled = roi_pool(maps, boxes, bins).flatten().tolist()
    aligned = roi_align(maps, boxes, bins, 1.0, 2, True).flatten().tolist()
    return {"RoIPool": printed(pooled, 1), "RoIAlign": printed(aligned, 1)}


@pytest.mark.parametrize("bins", [1, 2, 3, 4])
def test_both_results_are_those_of_cvlib(widget, bins):
    choose(widget, f"{bins} × {bins}")
    assert results(widget) == expected(START, bins)


def test_the_sentence_names_what_is_read(widget):
    rows, columns = roi_bins(torch.tensor(START), 2)
    said = status(widget)
    assert f"columns {columns[0][0]} to {columns[-1][1] - 1}" in said
    assert f"rows {rows[0][0]} to {rows[-1][1] - 1}" in said
    choose(widget, "RoIAlign")
    assert "nothing is rounded" in status(widget)
    assert widget.locator("circle.point").count() == 16


def test_a_quarter_of_a_cell_moves_roi_align_and_not_roi_pool(widget):
    before = results(widget)
    widget.locator("svg").focus()
    widget.page.keyboard.press("ArrowLeft")
    after = results(widget)
    assert after["RoIPool"] == before["RoIPool"]
    assert after["RoIAlign"] != before["RoIAlign"]
    assert after == expected([2.0, 1.25, 6.5, 5.5], 2) | {"RoIPool": after["RoIPool"]}


def test_shift_with_an_arrow_resizes(widget):
    widget.locator("svg").focus()
    widget.page.keyboard.press("Shift+ArrowRight")
    assert results(widget) == expected([2.25, 1.25, 7.0, 5.5], 2)


def test_the_sliders_place_the_region(widget):
    slide_to(widget, "left", 0.75)
    slide_to(widget, "height", 2)
    assert results(widget) == expected([0.75, 1.25, 5.25, 3.25], 2)


def test_the_region_is_dragged_and_stays_on_the_map(widget):
    svg = widget.locator("svg")
    svg.scroll_into_view_if_needed()
    area, mouse = svg.bounding_box(), widget.page.mouse
    cell = area["width"] / 10
    mouse.move(area["x"] + 4 * cell, area["y"] + 3 * cell)
    mouse.down()
    mouse.move(area["x"] + 5 * cell, area["y"] + 4 * cell, steps=5)
    assert results(widget) == expected([3.25, 2.25, 7.75, 6.5], 2)
    mouse.move(area["x"] + 20 * cell, area["y"] + 20 * cell, steps=5)
    mouse.up()
    assert results(widget) == expected([5.5, 3.75, 10.0, 8.0], 2)


def test_on_a_phone_a_tap_brings_the_region(phone):
    widget = phone.open(PAGE).locator(".cv-region-pooling").first
    svg = widget.locator("svg")
    svg.scroll_into_view_if_needed()
    area = svg.bounding_box()
    svg.tap(position={"x": area["width"] * 0.95, "y": area["height"] * 0.95})
    assert results(widget) == expected([5.5, 3.75, 10.0, 8.0], 2)
    assert sticks_out(widget) <= 0
