"""Two thresholds over a crowd, moved by a reader."""

import pytest

from cvlib.widgets.suppression import Suppression, outcome
from tests.browser.reader import slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/measuring/suppression"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-suppression").first


COLLISIONS = """widget => {
  const svg = widget.querySelector(".cv-scene");
  const texts = [...svg.querySelectorAll("text")];
  const { width: W, height: H } = svg.viewBox.baseVal;
  const size = parseFloat(getComputedStyle(texts[0]).fontSize);
  const words = texts.map((t) => {
    const { x, width } = t.getBBox();
    return { said: t.textContent, left: x, right: x + width, y: +t.getAttribute("y") };
  });
  const outside = ({ left, right, y }) =>
    left < 0 || right > W || y < size || y + size / 4 > H;
  const meet = (a, b) => a !== b && Math.abs(a.y - b.y) < 1.2 * size
    && a.left < b.right && b.left < a.right;
  return words.filter((a) => outside(a) || words.some((b) => meet(a, b)))
    .map((w) => w.said);
}"""


def stay(widget) -> int:
    return widget.locator("rect.stays").count()


@pytest.mark.parametrize(("score", "iou"), [(0.6, 0.5), (0.6, 0.3), (0.4, 0.7), (0, 1)])
def test_as_many_stay_as_cvlib_keeps(widget, score, iou):
    slide_to(widget, "least score", score)
    slide_to(widget, "most IoU", iou)
    expected = Suppression(score=score, iou=iou)
    keep = expected.kept()
    assert stay(widget) == len(keep)
    said = outcome(
        expected.boxes, expected.labels, keep, expected.truth, expected.truth_labels
    )
    assert f"{said.count('hit')} of 7 objects found" in status(widget)
    if said.count("again"):
        assert f"{said.count('again')} found again" in status(widget)


def test_the_lectures_thresholds_miss_one_of_two_rings(widget):
    assert "6 of 7 objects found" in status(widget)
    assert "1 missed" in status(widget)
    slide_to(widget, "most IoU", 0.6)
    assert "7 of 7 objects found; 5 found again" in status(widget)


def test_thresholds_tuned_to_the_picture_find_everything(widget):
    slide_to(widget, "least score", 0.72)
    slide_to(widget, "most IoU", 0.56)
    assert "7 of 7 objects found, each once, and nothing else." in status(widget)


def test_all_classes_together_clear_the_strays(widget):
    assert "3 stray boxes" in status(widget)
    widget.get_by_label("each class by itself").uncheck()
    assert "stray" not in status(widget)


def test_no_box_is_likely_enough(widget):
    slide_to(widget, "least score", 1)
    assert stay(widget) == 0
    assert "0 likely enough, 0 left. 0 of 7 objects found; 7 missed." in status(widget)


def test_stepping_back_shows_a_pick_and_what_it_throws_out(widget):
    told = widget.locator(".cv-told")
    assert told.inner_text().startswith("All picks are made")
    back = widget.get_by_role("button", name="Step back")
    back.click()
    assert widget.locator("rect.picked").count() == 1
    assert told.inner_text().startswith("Pick 8: ")
    for _ in range(8):
        back.click()
    assert told.inner_text().endswith("The best of them is picked first.")
    waiting = widget.locator("rect.waiting").count()
    assert f"{waiting} boxes wait" in told.inner_text()


def test_the_truth_can_be_shown(widget):
    assert widget.locator("rect.truth").count() == 0
    widget.get_by_label("show the truth").check()
    assert widget.locator("rect.truth").count() == 7


def test_on_a_phone_it_fits(phone):
    widget = phone.open(PAGE).locator(".cv-suppression").first
    slide_to(widget, "most IoU", 0.3)
    assert "objects found" in status(widget)
    assert sticks_out(widget) <= 0


@pytest.mark.parametrize("reader", ["visit", "phone"])
def test_no_words_lie_on_others_or_leave_the_picture(reader, request):
    widget = request.getfixturevalue(reader).open(PAGE).locator(".cv-suppression").first
    for score, iou in [(0.6, 0.5), (0.6, 0.7), (0.4, 0.5), (0, 0.2), (0, 1)]:
        slide_to(widget, "least score", score)
        slide_to(widget, "most IoU", iou)
        assert widget.evaluate(COLLISIONS) == []
        words = widget.locator("svg text").count()
        assert words == stay(widget) if iou == 0.5 else words >= 12
