"""Write every page as an executed .ipynb that runs on its own in Jupyter."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

from .book import Book, Page, digest

INCLUDE = re.compile(
    r"^(?P<fence>`{3,})\{literalinclude\}[ \t]+(?P<file>\S+)[ \t]*\n"
    r"(?P<options>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
SOURCE_ONLY = {".md", ".py", ".pyc"}


def write_notebooks(book: Book) -> list[Path]:
    """Write `_build/notebooks`, in the folders of the book, from the cache."""
    cache = get_cache(str(book.cache))
    target = book.notebooks
    fresh = target.with_name(".notebooks-new")
    shutil.rmtree(fresh, ignore_errors=True)
    written = []
    for page in book.executable_pages:
        path = fresh / f"{page.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(executed(cache, page), path)
        written.append(target / f"{page.name}.ipynb")
    copy_assets(book, fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return written


def executed(cache, page: Page) -> nbformat.NotebookNode:
    _, notebook = cache.merge_match_into_notebook(page.notebook())
    for key in ("source_map", "jupytext", "file_format", "widgets", "mystnb"):
        notebook.metadata.pop(key, None)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for index, cell in enumerate(notebook.cells):
        # random ids would make every build differ from the last
        cell.id = digest(f"{page.name}:{index}".encode())
        if cell.cell_type == "markdown":
            cell.source = INCLUDE.sub(lambda m: shown(m, page.path.parent), cell.source)
    return notebook


def shown(match: re.Match, folder: Path) -> str:
    """A notebook cannot include files: show the code itself."""
    source = (folder / match["file"]).resolve().read_text("utf8")
    options = dict(re.findall(r"^:([\w-]+):[ \t]*(.*?)[ \t]*$", match["options"], re.M))
    if "pyobject" in options:
        source = python_object(source, options["pyobject"])
    language = options.get("language", "python")
    return f"```{language}\n{source.rstrip()}\n```"


def python_object(source: str, name: str) -> str:
    node: ast.AST = ast.parse(source)
    for part in name.split("."):
        node = next(n for n in ast.walk(node) if getattr(n, "name", None) == part)
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def copy_assets(book: Book, target: Path) -> None:
    """Pages read their data and pictures by relative paths: take those along."""
    folders = {page.name.split("/")[0] for page in book.executable_pages}
    for folder in sorted(folders):
        source = book.root / folder
        if not source.is_dir():
            continue
        for file in source.rglob("*"):
            parts = file.relative_to(source).parts
            if (
                file.is_file()
                and file.suffix not in SOURCE_ONLY
                and not any(part.startswith(("_", ".")) for part in parts)
            ):
                copy = target / file.relative_to(book.root)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, copy)
