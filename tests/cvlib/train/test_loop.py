"""The loop: one step by hand, seeds, stops, hooks, resuming."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from cvlib.train import Checkpoint, Hook, evaluate, exploded, fit, predict, seed_all
from cvlib.validate import ShapeError


def data(n=40, seed=0):
    """Points of the plane and the side of a line that they are on."""
    x = torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))
    return x, (x[:, 0] > x[:, 1]).long()


def model(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


def train(net=None, **options):
    x, y = data()
    net = net or model()
    settings = {"epochs": 3, "batch_size": 8, "progress": False} | options
    return net, fit(net, x, y, **settings)


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def test_one_step_is_the_weights_minus_rate_times_gradient():
    x, y = data(8)
    net = nn.Linear(2, 2)
    expected = [p.detach().clone() for p in net.parameters()]
    gradients = torch.autograd.grad(cross_entropy(net(x), y), list(net.parameters()))
    fit(net, x, y, epochs=1, batch_size=8, lr=0.3, progress=False)
    for p, before, gradient in zip(net.parameters(), expected, gradients, strict=True):
        torch.testing.assert_close(p.detach(), before - 0.3 * gradient)


def test_momentum_and_decay_are_those_of_sgd():
    x, y = data(8)
    ours, theirs = nn.Linear(2, 2), nn.Linear(2, 2)
    theirs.load_state_dict(ours.state_dict())
    opt = torch.optim.SGD(theirs.parameters(), 0.1, 0.5, weight_decay=0.01)
    for _ in range(4):
        opt.zero_grad()
        cross_entropy(theirs(x), y).backward()
        opt.step()
    options = {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.01, "progress": False}
    fit(ours, x, y, epochs=4, batch_size=8, **options)
    torch.testing.assert_close(weights(ours), weights(theirs))


def test_it_learns_and_ends_in_evaluation_mode():
    net, history = train(epochs=20, validation=data(seed=1))
    assert history.val_accuracy[-1] > 0.9
    assert history.train_loss[-1] < history.train_loss[0] / 2
    assert not net.training
    assert (history.epochs, len(history.loss)) == (20, 100)
    assert len(history.lr) == len(history.seconds) == len(history.val_loss) == 20


def test_a_seed_fixes_the_order_and_another_changes_it():
    (a, _), (b, _), (c, _) = train(seed=1), train(seed=1), train(seed=2)
    assert torch.equal(weights(a), weights(b))
    assert not torch.equal(weights(a), weights(c))


def test_every_image_is_seen_once_an_epoch():
    seen = []

    def watch(x, chance):
        seen.append(x)
        return x

    train(epochs=2, batch_size=7, augment=watch)
    x, _ = data()
    for epoch in (torch.cat(seen[:6]), torch.cat(seen[6:])):
        assert torch.equal(epoch.sort(0).values, x.sort(0).values)


def test_the_schedule_is_a_factor_on_the_rate():
    class Rates(Hook):
        def start(self, state):
            self.found = []

        def before_step(self, state):
            self.found.append(state.optimizer.param_groups[0]["lr"])

    rates = Rates()
    train(epochs=2, batch_size=20, lr=0.5, schedule=lambda t: 1 - t, hooks=[rates])
    assert rates.found == pytest.approx([0.5, 0.375, 0.25, 0.125])


def test_hooks_hear_of_everything_in_order():
    class Witness(Hook):
        def __init__(self, name, heard):
            self.name, self.heard = name, heard

        def start(self, state):
            self.heard.append(f"{self.name} start {state.steps}")

        def before_step(self, state):
            gradient = next(state.model.parameters()).grad
            self.heard.append(f"{self.name} before {state.step} {gradient is not None}")

        def after_step(self, state):
            self.heard.append(f"{self.name} after {state.step}")
            assert state.loss == state.history.loss[-1]

        def after_epoch(self, state):
            self.heard.append(f"{self.name} epoch {state.epoch} {state.history.epochs}")

    heard = []
    train(epochs=1, batch_size=40, hooks=[Witness("a", heard), Witness("b", heard)])
    assert heard == [
        "a start 1", "b start 1", "a before 0 True", "b before 0 True",
        "a after 1", "b after 1", "a epoch 1 1", "b epoch 1 1",
    ]  # fmt: skip


def test_an_explosion_ends_the_training_and_says_so():
    _, history = train(nn.Linear(2, 2), epochs=50, lr=1e4)
    assert history.stopped.startswith("stopped at step ")
    assert "times the first one" in history.stopped
    assert len(history.loss) < 250
    _, history = train(nn.Linear(2, 2), epochs=5, lr=1e4, explosion=None)
    assert history.stopped is None
    assert history.epochs == 5


def test_a_loss_that_is_no_number_is_an_explosion():
    assert exploded([1.0, math.nan], 3.0) == "stopped at step 2: the loss is nan"
    assert exploded([math.inf], 3.0) == "stopped at step 1: the loss is inf"
    assert exploded([1.0, 3.0], 3.0) is None


def test_a_resumed_training_ends_where_an_undisturbed_one_does(tmp_path):
    whole, history = train(epochs=6)
    file = tmp_path / "run" / "net.pt"

    class PowerCut(Hook):
        def after_step(self, state):
            if state.step == 18:  # in the fourth epoch
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(epochs=6, resume=Checkpoint(file), hooks=[PowerCut()])
    again, resumed = train(model(seed=9), epochs=6, resume=Checkpoint(file))
    assert torch.equal(weights(whole), weights(again))
    assert resumed.loss == history.loss
    assert not list(tmp_path.rglob("*.part"))


def test_a_finished_training_is_not_trained_again(tmp_path):
    first, _ = train(resume=Checkpoint(tmp_path / "a.pt"))
    again, history = train(model(seed=5), resume=Checkpoint(tmp_path / "a.pt"))
    assert torch.equal(weights(first), weights(again))
    assert history.epochs == 3


def test_bytes_become_numbers_from_zero_to_one():
    images = torch.full((4, 1, 2, 2), 255, dtype=torch.uint8)
    seen = []
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    net.register_forward_hook(lambda m, args, out: seen.append(args[0].max().item()))
    labels = torch.zeros(4).long()
    fit(net, images, labels, epochs=1, progress=False)
    evaluate(net, images, labels)
    assert seen == [1.0, 1.0]


def test_bfloat16_learns_too():
    _, history = train(epochs=20, precision=torch.bfloat16, lr=0.05)
    assert history.train_loss[-1] < history.train_loss[0]


def test_another_optimizer_is_made_from_the_parameters_that_learn():
    net = model()
    net[0].requires_grad_(False)
    before = net[0].weight.clone()
    made = []

    def optimizer(parameters):
        made.extend(parameters)
        return torch.optim.Adam(made, lr=0.01)

    train(net, optimizer=optimizer)
    assert len(made) == 4
    assert torch.equal(net[0].weight, before)


def test_predict_leaves_every_module_in_its_mode():
    net = model().train()
    net[1].eval()
    scores = predict(net, data()[0], batch_size=7)
    assert scores.shape == (40, 2)
    assert not scores.requires_grad
    assert [m.training for m in net] == [True, False, True, True]
    torch.testing.assert_close(scores, predict(net, data()[0]))


def test_seed_all_reaches_python_numpy_and_torch():
    import random

    import numpy as np

    drawn = []
    for _ in range(2):
        seed_all(7)
        drawn.append((random.random(), np.random.rand(), torch.rand(1).item()))  # noqa: NPY002 the global generator is what is seeded
    assert drawn[0] == drawn[1]


def test_bad_arguments_get_one_sentence():
    x, y = data(4)
    net = nn.Linear(2, 2)
    with pytest.raises(ShapeError, match=r"^labels must be \(4,\) to match images"):
        fit(net, x, y[:3], epochs=1)
    with pytest.raises(ValueError, match=r"^epochs must be a positive integer, got 0"):
        fit(net, x, y, epochs=0)
    with pytest.raises(ValueError, match=r"^images must hold at least one image"):
        predict(net, x[:0])
    net.requires_grad_(False)
    with pytest.raises(ValueError, match=r"^model has no parameter that wants"):
        fit(net, x, y, epochs=1)
