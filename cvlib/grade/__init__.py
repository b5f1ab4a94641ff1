"""Exercises that say what is wrong with an answer, and why.

    check("conv2d_naive", conv2d_naive)

Every file in `exercises/` holds one topic and a tuple `EXERCISES`. They are read when
first asked for, so importing this package costs next to nothing.
"""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from cvlib.grade import exercises
from cvlib.grade.check import WrongAnswer, check
from cvlib.grade.judge import Result, judge
from cvlib.grade.run import Outcome, run_case
from cvlib.grade.spec import Case, Exercise, Misconception

__all__ = [
    "Case",
    "Exercise",
    "Misconception",
    "Outcome",
    "Result",
    "WrongAnswer",
    "all_exercises",
    "check",
    "get",
    "judge",
    "run_case",
]


@cache
def _registry() -> dict[str, Exercise]:
    found: dict[str, Exercise] = {}
    for topic in sorted(module.name for module in iter_modules(exercises.__path__)):
        for exercise in import_module(f"{exercises.__name__}.{topic}").EXERCISES:
            if exercise.name in found:
                raise ValueError(f"two exercises are called {exercise.name!r}")
            found[exercise.name] = exercise
    return found


def all_exercises() -> tuple[Exercise, ...]:
    """Every exercise of the book, topic by topic.

    Example:
        >>> "slide_window" in [exercise.name for exercise in all_exercises()]
        True
    """
    return tuple(_registry().values())


def get(name: str) -> Exercise:
    """The exercise called `name`.

    Raises:
        KeyError: there is none; the sentence suggests the nearest name.

    Example:
        >>> get("slide_window").page
        'book/convolution/sliding-window'
    """
    try:
        return _registry()[name]
    except KeyError:
        near = get_close_matches(name, _registry(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"no exercise is called {name!r}{hint}") from None
