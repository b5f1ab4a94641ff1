"""Something of a learner's that stays in their process, used from here.

A test cell does with it what it would do with the thing itself: call it, call its
methods, read and set attributes, index it, walk over it. Every use is a question to the
student's process, and what is read is plain data of our own: a copy. So

- `net.weight` is a tensor, but filling it changes nothing there: use
  `net.load_state_dict`, or a method of the learner's;
- no gradient comes back through `net(x)`: let the learner's code call `backward`;
- random numbers are drawn there: `torch.manual_seed` here has no effect on them.

A thing is never asked whether it is right. Comparison, arithmetic and NumPy's functions
would tell it what is expected and take its word for the result, so a proxy has none:
`f(x) == 4` is False if `f` returned an object, whatever that object would say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cvlib.grade.run import Remote
from grader import told

LONGEST = 10_000  # how far `for` walks
FAMILIES = {"array", "number", "tensor", "None"}  # what `cvlib.grade` calls plain data


@dataclass
class Far:
    """Where the thing is, and what is said of it there."""

    session: Any
    life: int  # of the process: in another one the number means nothing
    number: int
    root: str  # the learner's name that led to it
    kinds: tuple[str, ...]
    why: str = ""
    name: str = ""  # under which it can be found again, if it has one


class Proxy:
    """A learner's object, used where it lives."""

    __module__ = "__main__"  # where the learner defined it, for `cvlib.grade.judge`
    __array_ufunc__ = None

    def __init__(self, far: Far) -> None:
        object.__setattr__(self, "_far", far)

    @property
    def __kinds__(self) -> tuple[str, ...]:
        """See `kinds`."""
        return self._far.kinds

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(
                f"{name} of a learner's object cannot be read where work is graded"
            )
        return self._do("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            raise AttributeError(
                f"{name} of a learner's object cannot be set where work is graded"
            )
        self._do("set", name, value)

    def __len__(self) -> int:
        return self._do("len", kind=int)

    def __bool__(self) -> bool:
        return self._do("bool", kind=bool)

    def __str__(self) -> str:
        return self._do("str", kind=str)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of the learner's>"

    def __getitem__(self, index: Any) -> Any:
        return self._do("item", index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._do("put", index, value)

    def __iter__(self) -> Iterator[Any]:
        return self._values(self._do("iter", kind=Proxy))

    def __next__(self) -> Any:
        try:
            return self._do("next")
        except told.Elsewhere as error:
            if error.outcome.raised == "StopIteration":
                raise StopIteration from None
            raise

    def __copy__(self) -> Any:
        return self._do("copy")

    def __deepcopy__(self, memo: dict) -> Any:
        return self._do("deepcopy")

    def _do(self, verb: str, *args: Any, kind: type | None = None) -> Any:
        return self._far.session.call(verb, self, args, {}, kind=kind)

    def _values(self, walk: Iterator[Any]) -> Iterator[Any]:
        session = self._far.session
        most = session.heard + session.limits.message_bytes
        for _ in range(LONGEST):
            try:
                yield next(walk)
            except StopIteration:
                return
            if session.heard > most:
                break
        raise told.unsendable(
            f"a walk over {type(self).__name__} gives more than {LONGEST:,} values, or "
            "too large ones; take single values with next()"
        )


class Function(Proxy, Remote):
    """A proxy that can be called itself: a function, a class, a module of torch."""

    __module__ = "__main__"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it where it lives."""
        return self._far.session.call("call", self, args, kwargs)

    def ahead(self, calls: list[tuple[tuple, dict]]) -> list["Prepared"]:
        """Have it called before each call is due."""
        questions = self._far.session.ahead(self, calls)
        return [Prepared(self, self._far.life, question) for question in questions]


@dataclass(frozen=True)
class Prepared(Remote):
    """A call that may be under way already."""

    function: Function
    life: int
    question: bytes

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make the call, or take its answer."""
        far = self.function._far
        question = self.question if far.life == self.life else b""
        given = (self.function, args, kwargs)
        return far.session.call("call", *given, question=question)


def kinds(thing: Any) -> tuple[str, ...]:
    """The names of a thing's class and of those it is derived from.

    `isinstance(net, nn.Module)` cannot be true of a proxy: the class of `net` exists
    in the learner's process only. So ask `"Module" in kinds(net)`, and treat the
    answer as the claim that it is: the learner's process gives it. What counts is what
    the object does.

    Args:
        thing: a proxy, or any object.

    Example:
        >>> kinds(True)
        ('bool', 'int', 'object')
    """
    if isinstance(thing, Proxy):
        return thing.__kinds__
    return tuple(kind.__name__ for kind in type(thing).__mro__)


def made(session: Any, root: str, facts: dict) -> Proxy:
    """The proxy of something a student says it holds.

    Raises:
        ValueError: no student of ours would say it so.
    """
    number, names = facts["object"], facts["kinds"]
    if type(number) is not int or not 0 <= number < 2**53:
        raise ValueError("no number")
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise ValueError("no names of classes")
    names = tuple(name[:80] for name in names[:20])
    why = told.text(facts.get("why"), 4000)
    shown = names[0] if names and names[0].isidentifier() else "Proxy"
    base = Function if facts["callable"] is True else Proxy
    kind = base if shown in FAMILIES else named(base, shown)
    return kind(Far(session, session.life, number, root, names, why))


@lru_cache(maxsize=256)  # learners may make up names without end
def named(base: type[Proxy], name: str) -> type[Proxy]:
    """A class of proxies under the name of the class they stand for."""
    return type(name, (base,), {"__module__": "__main__"})
