"""What a learner reads when no misconception explains the failure.

Each says what was seen and what to look at next. Code stands between backticks.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from cvlib.grade.compare import KINDS, Difference, family
from cvlib.grade.run import Outcome
from cvlib.grade.spec import Exercise


def missing(exercise: Exercise, answer: Any) -> str:
    """There is nothing to call."""
    what = "nothing" if answer is None else _a(type(answer).__name__)
    return (
        f"`check` was given {what} where it needs your function. Define "
        f"`{exercise.signature}` and pass it by its name, without brackets."
    )


def foreign(exercise: Exercise, modules: set[str]) -> str:
    """A library was used that the exercise does not allow."""
    if "cvlib" in modules:
        return (
            "Your answer calls `cvlib`, where this very function is kept. "
            "The exercise is to write it yourself."
        )
    return (
        f"This exercise is to be solved with {' and '.join(exercise.imports)} and "
        f"plain Python; your answer uses {' and '.join(sorted(modules))}."
    )


def starter(exercise: Exercise) -> str:
    """The cell is as it was handed out."""
    return (
        f"`{exercise.name}` is not written yet. Replace the line "
        "`raise NotImplementedError` by your own code, then run both cells again."
    )


def nothing(exercise: Exercise) -> str:
    """None came back every time."""
    return (
        f"`{exercise.name}` returned None in every case. Is there a `return` in its "
        "last line? A function that only computes, or prints, gives nothing back."
    )


def describe(
    exercise: Exercise,
    got: Outcome,
    kind: str,
    diff: Difference | None,
    diffs: Iterable[Difference | None] = (),
) -> str:
    """The failure by what can be seen of it; `diffs` are those of all that failed."""
    if kind == "raised":
        return raised(exercise, got)
    if kind == "silent":
        return (
            "This call makes no sense and should end in an error; your function gave "
            "an answer all the same. Check the arguments first, and `raise ValueError`."
        )
    if kind == "changed":
        names = " and ".join(f"`{name}`" for name in got.changed)
        return (
            f"Your function changed its argument {names}, which belongs to the caller. "
            "Work on a copy, or make a new array for the result."
        )
    assert diff is not None
    place = f"part `{diff.where}` of the answer" if diff.where else "the answer"
    if kind == "values":
        return _values(diff, place, diffs)
    return {"type": _type, "shape": _shape, "dtype": _dtype, "nan": _nan}[kind](
        diff, place
    )


def raised(exercise: Exercise, got: Outcome) -> str:
    """The learner's code stopped with an error."""
    message = got.message.strip(" .")
    message = f": {message}" if message else ""
    if not got.inside and got.raised == "TypeError":
        return (
            f"Your function could not be called this way{message}. Keep the first line "
            f"as it was handed out: `def {exercise.signature}:`"
        )
    where = f" in {got.line}," if got.line else ""
    return f"Your function stopped{where} with {got.raised}{message}."


def _type(diff: Difference, place: str) -> str:
    wanted, came = family(diff.expected), family(diff.got)
    if came == "None":
        return (
            f"Here {place} is None, where {_a(wanted)} is expected. Does every path "
            "through your function end in a `return`?"
        )
    if wanted == came == "dict":
        return _keys(diff, place)
    hint = {
        ("array", "list"): " `np.array(…)` makes one of it.",
        ("array", "number"): " Is a sum missing its `axis`?",
        ("number", "array"): " Is there a sum, or an index, still to do?",
        ("tensor", "array"): " `torch.from_numpy(…)` makes one of it.",
    }.get((wanted, came), "")
    if came == "tuple" and not diff.where:
        hint = " A comma behind `return` makes a tuple."
    if came == "generator":
        hint = " `yield` makes one: collect the results instead, and `return` them."
    return f"{_start(place)} is {_a(came)}, where {_a(wanted)} is expected.{hint}"


def _keys(diff: Difference, place: str) -> str:
    """Of two dictionaries: which names one of them has alone."""
    missing = [repr(key) for key in diff.expected if key not in diff.got]
    extra = [repr(key) for key in diff.got if key not in diff.expected]
    parts = [f"lacks {', '.join(missing)}"] * bool(missing)
    parts += [f"has {', '.join(extra)}, which nobody asked for"] * bool(extra)
    return f"{_start(place)} {' and '.join(parts)}. Look at its keys."


def _shape(diff: Difference, place: str) -> str:
    if not hasattr(diff.expected, "shape"):
        wanted, came = len(diff.expected), len(diff.got)
        return (
            f"{_start(place)} has {came} {'part' if came == 1 else 'parts'}, where "
            f"{wanted} {'is' if wanted == 1 else 'are'} expected."
        )
    wanted, came = diff.expected.shape, diff.got.shape
    hint = ""
    if len(wanted) != len(came):
        hint = f" That is {_axes(came)} instead of {_axes(wanted)}."
    elif sorted(wanted) == sorted(came):
        hint = " The lengths are right but their order is not: which axis comes first?"
    return f"{_start(place)} has shape {came}, where {wanted} is expected.{hint}"


