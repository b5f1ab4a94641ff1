"""Stamps of a transposed convolution, set one by one by a reader."""

import numpy as np
import pytest

from cvlib.conv import conv_transpose2d
from cvlib.resample import bilinear_kernel, overlap_count
from cvlib.widgets import TransposedScatter
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/upsampling/transposed"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-transposed-scatter").first


def outputs(widget) -> list[str]:
    return widget.locator("table.cv-output td").all_inner_texts()


def all_stamps(widget) -> None:
    field = widget.get_by_label("stamp", exact=True)
    field.fill(field.get_attribute("max"))


def test_all_stamps_together_are_cvlibs_output(widget):
    all_stamps(widget)
    assert outputs(widget) == printed(TransposedScatter().output().ravel())


def test_a_stamp_that_is_not_set_yet_leaves_nothing(widget):
    slide_to(widget, "stamp", 0)
    stamp = [["1", "0", "2"], ["0", "1", "0"], ["2", "0", "1"]]
    shown = np.reshape(outputs(widget), (5, 5))
    assert shown[:3, :3].tolist() == stamp
    assert set(shown[3:].ravel()) == set(shown[:, 3:].ravel()) == {""}
    assert "Stamp 1 of 4" in widget.inner_text()
    assert "No stamps overlap so far" in widget.inner_text()


def test_a_pressed_pixel_shows_its_sum(widget):
    all_stamps(widget)
    widget.get_by_role("button", name="output row 3 column 3: 15").click()
    assert status(widget) == "Row 3, column 3: 1 · 1 + 2 · 2 + 3 · 2 + 4 · 1 = 15."


def test_the_sum_says_what_is_still_to_come(widget):
    slide_to(widget, "stamp", 1)
    widget.locator("table.cv-output td button").nth(12).click()
    assert status(widget).endswith("= 5; 2 more to come.")


@pytest.mark.parametrize(
    ("example", "x", "k", "options"),
    [
        ("checkerboard", np.ones((3, 3)), 3, {"stride": 2}),
        ("even", np.ones((3, 3)), 4, {"stride": 2, "padding": 1}),
    ],
)
def test_ones_count_their_stamps(widget, example, x, k, options):
    choose(widget, example)
    all_stamps(widget)
    counts = overlap_count(x.shape, k, **options)
    assert outputs(widget) == printed(counts.ravel())
    shades = widget.locator("table.cv-output td").evaluate_all(
        "cells => cells.map(c => Number(c.className.match(/over(.)/)[1]))"
    )
    assert shades == counts.ravel().tolist()
    said = widget.inner_text()
    assert ("the counts alternate" in said) == (example == "checkerboard")


def test_the_bilinear_example_interpolates(widget):
    choose(widget, "bilinear")
    all_stamps(widget)
    x = np.array([[[0.0, 4], [8, 4]]])
    kernel = bilinear_kernel(2)[None, None]
    wanted = conv_transpose2d(x, kernel, stride=2, padding=1)
    assert outputs(widget) == printed(wanted.ravel())


def test_another_stride_and_padding_are_cvlibs(widget):
    for stride, padding in [(1, 0), (3, 0), (2, 1), (1, 1)]:
        slide_to(widget, "padding p", 0)
        slide_to(widget, "stride s", stride)
        slide_to(widget, "padding p", padding)
        all_stamps(widget)
        wanted = TransposedScatter(stride=stride, padding=padding).output()
        counts = TransposedScatter(stride=stride, padding=padding).overlaps()
        shown = [
            text if count else ""
            for text, count in zip(printed(wanted.ravel()), counts.ravel(), strict=True)
        ]
        assert outputs(widget) == shown


def test_typed_numbers_are_stamped(widget):
    all_stamps(widget)
    widget.get_by_label("input, row 1, column 1").fill("10")
    widget.get_by_label("kernel, row 1, column 1").fill("3")
    assert outputs(widget)[0] == "30"


@pytest.mark.parametrize("example", ["3×3, stride 2", "checkerboard", "even"])
def test_on_a_phone_nothing_sticks_out(phone, example):
    widget = phone.open(PAGE).locator(".cv-transposed-scatter").first
    choose(widget, example)
    assert sticks_out(widget) <= 0


def test_the_largest_map_fits_on_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-transposed-scatter").first
    for label, value in [("input n", 3), ("kernel k", 4), ("stride s", 3)]:
        slide_to(widget, label, value)
    assert widget.locator("table.cv-output tr").count() == 10
    assert sticks_out(widget) <= 0
