"""What a platform hands out: an assignment as one zip archive, and no secrets in it."""

import io
import os
import stat
import zipfile
from pathlib import Path

import nbformat

from grader.assignments import CourseError
from grader.collect.store import write

LONGEST = 10  # characters of a line that may stand in an exercise by chance
REGIONS = ("SOLUTION", "HIDDEN TESTS")
EPOCH = (1980, 1, 1, 0, 0, 0)


def release(root: Path, assignment: str, to: Path | None = None) -> Path:
    """Pack exercises/ASSIGNMENT as ASSIGNMENT.zip: the same bytes at every run.

    Args:
        root: of the course.
        assignment: its name.
        to: the archive; _build/release/ASSIGNMENT.zip if it is not given.

    Raises:
        CourseError: there is no such exercise, or something of the solution or of
            the hidden tests stands in it.
    """
    folder = root / "exercises" / assignment
    notebook = folder / f"{assignment}.ipynb"
    source = root / "solutions" / assignment / f"{assignment}.ipynb"
    if not notebook.is_file() or not source.is_file():
        raise CourseError(
            f"{assignment} has no notebook in exercises/ or in solutions/:"
            " `make assignments` derives them"
        )
    files = _files(folder)
    secrets = _secrets(source)
    for path in files:
        _check(path, path.relative_to(root), secrets)
    to = to or root / "_build" / "release" / f"{assignment}.zip"
    to.parent.mkdir(parents=True, exist_ok=True)
    write(to, _packed({path.relative_to(folder.parent): path for path in files}))
    return to


def _files(folder: Path) -> list[Path]:
    """All files but those that begin with a dot, in order."""
    found = []
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        mode = os.lstat(path).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise CourseError(f"{path.name} in {folder.name} is no ordinary file")
        if stat.S_ISREG(mode):
            found.append(path)
    return found


def _secrets(source: Path) -> set[str]:
    """The lines that a learner must not see, without those that give nothing away."""
    cells = nbformat.read(source, as_version=4).cells
    hidden, shown = set(), set()
    for cell in cells:
        inside = False
        for line in cell.source.splitlines():
            text = line.strip()
            if text in [f"### BEGIN {region}" for region in REGIONS]:
                inside = True
            elif text in [f"### END {region}" for region in REGIONS]:
                inside = False
            elif len(text) > LONGEST:
                (hidden if inside else shown).add(text)
    return hidden - shown


def _check(path: Path, name: Path, secrets: set[str]) -> None:
    """Refuse a file with a line of a solution or of a hidden test.

    Raises:
        CourseError: there is one.
    """
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        if any(cell.get("outputs") for cell in cells):
            raise CourseError(f"{name} must not hold outputs: `make assignments`")
        texts = [cell.source for cell in cells]
    else:
        texts = [path.read_bytes().decode("utf-8", "replace")]
    for text in texts:
        lines = {line.strip() for line in text.splitlines()}
        marks = [mark for mark in REGIONS if f"### BEGIN {mark}" in lines]
        if found := sorted(lines & secrets) or marks:
            raise CourseError(f"{name} must not hold {found[0]!r}: `make assignments`")


def _packed(files: dict[Path, Path]) -> bytes:
    """A zip archive whose bytes depend on names and contents only.

    Nothing is compressed: different versions of zlib write different bytes.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name.as_posix(), EPOCH)
            entry.create_system = 3  # also where the course lies on Windows
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name].read_bytes())
    return out.getvalue()
