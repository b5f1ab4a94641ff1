"""Gradient descent on a kernel, watched by a reader."""

import pytest

from cvlib import filters
from cvlib.show import number
from cvlib.widgets import FilterLearner
from tests.browser.reader import choose, printed, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/convolution/learning-filters"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-filter-learner").first


def weights(widget) -> list[str]:
    return widget.locator("table.cv-kernel td").all_inner_texts()


def test_it_opens_after_twenty_steps_of_the_descent_in_cvlib(widget):
    kernel, _ = FilterLearner(steps=20).learn()
    assert weights(widget) == printed(kernel.ravel())
    assert status(widget).startswith("After 20 steps: loss ")


def test_at_the_end_the_noise_has_taught_sobel(widget):
    choose(widget, "noise")
    slide_to(widget, "time", 400)
    assert weights(widget) == printed(filters.SOBEL_X.ravel())
    assert status(widget).endswith("Found.")


def test_stripes_teach_the_answer_but_not_the_weights(widget):
    choose(widget, "stripes")
    slide_to(widget, "time", 400)
    kernel, _ = FilterLearner(picture="stripes").learn()
    assert weights(widget) == printed(kernel.ravel())
    assert status(widget).endswith("this picture cannot tell.")


def test_the_photograph_could_tell_but_needs_more_steps(widget):
    slide_to(widget, "time", 400)
    assert status(widget).endswith("the weights are not yet.")


def test_steps_that_are_too_long_explode(widget):
    choose(widget, "0")
    slide_to(widget, "learning rate", 0.6)
    assert "The loss explodes" in status(widget)
    slide_to(widget, "learning rate", 0.1)
    assert "explodes" not in status(widget)


def test_the_first_push_points_where_the_first_step_goes(widget):
    choose(widget, "0")
    slide_to(widget, "learning rate", 0.1)
    slide_to(widget, "time", 0)
    assert weights(widget) == ["0"] * 9
    kernel, losses = FilterLearner(lr=0.1, momentum=0.0, steps=1).learn()
    pushes = widget.locator("table.cv-gradient td").all_inner_texts()
    assert pushes == printed((kernel / 0.1).ravel(), 3)
    assert number(losses[0], 3) in status(widget)


def test_play_runs_and_a_slider_stops_it(widget):
    widget.get_by_role("button", name="Play").click()
    widget.page.wait_for_function(
        "parseInt(document.querySelector('.cv-filter-learner .cv-status').innerText"
        ".slice(6)) > 22"
    )
    slide_to(widget, "time", 3)
    widget.page.wait_for_timeout(150)
    assert status(widget).startswith("After 3 steps")
    assert widget.get_by_role("button", name="Play").is_visible()


def test_after_a_reload_it_starts_afresh(widget):
    choose(widget, "blur")
    widget.page.reload()
    assert status(widget).startswith("After 20 steps")
    assert widget.get_by_label("Sobel x", exact=True).is_checked()


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-filter-learner").first
    widget.get_by_role("button", name="Step forward").tap()
    assert status(widget).startswith("After 21 steps")
    assert sticks_out(widget) <= 0
