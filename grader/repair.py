"""Give a submitted notebook back what it lost on its way.

Editors, merges and old versions drop or copy nbgrader's metadata, and nbgrader then
stops the whole batch or scores the work 0 without a word. The gradebook knows what each
cell was, so nothing a learner's file says about grading has to be believed.
"""

from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook, Notebook
from nbgrader.preprocessors import NbGraderPreprocessor


class RepairMetadata(NbGraderPreprocessor):
    """Restore flags, points and missing locked cells; runs after DeduplicateIds.

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
            flags = expected_metadata(known)
            sources = {cell.name: cell.source for cell in known.source_cells}
        for message in repair(nb, flags, sources):
            self.log.warning("%s: %s", where["student"], message)
        return nb, resources


def expected_metadata(notebook: Notebook) -> dict[str, dict]:
    """grade_id → the nbgrader metadata that the gradebook remembers."""
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
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
            "task": False,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if name in points:
            flags[name]["points"] = points[name]
    return flags


def repair(
    nb: NotebookNode, flags: dict[str, dict], sources: dict[str, str]
) -> list[str]:
    """Repair `nb` in place.

    Args:
        nb: a submitted notebook.
        flags: grade_id → metadata, from `expected_metadata`.
        sources: grade_id → the cell's text in the gradebook.

    Returns:
        One sentence for each thing that was repaired.
    """
    messages = []
    claimed = {_claim(cell) for cell in nb.cells} & set(flags)
    for cell in nb.cells:
        claim = _claim(cell)
        if claim is None and cell.get("id") in set(flags) - claimed:
            claim = cell.id
            claimed.add(claim)
            messages.append(f"cell {claim} had lost its metadata")
        if claim in flags:
            cell.metadata["nbgrader"] = NotebookNode(flags[claim])
        elif cell.metadata.pop("nbgrader", None):
            messages.append(f"metadata of an unknown cell {claim!r} was dropped")
    for name in _in_order(set(flags) - claimed):
        if flags[name]["locked"]:
            _insert(nb, NotebookNode(flags[name]), sources[name])
            messages.append(f"cell {name} was missing")
    return messages


def _claim(cell: NotebookNode) -> str | None:
    """The grade_id that a cell says it has."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _in_order(names: set[str]) -> list[str]:
    """Setup, then checks, then tests: the order in which they can find their place."""
    return sorted(names, key=lambda name: (name.endswith("-test"), name))


def _insert(nb: NotebookNode, flags: NotebookNode, source: str) -> None:
    """Put a missing locked cell after what it tests; setup first, the rest last."""
    cell = v4.new_code_cell(source, metadata={"nbgrader": flags})
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        del cell["id"]  # notebooks of before 2020 have none
    exercise = flags.grade_id.rpartition("-")[0]
    before = [
        index
        for index, other in enumerate(nb.cells)
        if exercise and _claim(other) in (exercise, f"{exercise}-check")
    ]
    default = len(nb.cells) if exercise else 0
    nb.cells.insert(before[-1] + 1 if before else default, cell)
