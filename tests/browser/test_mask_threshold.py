"""A map of probabilities, cut at a threshold."""

import pytest

from cvlib.widgets.mask_threshold import network, worth
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/instances/mask-rcnn"
NAMES = {"sharp": "sure", "unsure": "unsure", "shifted": "sure and beside it"}


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-mask-threshold").first


def expected(kind, threshold) -> str:
    said = worth(*network(kind), threshold)
    return (
        f"{said['both']} pixels are right, {said['extra']} too many and "
        f"{said['missed']} missing: IoU {round(said['iou'], 2):g}"
    )


@pytest.mark.parametrize("kind", NAMES)
def test_the_counts_are_those_of_cvlib(widget, kind):
    choose(widget, NAMES[kind])
    for threshold in (0.05, 0.5, 0.9):
        slide_to(widget, "threshold", threshold)
        assert expected(kind, threshold) in status(widget)


def test_cells_are_drawn_as_they_are_counted(widget):
    said = worth(*network("unsure"), 0.5)
    for name in ("both", "extra", "missed"):
        assert widget.locator(f"rect.{name}").count() == said[name]


def test_no_threshold_helps_a_mask_beside_its_object(widget):
    choose(widget, NAMES["shifted"])
    assert "No threshold moves a mask back" in status(widget)


def test_a_better_place_to_cut_is_named(widget):
    slide_to(widget, "threshold", 0.05)
    assert "it would be" in status(widget)
    sure = worth(*network("unsure"), 0.05)
    assert f"IoU {round(sure['iou'], 2):g}" in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-mask-threshold").first
    assert sticks_out(widget) <= 0
