"""One person or two? What a threshold on a distance gets right (torch).

A pair of pictures is accepted as one person when its distance is at most the threshold.
A distance is small for what is alike, so the inequality is that of a distance; scores,
which are large for what is alike, would turn it round.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from cvlib.boxes.guards import check_tensor
from cvlib.validate import check_no_nan, check_number, check_shape


class Roc(NamedTuple):
    """One point for each threshold that changes anything, the strictest first."""

    false_accept: Tensor  # (T,) share of the pairs of two people that are accepted
    true_accept: Tensor  # (T,) share of the pairs of one person that are accepted
    thresholds: Tensor  # (T,) rising; the first is −∞, which accepts nobody


class EqualError(NamedTuple):
    """Where both kinds of mistake are equally likely."""

    rate: float
    threshold: float


class TenFold(NamedTuple):
    """Accuracy with a threshold that was chosen on other pairs."""

    mean: float
    standard_error: float  # of the mean, from the spread of the folds
    accuracies: Tensor  # (F,) of each fold
    thresholds: Tensor  # (F,) chosen on all other folds


def roc(distances: Tensor, same: Tensor) -> Roc:
    """The receiver operating characteristic: both rates of acceptance, as τ rises.

    Pairs of equal distance are accepted together: no threshold can part them.

    Args:
        distances: (N,) of the pairs.
        same: (N,) bool, whether a pair shows one person.

    Returns:
        `false_accept`, `true_accept` and `thresholds`, each (T,).

    Raises:
        TypeError, ShapeError: an argument is no tensor, `same` not bool or not (N,).
        ValueError: NaN among the distances, or pairs of one kind only.

    Source:
        Green and Swets, Signal Detection Theory and Psychophysics, 1966.

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.4, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> curve = roc(d, same.bool())
        >>> curve.false_accept.tolist()
        [0.0, 0.0, 0.5, 0.5, 1.0]
        >>> curve.true_accept.tolist()
        [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    _check(distances, same)
    for name, of_kind in (("same", same), ("different", ~same)):
        if not bool(of_kind.any()):
            raise ValueError(
                f"same must name pairs of both kinds, got none that is {name}"
            )
    thresholds, true, false = accepted_counts(distances, same)
    return Roc(false / false[-1], true / true[-1], thresholds)


def accepted_counts(distances: Tensor, same: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """How many pairs of one person and of two are accepted, threshold by threshold.

    Returns:
        The thresholds, −∞ and then every distance that occurs, rising; and both counts.

    Example:
        >>> d, same = torch.tensor([0.5, 0.25, 0.5]), torch.tensor([False, True, True])
        >>> [part.tolist() for part in accepted_counts(d, same)]
        [[-inf, 0.25, 0.5], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0]]
    """
    order = distances.argsort(stable=True)
    ranked, hits = distances[order].double(), same[order]
    last = torch.cat([ranked[1:] > ranked[:-1], hits.new_ones(1)])
    nobody = ranked.new_zeros(1)
    true, false = (kind.cumsum(0)[last].double() for kind in (hits, ~hits))
    return (
        torch.cat([nobody - torch.inf, ranked[last]]),
        torch.cat([nobody, true]),
        torch.cat([nobody, false]),
    )


def roc_by_definition(distances: Tensor, same: Tensor, threshold: float) -> tuple:
    """One point, counted pair by pair: false and true acceptance at a threshold.

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.4, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> roc_by_definition(d, same.bool(), 0.4)
        (0.5, 0.5)
    """
    accepted, count = {True: 0, False: 0}, {True: 0, False: 0}
    for distance, one_person in zip(distances, same.tolist(), strict=True):
        count[one_person] += 1
        accepted[one_person] += bool(distance <= threshold)
    return accepted[False] / count[False], accepted[True] / count[True]


def area_under_roc(distances: Tensor, same: Tensor) -> float:
    """The chance that a pair of one person is nearer than a pair of two people.

    Equal distances count one half. 0.5 is guessing, 1 a threshold without mistakes.

    Source:
        Hanley and McNeil, Radiology 1982.

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.4, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> area_under_roc(d, same.bool())
        0.75
    """
    curve = roc(distances, same)
    return torch.trapezoid(curve.true_accept, curve.false_accept).item()


def equal_error_rate(distances: Tensor, same: Tensor) -> EqualError:
    """The rate at which strangers are accepted as often as friends are refused.

    Between two thresholds both rates are taken to change on a straight line.

    Returns:
        The rate, and the first threshold at which false acceptance is not the rarer of
        the two.

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.4, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> found = equal_error_rate(d, same.bool())
        >>> found.rate, round(found.threshold, 2)
        (0.5, 0.4)
    """
    accepted, found, thresholds = roc(distances, same)
    refused = 1 - found
    k = int((accepted >= refused).nonzero()[0])  # k ≥ 1: at first nobody is accepted
    gap = refused - accepted  # falls from 1 and is not above 0 at k
    t = gap[k - 1] / (gap[k - 1] - gap[k])
    rate = accepted[k - 1] + t * (accepted[k] - accepted[k - 1])
    return EqualError(rate.item(), thresholds[k].item())


def true_accept_rate(distances: Tensor, same: Tensor, *, false_accept: float) -> float:
    """How many pairs of one person pass when hardly a stranger may.

    Args:
        distances: (N,).
        same: (N,) bool.
        false_accept: the largest share of strangers that is put up with.

    Raises:
        ValueError: `false_accept` is not in [0, 1].

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.4, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> true_accept_rate(d, same.bool(), false_accept=0.1)
        0.5
    """
    check_number("false_accept", false_accept, minimum=0, maximum=1)
    curve = roc(distances, same)
    return curve.true_accept[curve.false_accept <= false_accept].max().item()


def verification_accuracy(distances: Tensor, same: Tensor, threshold: float) -> float:
    """The share of pairs that a threshold judges rightly.

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.4, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> verification_accuracy(d, same.bool(), 0.5)
        0.75
    """
    _check(distances, same)
    return ((distances <= threshold) == same).double().mean().item()


def best_threshold(distances: Tensor, same: Tensor) -> float:
    """The threshold with the fewest mistakes on these pairs, the strictest of equals.

    It lies halfway to the next pair, for a pair of tomorrow may be a little further;
    on the last pair that is accepted, where no number lies between.
    If refusing everybody is best it is −∞; if accepting everybody is, the largest
    distance.

    Example:
        >>> d, same = torch.tensor([0.2, 0.5, 0.8, 0.9]), torch.tensor([1, 1, 0, 0])
        >>> round(best_threshold(d, same.bool()), 2)
        0.65
    """
    _check(distances, same)
    thresholds, true, false = accepted_counts(distances, same)
    best = int((true - false).argmax())  # what is refused rightly: a constant − false
    if best in (0, len(thresholds) - 1):
        return thresholds[best].item()
    here, there = thresholds[best : best + 2]
    middle = (here + there) / 2
    # in the precision of the distances the middle of two neighbours is one of them
    return (middle if middle.to(distances.dtype) < there else here).item()


def ten_fold_accuracy(distances: Tensor, same: Tensor, folds: Tensor) -> TenFold:
    """Choose the threshold on nine folds, count on the tenth; ten times.

    A threshold that may look at the pairs on which it is measured has already seen the
    answers. Folds are to share no person, or the same face helps on both sides.

    Args:
        distances: (N,) of the pairs.
        same: (N,) bool.
        folds: (N,) integers: the fold of each pair. Ten of them in LFW; any number from
            2 will do.

    Raises:
        TypeError, ShapeError: an argument is no tensor or not (N,).
        ValueError: there is one fold only.

    Source:
        Huang, Ramesh, Berg, Learned-Miller, Labeled Faces in the Wild, technical report
        07-49, University of Massachusetts, 2007, view 2.

    Example:
        >>> d = torch.tensor([0.2, 0.9, 0.3, 0.8, 0.4, 0.7])
        >>> same = torch.tensor([True, False] * 3)
        >>> ten_fold_accuracy(d, same, torch.tensor([0, 0, 1, 1, 2, 2])).mean
        1.0
    """
    _check(distances, same)
    N = len(distances)
    check_shape("folds", folds, "N", N=N, to_match=f"distances {(N,)}")
    names = folds.unique()
    if len(names) < 2:
        raise ValueError(f"folds must name at least 2 folds, got {len(names)}")
    accuracies, thresholds = [], []
    for name in names:
        inside = folds == name
        chosen = best_threshold(distances[~inside], same[~inside])
        thresholds.append(chosen)
        accuracies.append(
            verification_accuracy(distances[inside], same[inside], chosen)
        )
    every = torch.tensor(accuracies, dtype=torch.float64)
    error = every.std() / len(every) ** 0.5
    chosen = torch.tensor(thresholds, dtype=torch.float64)
    return TenFold(every.mean().item(), error.item(), every, chosen)


def _check(distances: Tensor, same: Tensor) -> None:
    check_tensor("distances", distances)
    check_tensor("same", same)
    (N,) = check_shape("distances", distances, "N")
    check_shape("same", same, "N", N=N, to_match=f"distances {(N,)}")
    check_no_nan("distances", distances)
    if same.dtype != torch.bool:
        raise TypeError(
            f"same must be True or False, got {same.dtype}; did you mean same.bool()?"
        )
    if N == 0:
        raise ValueError("distances must hold at least one pair, got none")
