"""The commands of `python -m grader`, one a file."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.folders import Course
    from grader.records import Records


STUDENT = click.option(
    "--student", "-s", multiple=True, help="Only this one; may be repeated."
)


def workers(what: str) -> Callable:
    """The option that says how many work side by side."""
    return click.option(
        "--workers",
        "-w",
        type=click.IntRange(1, 256),
        default=lambda: os.cpu_count() or 1,
        show_default="one a core",
        help=what,
    )


class Told(click.ClickException):
    """Something an instructor can do something about: one sentence, exit code 3."""

    exit_code = 3


def told(command: Callable) -> Callable:
    """Turn what is known to go wrong into its sentence."""

    @wraps(command)
    def wrapped(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            say("Stopped.")
            sys.exit(130)
        except Exception as problem:
            if sentence := known(problem):
                raise Told(f"{sentence.rstrip('.')}.") from None
            raise

    return wrapped


def known(problem: Exception) -> str:
    """The sentence of something that an instructor can change; else ""."""
    from grader.assignments import CourseError
    from grader.collect.errors import CollectError
    from grader.folders import FULL, Busy
    from grader.hands import ClusterTrouble
    from grader.paper import UnknownAssignment
    from grader.pool import NoWorkers
    from grader.records import GradebookAway, GradebookLocked, NoSpace
    from grader.sandbox import SandboxMissing

    ours = (Busy, ClusterTrouble, CollectError, CourseError, GradebookAway,
            GradebookLocked, NoSpace, NoWorkers, SandboxMissing,
            UnknownAssignment)  # fmt: skip
    if isinstance(problem, ours):
        return str(problem)
    if isinstance(problem, OSError) and problem.errno in FULL:
        return f"the disk that holds {problem.filename or 'what is written'} is full"
    return ""


def say(text: str) -> None:
    """A line for a person, beside whatever goes to stdout."""
    click.echo(text, err=True)


def course_of(context: click.Context) -> "Course":
    """The course that the command line named."""
    from grader.folders import open_course

    return open_course(Path(context.obj))


def opened(course: "Course") -> "Records":
    """The course's gradebook, to be closed at the end."""
    from grader.records import Records

    return Records(course.gradebook, course.id, say)
