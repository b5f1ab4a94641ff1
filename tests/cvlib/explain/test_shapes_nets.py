"""The two shipped nets for shapes: what they know, and how much of a shape they see."""

import pytest
import torch
from torch.nn.functional import interpolate

from cvlib import weights
from cvlib.data.weak import one_shape
from cvlib.explain import cam, gmp_localise
from cvlib.train import evaluate

NETS = {"average": "shapes_gap", "maximum": "shapes_gmp"}


@pytest.fixture(scope="module")
def pictures():
    return one_shape(120, seed=1000, size=48)  # the first of the test split


@pytest.mark.parametrize("pooling", list(NETS))
def test_a_net_names_shapes_as_well_as_recorded(pictures, pooling):
    entry = weights.manifest()[NETS[pooling]]
    images, labels, _ = pictures
    _, accuracy = evaluate(weights.load(NETS[pooling]), images, labels)
    assert accuracy == pytest.approx(entry["value"], abs=entry["tolerance"] + 0.01)


def covered(pictures, pooling: str) -> float:
    """Mean share of a shape where its map exceeds a fifth of its maximum."""
    images, labels, masks = pictures
    net = weights.load(NETS[pooling])
    maps = gmp_localise(net, images).maps if pooling == "maximum" else None
    maps = cam(net, images).maps if maps is None else maps
    own = maps[torch.arange(len(labels)), labels][:, None]
    large = interpolate(own, size=(48, 48), mode="bilinear", align_corners=False)[:, 0]
    region = large > 0.2 * large.amax((1, 2), keepdim=True)
    return ((region & masks).sum((1, 2)) / masks.sum((1, 2))).mean().item()


def test_the_average_covers_the_shape_and_the_maximum_a_part_of_it(pictures):
    assert covered(pictures, "average") > 0.9
    assert covered(pictures, "maximum") < 0.4


@pytest.mark.parametrize("pooling", list(NETS))
def test_both_peak_within_the_shapes_box(pictures, pooling):
    images, labels, masks = pictures
    points = gmp_localise(weights.load(NETS[pooling]), images).points
    own = points[torch.arange(len(labels)), labels]
    for (x, y), mask in zip(own.tolist(), masks, strict=True):
        rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
        assert columns[0] - 4 <= x <= columns[-1] + 5  # a cell of the map is 4 pixels
        assert rows[0] - 4 <= y <= rows[-1] + 5
