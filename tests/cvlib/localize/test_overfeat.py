"""A classifier that slides answers what it answered on every window."""

import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from cvlib.localize import (
    by_cropping,
    fc_to_conv,
    linear_to_conv,
    padding_layers,
    total_stride,
)
from cvlib.summary import multiply_adds, num_parameters


def lecture_net(K: int = 4) -> nn.Sequential:
    """14 × 14 pictures, a 5 × 5 convolution, a pool, two layers of 400."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 400), nn.ReLU(), nn.Linear(400, 400), nn.ReLU(),
        nn.Linear(400, K),
    ).eval()  # fmt: skip


@pytest.mark.parametrize(
    ("size", "answers"), [((14, 14), (1, 1)), ((16, 16), (2, 2)), ((28, 28), (8, 8))]
)
def test_the_lectures_net_on_larger_pictures(size, answers):
    net = lecture_net()
    assert fc_to_conv(net, 14)(torch.zeros(1, 3, *size)).shape == (1, 4, *answers)
    assert num_parameters(fc_to_conv(net, 14)) == num_parameters(net)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(14, 31), st.integers(14, 31), st.integers(1, 3), st.integers(0, 99)
)  # fmt: skip
def test_one_pass_answers_what_every_window_answers(H, W, depth, seed):
    torch.manual_seed(seed)
    layers = [nn.Conv2d(3, 4, 5), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(4, 4, 2, stride=2), nn.Tanh()] if depth > 1 else []
    net = nn.Sequential(*layers, nn.Flatten())
    numbers = net(torch.zeros(1, 3, 14, 14)).shape[1]
    net = nn.Sequential(*net, nn.Linear(numbers, 6), nn.Dropout(0.5), nn.ReLU())
    net = nn.Sequential(*net, *[nn.Linear(6, 6) for _ in range(depth)])
    net(torch.rand(4, 3, 14, 14))  # so that batch norm has seen something
    net.double().eval()
    image = torch.rand(3, H, W, dtype=torch.float64)
    with torch.no_grad():
        together = fc_to_conv(net, 14)(image[None])[0]
    apart = by_cropping(net, image, 14, stride=total_stride(net))
    _, P, Q = apart.shape  # two strides of 2 leave pixels of a window unread
    assert 0 <= together.shape[1] - P <= 1
    assert 0 <= together.shape[2] - Q <= 1
    assert_close(together[:, :P, :Q], apart)


def test_a_stride_skips_answers():
    net, image = lecture_net().double(), torch.rand(3, 20, 26, dtype=torch.float64)
    slid = fc_to_conv(net, 14)
    slid[3].stride = (3, 3)  # the first fully connected layer, six pixels a step
    assert_close(slid(image[None])[0], by_cropping(net, image, 14, stride=6))


def test_padding_breaks_the_equality_and_is_named():
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(4 * 49, 2),
    ).eval()  # fmt: skip
    image = torch.rand(3, 20, 20)
    apart = by_cropping(net, image, 14, stride=2)
    with torch.no_grad():
        together = fc_to_conv(net, 14)(image[None])[0]
    assert together.shape != apart.shape or not torch.allclose(together, apart)
    assert padding_layers(net) == ["0"]
    assert padding_layers(lecture_net()) == []


def test_the_weights_are_copied_and_the_mode_is_kept():
    net = lecture_net().train()
    slid = fc_to_conv(net, 14)
    assert slid.training
    with torch.no_grad():
        net[0].weight.zero_()
        net[4].weight.zero_()
    assert (slid[0].weight != 0).any()
    assert (slid[3].weight != 0).any()


def test_a_pass_costs_less_than_the_windows_it_replaces():
    net = lecture_net()
    cropped = 64 * multiply_adds(net, (3, 14, 14))
    passed = multiply_adds(fc_to_conv(net, 14), (3, 28, 28))
    assert (cropped, passed) == (64 * 441600, 21273600)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: linear_to_conv(nn.Linear(100, 3), 4, (5, 6)),
            ValueError,
            "layer must have 4 · 5 · 6 = 120 inputs to follow such a map, got 100",
        ),
        (
            lambda: fc_to_conv(nn.Sequential(nn.Conv2d(3, 4, 3)), 14),
            ValueError,
            "model must have an nn.Flatten before its linear layers, got none",
        ),
        (
            lambda: fc_to_conv(
                nn.Sequential(
                    nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()
                ),
                14,
            ),
            TypeError,
            "model must consist of layers that can slide, got AdaptiveAvgPool2d; "
            "global pooling forgets where, so replace it by a pool of the map's size",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        call()
