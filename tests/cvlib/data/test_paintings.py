"""cvlib.data.paintings: manners of painting without a download."""

import re

import numpy as np
import pytest

from cvlib.data import downloads
from cvlib.data.paintings import ARTWORKS, PAINTERS, area, artwork, halves, painting


@pytest.mark.parametrize("manner", PAINTERS)
def test_a_painting_is_a_picture_and_the_same_seed_paints_it_again(manner):
    picture = painting(manner, 48, seed=3)
    assert picture.shape == (48, 48, 3)
    assert picture.dtype == np.float64
    assert picture.min() >= 0
    assert picture.max() <= 1
    np.testing.assert_array_equal(picture, painting(manner, 48, seed=3))
    assert np.abs(picture - painting(manner, 48, seed=4)).mean() > 0.02


@pytest.mark.parametrize("manner", PAINTERS)
def test_a_painting_has_many_colours_and_light_and_shade(manner):
    picture = painting(manner, 64)
    assert picture.std(axis=(0, 1)).min() > 0.04
    assert len(np.unique((picture * 15).astype(int).reshape(-1, 3), axis=0)) > 60


def test_the_composition_is_the_same_at_every_size():
    small, large = painting("planes", 40), painting("planes", 80)
    halved = large.reshape(40, 2, 40, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - small).mean() < 0.06


def test_a_cut_loses_nothing():
    square = np.array([(0.0, 0), (4, 0), (4, 2), (0, 2)])
    parts = halves(square, np.array([1.0, 1.0]), np.array([0.6, 0.8]))
    assert len(parts) == 2
    assert sum(map(area, parts)) == pytest.approx(8)


def test_an_unknown_manner_gets_the_known_ones():
    sentence = (
        "manner must be 'strokes', 'dots', 'planes' or 'waves', got 'wave'; did you "
        "mean 'waves'?"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        painting("wave")


def test_the_artworks_are_downloads_with_credits():
    assert set(ARTWORKS) <= set(downloads.DOWNLOADS)
    with pytest.raises(ValueError, match=r"^name must be 'starry_night'"):
        artwork("mona_lisa")


@pytest.mark.parametrize("name", ARTWORKS)
def test_an_artwork_that_is_here_opens(name):
    if downloads.find(name) is None:
        pytest.skip(f"{name} is not here: set CVLIB_DATA to a folder that has it")
    assert artwork(name, 64).shape[2] == 3
