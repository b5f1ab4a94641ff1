"""Class maps, chosen by a reader."""

import pytest
import torch

from cvlib.data.weak import SHAPE_CLASSES
from cvlib.explain import class_activation
from cvlib.show import number
from cvlib.widgets.class_activation import ClassActivation, decoded
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/inside/localisation"
HOW = {"average": "global average", "maximum": "global maximum"}


@pytest.fixture(scope="module")
def known() -> ClassActivation:
    return ClassActivation()


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-class-activation").first


def scores(known, pooling: str, picture: int) -> torch.Tensor:
    net = known.nets[pooling]
    maps = class_activation(
        decoded(net, picture)[None], torch.tensor(net["weight"], dtype=torch.float64)
    )[0]
    pooled = maps.amax((1, 2)) if pooling == "maximum" else maps.mean((1, 2))
    return pooled + torch.tensor(net["bias"], dtype=torch.float64)


def said(widget) -> str:
    return widget.locator(".cv-muted").first.inner_text()


@pytest.mark.parametrize("pooling", list(HOW))
@pytest.mark.parametrize("picture", [0, 2])
def test_the_score_is_the_pooled_map_plus_the_bias(widget, known, pooling, picture):
    choose(widget, known.pictures[picture]["name"])
    choose(widget, HOW[pooling])
    expected = scores(known, pooling, picture)
    for c, name in enumerate(SHAPE_CLASSES):
        widget.locator(".cv-strip").last.get_by_label(name, exact=True).click()
        rank = int((expected > expected[c]).sum()) + 1
        assert said(widget).startswith(f"Score of {name}: ")
        assert f" {number(expected[c].item())}; number {rank} of 4." in said(widget)


def test_a_class_that_is_not_there_is_said_to_be_absent(widget, known):
    choose(widget, known.pictures[0]["name"])
    present = set(known.pictures[0]["objects"])
    for name in SHAPE_CLASSES:
        widget.locator(".cv-strip").last.get_by_label(name, exact=True).click()
        assert (f"There is no {name} here" in status(widget)) is (name not in present)
        assert (f"lies on the {name}" in status(widget)) is (name in present)


def test_the_map_changes_with_the_class_and_shows_its_cells(widget):
    def painted() -> str:
        return widget.locator("canvas").evaluate("c => c.toDataURL()")

    first = painted()
    widget.get_by_label("show the map's own cells").check()
    cells = painted()
    assert cells != first
    widget.locator(".cv-strip").last.get_by_label("cross", exact=True).click()
    assert painted() not in (first, cells)


def test_the_keyboard_walks_through_the_classes(widget):
    strip = widget.locator(".cv-strip").last
    strip.get_by_label("circle", exact=True).focus()
    widget.page.keyboard.press("ArrowRight")
    assert strip.get_by_label("triangle", exact=True).is_checked()
    assert "triangle" in said(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-class-activation").first
    widget.locator(".cv-strip").last.get_by_label("ring", exact=True).tap()
    assert "ring" in said(widget)
    assert sticks_out(widget) <= 0
