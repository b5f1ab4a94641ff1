"""Maps of classes as pictures."""

import numpy as np

from cvlib import show


def test_every_class_has_a_colour_of_its_own():
    colours = show.class_colours(np.array([[0, 1, 2, 3, 4, 5, 6, 255]]))[0]
    assert colours.shape == (8, 3)
    assert len({tuple(c) for c in colours}) == 8
    assert colours.min() >= 0
    assert colours.max() <= 1


def test_after_six_classes_the_colours_come_again():
    colours = show.class_colours(np.array([[1, 7, 2, 8]]))[0]
    assert (colours[0] == colours[1]).all()
    assert (colours[2] == colours[3]).all()
