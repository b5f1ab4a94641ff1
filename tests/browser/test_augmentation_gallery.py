"""The gallery of augmentations, moved by a reader."""

import pytest

from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/small/augmentation"
KINDS = ["mirror", "crop", "rotate", "RGB shift", "PCA colour", "elastic"]
BOXES = """e => [...e.querySelectorAll('figure')].map(f =>
    [...f.querySelectorAll('rect.cv-box')].map(r =>
        ['x', 'y', 'width', 'height'].map(a => Number(r.getAttribute(a)))))"""
PIXELS = """e => [...e.querySelectorAll('canvas')].map(c =>
    [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]
        .reduce((a, v, k) => (a * 31 + v * (k % 97)) % 1000003, 7))"""


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-augmentation-gallery").first


def captions(widget) -> list[str]:
    return widget.locator("figcaption").all_inner_texts()


def test_a_mirrored_copy_has_mirrored_boxes(widget):
    slide_to(widget, "strength", 1)
    assert "5 of 5 copies are mirrored" in status(widget)
    assert "labels have to be exchanged" in status(widget)
    first, *copies = widget.evaluate(BOXES)
    for copy in copies:
        assert copy == [[160 - x - w, y, w, h] for x, y, w, h in first]


@pytest.mark.parametrize("kind", KINDS)
def test_every_augmentation_draws_five_copies(widget, kind):
    choose(widget, kind)
    slide_to(widget, "strength", 0.8)
    assert status(widget).startswith(f"{kind[0].upper()}{kind[1:]}: ")
    pictures = widget.evaluate(PIXELS)
    assert len(pictures) == 6
    assert len(set(pictures[1:])) > 1
    assert captions(widget)[0] == "the photograph"


@pytest.mark.parametrize("kind", KINDS)
def test_no_strength_changes_nothing(widget, kind):
    choose(widget, kind)
    slide_to(widget, "strength", 0)
    assert "Nothing changes" in status(widget)
    first, *copies = widget.evaluate(PIXELS)
    assert copies == [first] * 5


def test_colour_leaves_the_boxes(widget):
    choose(widget, "PCA colour")
    first, *copies = widget.evaluate(BOXES)
    assert copies == [first] * 5
    assert "colour moves nothing" in status(widget)


def test_the_box_round_a_turned_one_is_larger(widget):
    choose(widget, "rotate")
    slide_to(widget, "strength", 1)
    assert "times the area" in status(widget)
    first, *copies = widget.evaluate(BOXES)
    assert max(c[0][2] * c[0][3] for c in copies) > first[0][2] * first[0][3]


def test_another_draw_and_another_photograph(widget):
    choose(widget, "crop")
    before = widget.evaluate(PIXELS)
    widget.get_by_role("button", name="Draw again").click()
    after = widget.evaluate(PIXELS)
    assert before[0] == after[0]
    assert before[1:] != after[1:]
    choose(widget, "coffee")
    assert widget.evaluate(PIXELS)[0] != before[0]
    assert len(widget.evaluate(BOXES)[0]) == 2


def test_it_fits_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-augmentation-gallery").first
    choose(widget, "all but elastic")
    assert status(widget).startswith("All but elastic: ")
    assert sticks_out(widget) <= 0
