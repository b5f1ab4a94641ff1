"""Everything public in cvlib says what it does, and the examples are true."""

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

import cvlib

WITH_EXAMPLES = (
    "cvlib.anchors",
    "cvlib.attack",
    "cvlib.augment",
    "cvlib.boxes",
    "cvlib.conv",
    "cvlib.detect",
    "cvlib.detect.five_steps",
    "cvlib.detect.proposals",
    "cvlib.detect.yolo",
    "cvlib.explain",
    "cvlib.faces",
    "cvlib.filters",
    "cvlib.grade",
    "cvlib.image",
    "cvlib.localize",
    "cvlib.losses",
    "cvlib.metrics",
    "cvlib.norm",
    "cvlib.pool",
    "cvlib.resample",
    "cvlib.roi",
    "cvlib.segment",
    "cvlib.show",
    "cvlib.style",
    "cvlib.summary",
    "cvlib.train",
    "cvlib.validate",
    "cvlib.vqa",
)
"""Where every function that readers call has to show itself at work. Of a package that
is what it offers by name; the modules inside have helpers besides."""

WITH_TORCH = (
    "anchors", "attack", "augment", "boxes", "detect", "explain", "faces", "localize",
    "losses", "metrics", "roi", "segment", "style", "vqa",
)  # fmt: skip
"""Packages whose examples need not say `import torch`."""

NO_EXAMPLE = {
    "cvlib.image.load": "reads a file; tests/cvlib/test_image.py makes the round trip",
    "cvlib.image.save": "writes a file; so does its test",
}
"""What needs none, and why."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(cvlib.__path__, "cvlib."):
        yield importlib.import_module(found.name)


MODULES = sorted(modules(), key=lambda module: module.__name__)


def public(module: ModuleType) -> Iterator[tuple[str, object]]:
    """The functions and classes that a module defines for others."""
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__
        if (
            own
            and name[0] != "_"
            and (inspect.isfunction(value) or inspect.isclass(value))
        ):
            yield f"{module.__name__}.{name}", value


def methods(name: str, cls: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties that a class defines itself."""
    for key, value in vars(cls).items():
        value = getattr(value, "__func__", getattr(value, "fget", None) or value)
        if key[0] != "_" and inspect.isfunction(value):
            yield f"{name}.{key}", value


def test_the_walk_finds_what_there_is():
    names = {name for module in MODULES for name, _ in public(module)}
    assert {"cvlib.conv.fast.conv2d", "cvlib.show.style.Picture"} <= names
    assert len(names) > 100


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_everything_public_says_what_it_does(module):
    assert module.__doc__, f"{module.__name__} has no docstring"
    silent = []
    for name, value in public(module):
        things = [(name, value)]
        if inspect.isclass(value):
            things += methods(name, value)
        # a dataclass gets its signature as docstring: that says nothing
        silent += [
            n
            for n, v in things
            if not v.__doc__ or v.__doc__.startswith(n.split(".")[-1] + "(")
        ]
    assert silent == []


def offered(name: str) -> dict[str, object]:
    """The functions that readers call, by the name they call them."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", None) or [
        n.rpartition(".")[2] for n, _ in public(module)
    ]
    found = {f"{name}.{n}": getattr(module, n) for n in names}
    return {n: value for n, value in found.items() if inspect.isfunction(value)}


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_every_function_shows_itself_at_work(name):
    functions = offered(name)
    assert functions
    without = {n for n, value in functions.items() if ">>>" not in value.__doc__}
    assert without - set(NO_EXAMPLE) == set()


def test_no_exception_is_stale():
    functions = {n: f for name in WITH_EXAMPLES for n, f in offered(name).items()}
    assert functions.keys() >= set(NO_EXAMPLE)
    assert [n for n in NO_EXAMPLE if ">>>" in functions[n].__doc__] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_example_is_true(module):
    # the example stands in a session of the reader, who is not part of cvlib
    globs = {**vars(module), "np": np, "__name__": "__main__"}
    if module.__name__.split(".")[1] in WITH_TORCH:
        globs["torch"] = importlib.import_module("torch")
    # no flags: what is printed is what a reader will see, to the letter
    failed, _ = doctest.testmod(module, globs=globs, optionflags=0, report=False)
    assert failed == 0
