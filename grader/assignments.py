"""From the instructor's text to the learner's notebook.

`solutions/NAME.md` is the one file people edit. It becomes `solutions/NAME/NAME.ipynb`
with nbgrader's metadata, and nbgrader's generate_assignment turns that into
`exercises/NAME/NAME.ipynb`. Both are the same bytes at every run.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import jupytext
import nbformat
from nbformat import NotebookNode

from grader import course

ROLES = ("solution", "check", "test")  # in this order, once per exercise
MARKER = re.compile(r"<!-- exercise: (\w+) -->")

HOW_TO_WORK = """\
**How to work.** Each exercise asks for one function. Write yours where it says
*Write your code here*, run the cell, then run the `check` below it: it tells you
whether the answer is right, and if not, shows the smallest case in which it differs.
Check as often as you like; only the last version counts. The hints open one by one.
The locked cell after the check runs more cases when your work is graded.

You need not write your name or those you worked with anywhere: a submission knows whose
it is. Talk about ideas with others, and write the code yourself."""

HOW_TO_SUBMIT = """\
## Hand in

1. *Kernel → Restart Kernel and Run All Cells*: the notebook must work from top to
   bottom, not only in the order in which you happened to run it.
2. *Validate* in the toolbar runs the same checks and names those that fail.
3. Save, then submit in *Nbgrader → Assignment List*, or send the notebook to your
   instructor under the name it has. You may hand in again until the deadline.

An exercise you could not solve costs its own points only."""


class CourseError(ValueError):
    """A source that cannot become an assignment; the sentence says where and why."""


class Spec(Protocol):
    """What an assignment needs to know of an exercise; cvlib.grade has the rest."""

    name: str
    title: str
    page: str
    minutes: int
    difficulty: int
    points: int


def names(root: Path) -> list[str]:
    """The assignments of the course: the stems of `solutions/*.md`."""
    return sorted(path.stem for path in (root / "solutions").glob("*.md"))


def page_title(root: Path, page: str) -> str:
    """The first heading of a page of the book; its file's name before it is written."""
    path = root / f"{page}.md"
    if not path.is_file():
        return path.stem.replace("-", " ").capitalize()
    return re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1]


def facts_line(root: Path, spec: Spec) -> str:
    """How hard, how long, how much and where to read, as a line in italics."""
    link = f"[{page_title(root, spec.page)}](../../{spec.page}.md)"
    points = f"{spec.points} point{'s' * (spec.points != 1)}"
    level = ("★☆☆ easy", "★★☆ medium", "★★★ hard")[spec.difficulty - 1]
    return f"*{level} · about {spec.minutes} minutes · {points} · {link}*"


def grade_id(exercise: str, role: str) -> str:
    """nbgrader's name of a cell: conv2d, conv2d-check, conv2d-test."""
    return exercise if role == "solution" else f"{exercise}-{role}"


def nbgrader_metadata(cell_id: str, role: str, points: int = 0) -> dict:
    """nbgrader's flags of a cell, schema version 3."""
    flags = {
        "schema_version": 3,
        "grade_id": cell_id,
        "grade": role == "test",
        "solution": role == "solution",
        "locked": role != "solution",
        "task": False,
    }
    return flags | {"points": points} if role == "test" else flags


