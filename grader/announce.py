"""Tell the gradebook what an assignment asks: nbgrader's generate_assignment."""

from collections.abc import Iterator
from datetime import datetime

from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment

from grader import assignments, course
from grader.assignments import CourseError
from grader.folders import Course
from grader.release import release
from grader.submission import parse_time


def announce(target: Course, assignment: str, due: str | None = None) -> Iterator[str]:
    """Write an assignment's cells and points into the gradebook; lines to show.

    Raises:
        CourseError: there is no such assignment, or the deadline is no time.
    """
    when = deadline(due)
    known = assignments.names(target.root)
    if assignment not in known:
        raise CourseError(
            f"there is no solutions/{assignment}.md: the assignments are"
            f" {', '.join(known) or 'none'}"
        )
    config = course.load_config(target.root)
    # the notebooks for learners are derived by `make assignments`, without a gradebook
    config.CourseDirectory.release_directory = "_build/course/release"
    course.run(GenerateAssignment, config, assignment)
    with Gradebook(target.gradebook, target.id) as gradebook:
        if when is not None:
            gradebook.update_or_create_assignment(assignment, duedate=when)
        found = gradebook.find_assignment(assignment)
        yield f"{assignment}: {found.max_score:g} points are in the gradebook."
        if found.duedate:
            yield f"It is due on {found.duedate:%Y-%m-%d %H:%M} UTC."
    archive = release(target.root, assignment).relative_to(target.root)
    yield f"Hand out exercises/{assignment}/{assignment}.ipynb, or {archive}."


def deadline(text: str | None) -> datetime | None:
    """A time as nbgrader keeps it.

    Raises:
        CourseError: it is none.

    Example:
        >>> deadline("2026-12-01 23:59 Europe/Berlin")
        datetime.datetime(2026, 12, 1, 22, 59)
    """
    if text is None:
        return None
    day, clock, *zone = [*text.split(" ", 2), ""][:3]
    seconds = "" if clock.count(":") == 2 else ":00"
    found = parse_time(" ".join([day, clock + seconds, *zone]))
    if found is None:
        raise CourseError(
            f"{text!r} is no time: write it as '2026-12-01 23:59 Europe/Berlin'"
        )
    return found
