"""Classes of the tiny course: made, handed in, graded, and read back."""

import json
import sqlite3
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from grader import announce, assignments, course, demo, grading
from grader.batch import Report
from grader.folders import Course, open_course
from grader.records import Records
from grader.work import Grader

ACTS = demo.students()
RIGHT, WRONG, EMPTY = "demo-ada-right", "demo-ben-wrong", "demo-eve-untouched"
TABLES = {
    "student": "SELECT id, first_name, last_name, email FROM student",
    "assignment": "SELECT name, duedate FROM assignment",
    "cell": """SELECT a.name, c.name, c.type FROM base_cell c
        JOIN notebook n ON n.id = c.notebook_id
        JOIN assignment a ON a.id = n.assignment_id""",
    "submission": """SELECT a.name, s.student_id, s.timestamp, s.extension
        FROM submitted_assignment s JOIN assignment a ON a.id = s.assignment_id""",
    "notebook": """SELECT a.name, s.student_id, n.name, m.late_submission_penalty
        FROM submitted_notebook m JOIN notebook n ON n.id = m.notebook_id
        JOIN submitted_assignment s ON s.id = m.assignment_id
        JOIN assignment a ON a.id = s.assignment_id""",
    "grade": """SELECT a.name, s.student_id, c.name, g.auto_score, g.manual_score,
        g.extra_credit, g.needs_manual_grade
        FROM grade g JOIN base_cell c ON c.id = g.cell_id
        JOIN submitted_notebook m ON m.id = g.notebook_id
        JOIN submitted_assignment s ON s.id = m.assignment_id
        JOIN assignment a ON a.id = s.assignment_id""",
    "comment": """SELECT a.name, s.student_id, c.name, g.auto_comment, g.manual_comment
        FROM comment g JOIN base_cell c ON c.id = g.cell_id
        JOIN submitted_notebook m ON m.id = g.notebook_id
        JOIN submitted_assignment s ON s.id = m.assignment_id
        JOIN assignment a ON a.id = s.assignment_id""",
    "judged": """SELECT assignment, student, digest, status, reason, score, notes
        FROM judged_submission""",
}
"""What a gradebook says, with names in place of its random ids."""


@contextmanager
def quiet() -> Iterator[None]:
    """SQLAlchemy warns about nbgrader's habits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def make(root: Path) -> Path:
    """Derive the tiny course's notebooks and tell its gradebook of them."""
    import tinycheck

    for path, text in assignments.build(root, "tiny", tinycheck.get).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    release(root)
    with Records(open_course(root).gradebook, "cvbook"):
        return root  # our table is there, too


def release(root: Path, due: str | None = None) -> None:
    """Tell the gradebook what `tiny` asks."""
    with quiet():
        assert list(announce.announce(open_course(root), "tiny", due))


def change_a_test(root: Path) -> None:
    """Write another hidden test into the source, as `make assignments` would."""
    path = root / "solutions" / "tiny" / "tiny.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("seed=4711", "seed=4712"), encoding="utf-8")
    release(root)


def hand_in(root: Path, student: str, kind: str = RIGHT, when: str = "") -> Path:
    """Hand `tiny` in as one of the demo class would; where the notebook lies."""
    import tinycheck

    nb = nbformat.read(root / "exercises/tiny/tiny.ipynb", as_version=4)
    solved = nbformat.read(root / "solutions/tiny/tiny.ipynb", as_version=4)
    ACTS[kind](nb, solved, demo.wrong_answers(tinycheck.EXERCISES.values()))
    # not nbformat.write: it would mend the very faults that are handed in
    return put(root, student, v4.writes(nb), when)


def put(root: Path, student: str, text: str, when: str = "") -> Path:
    """Hand `tiny` in with this text."""
    folder = root / "_build/course/submitted" / student / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny.ipynb").write_text(text, encoding="utf-8")
    if when:
        (folder / "timestamp.txt").write_text(when)
    return folder / "tiny.ipynb"


def slow(root: Path, student: str, seconds: float) -> None:
    """Hand `tiny` in, right, with a pause in its first exercise."""
    path = hand_in(root, student)
    nb = nbformat.read(path, as_version=4)
    cell = next(demo.solution_cells(nb))
    cell.source += f"\nimport time\ntime.sleep({seconds})"
    path.write_text(v4.writes(nb), encoding="utf-8")


class Here:
    """A pool of nobody but ourselves: no process to wait for."""

    def __init__(self, make: partial) -> None:
        self.do, self.done, self.stopping = make(), [], False

    def results(self, tasks: Iterable) -> Iterator:
        for task in tasks:
            if self.stopping:
                return
            self.done.append(task[0])
            yield self.do(*task)

    def stop(self) -> None:
        self.stopping = True

    def close(self) -> None:
        pass


def grade(root: Path, assignment: str = "tiny", **options: object) -> Report:
    """Grade in this process; `grading.hire` may be patched to do it elsewhere."""
    with quiet():
        said: list[str] = []
        return grading.run(open_course(root), assignment, say=said.append, **options)


def here(batch: object, workers: int, scheduler: object, say: object) -> Here:
    """In place of `grading.hire`."""
    return Here(partial(Grader, batch.paper))


def statuses(report: Report) -> dict[str, str]:
    """Student → status."""
    return {name: row.status for name, row in report.rows.items()}


def run_nbgrader(root: Path, step: str, assignment: str = "tiny") -> None:
    """`nbgrader autograde --force`, or another command of it."""
    from nbgrader import converters

    with quiet():
        config = course.load_config(root)
        course.run(getattr(converters, step), config, assignment)


def database(root: Path) -> Path:
    """The file of the gradebook."""
    return root / "_build/course/gradebook.db"


def tables(root: Path) -> dict[str, list[tuple]]:
    """All of a gradebook that means something."""
    with closing(sqlite3.connect(database(root))) as db:
        return {
            name: sorted(db.execute(query), key=repr) for name, query in TABLES.items()
        }


def book(root: Path) -> dict[str, list[tuple]]:
    """The same without our own table."""
    return {name: rows for name, rows in tables(root).items() if name != "judged"}


def change(root: Path, statement: str, *values: object) -> None:
    """Change the gradebook behind everybody's back."""
    with closing(sqlite3.connect(database(root))) as db:
        db.execute(statement, values)
        db.commit()


def autograded(root: Path, student: str, assignment: str = "tiny") -> NotebookNode:
    """A graded notebook as JSON."""
    folder = root / "_build/course/autograded" / student / assignment
    return json.loads((folder / f"{assignment}.ipynb").read_text(encoding="utf-8"))


def judged_at(root: Path) -> dict[str, datetime]:
    """Student → when it was judged."""
    with closing(sqlite3.connect(database(root))) as db:
        return dict(db.execute("SELECT student, judged FROM judged_submission"))


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def opened(root: Path) -> Course:
    """The course."""
    return open_course(root)
