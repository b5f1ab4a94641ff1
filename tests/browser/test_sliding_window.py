"""The sliding window, moved as a reader would move it."""

import pytest

from tests.browser.reader import status

pytestmark = pytest.mark.browser
PAGE = "book/convolution/sliding-window"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-sliding-window").first


def outputs(widget) -> list[str]:
    return widget.locator("table.cv-output td").all_inner_texts()


def test_a_step_shows_the_next_number(widget):
    assert outputs(widget)[:2] == ["4", ""]
    widget.get_by_role("button", name="Step forward").click()
    assert outputs(widget)[:2] == ["4", "3"]
    assert status(widget).endswith("= 3")


def test_the_slider_moves_by_arrow_keys(widget):
    widget.get_by_label("position").focus()
    widget.page.keyboard.press("ArrowRight")
    widget.page.keyboard.press("ArrowRight")
    assert outputs(widget)[:4] == ["4", "3", "4", ""]


def test_a_pressed_pixel_changes_the_outputs_that_see_it(widget):
    widget.get_by_role("button", name="pixel row 1 column 1: 1").click()
    assert outputs(widget)[0] == "3"


def test_a_new_weight_changes_every_output(widget):
    widget.get_by_role("button", name="output row 3 column 3").click()
    before = outputs(widget)
    widget.get_by_label("kernel, row 2, column 2").fill("3")
    after = outputs(widget)
    assert before != after
    assert after[0] == "6"  # the centre pixel of the first window is 1: two more


def test_play_runs_to_the_end_and_stops(widget):
    widget.get_by_role("button", name="output row 3 column 1").click()
    widget.get_by_role("button", name="Play").click()
    widget.page.wait_for_function(
        "document.querySelector('.cv-sliding-window td.hand')?.innerText === '4'"
    )
    widget.get_by_role("button", name="Play").wait_for(timeout=5000)
