"""`python -m grader feedback`."""

import os
import sys

import click

from grader import forge
from grader.commands import course_of, say, told


@click.command("feedback")
@click.argument("assignment")
@click.option("--student", "-s", multiple=True, help="Only this one; may be repeated.")
@click.option(
    "--workers",
    "-w",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    show_default="one a core",
    help="Pages that are made at a time.",
)
@click.option("--zip", "zipped", type=click.Path(), help="Pack them into this file.")
@click.pass_context
@told
def command(context: click.Context, assignment: str, **options: object) -> None:
    """Make a page for everyone whose work on ASSIGNMENT is graded or quarantined.

    It shows the notebook with points and sentences, without hidden tests. Someone whose
    work is quarantined gets the reason, and a request to hand in again. A page is made
    anew only when the notebook or a score has changed.
    """
    forge.begin()
    from grader.telling import run

    made = run(course_of(context), assignment, say=say, **options)
    say(made.summary)
    sys.exit(1 if made.problems else 0)
