"""`python -m grader feedback`: a page for everyone, made anew when needed."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from traitlets.config import Config

from grader.batch import UNCHANGED, Batch, Row
from grader.exporter import looks
from grader.folders import Course, write_whole
from grader.grading import Say, chosen, progress
from grader.pages import Marked, Page, Teller, refused
from grader.paper import judges
from grader.pool import LocalPool, Lost
from grader.records import Records
from grader.standings import Standing, marks, standings
from grader.submission import odd_name, shown
from grader.work import QUARANTINED


@dataclass
class Told:
    """What came of it."""

    made: int = 0
    same: int = 0
    waiting: int = 0  # not graded, so there is nothing to tell
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """One line, and one for each page that could not be made."""
        text = f"{self.made} pages made, {self.same} unchanged"
        if self.waiting:
            text += f", {self.waiting} not graded yet"
        lines = [f"{name}: {why}" for name, why in sorted(self.problems.items())]
        return "\n".join([*lines, f"{text}."])


def run(
    course: Course,
    assignment: str,
    *,
    say: Say,
    student: tuple[str, ...] = (),
    workers: int = 2,
    zipped: str | None = None,
) -> Told:
    """Make the pages that are missing or out of date.

    Raises:
        UnknownAssignment, GradebookLocked, NoSpace: as they say.
    """
    told = Told()
    with course.alone(), Records(course.gradebook, course.id, say) as records:
        batch = Batch(course, records, assignment)
        batch.plan(chosen(course, assignment, student), resume=True)
        rows = list(batch.report.rows.values())
        tell_refused(course, assignment, rows, told)
        todo = [row.student for row in rows if row.status == UNCHANGED]
        apart = told.made + told.same + len(told.problems)
        told.waiting = len(rows) - len(todo) - apart
        known = records.transaction(lambda db: standings(db, assignment))
        tasks = Stale(course, batch, known, told)
        pool = LocalPool(partial(Teller, assignment, course.config), min(workers, 8))
        try:
            with progress(len(todo), "feedback", "page") as done:
                for page in pool.results(tasks.of(todo, done)):
                    if page is not None:
                        keep(course, assignment, page, tasks, told)
                        done()
        finally:
            pool.close()
    if zipped:
        current = [
            row.student for row in rows if row.status in (UNCHANGED, QUARANTINED)
        ]
        say(pack(course, assignment, current, Path(zipped)))
    return told


class Stale:
    """The pages that are to be made: those whose notebook or scores have changed."""

    def __init__(
        self, course: Course, batch: Batch, known: dict[str, Standing], told: Told
    ) -> None:
        self.course, self.batch, self.known, self.told = course, batch, known, told
        self.digests: dict[str, str] = {}

    def of(self, students: list[str], done: Callable[[], None]) -> Iterator[tuple]:
        """Each with what the page is to show, when a worker is free for it."""
        for student in students:
            marked = self.marked(student)
            digest = digest_of(marked, self.course.config)
            path = page_of(self.course, self.batch.paper.assignment, student)
            if path.is_file() and stamp_of(path) == digest:
                self.told.same += 1
                done()
                continue
            self.digests[student] = digest
            yield student, marked

    def marked(self, student: str) -> Marked:
        """A notebook with what the gradebook says of it."""
        paper, standing = self.batch.paper, self.known[student]
        name = paper.assignment
        path = self.course.autograded / student / name / f"{name}.ipynb"
        ask = partial(marks, assignment=name, student=student)
        scores, comments = self.batch.records.transaction(ask)
        points = {cell: flags.get("points", 0.0) for cell, flags in paper.flags.items()}
        return Marked(
            notebook=path.read_text(encoding="utf-8"),
            score=standing.score,
            points=paper.points,
            penalty=standing.penalty,
            scores={cell: (score, points[cell]) for cell, score in scores.items()},
            comments=comments,
        )


def keep(course: Course, assignment: str, page: Page, tasks: Stale, told: Told) -> None:
    """Write a page, or say why there is none."""
    if isinstance(page, Lost):
        told.problems[page.student] = "it ended two workers: make its page by hand"
    elif page.problem:
        told.problems[page.student] = page.problem
    else:
        path = page_of(course, assignment, page.student)
        write_whole(path, page.html)
        write_whole(stamp(path), tasks.digests[page.student])
        told.made += 1


def tell_refused(course: Course, assignment: str, rows: list[Row], told: Told) -> None:
    """Pages for those whose work is quarantined."""
    for row in rows:
        if row.status != QUARANTINED:
            continue
        if odd_name(row.student):  # no page can be given to somebody of that name
            told.problems[shown(row.student)] = row.reason
            continue
        path = page_of(course, assignment, row.student)
        text = refused(assignment, row.reason)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            told.same += 1
        else:
            write_whole(path, text)
            stamp(path).unlink(missing_ok=True)
            told.made += 1


def page_of(course: Course, assignment: str, student: str) -> Path:
    """Where a page is."""
    return course.feedback / student / assignment / f"{assignment}.html"


def stamp(page: Path) -> Path:
    """Where it is written what a page was made of."""
    return page.with_name(f".{page.stem}.made-of")


def stamp_of(page: Path) -> str:
    """What a page was made of; "" if nobody knows."""
    path = stamp(page)
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def digest_of(marked: Marked, config: Config) -> str:
    """Changes when a page would."""
    parts = [judges(), marked.notebook, marked.score, marked.penalty, marked.scores]
    parts += [looks(), repr(config.BookLinks), repr(config.GenerateFeedback)]
    text = json.dumps([*parts, marked.comments], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def pack(course: Course, assignment: str, students: list[str], to: Path) -> str:
    """Put pages into one archive, STUDENT/ASSIGNMENT.html; a line to show."""
    pages = [(name, page_of(course, assignment, name)) for name in students]
    pages = [(name, page) for name, page in pages if page.is_file()]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in pages:
            archive.write(page, f"{name}/{page.name}")
    return f"{len(pages)} pages are in {to}."
