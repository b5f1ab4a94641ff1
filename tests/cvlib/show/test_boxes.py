"""cvlib.show.boxes: solid what was found, dashed what is there."""

import numpy as np
import pytest
import torch
from matplotlib.patches import Rectangle

from cvlib import show
from cvlib.show import palette as p

GREY = np.full((40, 60, 3), 0.5)


def rectangles(picture, ax=0):
    return [r for r in picture.figure.axes[ax].patches if isinstance(r, Rectangle)]


def test_the_corner_of_a_box_is_the_edge_of_a_pixel():
    """`imshow` has the centre of the first pixel at 0, a box its left edge."""
    shown = show.detections([GREY], [[[5, 6, 30, 20]]], alt="A box.")
    box = rectangles(shown)[-1]
    assert (*box.get_xy(), box.get_width(), box.get_height()) == (4.5, 5.5, 25, 14)


def test_what_is_there_is_dashed_and_lies_below_what_was_found():
    shown = show.detections(
        [GREY], [[[5, 5, 30, 20]]], truth=[[[6, 6, 31, 21]]], alt="Two boxes."
    )
    dashed = [r.get_linestyle() not in ("-", "solid") for r in rectangles(shown)]
    assert dashed == [True, False, False]


@pytest.mark.parametrize("as_tensor", [False, True])
def test_pictures_may_be_tensors(as_tensor):
    picture = torch.zeros(3, 40, 60) if as_tensor else np.zeros((40, 60, 3))
    shown = show.detections([picture], [torch.zeros(0, 4)], alt="Nothing found.")
    assert rectangles(shown) == []


def test_a_picture_may_have_a_colour_of_its_own_for_each_box():
    boxes = [[0, 0, 9, 9], [9, 9, 20, 20]]
    shown = show.detections(
        [GREY], [boxes], colours=[[p.OUTPUT, p.GRADIENT]], alt="A hit and a miss."
    )
    lines = [r.get_edgecolor() for r in rectangles(shown)]
    assert lines[1] != lines[3]


def test_words_stand_at_their_boxes():
    boxes = [[2, 20, 20, 30], [50, 20, 60, 30]]
    shown = show.detections([GREY], [boxes], words=[["a", "b"]], alt="Two words.")
    left, right = shown.figure.axes[0].texts
    assert [left.get_text(), right.get_text()] == ["a", "b"]
    assert (left.get_ha(), right.get_ha()) == ("left", "right")
