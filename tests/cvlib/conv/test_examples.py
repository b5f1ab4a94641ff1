"""The examples in the docstrings print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import cvlib.conv

MODULES = [f"cvlib.conv.{m.name}" for m in pkgutil.iter_modules(cvlib.conv.__path__)]


@pytest.mark.parametrize("name", ["cvlib.validate", *MODULES])
def test_examples_print_what_they_say(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
