"""Searching hyper-parameters (NumPy): by chance or on a grid.

A search needs no more of a network than one number for each setting it tries, so
nothing here trains anything: `score` is yours, and higher is better.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm.auto import tqdm

from cvlib.validate import check_int, check_number, check_positive

Settings = dict[str, float]


@dataclass(frozen=True)
class Range:
    """Where one hyper-parameter is searched, both ends included.

    Args:
        low: one end.
        high: the other.
        log: draw the exponent evenly, not the number: right for whatever acts by its
            factor, such as a learning rate.

    Raises:
        ValueError: `high` is not above `low`, or a logarithm is asked of 0 or less.

    Example:
        >>> Range(1e-6, 1e-2).at(0.5), Range(0, 0.5, log=False).at(0.5)
        (0.0001, 0.25)
    """

    low: float
    high: float
    log: bool = True

    def __post_init__(self) -> None:
        low, high = check_number("low", self.low), check_number("high", self.high)
        if self.log and low <= 0:
            raise ValueError(
                f"low must be above 0 for a search in log space, got {self.low}; "
                "use a small number such as 1e-5, or log=False"
            )
        if not low < high < math.inf:
            raise ValueError(f"high must be above low {self.low}, got {self.high}")

    def at(self, share: float) -> float:
        """The value a share of the way up: 0 is `low`, 1 is `high`."""
        if not self.log:
            return self.low + share * (self.high - self.low)
        low, high = math.log10(self.low), math.log10(self.high)
        return 10 ** (low + share * (high - low))

    def share(self, value: float) -> float:
        """How far up `value` lies: the inverse of `at`."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        return math.log(value / self.low) / math.log(self.high / self.low)


@dataclass(frozen=True)
class Trial:
    """One setting and what it scored; a training that failed scores NaN."""

    settings: Settings
    score: float


def log_uniform(
    low: float, high: float, size: int | None = None, *, rng: np.random.Generator
) -> float | np.ndarray:
    """Numbers whose exponents are spread evenly: each decade gets the same share.

    Args:
        low: one end, above 0.
        high: the other.
        size: how many; None for one number.
        rng: what draws.

    Raises:
        ValueError: as `Range`.

    Example:
        >>> x = log_uniform(1e-6, 1e-3, 3000, rng=np.random.default_rng(0))
        >>> [int((x < end).sum()) for end in (1e-5, 1e-4, 1e-3)]
        [990, 2003, 3000]
    """
    Range(low, high)
    return 10 ** rng.uniform(np.log10(low), np.log10(high), size)


def random_search(
    score: Callable[..., float],
    ranges: Mapping[str, Range],
    *,
    trials: int,
    seed: int = 0,
    progress: bool = True,
) -> list[Trial]:
    """Try settings drawn by chance, each axis on its own.

    The first trials do not depend on how many follow, so a search can be continued.

    Args:
        score: called with one keyword a range; returns what is to be as high as
            possible, say validation accuracy, or NaN where training failed.
        ranges: name → where to search.
        trials: how many.
        seed: of the draws; training has its own.
        progress: show a bar.

    Returns:
        The trials, in the order of the draws.

    Raises:
        TypeError, ValueError: no range, or a number of trials that is not positive.

    Source:
        Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, JMLR 2012.

    Example:
        >>> found = random_search(lambda lr: -abs(np.log10(lr) + 4),
        ...     {"lr": Range(1e-6, 1e-2)}, trials=50, progress=False)
        >>> f"{best(found).settings['lr']:.0e}"
        '9e-05'
    """
    _check_ranges(ranges)
    rng = np.random.default_rng(check_int("seed", seed, minimum=0))
    settings = [
        {name: ranges[name].at(float(u)) for name, u in zip(ranges, row, strict=True)}
        for row in rng.random((check_positive("trials", trials), len(ranges)))
    ]
    return _try(score, settings, progress)


def grid_search(
    score: Callable[..., float],
    ranges: Mapping[str, Range],
    *,
    points: int,
    progress: bool = True,
) -> list[Trial]:
    """Try every combination of evenly spaced values, the ends among them.

    Args:
        score: as in `random_search`.
        ranges: name → where to search.
        points: how many values on each axis; a axes make points ** a trials.
        progress: show a bar.

    Returns:
        The trials; the last axis changes fastest.

    Raises:
        TypeError, ValueError: no range, or fewer than two points.

    Example:
        >>> found = grid_search(lambda a, b: a + b, {"a": Range(0, 1, log=False),
        ...     "b": Range(0, 2, log=False)}, points=3, progress=False)
        >>> len(found), best(found).settings
        (9, {'a': 1.0, 'b': 2.0})
    """
    _check_ranges(ranges)
    shares = np.linspace(0, 1, check_int("points", points, minimum=2)).tolist()
    axes = [[each.at(share) for share in shares] for each in ranges.values()]
    settings = [
        dict(zip(ranges, values, strict=True)) for values in itertools.product(*axes)
    ]
    return _try(score, settings, progress)


def best(trials: Sequence[Trial]) -> Trial:
    """The trial with the highest score; the first of several.

    Raises:
        ValueError: there is none that did not fail.

    Example:
        >>> best([Trial({"lr": 1.0}, float("nan")), Trial({"lr": 0.1}, 0.5)])
        Trial(settings={'lr': 0.1}, score=0.5)
    """
    return ranked(trials)[0]


def ranked(trials: Sequence[Trial]) -> list[Trial]:
    """The trials that did not fail, best first; equal scores keep their order.

    Raises:
        ValueError: there is none.

    Example:
        >>> [t.score for t in ranked([Trial({}, 0.1), Trial({}, 0.3)])]
        [0.3, 0.1]
    """
    done = [trial for trial in trials if not math.isnan(trial.score)]
    if not done:
        raise ValueError(
            f"trials must hold one that did not fail, got {len(trials)} without a "
            "score; search at lower learning rates"
        )
    return sorted(done, key=lambda trial: -trial.score)


def distinct_values(trials: Sequence[Trial], name: str) -> int:
    """How many different values of one hyper-parameter were tried.

    Example:
        >>> grid = grid_search(lambda a, b: 0.0, {"a": Range(1, 2), "b": Range(1, 2)},
        ...                    points=3, progress=False)
        >>> len(grid), distinct_values(grid, "a")
        (9, 3)
    """
    return len({trial.settings[name] for trial in trials})


def _try(score: Callable, settings: list[Settings], progress: bool) -> list[Trial]:
    trials = []
    with tqdm(settings, desc="search", disable=not progress, leave=False) as bar:
        for each in bar:
            trials.append(Trial(each, float(score(**each))))
            done = [trial.score for trial in trials if not math.isnan(trial.score)]
            bar.set_postfix(best=f"{max(done, default=math.nan):.3f}", refresh=False)
    return trials


def _check_ranges(ranges: Mapping[str, Range]) -> None:
    if not ranges:
        raise ValueError(
            "ranges must name at least one hyper-parameter, got none; "
            "for example {'lr': Range(1e-6, 1e-3)}"
        )
