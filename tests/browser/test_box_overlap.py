"""Two boxes, dragged, typed and stepped by a reader."""

import pytest

from cvlib.show import number
from cvlib.widgets import BoxOverlap
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/measuring/overlap"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-box-overlap").first


def table(widget) -> dict[str, str]:
    rows = widget.locator(".cv-measures tr").all_inner_texts()
    return dict(row.split("\t") for row in rows)


def box(widget, name: str) -> list[int]:
    inputs = widget.get_by_role("spinbutton", name=name)
    return [int(value) for value in inputs.evaluate_all("es => es.map(e => e.value)")]


def drag(widget, start, end) -> None:
    """From one place of the sheet to another, in pixels of the boxes."""
    svg = widget.locator("svg.cv-pad").bounding_box()
    unit = svg["width"] / (30 * 20 + 16)
    mouse = widget.page.mouse
    for n, (x, y) in enumerate((start, end)):
        at = svg["x"] + (8 + 20 * x) * unit, svg["y"] + (8 + 20 * y) * unit
        mouse.move(*at, steps=1 + 7 * n)
        if n == 0:
            mouse.down()
    mouse.up()


def test_the_numbers_are_those_of_cvlib(widget):
    for name in ("shifted", "half", "inside", "apart"):
        choose(widget, name)
        state = {
            "truth": box(widget, "true box"),
            "prediction": box(widget, "prediction"),
        }
        expected = BoxOverlap(**state).measures()
        shown = table(widget)
        for key, label in (("iou", "IoU"), ("giou", "GIoU"), ("ciou", "CIoU")):
            assert shown[label] == number(expected[key], 3)


def test_the_prediction_is_dragged_by_its_middle_and_its_corner(widget):
    widget.scroll_into_view_if_needed()
    drag(widget, (18, 15), (20, 17))  # outside the true box
    assert box(widget, "prediction") == [10, 8, 22, 18]
    drag(widget, (22, 18), (28, 19))
    assert box(widget, "prediction") == [10, 8, 28, 19]
    assert box(widget, "true box") == [4, 4, 16, 14]


def test_a_corner_dragged_too_far_makes_the_box_empty(widget):
    widget.scroll_into_view_if_needed()
    drag(widget, (20, 16), (2, 12))
    assert box(widget, "prediction") == [8, 6, 8, 12]
    assert status(widget) == "An empty box covers nothing: IoU is 0 wherever it lies."
    drag(widget, (8, 12), (14, 14))
    assert box(widget, "prediction") == [8, 6, 14, 14]


def test_the_arrow_keys_move_and_stretch(widget):
    guess = widget.get_by_role("button", name="prediction, from 8, 6 to 20, 16")
    guess.focus()
    widget.page.keyboard.press("ArrowLeft")
    widget.page.keyboard.press("Shift+ArrowDown")
    assert box(widget, "prediction") == [7, 6, 19, 17]
    assert widget.locator("rect.guess").evaluate("e => e === document.activeElement")


def test_a_typed_side_pushes_the_other_one(widget):
    widget.get_by_label("prediction, x1").fill("25")
    assert box(widget, "prediction") == [25, 6, 25, 16]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("good", "Correct at 0.5."),
        ("half", "Exactly 0.5: not above it"),
        ("inside", "so GIoU equals IoU"),
        ("touching", "The boxes touch, but an edge has no area"),
        ("apart", "The boxes do not meet"),
        ("both empty", "IoU would be 0/0"),
        ("shifted", "Not correct at 0.5, although 53 % of the true box is covered."),
        ("inside", "Not correct at 0.5: 8 % of the true box is covered."),
    ],
)
def test_the_sentence_says_what_is_seen(widget, name, words):
    choose(widget, name)
    assert words in status(widget)


def test_on_a_phone_a_finger_moves_a_box(phone):
    widget = phone.open(PAGE).locator(".cv-box-overlap").first
    choose(widget, "apart")
    assert "do not meet" in status(widget)
    assert sticks_out(widget) <= 0
    svg = widget.locator("svg.cv-pad")
    svg.scroll_into_view_if_needed()
    svg.evaluate(
        """e => {
        const b = e.getBoundingClientRect(), u = b.width / 616;
        const at = (x, y) => ({ bubbles: true, pointerType: 'touch', buttons: 1,
          pointerId: 1, clientX: b.left + (8 + 20 * x) * u,
          clientY: b.top + (8 + 20 * y) * u });
        e.setPointerCapture = () => {};
        e.dispatchEvent(new PointerEvent('pointerdown', at(25, 11)));
        e.dispatchEvent(new PointerEvent('pointermove', at(10, 9)));
        e.dispatchEvent(new PointerEvent('pointerup', at(10, 9)));
        }"""
    )
    assert box(widget, "prediction") == [7, 6, 14, 12]
    assert "They share" in status(widget)
