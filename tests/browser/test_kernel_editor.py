"""The kernel editor: the numbers and the pictures that a reader makes with it."""

import numpy as np
import pytest

from cvlib import filters
from cvlib.show import number
from cvlib.widgets import KernelEditor
from cvlib.widgets.kernel_editor import KERNELS, pixels
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/convolution/edges"
PAINTED = """e => {
  const { data } = e.getContext('2d').getImageData(0, 0, e.width, e.height);
  return [...data].filter((_, k) => k % 4 < 3);  // red, green, blue without alpha
}"""


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-kernel-editor").first


def painted(widget, k: int) -> np.ndarray:
    """The colours (H, W, 3) of the photograph (0) or the response (1)."""
    return np.reshape(widget.locator("canvas").nth(k).evaluate(PAINTED), (160, 160, 3))


def value(widget) -> str:
    return widget.locator(".cv-status strong").inner_text()


@pytest.mark.parametrize("name", list(KERNELS))
def test_a_named_kernel_gives_the_response_of_cvlib(widget, name):
    choose(widget, name)
    response = KernelEditor(kernel=KERNELS[name].tolist()).response()
    assert value(widget) == number(response[55, 16])


def test_the_identity_gives_the_photograph_back(widget):
    choose(widget, "identity")
    choose(widget, "grey picture")
    np.testing.assert_array_equal(painted(widget, 1), painted(widget, 0))
    np.testing.assert_array_equal(painted(widget, 0)[..., 0], pixels("camera"))


def test_positive_answers_are_blue_and_negative_ones_vermilion(widget):
    choose(widget, "Sobel x")
    response = filters.filter_image(pixels("camera") / 255, filters.SOBEL_X)
    red, _, blue = np.moveaxis(painted(widget, 1).astype(int), -1, 0)
    strong = 0.3 * np.abs(response).max()
    assert (blue > red)[response > strong].all()
    assert (red > blue)[response < -strong].all()


def test_a_typed_weight_counts_at_once(widget):
    choose(widget, "identity")
    widget.get_by_label("kernel, row 2, column 2").fill("3")
    assert value(widget) == number(pixels("camera")[55, 16] / 85)
    assert "The weights add up to 3" in widget.locator(".cv-flat").inner_text()
    widget.get_by_label("kernel, row 2, column 2").fill("")  # while typing: no NaN
    assert value(widget) == number(pixels("camera")[55, 16] / 85)


def test_the_arrow_keys_move_the_window_but_not_the_page(widget):
    pad = widget.locator(".cv-pad").first
    pad.focus()
    before = widget.page.evaluate("scrollY")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        pad.press(key)
    pad.press("Shift+ArrowRight")
    response = KernelEditor().response()
    assert status(widget).startswith("Row 56, column 26:")
    assert value(widget) == number(response[56, 26])
    assert widget.page.evaluate("scrollY") == before


def test_the_nine_products_are_pixel_times_weight(widget):
    choose(widget, "sharpen")
    near = pixels("camera")[54:57, 15:18] / 255
    tables = widget.locator(".cv-tables table")
    seen = tables.first.locator("td").all_inner_texts()
    assert seen == [f"{v:.2f}" for v in near.ravel()]
    terms = tables.last.locator("td").all_inner_texts()
    assert terms == [number(v) for v in (near * filters.SHARPEN).ravel()]


def test_another_photograph_keeps_the_kernel(widget):
    choose(widget, "Laplacian")
    choose(widget, "brick wall")
    response = KernelEditor(kernel=KERNELS["Laplacian"].tolist(), photo="brick")
    assert value(widget) == number(response.response()[55, 16])


def test_a_random_kernel_is_blind_to_brightness(widget):
    widget.get_by_role("button", name="random").click()
    assert "The weights add up to 0" in widget.locator(".cv-flat").inner_text()


def test_on_a_phone_a_finger_moves_the_window(phone):
    widget = phone.open(PAGE).locator(".cv-kernel-editor").first
    canvas = widget.locator(".cv-pad canvas").first
    box = canvas.bounding_box()
    canvas.tap(position={"x": box["width"] * 0.5031, "y": box["height"] * 0.2531})
    assert status(widget).startswith("Row 40, column 80:")
    assert sticks_out(widget) <= 0
    choose(widget, "blur 5 × 5")
    assert sticks_out(widget) <= 0
