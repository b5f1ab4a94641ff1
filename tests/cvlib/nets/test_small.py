"""SqueezeNet, MobileNet and EfficientNet: published counts, torchvision's names."""

import math
import os
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib.nets.efficientnet import (
    EfficientNet,
    MBConv,
    SqueezeExcitation,
    StochasticDepth,
    efficientnet,
    efficientnet_b0,
)
from cvlib.nets.mobilenet import (
    InvertedResidual,
    SeparableConv,
    mobilenet_v1,
    mobilenet_v2,
)
from cvlib.nets.scaling import PUBLISHED, compound_scale, round_channels, scale_depth
from cvlib.nets.squeezenet import Fire, squeezenet1_1


def parameters(net: nn.Module) -> int:
    return sum(weights.numel() for weights in net.parameters())


def multiply_adds(net: nn.Module, size: int) -> int:
    """Of convolutions and linear layers, measured while one picture goes through."""
    total = 0

    def count(module: nn.Module, _, output: torch.Tensor) -> None:
        nonlocal total
        # (1, F, P, Q) or (1, F): each output value is one filter's sum
        total += output.numel() * module.weight[0].numel()

    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(count)
    with torch.inference_mode():
        net.eval()(torch.zeros(1, 3, size, size))
    return total


@pytest.mark.parametrize(
    ("build", "weights", "work"),
    [
        (squeezenet1_1, 1_235_496, 349_151_936),
        (mobilenet_v1, 4_231_976, 568_740_352),
        (mobilenet_v2, 3_504_872, 300_774_272),
        (efficientnet_b0, 5_288_548, 385_814_752),
    ],
)
def test_the_counts_are_the_published_ones(build, weights, work):
    net = build()
    assert parameters(net) == weights
    assert multiply_adds(net, 224) == work


# Names and shapes in torchvision's files: one of every kind, and how many there are.
NAMES = {
    squeezenet1_1: (
        52,
        {
            "features.0.weight": (64, 3, 3, 3),
            "features.3.squeeze.weight": (16, 64, 1, 1),
            "features.7.expand1x1.bias": (128,),
            "features.12.expand3x3.weight": (256, 64, 3, 3),
            "classifier.1.weight": (1000, 512, 1, 1),
        },
    ),
    mobilenet_v2: (
        314,
        {
            "features.0.0.weight": (32, 3, 3, 3),
            "features.0.1.running_var": (32,),
            "features.1.conv.0.0.weight": (32, 1, 3, 3),
            "features.1.conv.1.weight": (16, 32, 1, 1),
            "features.1.conv.2.weight": (16,),
            "features.2.conv.0.0.weight": (96, 16, 1, 1),
            "features.2.conv.1.1.num_batches_tracked": (),
            "features.17.conv.2.weight": (320, 960, 1, 1),
            "features.17.conv.3.bias": (320,),
            "features.18.0.weight": (1280, 320, 1, 1),
            "classifier.1.weight": (1000, 1280),
        },
    ),
    efficientnet_b0: (
        360,
        {
            "features.0.0.weight": (32, 3, 3, 3),
            "features.1.0.block.0.0.weight": (32, 1, 3, 3),
            "features.1.0.block.1.fc1.weight": (8, 32, 1, 1),
            "features.1.0.block.1.fc2.bias": (32,),
            "features.1.0.block.2.0.weight": (16, 32, 1, 1),
            "features.2.1.block.0.0.weight": (144, 24, 1, 1),
            "features.3.0.block.1.0.weight": (144, 1, 5, 5),
            "features.7.0.block.2.fc1.weight": (48, 1152, 1, 1),
            "features.7.0.block.3.1.running_mean": (320,),
            "features.8.0.weight": (1280, 320, 1, 1),
            "classifier.1.bias": (1000,),
        },
    ),
}


@pytest.mark.parametrize("build", NAMES, ids=lambda build: build.__name__)
def test_names_and_shapes_are_those_of_torchvision(build):
    count, some = NAMES[build]
    state = {name: tuple(x.shape) for name, x in build().state_dict().items()}
    assert len(state) == count
    assert {name: state.get(name) for name in some} == some


