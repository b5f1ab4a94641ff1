"""A map of faces, walked over by a reader."""

import pytest

from tests.browser.reader import slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/faces/one-shot"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-embedding-walk").first


def chosen(widget) -> int:
    return int(widget.locator('[aria-pressed="true"]').get_attribute("data-face"))


def test_a_pressed_face_shows_its_nearest(widget):
    face = widget.locator('[data-face="7"]')
    face.dispatch_event("click")
    assert chosen(widget) == 7
    assert widget.locator(".cv-near li").count() == 5
    words = widget.locator(".cv-near li span").all_inner_texts()
    distances = [float(w.split(" · ")[0]) for w in words]
    assert distances == sorted(distances)


def test_a_neighbour_is_a_way_to_walk(widget):
    before = chosen(widget)
    widget.locator(".cv-near button").first.click()
    assert chosen(widget) != before


def test_the_arrow_keys_walk(widget):
    face = widget.locator('[aria-pressed="true"]')
    face.focus()
    seen = {chosen(widget)}
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        widget.page.keyboard.press(key)
        seen.add(chosen(widget))
    assert len(seen) > 1
    focused = widget.evaluate("() => document.activeElement.dataset.face")
    assert int(focused) == chosen(widget)


def test_the_nearest_stranger_is_another_person(widget):
    label = widget.locator('[aria-pressed="true"]')
    before = label.get_attribute("aria-label").split("person ")[1]
    widget.get_by_role("button", name="To the nearest stranger").click()
    assert label.get_attribute("aria-label").split("person ")[1] != before


def test_a_threshold_of_zero_accepts_nobody_else(widget):
    slide_to(widget, "threshold τ", 0)
    assert ": 0 of 2 other pictures" in status(widget)
    assert "no stranger" in status(widget)


def test_at_the_largest_everybody_is_one_person(widget):
    slider = widget.get_by_label("threshold τ", exact=True)
    slide_to(widget, "threshold τ", slider.get_attribute("max"))
    assert (
        ": 2 of 2 other pictures of this person are accepted, and 57 of strangers"
        in (status(widget))
    )


def test_it_fits_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-embedding-walk").first
    widget.locator('[data-face="3"]').dispatch_event("click")
    assert chosen(widget) == 3
    assert sticks_out(widget) <= 0
