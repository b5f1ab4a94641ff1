"""What a question tells without a picture, and how to make it tell nothing."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from cvlib.grade.spec import Case, Exercise, Misconception

PAGE = "book/asking/balanced-questions"


def blind_accuracy(questions, answers, test_questions, test_answers):
    """The answer."""
    rule = rule_of(questions, answers)
    return share(rule, most_frequent(answers), test_questions, test_answers)


def most_frequent(answers):
    """The most frequent; of equal ones the first in the alphabet."""
    numbers = Counter(answers)
    return min(numbers, key=lambda answer: (-numbers[answer], answer))


def rule_of(questions, answers):
    """Question → its most frequent answer."""
    own = {}
    for question, answer in zip(questions, answers, strict=True):
        own.setdefault(question, []).append(answer)
    return {question: most_frequent(given) for question, given in own.items()}


def share(rule, default, questions, answers):
    """How often a rule is right."""
    pairs = zip(questions, answers, strict=True)
    right = [rule.get(question, default) == answer for question, answer in pairs]
    return float(np.mean(right))


def deaf_as_well(questions, answers, test_questions, test_answers):
    """One answer for all questions."""
    return share({}, most_frequent(answers), test_questions, test_answers)


def learnt_on_test(questions, answers, test_questions, test_answers):
    """Read the rule off the rows it is measured on."""
    rule = rule_of(test_questions, test_answers)
    return share(rule, None, test_questions, test_answers)


def measured_on_train(questions, answers, test_questions, test_answers):
    """Measure on the rows it was read off."""
    return share(rule_of(questions, answers), None, questions, answers)


def silent_when_new(questions, answers, test_questions, test_answers):
    """Say nothing to a new question."""
    return share(rule_of(questions, answers), None, test_questions, test_answers)


def by_first_word(questions, answers, test_questions, test_answers):
    """Hear the first word only."""
    rule = rule_of([question.split()[0] for question in questions], answers)
    heard = [question.split()[0] for question in test_questions]
    return share(rule, most_frequent(answers), heard, test_answers)


def last_remembered(questions, answers, test_questions, test_answers):
    """The answer that came last."""
    rule = dict(zip(questions, answers, strict=True))
    return share(rule, most_frequent(answers), test_questions, test_answers)


def first_met(questions, answers, test_questions, test_answers):
    """Of equally frequent answers the one that came first, as Counter does."""
    own = {}
    for question, answer in zip(questions, answers, strict=True):
        own.setdefault(question, Counter())[answer] += 1
    rule = {question: words.most_common(1)[0][0] for question, words in own.items()}
    default = Counter(answers).most_common(1)[0][0]
    return share(rule, default, test_questions, test_answers)


def last_in_the_alphabet(questions, answers, test_questions, test_answers):
    """The largest pair of number and word."""

    def best(words):
        numbers = Counter(words)
        return max(numbers, key=lambda answer: (numbers[answer], answer))

    pairs = list(zip(questions, answers, strict=True))
    rule = {asked: best(a for q, a in pairs if q == asked) for asked in questions}
    return share(rule, best(answers), test_questions, test_answers)


def new_left_out(questions, answers, test_questions, test_answers):
    """The share of the questions that were heard before."""
    rule = rule_of(questions, answers)
    pairs = zip(test_questions, test_answers, strict=True)
    right = [rule[question] == answer for question, answer in pairs if question in rule]
    return sum(right) / max(len(right), 1)


def first_in_the_alphabet(questions, answers, test_questions, test_answers):
    """Never count."""
    own = {}
    for question, answer in zip(questions, answers, strict=True):
        own[question] = min(answer, own.get(question, answer))
    return share(own, min(answers), test_questions, test_answers)


def number_right(questions, answers, test_questions, test_answers):
    """How many, not which share."""
    found = blind_accuracy(questions, answers, test_questions, test_answers)
    return found * len(test_answers)


def balanced_rows(questions, answers):
    """The answer."""
    return kept(questions, answers, lambda own: min(map(len, own.values())))


def rows_of(questions, answers):
    """Question → answer → its rows."""
    rows = {}
    for row, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        rows.setdefault(question, {}).setdefault(answer, []).append(row)
    return rows


def kept(questions, answers, count, *, fewest=2, part=lambda rows, n: rows[:n]):
    """The first rows of each answer of each question, in order."""
    found = []
    for own in rows_of(questions, answers).values():
        if len(own) >= fewest:
            for rows in own.values():
                found += part(rows, count(own))
    return sorted(found)


def keeps_the_certain(questions, answers):
    """A question with one answer stays."""
    return kept(questions, answers, lambda own: min(map(len, own.values())), fewest=1)


def over_all_questions(questions, answers):
    """Balance answers, whatever was asked."""
    return kept(
        ["all"] * len(questions), answers, lambda own: min(map(len, own.values()))
    )


def smallest_of_all(questions, answers):
    """One number for all questions."""
    numbers = [
        len(rows)
        for own in rows_of(questions, answers).values()
        for rows in own.values()
        if len(own) > 1
    ]
    return kept(questions, answers, lambda own: min(numbers, default=0))


def by_questions(questions, answers):
    """As many rows of each question, whatever the answers."""
    rows = {}
    for row, question in enumerate(questions):
        rows.setdefault(question, []).append(row)
    count = min(map(len, rows.values()))
    return sorted(row for own in rows.values() for row in own[:count])


def last_ones(questions, answers):
    """The last rows, not the first."""
    return kept(
        questions, answers, lambda own: min(map(len, own.values())),
        part=lambda rows, n: rows[len(rows) - n :],
    )  # fmt: skip


def one_of_each(questions, answers):
    """One row of each answer."""
    return kept(questions, answers, lambda own: 1)


def not_in_order(questions, answers):
    """Question after question."""
    found = []
    for own in rows_of(questions, answers).values():
        count = min(map(len, own.values())) if len(own) > 1 else 0
        for rows in own.values():
            found += rows[:count]
    return found


TEXTS = {
    "how many circles": ["0", "1", "2", "3"],
    "how many red ones": ["0", "1", "2"],
    "is there a cross": ["no", "yes"],
    "is there a blue circle": ["no", "yes"],
    "what colour is the square": ["blue", "green", "red"],
}


def drawn(rng: np.random.Generator, count: int, texts) -> tuple[list[str], list[str]]:
    """Questions with answers of which some are more frequent."""
    texts = list(texts)
    questions = [texts[k] for k in rng.integers(len(texts), size=count)]
    answers = []
    for question in questions:
        words = TEXTS[question]
        weights = 1.0 + np.arange(len(words)) ** 2
        answers.append(words[rng.choice(len(words), p=weights / weights.sum())])
    return questions, answers


def exams(rng: np.random.Generator) -> Iterator[Case]:
    """Rows to learn from and rows to be right on; some ask what is new."""
    for count in (4, 6, 8, 10, 12, 16, 20, 24, 30):
        train = drawn(rng, count, rng.permutation(list(TEXTS))[: 2 + count // 8])
        test = drawn(rng, max(4, count // 2), TEXTS)
        yield Case(*train, *test)
    # each of these tells some habits apart, whatever is drawn above
    who, what = rng.choice(["a", "b"], 2), str(rng.integers(3, 9))
    yield Case(
        [f"how many {who[0]}", f"how many {who[0]}", f"how many {who[0]}", "how old",
         "how old", "how old", "how old", "is it", "is it"],
        ["1", "1", what, "9", "9", "9", "0", "no", "no"],
        [f"how many {who[0]}", "how old", "is it", "is it not", "where"],
        ["1", "9", "no", "9", "9"],
    )  # fmt: skip
    yield Case(
        ["is it"] * 3 + ["how many"] * 5, ["yes", "yes", "no", *[what] * 3, "2", "2"],
        ["is it", "how many", "is it", "how many", "where"],
        ["no", "2", "no", "2", what],
    )  # fmt: skip
    # equally frequent, and the first in the alphabet comes late
    yield Case(
        ["is it", "is it", "how many", "how many"], ["yes", "no", what, "2"],
        ["is it", "how many", "where"], ["no", "2", "2"],
    )  # fmt: skip


def collections_(rng: np.random.Generator) -> Iterator[Case]:
    """Rows of several questions, one of them with a single answer."""
    for count in (3, 5, 8, 10, 12, 16, 20, 24):
        texts = rng.permutation(list(TEXTS))[: 1 + count // 6]
        yield Case(*drawn(rng, count, texts))
    questions, answers = drawn(rng, 14, ["how many red ones", "is there a cross"])
    sure = ["is it a picture"] * 3
    order = rng.permutation(17)
    questions, answers = questions + sure, answers + ["yes"] * 3
    yield Case([questions[k] for k in order], [answers[k] for k in order])
    a, b = "is there a cross", "how many circles"
    rows = [(a, "no"), (b, "0"), (a, "no"), (a, "yes"), (a, "yes"), (a, "no"),
            (b, "3"), (a, "yes"), (b, "3"), (b, "3")]  # fmt: skip
    rows += [rows[k] for k in rng.integers(len(rows), size=3)]
    yield Case([q for q, _ in rows], [w for _, w in rows])


EXERCISES = (
    Exercise(
        name="blind_accuracy",
        title="How far without looking?",
        reference=blind_accuracy,
        visible=(
            Case(
                ["is it red", "is it red", "is it red"],
                ["yes", "yes", "no"],
                ["is it red", "is it red"],
                ["yes", "no"],
            ),
            Case(
                ["how many", "how many", "is it red"],
                ["2", "2", "no"],
                ["is it red", "how many", "what colour"],
                ["no", "2", "2"],
            ),
            Case(["is it red"] * 2, ["yes", "no"], ["is it red", "who"], ["no", "no"]),
        ),
        generate=exams,
        misconceptions=(
            Misconception(
                "one answer for all",
                deaf_as_well,
                "You give every question the same answer. A blind rule hears the "
                "question: it keeps the most frequent answer of each.",
            ),
            Misconception(
                "learnt from the test",
                learnt_on_test,
                "You read the most frequent answers off the test rows. A rule that "
                "has seen the answers it is measured on says nothing about new ones.",
            ),
            Misconception(
                "measured where it learnt",
                measured_on_train,
                "You measure on the rows the rule was read off. Learn from the first "
                "two lists, measure on the last two.",
            ),
            Misconception(
                "silent when new",
                silent_when_new,
                "You count a question that was never heard as wrong. Give it the "
                "answer that is most frequent over all examples.",
            ),
            Misconception(
                "left out when new",
                new_left_out,
                "You leave out questions that were never heard. They count as well, "
                "with the answer that is most frequent over all examples.",
            ),
            Misconception(
                "first met",
                first_met,
                "Of equally frequent answers you keep the one that came first, as "
                "`Counter.most_common` does. Asked for is the first in the alphabet.",
            ),
            Misconception(
                "last in the alphabet",
                last_in_the_alphabet,
                "Of equally frequent answers you keep the last in the alphabet, as "
                "`max` of pairs (number, word) does. Asked for is the first.",
            ),
            Misconception(
                "never counted",
                first_in_the_alphabet,
                "You take the first answer in the alphabet, however rare it is. How "
                "often it was right comes first; the alphabet decides between equals.",
            ),
            Misconception(
                "first word only",
                by_first_word,
                "You group questions by their first word. The whole text is the "
                "question: 'how many circles' and 'how many red ones' are two.",
            ),
            Misconception(
                "the last answer",
                last_remembered,
                "You keep the answer that a question had last, as a dictionary does. "
                "Count its answers, and keep the most frequent.",
            ),
            Misconception(
                "a number, not a share",
                number_right,
                "You return how many answers are right. Divide by the number of test "
                "rows to get a share between 0 and 1.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
    Exercise(
        name="balanced_rows",
        title="Make the question tell nothing",
        reference=balanced_rows,
        visible=(
            Case(["is it"] * 5, ["yes", "yes", "no", "yes", "no"]),
            Case(
                ["is it", "who", "is it", "who", "is it"],
                ["yes", "you", "no", "you", "no"],
            ),
        ),
        generate=collections_,
        misconceptions=(
            Misconception(
                "keeps what is certain",
                keeps_the_certain,
                "You keep questions that have one answer only. Whoever hears such a "
                "question knows its answer; leave it out.",
            ),
            Misconception(
                "balanced over all questions",
                over_all_questions,
                "You make answers equally frequent over all rows. Within one question "
                "they may still differ: balance each question by itself.",
            ),
            Misconception(
                "one number for all",
                smallest_of_all,
                "You use the smallest number of the whole collection for every "
                "question, and lose more than you must. Each has a smallest of its "
                "own.",
            ),
            Misconception(
                "questions instead of answers",
                by_questions,
                "You make the questions equally frequent. It is the answers of each "
                "question that have to be.",
            ),
            Misconception(
                "the last rows",
                last_ones,
                "You keep the right number, but the last rows of each answer. The "
                "first ones are asked for.",
            ),
            Misconception(
                "one of each",
                one_of_each,
                "You keep one row of each answer. Keep as many as the rarest answer "
                "of the question has.",
            ),
            Misconception(
                "not in order",
                not_in_order,
                "Your rows are the right ones, but question after question. Sort them.",
            ),
        ),
        page=PAGE,
        minutes=15,
        difficulty=2,
        points=2,
    ),
)
