"""The head that turns, moved by a reader."""

import pytest

from cvlib.data.faces import LANDMARKS, draw_face, person
from cvlib.widgets.head_turner import WHO, shot
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/faces/drawn-faces"
CENTRES = """e => [...e.querySelectorAll('.cv-shot circle:not(.cv-halo)')].map(c =>
    [Number(c.getAttribute('cx')), Number(c.getAttribute('cy'))])"""


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-head-turner").first


@pytest.mark.parametrize("yaw", [-40, 0, 30])
def test_the_marks_lie_on_the_picture_where_cvlib_has_them(widget, yaw):
    slide_to(widget, "turned by", yaw)
    marks = widget.evaluate(CENTRES)
    wanted = draw_face(person(WHO), shot(yaw), size=128).landmarks
    assert len(marks) == len(LANDMARKS)
    for (x, y), (u, v) in zip(marks, wanted, strict=True):
        assert abs(x - u) < 1
        assert abs(y - v) < 1


def test_the_picture_changes_with_the_turn_and_the_light(widget):
    seen = set()
    for yaw, light in ((0, "left"), (20, "left"), (20, "above"), (20, "right")):
        slide_to(widget, "turned by", yaw)
        choose(widget, light)
        seen.add(widget.locator("img").get_attribute("src"))
    assert len(seen) == 4


def test_straight_on_depth_does_not_show(widget):
    slide_to(widget, "turned by", 0)
    assert "depth does not show" in status(widget)


def test_the_nose_moves_further_than_the_chin(widget):
    slide_to(widget, "turned by", 30)
    moved = {}
    for point in ("nose", "chin"):
        choose(widget, point)
        before, _, _ = status(widget).partition(" pixels further right")
        moved[point] = float(before.rpartition(" ")[2])
    assert moved["nose"] > 2 * moved["chin"]


def test_turning_left_moves_the_nose_left(widget):
    choose(widget, "nose")
    slide_to(widget, "turned by", -20)
    assert "further left" in status(widget)


def test_it_works_by_keyboard(widget):
    handle = widget.get_by_label("turned by", exact=True)
    handle.focus()
    handle.press("End")
    assert "Turned by 40°" in status(widget)
    handle.press("ArrowLeft")
    assert "Turned by 30°" in status(widget)


def test_it_fits_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-head-turner").first
    slide_to(widget, "turned by", 40)
    assert sticks_out(widget) <= 0
