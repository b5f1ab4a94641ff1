"""Two nets that are alike up to how they pool."""

import re

import pytest
import torch

from cvlib.nets.pooled import pooled_net, shapes_gap, shapes_gmp


def test_the_two_nets_for_shapes_have_the_same_number_of_parameters():
    counts = [
        sum(p.numel() for p in net().parameters()) for net in (shapes_gap, shapes_gmp)
    ]
    assert counts == [27924, 27924]


@pytest.mark.parametrize("pooling", ["average", "maximum"])
def test_any_size_of_picture_gives_a_score_for_each_class(pooling):
    net = pooled_net(pooling, 4, widths=(4, 8), depth=1).eval()
    for size in (16, 33):
        assert net(torch.rand(2, 3, size, size)).shape == (2, 4)


def test_an_unknown_pooling_is_named():
    sentence = "pooling must be 'average' or 'maximum', got 'max'"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        pooled_net("max", 4)
