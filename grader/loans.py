"""Functions of ours that a learner's code may have called, while one call goes on."""

import contextlib
import itertools
import sys
from typing import Any

from grader import told
from grader.student import codec


class Loans:
    """What is lent for the call that goes on. Numbers are never used twice."""

    def __init__(self) -> None:
        self.functions: dict[int, Any] = {}
        self.numbers = itertools.count()
        self.at_work = False  # the student waits for one of them

    def lend(self, function: Any) -> dict:
        """Lend a function; what to tell the student of it.

        Raises:
            Refused: it is none.
        """
        refuse_to_lend(function)
        number = next(self.numbers)
        self.functions[number] = function
        name = getattr(function, "__name__", None)
        return {"lent": number, "name": told.text(name, 80) or "the function"}

    def call(self, question: dict) -> bytes:
        """Call a function, for it was lent; what to answer.

        Raises:
            Refused: it was not, or this is no way to ask.
        """
        number, args, kwargs = (question.get(k) for k in ("callback", "args", "kwargs"))
        if type(number) is not int or number not in self.functions:
            raise codec.Refused("what was not lent is not called")
        if not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise codec.Refused("a function takes arguments")
        self.at_work = True
        try:
            with without_gradients():
                return codec.encode({"value": self.functions[number](*args, **kwargs)})
        except Exception as error:
            message = str(error)[:400].encode("utf-8", "replace").decode()
            return codec.encode({"error": type(error).__name__, "message": message})
        finally:
            self.at_work = False

    def end(self) -> None:
        """The call is over, and with it all loans."""
        self.functions = {}


def refuse_to_lend(value: Any) -> None:
    """Only functions can be lent: what they take and give is plain data."""
    torch = sys.modules.get("torch")
    name = getattr(value, "__name__", type(value).__name__)
    if torch is not None and isinstance(value, torch.nn.Module):
        raise codec.Refused(
            f"a torch module of the judge's ({name}) cannot be given to a learner's "
            "code, for no gradient would cross: let the learner's code make one"
        )
    if isinstance(value, type) or not callable(value):
        raise codec.Refused(
            f"{name} cannot be given to a learner's code: "
            "give plain data, a function, or something of the learner's own"
        )


def without_gradients() -> contextlib.AbstractContextManager:
    """A gradient could not travel on, and one that is missing should be missed."""
    torch = sys.modules.get("torch")
    return contextlib.nullcontext() if torch is None else torch.no_grad()
