"""A course of two exercises, small enough to follow what grading does to it."""

from dataclasses import dataclass
from types import SimpleNamespace

FACTOR = 2


@dataclass(frozen=True)
class Misconception:
    name: str
    wrong: object
    sentence: str


def double(x):
    return FACTOR * x


def squared(x):
    return x**FACTOR


def unchanged(x):
    return x


def mean(values):
    return sum(values) / len(values)


def total(values):
    return sum(values)


def halved(values):
    return total(values) / 2


def first(values):
    return values[0]


EXERCISES = {
    "double": SimpleNamespace(
        name="double",
        title="Double",
        reference=double,
        cases=[(0,), (3,)],
        hidden=[(5,), (-2,)],
        misconceptions=(
            Misconception("square", squared, "You squared x: doubling adds it once."),
            Misconception("unchanged", unchanged, "You returned x as it was."),
        ),
        page="book/doubling",
        minutes=5,
        difficulty=1,
        points=2,
    ),
    "mean": SimpleNamespace(
        name="mean",
        title="Mean",
        reference=mean,
        cases=[([2, 4],)],
        hidden=[([1, 2, 3],)],
        misconceptions=(
            Misconception("total", total, "You forgot to divide by how many."),
            Misconception("half", halved, "You divided by 2, whatever the length."),
            Misconception("first", first, "You returned the first value only."),
        ),
        page="book/doubling",
        minutes=10,
        difficulty=2,
        points=3,
    ),
}


class WrongAnswer(AssertionError):  # noqa: N818 - the book's name for it
    def _render_traceback_(self):
        return [str(self)]


def get(name):
    return EXERCISES[name]


def check(name, function, seed=None):
    spec = EXERCISES[name]
    for case in spec.cases + (spec.hidden if seed is not None else []):
        if function(*case) == spec.reference(*case):
            continue
        for belief in spec.misconceptions:
            if function(*case) == belief.wrong(*case):
                raise WrongAnswer(belief.sentence)
        raise WrongAnswer(f"{name}{case} is {spec.reference(*case)}.")
    return 0.5  # nbgrader would take a displayed number for partial credit
