"""Grades for a learning platform, in which ungraded is not zero.

A score stands only where it counts: everything has one, by the judge or by hand, and
the work it is for is the work that was handed in last. Otherwise the field is empty and
`status` says why.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TextIO

from sqlalchemy.engine import Connection

from grader import standings as book
from grader.batch import UNCHANGED, Report
from grader.standings import Standing
from grader.table import visible
from grader.work import GRADED

LAYOUTS = ("long", "wide", "canvas", "moodle")
MISSING, BY_HAND, REVIEW = "not handed in", "by hand", "review"
FORMULAS = tuple("=+-@＝＋－＠\t\r\n")  # what a spreadsheet would compute


@dataclass(frozen=True)
class Line:
    """One student and one assignment, as the long layout writes them."""

    assignment: str
    student_id: str
    last_name: str
    first_name: str
    email: str
    status: str  # graded, review, by hand, waiting, quarantined, failed, not handed in
    score: float | None  # with the penalty taken off
    raw_score: float | None
    late_penalty: float | None
    max_score: float
    submitted: str
    reason: str


def lines(db: Connection, reports: Iterable[Report]) -> Iterator[Line]:
    """Every student of the gradebook and every assignment of `reports`.

    Args:
        db: the gradebook.
        reports: what `Batch.plan` found, so that stale scores are seen.
    """
    people, reports = book.people(db), list(reports)
    everyone = sorted({*people, *(name for report in reports for name in report.rows)})
    for report in reports:
        standings = book.standings(db, report.assignment)
        for student in everyone:
            yield line(report, student, people.get(student), standings.get(student))


def line(
    report: Report, student: str, person: object, standing: Standing | None
) -> Line:
    """One line of the long layout."""
    row = report.rows.get(student)
    status = MISSING if row is None else row.status
    if status in (GRADED, UNCHANGED) and standing is not None:
        status = BY_HAND if standing.open else REVIEW if standing.review else GRADED
    counts = standing is not None and status in (GRADED, REVIEW)
    when = standing and standing.submitted
    return Line(
        assignment=report.assignment,
        student_id=student,
        last_name=getattr(person, "last_name", None) or "",
        first_name=getattr(person, "first_name", None) or "",
        email=getattr(person, "email", None) or "",
        status=status,
        score=max(0.0, standing.score - standing.penalty) if counts else None,
        raw_score=standing.score if counts else None,
        late_penalty=standing.penalty if counts else None,
        max_score=report.points,
        submitted=f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else "",
        reason=row.reason if row else "",
    )


def write(lines: Iterable[Line], layout: str, file: TextIO) -> None:
    """Write a CSV.

    Args:
        lines: from `lines`.
        layout: long (a line for each student and assignment), wide (a line for each
            student), canvas or moodle (as their imports want it).
        file: open for text, without translation of line ends.
    """
    writer = csv.writer(file)
    if layout == "long":
        names = [field.name for field in fields(Line)]
        writer.writerow(names)
        writer.writerows([shown(getattr(one, name)) for name in names] for one in lines)
        return
    table: dict[str, dict[str, Line]] = {}
    for one in lines:
        table.setdefault(one.student_id, {})[one.assignment] = one
    assignments = list(dict.fromkeys(name for row in table.values() for name in row))
    head, person = HEADS[layout]
    writer.writerow([*head, *assignments])
    if layout == "canvas" and table:
        points = [next(iter(table.values()))[name].max_score for name in assignments]
        writer.writerow(["    Points Possible", *[""] * (len(head) - 1), *points])
    for row in table.values():
        some = next(iter(row.values()))
        given = [row[name].score if name in row else None for name in assignments]
        scores = map(shown, given)
        writer.writerow([*map(shown, person(some)), *scores])


HEADS = {
    "wide": (
        ("student_id", "last_name", "first_name", "email"),
        lambda one: (one.student_id, one.last_name, one.first_name, one.email),
    ),
    "canvas": (
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        lambda one: (full_name(one), "", "", one.student_id, ""),
    ),
    "moodle": (
        ("username", "email"),
        lambda one: (one.student_id, one.email),
    ),
}


def full_name(one: Line) -> str:
    """`Lovelace, Ada`, or the id of someone without a name."""
    names = [name for name in (one.last_name, one.first_name) if name]
    return ", ".join(names) or one.student_id


def shown(value: object) -> object:
    """A value of a CSV that no spreadsheet takes for a formula; None is empty.

    Example:
        >>> shown("=1+1"), shown(None), shown(0.0)
        ("'=1+1", '', 0.0)
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str):
        value = visible(value)
        return f"'{value}" if value.startswith(FORMULAS) else value
    return value
