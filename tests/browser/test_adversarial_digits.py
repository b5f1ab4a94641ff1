"""Digits attacked by a reader; the network runs in the page."""

import re

import pytest
import torch

from cvlib.attack import pgd
from cvlib.widgets.adversarial_digits import examples, net
from tests.browser.reader import choose, slide_to, status, sticks_out

pytestmark = pytest.mark.browser
PAGE, DRAWING = "book/fooling/one-step", "book/fooling/targeted"


@pytest.fixture
def widget(visit):
    return visit.open(PAGE).locator(".cv-adversarial-digits").first


@pytest.fixture
def board(visit):
    return visit.open(DRAWING).locator(".cv-adversarial-digits").first


@pytest.mark.parametrize("network", ["plain", "hardened"])
@pytest.mark.parametrize(("digit", "eps", "ten"), [(3, 0.1, False), (8, 0.25, True)])
def test_the_page_says_what_torch_says(widget, network, digit, eps, ten):
    widget.locator("fieldset", has_text="digit").get_by_label(
        str(digit), exact=True
    ).first.click(force=True)
    choose(widget, network)
    choose(widget, "ten steps" if ten else "one step")
    slide_to(widget, "ε", eps)
    x = torch.tensor(examples()[digit]["pixels"]).double().reshape(1, 1, 8, 8)
    moved = pgd(net(network), x, torch.tensor([digit]), eps=eps, random_start=False,
                steps=10 if ten else 1)  # fmt: skip
    p = net(network)(moved).softmax(1)[0]
    read = int(p.argmax())
    percent = f"{100 * p[read]:.0f}\N{NO-BREAK SPACE}%"
    assert f"it reads {read} with {percent}" in status(widget)
    assert ("it stands" in status(widget)) == (read == digit)


def test_with_no_radius_nothing_happens(widget):
    slide_to(widget, "ε", 0)
    assert "it stands" in status(widget)
    shades = widget.locator(".cv-adv-added canvas").evaluate(
        """c => new Set(Array.from(new Uint32Array(
            c.getContext('2d').getImageData(0, 0, 8, 8).data.buffer))).size"""
    )
    assert shades == 1


def test_a_drawn_stroke_is_read_until_it_is_wiped_off(board):
    bars = board.locator(".cv-adv-bars .cv-after")
    assert "Draw a digit" in status(board)
    assert bars.count() == 0  # an empty board is not attacked
    canvas = board.locator(".cv-adv-board")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    mouse = board.page.mouse
    x = box["x"] + box["width"] / 2
    mouse.move(x, box["y"] + 0.15 * box["height"])
    mouse.down()
    mouse.move(x, box["y"] + 0.85 * box["height"], steps=12)
    mouse.up()
    slide_to(board, "ε", 0)
    assert re.search(r"The network reads \d with", status(board))
    assert "it stands" in status(board)
    assert bars.count() == 10
    board.get_by_role("button", name="Clear").click()
    assert "Draw a digit" in status(board)


def test_a_digit_can_be_drawn_by_keyboard_and_given_a_target(board):
    canvas = board.locator(".cv-adv-board")
    canvas.press("Space")
    for _ in range(10):
        canvas.press("ArrowDown")
    assert "The network reads" in status(board)
    choose(board, "any other")
    board.locator("fieldset", has_text="aim at").get_by_label("3", exact=True).click(
        force=True
    )
    slide_to(board, "ε", 0.4)
    assert "as was wanted" in status(board) or "wanted was 3" in status(board)


def test_it_fits_on_a_phone(phone):
    for page in (PAGE, DRAWING):
        widget = phone.open(page).locator(".cv-adversarial-digits").first
        assert sticks_out(widget) <= 0
