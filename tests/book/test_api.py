"""The API reference: every module that readers call stands on one page of it."""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from api_reference import name_arrays, skip_fields, take_literally
from sphinx.util.inspect import stringify_signature

import cvlib
from cvlib import image, segment

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "book" / "appendix").glob("api-*.md"))
LARGE = {"cvlib.data", "cvlib.nets"}
"""Packages that offer nothing themselves: readers import their modules."""
INSIDE = {
    "cvlib.data.archives",
    "cvlib.data.papers",
    "cvlib.data.resuming",
    "cvlib.data.shapes",
    "cvlib.data.silhouettes",
    "cvlib.nets.notation",
}
"""What those modules are made of."""


def shown() -> list[str]:
    """The modules of all pages, as often as they stand there."""
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    return re.findall(r"^\.\. automodule:: (\S+)\n   :members:$", text, re.M)


def offered() -> set[str]:
    """Packages and modules at the top of cvlib, and those of the large packages."""
    found = {m.name for m in pkgutil.iter_modules(cvlib.__path__, "cvlib.")} - LARGE
    for name in LARGE:
        path = importlib.import_module(name).__path__
        found |= {m.name for m in pkgutil.iter_modules(path, f"{name}.")}
    return found - INSIDE


def test_every_module_that_readers_call_is_shown_once():
    times = Counter(shown())
    assert {name for name, n in times.items() if n > 1} == set()
    assert offered() - set(times) == set()
    for name in times:
        importlib.import_module(name)


def test_the_heading_above_a_module_names_it():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        headed = re.findall(r"^## .*: (cvlib\.\S+)$", text, re.M)
        assert headed == re.findall(r"automodule:: (\S+)", text), page.name


def test_what_is_offered_by_name_belongs_to_somebody():
    for name in shown():
        module = importlib.import_module(name)
        for key in getattr(module, "__all__", []):
            value = getattr(module, key)
            if inspect.isfunction(value) or inspect.isclass(value):
                assert value.__doc__, f"{name}.{key}"


def read(*lines: str) -> list[str]:
    found = list(lines)
    take_literally(None, "function", "f", None, None, found)
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the |a − b| of *all*", r"the \|a − b\| of \*all\*"),
        ("`a * b` times *c", r"`a * b` times \*c"),
        (">>> 2 * 3", ">>> 2 * 3"),
        ("    classes: K.", r"    classes: K\."),
        ("Kernels.", "Kernels."),
    ],
)
def test_signs_of_a_docstring_mean_themselves(before, after):
    assert read(before) == [after]


def test_the_output_of_an_example_is_left_alone_and_what_follows_is_not():
    assert read(">>> f()", "a*b", "", "a*b") == [">>> f()", "a*b", "", r"a\*b"]


def test_errors_told_in_words_are_no_name_of_an_exception():
    assert read("Raises:", "    As `nms`.")[0] == "Errors:"
    assert read("Raises:", "    ValueError: no.")[0] == "Raises:"


def test_what_stands_inset_between_paragraphs_is_code():
    code = "    print(*rows)"
    assert read("So:", "", code, "", "a*b") == [
        "So:", "", "::", "", code, "", r"a\*b"]  # fmt: skip
    section = ["Example:", "    >>> 1", "", "    >>> 2"]
    assert read(*section) == section


def test_a_title_with_a_colon_is_no_type():
    shown = read("Source:", "    Huang et al., Snapshots: train 1, 2017.")
    assert shown == ["Source:", "    Huang", "    et al., Snapshots: train 1, 2017."]


def said(function) -> str:
    return stringify_signature(inspect.signature(function), unqualified_typehints=True)


def test_a_type_is_called_by_its_name():
    shown, _ = name_arrays(None, "", "", None, None, said(image.load), None)
    assert shown == "(path: str | ~os.PathLike) -> NDArray[float64]"
    shown, _ = name_arrays(None, "", "", None, None, said(image.to_chw), None)
    assert shown == "(image: ArrayLike) -> NDArray"
    default = "(pool: type = <class 'torch.nn.modules.pooling.MaxPool2d'>)"
    shown, _ = name_arrays(None, "", "", None, None, default, None)
    assert shown == "(pool: type = MaxPool2d)"


def test_a_field_that_says_nothing_of_itself_is_not_listed():
    data = {"autodoc:module": "cvlib.segment", "autodoc:class": "InstanceFigures"}
    app = SimpleNamespace(env=SimpleNamespace(temp_data=data))
    silent = vars(segment.InstanceFigures)["mask_ap"]
    assert skip_fields(app, "class", "mask_ap", silent, False, None) is True
    assert skip_fields(app, "class", "f", read, False, None) is None
