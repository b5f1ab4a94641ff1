"""The pooling window, forward and backward, moved as a reader would move it."""

import numpy as np
import pytest

from cvlib.pool import avg_pool2d, max_pool2d, max_pool2d_backward
from cvlib.widgets import PoolingWindow
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/layers/pooling"
LECTURE = np.array(PoolingWindow().x, dtype=float)


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-pooling-window").first


def outputs(widget) -> list[str]:
    return widget.locator("table.cv-output td").all_inner_texts()


def numbers(widget) -> np.ndarray:
    """What stands in the input now."""
    side = widget.locator("table.cv-input tr").count()
    fields = widget.locator("table.cv-input input")
    values = fields.evaluate_all("cells => cells.map(c => Number(c.value))")
    values = [float(v) for v in values]
    return np.reshape(values, (-1, round(len(values) ** 0.5))) if side else None


def test_the_lectures_map_is_pooled_to_four_numbers(widget):
    assert outputs(widget) == ["3", "9", "3", "7"]
    choose(widget, "average")
    assert outputs(widget) == printed(avg_pool2d(LECTURE[None], 2).ravel())


def test_a_loser_changes_nothing_and_a_winner_takes_over(widget):
    pixel = widget.get_by_label("input, row 2, column 4")
    assert pixel.input_value() == "8"
    pixel.fill("2")
    assert outputs(widget)[1] == "9"
    pixel.fill("12")
    assert outputs(widget)[1] == "12"
    assert "in row 2, column 4: this place is the switch" in status(widget)


def test_overlapping_windows_pool_as_cvlib_does(widget):
    choose(widget, "3×3, stride 2")
    x = numbers(widget)
    assert x.shape == (5, 5)
    assert outputs(widget) == printed(max_pool2d(x[None], 3, stride=2).ravel())
    choose(widget, "average")
    assert outputs(widget) == printed(avg_pool2d(x[None], 3, stride=2).ravel())


def test_padding_is_minus_infinity_for_the_maximum_and_zero_for_the_mean(widget):
    choose(widget, "padding 1")
    x = numbers(widget)
    pads = widget.locator("table.cv-input td.pad")
    assert set(pads.all_inner_texts()) == {"−∞"}
    wanted = max_pool2d(x[None], 3, stride=2, padding=1)
    assert outputs(widget) == printed(wanted.ravel())
    choose(widget, "average")
    assert set(pads.all_inner_texts()) == {"0"}
    wanted = avg_pool2d(x[None], 3, stride=2, padding=1)
    assert outputs(widget) == printed(wanted.ravel())


@pytest.mark.parametrize("example", ["3×3, stride 2", "padding 1", "ties"])
def test_the_gradient_goes_back_to_the_winners(widget, example):
    choose(widget, example)
    choose(widget, "forward and backward")
    x = numbers(widget)[None]
    options = {
        "3×3, stride 2": {"kernel_size": 3, "stride": 2},
        "padding 1": {"kernel_size": 3, "stride": 2, "padding": 1},
        "ties": {"kernel_size": 2, "stride": 2},
    }[example]
    y, switches = max_pool2d(x, **options, return_indices=True)
    grad = 1.0 + np.arange(y.size).reshape(y.shape)
    wanted = max_pool2d_backward(grad, switches, x.shape)
    shown = widget.locator("table.cv-gradient").first.locator("td")
    assert shown.all_inner_texts() == printed(wanted.ravel())


def test_a_typed_gradient_is_passed_on(widget):
    choose(widget, "forward and backward")
    widget.get_by_label("gradient at output, row 1, column 2").fill("-7")
    shown = widget.locator("table.cv-gradient").first.locator("td")
    assert shown.nth(3).inner_text() == "−7"  # the 9 in the corner won


def test_a_window_larger_than_before_needs_fewer_steps(widget):
    slide_to(widget, "window f", 4)
    assert outputs(widget) == ["9"]
    assert widget.locator(".cv-player output").inner_text() == "1 of 1"
    slide_to(widget, "stride s", 3)
    slide_to(widget, "window f", 1)
    assert outputs(widget) == ["0", "9", "3", "4"]
    assert "Pixels between the windows are read by none." in widget.inner_text()


def test_a_shift_is_counted(widget):
    widget.get_by_role("button", name="Shift right by one").click()
    shifted = np.roll(LECTURE, 1, axis=1)
    after = max_pool2d(shifted[None], 2).ravel()
    same = (after == max_pool2d(LECTURE[None], 2).ravel()).sum()
    assert outputs(widget) == printed(after)
    assert f"After the shift {same} of 4 outputs" in status(widget)


def test_a_pressed_output_moves_the_window(widget):
    widget.get_by_role("button", name="output row 2 column 2: 7").click()
    lit = widget.locator("table.cv-input td.lit input")
    values = lit.evaluate_all("cells => cells.map(c => c.value)")
    assert values == ["3", "1", "7", "4"]


@pytest.mark.parametrize("example", ["2×2, stride 2", "3×3, stride 2", "padding 1"])
def test_on_a_phone_nothing_sticks_out(phone, example):
    widget = phone.open(PAGE).locator(".cv-pooling-window").first
    choose(widget, example)
    choose(widget, "forward and backward")
    assert sticks_out(widget) <= 0
