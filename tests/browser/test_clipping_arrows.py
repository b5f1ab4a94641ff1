"""A gradient, dragged and clipped by a reader."""

import math

import pytest

from cvlib.show import number
from cvlib.train.clip import clip_by_norm, clip_by_value
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/training/clipping"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-clipping-arrows").first


def row(widget, name: str) -> list[str]:
    """The numbers of one line of the table."""
    cells = widget.locator("tbody tr").filter(has_text=name).locator("td")
    return cells.all_inner_texts()


def set_to(widget, g1, g2, threshold, others=0.0) -> None:
    slide_to(widget, "g₁", g1)
    slide_to(widget, "g₂", g2)
    slide_to(widget, "threshold", threshold)
    slide_to(widget, "all others, norm", others)


@pytest.mark.parametrize(
    ("g", "threshold", "others"),
    [((3, 4), 2.5, 0), ((5, -1), 2, 0), ((1, 0.5), 3, 0), ((3, 0), 5, 12)],
)
def test_what_is_left_is_what_cvlib_leaves(widget, g, threshold, others):
    others = min(others, 10)
    set_to(widget, *g, threshold, others)
    by_value = clip_by_value([g], threshold)[0]
    by_norm = clip_by_norm([g, [others]], threshold)[0]
    assert row(widget, "by value")[:2] == [number(v, 2) for v in by_value]
    assert row(widget, "by norm")[:2] == [number(v, 2) for v in by_norm]
    assert row(widget, "by norm")[3] == "0°"


def test_by_value_a_cliff_turns(widget):
    choose(widget, "cliff")
    turned = math.degrees(math.atan2(0.2, 0.5) - math.atan2(0.2, 5.5))
    assert row(widget, "by value")[3] == f"{turned:.1f}°"
    assert f"turns by {turned:.1f}°" in status(widget)


def test_a_short_gradient_is_left_alone(widget):
    choose(widget, "short")
    assert "nothing is clipped" in status(widget)
    assert row(widget, "by norm") == ["1", "0.7", "1.22", "0°"]


def test_other_layers_shorten_an_arrow_that_is_short_itself(widget):
    choose(widget, "one layer of many")
    assert row(widget, "by value")[:2] == ["1.5", "1"]
    assert row(widget, "by norm")[2] == "0.58"
    assert "With all other weights the norm is 6.26" in status(widget)


def test_a_drag_moves_the_tip(widget):
    box = widget.locator("svg").bounding_box()
    mouse, unit = widget.page.mouse, box["width"] / 12
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x + unit, y)
    mouse.down()
    mouse.move(x - 2 * unit, y - 3 * unit, steps=5)
    mouse.up()
    g1, g2 = (float(v.replace("−", "-")) for v in row(widget, "gradient")[:2])
    assert (g1, g2) == pytest.approx((-2, 3), abs=0.1)
    assert float(widget.get_by_label("g₁", exact=True).input_value()) == g1


def test_the_arrow_keys_move_the_threshold(widget):
    knob = widget.get_by_label("threshold", exact=True)
    knob.focus()
    knob.press("ArrowRight")
    assert knob.input_value() == "2.05"


def test_a_threshold_of_nothing_stops_everything(widget):
    slide_to(widget, "threshold", 0)
    assert "nothing is learned" in status(widget)
    assert row(widget, "by norm")[:2] == ["0", "0"]


def test_it_fits_on_a_phone(phone):
    widget = phone.open(PAGE).locator(".cv-clipping-arrows").first
    choose(widget, "diagonal")
    assert "equally large" in status(widget)
    assert sticks_out(widget) <= 0
