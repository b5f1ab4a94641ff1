"""Several networks as one: means, votes, one set of weights, and snapshots."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cvlib.train import (
    Snapshots,
    average_parameters,
    average_probabilities,
    ballots,
    disagreement,
    evaluate,
    fit,
    member_logits,
    predict,
    reestimate_batch_norm,
    vote,
)
from cvlib.train.schedules import cyclic_cosine


def net(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5),
        nn.Flatten(), nn.Linear(4 * 36, 3),
    )  # fmt: skip


@pytest.fixture
def data():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(90, 1, 8, 8, generator=generator)
    return x, (x[:, 0, 2:6, 2:6].mean((1, 2)) > 0).long()


def by_hand(logits) -> list[int]:
    """Counted with tally marks; a tie goes to the lowest class."""
    M, N, K = logits.shape
    winners = []
    for n in range(N):
        marks = [0] * K
        for m in range(M):
            marks[int(logits[m, n].argmax())] += 1
        winners.append(marks.index(max(marks)))
    return winners


@given(st.integers(1, 7), st.integers(1, 5), st.integers(2, 4), st.integers(0, 99))
def test_a_vote_is_what_tally_marks_say(M, N, K, seed):
    logits = torch.randn(M, N, K, generator=torch.Generator().manual_seed(seed))
    assert vote(logits).tolist() == by_hand(logits)
    assert ballots(logits).sum(1).tolist() == [M] * N


def test_a_tie_goes_to_the_lowest_class():
    logits = torch.tensor([[[0.0, 1.0, 5.0]], [[0.0, 5.0, 1.0]]])
    assert vote(logits).tolist() == [1]


def test_the_mean_of_probabilities_is_not_the_mean_of_scores():
    logits = torch.tensor([[[30.0, 0.0]], [[0.0, 3.0]], [[0.0, 3.0]]])
    assert average_probabilities(logits).argmax(1).tolist() == [1]
    assert logits.mean(0).argmax(1).tolist() == [0]  # the loud one alone


def test_probabilities_sum_to_one_whatever_is_added_to_a_members_scores():
    logits = torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(1))
    mean = average_probabilities(logits)
    torch.testing.assert_close(mean.sum(1), torch.ones(6))
    louder = logits + torch.tensor([5.0, 0, 0, 0])[:, None, None]
    torch.testing.assert_close(average_probabilities(louder), mean)


def test_a_sure_minority_may_outweigh_a_doubtful_majority():
    p = torch.tensor([[[0.98, 0.02]], [[0.45, 0.55]], [[0.45, 0.55]]])
    assert average_probabilities(p.log()).argmax(1).tolist() == [0]
    assert vote(p.log()).tolist() == [1]


def test_disagreement_counts_pairs():
    logits = torch.eye(3)[torch.tensor([[0, 1], [0, 2], [1, 2]])]  # (3, 2, 3)
    chosen = logits.argmax(2)
    pairs = [(0, 1), (0, 2), (1, 2)]
    wanted = sum((chosen[a] != chosen[b]).float().mean().item() for a, b in pairs) / 3
    assert disagreement(logits) == pytest.approx(wanted)
    assert disagreement(logits[:1].repeat(4, 1, 1)) == 0


def test_members_are_asked_in_evaluation_mode(data):
    models = [net(0), net(1)]
    logits = member_logits(models, data[0])
    torch.testing.assert_close(logits[1], predict(models[1].eval(), data[0]))
    assert logits.shape == (2, 90, 3)


def test_parameters_are_averaged_and_the_members_left_alone(data):
    a, b = net(0), net(1)
    before = a[0].weight.clone()
    mean = average_parameters([a, b])
    torch.testing.assert_close(mean[0].weight, (a[0].weight + b[0].weight) / 2)
    torch.testing.assert_close(a[0].weight, before)
    assert not mean.training
    assert average_parameters([a])[5].bias.equal(a[5].bias)


def test_re_estimated_statistics_are_those_of_the_data(data):
    model = net(0).eval()
    model[1].momentum = 0.3
    weights = model[0].weight.clone()
    reestimate_batch_norm(model, data[0], batch_size=30)
    maps = model[0](data[0])
    torch.testing.assert_close(model[1].running_mean, maps.mean((0, 2, 3)))
    mean_of_batches = torch.stack(
        [part.var((0, 2, 3), unbiased=True) for part in maps.split(30)]
    ).mean(0)
    torch.testing.assert_close(model[1].running_var, mean_of_batches)
    assert model[1].momentum == 0.3
    assert not any(m.training for m in model.modules())
    torch.testing.assert_close(model[0].weight, weights)


def test_a_last_batch_of_one_image_does_no_harm():
    model = nn.BatchNorm1d(2)
    x = torch.randn(11, 2, generator=torch.Generator().manual_seed(0))
    reestimate_batch_norm(model, x, batch_size=5)  # 6 and 5, not 5, 5 and 1
    assert model.num_batches_tracked == 2
    assert torch.isfinite(model.running_var).all()


def test_a_network_without_batch_norm_stays_as_it_is():
    model = nn.Linear(2, 2).train()
    reestimate_batch_norm(model, torch.zeros(4, 2))
    assert model.training


def test_snapshots_are_taken_where_the_cycles_end(data):
    class Rates(Snapshots):
        def after_step(self, state):
            rates.append(state.optimizer.param_groups[0]["lr"])
            before = len(self.weights)
            super().after_step(state)
            if len(self.weights) > before:
                taken.append(state.step)

    rates, taken = [], []
    fit(
        net(0), *data, epochs=2, batch_size=9, lr=1.0, schedule=cyclic_cosine(5),
        hooks=[Rates(5)], explosion=None, progress=False,
    )  # fmt: skip
    assert taken == [4, 8, 12, 16, 20]
    # where a snapshot is taken, the next rate is higher: the cycle starts anew
    assert all(rates[step] > rates[step - 1] for step in taken[:-1])


def test_snapshots_need_not_divide_the_steps(data):
    shots = Snapshots(3)
    fit(net(0), *data, epochs=1, batch_size=9, lr=0.01, hooks=[shots], progress=False)
    assert len(shots.weights) == 3


def test_the_last_snapshot_is_the_trained_network(data):
    model, shots = net(0), Snapshots(2)
    fit(model, *data, epochs=2, batch_size=30, lr=0.1, hooks=[shots], progress=False)
    first, last = shots.models(model)
    torch.testing.assert_close(predict(last, data[0]), predict(model, data[0]))
    assert not torch.equal(first[0].weight, last[0].weight)


def test_averaged_snapshots_predict_like_their_mean_once_statistics_fit(data):
    model, shots = net(0), Snapshots(4)
    fit(
        model, *data, epochs=12, batch_size=30, lr=0.1, schedule=cyclic_cosine(4),
        hooks=[shots], progress=False,
    )  # fmt: skip
    one = average_parameters(shots.models(model))
    reestimate_batch_norm(one, data[0])
    assert evaluate(one, *data)[1] > 0.85


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: member_logits([], torch.zeros(1)),
            "models must hold at least one member, got none",
        ),
        (
            lambda: average_parameters([]),
            "models must hold at least one member, got none",
        ),
        (
            lambda: average_parameters([nn.Linear(2, 2), nn.Linear(2, 3)]),
            "models must share one architecture, got other parameters in member 1",
        ),
        (
            lambda: vote(torch.zeros(3, 2)),
            "logits must be (M, N, K), got (3, 2); did you mean logits[None]?",
        ),
        (
            lambda: disagreement(torch.zeros(1, 2, 2)),
            "logits must hold at least two members, got 1",
        ),
        (
            lambda: fit(
                nn.Linear(2, 2),
                torch.zeros(4, 2),
                torch.zeros(4).long(),
                epochs=1,
                hooks=[Snapshots(3)],
                progress=False,
            ),
            "count must be at most 1, the steps of this training, got 3",
        ),
    ],
)
def test_an_ensemble_that_cannot_be_is_refused(make, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        make()
