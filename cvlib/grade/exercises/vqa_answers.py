"""What an accuracy is worth when some of it was guessed."""

from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception


def what_was_seen(predicted, answers, kinds, choices):
    """The answer."""
    return seen_by_kind(predicted, answers, kinds, choices, beyond)


def beyond(accuracy, K):
    """Corrected for guessing."""
    return (accuracy - 1 / K) / (1 - 1 / K)


def seen_by_kind(predicted, answers, kinds, choices, share, *, of=None):
    """Kind → share, from the accuracy of its rows."""
    found = {}
    for kind in sorted(set(kinds)):
        rows = [row for row, own in enumerate(kinds) if own == kind]
        right = sum(predicted[row] == answers[row] for row in rows)
        found[kind] = float(share(right / (of or len(rows)), choices[kind]))
    return found


def not_corrected(predicted, answers, kinds, choices):
    """The accuracy itself."""
    return seen_by_kind(predicted, answers, kinds, choices, lambda a, K: a)


def chance_subtracted(predicted, answers, kinds, choices):
    """What is above chance, not scaled."""
    return seen_by_kind(predicted, answers, kinds, choices, lambda a, K: a - 1 / K)


def never_negative(predicted, answers, kinds, choices):
    """Worse than chance made chance."""
    return seen_by_kind(
        predicted, answers, kinds, choices, lambda a, K: max(beyond(a, K), 0)
    )


def always_two_choices(predicted, answers, kinds, choices):
    """As if every question were yes or no."""
    return seen_by_kind(predicted, answers, kinds, choices, lambda a, K: beyond(a, 2))


def of_all_rows(predicted, answers, kinds, choices):
    """Right answers over all rows."""
    return seen_by_kind(predicted, answers, kinds, choices, beyond, of=len(answers))


def kinds_that_do_not_occur(predicted, answers, kinds, choices):
    """A share for every kind that might have been asked."""
    found = what_was_seen(predicted, answers, kinds, choices)
    return {kind: found.get(kind, 0.0) for kind in choices}


def one_accuracy(predicted, answers, kinds, choices):
    """The accuracy over all rows for every kind."""
    pairs = zip(predicted, answers, strict=True)
    accuracy = sum(p == a for p, a in pairs) / len(answers)
    return {kind: beyond(accuracy, choices[kind]) for kind in set(kinds)}


def times_chance(predicted, answers, kinds, choices):
    """How many times as good as guessing."""
    return seen_by_kind(predicted, answers, kinds, choices, lambda a, K: a * K)


WORDS = {
    "count": ["0", "1", "2", "3", "4"],
    "colour": ["red", "green", "blue"],
    "existence": ["no", "yes"],
    "shape": ["circle", "square", "cross", "star"],
}


def answered(rng: np.random.Generator) -> Iterator[Case]:
    """Answers of which some are right; a kind where guessing would be better."""
    for count in (4, 6, 8, 10, 14, 18, 24, 30):
        names = list(WORDS)[: 1 + count % 4] if count > 4 else ["count", "existence"]
        kinds = [*names, *(names[k] for k in rng.integers(len(names), size=count))]
        answers = [str(rng.choice(WORDS[kind])) for kind in kinds]
        predicted = [
            answer if rng.random() < 0.6 else str(rng.choice(WORDS[kind]))
            for kind, answer in zip(kinds, answers, strict=True)
        ]
        yield Case(predicted, answers, kinds, {k: len(WORDS[k]) for k in names})
    # nobody asks for a colour
    asked = {"existence": 2, "count": int(rng.integers(3, 9)), "colour": 3}
    yield Case(["1", "yes"], ["2", "yes"], ["count", "existence"], asked)
    wrong = int(rng.integers(3, 6))
    yield Case(
        ["no"] * wrong + ["yes", "2", "3"], ["yes"] * (wrong + 1) + ["2", "4"],
        ["existence"] * (wrong + 1) + ["count"] * 2, {"existence": 2, "count": 5},
    )  # fmt: skip


EXERCISES = (
    Exercise(
        name="what_was_seen",
        title="What was seen, beyond guessing?",
        reference=what_was_seen,
        visible=(
            Case(
                ["yes", "no", "yes", "yes"],
                ["yes", "no", "no", "yes"],
                ["existence"] * 4,
                {"existence": 2},
            ),
            Case(
                ["yes", "3", "no", "1"],
                ["no", "3", "yes", "2"],
                ["existence", "count", "existence", "count"],
                {"existence": 2, "count": 5, "colour": 3},
            ),
        ),
        generate=answered,
        misconceptions=(
            Misconception(
                "not corrected",
                not_corrected,
                "You return the share of right answers itself. Take off what guessing "
                "would reach: (a − 1/K) / (1 − 1/K).",
            ),
            Misconception(
                "not scaled",
                chance_subtracted,
                "You subtract chance and stop. Whoever sees everything should get 1: "
                "divide by 1 − 1/K.",
            ),
            Misconception(
                "never negative",
                never_negative,
                "You cut off below 0. A network that is worse than guessing should be "
                "seen to be so: leave negative values as they are.",
            ),
            Misconception(
                "two choices everywhere",
                always_two_choices,
                "You correct as if every question had two answers. `choices` says how "
                "many each kind has.",
            ),
            Misconception(
                "divided by all rows",
                of_all_rows,
                "You divide a kind's right answers by the number of all rows. Divide "
                "by the rows of that kind.",
            ),
            Misconception(
                "kinds that do not occur",
                kinds_that_do_not_occur,
                "You return a share for every kind in `choices`. Of a kind that nobody "
                "asked for nothing is known: go by the kinds of the rows.",
            ),
            Misconception(
                "one accuracy for all",
                one_accuracy,
                "You take the accuracy over all rows for every kind. Each kind has one "
                "of its own, from its own rows.",
            ),
            Misconception(
                "times chance",
                times_chance,
                "You divide by chance, which says how many times better than guessing. "
                "Asked for is the share whose answer was known.",
            ),
        ),
        page="book/asking/what-it-answers",
        minutes=10,
        difficulty=1,
        points=1,
    ),
)
