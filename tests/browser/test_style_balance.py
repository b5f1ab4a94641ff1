"""Content against style, moved by a reader."""

import pytest

from cvlib.show import number
from cvlib.widgets.style_balance import StyleBalance
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/style/gatys"


@pytest.fixture(scope="module")
def known() -> StyleBalance:
    return StyleBalance()


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-style-balance").first


def made(widget):
    return widget.locator(".cv-style-made img")


@pytest.mark.parametrize("manner", ["strokes", "dots", "planes", "waves"])
def test_every_manner_shows_its_own_frames(widget, known, manner):
    choose(widget, manner)
    own = sorted(
        (f for f in known.frames if f["manner"] == manner), key=lambda f: -f["ratio"]
    )
    for k in (0, 3, len(own) - 1):
        slide_to(widget, "α/β", k)
        assert made(widget).get_attribute("src") == own[k]["src"]
        assert f"α/β = {number(own[k]['ratio'], 3)} the content" in status(widget)


def test_more_style_leaves_less_content(widget):
    slide_to(widget, "α/β", 0)
    assert "hardly touched" in status(widget)
    slide_to(widget, "α/β", 5)
    assert "little is left of it" in status(widget)


def test_the_hand_is_on_the_chosen_point(widget):
    slide_to(widget, "α/β", 2)
    places = widget.locator("circle").evaluate_all(
        "all => all.map(c => [c.getAttribute('class'), Number(c.getAttribute('cx'))])"
    )
    assert [name for name, _ in places].count("cv-now") == 1
    assert places[2][0] == "cv-now"
    xs = [x for _, x in places]
    assert xs == sorted(xs)  # less weight, more content lost


def test_the_painting_is_named_for_who_cannot_see_it(widget):
    choose(widget, "waves")
    images = widget.locator("img")
    alts = [images.nth(k).get_attribute("alt") for k in range(images.count())]
    assert any("painted like waves" in alt for alt in alts)
    assert all(alts)


def test_it_works_by_keyboard_and_on_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-style-balance").first
    before = status(widget)
    widget.get_by_label("α/β", exact=True).press("ArrowRight")
    assert status(widget) != before
    assert sticks_out(widget) <= 0
