"""What an assignment asks, as the gradebook remembers it: all a worker must know.

It is read once for a whole class. A worker needs no database, and what graders of
another machine get is this and the bytes that were handed in.
"""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, Notebook
from traitlets.config import Config

from grader.repair import Flags, Sources, expected_metadata, expected_sources

ROOT = Path(__file__).resolve().parent.parent
JUDGES = ("grader", "cvlib")  # the packages whose change may change a score
PRIVATE = ("CourseDirectory", "Exchange")  # paths and a database's password


class UnknownAssignment(ValueError):  # noqa: N818 - a fact, told to an instructor
    """The gradebook does not know an assignment, or knows it in a form we refuse."""


@dataclass(frozen=True)
class Paper:
    """One assignment: its notebook's cells and how the course runs them."""

    assignment: str
    flags: Flags
    sources: Sources
    kernelspec: str | None  # as JSON
    points: float
    config: Config = field(repr=False)
    due: str = ""  # when, for what is late costs points

    @cached_property
    def digest(self) -> str:
        """Changes with anything that may change a score."""
        asked = [self.assignment, self.flags, self.sources, self.kernelspec, self.due]
        config = copy.deepcopy(self.config)
        config.JudgedExecute.pop("sandboxed", None)  # where it ran is no matter
        asked += [{name: repr(value) for name, value in sorted(config.items())}]
        text = json.dumps(asked, sort_keys=True)
        return hashlib.sha256(f"{text}{judges()}".encode()).hexdigest()


def paper(gradebook: Gradebook, assignment: str, config: Config) -> Paper:
    """What the gradebook knows of an assignment.

    Raises:
        UnknownAssignment: it is not there, or has more than one notebook.
    """
    try:
        notebook = gradebook.find_notebook(assignment, assignment)
    except MissingEntry:
        raise UnknownAssignment(
            f"the gradebook does not know {assignment}: release it first"
            f" (python -m grader release {assignment})"
        ) from None
    if len(notebook.assignment.notebooks) > 1:
        raise UnknownAssignment(
            f"{assignment} has several notebooks: grade it with nbgrader autograde"
        )
    try:
        return paper_of(notebook, config)
    finally:
        gradebook.db.rollback()  # a server would hold what was read for us for hours


def paper_of(notebook: Notebook, config: Config) -> Paper:
    """A notebook of the gradebook as a paper."""
    flags = expected_metadata(notebook)
    return Paper(
        assignment=notebook.assignment.name,
        flags=flags,
        sources=expected_sources(notebook),
        kernelspec=notebook.kernelspec,
        points=sum(cell.get("points", 0) for cell in flags.values()),
        due=str(notebook.assignment.duedate or ""),
        config=Config({k: v for k, v in config.items() if k not in PRIVATE}),
    )


@cache
def judges() -> str:
    """A digest of the code that judges: after a change of it all work is judged anew.

    Example:
        >>> len(judges())
        64
    """
    digest = hashlib.sha256()
    for package in JUDGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
