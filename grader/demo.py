"""Grade a small class from end to end and print its table (make grade).

The students are made up. One is right, three believe each exercise's misconceptions,
others hand in what nbgrader is known to stumble over. They live beside the real class
in the gradebook; their names begin with `demo-`, and only those are touched.
"""

import argparse
import contextlib
import copy
import itertools
import logging
import re
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader import assignments, course, feedback, grading, telling, wrong
from grader.batch import Report
from grader.folders import open_course

# exercise name → the sources of its wrong answers
WrongAnswers = dict[str, list[str]]


@dataclass(frozen=True)
class Row:
    """One student's result in one assignment."""

    student: str
    assignment: str
    score: float | None  # None: not graded
    max_score: float
    sentence: str  # of the first exercise that failed


def students() -> dict[str, Callable[[NotebookNode, NotebookNode, WrongAnswers], None]]:
    """Name → what this student does to a released notebook.

    Each function changes the released notebook in place, knowing the solution and the
    wrong answers.
    """
    return {
        "demo-ada-right": answer_all,
        "demo-ben-wrong": _believe(0),
        "demo-cleo-wrong": _believe(1),
        "demo-dan-wrong": _believe(2),
        "demo-eve-untouched": lambda nb, solution, answers: None,
        "demo-fay-copied-cell": copy_a_cell,
        "demo-gus-syntax-error": break_the_syntax,
        "demo-hal-warns": warn,
        "demo-ivy-lost-metadata": lose_metadata,
    }


# whoever answers everything rightly must have every point
ALL_RIGHT = {
    "demo-ada-right",
    "demo-fay-copied-cell",
    "demo-hal-warns",
    "demo-ivy-lost-metadata",
}


def answer_all(nb: NotebookNode, solution: NotebookNode, answers: WrongAnswers) -> None:
    """Fill in every solution."""
    right = {cell.id: cell.source for cell in solution.cells}
    for cell in solution_cells(nb):
        cell.source = right[cell.id]


def _believe(which: int) -> Callable:
    """Begin right, then answer with the same misconception of each exercise."""

    def student(
        nb: NotebookNode, solution: NotebookNode, answers: WrongAnswers
    ) -> None:
        answer_all(nb, solution, answers)
        cells = list(solution_cells(nb))
        for cell in cells[min(which, len(cells) - 1) :]:
            if which < len(answers[cell.id]):
                cell.source = answers[cell.id][which]

    return student


def copy_a_cell(
    nb: NotebookNode, solution: NotebookNode, answers: WrongAnswers
) -> None:
    """Right, but an older version of the first cell was kept above, ids and all."""
    old = copy.deepcopy(next(solution_cells(nb)))
    answer_all(nb, solution, answers)
    nb.cells.insert(1, old)


def break_the_syntax(
    nb: NotebookNode, solution: NotebookNode, answers: WrongAnswers
) -> None:
    """Right, but a bracket of the first exercise is never closed."""
    answer_all(nb, solution, answers)
    next(solution_cells(nb)).source += "\nprint("


def warn(nb: NotebookNode, solution: NotebookNode, answers: WrongAnswers) -> None:
    """Right, with a warning in every function."""
    answer_all(nb, solution, answers)
    start = re.compile(r"^( *)### BEGIN SOLUTION", re.MULTILINE)
    noise = r"\1import sys; print('careful', file=sys.stderr)"
    for cell in solution_cells(nb):
        cell.source = start.sub(noise, cell.source, count=1)


def lose_metadata(
    nb: NotebookNode, solution: NotebookNode, answers: WrongAnswers
) -> None:
    """Right, but some editor dropped all metadata and the last test was deleted."""
    answer_all(nb, solution, answers)
    tests = [cell for cell in nb.cells if cell.id.endswith("-test")]
    nb.cells.remove(tests[-1])
    for cell in nb.cells:
        cell.metadata.clear()


def solution_cells(nb: NotebookNode) -> Iterator[NotebookNode]:
    """The cells that a learner fills in."""
    return (c for c in nb.cells if c.metadata.get("nbgrader", {}).get("solution"))


def wrong_answers(specs: Iterable) -> WrongAnswers:
    """The misconceptions of some exercises, written down.

    Args:
        specs: of type `cvlib.grade.spec.Exercise`.

    Returns:
        Exercise name → sources; a mistake that cannot be put into one cell is left out.
    """
    answers: WrongAnswers = {}
    for spec in specs:
        answers[spec.name] = []
        for mistake in spec.misconceptions:
            with contextlib.suppress(ValueError):
                source = wrong.source_of(mistake.wrong, spec.name)
                answers[spec.name].append(source)
    return answers


