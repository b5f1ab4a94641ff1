"""Schedules: what they are at a few points, and what torch's are."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cvlib.train.schedules import (
    constant,
    cosine,
    cyclic_cosine,
    one_cycle,
    step_decay,
    warm_up,
)

fractions = st.floats(0, 1)
ALL = {
    "constant": constant(),
    "step_decay": step_decay(),
    "cosine": cosine(),
    "warm_up": warm_up(0.1, cosine()),
    "one_cycle": one_cycle(),
    "cyclic_cosine": cyclic_cosine(5),
}


def rates(make, steps: int) -> list[float]:
    """The factor of a scheduler of torch at each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, found = make(optimizer), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def at_steps(schedule, steps: int, last: int | None = None) -> list[float]:
    return [schedule(step / (last or steps)) for step in range(steps)]


def test_cosine_as_torch():
    expected = rates(
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40, eta_min=0.1), 40
    )
    assert at_steps(cosine(final=0.1), 40) == pytest.approx(expected)


def test_step_decay_as_torch():
    expected = rates(
        lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [20, 30], gamma=0.1), 40
    )
    assert at_steps(step_decay(), 40) == pytest.approx(expected)


def test_cyclic_cosine_as_torchs_warm_restarts():
    expected = rates(
        lambda o: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 8), 40
    )
    assert at_steps(cyclic_cosine(5), 40) == pytest.approx(expected)


def test_one_cycle_as_torch():
    # torch's last step stands at the very end, and its peak one step early
    expected = rates(
        lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1.0, total_steps=1001), 1001
    )
    assert at_steps(one_cycle(), 1001, 1000) == pytest.approx(expected, abs=0.01)
    assert expected[-1] == pytest.approx(one_cycle()(1))


@pytest.mark.parametrize("name", ALL)
def test_the_factor_stays_between_nothing_and_the_whole_rate(name):
    factors = [ALL[name](k / 1000) for k in range(1001)]
    assert min(factors) >= 0
    assert max(factors) == pytest.approx(1, abs=1e-4)


@given(fractions, st.floats(0.01, 0.9))
def test_a_warm_up_rises_in_a_line_and_then_gives_way(t, share):
    schedule = warm_up(share, cosine(), start=0.2)
    if t < share:
        assert schedule(t) == pytest.approx(0.2 + 0.8 * t / share)
    else:
        assert schedule(t) == cosine()((t - share) / (1 - share))


def test_without_anything_after_it_a_warm_up_stays_at_the_top():
    assert [warm_up(0.5)(t) for t in (0, 0.25, 0.5, 1)] == [0, 0.5, 1, 1]
    assert warm_up(0.0)(0) == 1


@given(st.integers(1, 12))
def test_every_cycle_is_alike_and_training_ends_at_nothing(cycles):
    schedule = cyclic_cosine(cycles)
    for k in range(cycles):
        assert schedule((k + 0.5) / cycles) == pytest.approx(0.5)
        assert schedule((k + 0.999) / cycles) < 1e-5
    assert schedule(1) == 0


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("t", [-0.01, 1.01, math.nan])
def test_a_time_outside_the_training_is_refused(name, t):
    said = f"t must be between 0 and 1, got {t}"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        ALL[name](t)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: warm_up(1),
            "share must be below 1, got 1; nothing would be left to train",
        ),
        (lambda: warm_up(0.1, start=2), "start must be between 0 and 1, got 2"),
        (lambda: cosine(final=-1), "final must be at least 0, got -1"),
        (lambda: step_decay((30, 40)), "milestones must be between 0 and 1, got 30"),
        (lambda: step_decay(gamma=-0.1), "gamma must be at least 0, got -0.1"),
        (
            lambda: one_cycle(pct_start=1),
            "pct_start must lie between 0 and 1, got 1; use cosine() to fall only",
        ),
        (lambda: one_cycle(div_factor=0.5), "div_factor must be at least 1, got 0.5"),
        (
            lambda: cyclic_cosine(0),
            "cycles must be a positive integer, got 0; the smallest allowed is 1",
        ),
    ],
)
def test_what_makes_no_schedule_is_refused(make, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        make()
