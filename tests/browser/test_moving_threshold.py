"""The threshold over detections of coins, moved by a reader."""

import pytest

from cvlib.metrics import average_precision, precision_recall
from cvlib.widgets.moving_threshold import COINS, detections, matched
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/measuring/average-precision"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-moving-threshold").first


def ap(iou=0.5, duplicate=False, method="area") -> str:
    scores, hits = matched(detections(duplicate), COINS, iou)
    return f"{average_precision(scores, hits, 8, method=method).item():.3f}"


def counted(widget) -> int:
    return widget.locator("tbody tr:not(.cv-below)").count()


@pytest.mark.parametrize("threshold", [0.95, 0.81, 0.6, 0.2])
def test_the_point_has_the_precision_and_recall_of_cvlib(widget, threshold):
    scores, hits = matched(detections(), COINS, 0.5)
    curve = precision_recall(scores, hits, 8)
    here = int((curve.thresholds >= threshold).sum()) - 1
    slide_to(widget, "score at least", threshold)
    assert counted(widget) == here + 1
    (precision,) = printed([curve.precision[here].item()])
    (recall,) = printed([curve.recall[here].item()], 3)
    assert f"precision {precision}." in status(widget)
    assert f"recall {recall}." in status(widget)
    assert widget.locator("rect.cv-mt-box").count() == here + 1


@pytest.mark.parametrize("iou", ["0.3", "0.5", "0.75", "0.9"])
def test_more_overlap_makes_hits_into_mistakes(widget, iou):
    choose(widget, iou)
    assert f"AP over all thresholds: {ap(float(iou))}." in status(widget)
    _, hits = matched(detections(), COINS, float(iou))
    assert widget.locator("td:text-is('hit')").count() == int(hits.sum())


@pytest.mark.parametrize("method", ["11 points", "101 points"])
def test_the_curve_is_read_at_a_grid(widget, method):
    choose(widget, method)
    assert f"thresholds: {ap(method=method)}." in status(widget)
    readings = widget.locator(".cv-mt-reading").count()
    assert readings == int(method.split()[0])


def test_a_coin_that_is_found_twice_costs_precision(widget):
    slide_to(widget, "score at least", 0.85)
    before = counted(widget)
    widget.get_by_label("find the first coin twice").check()
    assert counted(widget) == before + 1
    assert "a duplicate: the coin had been found" in status(widget)
    assert f"thresholds: {ap(duplicate=True)}." in status(widget)
    assert float(ap(duplicate=True)) < float(ap())


def test_nothing_is_sure_enough(widget):
    slide_to(widget, "score at least", 1)
    assert status(widget).startswith("Nothing is sure enough")
    assert counted(widget) == 0


def test_the_arrow_keys_lower_the_threshold(widget):
    bar = widget.get_by_label("score at least", exact=True)
    slide_to(widget, "score at least", 0.55)
    before = counted(widget)
    bar.focus()
    bar.press("ArrowLeft")
    assert counted(widget) == before + 1  # 0.54 is the score of the eighth


def test_the_curve_can_be_dragged(widget):
    chart = widget.locator(".cv-mt-chart")
    chart.scroll_into_view_if_needed()
    dots = widget.locator("circle.cv-mt-dot")
    first, last = (d.bounding_box() for d in (dots.first, dots.nth(8)))
    mouse = widget.page.mouse
    mouse.move(first["x"] + 4, first["y"] + 4)
    mouse.down()
    assert counted(widget) == 1
    mouse.move(last["x"] + 4, last["y"] + 4, steps=5)
    mouse.up()
    assert counted(widget) == 9


@pytest.mark.parametrize(
    ("iou", "words"), [("0.3", "Every coin is found"), ("0.5", "1 coin of 8 is found")]
)
def test_the_note_says_how_far_the_curve_can_come(widget, iou, words):
    choose(widget, iou)
    assert widget.locator("p.cv-muted").last.inner_text().startswith(words)


def test_it_fits_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-moving-threshold").first
    assert sticks_out(widget) <= 0
    widget.get_by_label("find the first coin twice").tap()
    assert f"thresholds: {ap(duplicate=True)}." in status(widget)
