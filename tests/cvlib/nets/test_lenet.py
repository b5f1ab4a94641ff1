"""LeNet-5: the counts of the paper, its layers by their definitions, its guards."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cvlib.nets import lenet
from cvlib.validate import ShapeError


def count(module):
    return sum(p.numel() for p in module.parameters())


def pictures(n=3, seed=0):
    return torch.rand(n, 1, 32, 32, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def original():
    torch.manual_seed(0)
    return lenet.lenet5_original()


def test_the_original_has_the_parameters_the_paper_counts(original):
    counts = {name: count(module) for name, module in original.named_children()}
    assert counts == {
        **{"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48120, "f6": 10164},
        **{"output": 0, "squash": 0},
    }
    assert count(original) == 60_000


def test_the_original_has_the_connections_the_paper_counts(original):
    """Each weight and each bias works once at every position: 340 908 in all."""
    positions = {"c1": 28**2, "s2": 14**2, "c3": 10**2, "s4": 5**2, "c5": 1, "f6": 1}
    total = original.output.codes.numel()  # 840, one for each component of a code
    for name, module in original.named_children():
        if name in positions:
            # S2 and S4 add four numbers before they multiply by their one weight
            own = 5 * count(module) // 2 if name[0] == "s" else count(module)
            total += own * positions[name]
    assert total == 340_908


def test_the_table_of_c3_is_what_the_paper_describes():
    table = lenet.C3_TABLE
    around = [tuple(sorted((i + j) % 6 for j in range(3))) for i in range(6)]
    assert sorted(table[:6]) == sorted(around)
    around = [tuple(sorted((i + j) % 6 for j in range(4))) for i in range(6)]
    assert sorted(table[6:12]) == sorted(around)
    assert all(len(maps) == 4 and maps not in around for maps in table[12:15])
    assert table[15] == tuple(range(6))
    assert len(set(table)) == 16


def test_c3_is_a_full_convolution_whose_missing_weights_are_zero(original):
    x = torch.rand(2, 6, 14, 14)
    weight = torch.zeros(16, 6, 5, 5)
    for filters, maps, conv in zip(
        weight, lenet.C3_TABLE, original.c3.filters, strict=True
    ):
        filters[list(maps)] = conv.weight[0].detach()
    bias = torch.cat([conv.bias for conv in original.c3.filters])
    expected = functional.conv2d(x, weight, bias)
    torch.testing.assert_close(original.c3(x), expected)


def test_subsampling_adds_four_multiplies_and_shifts():
    layer = lenet.Subsample(2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([2.0, 3.0]).reshape(2, 1, 1))
        layer.bias.copy_(torch.tensor([1.0, -1.0]).reshape(2, 1, 1))
    x = torch.arange(8.0).reshape(1, 2, 2, 2)
    assert layer(x).flatten().tolist() == [2 * 6 + 1, 3 * 22 - 1]


def test_a_fresh_subsampling_is_an_average():
    x = torch.rand(2, 6, 8, 8)
    torch.testing.assert_close(lenet.Subsample(6)(x), functional.avg_pool2d(x, 2))


def test_the_squashing_bends_most_where_it_gives_one():
    x = torch.linspace(0.5, 1.5, 1001, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(lenet.Squash()(x).sum(), x, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), x)
    assert abs(x[bend.abs().argmax()].item() - 1) < 0.02
    assert abs(lenet.Squash()(torch.ones(1)).item() - 1) < 1e-4


def test_the_codes_are_ten_different_drawings():
    codes = lenet.digit_codes()
    assert codes.shape == (10, 84)
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    assert len({tuple(code.tolist()) for code in codes}) == 10
    # 8 has every stroke, so 0 and 9 differ from it by one
    apart = torch.cdist(codes, codes).square() / 4
    assert apart[8].argsort()[1].item() in (0, 6, 9)


def test_the_score_is_minus_the_squared_distance_to_each_code(original):
    features = original.output.codes[7:8]
    scores = original.output(features)
    assert scores.argmax().item() == 7
    assert scores.max().item() == 0
    distances = torch.cdist(features, original.output.codes)
    torch.testing.assert_close(scores, -(distances**2))


def test_the_codes_are_saved_but_not_trained(original):
    assert "output.codes" in original.state_dict()
    assert "output.codes" not in dict(original.named_parameters())


def test_todays_has_61706_parameters_in_five_layers():
    net = lenet.lenet5()
    counts = [count(m) for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert counts == [156, 2416, 48120, 10164, 850]
    assert count(net) == 61_706


def test_todays_takes_other_channels_classes_and_layers():
    net = lenet.lenet5(7, in_channels=3, activation=nn.Tanh, pool=nn.AvgPool2d)
    assert net(torch.rand(2, 3, 32, 32)).shape == (2, 7)
    kinds = {type(m) for m in net.modules()}
    assert {nn.Tanh, nn.AvgPool2d} <= kinds
    assert not {nn.ReLU, nn.MaxPool2d} & kinds


@pytest.mark.parametrize("make", [lenet.lenet5, lenet.lenet5_original])
def test_a_batch_gives_what_its_pictures_give_one_by_one(make):
    torch.manual_seed(0)
    net, x = make(), pictures()
    alone = torch.cat([net(x[i : i + 1]) for i in range(len(x))])
    torch.testing.assert_close(net(x), alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("make", [lenet.lenet5, lenet.lenet5_original])
def test_every_parameter_learns(make):
    torch.manual_seed(0)
    net = make()
    functional.cross_entropy(net(pictures()), torch.tensor([1, 2, 3])).backward()
    assert all(p.grad.abs().sum() > 0 for p in net.parameters())


@pytest.mark.parametrize("make", [lenet.lenet5, lenet.lenet5_original])
def test_a_picture_of_another_size_is_refused(make):
    with pytest.raises(
        ShapeError, match=r"^x must be \(N, 1, 32, 32\), got \(1, 1, 28"
    ):
        make()(torch.rand(1, 1, 28, 28))
