"""The volume demo, moved as a reader would move it."""

import pytest

pytestmark = pytest.mark.browser
PAGE = "book/sizes/volumes"
MAPS = ["3", "3", "−2", "2", "−3", "1", "2", "−5", "0",
        "−4", "−5", "−1", "−6", "−7", "−3", "−3", "−4", "−4"]  # fmt: skip


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-volume-demo").first


def outputs(widget) -> list[str]:
    return widget.locator(".cv-maps td").all_inner_texts()


def test_eighteen_steps_write_the_two_maps(widget):
    assert outputs(widget) == MAPS[:1] + [""] * 17
    widget.get_by_label("output", exact=True).fill("17")
    assert outputs(widget) == MAPS


def test_the_three_sums_and_the_bias_make_the_output(widget):
    widget.get_by_label("output", exact=True).fill("4")
    assert widget.locator(".cv-sum strong").all_inner_texts() == ["0", "0", "−4"]
    status = widget.locator(".cv-status").inner_text()
    assert status.startswith("0 + 0 + (−4) + 1 (bias) = −3")


def test_a_pressed_output_is_shown(widget):
    widget.get_by_role("button", name="output 0 row 2 column 3").click()
    assert widget.locator("td.hand").inner_text() == "1"


def test_the_other_filter_looks_at_the_same_window(widget):
    widget.get_by_label("output", exact=True).fill("4")
    lit = widget.locator("td.lit").count()
    widget.get_by_label("w₁", exact=True).check()
    assert widget.locator("td.lit").count() == lit == 27
    assert widget.locator("td.hand").inner_text() == "−7"


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_sticks_out_of_the_page(widget, width):
    widget.page.set_viewport_size({"width": width, "height": 900})
    inside = "e => e.scrollWidth <= e.clientWidth"
    assert widget.evaluate(inside)
    assert widget.page.evaluate(
        "document.documentElement.scrollWidth <= window.innerWidth"
    )
