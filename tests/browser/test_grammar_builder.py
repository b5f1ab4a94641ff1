"""A network from one line, typed and moved by a reader."""

import pytest

from cvlib.widgets.grammar_builder import GrammarBuilder
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/classics/grammar"
VGG16 = "[(CONV-RELU)*2-POOL]*2-[(CONV-RELU)*3-POOL]*3-(FC-RELU)*2,SOFTMAX"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-grammar-builder").first


def parameters(**state) -> str:
    """How the sentence writes the count of cvlib."""
    total = sum(count for *_, count in GrammarBuilder(**state).rows())
    return f"{total:,}".replace(",", "\u202f")


def boxes(widget) -> int:
    return widget.locator("rect.cv-box").count()


def wrong(widget) -> str:
    return widget.locator(".cv-where").inner_text()


def test_it_opens_with_the_lectures_line(widget):
    assert status(widget).startswith(
        f"6 convolutions, 3 pools and 2 fully connected layers: {parameters()} "
    )
    assert boxes(widget) == 1 + len(GrammarBuilder().rows())
    assert widget.get_by_label("the lecture's", exact=True).is_checked()


@pytest.mark.parametrize(("n", "m", "k"), [(1, 1, 0), (3, 5, 2), (5, 2, 3)])
def test_the_letters_count_as_cvlib_does(widget, n, m, k):
    for letter, value in {"N": n, "M": m, "K": k}.items():
        slide_to(widget, letter, value)
    assert f": {parameters(n=n, m=m, k=k)} parameters" in status(widget)


def test_too_many_pools_are_explained(widget):
    slide_to(widget, "M", 6)
    assert "after 5 pools the 32 × 32 pixels are down to 1 × 1" in wrong(widget)
    assert status(widget) == "Drawn is what can be built."
    choose(widget, "64 × 64, 200")
    assert wrong(widget) == ""


def test_vgg16_is_chosen_and_counted(widget):
    choose(widget, "VGG-16")
    assert widget.get_by_label("The line").input_value() == VGG16
    assert "138\u202f357\u202f544 parameters" in status(widget)
    assert widget.get_by_label("N", exact=True).is_disabled()


def test_a_typed_line_is_built_and_a_wrong_one_pointed_at(widget):
    line = widget.get_by_label("The line")
    line.fill("(CONV-RELU)*2-POOL,SOFTMAX")
    assert status(widget).startswith("2 convolutions, 1 pool and 1 fully connected")
    line.fill("(CONV-RELU)*-POOL")
    assert "a whole number or a letter, not “-”, at character 13" in wrong(widget)
    assert widget.locator("mark").inner_text() == "-"
    assert line.get_attribute("aria-invalid") == "true"
    line.fill("FC-CONV")
    assert wrong(widget).startswith("A CONV cannot come after an FC")


def test_without_the_optional_pool_nothing_shrinks(widget):
    widget.get_by_label("POOL? is there").uncheck()
    assert "Without a pool nothing shrinks." in status(widget)
    assert f": {parameters(optional=False)} parameters" in status(widget)


def test_the_table_lists_every_layer(widget):
    widget.get_by_text("Layer by layer").click()
    rows = widget.locator(".cv-layers tbody tr")
    assert rows.count() == 18
    assert rows.first.inner_text().split("\t") == ["CONV", "32 × 32 × 32", "896"]


def test_on_a_phone_it_stays_in_its_column(phone):
    widget = phone.open(PAGE).locator(".cv-grammar-builder").first
    widget.get_by_label("AlexNet's", exact=True).tap(force=True)
    assert "5 convolutions, 3 pools" in status(widget)
    assert sticks_out(widget) <= 0
