"""VGG: names and shapes of torchvision's, sizes, counts, and configuration C."""

import pytest
import torch
from torch import nn

from cvlib.nets import vgg
from cvlib.validate import ShapeError

# Places of the convolutions among torchvision's features.
CONVOLUTIONS = {
    "vgg11": (0, 3, 6, 8, 11, 13, 16, 18),
    "vgg13": (0, 2, 5, 7, 10, 12, 15, 17, 20, 22),
    "vgg16": (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28),
    "vgg19": (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34),
    "vgg11_bn": (0, 4, 8, 11, 15, 18, 22, 25),
    "vgg16_bn": (0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40),
    "vgg19_bn": (0, 3, 7, 10, 14, 17, 20, 23, 27, 30, 33, 36, 40, 43, 46, 49),
}
FILTERS = {  # by depth: filters of each convolution
    "vgg11": (64, 128, *[256] * 2, *[512] * 4),
    "vgg13": (*[64] * 2, *[128] * 2, *[256] * 2, *[512] * 4),
    "vgg16": (*[64] * 2, *[128] * 2, *[256] * 3, *[512] * 6),
    "vgg19": (*[64] * 2, *[128] * 2, *[256] * 4, *[512] * 8),
}
CLASSIFIER = {0: (4096, 25088), 3: (4096, 4096), 6: (1000, 4096)}
PARAMETERS = {
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg16_c": 133_638_952,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
}


def meta(name, **options):
    with torch.device("meta"):
        return getattr(vgg, name)(**options)


@pytest.mark.parametrize("name", list(CONVOLUTIONS))
def test_names_and_shapes_are_torchvisions(name):
    shapes, channels = {}, 3
    filters = FILTERS[name.removesuffix("_bn")]
    for place, width in zip(CONVOLUTIONS[name], filters, strict=True):
        shapes[f"features.{place}.weight"] = (width, channels, 3, 3)
        shapes[f"features.{place}.bias"] = (width,)
        if name.endswith("_bn"):
            for part in ("weight", "bias", "running_mean", "running_var"):
                shapes[f"features.{place + 1}.{part}"] = (width,)
            shapes[f"features.{place + 1}.num_batches_tracked"] = ()
        channels = width
    for place, shape in CLASSIFIER.items():
        shapes[f"classifier.{place}.weight"] = shape
        shapes[f"classifier.{place}.bias"] = shape[:1]
    state = meta(name).state_dict()
    assert {key: tuple(t.shape) for key, t in state.items()} == shapes


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS.items())
def test_the_parameters_are_as_many_as_are_counted(name, parameters):
    assert sum(p.numel() for p in meta(name).parameters()) == parameters


def test_a_name_says_how_many_layers_have_weights():
    for name in PARAMETERS:
        layers = [
            m for m in meta(name).modules() if isinstance(m, nn.Conv2d | nn.Linear)
        ]
        assert len(layers) == int(name[3:5])


def test_the_third_convolution_of_a_block_of_c_is_one_by_one():
    convs = [m for m in meta("vgg16_c").modules() if isinstance(m, nn.Conv2d)]
    sizes = [m.kernel_size[0] for m in convs]
    assert sizes == [3, 3, 3, 3, 3, 3, 1, 3, 3, 1, 3, 3, 1]
    assert all(m.padding[0] == m.kernel_size[0] // 2 for m in convs)


def test_five_pools_halve_224_to_7():
    x, sides = torch.zeros(1, 3, 224, 224, device="meta"), []
    for layer in meta("vgg16").features:
        x = layer(x)
        if isinstance(layer, nn.MaxPool2d):
            sides.append(x.shape[2])
    assert sides == [112, 56, 28, 14, 7]
    assert x.shape == (1, 512, 7, 7)


def test_a_network_of_few_classes_takes_any_size_from_32():
    net = meta("vgg11", num_classes=4, dropout=0.1, init_weights=False)
    assert net(torch.zeros(2, 3, 32, 40, device="meta")).shape == (2, 4)
    assert net.classifier[2].p == 0.1
    with pytest.raises(
        ShapeError, match=r"^x must be \(N, 3, H, W\), got \(3, 32, 32\)"
    ):
        net(torch.zeros(3, 32, 32, device="meta"))


def test_the_initial_weights_keep_the_strength_of_the_signal():
    torch.manual_seed(0)
    net = nn.Sequential(
        *[vgg.make_features([(3,)], [64], in_channels=c)[0] for c in (3, 64)]
    )
    net.apply(vgg._initialise)
    for conv in net:
        assert conv.bias.abs().max() == 0
        expected = (2 / (9 * 64)) ** 0.5
        assert abs(conv.weight.std().item() / expected - 1) < 0.05


def test_widths_that_do_not_fit_the_blocks_are_refused():
    with pytest.raises(
        ValueError, match=r"^widths must have one entry a block, 2, got 3$"
    ):
        vgg.make_features([(3,), (3,)], [8, 16, 32])
