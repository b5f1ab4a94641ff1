"""The network that all detectors look through, and its finer map."""

import pytest
import torch

from cvlib.detect import FineBackbone, small_backbone


@pytest.fixture
def net():
    torch.manual_seed(0)
    return FineBackbone().eval()


@torch.no_grad()
def test_the_fine_map_has_twice_the_cells_of_the_deep_one(net):
    pixels = torch.rand(2, 3, 48, 64)
    assert net.deep(pixels).shape == (2, 80, 6, 8)
    assert net(pixels).shape == (2, 64, 12, 16)


@torch.no_grad()
def test_a_picture_moved_by_a_deep_cell_moves_the_map_by_two(net):
    wide = torch.rand(1, 3, 240, 320)
    here, there = net(wide[..., :312]), net(wide[..., 8:])
    inside = slice(24, -24)  # what sees no edge
    torch.testing.assert_close(
        here[..., inside, 26:54], there[..., inside, 24:52], atol=1e-5, rtol=1e-4
    )


@torch.no_grad()
@pytest.mark.parametrize("part", ["lateral", "top_down"])
def test_both_maps_count(net, part):
    pixels = torch.rand(1, 3, 32, 32)
    before = net(pixels)
    for weight in getattr(net, part).parameters():
        weight.zero_()
    assert not torch.allclose(net(pixels), before)


def test_weights_of_the_plain_backbone_fit_into_the_deep_part(net):
    other = small_backbone()
    net.deep.load_state_dict(other.state_dict())
    pixels = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(net.deep(pixels), other.eval()(pixels))
