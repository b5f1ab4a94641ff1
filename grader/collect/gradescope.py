"""Gradescope numbers its folders; a file beside them says who they are."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from grader.collect.archive import Archive
from grader.collect.folder import Folder
from grader.collect.names import Label
from grader.submission import Quarantine, parse_time

HEAD = re.compile(r"(submission_\d+):\s*")
LINE = re.compile(r"\s+(?:- )?:(name|sid|email|created_at): ['\"]?(.*?)['\"]?\s*")


def submitters(
    source: Folder | Archive, around: str
) -> dict[str, Callable[[Label], Label]]:
    """What completes a label, by the person that its folder names.

    Of a group the first member counts: the others must be given the same work by hand.
    """
    wanted = f"{around}submission_metadata.yml"
    entries = [entry for entry in source.entries if entry.path == wanted]
    try:
        text = source.read(entries[0]).decode("utf-8", "replace") if entries else ""
    except Quarantine:
        text = ""
    facts: dict[str, dict[str, str]] = {}
    here: dict[str, str] = {}
    for line in text.splitlines():
        if match := HEAD.fullmatch(line):
            here = facts.setdefault(match[1], {})
        elif match := LINE.fullmatch(line):
            here.setdefault(match[1], match[2])
    return {
        f"{folder} ({folder.partition('_')[2]})": partial(_complete, known)
        for folder, known in facts.items()
    }


def _complete(known: dict[str, str], label: Label) -> Label:
    """The student's number at the university, else the address, else the name."""
    names = [known.get(key, "") for key in ("sid", "email", "name")]
    when = parse_time(known.get("created_at", "").replace(" Z", "Z"))
    return replace(
        label,
        name=next(filter(None, names), label.name),
        when=when.replace(microsecond=0) if when else label.when,
    )
