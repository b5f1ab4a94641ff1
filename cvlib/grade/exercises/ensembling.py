"""What several networks say together."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def softmax(logits, axis=-1):
    """Exponentials that sum to one along an axis."""
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def ballots(logits):
    """(N, K) how many members choose each class."""
    K = logits.shape[2]
    chosen = logits.argmax(axis=2)
    return (chosen[:, :, None] == np.arange(K)).sum(axis=0)


def by_average(logits):
    """The class of the highest mean probability."""
    return softmax(logits).mean(axis=0).argmax(axis=1)


def by_vote(logits):
    """The class with most votes; argmax takes the first of equals."""
    return ballots(logits).argmax(axis=1)


def average_and_vote(logits):
    """The answer; `cvlib.train.average_probabilities` and `vote` for arrays."""
    return by_average(logits), by_vote(logits)


def scores_averaged(logits):
    """Leave the softmax out: a product of probabilities."""
    return logits.mean(axis=0).argmax(axis=1), by_vote(logits)


def softmax_over_members(logits):
    """Let the members sum to one."""
    return softmax(logits, axis=0).mean(axis=0).argmax(axis=1), by_vote(logits)


def overflowing(logits):
    """Exponentials of large scores."""
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(logits)
        shares = powers / powers.sum(axis=2, keepdims=True)
    return shares.mean(axis=0).argmax(axis=1), by_vote(logits)


def ties_to_the_last(logits):
    """A tie goes to the highest class."""
    count = ballots(logits)
    last = count.shape[1] - 1 - count[:, ::-1].argmax(axis=1)
    return by_average(logits), last


def ties_by_probability(logits):
    """A tie goes to the class of the higher mean probability."""
    mean = softmax(logits).mean(axis=0)
    return by_average(logits), (ballots(logits) + mean / 2).argmax(axis=1)


def first_member_decides(logits):
    """A tie goes to the class that was named first."""
    chosen = logits.argmax(axis=2)
    count = np.take_along_axis(ballots(logits), chosen.T, axis=1)  # (N, M)
    return by_average(logits), chosen.T[np.arange(len(count)), count.argmax(axis=1)]


def mean_of_the_classes(logits):
    """Average the numbers of the classes."""
    mean = logits.argmax(axis=2).mean(axis=0)
    return by_average(logits), np.floor(mean + 0.5).astype(int)


def loudest_member(logits):
    """Listen to the surest alone."""
    return softmax(logits).max(axis=0).argmax(axis=1), by_vote(logits)


def exchanged(logits):
    """Vote first."""
    return by_vote(logits), by_average(logits)


def panels(rng: np.random.Generator) -> Iterator[Case]:
    """Members of different loudness, even numbers of them for ties, large scores."""
    for M, N, K in [(2, 3, 3), (2, 4, 4), (3, 4, 3), (4, 4, 3), (4, 5, 4), (6, 5, 3)]:
        logits = rng.normal(0, 1.5, (M, N, K)).round(2)
        logits *= rng.choice([0.5, 1.0, 6.0], (M, 1, 1))  # some shout
        logits += rng.normal(0, 3, (M, N, 1)).round(1)  # softmax does not notice
        yield Case(logits)
    # two doubtful members against a sure one; two against two; a shout too loud for exp
    sure = np.log(np.array([[0.97, 0.02, 0.01], [0.3, 0.5, 0.2], [0.2, 0.5, 0.3]]))
    yield Case(rng.permuted(sure, axis=1)[:, None].round(2))
    for _ in range(2):
        a, b = rng.permutation(3)[:2]
        tie = rng.uniform(0, 0.2, (4, 1, 3)).round(3)
        tie[[0, 2], 0, a] += 2.0
        tie[[1, 3], 0, b] += rng.choice([1.2, 3.0])
        yield Case(tie)
    loud = rng.normal(0, 2, (3, 2, 3)).round(2)
    loud[int(rng.integers(3))] += 800.0
    yield Case(loud)


EXERCISES = (
    Exercise(
        name="average_and_vote",
        title="Averaging and voting",
        reference=average_and_vote,
        visible=(
            Case(np.array([[[0.0, 4.0]], [[0.5, 0.0]], [[0.5, 0.0]]])),
            Case(
                np.array(
                    [
                        [[0.0, 1.0, 3.0], [9.0, 0.0, 0.0]],
                        [[0.0, 3.0, 1.0], [0.0, 2.0, 0.0]],
                    ]
                )
            ),
        ),
        generate=panels,
        misconceptions=(
            Misconception(
                "scores averaged",
                scores_averaged,
                "You average scores, or logarithms, which multiplies the "
                "probabilities: one member with large scores outshouts or vetoes all "
                "others. Turn scores into probabilities first, then average.",
            ),
            Misconception(
                "softmax over the members",
                softmax_over_members,
                "Your softmax runs over the members. The *classes* of one member and "
                "one image must sum to one: the last axis.",
            ),
            Misconception(
                "exponential overflows",
                overflowing,
                "The exponential of a large score is infinite, and infinite over "
                "infinite is NaN. Subtract the largest score of the row first; the "
                "softmax does not change.",
            ),
            Misconception(
                "ties to the highest class",
                ties_to_the_last,
                "Of equally many votes you choose the highest class. The rule stated "
                "is the lowest number.",
            ),
            Misconception(
                "ties to the more probable class",
                ties_by_probability,
                "You decide ties by the mean probability. That is a good rule, but "
                "not the one stated: the lowest class number wins.",
            ),
            Misconception(
                "ties to whoever came first",
                first_member_decides,
                "You give a tie to the class that an earlier member named. The order "
                "of the members must not matter: the lowest class number wins.",
            ),
            Misconception(
                "class numbers averaged",
                mean_of_the_classes,
                "You average class numbers. One vote for a cat (3) and one for a dog "
                "(5) make no deer (4): count the votes of each class.",
            ),
            Misconception(
                "surest member alone",
                loudest_member,
                "You take the largest probability over the members, so one sure "
                "member decides. Asked is their mean.",
            ),
            Misconception(
                "results exchanged",
                exchanged,
                "The two results are exchanged: first the average, then the vote.",
            ),
        ),
        page="book/training/ensembles",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
