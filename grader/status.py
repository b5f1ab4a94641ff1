"""How far each assignment is."""

from collections.abc import Sequence

from grader.batch import UNCHANGED, WAITING, Batch, Report
from grader.folders import Course
from grader.paper import UnknownAssignment
from grader.records import Records
from grader.standings import assignments, standings
from grader.work import FAILED, QUARANTINED


def plans(
    course: Course, records: Records, names: Sequence[str] = ()
) -> dict[str, Report]:
    """What a run of `grade` would find, for these assignments or for all we can grade.

    Raises:
        UnknownAssignment: the gradebook does not know one of `names`.
    """
    found = {}
    for name in names or records.transaction(assignments):
        try:
            batch = Batch(course, records, name)
        except UnknownAssignment as problem:
            if names:
                raise
            records.say(f"{name} is left out: {problem}.")
            continue
        batch.plan(course.students(name), resume=True)
        found[name] = batch.report
    return found


def status(
    course: Course, records: Records, names: Sequence[str] = ()
) -> dict[str, dict[str, int]]:
    """Assignment → what there is of each kind."""
    table = {}
    for name, report in plans(course, records, names).items():
        known = records.transaction(lambda db, name=name: standings(db, name))
        by_hand = [
            one for one in known.values()
            if (one.open or one.review) and one.student in report.rows
            and report.rows[one.student].status == UNCHANGED
        ]  # fmt: skip
        counts = report.counts
        table[name] = {
            "handed in": len(report.rows),
            "graded": counts[UNCHANGED],
            "waiting": counts[WAITING],
            "quarantined": counts[QUARANTINED],
            "failed": counts[FAILED],
            "for a person": len(by_hand),
        }
    return table
