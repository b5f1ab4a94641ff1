"""Collect what a class handed in, from the folder or archive of a learning platform.

One notebook of each student is read with limits and written into nbgrader's layout
under names of our own; what was not taken is in the report, with a sentence each.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path

from grader.collect.archive import Archive, opened
from grader.collect.errors import CollectError
from grader.collect.folder import Folder
from grader.collect.gradescope import submitters
from grader.collect.names import Label, by_pattern, label, student_id, wrapper
from grader.collect.pick import Choice, File, choose
from grader.collect.roster import Person, Roster, read_roster
from grader.collect.store import Store
from grader.submission import EXPORTS, Quarantine, odd_name, shown

__all__ = ["CollectError", "Collected", "Person", "Row", "collect", "read_roster"]

STATUSES = ("new", "replaced", "unchanged", "refused", "left out")


@dataclass(frozen=True)
class Row:
    """What became of one student's work, or of a file beside it."""

    student: str  # "" if nobody knows whose it is
    status: str  # one of STATUSES
    source: str  # the path in the source, safe to show
    sentence: str = ""


@dataclass(frozen=True)
class Collected:
    """The report of a collection."""

    rows: tuple[Row, ...]
    roster: tuple[Person, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in STATUSES}

    @property
    def missing(self) -> list[Person]:
        """Those of the roster of whom nothing was found."""
        there = {row.student for row in self.rows}
        return [person for person in self.roster if person.id not in there]


@dataclass
class Student:
    """All files of one person."""

    person: str
    id: str = ""
    files: list[File] = field(default_factory=list)
    problem: str = ""


def collect(
    source: Path,
    assignment: str,
    submitted: Path,
    *,
    pattern: str | None = None,
    roster: Roster | None = None,
    others: Collection[str] = (),
    zone: tzinfo = UTC,
    overwrite: bool = False,
    dry_run: bool = False,
) -> Collected:
    """Store one notebook of each student as submitted/STUDENT/ASSIGNMENT/….

    Args:
        source: a folder or a zip archive, as a learning platform gives it.
        assignment: its name.
        submitted: nbgrader's folder of submissions.
        pattern: reads a path of the source by its named groups `student` and, if it
            has them, `timestamp` and `attempt`, in place of what we know of platforms.
        roster: from `read_roster`. Who is not in it is refused.
        others: names of the course's other assignments.
        zone: of the times in names and archives that do not say theirs.
        overwrite: replace an earlier submission even by one that is not newer.
        dry_run: report only.

    Raises:
        CollectError: the source cannot be read or the course cannot be written.
    """
    if problem := odd_name(assignment):
        raise CollectError(f"The assignment {shown(assignment)} is refused: {problem}.")
    store = Store(submitted, assignment, overwrite=overwrite, dry_run=dry_run)
    with opened(source, zone) as found, store.locked():
        students, rows = _students(found, source.stem, assignment, pattern, zone)
        _name(students, roster)
        strangers = set(others) - {assignment}
        for student in sorted(students, key=lambda student: student.id):
            rows += _take(student, store, strangers, zone)
    return Collected(tuple(rows), tuple(roster.people) if roster else ())


def _students(
    source: Folder | Archive,
    stem: str,
    assignment: str,
    pattern: str | None,
    zone: tzinfo,
) -> tuple[list[Student], list[Row]]:
    """Sort the files by person; rows say what is nobody's."""
    expression = _compiled(pattern)
    good = [entry for entry in source.entries if not entry.lost]
    around = wrapper(_telling(entry.path for entry in good), assignment, stem)
    names = submitters(source, around)
    students: dict[str, Student] = {}
    rows = [
        Row("", "left out", shown(entry.path), entry.problem)
        for entry in source.entries
        if entry.lost
    ]
    for entry in good:
        path = entry.path.removeprefix(around)
        found = (
            by_pattern(path, expression, zone)
            if expression
            else label(path, assignment, zone)
        )
        if found is None:
            rows.append(Row("", "left out", shown(entry.path), _nobodys(path)))
            continue
        found = names.get(found.person, lambda same: same)(found)
        student = students.setdefault(found.person, Student(found.person))
        student.files.append(File(found, entry, source))
    return list(students.values()), rows


def _compiled(pattern: str | None) -> re.Pattern | None:
    try:
        expression = re.compile(pattern) if pattern else None
    except re.error as problem:
        raise CollectError(f"The pattern cannot be read: {problem}.") from None
    if expression and not {"student", "student_id"} & set(expression.groupindex):
        raise CollectError("The pattern must have a group (?P<student>…).")
    return expression


def _telling(paths: Iterable[str]) -> list[str]:
    """The paths that show how a source is built: not the loose files of a platform."""
    endings = (".ipynb", ".zip")
    return [path for path in paths if "/" in path or path.lower().endswith(endings)]


def _nobodys(path: str) -> str:
    kind = EXPORTS.get(Path(path).suffix.lower())
    if kind and not path.lower().endswith(".zip"):
        return f"It is {kind}, and its name does not say whose."
    return "Its name does not say whose it is: `--pattern` can tell."


def _name(students: list[Student], roster: Roster | None) -> None:
    """Give everyone an id; two people with one id are refused, both."""
    for student in students:
        known: Label = student.files[0].label
        try:
            student.id = roster.find(known).id if roster else student_id(known.name)
        except Quarantine as problem:
            student.problem = problem.reason
    same: dict[str, list[Student]] = defaultdict(list)
    for student in students:
        if not student.problem:
            same[student.id.casefold()].append(student)
    for group in same.values():
        if len(group) > 1:
            people = " and ".join(shown(student.person) for student in group[:5])
            for student in group:
                student.problem = (
                    f"{people} would both be stored as {shown(student.id)}: a roster or"
                    " a pattern can tell them apart."
                )


def _take(
    student: Student, store: Store, strangers: Collection[str], zone: tzinfo
) -> list[Row]:
    """Read and store the work of one student."""
    about = shown(student.files[0].entry.path)
    if student.problem:
        return [Row(student.id, "refused", about, student.problem)]
    try:
        choice = choose(student.files, store.assignment, strangers, zone)
        rows = [
            Row(student.id, "left out", shown(path), sentence)
            for path, sentence in choice.others
        ]
        if not choice.path:
            return rows
        about = shown(choice.path)
        return [_stored(student.id, store, choice), *rows]
    except Quarantine as problem:
        return [Row(student.id, "refused", about, problem.reason)]


def _stored(student: str, store: Store, choice: Choice) -> Row:
    status, sentence = store.put(student, choice.data, choice.when)
    sentences = " ".join(filter(None, [sentence, *choice.notes]))
    return Row(student, status, shown(choice.path), sentences)
