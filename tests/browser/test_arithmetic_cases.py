"""The fifteen cases, browsed by a reader."""

import pytest

from cvlib.resample import CASES, conv_frames
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/upsampling/arithmetic"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-arithmetic-cases").first


def go(widget, name: str) -> None:
    choose(widget, name.replace(", transposed", ""))
    if CASES[name].transposed:
        choose(widget, "transposed")


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_drawn_as_cvlib_counts_it(widget, name):
    go(widget, name)
    case, frames = CASES[name], list(conv_frames(CASES[name]))
    n, o = case.size, case.output_size
    assert status(widget).startswith(f"{n} × {n} becomes {o} × {o}: ")
    assert widget.locator("rect.in").count() == n * n
    assert widget.locator("rect.in, rect.zero").count() == case.drawn**2
    assert widget.locator("rect.out").count() == o * o
    for step in (0, len(frames) - 1):
        slide_to(widget, "window", step)
        assert widget.locator("rect.lit").count() == case.kernel_size**2
        assert widget.locator("rect.in.lit").count() == len(frames[step].read)
        read = len(frames[step].read)
        assert f"reads {read} pixel{'' if read == 1 else 's'}" in status(widget)


def test_the_direction_stays_when_another_case_is_chosen(widget):
    choose(widget, "transposed")
    choose(widget, "full padding")
    assert status(widget).startswith("7 × 7 becomes 5 × 5")
    choose(widget, "dilation")
    assert widget.get_by_label("convolution", exact=True).is_checked()
    assert widget.get_by_label("transposed", exact=True).is_disabled()


def test_a_pressed_output_moves_the_window(widget):
    widget.get_by_role("button", name="output row 2, column 2").click()
    pressed = widget.locator('[aria-pressed="true"]')
    assert pressed.get_attribute("aria-label") == "output row 2, column 2"
    assert widget.locator(".cv-player output").inner_text() == "5 of 9"


def test_the_arrow_keys_walk_over_the_output(widget):
    widget.get_by_role("button", name="output row 1, column 1").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp"):
        widget.page.keyboard.press(key)
    pressed = widget.locator('[aria-pressed="true"]')
    assert pressed.get_attribute("aria-label") == "output row 1, column 2"
    assert pressed.evaluate("e => e === document.activeElement")


def test_the_size_is_written_out(widget):
    choose(widget, "stride, padding, odd")
    assert "⌊(6 + 2·1 − 3) / 2⌋ + 1 = 3" in status(widget)
    choose(widget, "transposed")
    assert "2·(3 − 1) + 3 − 2·1 + 1 = 6" in status(widget)
    choose(widget, "dilation")
    assert "⌊(7 − 2·(3 − 1) − 1) / 1⌋ + 1 = 3" in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-arithmetic-cases").first
    choose(widget, "full padding")
    assert sticks_out(widget) <= 0
