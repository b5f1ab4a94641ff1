"""Turn executed pages into `_build/html`, complete and with nothing stale in it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from .book import Book, BuildError, file_digest, tree_digest
from .vendor import Vendor

EXTENSIONS = Path(__file__).parents[2] / "book" / "_ext"
EXTENSION = "book_pages"


def build_site(book: Book, vendor: Vendor, *, executed: set[str], fresh=False) -> None:
    """Call Sphinx as `jupyter-book build -W -n --keep-going` does; raise on a warning.

    A site whose frame changed (the table of contents, a page's title, a static file, a
    setting) is written from scratch; otherwise only the pages that changed are.
    """
    from jupyter_book.sphinx import build_sphinx
    from sphinx.util.console import nocolor

    stamp = book.out / "site.json"
    wanted = frame(book)
    try:
        built = json.loads(stamp.read_text("utf8"))
    except (OSError, ValueError):
        built = {}
    # after a failure Sphinx would not repeat the warnings of pages it has read
    read_all = fresh or built.get("environment") != wanted["environment"]
    write_all = read_all or built != wanted or not book.html.exists()
    stamp.unlink(missing_ok=True)
    if write_all:
        shutil.rmtree(book.html, ignore_errors=True)
    if read_all:
        shutil.rmtree(book.out / ".doctrees", ignore_errors=True)
        shutil.rmtree(book.out / "jupyter_execute", ignore_errors=True)

    if not sys.stderr.isatty():
        nocolor()
    sys.path.insert(0, str(EXTENSIONS))
    result = build_sphinx(
        book.root,
        book.html,
        noconfig=True,
        path_config=book.root / "_config.yml",
        confoverrides=overrides(book, vendor, executed),
        warningiserror=True,
        keep_going=True,
        freshenv=read_all,
        force_all=write_all,
        quiet=True,
    )
    if isinstance(result, BaseException):
        raise BuildError(f"Sphinx stopped: {result}") from result
    if result:
        raise BuildError("Sphinx warned (above), and a warning is an error here")
    stamp.write_text(json.dumps(wanted, indent=1), "utf8")


def overrides(book: Book, vendor: Vendor, executed: set[str]) -> dict:
    """The settings that depend on this machine; all others are in _config.yml."""
    from jupyter_book.config import get_default_sphinx_config

    own = book.sphinx_config
    extensions = own.get("extensions") or get_default_sphinx_config()["extensions"]
    settings = {
        "external_toc_path": str(book.root / "_toc.yml"),
        "latex_individualpages": False,
        "nitpicky": True,
        "extensions": [*dict.fromkeys([*extensions, EXTENSION])],
        "html_static_path": [*own.get("html_static_path", []), *vendor.static],
        # typefaces come first so that the book's own sheet may speak last
        "html_css_files": [*vendor.css, *own.get("html_css_files", [])],
        "book_executed_pages": sorted(executed),
        "book_notebooks": str(book.notebooks),
    }
    if vendor.mathjax:
        settings["mathjax_path"] = vendor.mathjax
    return settings


def frame(book: Book) -> dict[str, str]:
    """What every page of the site shares, in two parts: read again, or only written."""
    static = [book.root / p for p in book.sphinx_config.get("html_static_path", [])]
    return {
        "environment": tree_digest(
            *filter(
                Path.exists,
                [
                    book.root / "_config.yml",
                    book.root / "constraints.txt",
                    Path(__file__).parent,
                    EXTENSIONS,
                ],
            )
        ),
        "contents": file_digest(book.root / "_toc.yml"),
        "titles": "\n".join(page.heading for page in book.pages),
        "static": tree_digest(*filter(Path.exists, static)),
        "vendor": file_digest(book.out / "vendor" / ".stamp"),
    }
