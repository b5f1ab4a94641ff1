"""What counts as robust, and what passes from one network to another."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def robust_accuracy(labels, predictions):
    """The answer."""
    return float((predictions == labels).all(axis=0).mean())


def robust_smallest_mean(labels, predictions):
    """The best single attack."""
    return float((predictions == labels).mean(axis=1).min())


def robust_mean(labels, predictions):
    """All attacks alike."""
    return float((predictions == labels).mean())


def robust_any(labels, predictions):
    """Right once is enough."""
    return float((predictions == labels).any(axis=0).mean())


def robust_clean(labels, predictions):
    """Without any attack."""
    return float((predictions[0] == labels).mean())


def robust_attacks_only(labels, predictions):
    """Pictures that were wrong before count if an attack mends them."""
    return float((predictions[1:] == labels).all(axis=0).mean())


def robust_of_the_right(labels, predictions):
    """Of those that were right, the share that stays right."""
    right = predictions[0] == labels
    return float((predictions == labels).all(axis=0).sum() / right.sum())


def robust_unchanged(labels, predictions):
    """The answer never changes, right or wrong."""
    return float((predictions == predictions[0]).all(axis=0).mean())


def robust_rows(labels, predictions):
    """The share of rows without a mistake."""
    return float((predictions == labels).all(axis=1).mean())


def robust_success(labels, predictions):
    """What the attacker counts."""
    return 1 - robust_accuracy(labels, predictions)


def robust_vote(labels, predictions):
    """Right under most attacks."""
    return float(((predictions == labels).mean(axis=0) > 0.5).mean())


def answers(rng: np.random.Generator) -> Iterator[Case]:
    """Row 0 without attack; some pictures fall to one attack, some to another."""
    for A, N in ((3, 8), (3, 10), (4, 9), (4, 11), (5, 12), (4, 14), (5, 15), (6, 16)):
        labels = rng.integers(0, 4, N)
        wrong = np.zeros((A, N), bool)
        wrong[0, 0] = True  # wrong before, mended by every attack
        wrong[:, 1] = True
        wrong[:, 1][-1] = False  # wrong before and after most
        for a in range(1, A):
            wrong[a, 1 + a] = True  # one that only this attack finds
        wrong[1:, A + 1] = True  # one that all find
        wrong[1, A + 2 : A + 2 + max(0, (N - A - 3) // 2)] = True  # the strongest
        wrong[:, -1] = True  # always the same wrong answer
        order = rng.permutation(N)
        shift = rng.integers(1, 4, (A, N))
        shift[:, -1] = shift[0, -1]
        predictions = np.where(wrong, (labels + shift) % 4, labels)
        yield Case(labels[order], predictions[:, order])


def transfer_table(labels, clean, moved):
    """The answer."""
    both = (clean == labels).all(axis=0)
    return (moved[:, :, both] != labels[both]).mean(axis=2)


def table_of_all(labels, clean, moved):
    """Mistakes made before count as well."""
    return (moved != labels).mean(axis=2)


def table_of_the_reader(labels, clean, moved):
    """Those that the one who looks had right."""
    right = clean == labels
    wrong = (moved != labels) & right[None]
    return wrong.sum(axis=2) / right.sum(axis=1)[None]


def table_of_the_attacked(labels, clean, moved):
    """Those that the attacked one had right."""
    right = clean == labels
    wrong = (moved != labels) & right[:, None]
    return wrong.sum(axis=2) / right.sum(axis=1)[:, None]


def table_of_the_two(labels, clean, moved):
    """Those that the attacked one and the reader had right."""
    right = clean == labels
    both = right[:, None] & right[None]
    return ((moved != labels) & both).sum(axis=2) / both.sum(axis=2)


def table_turned(labels, clean, moved):
    """Rows and columns exchanged."""
    return transfer_table(labels, clean, moved).T


def table_of_survivors(labels, clean, moved):
    """What stands instead of what fell."""
    return 1 - transfer_table(labels, clean, moved)


def table_over_all(labels, clean, moved):
    """Divided by all pictures."""
    both = (clean == labels).all(axis=0)
    return ((moved != labels) & both).mean(axis=2)


def table_of_changes(labels, clean, moved):
    """Any change of the answer counts, also from wrong to right."""
    return (moved != clean[None]).mean(axis=2)


def readers(rng: np.random.Generator) -> Iterator[Case]:
    """Networks that misread some pictures by themselves, each others."""
    for M, N in ((2, 6), (2, 8), (3, 9), (3, 10), (3, 12), (4, 12), (4, 14), (4, 16)):
        labels = rng.integers(0, 5, N)
        wrong = np.zeros((M, N), bool)
        wrong[np.arange(M), np.arange(M)] = True  # each its own
        if M > 2:
            wrong[0, M] = True
        fell = rng.random((M, M, N)) < rng.uniform(0.2, 0.9, (M, M, 1))
        fell[:, :, -1], fell[0, 1, -1] = False, True  # not symmetric
        fell[0, 1, 0], fell[0, 1, 1], fell[1, 0, :2] = True, False, True
        fell[1, 0, -2] = True
        shift = rng.integers(1, 5, (M, M, N))
        clean = np.where(wrong, (labels + rng.integers(1, 5, (M, N))) % 5, labels)
        moved = np.where(fell, (labels + shift) % 5, labels)
        order = rng.permutation(N)
        yield Case(labels[order], clean[:, order], moved[:, :, order])


_LABELS = np.array([0, 1, 2, 1])
_CLEAN = np.array([[0, 1, 2, 0], [0, 1, 2, 1]])
_MOVED = np.array([[[1, 2, 0, 1], [0, 1, 0, 1]], [[0, 0, 2, 0], [2, 0, 1, 1]]])
_SAID = np.array([[0, 1, 2, 0], [0, 2, 2, 1], [1, 1, 2, 1]])

EXERCISES = (
    Exercise(
        name="robust_accuracy",
        title="What counts as robust?",
        reference=robust_accuracy,
        visible=(
            Case(_LABELS, _SAID),
            Case(_LABELS, np.array([[0, 1, 2, 2], [0, 1, 2, 2]])),
            Case(
                np.array([0, 0, 1, 1, 2]),
                np.array([[0, 0, 1, 1, 0], [0, 1, 1, 1, 2], [0, 1, 1, 0, 2]]),
            ),
        ),
        generate=answers,
        misconceptions=(
            Misconception(
                "the smallest mean",
                robust_smallest_mean,
                "You take the strongest single attack. A picture that falls to any "
                "attack is not robust: ask picture by picture, then take the mean.",
            ),
            Misconception(
                "mean of all",
                robust_mean,
                "You take the mean over attacks as well. The attacker chooses the best "
                "for each picture, so one success is enough.",
            ),
            Misconception(
                "right once",
                robust_any,
                "You count a picture that is right under any attack. It must be right "
                "under all of them.",
            ),
            Misconception(
                "without attack",
                robust_clean,
                "This is the plain accuracy, from row 0 alone. The other rows are the "
                "answers after each attack.",
            ),
            Misconception(
                "row 0 left out",
                robust_attacks_only,
                "You leave out row 0. A picture that was wrong to begin with is not "
                "robust, even if an attack happens to mend it.",
            ),
            Misconception(
                "of those that were right",
                robust_of_the_right,
                "You divide by the pictures that were right before. The share of all "
                "pictures is asked for.",
            ),
            Misconception(
                "answers that never change",
                robust_unchanged,
                "You count pictures whose answer never changes. One that is misread "
                "every time is not robust: compare with the labels.",
            ),
            Misconception(
                "rows for pictures",
                robust_rows,
                "You ask of each row whether it has no mistake. Ask of each picture, "
                "over all rows: a picture is a column.",
            ),
            Misconception(
                "the attacker's count",
                robust_success,
                "You return the share that fell. Robust accuracy is what still stands: "
                "one minus that.",
            ),
            Misconception(
                "a majority",
                robust_vote,
                "You count pictures that are right most of the time. The worst case "
                "counts, not the usual one.",
            ),
        ),
        page="book/fooling/defence",
        minutes=10,
        difficulty=1,
        points=1,
    ),
    Exercise(
        name="transfer_table",
        title="Who fools whom?",
        reference=transfer_table,
        visible=(
            Case(_LABELS, _CLEAN, _MOVED),
            Case(_LABELS, np.stack([_LABELS, _LABELS]), _MOVED),
        ),
        generate=readers,
        misconceptions=(
            Misconception(
                "all pictures counted",
                table_of_all,
                "You count every picture. One that a network misread before would be "
                "taken for a success of the attack: keep those that all read rightly.",
            ),
            Misconception(
                "only the reader had to be right",
                table_of_the_reader,
                "You keep what the network that looks had right. Then every column is "
                "about other pictures; keep those that *all* networks had right.",
            ),
            Misconception(
                "only the attacked one had to be right",
                table_of_the_attacked,
                "You keep what the attacked network had right. The one that looks may "
                "have been wrong before; keep those that *all* had right.",
            ),
            Misconception(
                "only the two had to be right",
                table_of_the_two,
                "For each cell you keep what its two networks had right. Then every "
                "cell is about other pictures; keep those that *all* networks had "
                "right.",
            ),
            Misconception(
                "turned",
                table_turned,
                "Rows and columns are exchanged. Row i holds the pictures made "
                "against network i, column j what network j makes of them.",
            ),
            Misconception(
                "survivors",
                table_of_survivors,
                "You return the share that still stands. The table says how many are "
                "fooled.",
            ),
            Misconception(
                "divided by all",
                table_over_all,
                "You count the right pictures and divide by all of them. Divide by "
                "the number that was kept.",
            ),
            Misconception(
                "changes counted",
                table_of_changes,
                "You compare the answers after the attack with those before. Compare "
                "with the labels, for pictures that all networks had right.",
            ),
        ),
        page="book/fooling/transfer",
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
