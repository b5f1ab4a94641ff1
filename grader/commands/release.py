"""`python -m grader release`."""

import click

from grader.commands import course_of, say, told


@click.command("release")
@click.argument("assignment")
@click.option("--due", help="The deadline, as '2026-12-01 23:59 Europe/Berlin'.")
@click.pass_context
@told
def command(context: click.Context, assignment: str, due: str | None) -> None:
    """Tell the gradebook what ASSIGNMENT asks, and say where to find what to hand out.

    Run it once for a new assignment, and again after you changed a test or the points:
    the next `grade` then judges everyone's work anew. Nothing that was handed in is
    touched.
    """
    from grader.announce import announce

    for line in announce(course_of(context), assignment, due):
        say(line)
