"""The receptive field of a unit, pressed and stepped by a reader."""

import pytest

from cvlib.conv import receptive_field
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/sizes/receptive-field"
STACKS = {
    "two 3": [(3, 1, 1, 1)] * 2,
    "three 3": [(3, 1, 1, 1)] * 3,
    "one 7": [(7, 1, 3, 1)],
    "stride 2": [(3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 1, 1)],
    "dilated": [(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)],
}


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-receptive-field").first


def seen(widget) -> int:
    return widget.locator("rect.cv-pixel.cv-seen").count()


@pytest.mark.parametrize("name", list(STACKS))
def test_a_stack_sees_as_far_as_cvlib_counts(widget, name):
    choose(widget, name)
    field = receptive_field(STACKS[name])[-1]
    assert f"sees {field.size} × {field.size} pixels" in status(widget)
    assert f"its neighbour sees {field.jump} pixel" in status(widget)
    assert seen(widget) == field.size


def test_a_pressed_unit_of_the_first_layer_sees_three_pixels(widget):
    widget.get_by_role("button", name="layer 1, unit 4 of 31").click()
    assert status(widget).startswith("This unit of layer 1 sees 3 × 3 pixels;")
    assert seen(widget) == 3


def test_a_unit_in_the_corner_looks_over_the_edge(widget):
    widget.get_by_role("button", name="layer 2, unit 1 of 31").click()
    assert "(3 of 5 in a row lie in the picture)" in status(widget)
    assert seen(widget) == 3


def test_the_arrow_keys_walk_through_the_stack(widget):
    unit = widget.get_by_role("button", name="layer 2, unit 16 of 31")
    unit.focus()
    unit.press("ArrowRight")
    pressed = widget.locator('[aria-pressed="true"]')
    assert pressed.get_attribute("aria-label") == "layer 2, unit 17 of 31"
    widget.page.keyboard.press("ArrowDown")
    assert pressed.get_attribute("aria-label") == "layer 1, unit 17 of 31"
    assert pressed.evaluate("e => e === document.activeElement")


def test_the_middle_counts_more(widget):
    assert "by 1 to 3 ways" in status(widget)  # 1 2 3 2 1: two threes
    choose(widget, "one 7")
    assert "ways" not in status(widget)


def test_another_layer_sees_further(widget):
    widget.get_by_role("button", name="Add a layer").click()
    assert "layer 3 sees 7 × 7" in status(widget)
    kernels = widget.get_by_label("kernel", exact=True)
    kernels.nth(2).fill("5")
    assert "layer 3 sees 9 × 9" in status(widget)
    widget.get_by_role("button", name="Remove the last").click()
    assert "layer 2 sees 5 × 5" in status(widget)


def test_a_stride_doubles_every_later_step(widget):
    strides = widget.get_by_label("stride", exact=True)
    for first, second in [(2, 1), (2, 2), (3, 2)]:
        strides.nth(0).fill(str(first))
        strides.nth(1).fill(str(second))
        field = receptive_field([(3, first, 1, 1), (3, second, 1, 1)])[-1]
        assert f"sees {field.size} × {field.size}" in status(widget)
        assert f"neighbour sees {field.jump} pixels" in status(widget)


def test_on_a_phone_a_finger_finds_a_unit(phone):
    widget = phone.open(PAGE).locator(".cv-receptive-field").first
    widget.get_by_role("button", name="layer 1, unit 9 of 31").tap()
    assert "layer 1 sees 3 × 3" in status(widget)
    assert sticks_out(widget) <= 0


def test_a_drag_walks_along_the_row(widget):
    box = widget.locator("svg").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    mouse = widget.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 3 * box["width"] / 32, y, steps=6)
    mouse.up()
    pressed = widget.locator('[aria-pressed="true"]')
    assert pressed.get_attribute("aria-label") == "layer 2, unit 19 of 31"


def test_the_pressed_stack_is_marked_until_it_is_changed(widget):
    two = widget.get_by_label("two 3", exact=True)
    assert two.is_checked()
    choose(widget, "dilated")
    assert widget.get_by_label("dilated", exact=True).is_checked()
    widget.get_by_role("button", name="Add a layer").click()
    assert widget.locator(".cv-strip :checked").count() == 0
