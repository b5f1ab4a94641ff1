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

from sphinx.application import Sphinx
from sphinx.config import Config

BEFORE_NAPOLEON = 400  # what napoleon writes is meant as it stands
IN_WORDS = "Errors"  # "Raises: As `nms`." names no exception
IN_CODE = re.compile(r"(`[^`]*`)")
SETTINGS = {
    "add_module_names": False,  # the heading says the module; a phone is narrow
    "toc_object_entries_show_parents": "hide",
    "default_role": "code",  # `boxes1` in a docstring; Markdown pages have their own
    "napoleon_numpy_docstring": False,
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
    """A bar or an asterisk of a docstring means itself: |a − b| is no substitution."""
    example = False
    for k, words in enumerate(lines):
        if words.strip() == "Raises:" and not re.match(r"\s+[\w, ]+:", lines[k + 1]):
            lines[k] = words.replace("Raises", IN_WORDS)
            continue
        example = bool(words.strip()) and (example or words.lstrip().startswith(">>>"))
        if not example:
            pieces = IN_CODE.split(words)
            pieces[::2] = [re.sub(r"([|*])", r"\\\1", piece) for piece in pieces[::2]]
            lines[k] = "".join(pieces)


def setup(app: Sphinx) -> dict[str, object]:
    """Bring autodoc along, and settle what it does."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("config-inited", settle)
    app.connect("autodoc-process-docstring", take_literally, priority=BEFORE_NAPOLEON)
    return {"version": "1", "parallel_read_safe": True}
