"""DenseNet: torchvision's names, the pile of channels, what a layer may read."""

import pytest
import torch
from torch import nn

from cvlib.grade import get
from cvlib.nets import densenet
from cvlib.summary import multiply_adds
from cvlib.validate import ShapeError


@pytest.fixture(scope="module")
def net():
    """DenseNet-121 without its numbers."""
    with torch.device("meta"):
        return densenet.densenet121()


def batch_norm(name, channels):
    keys = ("weight", "bias", "running_mean", "running_var")
    shapes = {f"{name}.{key}": (channels,) for key in keys}
    return shapes | {f"{name}.num_batches_tracked": ()}


def torchvision_state(growth, blocks, channels):
    """Names and shapes as torchvision writes them, from the paper's table."""
    state = {"features.conv0.weight": (channels, 3, 7, 7)}
    state |= batch_norm("features.norm0", channels)
    for b, layers in enumerate(blocks, start=1):
        for layer in range(1, layers + 1):
            at = f"features.denseblock{b}.denselayer{layer}"
            state |= batch_norm(f"{at}.norm1", channels)
            state |= {f"{at}.conv1.weight": (4 * growth, channels, 1, 1)}
            state |= batch_norm(f"{at}.norm2", 4 * growth)
            state |= {f"{at}.conv2.weight": (growth, 4 * growth, 3, 3)}
            channels += growth
        if b < len(blocks):
            at = f"features.transition{b}"
            state |= batch_norm(f"{at}.norm", channels)
            state |= {f"{at}.conv.weight": (channels // 2, channels, 1, 1)}
            channels //= 2
    state |= batch_norm("features.norm5", channels)
    return state | {
        "classifier.weight": (1000, channels),
        "classifier.bias": (1000,),
    }


def test_names_and_shapes_are_torchvisions(net):
    state = {key: tuple(t.shape) for key, t in net.state_dict().items()}
    expected = torchvision_state(32, (6, 12, 24, 16), 64)
    assert state == expected
    assert list(state) == list(expected)


def test_parameters_multiply_adds_and_depth_are_those_of_the_literature(net):
    assert sum(p.numel() for p in net.parameters()) == 7_978_856
    assert round(multiply_adds(net, (3, 224, 224)) / 1e9, 3) == 2.834
    layers = [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    assert len(layers) == 121


def test_the_pile_grows_as_in_the_exercise(net):
    blocks = [m for m in net.modules() if isinstance(m, densenet.DenseBlock)]
    read = [[layer.norm1.num_features for layer in b.values()] for b in blocks]
    assert read == get("densenet_channels").reference(64, 32, [6, 12, 24, 16])
    for row in read:
        layers = range(1, len(row) + 1)
        assert row == [densenet.channels_read(row[0], 32, n) for n in layers]


def test_a_block_keeps_its_input_and_every_layers_maps():
    torch.manual_seed(0)
    block = densenet.DenseBlock(3, 4, 2).eval()
    x = torch.randn(2, 4, 5, 6)
    y = block(x)
    assert y.shape == (2, 10, 5, 6)
    assert torch.equal(y[:, :4], x)
    for number, layer in enumerate(block.values()):
        end = 4 + 2 * number
        torch.testing.assert_close(y[:, end : end + 2], layer(y[:, :end]))


def test_the_last_layers_maps_feel_every_earlier_map():
    torch.manual_seed(0)
    block = densenet.DenseBlock(4, 3, 2).eval()
    x = torch.randn(1, 3, 4, 4, requires_grad=True)
    maps = [x]
    for layer in block.values():
        maps.append(layer(torch.cat(maps, dim=1)))
    for before in torch.autograd.grad(maps[-1].sum(), maps[:-1]):
        assert before.flatten(2).any(dim=2).all()


def test_a_transition_halves_the_channels_and_the_size():
    x = torch.randn(2, 10, 6, 8)
    assert densenet.Transition(10, 5)(x).shape == (2, 5, 3, 4)


def test_one_picture_at_a_time_gives_what_a_batch_gives():
    torch.manual_seed(0)
    net = densenet.DenseNet(4, (2, 2), 8, num_classes=5).eval()
    x = torch.randn(3, 3, 48, 40)
    one_by_one = torch.cat([net(picture[None]) for picture in x])
    torch.testing.assert_close(net(x), one_by_one, rtol=1e-4, atol=1e-5)


def test_the_gradient_is_right():
    torch.manual_seed(0)
    block = densenet.DenseBlock(2, 2, 2, bn_size=2).double().eval()
    x = torch.randn(1, 2, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(block, x)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: densenet.channels_read(64, 32, 0),
            ValueError,
            "layer must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            lambda: densenet.DenseNet(block_config=(2, 0)),
            ValueError,
            "block_config must be a positive integer, got 0; the smallest allowed is 1",
        ),
        (
            lambda: densenet.DenseNet(4, (1,), 4)(torch.zeros(3, 64, 64)),
            ShapeError,
            "x must be (N, 3, H, W), got (3, 64, 64); did you mean x[None]?",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == sentence
