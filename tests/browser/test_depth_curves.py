"""The curves of twelve trainings, chosen by depth and by kind of block."""

import json

import pytest

from cvlib.widgets.depth_curves import DepthCurves, find, gap, verdict
from tests.browser.conftest import ROOT
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/deeper/degradation"
RECORD = json.loads((ROOT / "book/data/depth_digits.json").read_text("utf-8"))
RUNS = DepthCurves.of(RECORD).runs
DEPTHS = sorted({run["depth"] for run in RUNS})
LAST = len(RUNS[0]["train"])
SAID = {
    "degrades": "That is degradation, not overfitting.",
    "overfits": "overfitting.",
    "gains": "It fits the training images better",
    "equal": "it is level with",
    "shallowest": "It is the shallowest of its kind",
}


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-depth-curves").first


def go(widget, depth: int, residual: bool) -> None:
    choose(widget, "residual" if residual else "plain")
    slide_to(widget, "depth", DEPTHS.index(depth))


def agrees(widget, depth: int, residual: bool, epoch: int = LAST) -> None:
    run = RUNS[find(RUNS, depth, residual)]
    train, test = (run[key][epoch - 1] for key in ("train", "test"))
    begin = (
        f"After epoch {epoch}, {run['name']} gets {train:.1f} % of its training images "
        f"wrong and {test:.1f} % of the test images."
    )
    assert status(widget).startswith(begin)
    assert SAID[verdict(RUNS, depth, residual, epoch)] in status(widget)


def test_it_opens_with_the_deepest_plain_net_which_degrades(widget):
    agrees(widget, DEPTHS[-1], False)
    off = gap(RUNS, DEPTHS[-1], False, LAST, "train")
    assert f"does worse than plain-{DEPTHS[0]}, by {off:.1f} points" in status(widget)


@pytest.mark.parametrize("residual", [False, True])
def test_every_depth_says_what_the_record_says(widget, residual):
    for depth in DEPTHS:
        go(widget, depth, residual)
        agrees(widget, depth, residual)


def test_the_hand_moves_through_the_epochs(widget):
    before = widget.locator(".cv-now").get_attribute("x1")
    for epoch in (1, 7):
        slide_to(widget, "epoch", epoch)
        agrees(widget, DEPTHS[-1], False, epoch)
    assert widget.locator(".cv-now").get_attribute("x1") != before


def test_the_keyboard_goes_deeper(widget):
    go(widget, DEPTHS[1], True)
    widget.get_by_label("depth", exact=True).press("ArrowRight")
    agrees(widget, DEPTHS[2], True)


def test_every_run_has_a_curve_and_the_chosen_one_two(widget):
    assert widget.locator("polyline").count() == len(RUNS) + 1
    names = widget.locator("svg").get_attribute("aria-label")
    assert all(run["name"] in names for run in RUNS)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-depth-curves").first
    choose(widget, "residual")
    agrees(widget, DEPTHS[-1], True)
    assert sticks_out(widget) <= 0
    assert phone.errors == []
