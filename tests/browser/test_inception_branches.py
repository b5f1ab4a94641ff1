"""The widths of an Inception module, pulled by a reader."""

import pytest

from cvlib.nets.googlenet import MODULES
from cvlib.show.tables import _text as printed
from cvlib.widgets import InceptionBranches
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/deeper/inception"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-inception-branches").first


@pytest.mark.parametrize("name", ["3a", "4a", "4b", "4d", "5b"])
def test_a_published_module_counts_what_cvlib_counts(widget, name):
    choose(widget, name)
    channels, *widths = MODULES[name]
    ours = InceptionBranches(in_channels=channels, widths=widths)
    start = f"{channels} channels in, {ours.out_channels()} out, "
    assert status(widget).startswith(f"{start}{printed(ours.weights())} weights")
    assert f"cost {ours.single() / ours.weights():.1f} times as much" in status(widget)


def test_it_opens_on_4b(widget):
    assert widget.get_by_label("4b", exact=True).is_checked()
    assert "448\u202f512 weights, 87\u202f908\u202f352 multiply-adds" in status(widget)


def test_a_slider_changes_one_branch(widget):
    slide_to(widget, "5 × 5 filters", 128)
    ours = InceptionBranches(widths=[160, 112, 224, 24, 128, 64])
    assert f"{ours.out_channels()} out, {printed(ours.weights())}" in status(widget)
    assert widget.locator(".cv-strip :checked").count() == 0  # no published module
    slide_to(widget, "5 × 5 filters", 64)
    assert widget.get_by_label("4b", exact=True).is_checked()


def test_a_reduction_that_reduces_nothing_is_called_so(widget):
    assert "reduces nothing" not in status(widget)
    slide_to(widget, "channels in", 64)
    assert "before the 3 × 3 reduces nothing" in status(widget)


def test_the_bars_are_on_one_scale(widget):
    own, plain, one = (
        sum(
            float(r.get_attribute("width"))
            for r in widget.locator("svg.cv-ib-kernel").nth(i).locator("rect").all()
        )
        for i in range(3)
    )
    ours = InceptionBranches()
    assert own / one == pytest.approx(ours.weights() / ours.single())
    assert plain / one == pytest.approx(ours.naive() / ours.single())
    assert one == pytest.approx(1000)


def test_the_keyboard_moves_a_slider(widget):
    slider = widget.get_by_label("1 × 1 filters", exact=True)
    slider.focus()
    slider.press("ArrowRight")
    assert "520 out" in status(widget)


def test_on_a_phone_nothing_sticks_out(phone):
    widget = phone.open(PAGE).locator(".cv-inception-branches").first
    widget.get_by_label("3a", exact=True).tap()
    assert status(widget).startswith("192 channels in, 256 out")
    assert sticks_out(widget) <= 0