def test_the_imagenet_weights_of_squeezenet_load():
    folder = os.environ.get("CVLIB_DATA")
    if not folder:
        pytest.skip("CVLIB_DATA names no folder with squeezenet1_1/")
    path = Path(folder, "squeezenet1_1", "squeezenet1_1_imagenet.pth")
    if not path.exists():
        pytest.skip(f"{path} is absent")
    net = squeezenet1_1()
    net.load_state_dict(torch.load(path, weights_only=True), strict=True)
    assert all(weights.isfinite().all() for weights in net.parameters())


def test_mobilenet_v2_has_seventeen_bottlenecks():
    blocks = [m for m in mobilenet_v2().modules() if isinstance(m, InvertedResidual)]
    assert len(blocks) == 17
    assert sum(block.use_res_connect for block in blocks) == 10


def test_mobilenet_v1_has_thirteen_separable_blocks():
    blocks = [m for m in mobilenet_v1().modules() if isinstance(m, SeparableConv)]
    assert len(blocks) == 13


@pytest.mark.parametrize(
    ("build", "width_mult", "millions"),
    [
        (mobilenet_v1, 0.75, 2.6),
        (mobilenet_v1, 0.5, 1.3),
        (mobilenet_v1, 0.25, 0.5),
        (mobilenet_v2, 1.4, 6.06),  # the authors' list counts 1.0 as 3.47, torch 3.50
        (mobilenet_v2, 0.75, 2.61),
        (mobilenet_v2, 0.5, 1.95),
    ],
)
def test_the_width_multiplier_thins_every_layer(build, width_mult, millions):
    count = parameters(build(width_mult=width_mult)) / 1e6
    assert count == pytest.approx(millions, abs=0.05)


@pytest.mark.parametrize(
    ("size", "weights"),
    [
        ("b1", 7_794_184),
        ("b2", 9_109_994),
        ("b3", 12_233_232),
        ("b4", 19_341_616),
        ("b7", 66_347_960),
    ],
)
def test_every_size_has_the_published_count(size, weights):
    with torch.device("meta"):  # shapes without numbers
        assert parameters(efficientnet(size)) == weights


def test_the_large_sizes_normalise_as_released():
    with torch.device("meta"):
        large, small = efficientnet("b5"), efficientnet("b4")
    assert large.features[0][1].eps == 0.001
    assert large.features[0][1].momentum == 0.01
    assert small.features[0][1].eps == 1e-5


def test_an_unknown_size_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r"^size must be 'b0', .* or 'b7', got 'B8'"):
        efficientnet("B8")


@pytest.mark.parametrize(
    "build", [squeezenet1_1, mobilenet_v1, mobilenet_v2, efficientnet_b0]
)
def test_another_number_of_classes_and_another_size_of_picture(build):
    net = build(num_classes=7).eval()
    with torch.inference_mode():
        assert net(torch.zeros(2, 3, 65, 97)).shape == (2, 7)


def test_channels_in_the_wrong_place_are_named():
    sentence = (
        r"^x must be \(N, 3, H, W\), got \(1, 64, 64, 3\); "
        r"did you mean x\.movedim\(-1, -3\)\?$"
    )
    with pytest.raises(ValueError, match=sentence):
        mobilenet_v2()(torch.zeros(1, 64, 64, 3))


def test_fire_expands_side_by_side():
    fire = Fire(8, 2, 3, 5)
    x = torch.rand(2, 8, 6, 6)
    narrow = fire.squeeze(x).relu()
    y = fire(x)
    assert_close(y[:, :3], fire.expand1x1(narrow).relu())
    assert_close(y[:, 3:], fire.expand3x3(narrow).relu())


def test_an_inverted_residual_is_its_input_plus_its_branch():
    block = InvertedResidual(4, 4, stride=1, expand_ratio=6).eval()
    x = torch.randn(2, 4, 5, 5)
    assert_close(block(x), x + block.conv(x))
    assert (block.conv(x) < 0).any()  # the projection is linear: no ReLU cuts it


