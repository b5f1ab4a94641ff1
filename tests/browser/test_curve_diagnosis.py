"""Eight trainings, diagnosed and treated by a reader."""

import pytest

from cvlib.train.diagnosis import ADVICE, ATLAS, diagnose, noise, simulate
from cvlib.widgets.curve_diagnosis import LOOKS, ORDER
from tests.browser.reader import slide_to, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/training/reading-curves"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-curve-diagnosis").first


def press(widget, name: str) -> None:
    widget.get_by_label(name, exact=True).click()


def verdict(widget) -> str:
    return widget.locator(".cv-status").first.inner_text()


def effect(widget) -> str:
    return widget.locator(".cv-status").last.inner_text()


@pytest.mark.parametrize("k", range(8))
def test_the_right_diagnosis_is_explained_at_once(widget, k):
    press(widget, "ABCDEFGH"[k])
    found = diagnose(simulate(ATLAS[ORDER[k]], noise(k)))
    press(widget, ORDER[k])
    assert found.name == ORDER[k]
    assert verdict(widget) == f"Yes, {found.name}: {found.because}. {found.advice}"


def test_a_wrong_one_says_what_one_would_see(widget):
    press(widget, "explosion")
    said = verdict(widget)
    assert said.startswith(f"Not explosion: you would see {LOOKS['explosion']}.")
    assert said.endswith(f"Here you see {LOOKS[ORDER[0]]}.")


def test_the_name_is_not_given_away(widget):
    assert not any(f"{name}:" in verdict(widget) for name in ORDER)
    assert "Not treated yet" in effect(widget)


def test_the_score_counts_the_cured_and_remembers(widget):
    press(widget, ORDER[0])
    press(widget, "B")
    press(widget, "healthy")  # wrong
    assert "1 of 8 diagnosed" in widget.inner_text()
    press(widget, "A")
    assert widget.get_by_label(ORDER[0], exact=True).is_checked()


def test_a_treatment_cures_and_the_old_curves_stay(widget):
    assert widget.locator("polyline.was").count() == 0
    slide_to(widget, "regularisation", 4)
    assert effect(widget).startswith("After treatment: healthy.")
    assert widget.locator("polyline.was").count() == 4
    slide_to(widget, "regularisation", 6)
    slide_to(widget, "capacity", -1)
    assert effect(widget).startswith("After treatment: too little capacity.")
    assert ADVICE["too little capacity"] in effect(widget)


def test_new_starting_weights_cure_a_late_start(widget):
    press(widget, "ABCDEFGH"[ORDER.index("late start")])
    widget.get_by_label("rescale the starting weights").check()
    assert effect(widget).startswith("After treatment: healthy.")


def test_another_patient_comes_untreated(widget):
    slide_to(widget, "learning rate", 2)
    assert "explosion" in effect(widget)
    press(widget, "C")
    assert "Not treated yet" in effect(widget)
    assert widget.get_by_label("learning rate", exact=True).input_value() == "0"


def test_a_patient_is_chosen_by_the_arrow_keys(widget):
    widget.get_by_label("A", exact=True).focus()
    widget.page.keyboard.press("ArrowRight")
    assert widget.get_by_label("B", exact=True).is_checked()
    told = widget.locator("svg").first.get_attribute("aria-label")
    assert told.startswith("loss over 40 epochs: training from 2.3 to 0.2")


def test_it_fits_on_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-curve-diagnosis").first
    widget.get_by_label("overfitting", exact=True).tap()
    assert verdict(widget).startswith("Yes, overfitting")
    assert sticks_out(widget) <= 0
