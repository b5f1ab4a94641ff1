"""`python -m grader feedback`."""

import sys

import click

from grader import forge
from grader.commands import STUDENT, course_of, say, told, workers


@click.command("feedback")
@click.argument("assignment")
@STUDENT
@workers("Pages that are made at a time.")
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
