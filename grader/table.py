"""The table at the end of a run, for a person."""

import shutil
import textwrap
import unicodedata

from grader.batch import Report, Row

FEW = 40  # rows that are all shown


def as_text(report: Report) -> str:
    """Counts, and the rows that matter: all of them if they are few.

    Example:
        >>> print(as_text(Report("tiny", 5)))
        tiny: nothing was handed in.
    """
    rows = [report.rows[name] for name in sorted(report.rows)]
    if not rows:
        return f"{report.assignment}: nothing was handed in."
    shown = rows if len(rows) <= FEW else [row for row in rows if row.reason]
    lines = [line(row, report) for row in shown[:200]]
    if left := len(shown) - len(lines):
        lines.append(f"… and {left} more with a reason (--json has all)")
    return "\n".join([*lines, *([""] if lines else []), summary(report)])


def line(row: Row, report: Report) -> str:
    """One row, its reason on as many lines as it takes."""
    score = "" if row.score is None else f"{row.score:g} / {report.points:g}"
    width = max(len(visible(name)) for name in report.rows)
    name = visible(row.student).ljust(width)
    start = f"{name}  {row.status.ljust(11)}  {score.rjust(9)}  "
    text = visible(" ".join((row.reason or "; ".join(row.notes)).split()))
    room = max(30, shutil.get_terminal_size((120, 24)).columns - len(start))
    parts = textwrap.wrap(text, room) or [""]
    return f"\n{' ' * len(start)}".join([start + parts[0], *parts[1:4]]).rstrip()


def summary(report: Report) -> str:
    """How many of each, and how long it took."""
    counts = ", ".join(f"{n} {status}" for status, n in report.counts.most_common())
    text = f"{report.assignment}: {counts}"
    if report.seconds:
        text += f" in {report.seconds:.0f} s"
    text += "."
    if report.interrupted:
        text += " You stopped it: run the command again to go on."
    return text


def visible(text: str) -> str:
    r"""A text without signs that would do something to whoever shows it.

    Example:
        >>> visible("a\x1b[2Jb")
        'a?[2Jb'
    """
    return "".join(
        "?" if unicodedata.category(sign)[0] == "C" else sign for sign in text
    )
