"""Find and read what was handed in, whatever it is.

A submission is a folder that a stranger filled. Nothing in it is followed, waited for
or believed: links, pipes and devices are never opened, no more is read than a notebook
may hold, and what comes out is a new notebook that nbformat finds valid, made of the
cells' text alone (`grader.mend`). Where that is impossible, a `Quarantine` says in one
sentence why, to the instructor and to the learner.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode

from grader.mend import Quarantine, parse

__all__ = [
    "HandedIn",
    "Quarantine",
    "Submission",
    "SubmissionExporter",
    "read",
    "set_strangers_aside",
    "take",
]

MAX_BYTES = 20_000_000
MAX_NAMES, MAX_DEPTH = 2_000, 3  # of files looked at, of folders below the submission
ASIDE = ".left-alone"
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # browsers add the others
EXPORTS = {
    ".py": "a Python script",
    ".html": "a web page",
    ".htm": "a web page",
    ".pdf": "a PDF",
    ".md": "a text file",
    ".txt": "a text file",
    ".zip": "an archive",
    ".docx": "a Word document",
}
SPECIAL = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)"
    r" ?(UTC|Z|[+-]\d\d:?\d\d|[A-Za-z_]{1,20}(?:/[A-Za-z_]{1,20}){0,2})?"
)


@dataclass(frozen=True)
class HandedIn:
    """The bytes of what should be a notebook; nobody has looked inside."""

    data: bytes
    notes: tuple[str, ...] = ()  # a sentence each
    submitted: datetime | None = None  # UTC, without a time zone, as nbgrader keeps it


@dataclass(frozen=True)
class Submission:
    """A notebook that was handed in, and what had to be done to read it."""

    notebook: NotebookNode
    notes: tuple[str, ...] = ()  # a sentence each
    submitted: datetime | None = None  # UTC, without a time zone, as nbgrader keeps it


def take(folder: Path, assignment: str) -> HandedIn:
    """Take the notebook out of the folder of one student and one assignment.

    Args:
        folder: …/submitted/STUDENT/ASSIGNMENT. Links are refused from STUDENT on.
        assignment: its name, which the notebook should have, too.

    Raises:
        Quarantine: there is no notebook that could be graded; the sentence says why.
    """
    folder = Path(os.path.abspath(folder))
    with _opened(folder) as home:
        path, notes = _find(home, assignment)
        data = _contents(home, path, MAX_BYTES)
        submitted, late = _timestamp(home)
    return HandedIn(data, (*notes, *late), submitted)


def read(folder: Path, assignment: str) -> Submission:
    """Take a notebook and read it; arguments and errors are those of `take`."""
    taken = take(folder, assignment)
    try:
        notebook, mended = parse(taken.data)
    except MemoryError:
        raise Quarantine("The notebook is too large to be read.") from None
    return Submission(notebook, (*taken.notes, *mended), taken.submitted)


def set_strangers_aside(assignment: str, student: str, notebooks: list[str]) -> None:
    """Keep nbgrader from copying what lies beside the notebooks (pre_convert_hook).

    It would follow links out of the folder, and formgrader would serve a web page that
    was handed in as if it were the course's own. All but the notebooks and the
    timestamp moves to `.left-alone` in the submission, a name that nbgrader is
    configured to ignore.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        for link in (folder.parent, folder):
            if link.is_symlink():
                os.replace(link, link.with_name(f"{ASIDE}-{link.name}"))
        if not folder.is_dir():
            continue
        aside = folder / ASIDE
        if aside.is_symlink() or not aside.is_dir():
            aside.unlink(missing_ok=True)
        for name in sorted(set(os.listdir(folder)) - {ASIDE}):
            path = folder / name
            is_plain = path.is_file() and not path.is_symlink()
            if is_plain and name.endswith((".ipynb", "timestamp.txt")):
                continue
            aside.mkdir(exist_ok=True)
            there = aside / name
            while os.path.lexists(there):
                there = there.with_name(f"{there.name}-")
            os.replace(path, there)


class SubmissionExporter(NotebookExporter):
    """Lets `nbgrader autograde` read submissions by `read_file`."""

    def from_filename(
        self, filename: str, resources: dict | None = None, **options: object
    ) -> tuple[str, dict]:
        """nbconvert's entry point."""
        notebook, _ = read_file(Path(filename))
        resources = {**(resources or {}), "metadata": {"name": Path(filename).stem}}
        return self.from_notebook_node(notebook, resources=resources, **options)


