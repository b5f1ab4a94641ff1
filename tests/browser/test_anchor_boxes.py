"""Anchors over a photograph, changed and walked by a reader."""

import pytest
import torch

from cvlib.anchors import anchor_labels, base_anchors, grid_anchors, match
from cvlib.boxes import box_iou
from cvlib.widgets.anchor_boxes import HEIGHT, MULTIPLES, OBJECTS, RATIOS, WIDTH
from tests.browser.reader import slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/regions/faster-rcnn"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-anchor-boxes").first


def pick(widget, legend: str, name: str) -> None:
    strip = widget.get_by_role("group", name=legend, exact=True)
    strip.get_by_label(name, exact=True).click()


def counted(stride=16, smallest=40, scales=3, ratios=3) -> list[str]:
    """How many anchors of the whole picture stand for what."""
    base = base_anchors([smallest * m for m in MULTIPLES[scales]], RATIOS[ratios])
    boxes = grid_anchors((HEIGHT // stride, WIDTH // stride), stride, base)
    iou = box_iou(torch.tensor(list(OBJECTS.values()), dtype=torch.float32), boxes)
    labels = anchor_labels(match(iou, high=0.7, low=0.3, allow_low_quality=True))
    return [str((labels == label).sum().item()) for label in (1, 0, -1)]


def in_all(widget) -> list[str]:
    return widget.locator("tbody td:nth-of-type(2)").all_inner_texts()


def test_the_picture_begins_with_nine_anchors(widget):
    assert widget.locator("rect.anchor").count() == 9
    assert status(widget).startswith("20 × 30 places with 9 anchors each: 5400 in all")
    assert in_all(widget) == counted()


@pytest.mark.parametrize("stride", [8, 32])
def test_a_stride_lays_anchors_as_cvlib_does(widget, stride):
    pick(widget, "stride", str(stride))
    assert in_all(widget) == counted(stride=stride)


def test_scales_and_ratios_multiply(widget):
    pick(widget, "scales", "2")
    pick(widget, "ratios", "1")
    assert widget.locator("rect.anchor").count() == 2
    assert in_all(widget) == counted(scales=2, ratios=1)


def test_scales_that_do_not_fit_are_not_enough(widget):
    assert "overlaps the head with an IoU of 0.86: enough." in status(widget)
    slide_to(widget, "smallest scale", 64)
    assert in_all(widget) == counted(smallest=64)
    assert "enough" not in status(widget)


def test_the_arrow_keys_walk_from_place_to_place(widget):
    place = widget.locator("circle.place")
    before = float(place.get_attribute("cx"))
    widget.locator("svg").focus()
    widget.page.keyboard.press("ArrowRight")
    assert float(place.get_attribute("cx")) == before + 16


def test_a_place_in_the_corner_touches_nothing(widget):
    svg = widget.locator("svg")
    svg.click(position={"x": 3, "y": 3})
    assert "no anchor touches" in status(widget) or "IoU of 0" in status(widget)
    assert "9 of 9 reach beyond the picture." in status(widget)


def test_on_a_phone_a_tap_moves_the_place(phone):
    widget = phone.open(PAGE).locator(".cv-anchor-boxes").first
    svg = widget.locator("svg")
    svg.scroll_into_view_if_needed()
    area = svg.bounding_box()
    svg.tap(position={"x": area["width"] / 2, "y": area["height"] / 2})
    assert widget.locator("circle.place").get_attribute("cx") == "240"
    assert sticks_out(widget) <= 0
