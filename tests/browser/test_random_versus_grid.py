"""Random search beside grid search, moved by a reader."""

import pytest

from cvlib.widgets import random_versus_grid as w
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/training/search"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-random-versus-grid").first


@pytest.mark.parametrize("trials", [4, 9, 16, 25])
def test_the_values_of_the_important_axis_are_counted(widget, trials):
    choose(widget, str(trials))
    side = round(trials**0.5)
    assert (
        f"{trials} trials on a grid try {side} values of the important axis, "
        f"by chance {trials}." in status(widget)
    )
    assert widget.locator("circle").count() == 2 * trials
    titles = widget.locator(".cv-panel-title").all_inner_texts()
    assert titles[0].startswith(f"Grid: {side} values")
    assert titles[1].startswith(f"Random: {trials} values")


def test_chance_wins_most_draws_between_the_lines_of_the_grid(widget):
    slide_to(widget, "importance", 1)
    slide_to(widget, "optimum at", 0.34)
    assert "Chance is ahead here" in status(widget)
    won = int(status(widget).rpartition("chance wins ")[2].rstrip("."))
    assert won > w.DRAWS * 0.7


def test_on_a_line_of_the_grid_the_grid_wins(widget):
    slide_to(widget, "importance", 1)
    slide_to(widget, "optimum at", 0.5)
    assert "The grid is ahead here, 100 % of the optimum" in status(widget)
    assert "chance wins 0." in status(widget)
    assert "lie on a line of the grid" in status(widget)


def test_another_draw_moves_the_random_trials_alone(widget):
    squares = widget.locator("svg.cv-square")
    before = [squares.nth(k).inner_html() for k in (0, 1)]
    widget.get_by_role("button", name="Draw again").click()
    after = [squares.nth(k).inner_html() for k in (0, 1)]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_the_squares_say_in_words_what_they_show(widget):
    label = widget.locator("svg.cv-square").first.get_attribute("aria-label")
    assert label.startswith("Grid: 9 trials with 3 different values")


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-random-versus-grid").first
    assert sticks_out(widget) <= 0
