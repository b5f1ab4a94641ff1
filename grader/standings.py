"""Read the gradebook: who stands where, in a question or two for a whole class."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from nbgrader import api
from sqlalchemy.engine import Connection

from grader.gradebook import (
    CELL,
    COMMENT,
    GRADE,
    NOTEBOOK,
    STUDENT,
    SUBMISSION,
    points,
    rows_of,
)


@dataclass(frozen=True)
class Standing:
    """What the gradebook says of one student and one assignment."""

    student: str
    submitted: datetime | None
    score: float  # what is known so far, without the penalty
    penalty: float
    open: int  # cells that have no score at all
    review: int  # cells that have one and are to be looked at by a person


def standings(db: Connection, assignment: str) -> dict[str, Standing]:
    """Student → standing, of all who have a submission in the gradebook."""
    asked = assignment_id(db, assignment)
    none = GRADE.c.manual_score.is_(None) & GRADE.c.auto_score.is_(None)
    best = sa.func.coalesce(GRADE.c.manual_score, GRADE.c.auto_score)
    extra = sa.func.coalesce(GRADE.c.extra_credit, 0.0)
    worth = sa.case((none, 0.0), else_=best + extra)
    looked = GRADE.c.needs_manual_grade & ~none
    wanted = (
        sa.select(
            SUBMISSION.c.student_id.label("student"),
            sa.func.max(SUBMISSION.c.timestamp).label("submitted"),
            sa.func.coalesce(sa.func.sum(worth), 0.0).label("score"),
            sa.func.max(NOTEBOOK.c.late_submission_penalty).label("penalty"),
            sa.func.sum(sa.case((none, 1), else_=0)).label("open"),
            sa.func.sum(sa.case((looked, 1), else_=0)).label("review"),
        )
        .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .join(GRADE, GRADE.c.notebook_id == NOTEBOOK.c.id)
        .where(SUBMISSION.c.assignment_id == asked)
        .group_by(SUBMISSION.c.student_id)
    )
    return {
        row["student"]: Standing(**{**row, "penalty": row["penalty"] or 0.0})
        for row in db.execute(wanted).mappings()
    }


def extensions(db: Connection, assignment: str) -> dict[str, timedelta]:
    """Student → how much later than the others they may hand in."""
    wanted = sa.select(SUBMISSION.c.student_id, SUBMISSION.c.extension).where(
        SUBMISSION.c.assignment_id == assignment_id(db, assignment),
        SUBMISSION.c.extension.is_not(None),
    )
    return {row.student_id: row.extension for row in db.execute(wanted)}


def assignment_id(db: Connection, name: str) -> str:
    """The id of an assignment."""
    table = api.Assignment.__table__
    return db.execute(sa.select(table.c.id).where(table.c.name == name)).scalar_one()


def marks(db: Connection, assignment: str, student: str) -> tuple[dict, dict]:
    """Of one submission: grade_id → its score, and grade_id → what is said of it."""
    submitted = (
        sa.select(NOTEBOOK.c.id)
        .join(SUBMISSION, SUBMISSION.c.id == NOTEBOOK.c.assignment_id)
        .where(
            SUBMISSION.c.assignment_id == assignment_id(db, assignment),
            SUBMISSION.c.student_id == student,
        )
    )
    notebook = db.execute(submitted).scalar_one()
    names = {row.id: row.name for row in db.execute(sa.select(CELL.c.id, CELL.c.name))}
    scores = {
        names[cell]: points(row, row.auto_score)
        for cell, row in rows_of(db, GRADE, notebook).items()
    }
    comments = {
        names[cell]: row.auto_comment
        if row.manual_comment is None
        else row.manual_comment
        for cell, row in rows_of(db, COMMENT, notebook).items()
    }
    return scores, comments


def assignments(db: Connection) -> list[str]:
    """The names of all assignments, in order."""
    table = api.Assignment.__table__
    return list(db.execute(sa.select(table.c.name).order_by(table.c.name)).scalars())


def people(db: Connection) -> dict[str, sa.Row]:
    """Student → the row with the names."""
    rows = db.execute(sa.select(STUDENT).order_by(STUDENT.c.id))
    return {row.id: row for row in rows}
