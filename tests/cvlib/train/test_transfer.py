"""Transfer: what is frozen stays, cached features are the same training, sentences."""

import copy
import re

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from cvlib.nets.resnet import CifarResNet
from cvlib.train import (
    adapt,
    fit,
    freeze,
    precompute_features,
    predict,
    unfreeze,
)


@pytest.fixture
def net():
    torch.manual_seed(0)
    net = CifarResNet(8, num_classes=4, width=4)
    net(torch.rand(16, 3, 16, 16))  # so that the running statistics are not 0 and 1
    return net


@pytest.fixture
def data():
    chance = torch.Generator().manual_seed(1)
    images = torch.rand(40, 3, 16, 16, generator=chance)
    return images, torch.randint(0, 3, (40,), generator=chance)


def state(model):
    return {key: value.clone() for key, value in model.state_dict().items()}


def changed(before, model):
    after = model.state_dict()
    return {key for key in before if not torch.equal(before[key], after[key])}


def train(model, data, **options):
    return fit(
        model, *data, **{"epochs": 2, "batch_size": 8, "progress": False} | options
    )


@pytest.mark.parametrize("up_to", ["conv1", "layer1", "layer2.0", "avgpool"])
def test_training_changes_nothing_of_what_is_frozen(net, data, up_to):
    order = list(net.state_dict())
    names = freeze(net, up_to=up_to)
    assert names == [k for k, p in net.named_parameters() if not p.requires_grad]
    before = state(net)
    train(net, (data[0], data[1]))
    moved = changed(before, net)
    below = order[: max(order.index(name) for name in names) + 1]
    assert moved.isdisjoint(below)  # running means and variances too
    trained = {k for k, p in net.named_parameters() if p.requires_grad}
    assert trained <= moved
    assert not [k for k in moved if k.startswith(up_to + ".")]


def test_without_gradients_alone_batch_norm_would_still_change(net, data):
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(name.startswith("fc"))
    before = state(net)
    train(net, data)
    assert any(key.endswith("running_mean") for key in changed(before, net))


def test_the_whole_is_thawed_again(net, data):
    before = [(m.training, "train" in vars(m)) for m in net.modules()]
    freeze(net, up_to="layer2")
    unfreeze(net)
    net.train()
    assert [(m.training, "train" in vars(m)) for m in net.modules()] == before
    trained = state(net)
    train(net, data)
    assert "conv1.weight" in changed(trained, net)
    assert "bn1.running_mean" in changed(trained, net)


def test_a_copy_of_a_frozen_net_is_frozen_by_itself(net):
    freeze(net, up_to="layer2")
    copied = copy.deepcopy(net)
    unfreeze(net)
    copied.train()
    assert not copied.bn1.training
    net.train()
    assert net.bn1.training


def test_features_are_what_the_layer_gives_in_evaluation_mode(net, data):
    images = data[0]
    got = precompute_features(net, images, "avgpool", batch_size=7)
    assert got.shape == (40, 16, 1, 1)
    assert net.training  # as it was
    assert_close(net.fc(got.flatten(1)), predict(net, images), atol=1e-5, rtol=1e-4)
    as_bytes = (images * 255).round().byte()
    assert_close(
        precompute_features(net, as_bytes, "layer1"),
        precompute_features(net, as_bytes / 255, "layer1"),
    )


def test_cached_features_are_the_same_training_as_a_frozen_body(net, data):
    whole = adapt(net, 3, up_to="avgpool", seed=5)
    head = copy.deepcopy(whole.fc)
    features = precompute_features(whole, data[0], "avgpool").flatten(1)
    long = train(whole, data, epochs=5, momentum=0.9, weight_decay=1e-3)
    short = train(head, (features, data[1]), epochs=5, momentum=0.9, weight_decay=1e-3)
    assert_close(torch.tensor(long.loss), torch.tensor(short.loss), atol=1e-5, rtol=0)
    assert_close(whole.fc.weight, head.weight, atol=1e-5, rtol=1e-4)


def test_a_transfer_has_a_new_head_and_leaves_the_old_net_alone(net):
    before = state(net)
    first, again, other = (adapt(net, 3, seed=s) for s in (0, 0, 1))
    assert first.fc.weight.shape == (3, 16)
    assert torch.equal(first.fc.weight, again.fc.weight)
    assert not torch.equal(first.fc.weight, other.fc.weight)
    assert torch.equal(first.conv1.weight, net.conv1.weight)
    assert all(p.requires_grad for p in first.parameters())
    assert changed(before, net) == set()


def test_a_head_may_be_a_convolution():
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 10, 1), nn.AdaptiveAvgPool2d(1)
    )
    new = adapt(net, 2, up_to="1")
    assert new(torch.zeros(1, 3, 8, 8)).shape == (1, 2, 1, 1)
    assert [p.requires_grad for p in new.parameters()] == [False, False, True, True]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda net: freeze(net, up_to="lin"),
            "up_to must be 'conv', 'line' or 'out', got 'lin'; did you mean 'line'?",
        ),
        (
            lambda net: precompute_features(net, torch.zeros(1, 3, 4, 4), "in"),
            "layer must be 'conv', 'line' or 'out', got 'in'; did you mean 'line'?",
        ),
        (
            lambda net: precompute_features(net, torch.zeros(0, 3, 4, 4), "out"),
            "images must hold at least one image, got none",
        ),
        (
            lambda net: adapt(nn.ReLU(), 3),
            "model must have a linear layer or a convolution as its head, got ReLU "
            "without one",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence(call, sentence):
    net = nn.Sequential()
    for name in ("conv", "line", "out"):
        net.add_module(name, nn.Identity())
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        call(net)