def _axes(shape: tuple[int, ...]) -> str:
    return f"{len(shape)} {'axis' if len(shape) == 1 else 'axes'}"


def _dtype(diff: Difference, place: str) -> str:
    wanted, came = diff.expected.dtype, diff.got.dtype
    hint = ""
    if wanted.kind == "f" and came.kind in "iu":
        hint = " An array made of integers cuts off what follows the point."
        if not diff.got.ndim:
            hint = " `//` and `int` cut off what follows the point; `/` keeps it."
    if came.kind == "O":
        hint = " `np.zeros` makes an array of numbers; nothing else fits into it."
    if wanted.kind in "iu" and came.kind == "f":
        hint = " `/` always gives a fraction; `//` divides whole numbers."
    return (
        f"{_start(place)} holds {KINDS[came.kind]} ({came}), where "
        f"{KINDS[wanted.kind]} ({wanted}) are expected.{hint}"
    )


def _nan(diff: Difference, place: str) -> str:
    name = "NaN" if np.isnan(diff.got).any() else "infinity"
    first = [int(i) for i in np.argwhere(diff.wrong)[0]] if diff.got.ndim else ""
    at = f" at {first}" if first else ""
    return (
        f"{_start(place)} contains {name}{at}. Look for a division by zero, 0/0, the "
        "`exp` of a large number, or an array from `np.empty` that was never filled."
    )


def _values(diff: Difference, place: str, diffs: Iterable[Difference | None]) -> str:
    if diff.wrong is None or not diff.wrong.ndim:
        wanted, came = (
            repr(v) if diff.wrong is None else number(v[()])
            for v in (diff.expected, diff.got)
        )
        return f"{_start(place)} is {came}, where {wanted} is expected."
    a, b, n = diff.expected, diff.got, diff.wrong.sum()
    wrong = f"{n} of its {a.size} numbers {'is' if n == 1 else 'are'}"
    if n == a.size:
        wrong = "all its numbers are"
    start = f"{_start(place)} has the right shape, but {wrong} wrong"
    if n > 1 and (pattern := _pattern(diff, diffs)):
        return f"{start}: {pattern}."
    index = tuple(int(i) for i in np.argwhere(diff.wrong)[0])
    last = "Compute this one by hand."
    if b.dtype.kind == "f":
        percent = np.abs(a[np.isfinite(a)]).max(initial=0) / 100
        if np.allclose(b, a, rtol=0, atol=percent, equal_nan=True):
            last = "That is close: is something rounded, or an approximation?"
    return (
        f"{start}. The first is at {list(index)}: {number(a[index])} is expected, your "
        f"function gives {number(b[index])}. {last}"
    )


def _pattern(diff: Difference, diffs: Iterable[Difference | None]) -> str:
    """What the wrong numbers have in common, if it is so wherever the answer fails."""
    alike = [d for d in diffs if d is not None and d.wrong is not None]
    alike = [d for d in alike if d.where == diff.where] or [diff]
    if not any(np.unique(d.expected).size > 1 for d in alike):
        return ""  # numbers that are all the same have everything in common
    each = [_patterns(d.expected, d.got) for d in alike]
    found = _patterns(diff.expected, diff.got)
    return next((found[k] for k in found if all(k in other for other in each)), "")


def _patterns(a: np.ndarray, b: np.ndarray) -> dict[str, str]:
    """All that may be said of `b` beside `a`, by name."""
    found = {}
    if a.ndim == 2 and a.shape[0] == a.shape[1] and np.allclose(a.T, b):
        found["T"] = "they are those expected, with rows and columns exchanged"
    if b.dtype.kind != "f" or not np.isfinite([a, b]).all():
        return found
    if not b.any():
        found["0"] = "your function gives nothing but zeros"
    shift = (b - a).flat[0]
    if np.ptp(b - a) < 1e-9 * (1 + np.abs(a).max()):
        size = "large" if shift > 0 else "small"
        found["+"] = f"each is {number(abs(shift))} too {size}"
    with np.errstate(all="ignore"):
        ratio = (b / a)[a != 0]
    alike = ratio.size and np.allclose(ratio, ratio[0]) and (b[a == 0] == 0).all()
    if alike and number(ratio[0]) != "1":
        found["·"] = f"each is {number(ratio[0])} times what it should be"
        if np.isclose(ratio[0], -1):
            found["·"] = "each has the wrong sign"
    return found


def number(value: Any) -> str:
    """A number as a person writes it."""
    # −0 is a zero like another
    text = f"{value + 0.0:.6g}" if np.asarray(value).dtype.kind == "f" else str(value)
    return text.replace("-", "−") if text[0] == "-" else text


def _a(what: str) -> str:
    if what == "None":
        return what
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def _start(place: str) -> str:
    return place[0].upper() + place[1:]
