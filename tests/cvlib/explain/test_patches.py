"""Patches that maximise a unit."""

import re

import pytest
import torch
from torch import nn

from cvlib.explain import Patch, cut_out, top_patches
from cvlib.nets.resnet import cifar_resnet20
from cvlib.validate import ShapeError


@pytest.fixture
def bright() -> nn.Sequential:
    """One unit that answers with the sum of 3 × 3 pixels."""
    net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1))
    nn.init.ones_(net[0].weight)
    nn.init.zeros_(net[0].bias)
    return net


def test_the_brightest_places_come_in_order(bright):
    images = torch.zeros(3, 1, 7, 7)
    images[0, 0, 3, 2], images[2, 0, 1, 5] = 1.0, 2.0
    first, second, third = top_patches(bright, "0", images, 0)
    assert (first.image, first.value) == (2, 2.0)
    assert (second.image, second.value) == (0, 1.0)
    assert (third.image, third.value, third.position) == (1, 0.0, (0, 0))
    assert first.position == (0, 4)  # the first of nine that see the pixel
    assert first.box == (3, 0, 6, 2)
    assert cut_out(images, first).shape == (1, 2, 3)


def test_one_image_may_fill_the_list_if_asked(bright):
    images = torch.zeros(2, 1, 5, 5)
    images[1, 0, 2, 2], images[0, 0, 4, 4] = 3.0, 1.0
    many = top_patches(bright, "0", images, 0, 10, one_an_image=False)
    assert [patch.image for patch in many] == [1] * 9 + [0]
    assert len({patch.position for patch in many[:9]}) == 9
    assert len(top_patches(bright, "0", images, 0, 10)) == 2


@pytest.mark.parametrize("layer", ["conv1", "layer1", "layer2.0"])
def test_the_patch_alone_excites_the_unit_as_much_as_the_picture(layer):
    """What lies outside the box cannot matter: paint it over, and nothing changes."""
    torch.manual_seed(0)
    net = cifar_resnet20().eval()
    images = torch.rand(5, 3, 64, 64)
    for patch in top_patches(net, layer, images, unit=3, k=2):
        x1, y1, x2, y2 = patch.box
        painted = torch.full_like(images[:1], 0.5)
        painted[0, :, y1:y2, x1:x2] = cut_out(images, patch)
        again = top_patches(net, layer, painted, unit=3, k=64 * 64, one_an_image=False)
        there = next(p for p in again if p.position == patch.position)
        assert there.value == pytest.approx(patch.value, abs=1e-5)


def test_batches_make_no_difference(bright):
    images = torch.rand(7, 1, 6, 6)
    whole = top_patches(bright, "0", images, 0, 7)
    assert whole == top_patches(bright, "0", images, 0, 7, batch_size=2)
    assert all(isinstance(patch, Patch) for patch in whole)


@pytest.mark.parametrize(
    ("images", "unit", "k", "error", "sentence"),
    [
        (
            torch.zeros(3, 8, 8), 0, 1, ShapeError,
            "images must be (N, C, H, W), got (3, 8, 8); did you mean images[None]?",
        ),
        (
            torch.zeros(1, 1, 8, 8), 4, 1, ValueError,
            "unit must be at most 0, for '0' has 1 of them, got 4",
        ),
        (
            torch.zeros(1, 1, 8, 8), 0, 0, ValueError,
            "k must be a positive integer, got 0; the smallest allowed is 1",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments_get_a_sentence(bright, images, unit, k, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        top_patches(bright, "0", images, unit, k)
