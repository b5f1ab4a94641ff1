"""What cannot travel: kept here under a number, or lent by J and called there.

J holds on to a learner's function, class or object by its number, and does with it what
`VERBS` names. A function that J gives as an argument is here a `Lent`: calling it asks
J to call the real one.
"""

import copy
import operator
import sys
from collections.abc import Callable
from typing import Any

from .changes import is_tensor, parts
from .write import bases_of, name_of

VERBS: dict[str, Callable] = {
    "call": lambda thing, *args, **kwargs: thing(*args, **kwargs),
    "get": getattr,
    "set": setattr,
    "item": operator.getitem,
    "put": operator.setitem,
    "len": len,
    "bool": bool,
    "str": str,
    "iter": iter,
    "next": next,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


class Lent:
    """A function of J's; the one call it was lent for is the only time to call it."""

    def __init__(self, number: int, name: str, ask: Callable) -> None:
        self.__name__ = name
        self._number, self._ask = number, ask

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Ask J to call it."""
        if self._ask is None:
            raise ReferenceError(
                f"{self.__name__} was lent for one call, which is over; "
                "keep what it returned, not the function"
            )
        torch = sys.modules.get("torch")
        for part in parts((args, kwargs)):
            if is_tensor(part) and part.requires_grad and torch.is_grad_enabled():
                raise RuntimeError(
                    f"{self.__name__} is called where no gradient comes back from: "
                    "call it under torch.no_grad(), or with tensor.detach()"
                )
        return self._ask(self._number, args, kwargs)

    def __deepcopy__(self, memo: dict) -> "Lent":
        return self


class Whole:
    """A value that must stay here as a whole, and why."""

    def __init__(self, value: Any, why: str) -> None:
        self.value, self.why = value, why


class Held:
    """The things J knows by number, and those lent for this call."""

    def __init__(self, ask: Callable) -> None:
        self.ask = ask
        self.things: list[Any] = []  # never forgotten, so that an id stays its own
        self.numbers: dict[int, int] = {}  # id → number
        self.apart: list[Any] = []  # what this request mentions of them
        self.lent: dict[int, Lent] = {}

    def hold(self, value: Any) -> dict:
        """What to tell J of something that cannot travel."""
        if type(value) is Lent and self.lent.get(value._number) is value:
            return {"lent": value._number}
        why = ""
        if type(value) is Whole:
            value, why = value.value, value.why
        number = self.numbers.setdefault(id(value), len(self.things))
        if number == len(self.things):
            self.things.append(value)
        kinds = [str.__str__(name_of(kind)) for kind in bases_of(type(value))]
        facts = {"object": number, "kinds": kinds[:20], "callable": callable(value)}
        return facts | {"why": why} if why else facts

    def found(self, told: dict) -> Any:
        """What J means."""
        if "lent" in told:
            number = told["lent"]
            lent = Lent(number, told["name"], self.ask)
            return self.lent.setdefault(number, lent)
        self.apart.append(self.things[told["object"]])
        return self.apart[-1]

    def over(self) -> None:
        """The request has been answered."""
        for lent in self.lent.values():
            lent._ask = None
        self.lent, self.apart = {}, []
