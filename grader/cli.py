"""The instructor's command line: release, collect, grade, feedback, status, export."""

from pathlib import Path

import click

from grader import course
from grader.commands import collect, export, feedback, grade, release, status, told

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 88}


@click.group(context_settings=CONTEXT)
@click.option(
    "--course",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=course.ROOT,
    show_default="the one this package lies in",
    help="The folder with nbgrader_config.py.",
)
@click.pass_context
@told
def main(context: click.Context, root: Path) -> None:
    """Run a course: hand out assignments, collect the work, grade it, give feedback.

    \b
    A week of a course:
      python -m grader release convolution          once, and after a change
      python -m grader collect convolution in.zip   what the learning platform gave
      python -m grader grade convolution            as often as you like
      python -m grader feedback convolution         pages to give back
      python -m grader export > grades.csv          for the learning platform

    Everything about the class lies in _build/course; formgrader (make lab) shows it.
    """
    if not (root / "nbgrader_config.py").is_file():
        raise click.UsageError(f"{root} is no course: it has no nbgrader_config.py.")
    course.enter_private_environment(root)
    context.obj = root


for command in (release, collect, grade, feedback, status, export):
    main.add_command(command.command)
