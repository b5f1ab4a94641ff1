"""Mending notebooks, reading verdicts, hiding tests: each without a gradebook."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode, v4
from nbformat import validate as is_valid
from nbformat.notebooknode import from_dict

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
    # not v4.new_notebook, which refuses what is handed in
    return from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    )


def markdown(text):
    return v4.new_markdown_cell(text)


ANOTHER = {
    "g": flags("g", solution=True, locked=False),
    "g-test": flags("g-test", grade=True, points=1.0),
}
SOURCES |= {name: f"# {name}" for name in ANOTHER}


def another():
    return [cell(name, nbgrader=NotebookNode(ANOTHER[name])) for name in ANOTHER]


def whole():
    return [cell(name, nbgrader=NotebookNode(KNOWN[name])) for name in KNOWN]


def validate(nb):
    is_valid(json.loads(v4.writes(nb)))


def state(nb):
    return [c.metadata.get("nbgrader", {}).get("grade_id") for c in nb.cells]


def texts(nb):
    return [c.source for c in nb.cells]


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
    nb = notebook(cell("text"), whole()[1], markdown("next exercise"))
    messages = repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", None, "f", "f-check", "f-test", None]
    assert nb.cells[4].source == "# f-test"
    assert messages[-1] == "cell f-test was missing"


def test_a_missing_test_runs_below_helpers_and_above_the_next_exercise():
    nb = notebook(whole()[0], whole()[1], cell("helper"), markdown("next"), *another())
    repair.repair(nb, KNOWN | ANOTHER, SOURCES)
    assert texts(nb) == [
        "# setup", "# f", "helper", "# f-check", "# f-test", "next", "# g", "# g-test",
    ]  # fmt: skip


def test_a_test_whose_exercise_cannot_be_found_runs_last():
    nb = notebook(cell("another-id"))
    repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", None, "f-check", "f-test"]


def test_a_locked_cell_has_its_own_text_again():
    nb = notebook(*whole())
    nb.cells[3].source = "pass"
    nb.cells[1].source = "mine"
    repair.repair(nb, KNOWN, SOURCES)
    assert texts(nb) == ["# setup", "mine", "# f-check", "# f-test"]


# --------------------------------------------------------- copies: which one counts?


def copy_of(name, source, **over):
    made = cell(name, nbgrader=NotebookNode(KNOWN[name])) | {"source": source} | over
    return NotebookNode(made)


def as_kind(one, kind):
    if kind != "code":
        del one["outputs"], one["execution_count"]
    return NotebookNode(one | {"cell_type": kind})


def answer(*cells):
    """The text of the solution that counts, and those of the cells above its test."""
    nb = notebook(*cells)
    repair.repair(nb, KNOWN, SOURCES)
    names = state(nb)
    assert sorted(filter(None, names)) == sorted(KNOWN)
    counts = nb.cells[names.index("f")].source
    return counts, [s for s in texts(nb)[: names.index("f-test")] if s[0] != "#"]


def test_an_older_copy_above_does_not_count():
    setup, _, check, test = whole()
    new, old = copy_of("f", "new"), copy_of("f", "old")
    assert answer(setup, old, new, check, test) == ("new", ["old", "new"])


def test_an_older_copy_kept_below_the_test_does_not_count():
    setup, _, check, test = whole()
    new, old = copy_of("f", "new"), copy_of("f", "old")
    assert answer(setup, new, check, test, old) == ("new", ["new"])


def test_a_copy_that_was_turned_into_text_does_not_count():
    setup, _, check, test = whole()
    new, old = copy_of("f", "new"), as_kind(copy_of("f", "old"), "raw")
    assert answer(setup, new, old, check, test) == ("new", ["new", "old"])


def test_a_whole_exercise_copied_below_counts():
    setup, _, check, test = whole()
    again = [copy_of("f", "new"), copy_of("f-check", "x"), copy_of("f-test", "y")]
    cells = setup, copy_of("f", "old"), check, test, *again
    assert answer(*cells)[0] == "new"


def test_a_forged_copy_of_a_test_is_the_test_or_nothing():
    cells = [*whole(), copy_of("f-test", "print('all points')")]
    nb = notebook(*cells)
    messages = repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", "f", "f-check", None, "f-test"]
    assert texts(nb)[-1] == "# f-test"
    assert messages == ["cell f-test was there 2 times"]


def test_a_stranger_that_claims_to_be_the_test_only_says_where_it_runs():
    cells = whole()
    cells[3].metadata.clear()  # the real one, demoted
    stranger = copy_of("f-test", "print('all points')", id="elsewhere")
    nb = notebook(*cells, stranger)
    repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", "f", "f-check", None, "f-test"]
    assert nb.cells[4].source == "# f-test"
    assert nb.cells[4].metadata.nbgrader == KNOWN["f-test"]


def test_every_copy_gets_an_id_of_its_own():
    nb = notebook(*whole(), *whole(), cell("f"))
    repair.repair(nb, KNOWN, SOURCES)
    ids = [c.id for c in nb.cells]
    assert len(set(ids)) == len(ids) == 9
    assert {c.id for c in nb.cells if c.metadata} == set(KNOWN)
    validate(nb)


# ------------------------------------------------------------------ moved and changed


def test_a_test_above_its_solution_moves_below_it():
    setup, solution, check, test = whole()
    nb = notebook(test, setup, check, solution, cell("helper"), markdown("next"))
    messages = repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", "f", None, "f-check", "f-test", None]
    assert messages == [
        "cell f-check stood in the wrong place",
        "cell setup stood in the wrong place",
        "cell f-test stood in the wrong place",
    ]


def test_a_test_far_below_its_solution_stays():
    nb = notebook(*whole()[:3], *another(), whole()[3])
    assert repair.repair(nb, KNOWN | ANOTHER, SOURCES) == []
    assert state(nb) == ["setup", "f", "f-check", "g", "g-test", "f-test"]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_cell_that_was_turned_into_text_is_code_again(kind):
    cells = whole()
    nb = notebook(*(as_kind(one, kind) | {"attachments": {}} for one in cells))
    messages = repair.repair(nb, KNOWN, SOURCES)
    validate(nb)
    assert {c.cell_type for c in nb.cells} == {"code"}
    assert messages[0] == "cell setup was no code cell"


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 99, "3", None])
def test_every_schema_of_nbgrader_becomes_the_current_one(version):
    from nbgrader.nbgraderformat import MetadataValidator

    checksums = {name: {"checksum": "c" * 32} for name in KNOWN}
    known = {name: KNOWN[name] | checksums[name] for name in KNOWN}
    nb = notebook(*whole())
    for one in nb.cells:
        one.metadata.nbgrader.schema_version = version
        del one.metadata.nbgrader["task"]  # schema 1 and 2 had none
    repair.repair(nb, known, SOURCES)
    MetadataValidator().validate_nb(nb)


@pytest.mark.parametrize(
    "metadata",
    [
        None, 3, "f", [], {"nbgrader": None}, {"nbgrader": []}, {"nbgrader": "f"},
        {"nbgrader": {"grade_id": ["f"]}}, {"nbgrader": {"grade_id": {}}},
        {"nbgrader": {"grade_id": 7}}, {"nbgrader": {"grade_id": "x" * 10_000}},
    ],
    ids=repr,
)  # fmt: skip
def test_metadata_of_a_wrong_type_is_as_good_as_none(metadata):
    nb = notebook(*whole())
    for one in nb.cells:
        one["metadata"] = metadata
    repair.repair(nb, KNOWN, SOURCES)
    if not isinstance(metadata, dict) or not isinstance(metadata.get("nbgrader"), dict):
        assert state(nb) == list(KNOWN)
    assert nb.cells[state(nb).index("f-test")].metadata.nbgrader == KNOWN["f-test"]


def test_foreign_metadata_of_cells_and_notebook_is_dropped():
    nb = notebook(*whole(), cell("mine", tags=["raises-exception"], nbgrader={}))
    nb.cells[3].metadata |= {
        "tags": ["remove-cell"], "editable": False, "deletable": "<b>",
        "magics_language": "html", "slideshow": {"slide_type": "skip"},
    }  # fmt: skip
    nb.metadata = NotebookNode(
        kernelspec={"name": "evil", "argv": ["rm"]},
        language_info={"name": "python", "pygments_lexer": "html"},
        widgets={"state": 1}, celltoolbar="Create Assignment", title="<script>",
    )  # fmt: skip
    repair.repair(nb, KNOWN, SOURCES)
    assert nb.metadata == repair.NOTEBOOK_METADATA
    assert nb.cells[3].metadata == {"editable": False, "nbgrader": KNOWN["f-test"]}
    assert nb.cells[4].metadata == {}


def test_a_solution_that_was_deleted_is_not_put_back():
    nb = notebook(*(c for c in whole() if c.id != "f"), cell("def f(): ..."))
    repair.repair(nb, KNOWN, SOURCES)
    assert state(nb) == ["setup", "f-check", "f-test", None]


def test_an_answer_that_is_graded_by_hand_is_put_back():
    essay = flags("essay", grade=True, solution=True, locked=False, points=4.0)
    known = KNOWN | {"essay": essay | {"cell_type": "markdown"}}
    nb = notebook(*whole())
    repair.repair(nb, known, SOURCES | {"essay": "Say why."})
    assert state(nb)[-1] == "essay"
    assert nb.cells[-1].cell_type == "markdown"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*KNOWN, "stranger", None]),
            st.sampled_from([*KNOWN, "a", "b"]),
            st.sampled_from(["code", "markdown", "raw"]),
        ),
        max_size=9,
    )
)
@settings(deadline=None)
def test_whatever_was_done_each_test_runs_once_below_the_solution(parts):
    cells = []
    for claim, name, kind in parts:
        one = cell(name, **({"nbgrader": {"grade_id": claim}} if claim else {}))
        cells.append(as_kind(one, kind))
    nb = notebook(*cells)
    repair.repair(nb, KNOWN, SOURCES)
    validate(nb)
    names = state(nb)
    assert all(names.count(name) == 1 for name in KNOWN if name != "f")
    assert names.count("f") <= 1
    assert {n: nb.cells[names.index(n)].source for n in ("setup", "f-test")} == {
        "setup": "# setup", "f-test": "# f-test",
    }  # fmt: skip
    order = [n for n in names if n in ("setup", "f-check", "f-test")]
    assert order == ["setup", "f-check", "f-test"]
    if "f" in names:
        assert names.index("f") < names.index("f-check")
    before = repr(nb)
    assert not [m for m in repair.repair(nb, KNOWN, SOURCES) if "unknown" not in m]
    assert repr(nb) == before


# -------------------------------------------------------------- verdicts and feedback


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
