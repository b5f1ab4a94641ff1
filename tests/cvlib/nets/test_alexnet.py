"""AlexNet: names and shapes of torchvision's, the lecture's sizes, the two groups."""

import numpy as np
import pytest
import torch

from cvlib import norm
from cvlib.nets import alexnet
from cvlib.validate import ShapeError

# The layers of torchvision's net that have weights; each has a bias of the same length.
TORCHVISION = {
    "features.0": (64, 3, 11, 11),
    "features.3": (192, 64, 5, 5),
    "features.6": (384, 192, 3, 3),
    "features.8": (256, 384, 3, 3),
    "features.10": (256, 256, 3, 3),
    "classifier.1": (4096, 9216),
    "classifier.4": (4096, 4096),
    "classifier.6": (1000, 4096),
}
LECTURE = {  # name: height and width, channels
    "conv1": (55, 96),
    "pool1": (27, 96),
    "norm1": (27, 96),
    "conv2": (27, 256),
    "pool2": (13, 256),
    "norm2": (13, 256),
    "conv3": (13, 384),
    "conv4": (13, 384),
    "conv5": (13, 256),
    "pool3": (6, 256),
}


def meta(make, **options):
    """The network without its numbers: shapes and counts cost nothing."""
    with torch.device("meta"):
        return make(**options)


def count(module):
    return sum(p.numel() for p in module.parameters())


def test_names_and_shapes_are_torchvisions():
    state = meta(alexnet.alexnet).state_dict()
    expected = {f"{name}.weight": shape for name, shape in TORCHVISION.items()}
    expected |= {f"{name}.bias": shape[:1] for name, shape in TORCHVISION.items()}
    assert {name: tuple(t.shape) for name, t in state.items()} == expected


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (alexnet.alexnet, 61_100_840),
        (alexnet.alexnet_2012, 60_965_224),
        (alexnet.alexnet_lecture, 62_378_344),
    ],
)
def test_the_parameters_are_as_many_as_are_counted(make, parameters):
    assert count(meta(make)) == parameters


def test_the_lectures_table_is_met_line_by_line():
    net = meta(alexnet.alexnet_lecture)
    x, sizes = torch.zeros(1, 3, 227, 227, device="meta"), {}
    for name, layer in net.features.named_children():
        x = layer(x)
        sizes[name] = tuple(x.shape)
    for name, (side, channels) in LECTURE.items():
        assert sizes[name] == (1, channels, side, side)
    named = [n for n in sizes if not n.startswith("relu")]
    assert named == list(LECTURE)


def test_the_paper_normalises_before_it_pools():
    names = [n for n, _ in meta(alexnet.alexnet_2012).features.named_children()]
    assert names[:4] == ["conv1", "relu1", "norm1", "pool1"]


def test_a_group_never_sees_the_other_groups_maps():
    torch.manual_seed(0)
    conv2 = alexnet.AlexNet227(10).features.conv2
    x = torch.rand(1, 96, 27, 27)
    other = x.clone()
    other[:, 48:] = 0
    changed = (conv2(x) != conv2(other)).flatten(2).any(dim=2)[0]
    assert changed.tolist() == [False] * 128 + [True] * 128


def test_groups_halve_the_weights_of_three_layers():
    one, two = (meta(alexnet.AlexNet227, groups=g).features for g in (1, 2))
    for name in ("conv2", "conv4", "conv5"):
        whole, half = one.get_submodule(name), two.get_submodule(name)
        assert whole.weight.numel() == 2 * half.weight.numel()
    assert count(one.conv3) == count(two.conv3)
    assert (count(one.conv2), count(two.conv2)) == (614_656, 307_456)


def test_the_normalisation_is_the_papers():
    x = 20 * torch.rand(2, 96, 3, 3, dtype=torch.float64)
    layer = meta(alexnet.alexnet_2012).features.norm1
    expected = norm.local_response_norm_alexnet(x.numpy())
    np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-12)


def test_torchvisions_takes_other_sizes_and_the_lectures_does_not():
    net = meta(alexnet.alexnet, num_classes=10)
    for side in (63, 224, 320):
        x = torch.zeros(2, 3, side, side, device="meta")
        assert net(x).shape == (2, 10)
    with pytest.raises(
        ShapeError, match=r"^x must be \(N, 3, 227, 227\), got \(2, 3, 224, 224\)$"
    ):
        meta(alexnet.alexnet_lecture)(torch.zeros(2, 3, 224, 224, device="meta"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"norm": "befor"}, "norm must be 'before' or 'after', got 'befor'"),
        ({"groups": 5}, "groups must divide the 96 maps of conv1, got 5; try 2"),
    ],
)
def test_what_cannot_be_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        meta(alexnet.AlexNet227, **options)
