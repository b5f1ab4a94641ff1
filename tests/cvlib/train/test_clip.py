"""Clipping by value and by norm: torch's numbers, and what each does to a direction."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cvlib.train import fit
from cvlib.train.clip import (
    ClipNorm,
    clip_by_norm,
    clip_by_value,
    clip_grad_norm_,
    clip_grad_value_,
)

numbers = st.floats(-1e3, 1e3, width=32)
heaps = st.lists(st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=4)
limits = st.floats(0.015625, 2e3, width=32)


def parameters(gradients) -> list[torch.Tensor]:
    """Parameters with these gradients; None for one without."""
    made = []
    for g in gradients:
        p = nn.Parameter(torch.zeros(1 if g is None else np.shape(g)))
        p.grad = None if g is None else torch.tensor(g)
        made.append(p)
    return made


def grads(ps) -> list[torch.Tensor]:
    return [p.grad for p in ps if p.grad is not None]


@settings(deadline=None)  # torch takes its time at the first call
@given(heaps, limits, st.sampled_from([1.0, 2.0, 3.0, float("inf")]))
def test_by_norm_as_torch(gradients, max_norm, norm_type):
    ours, theirs = parameters(gradients), parameters(gradients)
    got = clip_grad_norm_(ours, max_norm, norm_type=norm_type)
    expected = nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    torch.testing.assert_close(got, expected)
    torch.testing.assert_close(grads(ours), grads(theirs))


@settings(deadline=None)  # torch takes its time at the first call
@given(heaps, limits)
def test_by_value_as_torch(gradients, clip_value):
    ours, theirs = parameters(gradients), parameters(gradients)
    clip_grad_value_(ours, clip_value)
    nn.utils.clip_grad_value_(theirs, clip_value)
    torch.testing.assert_close(grads(ours), grads(theirs), rtol=0, atol=0)


@settings(deadline=None)  # torch takes its time at the first call
@given(heaps, limits)
def test_both_as_their_definitions(gradients, limit):
    by_norm, by_value = parameters(gradients), parameters(gradients)
    clip_grad_norm_(by_norm, limit)
    clip_grad_value_(by_value, limit)
    for p, q, a, b in zip(
        by_norm,
        by_value,
        clip_by_norm(gradients, limit),
        clip_by_value(gradients, limit),
        strict=True,
    ):
        torch.testing.assert_close(p.grad, torch.tensor(a), rtol=1e-4, atol=1e-3)
        torch.testing.assert_close(q.grad, torch.tensor(b))


@settings(deadline=None)  # torch takes its time at the first call
@given(heaps, limits)
def test_by_norm_never_turns_and_never_lengthens(gradients, limit):
    before, after = (
        torch.tensor([g for row in heap for g in row], dtype=torch.float64)
        for heap in (gradients, clip_by_norm(gradients, limit))
    )
    torch.testing.assert_close(before @ after, before.norm() * after.norm())
    assert after.norm() <= min(before.norm(), limit) * (1 + 1e-9)


def test_the_norm_is_that_of_all_parameters_together():
    ps = parameters([[3.0], [4.0]])
    assert clip_grad_norm_(ps, 2.5) == 5
    assert [p.grad.item() for p in ps] == pytest.approx([1.5, 2.0])


def test_by_value_turns_a_lopsided_gradient():
    assert clip_by_value([[10.0], [0.1]], 1.0) == [[1.0], [0.1]]  # 0.6° to 5.7°


def test_a_single_tensor_and_missing_gradients_are_welcome():
    (one,) = parameters([[3.0, 4.0]])
    assert clip_grad_norm_(one, 1.0) == 5
    mixed = parameters([None, [3.0, 4.0]])
    assert clip_grad_norm_(mixed, 1.0) == 5
    assert clip_grad_norm_(parameters([None]), 1.0) == 0
    clip_grad_value_(mixed, 0.1)


def test_a_generator_of_parameters_is_used_once():
    net = nn.Linear(3, 2)
    net(torch.ones(1, 3)).sum().backward()
    assert clip_grad_norm_(net.parameters(), 1e-3) > 1
    clip_grad_value_(net.parameters(), 1e-4)
    assert max(g.abs().max() for g in grads(net.parameters())) <= 1e-4


def test_nan_spreads_unless_it_is_refused():
    ps = parameters([[float("nan")], [1.0]])
    said = (
        "the gradients' norm must be finite, got nan; "
        "find the layer where it begins, often exp, log or a division"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(said)}$"):
        clip_grad_norm_(ps, 1.0, error_if_nonfinite=True)
    assert ps[1].grad == 1  # refused before anything was changed
    clip_grad_norm_(ps, 1.0)
    assert ps[1].grad.isnan().all()


@pytest.mark.parametrize("call", [clip_grad_norm_, clip_by_norm])
def test_a_negative_norm_is_refused(call):
    with pytest.raises(ValueError, match=r"^max_norm must be at least 0, got -1$"):
        call([], -1)


@pytest.mark.parametrize("call", [clip_grad_value_, clip_by_value])
def test_a_negative_value_is_refused(call):
    with pytest.raises(ValueError, match=r"^clip_value must be at least 0, got nan$"):
        call([], float("nan"))


def test_the_hook_bounds_every_step_of_a_training():
    torch.manual_seed(0)
    net = nn.Linear(4, 2)
    x, y = 100 * torch.randn(32, 4), torch.randint(0, 2, (32,))
    before = net.weight.detach().clone()
    clip = ClipNorm(0.5)
    options = {"momentum": 0.0, "explosion": None, "progress": False}
    history = fit(net, x, y, epochs=4, lr=0.1, hooks=[clip], **options)
    assert len(clip.norms) == len(history.loss) == 4
    assert min(clip.norms) > 0.5  # what is kept is the norm from before
    assert (net.weight - before).norm() <= 4 * 0.1 * 0.5
