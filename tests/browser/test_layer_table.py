"""The layer table: what a reader presses is what cvlib.summary counted."""

import pytest

from cvlib.show.tables import _text as printed
from cvlib.widgets.layer_table import networks
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/classics/vgg"
QUANTITIES = ["memory", "parameters", "multiply-adds"]


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-layer-table").first


def pressed(widget) -> str:
    return widget.locator('tbody [aria-pressed="true"]').inner_text()


def test_it_opens_on_the_row_that_holds_most_parameters(widget):
    assert pressed(widget) == "fc6"
    assert status(widget).startswith(
        "fc6, 4096: 102\u202f764\u202f544 parameters, 74 %"
    )
    assert "0.7 % of the multiply-adds" in status(widget)


@pytest.mark.parametrize("name", ["AlexNet", "GoogLeNet", "ResNet-50", "MobileNetV2"])
def test_another_network_shows_its_rows_and_sums(widget, name):
    choose(widget, name)
    rows = networks()[name]
    assert widget.locator("tbody tr").count() == len(rows)
    for at, quantity in enumerate(QUANTITIES, start=2):
        choose(widget, quantity)
        total = printed(sum(row[at] for row in rows))
        assert widget.locator("tfoot").inner_text().split("\t")[-1].strip() == total
        first = widget.locator("tbody tr").nth(1).locator("td").last.inner_text()
        assert first == printed(rows[1][at])


def test_a_pressed_row_is_marked_in_all_three_bars(widget):
    widget.get_by_role("button", name="conv1_2,").click()
    assert pressed(widget) == "conv1_2"
    assert widget.locator("rect.cv-lt-hand").count() == 3
    assert "21 % of the memory" in status(widget)


def test_a_part_of_a_bar_can_be_pressed(widget):
    bars = widget.locator("svg.cv-lt-bar")
    bars.nth(0).locator('rect[data-row="2"]').click()
    assert pressed(widget) == "conv1_2"


def test_the_arrow_keys_walk_down_the_table(widget):
    button = widget.get_by_role("button", name="fc6,")
    button.focus()
    button.press("ArrowDown")
    assert pressed(widget) == "fc7"
    widget.page.keyboard.press("Home")
    assert pressed(widget) == "input"
    focused = widget.locator('tbody [aria-pressed="true"]')
    assert focused.evaluate("e => e === document.activeElement")
    widget.page.keyboard.press("End")
    widget.page.keyboard.press("ArrowDown")
    assert pressed(widget) == "fc8"


def test_the_bars_say_their_shares(widget):
    label = widget.locator("svg.cv-lt-bar").nth(1).get_attribute("aria-label")
    assert label.startswith("parameters: input 0 %, conv1_1 under 0.1 %")
    assert "fc6 74 %" in label


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-layer-table").first
    widget.get_by_role("button", name="conv5_3,").tap()
    assert pressed(widget) == "conv5_3"
    assert sticks_out(widget) <= 0
