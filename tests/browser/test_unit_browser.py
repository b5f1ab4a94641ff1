"""Layers and units, browsed by a reader."""

import pytest

from cvlib.widgets.unit_browser import UnitBrowser
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/inside/maximal-patches"


@pytest.fixture(scope="module")
def known() -> UnitBrowser:
    return UnitBrowser()


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-unit-browser").first


def tiles(widget):
    return widget.locator(".cv-tile")


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_layer_says_how_far_its_units_see(widget, known, number):
    layer = known.layers[number]
    choose(widget, layer["name"])
    said = f"Unit 1 of {layer['name']} sees {layer['size']} × {layer['size']} pixels"
    assert status(widget).startswith(said)
    assert tiles(widget).count() == 9


def test_the_patches_are_those_that_python_found(widget, known):
    choose(widget, "layer2")
    slide_to(widget, "unit", 7)
    patches = known.layers[2]["units"][7]
    expected = [
        f"patch {k + 1}: {known.names[n]}, answer {printed([value])[0]}"
        for k, (n, _, _, value) in enumerate(patches)
    ]
    shown = [tile.get_attribute("aria-label") for tile in tiles(widget).all()]
    assert shown == expected


def test_a_pressed_patch_is_shown_where_it_was_cut(widget, known):
    choose(widget, "layer1")
    tiles(widget).nth(4).click()
    n, row, column, _ = known.layers[1]["units"][0][4]
    layer = known.layers[1]
    rect = widget.locator(".cv-photo rect")
    left = max(0, layer["start"] + column * layer["jump"])
    top = max(0, layer["start"] + row * layer["jump"])
    assert (rect.get_attribute("x"), rect.get_attribute("y")) == (str(left), str(top))
    assert tiles(widget).nth(4).get_attribute("aria-pressed") == "true"
    assert known.names[n] in widget.locator(".cv-muted").last.inner_text()


def test_a_tile_is_painted(widget):
    painted = (
        tiles(widget)
        .first.locator("canvas")
        .evaluate(
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height)"
            ".data.some(v => v > 0)"
        )
    )
    assert painted


def test_keys_and_buttons_step_through_the_units(widget):
    widget.get_by_role("button", name="Next unit").press("Enter")
    assert status(widget).startswith("Unit 2 of layer1")
    widget.get_by_label("unit", exact=True).press("ArrowRight")
    assert status(widget).startswith("Unit 3 of layer1")
    tile = tiles(widget).nth(2)
    tile.press("Enter")
    assert tile.get_attribute("aria-pressed") == "true"


def test_on_a_phone_a_finger_chooses(phone):
    widget = phone.open(PAGE).locator(".cv-unit-browser").first
    tiles(widget).nth(8).tap()
    assert "Patch 9" in widget.locator(".cv-muted").last.inner_text()
    assert sticks_out(widget) <= 0