def read_file(path: Path) -> tuple[NotebookNode, list[str]]:
    """One notebook of a submission by its path, and what had to be mended.

    Raises:
        Quarantine: it cannot be read or is no notebook.
    """
    path = Path(os.path.abspath(path))
    with _opened(path.parent) as home:
        return parse(_contents(home, path.name, MAX_BYTES))


def shown(name: str) -> str:
    r"""A file's name between quotes, so that it can do no harm where it is shown.

    Example:
        >>> print(shown("a\x1b[2J\u202eb.ipynb"))
        'a?[2J?b.ipynb'
    """
    name = "".join(
        sign if unicodedata.category(sign)[0] not in "CZ" or sign == " " else "?"
        for sign in name[:200]
    )
    name = re.sub("[<>&\"'`]", "?", name)
    return f"'{name if len(name) <= 60 else name[:59] + '…'}'"


def odd_name(name: str) -> str:
    """Why a name of a student or an assignment cannot be used; "" if it can.

    Pages, paths and tables show these names as they are.
    """
    if not name or name in (".", "..") or len(name) > 100:
        return "it must have 1 to 100 characters"
    if name[0] in ".-~" or name != name.strip():
        return "it must begin and end with a letter, a digit or another visible sign"
    if any(unicodedata.category(sign)[0] == "C" for sign in name):
        return "it has characters that cannot be seen"
    if re.search(r"[][<>\"`\\/*?:|$%&{}]", name):
        return "it has a sign that paths or pages reserve"
    return ""


# ----------------------------------------------------------------------- folders


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """The folder as a descriptor, neither it nor the student's folder being a link."""
    for name in (folder.parent.name, folder.name):
        if problem := odd_name(name):
            raise Quarantine(
                f"The folder {shown(name)} has a name we refuse: {problem}."
            )
    student = _open_folder(str(folder.parent), None)
    try:
        home = _open_folder(folder.name, student)
    finally:
        os.close(student)
    try:
        yield home
    except MemoryError:
        raise Quarantine("The notebook is too large to be read.") from None
    finally:
        os.close(home)


def _open_folder(name: str, parent: int | None) -> int:
    shown_name = shown(Path(name).name)
    try:
        mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            raise Quarantine(
                f"The folder {shown_name} is a symbolic link: hand in the files"
                " themselves."
            )
        if not stat.S_ISDIR(mode):
            raise Quarantine(f"{shown_name} should be a folder, and is none.")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, dir_fd=parent)
    except FileNotFoundError:
        raise Quarantine("Nothing was handed in.") from None
    except OSError as problem:
        reason = os.strerror(problem.errno or 0).lower()
        raise Quarantine(f"The folder {shown_name} cannot be read: {reason}.") from None


def _find(home: int, assignment: str) -> tuple[str, list[str]]:
    """The path of the notebook below the folder, and a note if it is unusual."""
    expected = f"{assignment}.ipynb"
    names, notes = _names(home)
    notebooks = [name for name in names if name.lower().endswith(ENDINGS)]
    top = [name for name in notebooks if "/" not in name]
    if expected in top:
        others = len(notebooks) - 1
        if others:
            notes.append(f"There are {others} more notebooks; only {expected} is read.")
        return expected, notes
    candidates = top or notebooks
    if len(candidates) == 1:
        notes.append(f"The notebook is called {shown(candidates[0])}, not {expected}.")
        return candidates[0], notes
    if candidates:
        some = ", ".join(shown(name) for name in sorted(candidates)[:5])
        raise Quarantine(
            f"There are {len(candidates)} notebooks, and none is called {expected}:"
            f" {some}. Hand in the one to be graded under that name."
        )
    for name in sorted(names):
        if kind := EXPORTS.get(os.path.splitext(name)[1].lower()):
            raise Quarantine(
                f"{shown(name)} is {kind}, not a notebook: hand in {expected} itself,"
                " not an export of it."
            )
    raise Quarantine(f"No notebook was handed in: {expected} is missing.")


