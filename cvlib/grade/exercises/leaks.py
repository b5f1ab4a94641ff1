"""What a test set must not share with the training set."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def leaking(train, test, samples, groups):
    """The answer; `cvlib.train.find_leak` tells the three kinds apart."""
    return by_group(train, test, groups) | by_numbers(train, test, samples)


def by_index(train, test):
    """The test sample trains too."""
    return np.isin(test, train)


def by_group(train, test, groups):
    """Its group trains; a sample that trains itself brings its group along."""
    return np.isin(groups[test], groups[train])


def by_numbers(train, test, samples):
    """Its numbers occur in training."""
    equal = (samples[test][:, None] == samples[train][None]).all(axis=2)  # (U, T)
    return equal.any(axis=1)


def index_only(train, test, samples, groups):
    """Compare indices."""
    return by_index(train, test)


def groups_only(train, test, samples, groups):
    """Forget the copies."""
    return by_group(train, test, groups)


def copies_only(train, test, samples, groups):
    """Forget the groups."""
    return by_numbers(train, test, samples)


def all_three_at_once(train, test, samples, groups):
    """Ask for a copy inside a group."""
    return by_group(train, test, groups) & by_numbers(train, test, samples)


def sums_compared(train, test, samples, groups):
    """Compare the sums of the numbers."""
    total = samples.sum(axis=1)
    return by_group(train, test, groups) | np.isin(total[test], total[train])


def any_number_equal(train, test, samples, groups):
    """One equal number makes a copy."""
    equal = (samples[test][:, None] == samples[train][None]).any(axis=2)
    return by_group(train, test, groups) | equal.any(axis=1)


def against_everyone(train, test, samples, groups):
    """Compare with the other test samples as well."""
    everyone = np.concatenate([train, test])
    shared = np.array([np.sum(groups[everyone] == groups[i]) > 1 for i in test])
    same = samples[test][:, None] == samples[everyone][None]
    return shared | (same.all(axis=2).sum(axis=1) > 1)


def the_training_side(train, test, samples, groups):
    """Mark the training samples."""
    return leaking(test, train, samples, groups)


def the_clean_ones(train, test, samples, groups):
    """Mark what may stay."""
    return ~leaking(train, test, samples, groups)


def splits(rng: np.random.Generator) -> Iterator[Case]:
    """One sample of every kind on the test side, and a few that are clean."""
    for extra in (0, 0, 0, 1, 1, 2, 2, 3, 3):
        n = 9 + 2 * extra
        # no two numbers of different samples agree, but for what is written below
        samples = rng.permuted(np.tile(np.arange(3.0), (n, 1)), axis=1)
        samples += 10 * np.arange(n)[:, None]
        groups = 3 * np.arange(n) + 1
        samples[3] = samples[0]  # a copy of a training sample, of another group
        groups[4] = groups[1]  # of the group of one
        samples[5] = np.roll(samples[2], 1)  # the same numbers elsewhere: clean
        samples[6, 0] = samples[0, 0]  # one number in common: clean
        samples[7], groups[7] = samples[6], groups[6]  # a pair on this side: clean
        samples[8], groups[8] = samples[1], groups[1]  # a copy, and of the group
        more = np.arange(9, n)
        train = rng.permutation(np.concatenate([[0, 1, 2], more[:extra]]))
        test = rng.permutation(np.concatenate([[3, 4, 5, 6, 7, 8], more[extra:]]))
        if extra % 2:
            test = np.append(test, train[0])  # a sample on both sides
        place = rng.permutation(n)  # where each of them stands
        order = np.argsort(place)
        yield Case(place[train], place[test], samples[order], groups[order])


PICTURES = np.array([[1.0, 2], [3, 4], [1, 2], [2, 1], [5, 6], [5, 6]])
PEOPLE = np.array([7, 8, 9, 8, 5, 5])

EXERCISES = (
    Exercise(
        name="leaking",
        title="What leaks into the test set",
        reference=leaking,
        visible=(
            Case(np.array([0, 1]), np.array([2, 3, 4, 5]), PICTURES, PEOPLE),
            Case(np.array([4, 0, 3]), np.array([1, 4, 2]), PICTURES, PEOPLE),
        ),
        generate=splits,
        misconceptions=(
            Misconception(
                "only the same index",
                index_only,
                "You compare indices. A copy has another index, and so has the second "
                "picture of the same person: compare groups and numbers too.",
            ),
            Misconception(
                "copies forgotten",
                groups_only,
                "You compare groups alone. A picture that was stored twice under two "
                "groups leaks as well: compare the numbers.",
            ),
            Misconception(
                "groups forgotten",
                copies_only,
                "You look for exact copies alone. Two pictures of one person differ "
                "in every pixel, and still tell of each other: compare the groups.",
            ),
            Misconception(
                "both asked at once",
                all_three_at_once,
                "You ask for a copy *and* a shared group. Either is enough to leak.",
            ),
            Misconception(
                "sums compared",
                sums_compared,
                "You compare the sums of the numbers. Two different pictures may well "
                "have the same sum; compare them number by number, with `all`.",
            ),
            Misconception(
                "one equal number is enough",
                any_number_equal,
                "One equal number makes no copy: black pixels occur in every picture. "
                "All numbers of the sample must agree.",
            ),
            Misconception(
                "test samples among themselves",
                against_everyone,
                "You mark test samples that share something with each other. That is "
                "harmless: only what the *training* set holds can leak.",
            ),
            Misconception(
                "training side marked",
                the_training_side,
                "You mark the training samples, or compare in the wrong direction. "
                "Asked is one truth value for each entry of `test`, in its order.",
            ),
            Misconception(
                "clean ones marked",
                the_clean_ones,
                "You mark the clean samples. True means that a sample leaks and has "
                "to go.",
            ),
        ),
        page="book/training/validation",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
