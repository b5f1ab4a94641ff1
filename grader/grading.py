"""`python -m grader grade`: from the options to the report."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial

import click
from tqdm import tqdm

from grader import sandbox
from grader.batch import Batch, Pool, Report, Row
from grader.folders import Course
from grader.pool import LocalPool
from grader.records import Records
from grader.work import Grader

Say = Callable[[str], None]


def run(
    course: Course,
    assignment: str,
    *,
    say: Say,
    student: tuple[str, ...] = (),
    workers: int = 2,
    scheduler: str | None = None,
    resume: bool = False,
    force: bool = False,
    dry_run: bool = False,
    no_sandbox: bool = False,
) -> Report:
    """Grade an assignment as the options say; the report is complete.

    Raises:
        SandboxMissing: there is none, and nobody said to go without.
        ClusterTrouble: the scheduler or a worker cannot be used.
        Busy, UnknownAssignment, GradebookLocked, NoSpace: as they say.
    """
    walls(course, no_sandbox, say, here=scheduler is None)
    with course.alone(), Records(course.gradebook, course.id, say) as records:
        batch = Batch(course, records, assignment)
        students = chosen(course, assignment, student)
        if force:
            batch.forget(students, dry_run=dry_run)
        todo = batch.plan(students, resume=resume)
        if dry_run or not todo:
            if not dry_run:
                batch.run([], Nobody(), lambda row: None)
            return batch.report
        pool = hire(batch, min(workers, len(todo)), scheduler, say)
        try:
            with progress(len(todo)) as done, batch.stoppable(pool):
                return batch.run(todo, pool, done)
        finally:
            pool.close()


def walls(course: Course, no_sandbox: bool, say: Say, *, here: bool = True) -> None:
    """Make sure that there is a sandbox, or say what it means that there is none.

    Where nothing is graded `here`, there need not be one: each worker sees to its own.
    """
    if no_sandbox:
        course.config.JudgedExecute.sandboxed = False
        say(sandbox.WITHOUT)
    elif here:
        sandbox.available()


def chosen(course: Course, assignment: str, wanted: tuple[str, ...]) -> list[str]:
    """The students whose work is to be looked at.

    Raises:
        click.UsageError: one of them handed in nothing.
    """
    students = course.students(assignment)
    if missing := sorted(set(wanted) - set(students)):
        raise click.UsageError(f"{missing[0]} handed in nothing for {assignment}.")
    return sorted(set(wanted)) or students


def hire(batch: Batch, workers: int, scheduler: str | None, say: Say) -> Pool:
    """Whoever will grade."""
    make = partial(Grader, batch.paper)
    if scheduler:
        from grader.cluster import Cluster

        sandboxed = batch.course.config.JudgedExecute.get("sandboxed", True)
        return Cluster(make, scheduler, say, sandboxed=sandboxed)
    return LocalPool(make, workers)


class Nobody:
    """A pool for when there is nothing to grade."""

    def results(self, tasks: object) -> Iterator[None]:
        """Nothing."""
        return iter(())


@contextlib.contextmanager
def progress(
    total: int, what: str = "grading", unit: str = "notebook"
) -> Iterator[Callable[..., None]]:
    """A bar with the rate, the time left, and how many need attention."""
    with tqdm(total=total, desc=what, unit=unit, mininterval=0.5) as bar:
        apart: dict[str, int] = {}

        def done(row: Row | None = None) -> None:
            if row and row.reason:
                apart[row.status] = apart.get(row.status, 0) + 1
                bar.set_postfix(apart, refresh=False)
            bar.update()

        yield done
