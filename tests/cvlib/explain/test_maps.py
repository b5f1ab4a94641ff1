"""Class activation maps, pointing, hits, and probes."""

import re

import pytest
import torch
from torch import nn

from cvlib.explain import (
    cam,
    class_activation,
    gmp_localise,
    hit_rate,
    hits,
    occlusion,
    saliency,
    share_inside,
)
from cvlib.nets.pooled import pooled_net
from cvlib.nets.resnet import cifar_resnet20, resnet18
from cvlib.nets.vgg import vgg11
from cvlib.validate import ShapeError

torch.manual_seed(0)


def network_in_network() -> nn.Sequential:
    """Ends in one map for each class and its average, without a linear layer."""
    return nn.Sequential(
        nn.Conv2d(3, 5, 3), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )


class MeanInForward(nn.Module):
    """No pooling module, dropout before the linear layer, no bias."""

    def __init__(self):
        super().__init__()
        self.conv, self.drop = nn.Conv2d(3, 6, 3), nn.Dropout()
        self.fc = nn.Linear(6, 4, bias=False)

    def forward(self, x):
        return self.fc(self.drop(torch.relu(self.conv(x)).mean((2, 3))))


class Hidden(MeanInForward):
    """The ReLU is a module, so its output can be found."""

    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.fc(self.drop(self.relu(self.conv(x)).mean((2, 3))))


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (cifar_resnet20, (2, 10, 8, 8)),
        (lambda: resnet18(num_classes=7), (2, 7, 1, 1)),
        (lambda: pooled_net("average", 6), (2, 6, 8, 8)),
        (network_in_network, (2, 5, 30, 30)),
        (Hidden, (2, 4, 30, 30)),
    ],
    ids=["resnet20", "resnet18", "small", "network in network", "mean in forward"],
)
def test_the_mean_of_a_class_map_plus_the_bias_is_the_score(make, shape):
    net, x = make(), torch.rand(2, 3, 32, 32)
    found = cam(net, x)
    assert found.maps.shape == shape
    pooled = found.maps.mean((2, 3)) + found.bias
    torch.testing.assert_close(pooled, net.eval()(x).detach(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found.scores, net(x).detach())


def test_class_activation_is_its_formula_in_loops():
    f, w = torch.randn(2, 3, 4, 5), torch.randn(6, 3)
    expected = torch.zeros(2, 6, 4, 5)
    for c in range(6):
        for d in range(3):
            expected[:, c] += w[c, d] * f[:, d]
    torch.testing.assert_close(class_activation(f, w), expected)


SENTENCE = (
    "model must end in a global average and one linear layer, or in one map for each "
    "class and its average, got a model that does not; put nn.AdaptiveAvgPool2d(1), "
    "nn.Flatten(), nn.Linear(D, K) at its end and train it"
)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(3600, 2)),
        lambda: nn.Sequential(pooled_net("average", 6), nn.Softmax(dim=1)),
        lambda: nn.Sequential(pooled_net("average", 6), nn.Linear(6, 2)),
        lambda: pooled_net("maximum", 6),
        MeanInForward,  # the ReLU is hidden in forward: its maps are nowhere to be had
    ],
    ids=["flatten", "softmax", "two linear", "maximum", "hidden ReLU"],
)
def test_a_net_with_another_end_is_refused(make):
    with pytest.raises(ValueError, match=re.escape(SENTENCE)):
        cam(make().eval(), torch.rand(2, 3, 32, 32))


def test_vgg_has_no_maps_to_weigh():
    with torch.device("cpu"), pytest.raises(ValueError, match="model must end in"):
        cam(vgg11(num_classes=3), torch.rand(1, 3, 32, 32))


def spotter(pooling: str) -> nn.Sequential:
    """Two classes: how red, and how green, is the brightest place (or the mean)?"""
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.AdaptiveMaxPool2d(1), nn.Flatten())
    if pooling == "average":
        net[1] = nn.AdaptiveAvgPool2d(1)
    with torch.no_grad():
        net[0].weight.zero_()
        net[0].weight[0, 0] = net[0].weight[1, 1] = 1.0
        net[0].bias.fill_(0.25)
    return net


