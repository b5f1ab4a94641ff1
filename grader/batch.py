"""Grade a class: what is new or changed goes to workers, verdicts to the gradebook.

Nothing depends on a run coming to its end. What was written stays, what was not is done
by the next run, and what did not change is left alone.
"""

import contextlib
import hashlib
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Protocol

from nbgrader.preprocessors import AssignLatePenalties

from grader.folders import Course
from grader.paper import paper
from grader.pool import Lost, Task
from grader.records import Entry, Penalty, Records
from grader.submission import HandedIn, Quarantine, odd_name, take
from grader.work import FAILED, GRADED, QUARANTINED, Graded

UNCHANGED, WAITING = "unchanged", "waiting"
TOO_DEADLY = (
    "Two graders ended over it, one after the other, which no notebook should be able"
    " to bring about: your instructor will look at it."
)
BATCH, SECONDS = 25, 1.0  # verdicts a transaction, and how long the first may wait


class Pool(Protocol):
    """Whoever grades: `grader.pool.LocalPool` or `grader.cluster.Cluster`."""

    def results(self, tasks: Iterable[Task]) -> Iterator[Graded | Lost | None]:
        """Verdicts in any order, None now and then."""

    def stop(self) -> None:
        """Begin nothing new."""

    def close(self) -> None:
        """End the workers."""


@dataclass(frozen=True)
class Row:
    """One submission in the table at the end."""

    student: str
    status: str  # graded, failed, quarantined, unchanged; waiting: not yet
    reason: str = ""
    score: float | None = None
    seconds: float = 0
    notes: tuple[str, ...] = ()


@dataclass
class Report:
    """What came of a run."""

    assignment: str
    points: float
    rows: dict[str, Row] = field(default_factory=dict)
    interrupted: bool = False
    seconds: float = 0

    @property
    def counts(self) -> Counter:
        """How many of each status."""
        return Counter(row.status for row in self.rows.values())

    @property
    def ungraded(self) -> int:
        """How many have no score that counts."""
        done = (GRADED, UNCHANGED)
        return sum(row.status not in done for row in self.rows.values())

    def as_dict(self) -> dict:
        """For `--json`."""
        return {
            "assignment": self.assignment,
            "points": self.points,
            "seconds": round(self.seconds, 1),
            "interrupted": self.interrupted,
            "counts": dict(self.counts),
            "ungraded": self.ungraded,
            "submissions": [asdict(self.rows[name]) for name in sorted(self.rows)],
        }


