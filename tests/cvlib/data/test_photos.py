"""cvlib.data.photos: real pictures without a download."""

import socket

import numpy as np
import pytest
import skimage.data
from numpy.testing import assert_array_equal
from sklearn.datasets import load_sample_image

from cvlib.data import photos as module
from cvlib.data.photos import credit, photo, photos


@pytest.mark.parametrize("name", photos())
def test_every_photo_opens_offline_as_rgb_floats(name, monkeypatch):
    def no_network(*_):
        raise AssertionError("a bundled photograph asked for the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    module._pixels.cache_clear()
    image = photo(name, size=24)
    assert min(image.shape[:2]) == 24
    assert image.shape[2] == 3
    assert image.dtype == np.float64
    assert image.min() >= 0
    assert 0.1 < image.max() <= 1


def test_a_photo_has_the_librarys_own_pixels():
    assert_array_equal(photo("astronaut"), skimage.data.astronaut() / 255)
    assert_array_equal(photo("china"), load_sample_image("china.jpg") / 255)


def test_a_gray_photo_has_three_equal_channels():
    image = photo("camera")
    for c in range(3):
        assert_array_equal(image[..., c], skimage.data.camera() / 255, strict=True)


def test_painting_on_a_photo_does_not_change_the_next_one():
    for size in (None, (512, 512), 20):
        photo("camera", size)[:] = 0
        assert photo("camera", size).max() > 0


def test_a_photo_can_be_asked_for_in_any_size():
    assert photo("coffee", (50, 70)).shape == (50, 70, 3)


@pytest.mark.parametrize("name", photos())
def test_every_photo_names_its_author_and_licence(name):
    found = credit(name)
    assert all([found.title, found.author, found.licence, found.source])
    for part in (found.title, found.author, found.licence):
        assert part in str(found)


@pytest.mark.parametrize("ask", [photo, credit])
def test_an_unknown_name_is_answered_with_the_names(ask):
    with pytest.raises(
        ValueError,
        match=r"^name must be 'astronaut', 'brick', .* or 'text', got 'chelsey'; "
        r"did you mean 'chelsea'\?$",
    ):
        ask("chelsey")
