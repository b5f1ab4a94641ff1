"""Mending notebooks, reading verdicts, hiding tests: each without a gradebook."""

import pytest
from nbformat import NotebookNode, v4

from grader import feedback, repair, verdict


def flags(name, **over):
    return {
        "schema_version": 3, "grade_id": name, "grade": False, "solution": False,
        "locked": True, "task": False, "cell_type": "code", "checksum": name,
    } | over  # fmt: skip


KNOWN = {
    "setup": flags("setup"),
    "f": flags("f", solution=True, locked=False),
    "f-check": flags("f-check"),
    "f-test": flags("f-test", grade=True, points=2.0),
}
SOURCES = {name: f"# {name}" for name in KNOWN}


def cell(name, **metadata):
    made = v4.new_code_cell(SOURCES.get(name, name), metadata=metadata)
    return NotebookNode(made | {"id": name})


def notebook(*cells):
    return v4.new_notebook(cells=list(cells))


def whole():
    return [cell(name, nbgrader=NotebookNode(KNOWN[name])) for name in KNOWN]


def state(nb):
    return [c.metadata.get("nbgrader", {}).get("grade_id") for c in nb.cells]


def test_a_whole_notebook_is_left_alone():
    nb = notebook(*whole())
    before = repr(nb)
    assert repair.repair(nb, KNOWN, SOURCES) == []
    assert repr(nb) == before


def test_points_flags_and_schema_are_the_gradebooks():
    nb = notebook(*whole())
    nb.cells[3].metadata.nbgrader.update(points=99, grade=False, schema_version=1)
    repair.repair(nb, KNOWN, SOURCES)
    assert nb.cells[3].metadata.nbgrader == KNOWN["f-test"]


def test_foreign_and_empty_metadata_is_dropped():
    nb = notebook(*whole(), cell("g", nbgrader={"grade_id": "g", "points": 9}))
    nb.cells.insert(0, cell("copy", nbgrader={}))
    messages = repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == [None, *KNOWN, None]
    assert messages == ["metadata of an unknown cell 'g' was dropped"]


def test_cells_without_metadata_are_known_by_their_ids():
    nb = notebook(*(cell(name) for name in KNOWN))
    repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == list(KNOWN)


def test_a_claim_beats_an_id():
    nb = notebook(*whole())
    nb.cells[1].id = "elsewhere"
    nb.cells.append(cell("f"))  # an old version that kept the id but no metadata
    repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == [*KNOWN, None]


def test_missing_locked_cells_return_to_their_places():
    nb = notebook(cell("text"), whole()[1], cell("more"))
    messages = repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", None, "f", "f-check", "f-test", None]
    assert nb.cells[4].source == "# f-test"
    assert messages[-1] == "cell f-test was missing"


def test_a_test_whose_exercise_cannot_be_found_runs_last():
    nb = notebook(cell("another-id"))
    repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", None, "f-check", "f-test"]


def test_a_warning_or_a_number_is_no_verdict():
    nb = notebook(*whole())
    nb.cells[3].outputs = [
        v4.new_output("stream", name="stderr", text="careful"),
        v4.new_output("execute_result", {"text/plain": "99"}, execution_count=1),
    ]
    nb, _ = verdict.ReadVerdicts().preprocess(nb, {})
    warning, number = nb.cells[3].outputs
    assert warning == {"output_type": "stream", "name": "stdout", "text": "careful"}
    assert number.output_type == "display_data"
    assert "execution_count" not in number


@pytest.mark.parametrize(
    ("ename", "evalue", "sentence"),
    [
        ("WrongAnswer", "You flipped it.", "You flipped it."),
        (
            "NameError",
            "name 'f' is not defined",
            "f is not defined: did the cell that defines it run?",
        ),
        (
            "CellTimeoutError",
            "",
            "The cell did not finish in time: is there a loop that never ends?",
        ),
        (
            "ZeroDivisionError",
            "division by zero",
            "ZeroDivisionError: division by zero",
        ),
        ("KeyboardInterrupt", "", "KeyboardInterrupt"),
    ],
)
def test_an_error_becomes_a_sentence(ename, evalue, sentence):
    error = v4.new_output("error", ename=ename, evalue=evalue, traceback=["secret"])
    assert feedback.sentence(error) == sentence


def test_hidden_lines_vanish_from_source_tracebacks_and_prints():
    nb = notebook(*whole())
    hidden = "assert f(2) == 'a&b'"
    nb.cells[
        3
    ].source = f"f(1)\n### BEGIN HIDDEN TESTS\n{hidden}\n)\n### END HIDDEN TESTS"
    quoted = f"one\n----> 3 \x1b[31massert\x1b[0m{hidden[6:]}\n(two)"
    nb.cells[1].outputs = [
        v4.new_output("stream", text=quoted),
        v4.new_output("display_data", {"text/html": "<b>assert f(2) == 'a&amp;b'</b>"}),
    ]
    nb.cells[3].outputs = [
        v4.new_output("error", ename="E", evalue="no", traceback=["x", hidden])
    ]
    nb, _ = feedback.HideTests().preprocess(nb, {})
    assert nb.cells[3].source == "f(1)"
    assert nb.cells[3].outputs[0].traceback == ["E: no"]
    assert nb.cells[1].outputs[0].text == "one\n(hidden test)\n(two)"
    assert nb.cells[1].outputs[1].data["text/html"] == "(hidden test)"


def test_a_card_and_its_error_are_told_once():
    nb = notebook(*whole())
    card = v4.new_output("display_data", {"text/html": "card"})
    wrong = v4.new_output("error", ename="WrongAnswer", evalue="No.", traceback=["No."])
    crash = v4.new_output("error", ename="TypeError", evalue="x", traceback=["secret"])
    nb.cells[3].outputs = [card, wrong]
    nb.cells[2].outputs = [card, crash]
    feedback.HideTests().preprocess(nb, {})
    assert nb.cells[3].outputs == [card]
    assert nb.cells[2].outputs[1].traceback == ["TypeError: x"]


def test_a_delimiter_in_a_learners_own_cell_does_no_harm():
    nb = notebook(*whole())
    nb.cells[1].source = "### BEGIN HIDDEN TESTS"
    feedback.HideTests().preprocess(nb, {})
    assert nb.cells[1].source == "### BEGIN HIDDEN TESTS"
