"""Windows over a picture, dragged and counted by a reader."""

import pytest

from cvlib.localize import sliding_windows
from tests.browser.reader import status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/locating/sliding-windows"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-window-scan").first


def choose(widget, strip: str, name: str) -> None:
    group = widget.get_by_role("group", name=strip, exact=True)
    group.get_by_label(name, exact=True).click()


@pytest.mark.parametrize(
    ("side", "stride", "strip", "scales"),
    [
        (64, 32, "1", [1]),
        (48, 8, "1, ½", [1, 0.5]),
        (128, 64, "2, 1, ½", [2, 1, 0.5]),
    ],
)
def test_it_counts_what_cvlib_counts(widget, side, stride, strip, scales):
    choose(widget, "window", str(side))
    choose(widget, "stride", str(stride))
    choose(widget, "picture at", strip)
    windows = sliding_windows((256, 320), side, stride=stride, scales=scales)
    assert status(widget).startswith(f"{len(windows)} windows.")
    assert f"of {len(windows)}" in widget.locator(".cv-player output").inner_text()


def hand(widget) -> tuple[float, float, float]:
    rect = widget.locator("rect.cv-hand")
    return tuple(float(rect.get_attribute(a)) for a in ("x", "y", "width"))


def test_the_arrow_keys_move_it_by_a_stride(widget):
    widget.locator(".cv-stage svg").focus()
    widget.page.keyboard.press("ArrowRight")
    widget.page.keyboard.press("ArrowDown")
    assert hand(widget) == (32, 32, 64)
    widget.page.keyboard.press("ArrowUp")
    widget.page.keyboard.press("ArrowUp")
    assert hand(widget) == (32, 0, 64)


def test_a_drag_takes_it_along(widget):
    svg = widget.locator(".cv-stage svg")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    mouse = widget.page.mouse
    mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=5)
    mouse.up()
    assert hand(widget) == (256, 192, 64)


def test_on_half_a_picture_it_sees_twice_as_much(widget):
    choose(widget, "picture at", "1, ½")
    windows = sliding_windows((256, 320), 64, stride=32, scales=(1, 0.5))
    widget.get_by_label("window", exact=True).last.fill(str(len(windows) - 1))
    assert hand(widget)[2] == 128


def test_finer_steps_fit_more_objects_and_the_pass_saves_more(widget):
    assert "fit none" in status(widget)
    coarse = widget.locator(".cv-fit").count()
    choose(widget, "stride", "8")
    choose(widget, "picture at", "2, 1, ½")
    assert widget.locator(".cv-fit").count() > coarse
    assert "times less" in widget.locator(".cv-price").inner_text()


def test_windows_with_gaps_make_the_pass_dearer(widget):
    choose(widget, "window", "48")
    choose(widget, "stride", "64")
    assert "Cutting out is cheaper" in widget.locator(".cv-price").inner_text()


def test_a_window_larger_than_the_picture_is_not_counted(widget):
    choose(widget, "window", "128")
    choose(widget, "stride", "64")
    windows = sliding_windows((256, 320), 128, stride=64)
    assert status(widget).startswith(f"{len(windows)} windows.")


def test_on_a_phone_it_stays_in_its_column(phone):
    widget = phone.open(PAGE).locator(".cv-window-scan").first
    widget.get_by_label("96", exact=True).tap()
    assert hand(widget)[2] == 96
    assert sticks_out(widget) <= 0
