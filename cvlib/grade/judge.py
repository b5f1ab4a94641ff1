"""Run an answer on the cases of an exercise and find the one sentence that helps.

The misconceptions are run beside the reference. An answer that does what one of them
does, wherever either is not right, is taken to be that misconception. Only if none fits
is the failure described by what can be seen of it: error, shape, kind, numbers.
"""

import contextlib
import copy
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cvlib.grade import sentences
from cvlib.grade.compare import Difference, difference
from cvlib.grade.run import Outcome, ahead, foreign_imports, run_case
from cvlib.grade.spec import Case, Exercise

Run = Callable[[Exercise, Any, Case], Outcome]


@dataclass(frozen=True)
class Result:
    """What is known after a check. Data: nothing is shown, nothing is raised."""

    exercise: Exercise
    passed: bool
    visible: int  # how many cases were run
    hidden: int = 0
    kind: str = "right"  # or starter, none, raised, type, shape, dtype, nan, values, …
    sentence: str = ""
    misconception: str = ""  # its name
    case: Case | None = None  # the smallest that failed
    expected: Any = None
    got: Any = None
    difference: Difference | None = None
    failed: int = 0  # how many cases failed

    def __repr__(self) -> str:
        from cvlib.grade.card import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from cvlib.grade.card import as_html

        return as_html(self)


@dataclass(frozen=True)
class Trial:
    """One case with what was expected and what came."""

    case: Case
    expected: Outcome
    mistaken: tuple[Outcome, ...]  # what each misconception makes of it
    got: Outcome
    problem: tuple[str, Difference | None]  # its kind; ("", None) if there is none


def judge(
    exercise: Exercise, answer: Any, seed: int | None = None, *, run: Run = run_case
) -> Result:
    """Judge an answer on the visible cases, and on the hidden ones of `seed`.

    Args:
        exercise: the specification.
        answer: what the learner defined.
        seed: None for the visible cases alone.
        run: how a case is run on the answer; another process may do it.

    Returns:
        The result, with the sentence for the learner.

    Example:
        >>> from cvlib.grade import get
        >>> judge(get("slide_window"), lambda image, kernel: None).kind
        'none'
    """
    cases = cases_of(exercise, seed)
    visible = len(exercise.visible)
    counts = {"visible": visible, "hidden": len(cases) - visible}

    def refused(kind: str, sentence: str, **more: Any) -> Result:
        return Result(exercise, False, kind=kind, sentence=sentence, **counts, **more)

    if answer is None or not callable(answer):
        return refused("missing", sentences.missing(exercise, answer))
    if foreign := foreign_imports(answer, exercise.imports):
        return refused("import", sentences.foreign(exercise, foreign))
    trials = try_all(exercise, answer, seed, run)
    if any(trial.got.raised == "NotImplementedError" for trial in trials):
        return refused("starter", sentences.starter(exercise))
    if stopped := [t.got for t in trials if t.got.raised == "Stopped"]:
        return refused("stopped", stopped[0].message)
    if absent := {t.got.library for t in trials if t.got.raised == "NotAllowed"}:
        return refused("import", sentences.foreign(exercise, absent))
    failures = [trial for trial in trials if trial.problem[0]]
    if not failures:
        return Result(exercise, True, **counts)
    if all(t.got.value is None and not t.got.raised for t in trials):
        return refused("none", sentences.nothing(exercise))

    # few visible cases may fit several misconceptions: ask more, which do not count
    more = []
    if seed is None:
        with contextlib.redirect_stdout(io.StringIO()):
            more = try_all(exercise, answer, 0, run, start=visible)
    k = misconception_of(exercise, trials + more)
    found = None if k is None else exercise.misconceptions[k]
    if found is not None:
        failures = [t for t in failures if differs(exercise, k, t)] or failures
    worst = min(failures, key=lambda trial: trial.case.size)
    kind, diff = worst.problem
    diffs = [t.problem[1] for t in failures]
    sentence = sentences.describe(exercise, worst.got, kind, diff, diffs)
    return refused(
        kind,
        found.sentence if found else sentence,
        misconception=found.name if found else "",
        case=copy.deepcopy(worst.case),
        expected=copy.deepcopy(shown(worst.expected)),
        got=shown(worst.got),
        difference=diff,
        failed=len([trial for trial in trials if trial.problem[0]]),
    )


