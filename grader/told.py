"""What a student says of errors and outputs, made into ours; nothing is believed."""

import json
from typing import Any

import nbformat

from cvlib.grade.run import Elsewhere, Outcome

CATCHABLE = {
    kind.__name__: kind
    for kind in (
        ArithmeticError, AssertionError, AttributeError, ImportError, IndexError,
        KeyError, LookupError, MemoryError, NameError, NotImplementedError, OSError,
        OverflowError, RecursionError, ReferenceError, RuntimeError, TypeError,
        ValueError, ZeroDivisionError,
    )
}  # fmt: skip
"""Errors of a learner that `except` knows here as it would there."""


def raised(outcome: Outcome) -> Elsewhere:
    """The error to raise here: under the name it has there, and of the same kind."""
    kind = next((CATCHABLE[n] for n in outcome.error if n in CATCHABLE), None)
    bases = (Elsewhere, kind) if kind else (Elsewhere,)
    own = {"__str__": lambda self: self.outcome.message, "__module__": "__main__"}
    return type(outcome.raised, bases, own)(outcome)


def unsendable(sentence: str) -> Elsewhere:
    """What cannot cross as plain data; under a name that no case expects."""
    return raised(Outcome(error=("Refused",), message=sentence[:4000]))


def outcome(error: dict) -> Outcome:
    """An error that a student told, as `cvlib.grade` keeps one."""
    kinds = error.get("kinds")
    names = kinds[:20] if isinstance(kinds, (list, tuple)) else []
    names = [text(name, 80) for name in names]
    return Outcome(
        error=tuple(name for name in names if name.isidentifier()) or ("Exception",),
        message=text(error.get("message"), 4000),
        line=text(error.get("line"), 400),
        inside=error.get("inside") is not False,
        library=text(error.get("library"), 80),
    )


def text(value: Any, most: int) -> str:
    """A string that is not too long, whatever was sent in its place."""
    return value[:most] if isinstance(value, str) else ""


def outputs(written: Any) -> list[dict]:
    """The outputs of a cell, from JSON.

    Raises:
        ValueError: they are none.
    """
    if not isinstance(written, str):
        raise ValueError("not JSON")
    try:
        found = json.loads(written)
        for output in found:
            nbformat.validate(output, ref="output", version=4)
    except (RecursionError, TypeError, nbformat.ValidationError) as problem:
        raise ValueError("no outputs of a cell") from problem
    return found


def error_output(name: str, sentence: str) -> dict:
    """An error as a cell shows it."""
    text = f"{name}: {sentence}"
    return {
        "output_type": "error", "ename": name, "evalue": sentence, "traceback": [text]
    }  # fmt: skip
