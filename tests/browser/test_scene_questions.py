"""Questions about scenes, asked by a reader."""

import pytest

from cvlib.data.questions import all_questions, answer, scene
from cvlib.widgets.scene_questions import NUMBERS
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/asking/balanced-questions"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-scene-questions").first


def right(widget):
    return widget.locator("dd").first.inner_text()


def strip(widget, legend, word):
    group = widget.get_by_role("group", name=legend, exact=True)
    group.get_by_label(word, exact=True).click()


@pytest.mark.parametrize("number", [0, 3, 5])
def test_every_count_is_the_right_one(widget, number):
    strip(widget, "scene", str(number + 1))
    choose(widget, "count")
    for question in all_questions("count"):
        strip(widget, "count", question.colour or question.shape)
        expected = answer(question, scene("test", NUMBERS[number]))
        assert right(widget) == (expected or "not asked")


def test_a_question_without_an_answer_says_why(widget):
    shown = scene("test", NUMBERS[0])
    choose(widget, "shape")
    for question in all_questions("shape"):
        strip(widget, "colour", question.colour)
        if answer(question, shown) is None:
            assert "supposes that there is one" in status(widget)
        else:
            assert f"The answer is {answer(question, shown)}." in status(widget)


def test_only_the_words_of_the_question_can_be_chosen(widget):
    choose(widget, "relation")
    shown = widget.locator("fieldset:visible legend").all_inner_texts()
    assert shown == ["scene", "ask for", "colour", "is", "the other"]
    choose(widget, "existence")
    shown = widget.locator("fieldset:visible legend").all_inner_texts()
    assert shown == ["scene", "ask for", "colour", "shape"]


def test_what_is_meant_is_ringed(widget):
    choose(widget, "count")
    for word in ("circle", "red"):
        strip(widget, "count", word)
        rings = widget.locator("circle.cv-meant").count()
        assert str(rings) == right(widget)


def test_it_works_by_keyboard_and_on_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-scene-questions").first
    group = widget.get_by_role("group", name="ask for", exact=True)
    before = widget.locator(".cv-scene-asked").inner_text()
    group.locator("input:checked").press("ArrowRight")
    assert widget.locator(".cv-scene-asked").inner_text() != before
    assert sticks_out(widget) <= 0
