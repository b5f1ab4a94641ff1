"""What each page was when it last ran, so that only what changed runs again."""

from __future__ import annotations

import json
import platform
import sys
import time
from pathlib import Path

from . import kernels
from .book import Book, Page, digest, file_digest


class Records:
    """What each page was when it last ran: its code, its files, its seconds.

    A page runs again when its own code cells change, when a file of the repository
    that it imported or opened changes, or when the environment changes.
    """

    def __init__(self, book: Book):
        self.book = book
        self.path = book.out / "pages.json"
        self.environment = environment_key(book.root)
        self._digests: dict[str, str] = {}
        try:
            self.pages = json.loads(self.path.read_text("utf8"))
        except (OSError, ValueError):
            self.pages = {}

    def is_fresh(self, page: Page) -> bool:
        record = self.pages.get(page.name)
        return (
            record is not None
            and record["environment"] == self.environment
            and record["code"] == page.code_key
            and all(self._digest(f) == was for f, was in record["files"].items())
        )

    def seconds(self, page: Page) -> float:
        """How long the page took last time; a page never run may be the longest."""
        record = self.pages.get(page.name)
        return record["seconds"] if record else float("inf")

    def note(self, page: Page, opened: list[str], seconds: float) -> None:
        files = {f: self._digest(f) for f in self._own_files(opened)}
        began = time.time() - seconds
        for name in files:
            if (self.book.root / name).stat().st_mtime > began:
                files[name] = "changed while the page ran"
        self.pages[page.name] = {
            "environment": self.environment,
            "code": page.code_key,
            "files": files,
            "seconds": round(seconds, 2),
        }
        self.save()

    def forget(self, page: Page) -> None:
        if self.pages.pop(page.name, None):
            self.save()

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.pages, indent=1), "utf8")

    def _own_files(self, opened: list[str]) -> list[str]:
        """The repository's files among those opened, with what lies beside modules.

        Weights, scripts and styles are read by compiled code or as package data, so
        every such file in the folder of an imported module counts.
        """
        root = self.book.root.resolve()
        found = set()
        for name in opened:
            path = Path(name)
            if not path.is_relative_to(root) or not path.is_file():
                continue
            parts = path.relative_to(root).parts
            if parts[0].startswith((".", "_build")) or path.suffix in (".pyc", ".md"):
                continue
            found.add(path)
            if path.suffix == ".py":
                beside = (p for p in path.parent.iterdir() if p.suffix != ".py")
                found.update(p for p in beside if p.is_file())
        return sorted(p.relative_to(root).as_posix() for p in found)

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = file_digest(self.book.root / name)
        return self._digests[name]


def environment_key(root: Path) -> str:
    """Changes with the interpreter, the locked versions and the kernels' settings."""
    locks = [root / "requirements.txt", root / "constraints.txt"]
    parts = [platform.python_version(), sys.platform, *map(file_digest, locks)]
    parts.append(file_digest(Path(kernels.__file__)))
    return digest("\n".join(parts).encode())
