"""Of all that one student handed in, the one notebook that counts."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from grader.collect.archive import Archive, inner
from grader.collect.entries import Entry
from grader.collect.folder import Folder
from grader.collect.names import Label, copy_number, split_ending
from grader.submission import ENDINGS, EXPORTS, Quarantine, shown

MAX_ARCHIVES = 5
CLOSED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@dataclass(frozen=True)
class File:
    """A file, whose it is, and where its bytes are."""

    label: Label
    entry: Entry
    source: Folder | Archive

    @property
    def attempt(self) -> tuple[int, datetime]:
        """Later attempts are larger."""
        return self.label.attempt, self.label.when or datetime.min

    @property
    def is_notebook(self) -> bool:
        """Whether its name says so."""
        return self.label.rest.lower().endswith(ENDINGS)


@dataclass
class Choice:
    """The notebook that counts, when it came, and what else there was."""

    path: str
    data: bytes
    when: datetime | None
    notes: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)  # path, sentence


def choose(
    files: list[File], assignment: str, strangers: Collection[str], zone: tzinfo
) -> Choice:
    """The notebook of one student; without a path if all is for other assignments.

    Args:
        files: all of one student's.
        assignment: its name.
        strangers: names of other assignments.
        zone: of times that do not say theirs.

    Raises:
        Quarantine: there is none, or one cannot tell which.
    """
    foreign = {id(file): belongs_to(file, assignment, strangers) for file in files}
    mine = [file for file in files if not foreign[id(file)]]
    others = [
        (file.entry.path, f"It belongs to {shown(foreign[id(file)])}.")
        for file in files
        if foreign[id(file)]
    ]
    if not mine:
        return Choice("", b"", None, others=others)
    latest, earlier = _latest(mine)
    others += [
        (file.entry.path, file.entry.problem)
        for file in latest
        if file.entry.problem and not file.is_notebook
    ]
    others += [
        (file.entry.path, "A later attempt of the same student counts.")
        for file in earlier
        if file.is_notebook or _is_zip(file)
    ]
    chosen, outer, notes = _notebook(latest, assignment, strangers, zone)
    when, clock = outer.label.when, "its name"
    if when is None:
        when, clock = outer.entry.when, outer.source.clock
    notes.append(f"Time from {clock}: {when} UTC." if when else "The time is unknown.")
    if outer.label.late:
        notes.append("The platform marked it as late.")
    beside = [file for file in latest if not (file.is_notebook or file is outer)]
    if count := sum(file.label.rest != ".txt" for file in beside):
        notes.append(f"Not taken: {count} file{'s' * (count > 1)} of another kind.")
    data = chosen.source.read(chosen.entry)
    return Choice(outer.entry.path, data, when, notes, others)


def belongs_to(file: File, assignment: str, strangers: Collection[str]) -> str:
    """The other assignment that a file is for; "" if it is for this one."""
    named = file.label.assignment
    if named:
        return "" if named.casefold() == assignment.casefold() else named
    *folders, name = PurePosixPath(file.label.rest).parts or ("",)
    stem = split_ending(name)[0]
    if copy_number(stem, assignment) is not None:
        return ""
    for other in strangers:
        if copy_number(stem, other) is not None or other in folders:
            return other
    return ""


def _latest(files: list[File]) -> tuple[list[File], list[File]]:
    """The latest attempt that has a notebook or an archive, and all the others."""
    good = [file for file in files if file.is_notebook or _is_zip(file)] or files
    last = max(file.attempt for file in good)
    latest = [file for file in files if file.attempt == last]
    return latest, [file for file in files if file.attempt != last]


def _notebook(
    files: list[File], assignment: str, strangers: Collection[str], zone: tzinfo
) -> tuple[File, File, list[str]]:
    """The notebook of an attempt, the file that it lay in, and notes."""
    loose = [(file, file) for file in files if file.is_notebook]
    if loose:
        return _best(loose, assignment)
    archives = [file for file in files if _is_zip(file)]
    if len(archives) > MAX_ARCHIVES:
        raise Quarantine(f"There are {len(archives)} archives and no notebook.")
    packed = [(file, outer) for outer in archives for file in _unpacked(outer, zone)]
    notebooks = [
        pair
        for pair in packed
        if pair[0].is_notebook and not belongs_to(pair[0], assignment, strangers)
    ]
    if notebooks:
        return _best(notebooks, assignment)
    raise Quarantine(_why_none([*files, *(file for file, _ in packed)], assignment))


def _unpacked(outer: File, zone: tzinfo) -> list[File]:
    """What lies in an archive that a student handed in. Names in it prove nothing."""
    data = outer.source.read(outer.entry)
    archive = inner(data, outer.entry.path, zone, outer.source.room)
    return [
        File(replace(outer.label, rest=entry.path), entry, archive)
        for entry in archive.entries
    ]


def _best(
    pairs: list[tuple[File, File]], assignment: str
) -> tuple[File, File, list[str]]:
    """The one with the right name, nearest to the top; else the only one."""
    expected = f"{assignment}.ipynb"

    def rank(pair: tuple[File, File]) -> tuple[int, int]:
        path = PurePosixPath(pair[0].label.rest)
        known = copy_number(split_ending(path.name)[0], assignment) is not None
        return 0 if path.name == expected else 1 if known else 2, len(path.parts)

    best = min(map(rank, pairs))
    finalists = [pair for pair in pairs if rank(pair) == best]
    if best[0] == 2:
        finalists = pairs  # no name is right, so that depth says nothing
    for file, _ in finalists:
        if file.entry.problem:
            raise Quarantine(file.entry.problem)
    if len(finalists) > 1:
        finalists = _newest(finalists, expected, best[0] == 2)
    (chosen,) = finalists
    name = PurePosixPath(chosen[0].label.rest).name
    notes = [] if best[0] < 2 else [f"It is called {shown(name)}, not {expected}."]
    left = [pair[0].entry.path for pair in pairs if pair != chosen]
    if left:
        some = ", ".join(shown(path) for path in left[:3])
        notes.append(f"Other notebooks were left alone: {some}.")
    return *chosen, notes


def _newest(
    pairs: list[tuple[File, File]], expected: str, misnamed: bool
) -> list[tuple[File, File]]:
    """Of notebooks with equal right, the one written last."""
    times = [pair[0].entry.when or datetime.min for pair in pairs]
    if not misnamed and times.count(max(times)) == 1:
        return [pairs[times.index(max(times))]]
    some = ", ".join(shown(pair[0].entry.path) for pair in pairs[:5])
    what = f"none is called {expected}" if misnamed else "no one is the latest"
    raise Quarantine(f"There are {len(pairs)} notebooks, and {what}: {some}.")


def _is_zip(file: File) -> bool:
    return file.label.rest.lower().endswith(".zip")


def _why_none(files: list[File], assignment: str) -> str:
    """Say what was handed in instead of a notebook."""
    for file in files:
        name, suffix = shown(file.entry.path), PurePosixPath(file.label.rest).suffix
        if file.entry.problem:
            return file.entry.problem
        if suffix.lower() in CLOSED:
            return f"{name} is an archive of a kind that is not opened: use zip."
        if suffix.lower() == ".zip" and file.label.rest == file.entry.path:
            return f"{name} lies in another archive and is not opened."
    for file in files:
        name, suffix = shown(file.entry.path), PurePosixPath(file.label.rest).suffix
        kind = EXPORTS.get(suffix.lower())
        if kind and suffix.lower() != ".zip":
            return f"{name} is {kind}, not a notebook: hand in {assignment}.ipynb."
    return f"No notebook was handed in: {assignment}.ipynb is missing."