def convert(root: Path, name: str, get: Callable[[str], Spec]) -> NotebookNode:
    """The solution notebook of one assignment, from its text.

    Args:
        root: of the course.
        name: of the assignment.
        get: finds the spec of an exercise by name.

    Raises:
        CourseError: an exercise is unknown or incomplete.
    """
    source = root / "solutions" / f"{name}.md"
    text = jupytext.read(source, fmt="md:myst")
    seen: dict[str, list[str]] = {}
    try:
        cells = [_cell(cell, root, get, seen) for cell in text.cells if cell.source]
        for exercise, roles in seen.items():
            if tuple(roles) != ROLES:
                raise CourseError(
                    f"{exercise} must have one solution, one check and one test cell in"
                    f" this order, got {', '.join(roles)}"
                )
        if not cells or not cells[0].source.startswith("# "):
            raise CourseError("the first cell must be the title, '# …'")
    except CourseError as problem:
        raise CourseError(f"solutions/{name}.md: {problem}") from None
    cells[0].source += f"\n\n{HOW_TO_WORK}"
    cells.append(nbformat.v4.new_markdown_cell(HOW_TO_SUBMIT))
    _name_cells(cells)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _cell(
    cell: NotebookNode, root: Path, get: Callable[[str], Spec], seen: dict
) -> NotebookNode:
    """One cell of the text as a cell of the notebook; `seen` collects the roles."""
    if cell.cell_type == "markdown":
        text = MARKER.sub(lambda m: facts_line(root, _find(get, m[1])), cell.source)
        for name in MARKER.findall(cell.source):
            if f"## {_find(get, name).title}\n" not in text:
                raise CourseError(
                    f"{name} must stand under its title, ## {_find(get, name).title}"
                )
        return nbformat.v4.new_markdown_cell(text)
    out = nbformat.v4.new_code_cell(cell.source)
    role, exercise = cell.metadata.get("role"), cell.metadata.get("exercise")
    if role == "setup":
        out.metadata["nbgrader"] = nbgrader_metadata("setup", role)
    elif role in ROLES:
        spec = _find(get, exercise)
        seen.setdefault(exercise, []).append(role)
        region = {"solution": "SOLUTION", "test": "HIDDEN TESTS"}.get(role)
        if region and f"### BEGIN {region}" not in cell.source:
            raise CourseError(f"the {role} cell of {exercise} has no BEGIN {region}")
        flags = nbgrader_metadata(grade_id(exercise, role), role, spec.points)
        out.metadata["nbgrader"] = flags
    elif role or exercise:
        raise CourseError(
            f"role must be setup, {', '.join(ROLES)}, got {role!r} for {exercise!r}"
        )
    return out


def _find(get: Callable[[str], Spec], name: str) -> Spec:
    try:
        return get(name)
    except (KeyError, ValueError, LookupError):
        raise CourseError(f"cvlib.grade has no exercise named {name!r}") from None


def _name_cells(cells: Iterable[NotebookNode]) -> None:
    """Ids that stay: nbgrader's name, or the text's hash and which copy of it this is.

    An instructor's edit then changes the ids of the edited cells only, and a notebook
    that lost its metadata can be mended by the ids (`grader.repair`).
    """
    copies: dict[str, int] = {}
    for cell in cells:
        if "nbgrader" in cell.metadata:
            cell.id = cell.metadata.nbgrader.grade_id
            continue
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        copies[digest] = copies.get(digest, 0) + 1
        cell.id = f"{digest}-{copies[digest]}"


def release(root: Path, name: str, solution: str) -> str:
    """What learners get: nbgrader's own release of a solution notebook, as text.

    It runs in a folder of its own and without a gradebook: releasing again must not
    depend on who has handed in.
    """
    from nbgrader.converters import GenerateAssignment

    config = course.load_config(root)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "solutions", name, f"{name}.ipynb")
        path.parent.mkdir(parents=True)
        path.write_text(solution, encoding="utf-8")
        config.CourseDirectory.root = folder
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        course.run(GenerateAssignment, config, name)
        made = Path(folder, "exercises", name, f"{name}.ipynb")
        return made.read_text(encoding="utf-8")


def build(root: Path, name: str, get: Callable[[str], Spec]) -> dict[Path, str]:
    """Both notebooks of one assignment: path in the course → content."""
    solution = nbformat.writes(convert(root, name, get)) + "\n"
    return {
        Path("solutions", name, f"{name}.ipynb"): solution,
        Path("exercises", name, f"{name}.ipynb"): release(root, name, solution),
    }


def differing(root: Path, files: dict[Path, str]) -> list[Path]:
    """Those of `files` that are missing in the course or have another content."""

    def same(path: Path) -> bool:
        file = root / path
        return file.is_file() and file.read_text(encoding="utf-8") == files[path]

    return [path for path in files if not same(path)]


def orphans(root: Path) -> list[Path]:
    """Notebooks of assignments that have no text any more."""
    found = [*root.glob("solutions/*/*.ipynb"), *root.glob("exercises/*/*.ipynb")]
    known = set(names(root))
    return sorted(
        path.relative_to(root)
        for path in found
        if path.parent.name != ".ipynb_checkpoints"
        and (path.stem not in known or path.parent.name != path.stem)
    )
