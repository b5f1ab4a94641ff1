"""Five tasks on one picture, switched and pointed at by a reader."""

import pytest

from cvlib.data.scenes import scene
from cvlib.show.tasks import main_object
from cvlib.widgets.task_switch import SEED
from tests.browser.reader import choose, status, sticks_out

pytestmark = pytest.mark.browser
PAGE = "book/vision/five-tasks"
SHOT = scene(SEED)
H, W = SHOT.image.shape[:2]
N = len(SHOT)


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-task-switch").first


def box(k: int) -> str:
    return f"box ({', '.join(f'{v:.0f}' for v in SHOT.boxes[k])})"


def inside(k: int) -> tuple[int, int]:
    """A pixel (x, y) of object k, in the middle of its pixels in its middle row."""
    ys, _ = SHOT.masks[k].nonzero()
    y = int(ys[len(ys) // 2])
    xs = SHOT.masks[k][y].nonzero()[0]
    return int(xs[len(xs) // 2]), y


def place(widget, k: int) -> dict:
    stage = widget.locator(".cv-stage")
    size = stage.bounding_box()
    x, y = inside(k)
    at = {"x": (x + 0.5) / W * size["width"], "y": (y + 0.5) / H * size["height"]}
    return {"position": at}


@pytest.mark.parametrize(
    ("task", "numbers"),
    [
        ("Classification", 1),
        ("+ localisation", 5),
        ("Detection", 5 * N),
        ("Semantic segmentation", H * W),
        ("Instance segmentation", N + N * H * W),
    ],
)
def test_a_task_says_how_many_numbers_it_returns(widget, task, numbers):
    choose(widget, task)
    counted = f": {numbers:,}".replace(",", " ")
    form = widget.locator(".cv-muted").last.inner_text()
    assert counted in form.replace("\u202f", " ").replace("\u00a0", " ")


def test_one_word_names_what_the_picture_shows_most_of(widget):
    choose(widget, "Classification")
    assert SHOT.names[main_object(SHOT)] in status(widget)
    choose(widget, "+ localisation")
    assert box(main_object(SHOT)) in status(widget)


def test_pointing_at_an_object_shows_its_exact_box(widget):
    choose(widget, "Detection")
    assert widget.locator(".cv-stage svg rect").count() == N
    k = main_object(SHOT)
    widget.locator(".cv-stage").hover(**place(widget, k))
    assert f"Object {k + 1}: {SHOT.names[k]}" in status(widget)
    assert box(k) in status(widget)
    widget.page.mouse.move(2, 2)
    assert "Object" not in status(widget)


def test_semantic_segmentation_melts_two_squares_together(widget):
    choose(widget, "Semantic segmentation")
    widget.get_by_role("button", name="square").press("Enter")
    both = sum(
        int(mask.sum())
        for mask, name in zip(SHOT.masks, SHOT.names, strict=True)
        if name == "square"
    )
    assert f"square: {both} pixels. They belong to 2 objects" in status(widget)


def test_instance_segmentation_counts_each_objects_pixels(widget):
    choose(widget, "Instance segmentation")
    buttons = widget.locator(".cv-parts button")
    assert buttons.all_inner_texts() == list(SHOT.names)
    for k in range(N):
        buttons.nth(k).click()
        assert f"{int(SHOT.masks[k].sum())} pixels" in status(widget)
        assert buttons.nth(k).get_attribute("aria-pressed") == "true"


def test_after_a_reload_it_starts_afresh(widget):
    choose(widget, "Semantic segmentation")
    widget.page.reload()
    assert widget.locator(".cv-strip input").first.is_checked()


def test_on_a_phone_a_tap_chooses(phone):
    widget = phone.open(PAGE).locator(".cv-task-switch").first
    choose(widget, "Instance segmentation")
    k = main_object(SHOT)
    widget.locator(".cv-stage").tap(**place(widget, k))
    assert status(widget).startswith(f"Object {k + 1}: {SHOT.names[k]}")
    assert sticks_out(widget) <= 0
