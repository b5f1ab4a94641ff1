"""A budget spent on depth, width and resolution by a reader."""

import pytest

from cvlib.nets.efficientnet import PUBLISHED
from cvlib.nets.scaling import compound_scale
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/small/compound-scaling"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-compound-scaling").first


def row(widget, name: str) -> list[str]:
    """What the table says of one dimension: times, baseline, scaled."""
    line = widget.locator("table.cv-scaled tbody tr").filter(has_text=name)
    return line.locator("td").all_inner_texts()


def test_without_a_budget_it_is_the_baseline(widget):
    slide_to(widget, "φ", 0)
    assert status(widget) == "φ = 0 is the baseline, EfficientNet-B0."
    assert row(widget, "depth") == ["×1", "16 blocks", "16"]
    assert row(widget, "parameters") == ["×1", "5.3 million", "5.3 million"]


@pytest.mark.parametrize("phi", [1, 3.5, 7])
def test_all_three_grow_as_cvlib_says(widget, phi):
    slide_to(widget, "φ", phi)
    scale = compound_scale(phi)
    assert f"The budget is ×{scale.multiply_adds:.1f}".rstrip("0.") in status(widget)
    size = round(PUBLISHED["b0"].resolution * scale.resolution)
    assert row(widget, "resolution")[2] == f"{size:,}"


def test_depth_alone_buys_a_tower(widget):
    slide_to(widget, "φ", 7)
    choose(widget, "depth")
    assert "as narrow as before" in status(widget)
    blocks = int(row(widget, "depth")[2].replace(",", ""))
    assert blocks > 1500
    assert row(widget, "resolution") == ["×1", "224 pixels a side", "224"]
    assert "more" in widget.locator("svg").inner_html()  # not all of them fit


def test_width_alone_buys_only_the_root(widget):
    slide_to(widget, "φ", 2)
    choose(widget, "width")
    root = compound_scale(2).multiply_adds ** 0.5
    assert row(widget, "width")[0] == f"×{root:.2f}"


def test_resolution_alone_holds_no_parameters_more(widget):
    choose(widget, "resolution")
    assert row(widget, "parameters")[0] == "×1"


def test_bases_that_do_not_double_are_named(widget):
    slide_to(widget, "α, depth", 1.5)
    assert "One step of φ multiplies the work by 2.4;" in status(widget)
    widget.get_by_role("button", name="As published").click()
    assert "One step" not in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-compound-scaling").first
    slide_to(widget, "φ", 7)
    assert sticks_out(widget) <= 0
