"""`python -m grader grade`."""

import json
import sys

import click

from grader import forge
from grader.commands import STUDENT, course_of, say, told, workers


@click.command("grade")
@click.argument("assignment")
@STUDENT
@workers("Notebooks that are graded at a time on this machine.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on a Dask cluster instead, tcp://HOST:PORT. Each machine of its workers"
    " needs bubblewrap and this repository installed (make book): dask worker ADDRESS.",
)
@click.option("--resume", is_flag=True, help="Leave what failed last time alone.")
@click.option("--force", is_flag=True, help="Grade again what has not changed, too.")
@click.option("--dry-run", is_flag=True, help="Only say what would be graded.")
@click.option("--json", "as_json", is_flag=True, help="The table as JSON on stdout.")
@click.option(
    "--no-sandbox",
    is_flag=True,
    help="Run learners' code without walls. Only for work you trust.",
)
@click.pass_context
@told
def command(
    context: click.Context, assignment: str, as_json: bool, **options: object
) -> None:
    """Grade what was handed in for ASSIGNMENT.

    Only what is new or has changed is graded, so the command can be run again at any
    time, also after it was interrupted or killed. Scores that you gave by hand stay.

    \b
    Each submission ends as one of
      graded       its scores are in the gradebook
      unchanged    they were there already
      quarantined  it cannot be graded as it is; the sentence is for the learner, too
      failed       something went wrong on our side; it is tried again next time

    \b
    The exit code is
      0    all are graded
      1    some are not
      2    the command line was wrong
      3    nothing could be graded: no sandbox, no room on the disk, …
      130  you stopped it (Ctrl-C once: what is at work is finished and written)
    """
    if not options["dry_run"] and not options["scheduler"]:
        # while we open the gradebook
        forge.begin(*forge.wants(context.obj, assignment))
    from grader.grading import run
    from grader.table import as_text

    report = run(course_of(context), assignment, say=say, **options)
    click.echo(json.dumps(report.as_dict(), indent=1) if as_json else as_text(report))
    if report.interrupted:
        sys.exit(130)
    sys.exit(1 if report.ungraded and not options["dry_run"] else 0)
