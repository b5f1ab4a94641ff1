"""`python -m grader export`."""

import click

from grader.commands import course_of, opened, say, told

LAYOUTS = ("long", "wide", "canvas", "moodle")


@click.command("export")
@click.argument("assignments", nargs=-1)
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="long",
    show_default=True,
    help="A line for each student and assignment, a line for each student, or what "
    "the platform's import wants.",
)
@click.option(
    "--to", type=click.File("w", encoding="utf-8"), default="-", help="A file."
)
@click.pass_context
@told
def command(
    context: click.Context, assignments: tuple[str, ...], layout: str, to: click.File
) -> None:
    """Write grades as CSV, of all assignments or of those named.

    A score stands only where it counts: 0 means that the work earned nothing. Where
    there is no score yet the field is empty, and the long layout says why: waiting,
    by hand, quarantined, failed or not handed in.
    """
    from grader.export import lines, write
    from grader.status import plans

    course = course_of(context)
    with opened(course) as records:
        reports = plans(course, records, assignments).values()
        rows = records.transaction(lambda db: list(lines(db, reports)))
    write(rows, layout, to)
    empty = sum(row.score is None for row in rows)
    say(f"{len(rows)} lines, {empty} without a score.")