def hand_in(root: Path, answers: WrongAnswers) -> list[tuple[str, str]]:
    """Write the class's submissions; (student, assignment) of each."""
    made = []
    submitted = root / "_build/course/submitted"
    for name, (student, act) in itertools.product(
        assignments.names(root), students().items()
    ):
        released = root / "exercises" / name / f"{name}.ipynb"
        nb = nbformat.read(released, as_version=4)
        if next(solution_cells(nb), None) is None:
            continue  # nothing to answer
        solved = root / "solutions" / name / f"{name}.ipynb"
        act(nb, nbformat.read(solved, as_version=4), answers)
        path = submitted / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        # not nbformat.write: it would mend the very faults that are handed in
        path.write_text(nbformat.v4.writes(nb), encoding="utf-8")
        made.append((student, name))
    return made


def forget(root: Path) -> None:
    """Remove what an earlier demo left, from the folders and from the gradebook."""
    from nbgrader.api import Gradebook

    for folder in (root / "_build/course").glob("*/demo-*"):
        shutil.rmtree(folder)
    with Gradebook(course.load_config(root).CourseDirectory.db_url) as gradebook:
        for student in gradebook.students:
            if student.id.startswith("demo-"):
                gradebook.remove_student(student.id)


def enrol(root: Path) -> None:
    """Give the students names; without, the formgrader calls each "None, None"."""
    from nbgrader.api import Gradebook

    with Gradebook(course.load_config(root).CourseDirectory.db_url) as gradebook:
        for student in students():
            first = student.split("-")[1].title()
            gradebook.add_student(student, first_name=first, last_name="Demo")


def announce(root: Path) -> None:
    """Tell the gradebook what each assignment asks: nbgrader generate_assignment."""
    from nbgrader.converters import GenerateAssignment

    config = course.load_config(root)
    config.CourseDirectory.release_directory = "_build/course/release"
    for name in assignments.names(root):
        course.run(GenerateAssignment, config, name)


def be_quiet() -> None:
    """No chatter: nbgrader logs each step, SQLAlchemy warns about nbgrader's habits."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")


def grade_all(root: Path, todo: list[tuple[str, str]], workers: int) -> list[Row]:
    """Grade some submissions as `python -m grader` does, and make their pages."""
    where = open_course(root)
    rows = []
    for name in dict.fromkeys(name for _, name in todo):
        options = {
            "say": lambda text: print(text, file=sys.stderr),
            "student": tuple(student for student, other in todo if other == name),
            "workers": workers,
        }
        report = grading.run(where, name, **options)
        told = telling.run(where, name, **options)
        for student, problem in told.problems.items():
            print(f"{student}, {name}: {problem}", file=sys.stderr)
        rows += [row_of(root, report, student) for student in sorted(report.rows)]
    return rows


def row_of(root: Path, report: Report, student: str) -> Row:
    """One line of the table: the score, and the first exercise that failed."""
    row, name = report.rows[student], report.assignment
    sentence = row.reason
    if row.score is not None:
        kept = root / "_build/course/autograded" / student / name / f"{name}.ipynb"
        sentence = first_failure(kept)
    return Row(student, name, row.score, report.points, sentence)


def first_failure(path: Path) -> str:
    """The sentence of the first test that failed in an autograded notebook, or ""."""
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            for output in cell.outputs:
                if output.output_type == "error":
                    name = cell.metadata.nbgrader.grade_id.removesuffix("-test")
                    return f"{name}: {feedback.sentence(output).splitlines()[0]}"
    return ""


def table(rows: list[Row]) -> str:
    """The results as aligned text, the sentences cut to the width of a screen."""
    lines = [("student", "assignment", "score", "first exercise that failed")]
    for row in rows:
        score = "—" if row.score is None else f"{row.score:g}"
        lines.append(
            (row.student, row.assignment, f"{score} / {row.max_score:g}", row.sentence)
        )
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    room = max(40, shutil.get_terminal_size((160, 24)).columns - sum(widths) - 6)
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=False))
        + "  "
        + (line[3] if len(line[3]) <= room else line[3][: room - 1] + "…")
        for line in lines
    )


def run(root: Path, answers: WrongAnswers, workers: int = 2) -> list[Row]:
    """Hand in, grade and read back the demo class of the course under `root`."""
    forget(root)
    enrol(root)
    announce(root)
    return grade_all(root, hand_in(root, answers), workers)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--workers", type=int, default=2, help="notebooks at a time")
    options = parser.parse_args()
    start = time.perf_counter()
    be_quiet()
    course.enter_private_environment()
    from cvlib import grade as specs

    rows = run(course.ROOT, wrong_answers(specs.all_exercises()), options.workers)
    print(table(rows))
    ungraded = sum(row.score is None for row in rows)
    misjudged = [
        f"{row.student} has {row.score} of {row.max_score:g} points in {row.assignment}"
        for row in rows
        if row.student in ALL_RIGHT and row.score != row.max_score
    ]
    seconds = time.perf_counter() - start
    print(f"\n{len(rows)} notebooks in {seconds:.0f} s, {ungraded} ungraded.")
    print("Feedback: _build/course/feedback. To browse: make lab, then Formgrader.")
    for problem in misjudged:
        print(f"error: {problem}.", file=sys.stderr)
    return int(bool(ungraded or misjudged))


if __name__ == "__main__":
    sys.exit(main())
