"""One person or two: the sign of a threshold, its choice, and a crowd."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def same_person(a, b, threshold):
    """The answer."""
    return ((a - b) ** 2).sum(axis=1) <= threshold


def above(a, b, threshold):
    """The rule of a score."""
    return ((a - b) ** 2).sum(axis=1) > threshold


def from_the_threshold_on(a, b, threshold):
    """The same, the threshold included."""
    return ((a - b) ** 2).sum(axis=1) >= threshold


def strictly_below(a, b, threshold):
    """Refuse a pair at the threshold."""
    return ((a - b) ** 2).sum(axis=1) < threshold


def not_squared(a, b, threshold):
    """Compare the length with a squared threshold."""
    return np.sqrt(((a - b) ** 2).sum(axis=1)) <= threshold


def absolute(a, b, threshold):
    """Add up absolute differences."""
    return np.abs(a - b).sum(axis=1) <= threshold


def averaged(a, b, threshold):
    """The mean over the components."""
    return ((a - b) ** 2).mean(axis=1) <= threshold


def signed(a, b, threshold):
    """Add up before squaring."""
    return (a - b).sum(axis=1) ** 2 <= threshold


def all_at_once(a, b, threshold):
    """One distance for all pairs, and the same answer for each."""
    return np.full(len(a), ((a - b) ** 2).sum() <= threshold)


def product(a, b, threshold):
    """Take the scalar product for a distance."""
    return (a * b).sum(axis=1) <= threshold


def embedded(rng: np.random.Generator) -> Iterator[Case]:
    """Halves and quarters, so that a distance can be exactly the threshold."""
    for pairs, size in ((3, 2), (4, 2), (5, 3), (6, 3), (4, 4), (6, 4), (8, 2), (7, 5)):
        a = rng.integers(-4, 5, (pairs, size)) / 4
        b = a + rng.integers(-4, 5, (pairs, size)) / 4
        b[0] = a[0] + np.eye(size)[0] * rng.integers(2, 5) / 4
        d = np.sort(((a - b) ** 2).sum(axis=1))
        # a root that is squared again is not what it was, except for some
        exact = d[np.sqrt(d) ** 2 == d]
        yield Case(a, b, float(exact[len(exact) // 2]))
        yield Case(a, b, float(d[0] + d[-1]) / 2 + 0.03)


def false_match(error, risk, people):
    """The answer."""
    chance = 1 - (1 - error) ** people
    largest = 0
    while 1 - (1 - error) ** (largest + 1) <= risk:
        largest += 1
    return chance, largest


def errors_added(error, risk, people):
    """K · ε."""
    return people * error, int(risk / error)


def errors_added_to_one(error, risk, people):
    """K · ε, but never above 1."""
    return min(1.0, people * error), int(risk / error)


def gallery_first(error, risk, people):
    """The two numbers exchanged."""
    return false_match(error, risk, people)[::-1]


def all_wrong(error, risk, people):
    """ε^K: that everybody matches."""
    return error**people, false_match(error, risk, people)[1]


def nobody_matches(error, risk, people):
    """(1 − ε)^K: that nobody does."""
    return (1 - error) ** people, false_match(error, risk, people)[1]


def one_too_many(error, risk, people):
    """The first gallery that is too large."""
    chance, largest = false_match(error, risk, people)
    return chance, largest + 1


def linear_gallery(error, risk, people):
    """Divide the risk by the error."""
    return false_match(error, risk, people)[0], int(risk / error)


def the_others_only(error, risk, people):
    """K − 1 comparisons."""
    return 1 - (1 - error) ** (people - 1), false_match(error, risk, people)[1]


def crowds(rng: np.random.Generator) -> Iterator[Case]:
    """Small errors and large ones; a gallery that may hold nobody."""
    for low, high in ((1, 5), (5, 20), (20, 60), (60, 150), (150, 300)):
        for _ in range(2):
            error = int(rng.integers(low, high)) / 1000
            risk = int(rng.integers(300, 700)) / 1000 + 0.0003
            yield Case(error, risk, int(rng.integers(2, 40)))
    yield Case(int(rng.integers(200, 500)) / 1000, 0.1, int(rng.integers(3, 9)))


def ten_fold_accuracy(distances, same, folds):
    """The answer."""
    accuracies, chosen = [], []
    for fold in np.unique(folds):
        inside = folds == fold
        candidates = np.unique(distances[~inside])
        right = [
            ((distances[~inside] <= t) == same[~inside]).mean() for t in candidates
        ]
        threshold = candidates[int(np.argmax(right))]
        chosen.append(threshold)
        accuracies.append(((distances[inside] <= threshold) == same[inside]).mean())
    return float(np.mean(accuracies)), np.array(chosen)


def best_of(distances, same, last=False, strict=False, candidates=None):
    """The threshold with the fewest mistakes, the first or the last of equals."""
    candidates = np.unique(distances) if candidates is None else candidates
    if strict:
        right = [((distances < t) == same).sum() for t in candidates]
    else:
        right = [((distances <= t) == same).sum() for t in candidates]
    at = len(right) - 1 - int(np.argmax(right[::-1])) if last else int(np.argmax(right))
    return candidates[at]


def over_folds(distances, same, folds, choose, strict=False, swapped=False):
    """The protocol, with another choice of the threshold."""
    accuracies, chosen = [], []
    for fold in np.unique(folds):
        inside = folds == fold
        threshold = choose(inside)
        tested = ~inside if swapped else inside
        yes = (
            distances[tested] < threshold if strict else distances[tested] <= threshold
        )
        chosen.append(threshold)
        accuracies.append((yes == same[tested]).mean())
    return float(np.mean(accuracies)), np.array(chosen)


def chosen_on_all(distances, same, folds):
    """One threshold, chosen on all pairs."""
    return over_folds(distances, same, folds, lambda _: best_of(distances, same))


def chosen_on_the_fold(distances, same, folds):
    """The threshold of the very fold that is tested."""
    return over_folds(distances, same, folds, lambda i: best_of(distances[i], same[i]))


def tested_on_nine(distances, same, folds):
    """Choose on one fold, test on the others."""
    return over_folds(
        distances, same, folds, lambda i: best_of(distances[i], same[i]), swapped=True
    )


def last_of_equals(distances, same, folds):
    """The largest of equally good thresholds."""
    return over_folds(
        distances, same, folds, lambda i: best_of(distances[~i], same[~i], last=True)
    )


def below_the_threshold(distances, same, folds):
    """Accept what is strictly below."""
    return over_folds(
        distances,
        same,
        folds,
        lambda i: best_of(distances[~i], same[~i], strict=True),
        strict=True,
    )


def above_the_threshold(distances, same, folds):
    """The rule of a score."""
    return ten_fold_accuracy(distances, ~same, folds)


def candidates_of_all(distances, same, folds):
    """Try the tested distances, too."""
    every = np.unique(distances)
    return over_folds(
        distances,
        same,
        folds,
        lambda i: best_of(distances[~i], same[~i], candidates=every),
    )


def candidates_as_they_come(distances, same, folds):
    """The first of equals, in the order of the pairs."""
    return over_folds(
        distances,
        same,
        folds,
        lambda i: best_of(distances[~i], same[~i], candidates=distances[~i]),
    )


def pairs_not_folds(distances, same, folds):
    """The mean over the pairs instead of the folds."""
    _, chosen = ten_fold_accuracy(distances, same, folds)
    names = list(np.unique(folds))
    own = np.array([chosen[names.index(fold)] for fold in folds])
    return float(((distances <= own) == same).mean()), chosen


def in_folds(rng: np.random.Generator) -> Iterator[Case]:
    """Distances that overlap, in folds of different sizes, in any order."""
    for count, folds in ((8, 2), (9, 3), (12, 3), (12, 4), (15, 3), (16, 4), (20, 5)):
        for _ in range(2):
            same = rng.permutation(np.arange(count) % 2 == 0)
            distances = rng.choice(np.arange(1, 60), count, replace=False) / 40
            # no two are equal: 0.71 · k is no whole number below k = 100
            distances = np.round(distances * np.where(same, 0.71, 1.0), 4)
            names = np.concatenate(
                [np.arange(folds), rng.integers(0, folds, count - folds)]
            )
            yield Case(distances, same, rng.permutation(names))
    # to accept nobody is as good on fold 1; only fold 0 has a distance for that
    few = np.array([0.1, 0.9, 0.5, 0.6]) + rng.integers(0, 9) / 100
    yield Case(few, np.array([True, False, False, True]), np.array([0, 0, 1, 1]))


A = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0], [0.0, -1.0]])
B = np.array([[0.0, 0.5], [1.0, 0.0], [0.0, 1.0], [0.5, -0.5]])
DISTANCES = np.array([0.1, 0.4, 0.3, 0.9, 0.6, 0.8])
ABOVE = (
    "You accept a pair whose distance is *above* the threshold. A distance is large "
    "when two pictures differ: one person is d ≤ τ."
)
SAME = np.array([True, False, True, False, True, False])

EXERCISES = (
    Exercise(
        name="same_person",
        title="On which side of τ",
        reference=same_person,
        visible=(
            Case(A, B, 0.6),
            Case(A, B, 0.25),
            Case(A[:, :1], B[:, :1], 0.2),
        ),
        generate=embedded,
        misconceptions=(
            Misconception(
                "d > τ",
                above,
                ABOVE,
            ),
            Misconception("d ≥ τ", from_the_threshold_on, ABOVE),
            Misconception(
                "d < τ",
                strictly_below,
                "A pair exactly at the threshold is accepted here: d ≤ τ. It matters "
                "where τ was chosen as the distance of a pair.",
            ),
            Misconception(
                "not squared",
                not_squared,
                "You compare the length of the difference with a threshold for its "
                "square. Leave the root out, or square the threshold.",
            ),
            Misconception(
                "absolute differences",
                absolute,
                "You add up absolute differences. The distance here is the sum of the "
                "*squared* differences of the components.",
            ),
            Misconception(
                "mean over the components",
                averaged,
                "You take the mean over the components. The squared distance is their "
                "sum: with a mean, τ would depend on how long the embeddings are.",
            ),
            Misconception(
                "added before squaring",
                signed,
                "You add the differences up and square the sum. Then +1 and −1 cancel, "
                "and two different faces have the distance 0. Square first.",
            ),
            Misconception(
                "one answer for all",
                all_at_once,
                "You add up over all pairs and get one number. Each row is a pair of "
                "its own: sum over `axis=1`.",
            ),
            Misconception(
                "scalar product",
                product,
                "The product of two embeddings is large where they are alike. It is no "
                "distance: take the squared differences.",
            ),
        ),
        page="book/faces/verification",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="false_match",
        title="A stranger before a crowd",
        reference=false_match,
        visible=(Case(0.01, 0.5, 100), Case(0.2, 0.1, 3), Case(0.05, 0.3, 1)),
        generate=crowds,
        misconceptions=(
            Misconception(
                "errors added up",
                errors_added,
                "You add the errors up: with ε = 0.01 and 200 people that is a chance "
                "of 2. Ask for the opposite, that none of the K comparisons goes "
                "wrong.",
            ),
            Misconception(
                "errors added up to 1",
                errors_added_to_one,
                "You add the errors up and stop at 1. A stranger whom two comparisons "
                "accept is then counted twice. Ask for the opposite, that none of the "
                "K comparisons goes wrong.",
            ),
            Misconception(
                "exchanged",
                gallery_first,
                "Your two numbers have changed places. The chance comes first, then "
                "how many people may be enrolled.",
            ),
            Misconception(
                "everybody matches",
                all_wrong,
                "ε^K is the chance that *every* comparison goes wrong. One is enough: "
                "take 1 minus the chance that none does.",
            ),
            Misconception(
                "nobody matches",
                nobody_matches,
                "(1 − ε)^K is the chance that no comparison goes wrong. Asked for is "
                "the opposite.",
            ),
            Misconception(
                "one person too many",
                one_too_many,
                "Your gallery is one person too large: it is the first whose risk is "
                "too high, not the last whose risk is not.",
            ),
            Misconception(
                "risk over error",
                linear_gallery,
                "The chance is right, but your gallery is risk / ε, which takes the "
                "growth for a straight line. It bends: the gallery may be larger.",
            ),
            Misconception(
                "K − 1 people",
                the_others_only,
                "You count one comparison too few. The stranger is none of the K who "
                "are enrolled, so all K can be taken for them.",
            ),
        ),
        page="book/faces/verification",
        minutes=10,
        difficulty=1,
        points=1,
        exact=False,  # a logarithm, rounded down by NumPy, is a fraction
    ),
    Exercise(
        name="ten_fold_accuracy",
        title="A threshold that has not seen the test",
        reference=ten_fold_accuracy,
        visible=(
            Case(DISTANCES, SAME, np.array([0, 0, 1, 1, 2, 2])),
            Case(DISTANCES, SAME, np.array([0, 0, 0, 0, 1, 1])),
        ),
        generate=in_folds,
        misconceptions=(
            Misconception(
                "chosen on all pairs",
                chosen_on_all,
                "You choose one threshold on all pairs, those of the test included. It "
                "has seen the answers. For each fold, choose on the other folds alone.",
            ),
            Misconception(
                "chosen on the tested fold",
                chosen_on_the_fold,
                "You choose the threshold on the very fold that you test. Choose it on "
                "all *other* folds.",
            ),
            Misconception(
                "the wrong way round",
                tested_on_nine,
                "You choose on one fold and test on all others. It is the other way "
                "round: choose on many, test on the one left out.",
            ),
            Misconception(
                "last of equals",
                last_of_equals,
                "Several thresholds make equally few mistakes and you take the "
                "largest. The exercise asks for the smallest of them.",
            ),
            Misconception(
                "d < τ",
                below_the_threshold,
                "You accept what lies strictly below the threshold. A pair is accepted "
                "where d ≤ τ, so a candidate accepts the pair that it comes from.",
            ),
            Misconception(
                "d > τ",
                above_the_threshold,
                "You accept what lies above the threshold. A distance is small for one "
                "person: d ≤ τ, when you choose and when you test.",
            ),
            Misconception(
                "candidates of all folds",
                candidates_of_all,
                "You try the distances of the tested fold as well. Candidates are "
                "those of the other folds: even what you try must not come from the "
                "test.",
            ),
            Misconception(
                "first in the list",
                candidates_as_they_come,
                "Several thresholds make equally few mistakes and you take the one "
                "that comes first in the list. Asked for is the smallest: sort first.",
            ),
            Misconception(
                "mean over pairs",
                pairs_not_folds,
                "You count right pairs over all folds together. Asked for is the mean "
                "of the folds' accuracies: each fold weighs the same, however many "
                "pairs it has.",
            ),
        ),
        page="book/faces/verification",
        minutes=20,
        difficulty=2,
        points=2,
    ),
)
