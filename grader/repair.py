"""Give a submitted notebook back what it lost on its way.

Editors, merges and old versions drop, copy and change nbgrader's metadata, and nbgrader
then stops the whole batch or scores the work 0 without a word. The gradebook knows what
each cell was, so nothing a learner's file says about grading has to be believed.

**Which of several copies counts?** What a run from top to bottom shows, since that is
what learners are told to try before they hand in:

- Of a locked cell (setup, check, test) the last copy. Which one hardly matters, as its
  text is ours: it only says where in the notebook the answer is judged.
- Of a solution the last copy above its test, or the first below if none is above.
  Copies that were turned into text are no candidates while there is a code cell: that
  is how people keep an old version.

The other copies stay as ordinary cells, which run where they stand. Every test runs
once, on whatever the name means at its place, so copies gain nothing.

**Where do tests run?** Where the learner left them, or, if that is above the solution
or nowhere, as late as possible before the next exercise: helpers that were written
below the solution are then defined.
"""

import re
from collections.abc import Collection, Iterable

from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook, Notebook
from nbgrader.preprocessors import NbGraderPreprocessor

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
NOTEBOOK_METADATA = {"kernelspec": KERNEL, "language_info": {"name": "python"}}

Flags = dict[str, dict]  # grade_id → nbgrader's metadata
Sources = dict[str, str]  # grade_id → the cell's text