@pytest.mark.parametrize("pooling", ["maximum", "average"])
def test_the_maximum_of_a_map_is_found_in_pixels(pooling):
    x = torch.zeros(1, 3, 8, 6)
    x[0, 0, 2, 5] = x[0, 1, 7, 0] = 1.0
    found = gmp_localise(spotter(pooling), x)
    torch.testing.assert_close(found.points, torch.tensor([[[5.5, 2.5], [0.5, 7.5]]]))
    torch.testing.assert_close(found.peaks, torch.full((1, 2), 1.25))


def test_a_global_maximum_is_the_score_itself():
    net, x = pooled_net("maximum", 6), torch.rand(3, 3, 32, 32)
    found = gmp_localise(net, x)
    torch.testing.assert_close(found.peaks, net.eval()(x).detach())
    assert found.maps.shape == (3, 6, 8, 8)
    assert ((found.points > 0) & (found.points < 32)).all()


def test_pointing_needs_a_map_for_each_class():
    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 2))
    with pytest.raises(ValueError, match="global maximum, or in a global average"):
        gmp_localise(net, torch.rand(2, 3, 4, 4))


@pytest.mark.parametrize(
    ("x", "y", "hit"),
    [
        (2, 30, True), (1.9, 30, False), (78, 30, True), (78.1, 30, False),
        (30, 2, True), (30, 1.9, False), (30, 78, True), (30, 78.1, False),
        (2, 2, True),
    ],
)  # fmt: skip
def test_a_point_may_miss_a_box_by_18_pixels(x, y, hit):
    box = torch.tensor([[20.0, 20, 60, 60]])
    assert bool(hits(torch.tensor([[x, y]], dtype=torch.float32), box)) is hit


def test_any_of_several_boxes_will_do():
    points = torch.tensor([[5.0, 5], [50, 5], [90, 90]])
    boxes = [
        torch.tensor([[40.0, 0, 60, 10], [0, 0, 10, 10]]),
        torch.tensor([[0.0, 0, 10, 10]]),
        torch.zeros(0, 4),
    ]
    assert hit_rate(points, boxes, tolerance=0) == pytest.approx(1 / 3)
    assert hit_rate(points[:2], boxes[:2], tolerance=40) == 1.0


def test_as_many_lists_of_boxes_as_points_are_wanted():
    sentence = (
        "boxes must hold one tensor for each of the points (2, 2), and at least one, "
        "got 1"
    )
    with pytest.raises(ValueError, match=re.escape(sentence)):
        hit_rate(torch.zeros(2, 2), [torch.zeros(1, 4)])


def test_mass_that_speaks_against_a_class_counts_as_none():
    maps = torch.tensor([[[2.0, -5.0], [0.0, 6.0]], [[-1.0, -1.0], [-1.0, -1.0]]])
    masks = torch.tensor([[[True, True], [False, False]]]).expand(2, -1, -1)
    torch.testing.assert_close(share_inside(maps, masks), torch.tensor([0.25, 0.0]))
    with pytest.raises(ShapeError, match=r"masks must be \(2, 2, 2\) to match maps"):
        share_inside(maps, masks[:1])


def test_covering_what_the_score_is_made_of_costs_all_of_it():
    net = spotter("maximum")
    image = torch.zeros(3, 8, 8)
    image[0, 5, 6] = 1.0
    drop = occlusion(net, image, 0, size=4, stride=2, value=0.0)
    expected = torch.zeros(3, 3)
    expected[1, 2] = expected[2, 2] = 1.0  # rows 2 to 5 and 4 to 7, columns 4 to 7
    torch.testing.assert_close(drop, expected)
    grey = occlusion(net, image, 1, size=4, stride=2, value=0.5)
    torch.testing.assert_close(grey, torch.full((3, 3), -0.5))  # grey is greener
    with pytest.raises(ValueError, match="label must be at most 1 to match K = 2"):
        occlusion(net, image, 2)


def test_saliency_is_how_far_the_score_moves_with_a_pixel():
    net, x = pooled_net("average", 3), torch.rand(2, 3, 16, 16)
    found = saliency(net, x, torch.tensor([2, 0]))
    assert found.shape == (2, 16, 16)
    row, column = divmod(int(found[0].flatten().argmax()), 16)
    net, x = net.double().eval(), x.double()
    moved = x[:1].repeat(3, 1, 1, 1)
    moved[range(3), range(3), row, column] += 1e-5  # one channel of the pixel each
    change = (net(moved) - net(x[:1]))[:, 2].abs().max().item() / 1e-5
    assert change == pytest.approx(found[0].max().item(), rel=1e-3)
