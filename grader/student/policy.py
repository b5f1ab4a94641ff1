"""What may be imported: what is not mounted is not there, and says so when it is used.

An import alone does no harm, and many learners compare with a library in a cell of
their own. So a library that the sandbox lacks can be imported; using it is an error
with one clear sentence.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterable
from types import ModuleType


class NotAllowed(ImportError):  # noqa: N818 - what a learner reads
    """A library was used that is not there where work is graded."""


class Absent:
    """Stands for something of a library that is not there; any use of it is refused."""

    def __init__(self, name: str, allowed: str) -> None:
        self.__dict__.update(_name=name, _allowed=allowed)

    def _refuse(self, *_: object, **__: object) -> None:
        library = self._name.partition(".")[0]
        raise NotAllowed(
            f"This exercise is to be solved with {self._allowed} and plain Python;"
            f" your code uses {self._name}, which is not there when work is graded.",
            name=library,
        )

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}", self._allowed)

    __call__ = __mro_entries__ = __iter__ = __getitem__ = __enter__ = _refuse
    __len__ = __bool__ = __add__ = __mul__ = __matmul__ = __sub__ = _refuse


class AbsentModule(ModuleType):
    """A module that is not there."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}", self._allowed)

    def __call__(self, *_: object, **__: object) -> None:
        """`from library import function` may take the function for a module."""
        Absent(self.__name__, self._allowed)()


class AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last to be asked for a module: gives a stand-in for a known library."""

    def __init__(self, absent: Iterable[str], allowed: str) -> None:
        self.absent, self.allowed = frozenset(absent), allowed

    def find_spec(self, fullname: str, path=None, target=None):
        """A spec for what is known and not there; None leaves it to Python."""
        if fullname.partition(".")[0] in self.absent:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec) -> AbsentModule:
        """The stand-in."""
        module = AbsentModule(spec.name)
        module.__dict__["_allowed"] = self.allowed
        return module

    def exec_module(self, module) -> None:
        """Nothing to run."""


def explain_what_is_absent(absent: Iterable[str], allowed: str) -> None:
    """Give the known libraries that are not mounted a stand-in that can explain."""
    sys.meta_path.append(AbsentFinder(absent, allowed))
