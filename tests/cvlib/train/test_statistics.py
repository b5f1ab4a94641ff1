"""What the hooks measure: against numbers by hand, and inside a real training."""

import re
from functools import partial

import pytest
import torch
from torch import nn

from cvlib.train import fit, seed_all
from cvlib.train.statistics import (
    ActivationStatistics,
    GradientStatistics,
    UpdateRatio,
    dead_units,
    describe,
    update_ratio,
)

X, Y = torch.randn(64, 6, generator=torch.Generator().manual_seed(0)), None
Y = (X[:, 0] > 0).long()


def net(*, dead: int = 0) -> nn.Sequential:
    """A small network whose first `dead` hidden units never fire."""
    seed_all(0)
    made = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
    with torch.no_grad():
        made[0].bias[:dead] = -100
    return made


def train(model, *hooks, epochs: int = 2, **options):
    options = {"batch_size": 16, "lr": 0.05, "progress": False, **options}
    return fit(model, X, Y, epochs=epochs, hooks=hooks, **options)


def test_the_numbers_of_a_heap_by_hand():
    d = describe(torch.tensor([[-4.0, 0.0], [0.0, 0.0], [2.0, 0.0], [10.0, 0.0]]))
    assert (d.magnitude, d.mean, d.median) == (2, 1, 0)
    assert d.sd == pytest.approx((112 / 8) ** 0.5)  # Σ(x − 1)² = 25 + 6 + 1 + 81 − 1
    assert (d.q25, d.q75, d.dead) == (0, 0.5, 0.5)


def test_quartiles_of_millions_are_taken_from_an_even_sample():
    values = torch.rand(64, 8, 64, 64, generator=torch.Generator().manual_seed(0))
    d = describe(values)
    assert (d.q25, d.median, d.q75) == pytest.approx((0.25, 0.5, 0.75), abs=0.005)


def test_a_channel_is_dead_only_if_no_pixel_of_no_image_lives():
    maps = torch.zeros(3, 4, 5, 5)
    maps[2, 1, 4, 4] = 0.1
    assert dead_units(maps).tolist() == [True, False, True, True]
    assert dead_units(maps[2], 0).tolist() == [True, False, True, True]


def test_half_precision_is_described_in_single():
    assert describe(torch.full((4, 2), 3e4, dtype=torch.float16)).mean == 3e4


@pytest.mark.parametrize("values", [torch.zeros(0, 3), torch.zeros(5)])
def test_nothing_to_describe_is_refused(values):
    said = f"values must hold numbers along axis 1, got shape {tuple(values.shape)}"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        describe(values)


def test_the_lectures_ratio():
    w = torch.full((30, 40), 0.02)
    assert update_ratio(w, w + 0.0002) == pytest.approx(0.01, rel=1e-4)


def test_a_tensor_of_zeros_has_no_ratio():
    zero = torch.zeros(3)
    assert update_ratio(zero, zero + 1) == float("inf")
    assert update_ratio(zero, zero) != update_ratio(zero, zero)


def test_plain_descent_moves_by_rate_times_gradient():
    class Gradients(UpdateRatio):
        def before_step(self, state):
            super().before_step(state)
            w = state.model[0].weight
            self.expected = (0.05 * w.grad.norm() / w.norm()).item()

    watch = Gradients()
    train(net(), watch, epochs=1, batch_size=64, momentum=0.0)
    assert watch.ratios["0.weight"] == pytest.approx([watch.expected], rel=1e-4)


def test_the_ratio_sees_through_any_optimizer():
    watch = UpdateRatio()
    make = partial(torch.optim.Adam, lr=1e-3)
    train(net(), watch, epochs=1, batch_size=64, optimizer=make)
    weight = net()[0].weight
    # Adam's first step is the rate, for every weight, whatever the gradient
    expected = 1e-3 * weight.numel() ** 0.5 / weight.norm().item()
    assert watch.ratios["0.weight"] == pytest.approx([expected], rel=1e-2)


def test_ratios_are_those_of_weights_and_biases_if_asked():
    weights, every = UpdateRatio(), UpdateRatio(biases=True)
    train(net(), weights, every)
    assert list(weights.ratios) == ["0.weight", "2.weight"]
    assert list(every.ratios) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert weights.steps == list(range(1, 9))
    assert all(len(r) == 8 for r in every.ratios.values())


@pytest.mark.parametrize(
    "hook", [UpdateRatio, ActivationStatistics, GradientStatistics]
)
def test_every_third_step_is_measured_and_a_new_training_starts_anew(hook):
    watch = hook(every=3)
    for _ in range(2):
        train(net(), watch)
        assert watch.steps == [1, 4, 7]
        records = watch.ratios if hook is UpdateRatio else watch.layers
        assert all(len(r) == 3 for r in records.values())


def test_the_activations_are_those_of_the_pass():
    watch = ActivationStatistics(["0", "1"])
    model = net()
    with torch.no_grad():
        first = model[0](X)
    train(model, watch, epochs=1, batch_size=64)
    assert watch.series("0", "mean") == pytest.approx([first.mean().item()], rel=1e-5)
    relu = watch.series("1", "mean")
    assert relu == pytest.approx([first.relu().mean().item()], rel=1e-5)


def test_dead_units_are_found_in_activations_and_in_gradients():
    activations, gradients = ActivationStatistics(), GradientStatistics()
    train(net(dead=6), activations, gradients, epochs=1)
    assert activations.series("1", "dead") == [0.75] * 4
    assert gradients.series("0.weight", "dead") == [0.75] * 4
    assert gradients.series("2.weight", "dead") == [0.0] * 4
    assert gradients.last()["0.weight"]["magnitude"] > 0


def test_a_layer_used_twice_is_recorded_twice_and_evaluation_never():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc, self.relu = nn.Linear(6, 6), nn.ReLU()
            self.out = nn.Linear(6, 2)

        def forward(self, x):
            return self.out(self.relu(self.fc(self.relu(x))))

    watch = ActivationStatistics()
    train(Twice(), watch, validation=(X, Y))
    assert list(watch.layers) == ["relu", "relu (2)"]
    assert all(len(records) == 8 for records in watch.layers.values())


def test_nothing_stays_on_the_model():
    model, watch = net(), ActivationStatistics()
    train(model, watch)
    assert not model[1]._forward_hooks
    stopped = net()
    train(stopped, watch, lr=1e6, explosion=1.01)  # ends before its last step
    watch.remove()
    assert not stopped[1]._forward_hooks


def test_frozen_weights_are_left_out():
    model, ratios, gradients = net(), UpdateRatio(), GradientStatistics()
    model[0].requires_grad_(False)
    train(model, ratios, gradients)
    assert list(ratios.ratios) == list(gradients.layers) == ["2.weight"]


def test_an_unknown_layer_is_named():
    said = "layers must be '', '0', '1' or '2', got 'relu'"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        train(net(), ActivationStatistics(["relu"]))


def test_a_network_without_activation_layers_is_told_what_it_has():
    said = (
        "model must have activation layers to watch, got none; "
        "name some in layers=, such as ['0', '1']"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        train(nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), ActivationStatistics())


def test_a_series_that_is_not_there_is_named():
    watch = ActivationStatistics()
    train(net(), watch)
    with pytest.raises(ValueError, match=r"^field must be 'magnitude', .* 'median_'"):
        watch.series("1", "median_")
