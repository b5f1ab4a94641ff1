"""Drawings of tissue."""

import numpy as np
import pytest

from cvlib.data.cells import drawn_cells


def test_a_seed_is_a_drawing():
    for a, b in zip(drawn_cells(5), drawn_cells(5), strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(drawn_cells(5)[0], drawn_cells(6)[0])


def test_walls_are_dark_and_few():
    picture, cell = drawn_cells(1, size=64)
    assert picture.shape == cell.shape == (64, 64)
    assert set(np.unique(cell)) == {0, 1}
    assert 0.6 < cell.mean() < 0.95
    assert picture[cell == 0].mean() < 80 < 120 < picture[cell == 1].mean()


def test_a_drawing_needs_a_size():
    with pytest.raises(ValueError, match="size must be a positive integer, got 0"):
        drawn_cells(size=0)