def shown(outcome: Outcome) -> Any:
    """What the card prints of an outcome: its value, or its error as an exception."""
    if not outcome.raised:
        return outcome.value
    return RuntimeError(f"{outcome.raised}: {outcome.message}")


@lru_cache(maxsize=256)
def cases_of(exercise: Exercise, seed: int | None) -> tuple[Case, ...]:
    """The visible cases, then those of the seed."""
    hidden = () if seed is None else exercise.hidden(seed)
    return (*exercise.visible, *hidden)


@lru_cache(maxsize=256)
def ours(exercise: Exercise, seed: int | None) -> tuple[tuple[Outcome, ...], ...]:
    """What reference and misconceptions make of the cases, kept for the next answer."""
    functions = [exercise.reference, *(m.wrong for m in exercise.misconceptions)]
    cases = cases_of(exercise, seed)
    with warnings.catch_warnings():  # a learner has no part in these
        warnings.simplefilter("ignore")
        return tuple(tuple(run_case(exercise, f, c) for c in cases) for f in functions)


def try_all(
    exercise: Exercise, answer: Any, seed: int | None, run: Run, start: int = 0
) -> list[Trial]:
    """Run the answer on every case from `start` on, beside what is known of it."""
    cases = cases_of(exercise, seed)[start:]
    known = (outcomes[start:] for outcomes in ours(exercise, seed))
    trials = []
    for case, call, expected, *mistaken in zip(
        cases, ahead(exercise, answer, cases), *known, strict=True
    ):
        got = run(exercise, call, case)
        problem = problem_of(exercise, expected, got)
        trials.append(Trial(case, expected, tuple(mistaken), got, problem))
        if got.raised in ("NotImplementedError", "Stopped"):
            break
    return trials


def problem_of(
    exercise: Exercise, expected: Outcome, got: Outcome
) -> tuple[str, Difference | None]:
    """The kind of failure, and the difference if there are two values to compare."""
    if expected.raised or got.raised:
        if expected.raised and not got.raised:
            return "silent", None
        fits = expected.raised and same_error(expected, got)
        return ("", None) if fits else ("raised", None)
    found = values_differ(exercise, expected.value, got.value)
    scribbled = got.changed and not expected.changed
    if scribbled and (found is None or found.kind == "values"):
        return "changed", None
    return (found.kind, found) if found else ("", None)


def values_differ(exercise: Exercise, a: Any, b: Any) -> Difference | None:
    """The first difference between two values, as strict as the exercise is."""
    tolerances = {"rtol": exercise.rtol, "atol": exercise.atol}
    return difference(a, b, exact=exercise.exact, **tolerances)


def same_error(expected: Outcome, got: Outcome) -> bool:
    """ShapeError is a ValueError: a learner who raises the latter is right."""
    return got.raised in expected.error or expected.raised in got.error


def misconception_of(exercise: Exercise, trials: list[Trial]) -> int | None:
    """Which misconception explains the failures, if one does.

    It must do what the answer does in every case in which one of the two is not right:
    an answer that is wrong elsewhere as well has been thought of in another way.
    """
    for k in range(len(exercise.misconceptions)):
        telling = [t for t in trials if t.problem[0] or differs(exercise, k, t)]
        if all(agrees(exercise, t.mistaken[k], t.got) for t in telling):
            return k
    return None


def differs(exercise: Exercise, k: int, trial: Trial) -> bool:
    """Whether the misconception shows in this case."""
    return bool(problem_of(exercise, trial.expected, trial.mistaken[k])[0])


def agrees(exercise: Exercise, theirs: Outcome, got: Outcome) -> bool:
    """Whether an answer did just what the misconception does."""
    if theirs.raised or got.raised:
        return theirs.raised == got.raised
    if theirs.changed != got.changed:
        return False
    return values_differ(exercise, theirs.value, got.value) is None
