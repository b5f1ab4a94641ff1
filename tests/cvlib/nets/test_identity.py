"""The solution by construction: deeper nets that answer as the shallow one does."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cvlib.nets.identity import add_identity_layers, identity_like


def convolutional(*, normalise=False, classes=3):
    torch.manual_seed(0)
    middle = [nn.BatchNorm2d(6)] if normalise else []
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(4, 6, 5, stride=2),
        *middle,
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, classes),
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 12), st.integers(0, 99), st.booleans())
def test_the_deeper_net_gives_the_same_answers_to_the_last_bit(n, seed, normalise):
    net = convolutional(normalise=normalise)
    generator = torch.Generator().manual_seed(seed)
    x = 3 * torch.randn(2, 2, 9, 11, generator=generator)
    assert torch.equal(add_identity_layers(net, n).eval()(x), net.eval()(x))


def test_fully_connected_layers_are_copied_by_identity_matrices():
    net = nn.Sequential(nn.Linear(4, 7), nn.ReLU(), nn.Linear(7, 2))
    deeper = add_identity_layers(net, 3)
    assert [type(m).__name__ for m in deeper] == [
        *["Linear", "ReLU"] * 4,
        "Linear",
    ]
    x = torch.randn(5, 4)
    assert torch.equal(deeper(x), net(x))
    assert torch.equal(deeper[2].weight, torch.eye(7))


def test_double_precision_stays():
    net = convolutional().double()
    x = torch.randn(1, 2, 9, 9, dtype=torch.float64)
    assert torch.equal(add_identity_layers(net, 2)(x), net(x))


def test_the_shallow_net_is_not_touched():
    net = convolutional()
    deeper = add_identity_layers(net, 2)
    with torch.no_grad():
        for parameter in deeper.parameters():
            parameter.zero_()
    assert len(net) == 7
    assert all(p.any() for p in net.parameters())


def test_the_new_layers_learn():
    net = add_identity_layers(convolutional(), 3)
    net(torch.randn(8, 2, 9, 9)).square().sum().backward()
    new = [m for m in net if isinstance(m, nn.Conv2d)][2:]
    assert len(new) == 3
    assert all(m.weight.grad.any() and m.bias.grad.any() for m in new)


def test_in_front_of_the_first_relu_it_would_not_work():
    x = torch.randn(1, 4, 5, 5)
    copied = identity_like(nn.Conv2d(1, 4, 3))(x)
    assert torch.equal(copied, x)
    assert not torch.equal(copied.relu(), x)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            (nn.Linear(3, 3), 1),
            TypeError,
            "model must be an nn.Sequential, got Linear; "
            "did you mean nn.Sequential(*model.children())?",
        ),
        (
            (nn.Sequential(nn.Linear(3, 3)), 1),
            ValueError,
            "model must have a ReLU behind a layer with weights, got none; "
            "without it a new layer's own ReLU would cut negative numbers",
        ),
        (
            (nn.Sequential(nn.ReLU(), nn.Linear(3, 3)), 1),
            ValueError,
            "model must have a ReLU behind a layer with weights, got none; "
            "without it a new layer's own ReLU would cut negative numbers",
        ),
        (
            (nn.Sequential(nn.Linear(3, 3), nn.ReLU()), -1),
            ValueError,
            "n must be an integer ≥ 0, got -1; the smallest allowed is 0",
        ),
        (
            (nn.Sequential(nn.Linear(3, 3), nn.ReLU()), 1.5),
            TypeError,
            "n must be an integer ≥ 0, got 1.5; did you mean 1?",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(arguments, error, sentence):
    with pytest.raises(error) as caught:
        add_identity_layers(*arguments)
    assert str(caught.value) == sentence
