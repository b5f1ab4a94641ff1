"""Copies, nails and switches, chosen and pressed by a reader."""

import numpy as np
import pytest

from cvlib.widgets import ThreeUpsamplers
from tests.browser.reader import choose, printed, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/upsampling/three-ways"
NAMES = {
    "nearest": "nearest neighbour",
    "nails": "bed of nails",
    "unpooling": "max unpooling",
}


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-three-upsamplers").first


def outputs(widget) -> list[str]:
    return widget.locator("table.cv-output td").all_inner_texts()


@pytest.mark.parametrize("method", NAMES)
def test_the_output_is_cvlibs(widget, method):
    choose(widget, NAMES[method])
    assert outputs(widget) == printed(ThreeUpsamplers(method=method).enlarged().ravel())


@pytest.mark.parametrize("method", NAMES)
def test_a_factor_of_three_is_cvlibs(widget, method):
    choose(widget, NAMES[method])
    choose(widget, "3")
    before = widget.locator("table.cv-plain td").all_text_contents()
    before = np.reshape([float(v) for v in before], (6, 6)).tolist()
    wanted = ThreeUpsamplers(method=method, before=before).enlarged()
    assert outputs(widget) == printed(wanted.ravel())


def test_what_was_pooled_is_shown_where_it_matters(widget):
    pooled = widget.locator("table.cv-plain")
    assert not pooled.is_visible()
    choose(widget, "max unpooling")
    assert pooled.is_visible()
    rings = pooled.locator("td.won").all_inner_texts()
    assert sorted(rings) == ["5", "6", "7", "8"]
    assert "where the 6 won its window, row 1, column 3" in status(widget)


def test_a_typed_number_goes_to_its_places(widget):
    widget.get_by_label("input, row 1, column 1").fill("-7")
    assert outputs(widget)[:2] == ["−7", "−7"]
    assert status(widget).startswith("The −7 is copied to all 4 cells")


def test_a_pressed_output_says_where_it_comes_from(widget):
    widget.get_by_role("button", name="output row 4 column 1: 3").click()
    assert status(widget).startswith("The 3 is copied")
    assert widget.locator("table.cv-output td.hand").count() == 4
    choose(widget, "bed of nails")
    assert widget.locator("table.cv-output td.hand").count() == 1
    assert "12 are 0" in status(widget)


def test_shuffling_moves_the_numbers_and_keeps_them(widget):
    choose(widget, "max unpooling")
    shuffle = widget.get_by_role("button", name="Shuffle what was pooled")
    seen = set()
    for _ in range(8):
        shuffle.click()
        now = outputs(widget)
        assert sorted(v for v in now if v != "0") == ["1", "2", "3", "4"]
        seen.add(tuple(now))
    assert len(seen) > 1


@pytest.mark.parametrize("factor", ["2", "3"])
def test_on_a_phone_nothing_sticks_out(phone, factor):
    widget = phone.open(PAGE).locator(".cv-three-upsamplers").first
    choose(widget, "max unpooling")
    choose(widget, factor)
    assert sticks_out(widget) <= 0
