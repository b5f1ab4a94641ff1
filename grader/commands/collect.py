"""`python -m grader collect`."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from grader.commands import course_of, opened, say, told


class Zone(click.ParamType):
    """A time zone by its name."""

    name = "zone"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """click's entry point."""
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            self.fail(f"{value!r} is no time zone: Europe/Berlin is one", param, ctx)


@click.command("collect")
@click.argument("assignment")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--pattern", help="A regular expression with (?P<student>…) for paths.")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV of the class: ids, names, e-mail addresses.",
)
@click.option("--student-column", help="The roster's column that holds the ids.")
@click.option("--zone", type=Zone(), default="UTC", help="Of times that say none.")
@click.option("--overwrite", is_flag=True, help="Take what is not newer, too.")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.pass_context
@told
def command(
    context: click.Context,
    assignment: str,
    source: Path,
    roster: Path | None,
    student_column: str | None,
    as_json: bool,
    **options: object,
) -> None:
    """Take the notebooks for ASSIGNMENT out of SOURCE, a folder or a zip.

    It knows how Moodle, Canvas, Blackboard, Brightspace, Google Classroom, Gradescope
    and nbgrader name files; --pattern reads any others. Of several attempts the latest
    counts. What was there before is kept beside the new, and running it twice changes
    nothing. With a roster, names become ids, and the gradebook learns who is who.
    """
    from grader.collect import collect
    from grader.collect.roster import read_roster

    course = course_of(context)
    with opened(course) as records:
        people = read_roster(roster, student_column) if roster else None
        others = records.assignments()
        report = collect(
            source,
            assignment,
            course.submitted,
            roster=people,
            others=others,
            **options,
        )
        if people and not options["dry_run"]:
            records.enrol(asdict(person) for person in report.roster)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in report.rows], indent=1))
    else:
        show(report)


def show(report: object) -> None:
    """What needs a look, then the counts."""
    for row in report.rows:
        if row.sentence and row.status != "new":
            click.echo(f"{row.student or row.source}: {row.status}. {row.sentence}")
    counts = Counter(report.counts)
    parts = [f"{n} {status}" for status, n in counts.items() if n]
    say(", ".join(parts) + "." if parts else "There was nothing to collect.")
    if report.missing:
        say(f"Nothing came from {len(report.missing)} of the roster.")
