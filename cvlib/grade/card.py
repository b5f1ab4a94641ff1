"""The card that a check shows, as HTML and as text.

The HTML carries its own style and takes text colour and background from around it, so
it is at home in JupyterLab and in nbgrader's feedback, by day and by night. Colours are
the book's (input blue, expected green, wrong vermilion) and never the only sign.
"""

import re
from html import escape
from textwrap import fill, indent
from typing import Any

from cvlib.grade import grids
from cvlib.grade.judge import Result
from cvlib.grade.spec import is_large

BLUE, GREEN, VERMILION = "#0072B2", "#009E73", "#D55E00"


def as_html(result: Result) -> str:
    """The card of a notebook."""
    colour, mark, verdict = (
        (GREEN, "✓", "right") if result.passed else (VERMILION, "✗", "not yet")
    )
    head = (
        f'<div style="display:flex;gap:.5em;align-items:baseline;flex-wrap:wrap">'
        f'<strong style="font-size:1.05em"><span style="color:{colour}">{mark}</span> '
        f"{escape(result.exercise.title)}</strong>"
        f'<span style="opacity:.75">{escape(result.exercise.name)} · {verdict}</span>'
        "</div>"
    )
    body = paragraph(checked(result) if result.passed else result.sentence)
    if result.case is not None:
        body += case_html(result)
    return (
        f'<div role="group" aria-label="{escape(result.exercise.title)}: {verdict}" '
        f'style="border-left:4px solid {colour};padding:.15em 0 .25em 1em;'
        f'margin:.6em 0;color:inherit;line-height:1.5;max-width:46em">{head}{body}'
        "</div>"
    )


def paragraph(text: str, style: str = "margin:.4em 0") -> str:
    """Text with code between backticks."""
    code = (
        r'<code style="background:rgba(128,128,128,.16);color:inherit;'
        r'padding:.05em .3em;border-radius:3px">\1</code>'
    )
    words = re.sub(r"`([^`]+)`", code, escape(text, quote=False))
    return f'<p style="{style}">{words}</p>'


def case_html(result: Result) -> str:
    """The smallest case that failed: the call, its input, expected and got."""
    exercise, case = result.exercise, result.case
    failed = (
        "The smallest case that fails" if result.failed > 1 else "The case that fails"
    )
    call = paragraph(f"{failed}: `{exercise.written(case)}`", "margin:.8em 0 .2em")
    if exercise.show is not None and not isinstance(result.got, Exception):
        return call + exercise.show(case, result.expected, result.got)
    wrong, part = None, ""
    if (diff := result.difference) is not None:
        wrong, part = diff.wrong, diff.where
    inputs = {k: v for k, v in case.named(exercise.parameters).items() if is_large(v)}
    groups = [
        group(
            "input", BLUE, "".join(grids.html(v, k, BLUE) for k, v in inputs.items())
        ),
        group("expected", GREEN, answer_html(result.expected, part, GREEN, wrong, "")),
    ]
    if not told(result):
        got = answer_html(result.got, part, VERMILION, wrong, "✗")
        groups.append(group("got", VERMILION, got))
    row = "display:flex;flex-wrap:wrap;gap:.5em 2em;align-items:flex-start"
    note = ""
    if diff is not None and wrong is not None and grids.too_large(diff.got):
        note = paragraph(grids.summary(diff.expected, diff.got, diff.wrong))
    return f'{call}<div style="{row}">{"".join(groups)}</div>{note}'


def told(result: Result) -> bool:
    """Whether the sentence is the error itself, so that nothing more was got."""
    return result.kind == "raised" and not result.misconception


def group(title: str, colour: str, content: str) -> str:
    """A titled column of tables."""
    if not content:
        return ""
    rule = f"border-top:2px solid {colour};padding-top:.15em;margin-top:.3em"
    return (
        f'<div style="{rule}"><div style="font-size:.9em;font-weight:600">{title}</div>'
        '<div style="display:flex;flex-wrap:wrap;gap:.3em 1.4em;'
        'align-items:flex-start">'
        f"{content}</div></div>"
    )


def answer_html(value: Any, part: str, colour: str, wrong: Any, mark: str) -> str:
    """An answer, its parts one by one, wrong cells marked."""
    if isinstance(value, (tuple, list, dict)) and not grids.plain(value):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        names = [(f"[{key!r}]", item) for key, item in pairs]
        return "".join(
            grids.html(item, name, colour, wrong if name == part else None, mark)
            for name, item in names
        )
    return grids.html(value, "", colour, wrong, mark)


def checked(result: Result) -> str:
    """What was looked at."""

    def cases(n: int, what: str) -> str:
        return f"{n} {what}{'case' if n == 1 else 'cases'}"

    if not result.hidden:
        return f"Right in {cases(result.visible, 'small ')}."
    return (
        f"Right in {cases(result.visible, 'small ')} and {result.hidden} random ones."
    )


def as_text(result: Result) -> str:
    """The same card for a terminal."""
    mark, verdict = ("✓", "right") if result.passed else ("✗", "not yet")
    lines = [f"{mark} {result.exercise.title} ({result.exercise.name}): {verdict}"]
    lines.append(fill(checked(result) if result.passed else result.sentence, 78))
    if result.case is not None:
        lines.append(f"\nCase: {result.exercise.written(result.case)}")
        named = result.case.named(result.exercise.parameters)
        rows = [(f"input {k}", v) for k, v in named.items() if is_large(v)]
        rows += [("expected", result.expected)]
        rows += [] if told(result) else [("got", result.got)]
        for name, value in rows:
            lines += [f"{name}:", indent(grids.text(value), "  ")]
    return "\n".join(lines)
