"""`python -m grader status`."""

import json

import click

from grader.commands import course_of, opened, told

COLUMNS = ("handed in", "graded", "waiting", "quarantined", "failed", "for a person")


@click.command("status")
@click.argument("assignments", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="The table as JSON.")
@click.pass_context
@told
def command(
    context: click.Context, assignments: tuple[str, ...], as_json: bool
) -> None:
    """Show how far each assignment is: handed in, graded, waiting, quarantined, failed.

    The last column counts notebooks in which a person has to look at a cell.
    """
    from grader.status import status

    course = course_of(context)
    with opened(course) as records:
        table = status(course, records, assignments)
    if as_json:
        click.echo(json.dumps(table, indent=1))
        return
    if not table:
        click.echo("No assignment has been released: python -m grader release NAME.")
        return
    rows = [("", *COLUMNS)]
    rows += [(n, *(str(row[c]) for c in COLUMNS)) for n, row in table.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        numbers = [c.rjust(w) for c, w in zip(cells, widths[1:], strict=True)]
        click.echo("  ".join([name.ljust(widths[0]), *numbers]).rstrip())
