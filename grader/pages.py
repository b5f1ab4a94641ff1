"""Feedback pages: a graded notebook with its scores, as nbgrader's own would be.

The steps are those that nbgrader_config.py names for `nbgrader generate_feedback`. The
scores come with the task instead of from the gradebook, so many can be made at a time.
"""

import html
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades
from traitlets.config import Config

from grader.work import described, found

REFUSED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{assignment}</title>
<meta name="viewport" content="width=device-width">
<style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem
auto; padding: 0 1rem; }}</style>
<h1>{assignment}: not graded yet</h1>
<p>{reason}</p>
<p>Nothing is lost: hand in again, or write to your instructor.</p>
</html>
"""


@dataclass(frozen=True)
class Marked:
    """A graded notebook, and what the gradebook says of it."""

    notebook: str = field(repr=False)  # as JSON
    score: float
    points: float
    penalty: float = 0.0
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)  # of how many
    comments: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """The page of one student, or why there is none."""

    student: str
    html: str = field(default="", repr=False)
    problem: str = ""


class Teller:
    """Makes pages for one assignment, one after another, in this process."""

    def __init__(self, assignment: str, config: Config) -> None:
        self.assignment = assignment
        course = CourseDirectory(config=config)
        step = GenerateFeedback(coursedir=course, config=config)
        self.exporter = step.exporter_class(config=step.config)
        for name in step.preprocessors:
            if found(name) is not GetGrades:
                self.exporter.register_preprocessor(name, enabled=True)

    def __call__(self, student: str, marked: Marked) -> Page:
        """The page of one student."""
        name = self.assignment
        try:
            nb = nbformat.reads(marked.notebook, as_version=4)
            note_scores(nb, marked)
            where = {
                "student": student,
                "assignment": name,
                "notebook": name,
                "score": marked.score - marked.penalty,
                "max_score": marked.points,
                "late_penalty": marked.penalty,
            }
            resources = {"nbgrader": where, "metadata": {"name": name}}
            body, _ = self.exporter.from_notebook_node(nb, resources=resources)
        except Exception as problem:
            return Page(student, problem=described(problem))
        return Page(student, body)


def note_scores(nb: NotebookNode, marked: Marked) -> None:
    """What GetGrades does: write scores and comments into the cells."""
    for cell in nb.cells:
        if utils.is_solution(cell) or utils.is_task(cell):
            name = cell.metadata.nbgrader.grade_id
            cell.metadata.nbgrader["comment"] = marked.comments.get(name)
        if utils.is_grade(cell) or utils.is_task(cell):
            name = cell.metadata.nbgrader.grade_id
            score, points = marked.scores.get(name, (0.0, 0.0))
            cell.metadata.nbgrader.update(score=score, points=points)


def refused(assignment: str, reason: str) -> str:
    """The page of someone whose work could not be graded.

    Example:
        >>> "<p>It is &lt;empty&gt;.</p>" in refused("layers", "It is <empty>.")
        True
    """
    parts = {"assignment": assignment, "reason": reason}
    return REFUSED.format(**{name: html.escape(text) for name, text in parts.items()})
