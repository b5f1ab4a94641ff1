"""The connections of a 1-D convolution and their matrix, moved by a reader."""

import numpy as np
import pytest

from cvlib.conv import toeplitz
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/convolution/one-dimension"
X = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-weights-matrix").first


def outputs(widget) -> list[str]:
    return widget.locator(".cv-rowline .out text").all_text_contents()


def row(widget, k: int):
    return widget.locator(".cv-rowline").nth(k).locator(".cv-cell").first


def matrix(widget) -> list[str]:
    return widget.locator(".cv-rowline .cv-cell:not(.out) text").all_text_contents()


@pytest.mark.parametrize(
    ("example", "w", "stride", "padding"),
    [
        ("size 2, stride 2", [1, 2], 2, 0),
        ("size 2, stride 1", [1, 2], 1, 0),
        ("change", [-1, 1], 1, 0),
        ("smooth, padded", [0.25, 0.5, 0.25], 1, 1),
    ],
)
def test_an_example_shows_its_matrix_and_what_it_makes(
    widget, example, w, stride, padding
):
    choose(widget, example)
    T = toeplitz(np.array(w), 8, stride=stride, padding=padding)
    assert matrix(widget) == printed(T.ravel())
    assert outputs(widget) == printed(T @ X)


def test_a_new_weight_moves_every_row(widget):
    widget.get_by_label("weights w, row 1, column 2").fill("10")
    assert outputs(widget) == ["13", "14", "95", "62"]
    assert matrix(widget).count("10") == 4


def test_the_stride_moves_by_the_arrow_keys(widget):
    assert len(outputs(widget)) == 4
    widget.get_by_label("stride", exact=True).press("ArrowLeft")
    assert outputs(widget) == printed(toeplitz(np.array([1, 2]), 8) @ X)
    counts = widget.locator(".cv-counts").inner_text()
    assert counts.startswith("2 weights for 7 outputs.")
    assert counts.endswith("7 × 8 = 56.")


def test_pointing_at_a_row_shows_its_sum(widget):
    assert status(widget) == "y₂ = 1·4 + 2·1 = 6"
    row(widget, 3).hover()
    assert status(widget) == "y₄ = 1·2 + 2·6 = 14"
    assert widget.locator(".cv-rowline .hand text").text_content() == "14"


def test_only_the_inputs_of_a_window_are_lit(widget):
    lit = widget.locator(".cv-cell.in.lit text")
    assert lit.all_text_contents() == ["4", "1"] * 2  # beside the lines, and above
    slide_to(widget, "output", 0)
    assert lit.all_text_contents() == ["3", "1"] * 2


def test_a_spike_reads_the_weights_backwards(widget):
    choose(widget, "spike")
    choose(widget, "size 2, stride 1")
    assert outputs(widget) == ["0", "0", "2", "1", "0", "0", "0"]


def test_after_a_reload_it_starts_afresh(widget):
    slide_to(widget, "padding", 2)
    assert outputs(widget)[0] == "0"
    widget.page.reload()
    assert outputs(widget) == ["5", "6", "23", "14"]


def test_on_a_phone_a_finger_finds_a_row(phone):
    widget = phone.open(PAGE).locator(".cv-weights-matrix").first
    choose(widget, "smooth, padded")
    row(widget, 6).tap()
    assert status(widget).startswith("y₇ = ")
    assert sticks_out(widget) <= 0
    assert phone.errors == []
