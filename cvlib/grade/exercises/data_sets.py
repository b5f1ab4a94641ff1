"""How often the right class is not among the k best."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def rivals(scores, labels):
    """How many other classes score at least as high as the label."""
    own = scores[np.arange(len(labels)), labels]
    return (scores >= own[:, None]).sum(axis=1) - 1  # the label is no rival of itself


def missed_by(best, labels):
    """Share of the images whose label is not in their row of `best`."""
    return float((best != labels[:, None]).all(axis=1).mean())


def topk_error(scores, labels, k=1):
    """The answer; `cvlib.metrics.topk_error` for arrays."""
    return float((rivals(scores, labels) >= k).mean())


def accuracy(scores, labels, k=1):
    """The share that is right."""
    return float((rivals(scores, labels) < k).mean())


def ties_forgiven(scores, labels, k=1):
    """Count only the classes that score higher."""
    own = scores[np.arange(len(labels)), labels]
    return float(((scores > own[:, None]).sum(axis=1) >= k).mean())


def sorted_from_the_front(scores, labels, k=1):
    """Let the sort decide between equals."""
    return missed_by(np.argsort(-scores, axis=1)[:, :k], labels)


def sorted_from_the_end(scores, labels, k=1):
    """The same the other way round, with the same flaw."""
    return missed_by(np.argsort(scores, axis=1)[:, -k:], labels)


def lowest(scores, labels, k=1):
    """Sort upwards and take the beginning."""
    return missed_by(np.argsort(scores, axis=1)[:, :k], labels)


def one_guess_only(scores, labels, k=1):
    """Leave k out."""
    return float((scores.argmax(axis=1) != labels).mean())


def one_guess_more(scores, labels, k=1):
    """Allow k rivals."""
    return float((rivals(scores, labels) > k).mean())


def own_rival(scores, labels, k=1):
    """Count the label among its rivals."""
    return float((rivals(scores, labels) + 1 >= k).mean())


def in_percent(scores, labels, k=1):
    """Times a hundred."""
    return float(100 * (rivals(scores, labels) >= k).mean())


def how_many(scores, labels, k=1):
    """Leave out the division."""
    return int((rivals(scores, labels) >= k).sum())


def guesses(rng: np.random.Generator) -> Iterator[Case]:
    """Rows without ties, rows full of them, every k up to the number of classes."""
    for ties in (False, True, True):
        for k in (1, 1, 2, 2, 3, 4):
            N, K = int(rng.integers(3, 7)), int(rng.integers(max(k, 3), 6))
            scores = rng.permuted(np.tile(np.arange(K) / 4, (N, 1)), axis=1)
            if ties:
                scores = rng.integers(0, 3, (N, K)) / 4
            yield Case(scores, rng.integers(0, K, N), k)


EXERCISES = (
    Exercise(
        name="topk_error",
        title="Right within k guesses",
        reference=topk_error,
        visible=(
            Case(
                np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1]]),
                np.array([1, 2, 2]),
                1,
            ),
            Case(
                np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1]]),
                np.array([1, 2, 2]),
                2,
            ),
            # all alike; the label one of two equals, once the first and once the last
            Case(
                np.array([[0.2] * 5, [0.4, 0.4, 0.1, 0.1, 0], [0.1, 0, 0.1, 0.4, 0.4]]),
                np.array([0, 0, 4]),
                1,
            ),
        ),
        generate=guesses,
        misconceptions=(
            Misconception(
                "accuracy instead of error",
                accuracy,
                "You return the share of images that are right, the accuracy. The "
                "error is the share that are wrong: both add up to 1.",
            ),
            Misconception(
                "ties forgiven",
                ties_forgiven,
                "You count only classes that score higher than the label, so a "
                "network that gives every class the same score never errs. A class "
                "that scores as high is a rival too.",
            ),
            Misconception(
                "ties left to the sort",
                sorted_from_the_front,
                "Where scores are equal, you let the sort decide which comes first, "
                "and the error hangs on the numbering of the classes. Count the other "
                "classes that score as high or higher instead.",
            ),
            Misconception(
                "ties left to the end of the sort",
                sorted_from_the_end,
                "Where scores are equal, you let the sort decide which comes last, "
                "and the error hangs on the numbering of the classes. Count the other "
                "classes that score as high or higher instead.",
            ),
            Misconception(
                "the lowest scores",
                lowest,
                "You took the k classes with the lowest scores: `np.argsort` goes "
                "upwards, so the best come last. A high score means likely.",
            ),
            Misconception(
                "one guess whatever k",
                one_guess_only,
                "You look at the best class only, whatever k is. With k guesses an "
                "image is right if its label is any of the k best.",
            ),
            Misconception(
                "one guess too many",
                one_guess_more,
                "You allow one guess too many. With k = 1 not a single other class "
                "may score as high as the label: fewer than k rivals, not k.",
            ),
            Misconception(
                "the label as its own rival",
                own_rival,
                "You count the label among its own rivals, since its score is as high "
                "as itself. Only the other classes count, so with k = 1 an image can "
                "be right.",
            ),
            Misconception(
                "percent",
                in_percent,
                "You return per cent. The error is a share from 0 to 1: one wrong "
                "image of four is 0.25.",
            ),
            Misconception(
                "how many, not which share",
                how_many,
                "You return how many images are wrong. Two errors are many among "
                "three images and few among a thousand: divide by the number of "
                "images.",
            ),
        ),
        page="book/vision/data-sets",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
