"""One call of an answer, and everything that came of it.

The arguments are copied, so that a function that scribbles on its input cannot spoil
the next call, and the global random numbers are put back to where they were.
"""

import contextlib
import copy
import dis
import linecache
import random
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cvlib.grade.compare import same
from cvlib.grade.spec import Case, Exercise, run_by_calling


@dataclass(frozen=True)
class Outcome:
    """What a call returned, or the error that ended it."""

    value: Any = None
    error: tuple[str, ...] = ()  # the class of the error and those it is a kind of
    message: str = ""
    line: str = ""  # the learner's own line: 'line 4, `y[i] = x[i]`'
    inside: bool = True  # False: the call itself failed, before the first line ran
    changed: tuple[str, ...] = ()  # arguments that are not what they were
    library: str = ""  # for NotAllowed: what was used and is not there

    @property
    def raised(self) -> str:
        """The name of the error's class, or nothing."""
        return self.error[0] if self.error else ""


class Elsewhere(Exception):  # noqa: N818 - it stands for another error
    """An error of an answer that runs in another process, told as data."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome

    def _render_traceback_(self, *_: Any) -> list[str]:
        """What IPython prints in place of the traceback: none of it was there."""
        return [f"{self.outcome.raised}: {self.outcome.message}"]


def elsewhere(outcome: Outcome) -> Elsewhere:
    """The error to raise here, under the name it has there."""
    return type(outcome.raised, (Elsewhere,), {})(outcome)


class Remote:
    """A function in another process, which can be told of its calls before each is due.

    A question and its answer cost more than most calls take, so the questions travel
    together.
    """

    def ahead(self, calls: list[tuple[tuple, dict]]) -> list[Callable[..., Any]]:
        """Something to call for each of `calls`, once, in this order, with the same."""
        raise NotImplementedError


def ahead(
    exercise: Exercise, answer: Callable[..., Any], cases: Sequence[Case]
) -> Sequence[Callable[..., Any]]:
    """What to call for each case: the answer, or what stands for it elsewhere."""
    if isinstance(answer, Remote) and exercise.call is run_by_calling:
        return answer.ahead([(case.args, case.kwargs) for case in cases])
    return [answer] * len(cases)


def run_case(exercise: Exercise, answer: Callable[..., Any], case: Case) -> Outcome:
    """Run one case on the learner's answer, or on anything that claims to be one.

    Example:
        >>> from cvlib.grade import get
        >>> exercise = get("slide_window")
        >>> run_case(exercise, exercise.reference, exercise.visible[0]).value
        array([[4., 3., 4.],
               [2., 4., 3.],
               [2., 3., 4.]])

    """
    given = copy.deepcopy(case)
    try:
        with contextlib.nullcontext() if isinstance(answer, Remote) else same_random():
            value = exercise.call(answer, given)
    except (Exception, SystemExit) as error:
        return outcome_of(error, answer)
    # a lazy answer may be a view of its argument, so copy it before looking further
    with contextlib.suppress(Exception, SystemExit):  # a generator has no copy
        value = copy.deepcopy(value)
    before, after = (c.named(exercise.parameters) for c in (case, given))
    changed = tuple(name for name in before if not same(before[name], after[name]))
    return Outcome(value, changed=changed)


@contextlib.contextmanager
def same_random() -> Iterator[None]:
    """Put the global random numbers back, NumPy's too: learners may draw from them."""
    numpy_state = np.random.get_state()  # noqa: NPY002 - the old numbers are global
    python_state = random.getstate()
    try:
        yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002 - as above
        random.setstate(python_state)


def outcome_of(error: BaseException, answer: Callable[..., Any]) -> Outcome:
    """The error as data, with the line of the learner's file that it came from."""
    if isinstance(error, Elsewhere):
        return error.outcome
    classes = tuple(
        kind.__name__
        for kind in type(error).__mro__
        if kind not in (Exception, BaseException, object)
    )
    home = getattr(getattr(answer, "__code__", None), "co_filename", None)
    line, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == home:
            text = linecache.getline(home, trace.tb_lineno).strip()
            line = f"line {trace.tb_lineno}" + (f", `{text}`" if text else "")
        trace = trace.tb_next
    inside = bool(line) or home is None
    return Outcome(None, classes or ("Exception",), str(error), line, inside)


def foreign_imports(answer: Callable[..., Any], allowed: tuple[str, ...]) -> set[str]:
    """Libraries that a function and its helpers use beyond the allowed and Python's.

    This helps honest people; it is not what keeps the others out.
    """
    used: set[str] = set()
    code_seen: set[types.CodeType] = set()

    def look(code: types.CodeType, names: dict[str, Any], home: str) -> None:
        if code in code_seen:
            return
        code_seen.add(code)
        used.update(imported(code))
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                look(constant, names, home)
        for name in code.co_names:
            thing = names.get(name)
            if isinstance(thing, types.ModuleType):
                used.add(thing.__name__)
            elif (module := getattr(thing, "__module__", None)) == home:
                if isinstance(thing, types.FunctionType):
                    look(thing.__code__, names, home)
            elif isinstance(module, str):
                used.add(module)

    functions = [answer] if not isinstance(answer, type) else vars(answer).values()
    for function in functions:
        if isinstance(function, types.FunctionType):
            look(function.__code__, function.__globals__, function.__module__)
    used.add(getattr(answer, "__module__", None) or "__main__")
    home = (getattr(answer, "__module__", None) or "__main__").partition(".")[0]
    free = {*sys.stdlib_module_names, *allowed, "__main__"}
    # the file in which the answer stands is no library, unless it is ours
    free |= {home} - {"cvlib", "grader"}
    return {name.partition(".")[0] for name in used} - free


def imported(code: types.CodeType) -> set[str]:
    """The modules that `import` statements inside a function name."""
    return {
        step.argval
        for step in dis.get_instructions(code)
        if step.opname == "IMPORT_NAME" and step.argval
    }
