"""The API reference: Sphinx's autodoc, with cvlib's docstrings as Google writes them.

A page of the reference holds nothing but

    ```{eval-rst}
    .. automodule:: cvlib.boxes
       :members:
    ```

and is written from the docstrings whenever the book is built. There are no stub files
(autosummary would write one for every function into the sources, and a book publishes
only what its table of contents lists), and nothing is asked of other projects' sites:
a type such as Tensor is a word and no link.
"""

import re
from importlib import import_module

from numpy.typing import ArrayLike, NDArray
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.typing import stringify_annotation

BEFORE_NAPOLEON = 400  # what napoleon writes is meant as it stands
IN_WORDS = "Errors"  # "Raises: As `nms`." names no exception
IN_CODE = re.compile(r"(`[^`]*`)")
LETTER = re.compile(r"^(\s*(?:\w+: )?[A-Z])\.(?=\s|$)")  # "K." begins no list
ARRAY_LIKE = stringify_annotation(ArrayLike, "smart")  # NumPy's name for a long union
NDARRAY = re.compile(
    re.escape(stringify_annotation(NDArray, "smart"))
    .replace(r"\~numpy\._typing\._array_like\._ScalarT", r"([\w.\~]+)")
    .replace(r"\~", "~?")
)
THING = re.compile(r"<(?:class|function) '?(?:\w+\.)*(\w+)[^>]*>")  # a default's name
SETTINGS = {
    "add_module_names": False,  # the heading says the module; a phone is narrow
    "toc_object_entries_show_parents": "hide",
    "default_role": "code",  # `boxes1` in a docstring; Markdown pages have their own
    "napoleon_numpy_docstring": False,
    "napoleon_attr_annotations": False,  # the head of the class has the types
    "napoleon_use_ivar": True,  # attributes are fields of their class, listed once
    "napoleon_custom_sections": [
        ("Source", "returns_style"),
        (IN_WORDS, "returns_style"),
    ],
    # types in signatures are words; a name of cvlib that a page links must be here
    "nitpick_ignore_regex": [
        ("py:(?!obj).*", ".*"),
        ("py:obj", r"(?!cvlib\.).*"),
    ],
}


def settle(app: Sphinx, config: Config) -> None:
    """Say once how every page of the reference looks."""
    for name, value in SETTINGS.items():
        setattr(config, name, value)


def take_literally(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """A bar or an asterisk of a docstring means itself: |a − b| is no substitution.

    Nor is a lone letter with its full stop the head of a list; and what stands inset
    after an empty line, outside the sections, is code.
    """
    found: list[str] = []
    example = section = block = False
    for k, words in enumerate(lines):
        inset = words.startswith("    ")
        if words.strip() and not inset:
            block, section = False, "".join(lines[k + 1 : k + 2]).startswith(" ")
        if words.strip() == "Raises:" and not re.match(r"\s+[\w, ]+:", lines[k + 1]):
            found.append(words.replace("Raises", IN_WORDS))
            continue
        if inset and not (section or block or k == 0 or lines[k - 1].strip()):
            block = True
            found += ["::", ""]
        example = bool(words.strip()) and (example or words.lstrip().startswith(">>>"))
        if not example and not block:
            pieces = IN_CODE.split(LETTER.sub(r"\1\\.", words))
            pieces[::2] = [re.sub(r"([|*])", r"\\\1", piece) for piece in pieces[::2]]
            words = "".join(pieces)
        if k > 0 and lines[k - 1].strip() == "Source:":  # before a colon: no type
            first, _, words = words.strip().partition(" ")
            found.append(f"    {first}")
            words = f"    {words}"
        found.append(words)
    lines[:] = found


def name_arrays(
    app: Sphinx, what: str, name: str, thing: object, options: object,
    signature: str | None, answer: str | None,
) -> tuple[str | None, str | None]:  # fmt: skip
    """ArrayLike, NDArray and a default such as ReLU by name, not by what is behind."""

    def named(text: str | None) -> str | None:
        if text is None:
            return None
        text = text.replace(ARRAY_LIKE, "ArrayLike").replace("<factory>", "...")
        return THING.sub(r"\1", NDARRAY.sub(_ndarray, text))

    return named(signature), named(answer)


def _ndarray(found: re.Match) -> str:
    inner = found[1].lstrip("~").rpartition(".")[2]
    return "NDArray" if inner == "_ScalarT" else f"NDArray[{inner}]"


def skip_fields(
    app: Sphinx, what: str, name: str, thing: object, skip: bool, options: object
) -> bool | None:
    """A field without words of its own stands in the head of its named tuple alone."""
    words = getattr(thing, "__doc__", None) or ""
    if not words.startswith("Alias for field number"):
        return None
    here = app.env.temp_data
    owner = getattr(import_module(here["autodoc:module"]), here["autodoc:class"])
    told = ModuleAnalyzer.for_module(owner.__module__).find_attr_docs()
    return None if (owner.__qualname__, name) in told else True


def setup(app: Sphinx) -> dict[str, object]:
    """Bring autodoc along, and settle what it does."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("config-inited", settle)
    app.connect("autodoc-process-signature", name_arrays)
    app.connect("autodoc-skip-member", skip_fields)
    app.connect("autodoc-process-docstring", take_literally, priority=BEFORE_NAPOLEON)
    return {"version": "1", "parallel_read_safe": True}