def _names(home: int) -> tuple[list[str], list[str]]:
    """The files below a folder, hidden ones left out; notes on what is no file.

    A thing with the ending of a notebook is listed even if it is none, so that the
    reason can say what it is.
    """
    found: list[str] = []
    odd: list[str] = []
    folders = [("", 0)]
    seen = 0
    while folders:
        path, depth = folders.pop(0)
        for name, mode in _entries(home, path):
            seen += 1
            if seen > MAX_NAMES:
                raise Quarantine(f"The folder holds more than {MAX_NAMES} files.")
            below = f"{path}{name}"
            if stat.S_ISDIR(mode) and not name.lower().endswith(ENDINGS):
                if depth < MAX_DEPTH:
                    folders.append((f"{below}/", depth + 1))
            elif stat.S_ISREG(mode) or name.lower().endswith(ENDINGS):
                found.append(below)
            else:
                odd.append(f"{shown(below)} is {kind_of(mode)} and was left alone.")
    return found, odd[:5]


def _entries(home: int, path: str) -> list[tuple[str, int]]:
    """Names and kinds in a folder below `home`; none if it cannot be opened."""
    try:
        with _below(home, path.rstrip("/")) as folder, os.scandir(folder) as entries:
            return [
                (entry.name, entry.stat(follow_symlinks=False).st_mode)
                for entry, _ in zip(entries, range(MAX_NAMES + 1), strict=False)
                if not entry.name.startswith((".", "__MACOSX"))
            ]
    except OSError:
        return []


@contextmanager
def _below(home: int, path: str) -> Iterator[int]:
    """A folder below `home`, entered step by step so that no step is a link."""
    here = os.dup(home)
    try:
        for name in filter(None, path.split("/")):
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            there = os.open(name, flags, dir_fd=here)
            os.close(here)
            here = there
        yield here
    finally:
        os.close(here)


def kind_of(mode: int) -> str:
    """What a thing in a folder is, with its article."""
    return SPECIAL.get(stat.S_IFMT(mode), "no ordinary file")


def _contents(home: int, path: str, limit: int) -> bytes:
    """The bytes of an ordinary file.

    It is looked at before it is opened, since opening a device can already do
    something, and again afterwards, since it may have been exchanged in between.
    """
    folder, _, name = path.rpartition("/")
    try:
        with _below(home, folder) as here:
            _check(name, os.stat(name, dir_fd=here, follow_symlinks=False), limit)
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
            descriptor = os.open(name, flags | os.O_CLOEXEC, dir_fd=here)
        with open(descriptor, "rb", buffering=0) as file:
            _check(name, os.fstat(descriptor), limit)
            return _read(file.fileno(), name, limit)
    except FileNotFoundError:
        raise Quarantine(
            f"No notebook was handed in: {shown(name)} is missing."
        ) from None
    except OSError as problem:
        reason = os.strerror(problem.errno or 0).lower()
        raise Quarantine(f"{shown(name)} cannot be read: {reason}.") from None


def _check(name: str, status: os.stat_result, limit: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = kind_of(status.st_mode)
        raise Quarantine(f"{shown(name)} is {kind}: hand in the file itself.")
    if status.st_size > limit:
        raise Quarantine(_too_large(name, limit))


def _read(descriptor: int, name: str, limit: int) -> bytes:
    """All of a file, unless it is still growing."""
    parts, size = [], 0
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise Quarantine(_too_large(name, limit))
    return b"".join(parts)


def _too_large(name: str, limit: int) -> str:
    return (
        f"{shown(name)} is larger than {limit / 1e6:g} MB: clear the outputs"
        " (Edit → Clear Outputs of All Cells), save and hand in again."
    )


def _timestamp(home: int) -> tuple[datetime | None, list[str]]:
    """When nbgrader says this was handed in."""
    try:
        text = _contents(home, "timestamp.txt", 100).decode("ascii").strip()
    except Quarantine as problem:
        missing = "is missing" in problem.reason
        return None, [] if missing else [f"The time is unknown: {problem.reason}"]
    except UnicodeDecodeError:
        text = ""
    when = parse_time(text)
    return when, [] if when else ["The time is unknown: timestamp.txt holds no time."]


def parse_time(text: str) -> datetime | None:
    """UTC, as nbgrader keeps it; None if this is no time of nbgrader's.

    Example:
        >>> parse_time("2030-02-02 15:58:23.948203 +0200")
        datetime.datetime(2030, 2, 2, 13, 58, 23, 948203)
    """
    if not (match := TIMESTAMP.fullmatch(text)):
        return None
    try:
        when = datetime.fromisoformat(match[1])
        if not 2000 <= when.year < 2200:
            return None
        zone = _zone(match[2] or "UTC")
        return when.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None


def _zone(name: str) -> timezone | ZoneInfo:
    if name in ("UTC", "Z"):
        return UTC
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[-2:])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if name[0] == "-" else offset)
    return ZoneInfo(name)
