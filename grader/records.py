"""The one writer: verdicts go into nbgrader's gradebook, many in one transaction.

Beside nbgrader's tables stands one of ours, which remembers what was judged: a digest
of the submission and of everything that judged it. It is written in the transaction
that writes the scores, so whenever a run ends, the gradebook knows what is left to do.
"""

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from grader import gradebook, standings
from grader.work import GRADED, Graded

PATIENCE = 600.0  # seconds to wait for whoever holds the gradebook
LOCKED = ("locked", "busy", "could not obtain lock", "lock timeout", "deadlock",
          "could not serialize")  # fmt: skip
AWAY = ("terminating connection", "closed the connection", "is the server running",
        "starting up", "shutting down", "recovery mode")  # fmt: skip
FULL = ("disk is full", "disk full", "no space left", "disk i/o error")


class GradebookLocked(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """Another program holds the gradebook and does not let go."""


class GradebookAway(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """The database of the gradebook cannot be reached."""


class NoSpace(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """There is no room for what must be written."""


@dataclass(frozen=True)
class State:
    """What we know of one submission."""

    digest: str
    status: str
    reason: str
    score: float | None
    judged: datetime
    notes: str = ""


@dataclass(frozen=True)
class Entry:
    """One verdict on its way into the gradebook."""

    graded: Graded
    digest: str
    submitted: datetime | None


# student, score, seconds late → the penalty; None is no penalty
Penalty = Callable[[str, float, float], float | None]


class Records:
    """The gradebook, opened once for a whole batch.

    Args:
        url: of the database, as nbgrader takes it.
        course_id: nbgrader's.
        say: told when there is something to wait for.
        patience: seconds to wait while somebody else holds the gradebook.

    Raises:
        GradebookAway: it cannot be opened.
        GradebookLocked: it stayed locked.
        NoSpace: the disk is full.
    """

    def __init__(
        self,
        url: str,
        course_id: str,
        say: Callable[[str], None] = lambda text: None,
        patience: float = PATIENCE,
    ) -> None:
        self.say, self.patience = say, patience
        # we wait ourselves, where it can be seen and stopped
        try:
            self.url = impatient(url)
            opening = partial(Gradebook, self.url, course_id)
            self.gradebook = self.patiently(opening, begun=False)
        except (ArgumentError, OperationalError) as problem:
            why = str(getattr(problem, "orig", problem)).splitlines()[0]
            raise GradebookAway(f"the gradebook cannot be opened: {why}") from None
        self.engine = self.gradebook.engine
        self.patiently(lambda: gradebook.OURS.create_all(self.engine))

    def patiently(self, act: Callable[[], Any], *, begun: bool = True) -> Any:
        """Do something with the database, again and again while it is locked.

        Args:
            act: all of it is undone where it fails, or doing it twice is the same.
            begun: wait for a server that has gone, too: it was there before.

        Raises:
            GradebookAway: it went and did not come back.
            GradebookLocked: it stayed locked.
            NoSpace: the disk is full.
        """
        start, pause, told = time.monotonic(), 0.05, 1.0
        while True:
            try:
                return act()
            except (DBAPIError, InvalidEntry) as problem:  # nbgrader wraps some
                text = str(getattr(problem, "orig", problem)).lower()
                if any(word in text for word in FULL):
                    raise NoSpace("the disk that holds the gradebook is full") from None
                gone = begun and lost(problem, text)
                if not gone and not any(word in text for word in LOCKED):
                    raise
            waited = time.monotonic() - start
            if waited > self.patience and gone:
                raise GradebookAway(
                    f"the gradebook's database did not answer for {waited:.0f} s: run"
                    " this again when it is back"
                )
            if waited > self.patience:
                raise GradebookLocked(
                    f"the gradebook was locked by another program for {waited:.0f} s:"
                    " close what writes to it and run this again"
                )
            if waited > told:
                what = "does not answer" if gone else "is locked"
                self.say(f"the gradebook {what}: waiting ({waited:.0f} s)")
                told = 2 * waited
            time.sleep(pause)
            pause = min(2 * pause, 2.0)

    def transaction(self, act: Callable[[Connection], Any]) -> Any:
        """Do something in a transaction of its own, when the gradebook is free."""

        def once() -> Any:
            with self.engine.begin() as connection:
                return act(connection)

        return self.patiently(once)

    def states(self, assignment: str) -> dict[str, State]:
        """Student → what is known of the submission."""
        rows = self.transaction(lambda db: gradebook.judged(db, assignment))
        names = State.__dataclass_fields__
        return {row["student"]: State(**{n: row[n] for n in names}) for row in rows}

    def write(
        self, assignment: str, entries: Iterable[Entry], penalty: Penalty | None = None
    ) -> None:
        """Write some verdicts, all of them or none."""
        entries = list(entries)
        if entries:
            self.transaction(lambda db: write(db, assignment, entries, penalty))

    def enrol(self, people: Iterable[dict[str, str]]) -> None:
        """Add students, or their names: id, first_name, last_name, email."""
        people = list(people)

        def act(db: Connection) -> None:
            gradebook.add_students(db, [person["id"] for person in people])
            for person in people:
                given = {k: v for k, v in person.items() if k != "id" and v}
                if given:
                    same = gradebook.STUDENT.c.id == person["id"]
                    db.execute(sa.update(gradebook.STUDENT).where(same).values(**given))

        if people:
            self.transaction(act)

    def forget(self, assignment: str, students: Iterable[str]) -> None:
        """Make these be judged anew by this run or the next."""
        table = gradebook.JUDGED
        change = sa.update(table).values(digest="")
        ours = (table.c.assignment == assignment, table.c.student.in_(list(students)))
        self.transaction(lambda db: db.execute(change.where(*ours)))

    def extensions(self, assignment: str) -> dict[str, timedelta]:
        """Student → how much later than the others."""
        return self.transaction(lambda db: standings.extensions(db, assignment))

    def assignments(self) -> list[str]:
        """The names of all assignments."""
        return self.transaction(standings.assignments)

    def __enter__(self) -> "Records":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(DBAPIError):
            self.gradebook.close()


def impatient(url: str) -> str:
    """The same URL for a connection that says soon that something is locked."""
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        url = url.update_query_dict({"timeout": "0.5"})
    if url.get_backend_name() == "postgresql":
        options = f"{url.query.get('options', '')} -c lock_timeout=500".strip()
        url = url.update_query_dict({"options": options})
    return url.render_as_string(hide_password=False)


def lost(problem: Exception, text: str) -> bool:
    """Does an error say that the server has gone, perhaps to come back?"""
    broken = getattr(problem, "connection_invalidated", False)
    return broken or any(word in text for word in AWAY)


def write(
    db: Connection, assignment: str, entries: list[Entry], penalty: Penalty | None
) -> None:
    """What `Records.write` does within its transaction."""
    graded = {e.graded.student for e in entries if e.graded.status == GRADED}
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    rows = [
        {
            "assignment": assignment,
            "student": entry.graded.student,
            "digest": entry.digest,
            "status": entry.graded.status,
            "reason": entry.graded.reason,
            "score": entry.graded.score if entry.graded.student in graded else None,
            "judged": now,
            "notes": "\n".join(entry.graded.notes)[:20_000],
        }
        for entry in entries
    ]
    gradebook.remember(db, rows)  # first: SQLite lets nobody else write from here on
    asked = gradebook.assignment(db, assignment)
    gradebook.add_students(db, [entry.graded.student for entry in entries])
    for entry in entries:
        if entry.graded.student in graded:
            gradebook.write_scores(db, asked, entry.graded, entry.submitted, penalty)