@pytest.mark.parametrize(("out_channels", "stride"), [(4, 2), (6, 1)])
def test_no_shortcut_where_the_shape_changes(out_channels, stride):
    block = InvertedResidual(4, out_channels, stride=stride, expand_ratio=6).eval()
    x = torch.randn(2, 4, 6, 6)
    assert_close(block(x), block.conv(x))
    assert block(x).shape == (2, out_channels, 6 // stride, 6 // stride)


def test_no_expansion_leaves_the_first_convolution_out():
    assert len(InvertedResidual(4, 4, stride=1, expand_ratio=1).conv) == 3
    assert len(InvertedResidual(4, 4, stride=1, expand_ratio=6).conv) == 4


def test_squeeze_excitation_turns_whole_channels():
    x = torch.rand(2, 8, 5, 5) + 0.5
    factor = SqueezeExcitation(8, 2)(x) / x
    assert_close(factor, factor[..., :1, :1].expand_as(factor))
    assert ((factor > 0) & (factor < 1)).all()


def test_stochastic_depth_drops_whole_pictures_and_keeps_the_mean():
    torch.manual_seed(0)
    drop, x = StochasticDepth(0.25), torch.ones(4000, 2, 3, 3)
    y = drop(x).flatten(1)
    assert (y == y[:, :1]).all()
    assert set(y[:, 0].tolist()) == {0.0, torch.tensor(4 / 3).item()}
    assert abs(y.mean() - 1) < 0.03
    assert drop.eval()(x) is x


def test_certain_stochastic_depth_gives_zeros_not_nan():
    assert (StochasticDepth(1.0)(torch.ones(2, 1, 1, 1)) == 0).all()


def test_a_probability_above_one_is_refused():
    with pytest.raises(ValueError, match=r"^p must be between 0 and 1, got 1.5$"):
        StochasticDepth(1.5)


def test_the_chance_to_be_dropped_grows_along_the_net():
    blocks = [m for m in EfficientNet().modules() if isinstance(m, MBConv)]
    chances = [block.stochastic_depth.p for block in blocks]
    assert chances == pytest.approx([0.2 * i / 16 for i in range(16)])


@pytest.mark.parametrize("build", [mobilenet_v2, efficientnet_b0])
def test_gradients_reach_every_weight(build):
    torch.manual_seed(0)
    net = build(num_classes=3)
    net(torch.rand(4, 3, 64, 64)).logsumexp(1).sum().backward()
    missing = [name for name, weights in net.named_parameters() if weights.grad is None]
    assert missing == []


# ----------------------------------------------------------------- scaling
def test_one_step_of_phi_about_doubles_the_work():
    assert compound_scale(1).multiply_adds == pytest.approx(1.2 * 1.1**2 * 1.15**2)
    assert 1.9 < compound_scale(1).multiply_adds < 2


@pytest.mark.parametrize("phi", [0, 0.5, 1, 3.5, 7])
def test_steps_multiply(phi):
    one, two = compound_scale(phi), compound_scale(2 * phi)
    assert two.multiply_adds == pytest.approx(one.multiply_adds**2)
    assert two.depth == pytest.approx(one.depth**2)


def test_scaling_is_refused_outside_its_range():
    with pytest.raises(ValueError, match=r"^phi must be at least 0, got -1$"):
        compound_scale(-1)
    with pytest.raises(ValueError, match=r"^beta must be at least 1, got 0.9$"):
        compound_scale(1, beta=0.9)


@pytest.mark.parametrize("size", PUBLISHED)
def test_the_published_sizes_follow_their_own_rule_roughly(size):
    """B1 to B7 are rounded by hand; φ read off the resolution gives the others."""
    published = PUBLISHED[size]
    phi = math.log(published.resolution / 224, 1.15)
    scale = compound_scale(phi)
    assert published.depth == pytest.approx(scale.depth, rel=0.2)
    assert published.width == pytest.approx(scale.width, rel=0.2)


@pytest.mark.parametrize(
    ("channels", "rounded"),
    [(32, 32), (35.2, 32), (36, 40), (4, 8), (0, 8), (22.4, 24), (12, 16), (17.9, 24)],
)
def test_channels_round_to_multiples_of_eight(channels, rounded):
    assert round_channels(channels) == rounded
    assert rounded >= 0.9 * channels


def test_depth_rounds_up():
    assert [scale_depth(n, 1.4) for n in (1, 2, 3, 4)] == [2, 3, 5, 6]
