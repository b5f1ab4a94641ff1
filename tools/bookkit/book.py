"""The book as files: its configuration, its table of contents and its pages."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from sphinx_external_toc.parsing import parse_toc_yaml


class BuildError(Exception):
    """The build cannot go on; the message says why in words for the maintainer."""


@dataclass(frozen=True)
class Book:
    """A folder with `_config.yml` and `_toc.yml`; `_build` holds what is derived."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "_build"

    @property
    def html(self) -> Path:
        return self.out / "html"

    @property
    def notebooks(self) -> Path:
        return self.out / "notebooks"

    @property
    def cache(self) -> Path:
        return self.out / ".jupyter_cache"  # where myst-nb looks

    @cached_property
    def config(self) -> dict:
        path = self.root / "_config.yml"
        if not path.exists():
            raise BuildError(f"there is no book here: {path} is missing")
        return yaml.safe_load(path.read_text("utf8")) or {}

    @property
    def sphinx_config(self) -> dict:
        return (self.config.get("sphinx") or {}).get("config") or {}

    @cached_property
    def pages(self) -> list[Page]:
        """Every file the table of contents names, in reading order."""
        try:
            site = parse_toc_yaml(self.root / "_toc.yml")
        except Exception as error:
            raise BuildError(f"_toc.yml cannot be read: {error}") from error
        pages, missing = [], []
        for name in site:
            path = self.root / (name if name.endswith(".md") else f"{name}.md")
            (pages if path.exists() else missing).append(
                Page(name.removesuffix(".md"), path, self)
            )
        if missing:
            names = ", ".join(page.name for page in missing)
            raise BuildError(f"_toc.yml names pages that do not exist: {names}")
        return pages

    @property
    def executable_pages(self) -> list[Page]:
        return [page for page in self.pages if page.is_notebook]


@dataclass(frozen=True)
class Page:
    """One page: `name` is its path without suffix, as Sphinx and the TOC call it."""

    name: str
    path: Path
    book: Book

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf8")

    @property
    def is_notebook(self) -> bool:
        return is_myst_markdown_notebook(self.text)

    @property
    def heading(self) -> str:
        """The page's title as the navigation of every other page shows it."""
        lines = self.text.splitlines()
        return next((line for line in lines if line.startswith("# ")), "")

    def notebook(self) -> nbformat.NotebookNode:
        """Read the page as a notebook without outputs, as myst-nb will."""
        extensions = (self.book.config.get("parse") or {}).get("myst_enable_extensions")
        config = MdParserConfig(enable_extensions=set(extensions or ()))
        return read_myst_markdown_notebook(
            self.text, config=config, add_source_map=True, path=self.path
        )

    @cached_property
    def code_key(self) -> str:
        """Changes when a code cell or its options change, not when prose does."""
        cells = [
            [cell.source, cell.metadata]
            for cell in self.notebook().cells
            if cell.cell_type == "code"
        ]
        return digest(json.dumps(cells, sort_keys=True, default=str).encode())


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def file_digest(path: Path) -> str:
    """The digest of a file, or "absent": a file that disappears is a change too."""
    return digest(path.read_bytes()) if path.is_file() else "absent"


def tree_digest(*roots: Path, skip: tuple[str, ...] = ("__pycache__",)) -> str:
    """One digest for all files below the given files and folders, names included."""
    lines = []
    for root in roots:
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for file in files:
            if file.is_file() and not set(file.parts) & set(skip):
                lines.append(f"{file.relative_to(root.parent)} {file_digest(file)}")
    return digest("\n".join(lines).encode())
