"""Which negatives are worth a step, and DeepFace's weighted difference."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def semi_hard_negatives(distances, labels, margin):
    """The answer."""
    return chosen(distances, labels, lambda near, far: near < far < near + margin)


def chosen(
    distances, labels, allowed, worst=min, itself=False, last=False, others=True
):
    """For each anchor and positive the nearest negative that is allowed."""
    found, N = [], len(labels)
    for a in range(N):
        for p in range(N):
            if labels[a] != labels[p] or (a == p and not itself):
                continue
            options = [
                (distances[a, n], n)
                for n in range(N)
                if (labels[n] != labels[a] or not others)
                and allowed(distances[a, p], distances[a, n])
            ]
            if options:
                d, _ = worst(options)
                equal = [n for e, n in options if e == d]
                found.append([a, p, equal[-1 if last else 0]])
    return np.array(found, dtype=int).reshape(-1, 3)


def hardest(distances, labels, margin):
    """The nearest negative of all."""
    return chosen(distances, labels, lambda near, far: True)


def without_upper_bound(distances, labels, margin):
    """Any negative that is further."""
    return chosen(distances, labels, lambda near, far: far > near)


def all_active(distances, labels, margin):
    """Any negative whose loss is above 0."""
    return chosen(distances, labels, lambda near, far: far < near + margin)


def furthest_of_them(distances, labels, margin):
    """The easiest of the semi-hard."""
    return chosen(
        distances, labels, lambda near, far: near < far < near + margin, worst=max
    )


def with_itself(distances, labels, margin):
    """A picture as its own positive."""
    return chosen(
        distances, labels, lambda near, far: near < far < near + margin, itself=True
    )


def borders_included(distances, labels, margin):
    """Take both ends in."""
    return chosen(distances, labels, lambda near, far: near <= far <= near + margin)


def lower_border_included(distances, labels, margin):
    """As far as the positive is far enough."""
    return chosen(distances, labels, lambda near, far: near <= far < near + margin)


def upper_border_included(distances, labels, margin):
    """Exactly at the margin counts."""
    return chosen(distances, labels, lambda near, far: near < far <= near + margin)


def last_of_equals(distances, labels, margin):
    """Of equally near ones the last."""
    return chosen(
        distances, labels, lambda near, far: near < far < near + margin, last=True
    )


def anybody(distances, labels, margin):
    """The same person may be the negative."""
    return chosen(
        distances, labels, lambda near, far: near < far < near + margin, others=False
    )


def kind_left_open(distances, labels, margin):
    """An array of an empty list: NumPy makes fractions of it."""
    rows = semi_hard_negatives(distances, labels, margin).tolist()
    return np.array(rows).reshape(-1, 3)


def each_pair_once(distances, labels, margin):
    """Only positives that come later in the batch."""
    found = semi_hard_negatives(distances, labels, margin)
    return found[found[:, 0] < found[:, 1]]


def or_else_the_hardest(distances, labels, margin):
    """The nearest negative of all where none is semi-hard."""
    found = {tuple(row[:2]): row for row in hardest(distances, labels, margin).tolist()}
    for row in semi_hard_negatives(distances, labels, margin).tolist():
        found[tuple(row[:2])] = row
    rows = [found[key] for key in sorted(found)]
    return np.array(rows, dtype=int).reshape(-1, 3)


def batches(rng: np.random.Generator) -> Iterator[Case]:
    """Four to eight pictures of two to four people; ties among the distances."""
    for size in (4, 5, 5, 6, 6, 7, 8, 8):
        people = 2 + int(size > 5) + int(size > 7)
        labels = rng.permutation(np.arange(size) % people)
        table = rng.integers(1, 9, (size, size)).astype(float)
        table = np.triu(table, 1)
        yield Case(table + table.T, labels, float(rng.integers(2, 4)))
    where = rng.permutation(6)
    labels = np.array([0, 0, 0, 1, 1, 2])[where]
    table = np.triu(rng.permutation(np.arange(1, 37)).reshape(6, 6) / 4.0, 1)
    yield Case(table + table.T, labels, 2.0)
    yield Case(table + table.T, labels, 0.75)
    # nobody is semi-hard; as far as the positive; at the margin; two equally near
    alone = np.array([0, 0, 1, 1])
    m = float(rng.integers(5, 9)) / 4
    for across in ([9, 9, 9, 9], [2, 9, 2, 9], [2 + m, 9, 2 + m, 9], [3, 3, 3, 3]):
        yield Case(square(2.0, across, 9.0), alone, m)


def square(own, across, other):
    """Distances of two people with two pictures each."""
    table = np.zeros((4, 4))
    table[0, 1], table[2, 3] = own, other
    table[0, 2], table[0, 3], table[1, 2], table[1, 3] = across
    return table + table.T


def deepface_head(f, g, w, b, kind):
    """The answer."""
    if kind == "absolute":
        parts = np.abs(f - g)
    else:
        total = f + g
        parts = (f - g) ** 2 / np.where(total == 0, 1, total)
    return 1 / (1 + np.exp(-(parts @ w + b)))


def head(f, g, w, b, kind, absolute=np.abs, chi=None, out=None):
    """The head with one of its steps replaced."""
    total = np.where(f + g == 0, 1, f + g)
    if kind == "absolute":
        parts = absolute(f - g)
    else:
        parts = (chi or (lambda d, t: d**2 / t))(f - g, total)
    return (out or sigmoid)(parts @ w + b)


def sigmoid(z):
    """1 / (1 + e^−z)."""
    return 1 / (1 + np.exp(-z))


def signed_difference(f, g, w, b, kind):
    """No absolute value."""
    return head(f, g, w, b, kind, absolute=lambda d: d)


def squared_difference(f, g, w, b, kind):
    """The square for the absolute value."""
    return head(f, g, w, b, kind, absolute=lambda d: d**2)


def not_divided(f, g, w, b, kind):
    """χ² without its denominator."""
    return head(f, g, w, b, kind, chi=lambda d, t: d**2)


def divided_by_the_square(f, g, w, b, kind):
    """(f − g)² / (f + g)²."""
    return head(f, g, w, b, kind, chi=lambda d, t: d**2 / t**2)


def absolute_over_sum(f, g, w, b, kind):
    """|f − g| / (f + g)."""
    return head(f, g, w, b, kind, chi=lambda d, t: np.abs(d) / t)


def zero_over_zero(f, g, w, b, kind):
    """Divide by f + g wherever it is."""
    with np.errstate(invalid="ignore"):
        parts = np.abs(f - g) if kind == "absolute" else (f - g) ** 2 / (f + g)
        return sigmoid(parts @ w + b)


def bias_left_out(f, g, w, b, kind):
    """No b."""
    return deepface_head(f, g, w, 0.0, kind)


def bias_for_each(f, g, w, b, kind):
    """b once for each component."""
    return deepface_head(f, g, w, b * len(w), kind)


def always_absolute(f, g, w, b, kind):
    """The kind is not looked at."""
    return deepface_head(f, g, w, b, "absolute")


def always_chi(f, g, w, b, kind):
    """The kind is not looked at, either."""
    return deepface_head(f, g, w, b, "chi_square")


def another_person(f, g, w, b, kind):
    """1 − ŷ."""
    return 1 - deepface_head(f, g, w, b, kind)


def no_sigmoid(f, g, w, b, kind):
    """The logit."""
    return head(f, g, w, b, kind, out=lambda z: z)


def sigma_first(f, g, w, b, kind):
    """σ component by component, then the sum."""
    if kind == "absolute":
        parts = np.abs(f - g)
    else:
        total = f + g
        parts = (f - g) ** 2 / np.where(total == 0, 1, total)
    return sigmoid(parts * w + b).sum(axis=1)


def activations(rng: np.random.Generator) -> Iterator[Case]:
    """What comes out of a ReLU: not negative, and often 0 on both sides."""
    for N, D in ((1, 2), (2, 2), (2, 3), (3, 3), (2, 4), (3, 4), (4, 5), (5, 4)):
        f, g = np.maximum(np.round(rng.normal(0.6, 0.8, (2, N, D)), 2), 0)
        f[0, 0], g[0, 0] = 0.0, 0.0  # 0/0
        f[0, 1], g[0, 1] = rng.integers(5, 40, 2) / 20 + np.array([0.0, 2.0])
        w, b = np.round(rng.normal(-0.6, 0.5, D), 2), float(rng.integers(-9, 10)) / 10
        for kind in ("absolute", "chi_square"):
            yield Case(f, g, w, b, kind)


TABLE = np.array(
    [
        [0.0, 2.0, 3.0, 1.0, 5.0],
        [2.0, 0.0, 2.5, 4.0, 6.0],
        [3.0, 2.5, 0.0, 3.5, 2.0],
        [1.0, 4.0, 3.5, 0.0, 1.5],
        [5.0, 6.0, 2.0, 1.5, 0.0],
    ]
)

EXERCISES = (
    Exercise(
        name="semi_hard_negatives",
        title="Not too easy, not too hard",
        reference=semi_hard_negatives,
        visible=(
            Case(TABLE, np.array([0, 0, 1, 2, 2]), 1.5),
            Case(TABLE, np.array([0, 0, 1, 2, 2]), 3.0),
            Case(TABLE, np.array([0, 0, 0, 1, 1]), 2.0),
        ),
        generate=batches,
        misconceptions=(
            Misconception(
                "the hardest",
                hardest,
                "You take the nearest negative of all. Where it is nearer than the "
                "positive the triplet is hard, not semi-hard: d(A, P) < d(A, N).",
            ),
            Misconception(
                "no upper bound",
                without_upper_bound,
                "You take the nearest negative that is further than the positive, "
                "however far. Beyond the margin its loss is 0 and nothing is learnt: "
                "leave such a pair out.",
            ),
            Misconception(
                "hard ones too",
                all_active,
                "You take every negative whose loss is above 0. Those that are nearer "
                "than the positive are hard; semi-hard ones are further.",
            ),
            Misconception(
                "the furthest of them",
                furthest_of_them,
                "Of the semi-hard negatives you take the furthest. The nearest has the "
                "largest loss, and so the most to teach.",
            ),
            Misconception(
                "its own positive",
                with_itself,
                "A picture is its own positive in your list, with a distance of 0. A "
                "positive is *another* picture of the same person.",
            ),
            Misconception(
                "borders included",
                borders_included,
                "You take the borders in. As far as the positive is not further, and "
                "at exactly the margin the loss is 0: both inequalities are strict.",
            ),
            Misconception(
                "lower border included",
                lower_border_included,
                "A negative exactly as far as the positive counts in your answer. It "
                "has to be *further*: the first inequality is strict.",
            ),
            Misconception(
                "upper border included",
                upper_border_included,
                "A negative that is further by exactly the margin counts in your "
                "answer. Its loss is 0 already: the second inequality is strict, too.",
            ),
            Misconception(
                "last of equals",
                last_of_equals,
                "Of equally near negatives you take the last. Asked for is the first: "
                "the one with the smallest number.",
            ),
            Misconception(
                "the same person as negative",
                anybody,
                "Some of your negatives show the same person as the anchor. They may "
                "lie at the right distance, but only somebody else is a negative.",
            ),
            Misconception(
                "fractions for an empty list",
                kind_left_open,
                "Where no pair has a semi-hard negative your array holds fractions. "
                "NumPy cannot tell the kind of an empty list: say that they are whole "
                "numbers.",
            ),
            Misconception(
                "each pair once",
                each_pair_once,
                "You use each pair of pictures once. Either may be the anchor, and "
                "their negatives differ: (a, p) and (p, a) are two rows.",
            ),
            Misconception(
                "or else the hardest",
                or_else_the_hardest,
                "Where no negative is semi-hard you fall back on the nearest of all. "
                "Here such a pair is left out.",
            ),
        ),
        page="book/faces/mining",
        minutes=20,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="deepface_head",
        title="A distance with weights",
        reference=deepface_head,
        visible=(
            Case(
                np.array([[1.0, 0.5], [0.0, 2.0]]),
                np.array([[0.5, 1.0], [0.0, 1.0]]),
                np.array([-2.0, -1.0]),
                0.5,
                "absolute",
            ),
            Case(
                np.array([[1.0, 0.5], [0.0, 2.0]]),
                np.array([[0.5, 1.0], [0.0, 1.0]]),
                np.array([-2.0, -1.0]),
                0.5,
                "chi_square",
            ),
        ),
        generate=activations,
        misconceptions=(
            Misconception(
                "signed difference",
                signed_difference,
                "You leave the absolute value out. Then two people can cancel out to "
                "the same person, and the answer changes with the order of the two.",
            ),
            Misconception(
                "square for the absolute value",
                squared_difference,
                "For 'absolute' you square the differences. DeepFace's first head has "
                "|f − g|, component by component.",
            ),
            Misconception(
                "χ² not divided",
                not_divided,
                "Your χ² is the squared difference alone. It is divided by f + g, so "
                "that a difference between small numbers weighs more.",
            ),
            Misconception(
                "divided by the square",
                divided_by_the_square,
                "You divide by (f + g)². The square stands above the line only: "
                "(f − g)² / (f + g).",
            ),
            Misconception(
                "|f − g| / (f + g)",
                absolute_over_sum,
                "You divide |f − g| by f + g. χ² has the squared difference above the "
                "line.",
            ),
            Misconception(
                "0/0",
                zero_over_zero,
                "Where both features are 0 you divide 0 by 0. A ReLU gives many zeros; "
                "two that are equal do not differ, so the part is 0.",
            ),
            Misconception(
                "another person",
                another_person,
                "Your answer is the chance that they are *two* people. σ of the "
                "weighted sum and b is that of *one*: that differences speak against "
                "it is for the weights to say.",
            ),
            Misconception(
                "bias left out",
                bias_left_out,
                "The bias b is missing. Without it two equal faces always get a "
                "half, whatever the network has learnt.",
            ),
            Misconception(
                "bias for each component",
                bias_for_each,
                "You add b once for each component. It stands behind the sum: one b "
                "a pair.",
            ),
            Misconception(
                "always absolute",
                always_absolute,
                "You take |f − g| for both kinds. Look at `kind`: for 'chi_square' the "
                "difference is squared and divided by f + g.",
            ),
            Misconception(
                "always χ²",
                always_chi,
                "You take χ² for both kinds. Look at `kind`: it is the text "
                "'absolute' or the text 'chi_square'.",
            ),
            Misconception(
                "no sigmoid",
                no_sigmoid,
                "You return the sum before the sigmoid. A probability lies between 0 "
                "and 1: 1 / (1 + e^−z).",
            ),
            Misconception(
                "sigmoid before the sum",
                sigma_first,
                "You put each component through the sigmoid and add up. The sum comes "
                "first, then the bias once, then one sigmoid.",
            ),
        ),
        page="book/faces/mining",
        minutes=15,
        difficulty=2,
        points=2,
        rtol=1e-4,  # who keeps away from 0/0 by adding 0.000001 is right, too
    ),
)