class Batch:
    """Grades one assignment of one course.

    Args:
        course: its folders.
        records: its gradebook, open.
        assignment: the name.

    Raises:
        UnknownAssignment: the gradebook does not know it.
    """

    def __init__(self, course: Course, records: Records, assignment: str) -> None:
        self.course, self.records = course, records
        self.paper = paper(records.gradebook, assignment, course.config)
        self.report = Report(assignment, self.paper.points)
        self.known = records.states(assignment)
        self.extensions = records.extensions(assignment)
        self.unwritten: list[Entry] = []

    def plan(self, students: Iterable[str], *, resume: bool = False) -> list[str]:
        """Who is to be graded; the report has all of them, with their status.

        Args:
            students: whose work to look at.
            resume: leave what failed for another day.
        """
        for student in students:
            row = self.look(student)
            perhaps_ours = row.status == FAILED or row.reason == TOO_DEADLY
            if perhaps_ours and not resume:
                row = Row(student, WAITING)
            self.report.rows[student] = row
        rows = self.report.rows.values()
        return [row.student for row in rows if row.status == WAITING]

    def forget(self, students: Iterable[str], *, dry_run: bool) -> None:
        """Take what was judged for not judged; so will later runs, unless it is dry."""
        students = list(students)
        if not dry_run:
            self.records.forget(self.paper.assignment, students)
        for student in students:
            self.known.pop(student, None)

    def look(self, student: str) -> Row:
        """How things stand with one student's work."""
        name = self.paper.assignment
        try:
            taken = self.take(student)
        except Quarantine as problem:
            return Row(student, QUARANTINED, problem.reason)
        state = self.known.get(student)
        if state is None or state.digest != self.digest(student, taken):
            return Row(student, WAITING)
        if state.status != GRADED:
            return Row(student, state.status, state.reason)
        kept = self.course.autograded / student / name / f"{name}.ipynb"
        if not kept.is_file():
            return Row(student, WAITING)
        return Row(student, UNCHANGED, score=state.score)

    def take(self, student: str) -> HandedIn:
        """What a student handed in."""
        name = self.paper.assignment
        return take(self.course.submitted / student / name, name)

    def digest(self, student: str, taken: HandedIn) -> str:
        """Changes when the work, or what judges it, does."""
        extension = self.extensions.get(student)
        judges = f"{self.paper.digest} {taken.submitted} {extension} ".encode()
        return hashlib.sha256(judges + taken.data).hexdigest()

    def run(
        self, students: list[str], pool: Pool, done: Callable[[Row], None]
    ) -> Report:
        """Grade these students' work.

        Args:
            students: from `plan`.
            pool: who grades.
            done: told of each of them that is in the gradebook.

        Raises:
            GradebookLocked, NoSpace: what was not written is graded by the next run.
        """
        start = written = time.monotonic()
        self.note_quarantined()
        self.write(lambda row: None)
        taken: dict[str, HandedIn] = {}  # with a worker
        for graded in pool.results(self.tasks(students, taken)):
            if isinstance(graded, Lost):
                graded = Graded(graded.student, QUARANTINED, TOO_DEADLY)
            if graded is not None:
                self.add(graded, taken.pop(graded.student))
            now = time.monotonic()
            if len(self.unwritten) >= BATCH or now - written > SECONDS:
                self.write(done)
                written = now
        self.write(done)
        self.report.seconds = time.monotonic() - start
        return self.report

    def tasks(self, students: list[str], taken: dict[str, HandedIn]) -> Iterator[Task]:
        """The work itself, read when a worker is free for it."""
        for student in students:
            try:
                taken[student] = self.take(student)
            except Quarantine as problem:  # it changed since
                self.add(Graded(student, QUARANTINED, problem.reason), None)
                continue
            yield student, taken[student]

    def note_quarantined(self) -> None:
        """Have the gradebook know of what no worker will see."""
        for row in self.report.rows.values():
            state = self.known.get(row.student)
            news = state is None or (state.status, state.reason) != (
                row.status,
                row.reason,
            )
            if row.status == QUARANTINED and news:
                self.add(Graded(row.student, QUARANTINED, row.reason), None)

    def add(self, graded: Graded, taken: HandedIn | None) -> None:
        """A verdict that is to be written."""
        digest = self.digest(graded.student, taken) if taken else ""
        self.unwritten.append(Entry(graded, digest, taken and taken.submitted))

    def write(self, done: Callable[[Row], None]) -> None:
        """Write what there is: notebooks first, then their scores, all together.

        Raises:
            NoSpace: the disk is full; the gradebook is as it was before.
        """
        entries, name = self.unwritten, self.paper.assignment
        for entry in entries:
            graded = entry.graded
            if graded.status == GRADED:
                self.course.keep(graded.student, name, graded.notebook, entry.submitted)
        # a folder may have a name that no page of nbgrader should ever show
        named = [entry for entry in entries if not odd_name(entry.graded.student)]
        self.records.write(name, named, self.penalty())
        self.unwritten = []
        for entry in entries:
            row = row_of(entry.graded)
            self.report.rows[row.student] = row
            done(row)

    def penalty(self) -> Penalty:
        """What the course takes off for being late."""
        step = AssignLatePenalties(config=self.course.config)
        step.init_plugin()
        return step.plugin_inst.late_submission_penalty

    @contextlib.contextmanager
    def stoppable(self, pool: Pool) -> Iterator[None]:
        """Ctrl-C lets what is being graded finish; a second one ends it at once."""

        def stop(*_: object) -> None:
            pool.stop()
            self.report.interrupted = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def row_of(graded: Graded) -> Row:
    """A verdict as a row of the table."""
    return Row(
        graded.student,
        graded.status,
        graded.reason,
        graded.score if graded.status == GRADED else None,
        round(graded.seconds, 3),
        graded.notes,
    )
