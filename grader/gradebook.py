"""The gradebook's tables, and ours: rows in, rows out, within one transaction.

nbgrader's own functions ask the database a dozen questions and commit once for every
cell of every student. These do the same in a handful of statements. What each row
means is nbgrader's: `add_submission`, `SaveAutoGrades` and `AssignLatePenalties`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from nbgrader import api
from sqlalchemy.engine import Connection

from grader.work import Graded

STUDENT = api.Student.__table__
SUBMISSION = api.SubmittedAssignment.__table__
NOTEBOOK = api.SubmittedNotebook.__table__
GRADE = api.Grade.__table__
COMMENT = api.Comment.__table__
CELL = api.BaseCell.__table__

OURS = sa.MetaData()
JUDGED = sa.Table(
    "judged_submission",
    OURS,
    sa.Column("assignment", sa.String(128), primary_key=True),
    sa.Column("student", sa.String(128), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("judged", sa.DateTime, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
)
GRADED_CELLS, COMMENTED_CELLS = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")


@dataclass(frozen=True)
class Asked:
    """The rows of an assignment that submissions refer to."""

    id: str
    notebook: str
    due: datetime | None
    graded: dict[str, str]  # grade_id → id of the cell
    commented: dict[str, str]


def assignment(db: Connection, name: str) -> Asked:
    """An assignment that has one notebook, by its name."""
    table, notebooks = api.Assignment.__table__, api.Notebook.__table__
    row = db.execute(sa.select(table.c.id, table.c.duedate).where(table.c.name == name))
    found = row.one()
    only = sa.select(notebooks.c.id).where(notebooks.c.assignment_id == found.id)
    notebook = db.execute(only).scalar_one()
    columns = (CELL.c.id, CELL.c.name, CELL.c.type)
    cells = db.execute(sa.select(*columns).where(CELL.c.notebook_id == notebook)).all()
    return Asked(
        id=found.id,
        notebook=notebook,
        due=found.duedate,
        graded={c.name: c.id for c in cells if c.type in GRADED_CELLS},
        commented={c.name: c.id for c in cells if c.type in COMMENTED_CELLS},
    )


def add_students(db: Connection, students: Iterable[str]) -> None:
    """Add those who are not there."""
    wanted = list(dict.fromkeys(students))
    there = db.execute(sa.select(STUDENT.c.id).where(STUDENT.c.id.in_(wanted)))
    missing = set(wanted) - set(there.scalars())
    if missing:
        db.execute(sa.insert(STUDENT), [{"id": student} for student in sorted(missing)])


def write_scores(
    db: Connection,
    asked: Asked,
    graded: Graded,
    submitted: datetime | None,
    penalty: Callable[[str, float, float], float | None] | None,
) -> None:
    """Write one verdict; what a person wrote stays, and is to be looked at again."""
    mine, late = submission(db, asked, graded.student, submitted)
    notebook = child(
        db, NOTEBOOK, {"assignment_id": mine, "notebook_id": asked.notebook}
    )
    there = rows_of(db, GRADE, notebook)
    scores = {cell: graded.scores.get(name) for name, cell in asked.graded.items()}
    merge(db, GRADE, notebook, there, {
        cell: score_of(graded.scores[name], there.get(cell))
        if name in graded.scores
        else {}  # a task: it is a person's from the start
        for name, cell in asked.graded.items()
    })  # fmt: skip
    comments = {
        cell: {"auto_comment": graded.comments[name]}
        if name in graded.comments
        else {}  # the cell is gone
        for name, cell in asked.commented.items()
    }
    merge(db, COMMENT, notebook, rows_of(db, COMMENT, notebook), comments)
    lost = None
    if late > 0 and penalty:
        total = sum(points(there.get(cell), score) for cell, score in scores.items())
        lost = penalty(graded.student, total, late)
        lost = None if lost is None else min(max(lost, 0), total)
    change = sa.update(NOTEBOOK).where(NOTEBOOK.c.id == notebook)
    db.execute(change.values(late_submission_penalty=lost))


def score_of(score: float | None, row: sa.Row | None) -> dict:
    """The columns of a grade that a verdict changes: `SaveAutoGrades._add_score`."""
    by_hand = row is not None and row.manual_score is not None
    return {"auto_score": score, "needs_manual_grade": score is None or by_hand}


def points(row: sa.Row | None, score: float | None) -> float:
    """What a cell is worth: nbgrader's `Grade.score`, with a new automatic score."""
    manual = row.manual_score if row else None
    extra = (row.extra_credit if row else None) or 0.0
    worth = manual if manual is not None else score
    return 0.0 if worth is None else worth + extra


