"""Honest validation (NumPy): folds, folds within folds, and what leaks between them.

A fold is a pair of index arrays (train, test); folds come as a list of them.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cvlib.validate import check_int, check_shape

Fold = tuple[NDArray[np.int64], NDArray[np.int64]]


def kfold(n: int, k: int, *, shuffle: bool = True, seed: int = 0) -> list[Fold]:
    """Cut n samples into k blocks; each is the test block once, the rest trains.

    With `shuffle=False` the blocks are runs of neighbours, the *blocked* design: what
    samples that lie side by side have in common stays on one side of the cut.

    Args:
        n: samples.
        k: blocks, from 2 to n; the first n mod k have one sample more.
        shuffle: deal the samples out by chance.
        seed: of that chance.

    Returns:
        k pairs (train, test) of sorted indices.

    Raises:
        TypeError, ValueError: k is not from 2 to n.

    Source:
        Stone, Cross-Validatory Choice and Assessment of Statistical Predictions, 1974.

    Example:
        >>> [test.tolist() for _, test in kfold(7, 3, shuffle=False)]
        [[0, 1, 2], [3, 4], [5, 6]]
    """
    n, k = check_int("n", n, minimum=2), _check_k(k, n, "samples")
    order = np.arange(n)
    if shuffle:
        order = np.random.default_rng(seed).permutation(n)
    return _folds(n, np.array_split(order, k))


def stratified_kfold(labels: ArrayLike, k: int, *, seed: int = 0) -> list[Fold]:
    """Folds in which every class keeps its share.

    Each class is shuffled and dealt out one sample a fold, the next class going on
    where the last one stopped, so that the folds too differ by one sample at most.

    Args:
        labels: (N,) the class of each sample.
        k: folds.
        seed: of the shuffling.

    Returns:
        k pairs (train, test) of sorted indices.

    Raises:
        ShapeError, TypeError, ValueError: labels that are no row, or k not from 2 to N.

    Example:
        >>> folds = stratified_kfold([0, 0, 0, 0, 1, 1], 2)
        >>> [np.bincount(np.array([0, 0, 0, 0, 1, 1])[test]).tolist()
        ...  for _, test in folds]
        [[2, 1], [2, 1]]
    """
    labels = np.asarray(labels)
    (n,) = check_shape("labels", labels, "N")
    k = _check_k(k, n, "samples")
    rng = np.random.default_rng(seed)
    dealt = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == each)) for each in np.unique(labels)]
    )
    return _folds(n, [dealt[i::k] for i in range(k)])


def group_kfold(groups: ArrayLike, k: int) -> list[Fold]:
    """Folds that never part a group: a patient, a writer, a film, a photograph.

    The largest group goes first, always to the fold that is smallest so far.

    Args:
        groups: (N,) the group of each sample, numbers or words.
        k: folds, at most as many as groups.

    Returns:
        k pairs (train, test) of sorted indices.

    Raises:
        ShapeError, TypeError, ValueError: groups that are no row, or too few of them.

    Example:
        >>> [test.tolist() for _, test in group_kfold(["a", "b", "a", "c"], 2)]
        [[0, 2], [1, 3]]
    """
    groups = np.asarray(groups)
    (n,) = check_shape("groups", groups, "N")
    names, member = np.unique(groups, return_inverse=True)
    k = _check_k(k, len(names), "groups")
    sizes, fold_of, filled = np.bincount(member), np.zeros(len(names), int), [0] * k
    for group in np.argsort(-sizes, kind="stable"):
        fold_of[group] = filled.index(min(filled))
        filled[fold_of[group]] += int(sizes[group])
    return _folds(n, [np.flatnonzero(fold_of[member] == i) for i in range(k)])


def _folds(n: int, blocks: Sequence[NDArray]) -> list[Fold]:
    everyone = np.arange(n)
    return [(np.setdiff1d(everyone, block), np.sort(block)) for block in blocks]


def _check_k(k: int, most: int, what: str) -> int:
    k = check_int("k", k, minimum=2)
    if k > most:
        raise ValueError(f"k must be at most {most}, the number of {what}, got {k}")
    return k


@dataclass(frozen=True)
class OuterFold:
    """One block of a nested cross-validation."""

    chosen: Hashable  # the setting that won inside the training block
    validation: float  # its mean score over the inner folds: what chose it
    test: float  # its score on the block that had no part in the choice


def nested_cross_validation(
    score: Callable[[Hashable, NDArray, NDArray], float],
    settings: Sequence[Hashable],
    folds: Sequence[Fold],
    *,
    inner: int = 4,
    seed: int = 0,
    groups: ArrayLike | None = None,
) -> list[OuterFold]:
    """Choose within each training block, then test the choice on the block left out.

    Args:
        score: `score(setting, train, test)` trains on the indices `train` and returns
            what it scores on `test`; higher is better.
        settings: the candidates.
        folds: the outer folds, from `kfold`, `stratified_kfold` or `group_kfold`.
        inner: folds of each training block.
        seed: of the inner folds.
        groups: (N,) groups that the inner folds may not part either.

    Returns:
        One result an outer fold. The mean of `test` is the honest score of the whole
        recipe, choice included; different folds may choose differently.

    Raises:
        ValueError: no candidate.

    Source:
        Varma and Simon, Bias in error estimation when using cross-validation for model
        selection, BMC Bioinformatics 2006.

    Example:
        >>> results = nested_cross_validation(lambda c, train, test: -abs(c - 2),
        ...     [1, 2, 3], kfold(12, 3))
        >>> [(r.chosen, r.test) for r in results]
        [(2, 0.0), (2, 0.0), (2, 0.0)]
    """
    if not len(settings):
        raise ValueError("settings must hold at least one candidate, got none")
    results = []
    for train, test in folds:
        if groups is None:
            inside = kfold(len(train), inner, seed=seed)
        else:
            inside = group_kfold(np.asarray(groups)[train], inner)
        means = [
            float(np.mean([score(each, train[a], train[b]) for a, b in inside]))
            for each in settings
        ]
        won = int(np.argmax(means))
        final = float(score(settings[won], train, test))
        results.append(OuterFold(settings[won], means[won], final))
    return results


@dataclass(frozen=True)
class Leak:
    """What a test set shares with the training set."""

    samples: NDArray[np.int64]  # indices that stand in both
    copies: NDArray[np.int64]  # test indices whose numbers also occur in training
    groups: tuple[Hashable, ...]  # groups with members on both sides

    def __bool__(self) -> bool:
        return bool(len(self.samples) or len(self.copies) or self.groups)


def find_leak(
    train: ArrayLike,
    test: ArrayLike,
    *,
    images: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> Leak:
    """Look for samples, copies and groups that lie on both sides of a split.

    Args:
        train: (T,) indices of the samples.
        test: (U,) indices.
        images: (N, …) all samples, to look for exact copies under other indices.
        groups: (N,) the group of each sample.

    Returns:
        What was found; false if nothing leaks that can be seen this way.

    Example:
        >>> find_leak([0, 1], [2, 3], groups=["ann", "bob", "bob", "cy"]).groups
        ('bob',)
        >>> bool(find_leak([0, 1], [2, 3]))
        False
    """
    train, test = np.asarray(train, dtype=int), np.asarray(test, dtype=int)
    check_shape("train", train, "T")
    check_shape("test", test, "U")
    copies: list[int] = []
    if images is not None:
        images = np.asarray(images)
        seen = {images[i].tobytes() for i in train}
        own = set(train.tolist())
        copies = [
            i for i in test.tolist() if i not in own and images[i].tobytes() in seen
        ]
    both: tuple[Hashable, ...] = ()
    if groups is not None:
        groups = np.asarray(groups)
        both = tuple(np.intersect1d(groups[train], groups[test]).tolist())
    return Leak(np.intersect1d(train, test), np.array(copies, dtype=int), both)


def preparation_leaks(
    prepare: Callable[[NDArray, NDArray], tuple[NDArray, NDArray]],
    train: NDArray,
    test: NDArray,
) -> bool:
    """Whether a preparation of the data lets the test set change the training set.

    The test is by doing: prepare twice, the second time with other test data, and look
    whether the prepared *training* data moved. A mean subtracted, a feature selected, a
    range stretched over everything shows up; whoever learns from the training block
    alone passes.

    Args:
        prepare: `prepare(train, test)` returns both prepared.
        train: (T, …) floats.
        test: (U, …) floats.

    Returns:
        True if there is a leak.

    Example:
        >>> def centre(train, test):
        ...     mean = np.concatenate([train, test]).mean(axis=0)
        ...     return train - mean, test - mean
        >>> preparation_leaks(centre, np.eye(3), np.ones((2, 3)))
        True
    """
    train, test = np.asarray(train, dtype=float), np.asarray(test, dtype=float)
    other = test[::-1] * -3.0 + 7.0  # another mean, another spread, another order
    before, _ = prepare(train.copy(), test.copy())
    after, _ = prepare(train.copy(), other)
    return not (np.shape(before) == np.shape(after) and np.array_equal(before, after))
