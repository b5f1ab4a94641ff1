"""The net that paints in one pass, and its training."""

import pytest
import torch

from cvlib.style import (
    Objective,
    TransformNet,
    fit_transform,
    johnson_net,
    perceptual_loss,
    random_maps,
)
from cvlib.train import Checkpoint, seed_all


@pytest.mark.parametrize("size", [(16, 16), (5, 5), (13, 18), (21, 30)])
def test_a_picture_comes_back_in_its_size_and_range(size):
    seed_all(0)
    painted = TransformNet((4, 6, 8), blocks=1)(torch.rand(2, 3, *size))
    assert painted.shape == (2, 3, *size)
    assert painted.min() >= 0
    assert painted.max() <= 1


def test_each_picture_is_normalised_by_itself():
    seed_all(0)
    net, x = TransformNet((4, 6, 8), blocks=1), torch.rand(3, 3, 16, 16)
    alone = torch.cat([net(picture[None]) for picture in x])
    torch.testing.assert_close(net(x), alone, atol=1e-5, rtol=0)


def test_the_net_of_the_paper_has_its_sizes():
    net = johnson_net()
    x = torch.zeros(1, 3, 64, 64)
    assert net.down(x).shape == (1, 128, 16, 16)
    assert len(net.blocks) == 5
    assert net.last.weight.shape == (3, 32, 9, 9)


def goal(x: torch.Tensor) -> Objective:
    return Objective(random_maps(), x, x, content_layers=["conv2_1"],
                     style_layers=["conv1_1"])  # fmt: skip


def test_the_loss_of_a_batch_is_the_mean_of_gatys_objectives():
    x = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    turned = torch.nn.Identity()
    alone = [goal(a[None])(a[None]).total for a in x]
    style = Objective(random_maps(), x[:1], x[:1], content_layers=["conv2_1"],
                      style_layers=["conv1_1"])  # fmt: skip
    expected = torch.stack([style(a[None]).style for a in x]).mean()
    torch.testing.assert_close(perceptual_loss(turned, x, style), expected)
    assert all(total == 0 for total in alone)


def test_training_lowers_the_loss_and_changes_no_features(tmp_path):
    x = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    maps = random_maps()
    before = maps(x)["conv4_2"].clone()
    seed_all(0)
    net = TransformNet((4, 4, 4), blocks=1)
    style = Objective(maps, x[:1], x[1:2], content_layers=["conv2_1"],
                      style_layers=["conv1_1"])  # fmt: skip
    history = fit_transform(
        net, x, style, epochs=12, batch_size=3, lr=1e-2, progress=False
    )
    assert history.train_loss[-1] < 0.8 * history.train_loss[0]
    assert torch.equal(maps(x)["conv4_2"], before)
    assert not net.training


def test_a_training_that_was_broken_off_ends_the_same(tmp_path):
    x = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    results = []
    for name, stops in (("whole", (3,)), ("broken", (1, 3))):
        for epochs in stops:
            seed_all(0)
            net = TransformNet((4, 4, 4), blocks=1)
            resume = Checkpoint(tmp_path / name)
            fit_transform(net, x, goal(x[:1]), epochs=epochs, batch_size=2,
                          progress=False, resume=resume)  # fmt: skip
        results.append(net.state_dict())
    assert all(torch.equal(v, results[1][k]) for k, v in results[0].items())
