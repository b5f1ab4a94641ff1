"""Write a misconception down as the learner who has it would: as a cell's source.

The specs build their wrong answers from cvlib. A learner's answer may not, and where
work is graded cvlib need not even exist, so all that a wrong answer uses comes along.
"""

import ast
import copy
import inspect
import symtable
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import resolve_name
from textwrap import indent
from types import ModuleType

OURS = ("cvlib", "grader")


def source_of(function: Callable, name: str) -> str:
    """The source of `function` under the name `name`, with all that it needs.

    Args:
        function: defined by `def` or `class` at the top of a module.
        name: what the learner must define.

    Returns:
        Python that runs on its own; it imports other people's libraries only.

    Raises:
        ValueError: the function has no such definition, for example because it is a
            lambda, or what it needs cannot be put into one cell.
    """
    home = inspect.getmodule(function)
    original = getattr(function, "__name__", "")
    if home is None or original not in definitions(home):
        raise ValueError(
            f"the wrong answer for {name} must be defined at the top of its module,"
            f" got {function!r}"
        )
    found: dict[str, ast.stmt] = {}
    _collect(home, original, found)
    body = "\n\n".join(_bare(node) for node in dict.fromkeys(found.values()))
    # inside a function, so that a helper may be called what the learner must define
    return (
        f"def written_down():\n{indent(body, '    ')}\n\n    return {original}\n\n\n"
        f"{name} = written_down()\n"
    )


@cache
def definitions(module: ModuleType) -> dict[str, ast.stmt]:
    """The names that a module binds at its top, each with the statement that does."""
    tree = ast.parse(inspect.getsource(module))
    return {name: node for node in tree.body for name in _bound(node)}


def _bare(node: ast.stmt) -> str:
    """A statement as text, without the docstring that a learner would not write."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
        node = copy.copy(node)
        node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(node)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def _collect(module: ModuleType, name: str, found: dict[str, ast.stmt]) -> None:
    """Add what binds `name` in `module` to `found`, after all that it needs itself."""
    node = definitions(module)[name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        _follow(module, node, name, found)
        return
    if name in found:
        if ast.dump(found[name]) != ast.dump(node):
            raise ValueError(f"two different things are called {name}")
        return
    found[name] = node  # holds the place, so that mutual calls end
    for used in _globals_of(symtable.symtable(ast.unparse(node), name, "exec")):
        if used in definitions(module):
            _collect(module, used, found)
    found[name] = found.pop(name)


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that some code looks up outside itself; its own variables are not."""
    for symbol in table.get_symbols():
        here = table.get_type() == "module" or symbol.is_global()
        if here and symbol.is_referenced():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals_of(inner)


def _follow(
    module: ModuleType,
    node: ast.Import | ast.ImportFrom,
    name: str,
    found: dict[str, ast.stmt],
) -> None:
    """Copy what an import of ours brings; keep an import of someone else's."""
    alias = next(
        a for a in node.names if name == (a.asname or a.name).partition(".")[0]
    )
    origin = getattr(node, "module", None) or alias.name
    if getattr(node, "level", 0):  # from .windows import taps
        origin = resolve_name(
            "." * node.level + (node.module or ""), module.__package__
        )
    if origin.partition(".")[0] not in OURS:
        only = ast.Import([alias])
        if isinstance(node, ast.ImportFrom):
            only = ast.ImportFrom(node.module, [alias], 0)
        found.setdefault(name, only)
        return
    if isinstance(node, ast.Import) or alias.name not in definitions(
        import_module(origin)
    ):
        raise ValueError(f"{origin} is used as a module; import the function itself")
    _collect(import_module(origin), alias.name, found)
    if alias.asname not in (None, alias.name):
        found[name] = ast.parse(f"{alias.asname} = {alias.name}").body[0]
