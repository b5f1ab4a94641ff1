"""Patches of photographs: balanced, seeded, and no pixel in both splits."""

import numpy as np
import pytest
import torch

from cvlib.data import patches as module
from cvlib.data.patches import PATCH_CLASSES, patches
from cvlib.data.photos import photos


@pytest.mark.parametrize("split", ["train", "test"])
def test_patches_are_grey_pictures_of_every_class(split):
    images, labels = patches(split, n=40)
    assert (images.shape, images.dtype) == ((40, 3, 32, 32), torch.float32)
    assert labels.bincount().tolist() == [4] * 10
    assert 0 <= images.min() < images.max() <= 1
    assert torch.equal(images[:, 0], images[:, 2])


def test_a_seed_gives_the_same_patches_again():
    (a, la), (b, lb) = patches(n=30, seed=3), patches(n=30, seed=3)
    assert torch.equal(a, b)
    assert torch.equal(la, lb)
    assert not torch.equal(a, patches(n=30, seed=4)[0])


def test_no_patch_is_flat():
    images, _ = patches("train", n=500)
    assert images[:, 0].flatten(1).std(1).min() > module.FLAT


@pytest.mark.parametrize("name", PATCH_CLASSES)
def test_no_pixel_of_the_test_part_is_in_the_training_part(name, monkeypatch):
    # a photograph whose brightness says the column: a patch says where it is from
    H, W = module._region(name).shape
    columns = np.tile(np.arange(W) / W + 1e-9, (H, 1))
    columns[::2] += 1.0  # never flat
    monkeypatch.setattr(module, "_region", lambda _: columns)
    train = patches("train", n=200)[0].fmod(1.0)
    test = patches("test", n=200)[0].fmod(1.0)
    assert train.max() < test.min()


def test_every_region_is_of_a_photograph_that_is_credited():
    assert {region[0] for region in module._REGIONS.values()} <= set(photos())
    assert tuple(module._REGIONS) == PATCH_CLASSES


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"split": "all"}, "split must be 'train' or 'test', got 'all'"),
        ({"n": 0}, "n must be a positive integer, got 0"),
        ({"size": 64}, "size must be at most 48, the test part of the smallest"),
    ],
)
def test_bad_arguments_get_one_sentence(options, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        patches(**options)
