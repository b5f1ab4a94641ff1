"""Sphinx: each page as an executed notebook, no line end in 2 × 2, no old files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

BEFORE_THE_THEME = 400  # the theme adds its download buttons at 501
SHARED = re.compile(r"<(style|script)\b[^>]*\bdata-cv>.*?</\1>\n?", re.S)
AFTER_MYST_NB = 600  # it adds its scripts at 500
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def setup(app: Sphinx) -> dict:
    # both are set by tools/build_book.py; a bare `jupyter-book build` works without
    app.add_config_value("book_executed_pages", [], "")
    app.add_config_value("book_notebooks", "", "")
    app.connect("doctree-read", keep_products_together)
    app.connect("env-get-outdated", read_executed_pages_again)
    app.connect("html-page-context", offer_notebook, priority=BEFORE_THE_THEME)
    app.connect("html-page-context", say_once, priority=BEFORE_THE_THEME)
    app.connect("html-page-context", drop_widget_state, priority=AFTER_MYST_NB)
    app.connect("build-finished", remove_what_no_page_uses)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def keep_products_together(app: Sphinx, doctree: nodes.document) -> None:
    """2 × 2 and 50 % are one thing each, and no line ends inside."""
    for text in list(doctree.findall(nodes.Text)):
        prose = not isinstance(text.parent, (nodes.literal, nodes.FixedTextElement))
        if prose and not isinstance(text.parent, nodes.math):
            whole = re.sub(r"(?<=\w) × (?=\w)", "\u00a0×\u00a0", text)
            whole = re.sub(r"(?<=\d) (?=%)", "\u00a0", whole)
            if whole != text:
                text.parent.replace(text, nodes.Text(whole))


def read_executed_pages_again(app, env, added, changed, removed) -> list[str]:
    """Sphinx looks at sources; new outputs of an unchanged source escape it."""
    return [name for name in app.config.book_executed_pages if name in env.found_docs]


def offer_notebook(app, pagename, templatename, context, doctree) -> None:
    notebook = Path(app.config.book_notebooks, f"{pagename}.ipynb")
    if not app.config.book_notebooks or not notebook.is_file():
        return
    copy = Path(app.outdir, "_sources", f"{pagename}.ipynb")
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, copy)
    context["ipynb_source"] = f"{pagename}.ipynb"


def say_once(app, pagename, templatename, context, doctree) -> None:
    """Keep one copy of what every instance of an interactive brings along."""
    seen: set[str] = set()

    def first(found: re.Match) -> str:
        text = found[0].strip()
        new = text not in seen
        seen.add(text)
        return found[0] if new else ""

    if "body" in context:
        context["body"] = SHARED.sub(first, context["body"])


def drop_widget_state(app, pagename, templatename, context, doctree) -> None:
    """Interactives carry their own; the notebook a page offers keeps the kernel's."""
    context["script_files"] = [
        file
        for file in context["script_files"]
        if getattr(file, "attributes", {}).get("type") != WIDGET_STATE
    ]


def remove_what_no_page_uses(app: Sphinx, error: Exception | None) -> None:
    """Pictures of earlier outputs stay behind when a page is written again."""
    if error or app.builder.name != "html":
        return
    env, out = app.env, Path(app.outdir)
    images = {unique for _, unique in env.images.values()}
    for path in (out / app.builder.imagedir).glob("*"):
        if path.name not in images:
            path.unlink()
    downloads = {out / "_downloads" / name for _, name in env.dlfiles.values()}
    for path in (out / "_downloads").rglob("*"):
        if path.is_file() and path not in downloads:
            path.unlink()
