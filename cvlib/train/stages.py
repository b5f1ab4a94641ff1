"""From one stage of a search to the next (NumPy): where to look closer, or further."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cvlib.train.search import Range, Trial, best, ranked
from cvlib.validate import check_number, check_positive


def narrow(
    trials: Sequence[Trial], ranges: Mapping[str, Range], *, keep: int = 3
) -> dict[str, Range]:
    """The ranges of the next stage: what the best trials span, rounded outwards.

    A log range is rounded to whole decades, a linear one to tenths of the old range.

    Args:
        trials: of the stage that is over.
        ranges: where it searched.
        keep: how many of the best count.

    Returns:
        name → the next range. It never leaves the old one: see `edge_optimum`.

    Raises:
        ValueError: fewer than `keep` trials did not fail.

    Example:
        >>> trials = [Trial({"lr": 2e-4}, 0.5), Trial({"lr": 6e-4}, 0.4),
        ...           Trial({"lr": 3e-6}, 0.2)]
        >>> narrow(trials, {"lr": Range(1e-6, 1e-1)}, keep=2)
        {'lr': Range(low=0.0001, high=0.001, log=True)}
    """
    chosen = ranked(trials)[: check_positive("keep", keep)]
    if len(chosen) < keep:
        raise ValueError(
            f"keep must be at most {len(chosen)}, the trials that did not fail, "
            f"got {keep}"
        )
    return {
        name: _rounded(searched, [trial.settings[name] for trial in chosen])
        for name, searched in ranges.items()
    }


def _rounded(searched: Range, values: list[float]) -> Range:
    """The span of `values`, rounded outwards, inside `searched`."""
    low, high = min(values), max(values)
    if searched.log:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        low, high = 10.0**first, 10.0 ** max(last, first + 1)
    else:
        first = math.floor(10 * searched.share(low))
        last = max(math.ceil(10 * searched.share(high)), first + 1)
        low, high = searched.at(first / 10), searched.at(last / 10)
    return replace(searched, low=max(low, searched.low), high=min(high, searched.high))


def edge_optimum(
    trials: Sequence[Trial], ranges: Mapping[str, Range], *, share: float = 0.05
) -> dict[str, str]:
    """The axes on which the best trial lies at the edge of what was searched.

    There the search has found where it was stopped, not where the optimum is.

    Args:
        trials: of one stage.
        ranges: where it searched.
        share: of the length of a range (in decades, if it is a log range) that counts
            as its edge.

    Returns:
        name → "low" or "high"; empty if the best trial lies inside.

    Raises:
        TypeError, ValueError: a share outside [0, 0.5], or no trial without NaN.

    Example:
        >>> trials = [Trial({"lr": 9.47e-4, "reg": 1.4e-3}, 0.531)]
        >>> edge_optimum(trials, {"lr": Range(1e-4, 1e-3), "reg": Range(1e-4, 1)})
        {'lr': 'high'}
    """
    check_number("share", share, minimum=0, maximum=0.5)
    settings = best(trials).settings
    edges = {}
    for name, searched in ranges.items():
        at = searched.share(settings[name])
        if at <= share or at >= 1 - share:
            edges[name] = "low" if at <= share else "high"
    return edges


def widen(
    ranges: Mapping[str, Range], edges: Mapping[str, str], *, decades: float = 1.0
) -> dict[str, Range]:
    """Move the named edges outwards.

    Args:
        ranges: where the last stage searched.
        edges: what `edge_optimum` found.
        decades: how far a log range moves; a linear one moves by its length.

    Returns:
        name → the wider range.

    Example:
        >>> widen({"lr": Range(1e-4, 1e-3)}, {"lr": "high"})
        {'lr': Range(low=0.0001, high=0.01, log=True)}
    """
    wider = dict(ranges)
    for name, edge in edges.items():
        old = ranges[name]
        factor, length = 10.0**decades, old.high - old.low
        if edge == "high":
            high = old.high * factor if old.log else old.high + length
            wider[name] = replace(old, high=high)
        else:
            low = old.low / factor if old.log else old.low - length
            wider[name] = replace(old, low=low)
    return wider
