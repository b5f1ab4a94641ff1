"""Masks over a picture: their colours, their outlines, what is in front."""

import numpy as np

from cvlib.show import paint_masks


def squares():
    masks = np.zeros((2, 12, 12), dtype=bool)
    masks[0, 1:8, 1:8] = masks[1, 5:11, 5:11] = True
    return masks


def test_inside_colours_outline_white_elsewhere_grey():
    image = np.random.default_rng(0).random((3, 12, 12))
    painted = paint_masks(image, squares())
    assert painted.shape == (12, 12, 3)
    assert (painted[1, 1:8] == 1).all()  # the upper edge of the first
    assert not np.allclose(painted[3, 3], painted[9, 9])
    outside = painted[0]
    assert np.allclose(outside, outside.mean(axis=1, keepdims=True))


def test_the_later_mask_lies_in_front():
    painted = paint_masks(np.zeros((3, 12, 12)), squares())
    alone = paint_masks(np.zeros((3, 12, 12)), squares()[1:])
    # the same colour is not asked for: each mask has its own
    assert (painted[5, 5:11] == 1).all()
    assert (alone[5, 5:11] == 1).all()


def test_no_mask_is_the_pale_picture():
    painted = paint_masks(np.ones((3, 4, 4)), np.zeros((0, 4, 4), dtype=bool))
    assert np.allclose(painted, 0.9)
