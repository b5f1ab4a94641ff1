"""Layers walked up by a reader, to see what each keeps."""

import pytest

from cvlib.widgets.layer_reconstruction import LayerReconstruction
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/style/what-layers-keep"
NAMES = ("conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv4_2")


@pytest.fixture(scope="module")
def known() -> LayerReconstruction:
    return LayerReconstruction()


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-layer-reconstruction").first


@pytest.mark.parametrize("number", range(5))
def test_a_layer_says_how_far_it_sees_and_shows_its_picture(widget, known, number):
    slide_to(widget, "layer", number)
    about = next(l for l in known.layers if l["name"] == NAMES[number])
    said = f"{NAMES[number]}: {about['channels']} maps, a unit sees {about['field']} ×"
    assert status(widget).startswith(said)
    frame = next(
        f for f in known.frames
        if (f["net"], f["layer"], f["kind"]) == ("trained", NAMES[number], "content")
    )  # fmt: skip
    assert widget.locator("img").last.get_attribute("src") == frame["src"]


def test_a_texture_is_made_from_numbers_without_places(widget):
    choose(widget, "the painting, from Gram matrices")
    assert "Gram matrices up to conv1_1: 528 numbers" in status(widget)  # 32 · 33 / 2
    slide_to(widget, "layer", 4)
    assert "none of them says where" in status(widget)


def test_untrained_filters_have_pictures_of_their_own(widget):
    src = widget.locator("img").last.get_attribute("src")
    choose(widget, "random")
    assert widget.locator("img").last.get_attribute("src") != src


def test_it_works_by_keyboard_and_on_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-layer-reconstruction").first
    widget.get_by_label("layer", exact=True).press("ArrowRight")
    assert status(widget).startswith("conv2_1")
    assert sticks_out(widget) <= 0
