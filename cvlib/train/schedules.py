"""Learning-rate schedules: the fraction of training done, t → a factor on the rate.

A schedule knows neither the rate nor the number of steps, so one schedule serves a
training of ten steps and one of a million. Schedules are made by the functions here,
and any function of one number will do: `lambda t: 1 - t`.
"""

import math
from collections.abc import Callable, Sequence

from cvlib.validate import check_number, check_positive

Schedule = Callable[[float], float]
"""t in [0, 1], 0 at the first step and 1 at the end, to a factor on `lr`."""


def constant() -> Schedule:
    """The rate stays as it is.

    Example:
        >>> constant()(0.7)
        1.0
    """

    def factor(t: float) -> float:
        _check_fraction(t)
        return 1.0

    return factor


def step_decay(
    milestones: Sequence[float] = (0.5, 0.75), *, gamma: float = 0.1
) -> Schedule:
    """Multiply by `gamma` at each milestone: the staircase of the ResNet paper.

    Args:
        milestones: fractions of training in [0, 1].
        gamma: factor at each of them.

    Raises:
        ValueError: a milestone outside [0, 1], or a negative `gamma`.

    Source:
        He et al., Deep residual learning for image recognition, CVPR 2016: factor 0.1
        at 32 000 and 48 000 of 64 000 steps.

    Example:
        >>> schedule = step_decay()
        >>> [round(schedule(t), 3) for t in (0, 0.49, 0.5, 0.8)]
        [1.0, 1.0, 0.1, 0.01]
    """
    check_number("gamma", gamma, minimum=0)
    for milestone in milestones:
        check_number("milestones", milestone, minimum=0, maximum=1)

    def factor(t: float) -> float:
        _check_fraction(t)
        return gamma ** sum(t >= milestone for milestone in milestones)

    return factor


def cosine(*, final: float = 0.0) -> Schedule:
    """Half a cosine from 1 down to `final`: slow, fast, slow.

    Source:
        Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts,
        ICLR 2017.

    Example:
        >>> [round(cosine()(t), 2) for t in (0, 0.25, 0.5, 1)]
        [1.0, 0.85, 0.5, 0.0]
    """
    check_number("final", final, minimum=0)

    def factor(t: float) -> float:
        _check_fraction(t)
        return final + (1 - final) * (1 + math.cos(math.pi * t)) / 2

    return factor


def warm_up(
    share: float = 0.05, then: Schedule | None = None, *, start: float = 0.0
) -> Schedule:
    """Rise on a straight line for a share of training, then follow another schedule.

    The other schedule is squeezed into what is left, so it still ends where it would.

    Args:
        share: of the training that warms up, in [0, 1).
        then: the schedule that follows; constant if None.
        start: the factor at t = 0.

    Raises:
        ValueError: `share` is 1, or an argument is out of [0, 1].

    Source:
        Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, 2017.

    Example:
        >>> schedule = warm_up(0.2, cosine())
        >>> [round(schedule(t), 2) for t in (0, 0.1, 0.2, 0.6, 1)]
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    check_number("share", share, minimum=0, maximum=1)
    check_number("start", start, minimum=0, maximum=1)
    if share == 1:
        raise ValueError("share must be below 1, got 1; nothing would be left to train")
    later = then or constant()

    def factor(t: float) -> float:
        _check_fraction(t)
        if t < share:
            return start + (1 - start) * t / share
        return later((t - share) / (1 - share))

    return factor


def one_cycle(
    *, pct_start: float = 0.3, div_factor: float = 25.0, final_div_factor: float = 1e4
) -> Schedule:
    """Up by half a cosine, down by another, far below where it began (torch's names).

    Args:
        pct_start: share of training spent rising, in (0, 1).
        div_factor: the rate begins at 1/div_factor.
        final_div_factor: and ends this many times lower than it began.

    Raises:
        ValueError: an argument is out of range.

    Source:
        Smith and Topin, Super-convergence: very fast training of neural networks using
        large learning rates, 2019; `torch.optim.lr_scheduler.OneCycleLR`.

    Example:
        >>> [round(one_cycle()(t), 3) for t in (0, 0.15, 0.3, 1)]
        [0.04, 0.52, 1.0, 0.0]
    """
    check_number("div_factor", div_factor, minimum=1)
    check_number("final_div_factor", final_div_factor, minimum=1)
    if not 0 < check_number("pct_start", pct_start, minimum=0, maximum=1) < 1:
        raise ValueError(
            f"pct_start must lie between 0 and 1, got {pct_start}; "
            "use cosine() to fall only"
        )
    start = 1 / div_factor

    def factor(t: float) -> float:
        _check_fraction(t)
        if t < pct_start:
            return _half_cosine(start, 1.0, t / pct_start)
        return _half_cosine(
            1.0, start / final_div_factor, (t - pct_start) / (1 - pct_start)
        )

    return factor


def cyclic_cosine(cycles: int) -> Schedule:
    """`cycles` equal cosines from 1 to 0; at the end of each the net is good enough
    to keep, and the jump back to 1 drives it elsewhere: a snapshot ensemble.

    Args:
        cycles: how many.

    Raises:
        TypeError, ValueError: `cycles` is no positive integer.

    Source:
        Huang et al., Snapshot ensembles: train 1, get M for free, ICLR 2017.

    Example:
        >>> [round(cyclic_cosine(2)(t), 2) for t in (0, 0.25, 0.49, 0.5, 1)]
        [1.0, 0.5, 0.0, 1.0, 0.0]
    """
    cycles = check_positive("cycles", cycles)

    def factor(t: float) -> float:
        _check_fraction(t)
        # the end of training is the end of the last cycle, not the start of another
        return _half_cosine(1.0, 0.0, t * cycles % 1 if t < 1 else 1.0)

    return factor


def _half_cosine(start: float, end: float, t: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * t)) / 2


def _check_fraction(t: float) -> None:
    check_number("t", t, minimum=0, maximum=1)