def rows_of(db: Connection, table: sa.Table, notebook: str) -> dict[str, sa.Row]:
    """The rows of one submitted notebook, by the cell they are about."""
    rows = db.execute(sa.select(table).where(table.c.notebook_id == notebook))
    return {row.cell_id: row for row in rows}


def merge(
    db: Connection,
    table: sa.Table,
    notebook: str,
    there: dict[str, sa.Row],
    wanted: dict[str, dict],
) -> None:
    """Insert the rows that are missing and change those that differ."""
    for cell, values in wanted.items():
        if cell not in there:
            keys = {"id": api.new_uuid(), "cell_id": cell, "notebook_id": notebook}
            db.execute(sa.insert(table).values(**keys, **values))
    for cell, row in there.items():
        values = wanted.get(cell, {})
        if any(getattr(row, name) != value for name, value in values.items()):
            db.execute(sa.update(table).where(table.c.id == row.id).values(**values))


def submission(
    db: Connection, asked: Asked, student: str, submitted: datetime | None
) -> tuple[str, float]:
    """Make sure that a submission is there; its id, and the seconds it is late."""
    keys = {"assignment_id": asked.id, "student_id": student}
    columns = (SUBMISSION.c.id, SUBMISSION.c.timestamp, SUBMISSION.c.extension)
    same = [SUBMISSION.c[name] == value for name, value in keys.items()]
    row = db.execute(sa.select(*columns).where(*same)).one_or_none()
    name = row.id if row else api.new_uuid()
    if row is None:
        db.execute(sa.insert(SUBMISSION).values(id=name, timestamp=submitted, **keys))
    elif submitted is not None and submitted != row.timestamp:
        change = sa.update(SUBMISSION).where(SUBMISSION.c.id == row.id)
        db.execute(change.values(timestamp=submitted))
    when = submitted or (row.timestamp if row else None)
    if when is None or asked.due is None:
        return name, 0.0
    extension = (row.extension if row else None) or timedelta()
    return name, max(0.0, (when - asked.due - extension).total_seconds())


def child(db: Connection, table: sa.Table, keys: dict) -> str:
    """The id of the row with these keys, which is made if it is not there."""
    same = [table.c[name] == value for name, value in keys.items()]
    found = db.execute(sa.select(table.c.id).where(*same)).scalar_one_or_none()
    if found is None:
        found = api.new_uuid()
        db.execute(sa.insert(table).values(id=found, **keys))
    return found


def remember(db: Connection, rows: list[dict]) -> None:
    """Write what was judged, in place of what was known."""
    for row in rows:
        keys = [JUDGED.c[name] == row[name] for name in ("assignment", "student")]
        db.execute(sa.delete(JUDGED).where(*keys))
    db.execute(sa.insert(JUDGED), rows)


def judged(db: Connection, assignment: str) -> list[sa.RowMapping]:
    """Our table's rows of an assignment that nbgrader's tables still agree with.

    Somebody may have removed a student or a submission from the gradebook since.
    """
    wanted = sa.select(JUDGED).where(JUDGED.c.assignment == assignment)
    table = api.Assignment.__table__
    there = (
        sa.select(SUBMISSION.c.student_id)
        .join(table, table.c.id == SUBMISSION.c.assignment_id)
        .where(table.c.name == assignment)
    )
    known = set(db.execute(there).scalars())
    rows = db.execute(wanted).mappings()
    return [r for r in rows if r["student"] in known or r["status"] != "graded"]
