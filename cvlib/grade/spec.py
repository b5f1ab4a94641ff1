"""What an exercise is: a name, a reference, cases, and the mistakes people make.

A specification is data. `judge` runs it, `check` shows the result to the learner.
Looking at the list of exercises must not import torch: a reference that needs it
imports it inside, and `call` makes tensors of the arrays of a case.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


class Case:
    """The arguments of one call."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def __repr__(self) -> str:
        return f"Case{self.written('')}"

    def named(self, parameters: Iterable[str] = ()) -> dict[str, Any]:
        """Every argument under the name the signature gives it."""
        names = [*parameters][: len(self.args)]
        names += [f"argument {i + 1}" for i in range(len(names), len(self.args))]
        return dict(zip(names, self.args, strict=True)) | self.kwargs

    def written(self, name: str, parameters: Iterable[str] = ()) -> str:
        """The case as the call it is: arrays by name, the rest by value."""
        names = list(self.named(parameters))[: len(self.args)]
        parts = [
            (name.replace(" ", "_") if is_large(value) else repr(value))
            for name, value in zip(names, self.args, strict=True)
        ]
        parts += [
            f"{key}={key if is_large(value) else repr(value)}"
            for key, value in self.kwargs.items()
        ]
        return f"{name}({', '.join(parts)})"

    @property
    def size(self) -> int:
        """How many numbers a reader has to look at."""
        return sum(count(value) for value in (*self.args, *self.kwargs.values()))


def is_large(value: Any) -> bool:
    """Whether a value is shown in a table of its own, not inside the call."""
    return bool(getattr(value, "shape", ())) or len(repr(value)) > 24


def count(value: Any) -> int:
    """How many numbers `value` holds."""
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(count, value))
    return int(np.prod(getattr(value, "shape", ())))


def run_by_calling(answer: Callable[..., Any], case: Case) -> Any:
    """How a case is run when the answer is a function."""
    return answer(*case.args, **case.kwargs)


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name, the code that makes it, and what helps against it."""

    name: str
    wrong: Callable[..., Any]  # same signature as the reference
    sentence: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: all that is needed to show it, to run it and to judge an answer."""

    name: str  # what the learner must define, unique in the book
    title: str
    # its parameters are the learner's, so it is often a line around a function of cvlib
    reference: Callable[..., Any]
    visible: tuple[Case, ...]  # few, tiny, fixed: the learner sees them
    generate: Callable[[np.random.Generator], Iterable[Case]]  # the hidden ones
    misconceptions: tuple[Misconception, ...]
    page: str  # without the ending: "book/sizes/volumes"
    minutes: int
    difficulty: int  # 1 to 3 stars
    points: int
    rtol: float = 1e-6
    atol: float = 1e-9
    exact: bool = True  # whole numbers, fractions and booleans are different things
    imports: tuple[str, ...] = ("numpy",)  # and Python's own library, always
    # how a case is run on the learner's object: a class is made, loaded, called here
    call: Callable[[Any, Case], Any] = run_by_calling
    # draws a failing case as HTML, from (case, expected, got); None: tables of numbers
    show: Callable[[Case, Any, Any], str] | None = None
    parameters: tuple[str, ...] = field(
        default=()
    )  # read off the reference if not given

    def __post_init__(self) -> None:
        if not self.parameters:
            names = tuple(inspect.signature(self.reference).parameters)
            object.__setattr__(self, "parameters", names)

    @property
    def signature(self) -> str:
        """`conv2d_naive(x, w, b=None, *, stride=1, padding=0)`."""
        return f"{self.name}{inspect.signature(self.reference)}"

    def hidden(self, seed: int) -> tuple[Case, ...]:
        """The cases of one seed, those with the fewest numbers first."""
        cases = self.generate(np.random.default_rng(seed))
        return tuple(sorted(cases, key=lambda case: case.size))

    def written(self, case: Case) -> str:
        """The call that `case` is."""
        return case.written(self.name, self.parameters)
