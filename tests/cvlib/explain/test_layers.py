"""Layers by name, and what their units see."""

import re

import pytest
import torch
from torch import nn

from cvlib import conv
from cvlib.explain import activations, receptive_box, receptive_field
from cvlib.nets.resnet import cifar_resnet20

torch.manual_seed(0)
LAYERS = [(3, 2, 1, 1), (3, 1, 2, 2), (2, 2, 0, 1), (5, 1, 2, 1)]


def stack(layers) -> nn.Sequential:
    """Convolutions of one channel whose weights are all one; pools where k is even."""
    modules = []
    for k, s, p, d in layers:
        if k % 2:
            module = nn.Conv2d(1, 1, k, s, p, d)
            nn.init.ones_(module.weight)
        else:
            module = nn.AvgPool2d(k, s, p)
        modules.append(module)
    return nn.Sequential(*modules)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_stack_sees_what_the_formula_says(depth):
    expected = conv.receptive_field(LAYERS)[depth - 1]
    found = receptive_field(stack(LAYERS), str(depth - 1), torch.zeros(1, 64, 64))
    assert found == (expected, expected)


@pytest.mark.parametrize("unit", [(0, 0), (3, 7), (15, 15)])
def test_a_box_holds_exactly_the_pixels_with_a_gradient(unit):
    net = stack(LAYERS)
    x = torch.zeros(1, 1, 64, 64, requires_grad=True)
    net(x)[0, 0, *unit].backward()
    rows = x.grad[0, 0].abs().sum(1).nonzero().flatten()
    columns = x.grad[0, 0].abs().sum(0).nonzero().flatten()
    measured = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    box = receptive_box(net, "3", unit, x)
    assert box == tuple(map(int, measured))
    formula = conv.receptive_box(LAYERS, unit, input_size=(64, 64))
    assert box == formula


def test_oblong_kernels_see_oblong_boxes():
    net = nn.Sequential(nn.Conv2d(1, 1, (1, 5), padding=(0, 2)), nn.MaxPool2d((3, 1)))
    down, across = receptive_field(net, "1", torch.zeros(1, 9, 9))
    assert (down.size, across.size) == (3, 5)
    assert (down.jump, across.jump) == (3, 1)


@pytest.mark.parametrize(
    ("layer", "size", "jump"),
    [("conv1", 3, 1), ("layer1", 15, 1), ("layer2", 37, 2), ("layer3", 81, 4)],
)
def test_a_residual_net_sees_as_far_as_its_longest_way(layer, size, jump):
    down, across = receptive_field(cifar_resnet20(), layer, torch.zeros(3, 32, 32))
    assert down == across
    assert (down.size, down.jump) == (size, jump)
    assert down.start == -(size - 1) // 2


def test_behind_a_global_average_there_is_no_field():
    sentence = (
        "layer must be reached by convolutions, pools and operations on single pixels, "
        "got Mean on the way; a unit behind it may see everything"
    )
    with pytest.raises(ValueError, match=re.escape(sentence)):
        receptive_field(cifar_resnet20(), "avgpool", torch.zeros(3, 32, 32))


def test_transposed_convolutions_are_refused():
    net = nn.Sequential(nn.ConvTranspose2d(1, 1, 2, stride=2))
    sentence = "layer must not lie behind a transposed convolution"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        receptive_field(net, "0", torch.zeros(1, 4, 4))


def test_activations_are_copies_that_a_relu_in_place_does_not_reach():
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(inplace=True))
    x = torch.randn(2, 1, 4, 4)
    torch.testing.assert_close(activations(net, "0", x), net[0](x).detach())
    assert (activations(net, "0", x) < 0).any()
    torch.testing.assert_close(activations(net, net[1], x), net(x).detach())


def test_a_model_in_training_is_probed_in_eval_mode_and_left_in_training():
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)).train()
    before = net[1].running_mean.clone()
    activations(net, "1", torch.randn(4, 1, 3, 3))
    assert net.training
    assert net[1].training
    torch.testing.assert_close(net[1].running_mean, before)
    assert not net[1]._forward_hooks


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        (
            "layer4",
            "layer must be a name in model.named_modules(), got 'layer4'; "
            "did you mean 'layer3'?",
        ),
        (
            nn.ReLU(),
            "layer must be a part of the model, got a ReLU that is not; "
            "give its name instead",
        ),
    ],
)
def test_a_layer_that_is_not_there_is_named(layer, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        activations(cifar_resnet20(), layer, torch.zeros(1, 3, 8, 8))


def test_a_layer_that_is_never_run_is_named():
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.idle, self.used = nn.ReLU(), nn.ReLU()

        def forward(self, x):
            return self.used(x)

    sentence = "layer must be run by the model, but 'idle' is not"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        activations(Idle(), "idle", torch.zeros(1, 3, 8, 8))
