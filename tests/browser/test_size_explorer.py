"""The size explorer, moved as a reader would move it."""

import pytest

from tests.browser.reader import choose, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/sizes/stride-and-dilation"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-size-explorer").first


def size(widget) -> str:
    return widget.locator(".cv-formula strong").inner_text()


def says(widget) -> str:
    return widget.locator(".cv-status").inner_text()


def test_seven_and_eight_pixels_come_out_equally_large(widget):
    assert size(widget) == "3"
    assert "never read" in says(widget)
    widget.get_by_label("input n").press("ArrowLeft")
    assert size(widget) == "3"
    assert "never read" not in says(widget)


def test_every_example_gives_its_size(widget):
    wanted = dict(valid=6, same=8, full=10, strided=3, dilated=6, AlexNet=55)
    for name, outputs in wanted.items():
        widget.get_by_label(name, exact=True).check()
        assert size(widget) == str(outputs), name


def test_a_kernel_that_does_not_fit_is_refused_with_a_sentence(widget):
    widget.get_by_label("kernel f").fill("9")
    assert widget.locator(".cv-formula strong").count() == 0
    assert says(widget).startswith("Not legal: the kernel reaches over 9 pixels")


def test_there_is_one_line_for_every_window(widget):
    widget.get_by_label("full", exact=True).check()
    assert widget.locator(".win").count() == 10


def test_pointing_at_an_output_shows_its_window(widget):
    widget.locator("rect.out").nth(2).hover()
    assert widget.get_by_label("window", exact=True).input_value() == "2"


@pytest.mark.parametrize("example", ["strided", "full", "AlexNet"])
def test_on_a_phone_nothing_sticks_out(phone, example):
    widget = phone.open(PAGE).locator(".cv-size-explorer").first
    choose(widget, example)
    assert sticks_out(widget) <= 0
