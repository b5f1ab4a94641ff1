"""What a worker does: grade one submission, from bytes to scores, without a database.

The steps are those that nbgrader_config.py names for `nbgrader autograde`, so both give
the same notebook and the same scores. Those that write to the gradebook are left to its
one writer (`grader.records`).
"""

import atexit
import json
import logging
import os
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import preprocessors, utils
from traitlets import import_item

from grader.forge import THREADS
from grader.mend import parse
from grader.paper import Paper
from grader.repair import repair
from grader.submission import HandedIn, Quarantine

# what the gradebook's writer does, and a check of flags that we have just written
ELSEWHERE = (
    preprocessors.SaveAutoGrades,
    preprocessors.AssignLatePenalties,
    preprocessors.CheckCellMetadata,
)
LOST, FEW = " had lost its metadata", 3  # of `grader.repair`
GRADED, FAILED, QUARANTINED = "graded", "failed", "quarantined"


@dataclass(frozen=True)
class Graded:
    """One submission with its verdict: what the gradebook and the folders will hold."""

    student: str
    status: str  # graded, failed or quarantined
    reason: str = ""  # a sentence, unless it is graded
    notebook: str = field(default="", repr=False)  # as JSON, with outputs
    scores: dict[str, float | None] = field(default_factory=dict)  # None: by hand
    comments: dict[str, str | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what had to be mended, why code was stopped
    seconds: float = 0

    @property
    def score(self) -> float:
        """The points that need no person."""
        return sum(score or 0 for score in self.scores.values())


class Grader:
    """Grades submissions of one assignment, one after another, in this process.

    Example:
        >>> grader = Grader(paper)  # doctest: +SKIP
        >>> grader("ada", take(folder, "convolution")).status  # doctest: +SKIP
        'graded'
    """

    def __init__(self, paper: Paper) -> None:
        os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader does
        self.paper = paper
        self.steps = [
            step(config=paper.config)
            for step in map(found, paper.config.Autograde.autograde_preprocessors)
            if not issubclass(step, ELSEWHERE)
        ]

    def __call__(self, student: str, taken: HandedIn) -> Graded:
        """Grade one submission, whatever it is."""
        start = time.perf_counter()
        try:
            made = self.judged(student, taken)
        except Quarantine as problem:
            made = {"status": QUARANTINED, "reason": problem.reason}
        except MemoryError:
            made = {"status": QUARANTINED, "reason": "It is too large to be graded."}
        except Exception as problem:
            made = {"status": FAILED, "reason": described(problem)}
        seconds = time.perf_counter() - start
        return Graded(student, seconds=seconds, **made)

    def judged(self, student: str, taken: HandedIn) -> dict[str, Any]:
        """The parts of a `Graded` that went well."""
        name = self.paper.assignment
        nb, mended = parse(taken.data)
        repaired = repair(nb, self.paper.flags, self.paper.sources)
        if self.paper.kernelspec:
            nb.metadata["kernelspec"] = json.loads(self.paper.kernelspec)
        stopped: list[str] = []
        where = {"notebook": name, "assignment": name, "student": student}
        resources = {"nbgrader": where, "metadata": {"name": name}, "notes": stopped}
        for step in self.steps:
            nb, resources = step(nb, resources)
        nbformat.validate(nb)
        return {
            "status": GRADED,
            "notebook": nbformat.writes(nb) + "\n",
            "scores": scores(nb),
            "comments": comments(nb),
            "notes": short([*taken.notes, *mended, *repaired, *stopped]),
        }


def short(notes: list[str]) -> tuple[str, ...]:
    """Each note once, and what befell many cells told as one.

    Example:
        >>> short([f"cell {name}{LOST}" for name in "abcd"])
        ('4 cells had lost their metadata',)
    """
    lost = [note for note in notes if note.endswith(LOST)]
    if len(lost) > FEW:
        notes = [note for note in notes if note not in lost]
        notes.append(f"{len(lost)} cells had lost their metadata")
    return tuple(dict.fromkeys(notes))


def found(step: str | type) -> type:
    """A preprocessor by its name."""
    return import_item(step) if isinstance(step, str) else step


def scores(nb: NotebookNode) -> dict[str, float | None]:
    """Points by cell, None where a person must look; SaveAutoGrades' first half."""
    return {
        cell.metadata.nbgrader.grade_id: utils.determine_grade(cell)[0]
        for cell in nb.cells
        if utils.is_grade(cell)
    }


def comments(nb: NotebookNode) -> dict[str, str | None]:
    """What nbgrader says of cells that were left as they were."""
    found: dict[str, str | None] = {}
    for cell in nb.cells:
        if utils.is_solution(cell) or utils.is_task(cell):
            flags = cell.metadata.nbgrader
            same = flags.get("checksum") == utils.compute_checksum(cell)
            empty = same and not utils.is_task(cell)
            found[flags.grade_id] = "No response." if empty else None
    return found


def described(problem: Exception) -> str:
    """What went wrong in our own code, in one line, with the place."""
    trace = problem.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_code.co_filename.rpartition('/')[2]}"
    where += f":{trace.tb_lineno})"
    text = " ".join(str(problem).split())[:300]
    return f"{type(problem).__name__}: {text}{where if trace else ''}"


def enter() -> None:
    """Make this process a worker: one thread for NumPy, and quiet."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")


def leave() -> None:
    """End what this worker has begun: a forked process forgets to do that."""
    atexit._run_exitfuncs()
