"""What must hold of every exercise in the book, whoever wrote it."""

import importlib.util
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cvlib import grade
from cvlib.grade.compare import same

EXERCISES = grade.all_exercises()
SEEDS = (0, 1, 2, 3)
each = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
TITLES = {e.name: e for e in EXERCISES}


def answers(kind: str) -> dict[str, list]:
    """RIGHT or WRONG of every file in tests/wrong, by exercise."""
    found: dict[str, list] = {}
    for path in sorted((Path(__file__).parents[2] / "wrong").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"wrong_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, given in getattr(module, kind, {}).items():
            found.setdefault(name, []).extend(given)
    return found


RIGHT, WRONG = answers("RIGHT"), answers("WRONG")
MISTAKES = [(e, m) for e in EXERCISES for m in e.misconceptions]


def ours(exercise: grade.Exercise) -> grade.Exercise:
    """The same exercise, in which cvlib may be called: our own answers do."""
    return replace(exercise, imports=(*exercise.imports, "cvlib"))


@each
@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_the_reference_is_right(exercise, seed):
    assert grade.judge(ours(exercise), exercise.reference, seed).passed


@each
def test_the_reference_itself_is_not_accepted_from_a_learner(exercise):
    if exercise.reference.__module__.startswith("cvlib"):
        assert grade.judge(exercise, exercise.reference, 1).kind == "import"


# the mistakes stand for a learner's cell, where a warning is not an error
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("exercise", "mistake"), MISTAKES, ids=[f"{e.name}: {m.name}" for e, m in MISTAKES]
)
def test_a_misconception_reads_its_own_sentence(exercise, mistake):
    for seed in SEEDS:
        result = grade.judge(ours(exercise), mistake.wrong, seed)
        assert not result.passed
        assert result.misconception == mistake.name, f"seed {seed}"
        assert result.sentence == mistake.sentence
        assert result.case is not None


@each
def test_there_are_three_misconceptions_or_more(exercise):
    names = [m.name for m in exercise.misconceptions]
    assert len(set(names)) == len(names) >= 3


@each
def test_sentences_teach(exercise):
    for mistake in exercise.misconceptions:
        assert 60 <= len(mistake.sentence) <= 320, mistake.name
        assert mistake.sentence.rstrip("`")[-1] in ".?…", mistake.name
        assert len(re.findall(r"[.?:] +[A-Z]", mistake.sentence)) <= 3, mistake.name
        assert not re.match(r"(wrong|incorrect|error)\b", mistake.sentence, re.I)
        assert mistake.sentence.count("`") % 2 == 0


@each
def test_two_right_answers_or_more_are_accepted(exercise):
    given = RIGHT.get(exercise.name, [])
    assert len(given) >= 2
    for answer in given:
        for seed in SEEDS:
            result = grade.judge(exercise, answer, seed)
            assert result.passed, f"{answer.__name__}: {result}"


@pytest.mark.parametrize(
    ("name", "answer", "part"),
    [(name, *pair) for name, given in WRONG.items() for pair in given],
    ids=lambda value: getattr(value, "__name__", None) or str(value)[:30],
)
def test_named_wrong_answers_are_refused_with_help(name, answer, part):
    result = grade.judge(TITLES[name], answer, 1)
    assert not result.passed
    assert part in result.sentence


def starter(*args, **kwargs):
    raise NotImplementedError("write me")


def returns_none(*args, **kwargs):
    return None


def returns_nan(*args, **kwargs):
    return float("nan")


def returns_ellipsis(*args, **kwargs):
    return ...


def by_heart(exercise):
    """An answer that knows the visible cases by heart, and else says the first."""
    known = [
        (case, grade.run_case(exercise, exercise.reference, case).value)
        for case in exercise.visible
    ]

    def answer(*args, **kwargs):
        asked = grade.Case(*args, **kwargs).named(exercise.parameters)
        for case, value in known:
            if same(asked, case.named(exercise.parameters)):
                return value
        return known[0][1]

    return answer


@each
def test_answers_without_thought_score_nothing(exercise):
    for answer in (starter, returns_none, returns_nan, returns_ellipsis):
        assert not grade.judge(exercise, answer).passed
        assert not grade.judge(exercise, answer, 1).passed
    assert grade.judge(exercise, starter).kind == "starter"
    assert grade.judge(exercise, returns_none).kind == "none"


@each
@pytest.mark.parametrize("seed", SEEDS)
def test_visible_answers_by_heart_score_nothing(exercise, seed):
    answer = by_heart(exercise)
    unguarded = ours(exercise)
    assert grade.judge(unguarded, answer).passed
    assert not grade.judge(unguarded, answer, seed).passed


@each
def test_hidden_cases_are_many_and_new_and_quick(exercise):
    start = time.thread_time()
    one, other = exercise.hidden(1), exercise.hidden(2)
    assert time.thread_time() - start < 2
    assert len(one) >= 8
    plain = [case.named(exercise.parameters) for case in exercise.visible]
    fresh = [
        c for c in one if not any(same(c.named(exercise.parameters), p) for p in plain)
    ]
    assert len(fresh) >= 0.8 * len(one)
    assert [c.size for c in one] == sorted(c.size for c in one)
    assert repr_of(one) == repr_of(exercise.hidden(1))
    assert repr_of(one) != repr_of(other)


def repr_of(cases) -> str:
    with np.printoptions(threshold=10**6, precision=17):
        return repr([(case.args, case.kwargs) for case in cases])


@each
def test_visible_cases_fit_on_a_card(exercise):
    assert 2 <= len(exercise.visible) <= 6
    assert all(case.size <= 200 for case in exercise.visible)


@each
def test_what_is_printed_about_it_is_plausible(exercise):
    assert re.fullmatch(r"[A-Za-z_]\w*", exercise.name)
    assert 3 <= len(exercise.title) <= 48
    assert re.fullmatch(r"book/[a-z0-9-]+/[a-z0-9-]+", exercise.page)
    assert 3 <= exercise.minutes <= 60
    assert exercise.difficulty in (1, 2, 3)
    assert 1 <= exercise.points <= 6
    assert exercise.signature.startswith(exercise.name + "(")


@each
def test_every_failure_can_be_drawn(exercise):
    for mistake in exercise.misconceptions:
        result = grade.judge(ours(exercise), mistake.wrong, 1)
        html = result._repr_html_()
        assert "<script" not in html
        assert " id=" not in html
        assert html.count("<table") == html.count("<caption") or exercise.show
        assert exercise.name in repr(result)


def test_names_are_unique_and_answers_belong_to_one():
    assert len(TITLES) == len(EXERCISES)
    assert {*RIGHT, *WRONG} <= {*TITLES}