class RepairMetadata(NbGraderPreprocessor):
    """Restore flags, points, texts and missing locked cells.

    A cell counts as the one it claims to be by its grade_id, or, if it claims nothing,
    by its cell id. Metadata that the gradebook does not know is dropped.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            known = gradebook.find_notebook(where["notebook"], where["assignment"])
            flags, sources = expected_metadata(known), expected_sources(known)
        for message in repair(nb, flags, sources):
            self.log.warning("%s: %s", where["student"], message)
        return nb, resources


def expected_metadata(notebook: Notebook) -> Flags:
    """grade_id → the nbgrader metadata that the gradebook remembers."""
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    flags = {}
    for cell in notebook.source_cells:
        name = cell.name
        flags[name] = {
            "schema_version": 3,
            "grade_id": name,
            "grade": name in points,
            "solution": name in solutions,
            "locked": cell.locked,
            "task": name in tasks,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if name in points | tasks:
            flags[name]["points"] = (points | tasks)[name]
    return flags


def expected_sources(notebook: Notebook) -> Sources:
    """grade_id → the text of the cell, hidden tests and all."""
    return {cell.name: cell.source for cell in notebook.source_cells}


def repair(nb: NotebookNode, flags: Flags, sources: Sources) -> list[str]:
    """Repair `nb` in place.

    Args:
        nb: a submitted notebook.
        flags: grade_id → metadata, from `expected_metadata` or as good.
        sources: grade_id → the cell's text.

    Returns:
        One sentence for each thing that was repaired.
    """
    claims = [claim_of(cell) for cell in nb.cells]
    clean_metadata(nb, keep=("deletable", "editable"))
    messages = []
    kept: dict[str, NotebookNode] = {}
    for name, copies in _copies(nb.cells, claims, flags).items():
        kept[name] = cell = nb.cells[copies[-1]]
        if claims[copies[-1]] is None:
            messages.append(f"cell {name} had lost its metadata")
        if len(copies) > 1:
            messages.append(f"cell {name} was there {len(copies)} times")
        if cell.cell_type != flags[name]["cell_type"]:
            messages.append(f"cell {name} was no {flags[name]['cell_type']} cell")
        _restore(cell, flags[name], sources[name])
    for claim in dict.fromkeys(claims):
        if claim is not None and claim not in flags:
            messages.append(f"metadata of an unknown cell {claim[:60]!r} was dropped")
    for name in _in_order(flags):
        if name not in kept:
            if not flags[name]["locked"] and "points" not in flags[name]:
                continue  # a solution that was deleted: there is nothing to put back
            made = _new_cell(nb, flags[name], sources[name])
            messages.append(f"cell {name} was missing")
        elif _misplaced(nb, name, kept):
            made = kept.pop(name)
            del nb.cells[_index(nb, made)]
            messages.append(f"cell {name} stood in the wrong place")
        else:
            continue
        nb.cells.insert(_place(nb, name, kept), made)
        kept[name] = made
    name_cells(nb, dict.fromkeys(flags) | kept)
    return messages


def claim_of(cell: NotebookNode) -> str | None:
    """The grade_id that a cell says it has, whatever its metadata may be."""
    metadata = cell.get("metadata")
    flags = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    claim = flags.get("grade_id") if isinstance(flags, dict) else None
    return claim if isinstance(claim, str) else None


def clean_metadata(
    nb: NotebookNode, keep: Collection[str] = ("nbgrader", "deletable", "editable")
) -> None:
    """Drop metadata that we did not write: it changes how pages are made and run.

    Tags hide cells or forgive their errors, languages choose parsers, widgets carry
    state and scripts, sizes and titles are written into pages.
    """
    before = nb.metadata if isinstance(nb.get("metadata"), dict) else {}
    nb.metadata = NotebookNode(
        {k: NotebookNode(v) for k, v in NOTEBOOK_METADATA.items() if k in before}
    )
    for cell in nb.cells:
        before = cell.metadata if isinstance(cell.get("metadata"), dict) else {}
        cell.metadata = NotebookNode(
            {
                name: before[name]
                for name in keep
                if isinstance(before.get(name), dict if name == "nbgrader" else bool)
            }
        )


def _copies(
    cells: list[NotebookNode], claims: list[str | None], flags: Flags
) -> dict[str, list[int]]:
    """Where each known cell is, all its copies; the one that counts comes last."""
    by_claim: dict[str, list[int]] = {}
    by_id: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        if claims[i] is not None:
            by_claim.setdefault(claims[i], []).append(i)
        elif isinstance(cell.get("id"), str):
            by_id.setdefault(cell.id, []).append(i)
    found = {}
    for name in sorted(flags, key=lambda name: bool(flags[name]["solution"])):
        copies = by_claim.get(name) or by_id.get(name)
        if not copies:
            continue
        # tests are settled before solutions: they say which solution is judged
        role = next((r for r in ("test", "check") if f"{name}-{r}" in found), "")
        judged = found[f"{name}-{role}"][-1] if role else len(cells)
        wanted = flags[name]["cell_type"]

        def rank(i: int, judged: int = judged, wanted: str = wanted) -> tuple:
            return cells[i].cell_type == wanted, i < judged, i if i < judged else -i

        found[name] = sorted(copies, key=rank)
    return found


def _restore(cell: NotebookNode, flags: dict, source: str) -> None:
    """Make a cell what it was: flags, type and, where it was locked, its text."""
    cell.metadata["nbgrader"] = NotebookNode(flags)
    if cell.cell_type != flags["cell_type"]:
        cell.cell_type = flags["cell_type"]
        cell.pop("attachments", None)
    if cell.cell_type == "code":
        cell.setdefault("outputs", [])
        cell.setdefault("execution_count", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    if flags["locked"] and not flags["solution"]:
        cell.source = source


def _exercise(name: str) -> str:
    """The exercise of a locked cell: conv2d of conv2d-test; "" of setup."""
    return name.rpartition("-")[0]


def _needs(name: str) -> list[str]:
    """The cells that must stand above a locked cell."""
    exercise = _exercise(name)
    before = [exercise, f"{exercise}-check"] if exercise else []
    return [other for other in before if other != name]


def _in_order(names: Iterable[str]) -> list[str]:
    """Setup, then checks, then tests: the order in which they can find their place."""
    return sorted(names, key=lambda name: (name.endswith("-test"), name))


def _index(nb: NotebookNode, cell: NotebookNode) -> int:
    return next(i for i, other in enumerate(nb.cells) if other is cell)


def _misplaced(nb: NotebookNode, name: str, kept: dict[str, NotebookNode]) -> bool:
    """Whether a cell stands above one that it needs; setup, below one that needs it."""
    here = _index(nb, kept[name])
    if name == "setup":
        return any(_index(nb, cell) < here for cell in kept.values())
    return name.endswith(("-check", "-test")) and any(
        _index(nb, kept[other]) > here for other in _needs(name) if other in kept
    )


def _new_cell(nb: NotebookNode, flags: dict, source: str) -> NotebookNode:
    """A cell that was deleted."""
    make = v4.new_code_cell if flags["cell_type"] == "code" else v4.new_markdown_cell
    cell = make(source, metadata={"nbgrader": NotebookNode(flags)})
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        del cell["id"]  # notebooks of before 2020 have none
    return cell


def _place(nb: NotebookNode, name: str, kept: dict[str, NotebookNode]) -> int:
    """Where a locked cell belongs: below what it needs, above the next exercise.

    Setup comes before all code; what needs nothing that is there, last.
    """
    is_code = [cell.cell_type == "code" for cell in nb.cells]
    if name == "setup":
        return is_code.index(True) if True in is_code else len(is_code)
    needed = [_index(nb, kept[other]) for other in _needs(name) if other in kept]
    if not needed:
        return len(nb.cells)
    here = max(needed) + 1
    known = {id(cell) for cell in kept.values()}
    end = here
    while end < len(nb.cells) and id(nb.cells[end]) not in known:
        end += 1
    while end > here and not is_code[end - 1]:
        end -= 1  # the heading of the next exercise stays below
    return end


def name_cells(nb: NotebookNode, names: dict | None = None) -> None:
    """Give each cell an id of its own.

    Args:
        nb: a notebook.
        names: cells that must have a certain id, and ids that no other cell may have.
            Which copy counts is settled by now: an id can no longer claim anything.
    """
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        return
    taken = set(names or {})
    wanted = {id(cell): name for name, cell in (names or {}).items()}
    for k, cell in enumerate(nb.cells):
        if id(cell) in wanted:
            cell.id = wanted[id(cell)]
            continue
        name = cell.get("id")
        if not isinstance(name, str) or name in taken or not is_cell_id(name):
            name = f"cell-{k}"
        while name in taken:
            name += "-"
        taken.add(name)
        cell.id = name


def is_cell_id(text: str) -> bool:
    """Whether nbformat takes this for a cell's id."""
    return re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", text) is not None
