"""Reading what was handed in, whatever it is."""

import copy
import json
import os
import re
import socket
import stat
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import mend, submission
from grader.mend import parse
from grader.submission import Quarantine, read


def code(source="x = 1", **more):
    return {
        "id": "one", "cell_type": "code", "metadata": {}, "source": source,
        "outputs": [], "execution_count": None,
    } | more  # fmt: skip


def text(source="# Title", **more):
    return {"id": "two", "cell_type": "markdown", "metadata": {}, "source": source} | (
        more
    )


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [*cells]} | (
        more
    )


WHOLE = json.dumps(notebook(text(), code()))


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "submitted" / "ada" / "tiny"
    path.mkdir(parents=True)
    return path


def hand_in(folder, content=WHOLE, name="tiny.ipynb"):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(data)
    return folder / name


def reason(folder):
    """Why a submission is refused: one sentence, with nothing that could do harm."""
    with pytest.raises(Quarantine) as caught:
        read(folder, "tiny")
    sentence = caught.value.reason
    assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f<>&]+", sentence)
    assert sentence.endswith(".")
    assert len(sentence) < 400
    return sentence


def parsed(*cells, **more):
    return parse(json.dumps(notebook(*cells, **more)).encode())


# ----------------------------------------------------------------------- finding it


def test_a_whole_notebook_is_read_without_a_note(folder):
    hand_in(folder)
    found = read(folder, "tiny")
    assert [cell.source for cell in found.notebook.cells] == ["# Title", "x = 1"]
    assert (found.notes, found.submitted) == ((), None)


@pytest.mark.parametrize("name", ["mine.ipynb", "TINY.IPYNB", "tiny.ipynb.txt"])
def test_the_only_notebook_is_taken_under_any_name(folder, name):
    hand_in(folder, name=name)
    found = read(folder, "tiny")
    assert len(found.notebook.cells) == 2
    assert found.notes == (f"The notebook is called '{name}', not tiny.ipynb.",)


def test_the_only_notebook_is_found_in_a_folder_that_was_zipped_with_it(folder):
    (folder / "homework").mkdir()
    (folder / "__MACOSX").mkdir()
    hand_in(folder / "homework")
    hand_in(folder / "__MACOSX")
    hand_in(folder, name="._tiny.ipynb")
    note = "The notebook is called 'homework/tiny.ipynb', not tiny.ipynb."
    assert read(folder, "tiny").notes == (note,)


def test_of_several_notebooks_the_one_with_the_right_name_counts(folder):
    hand_in(folder)
    hand_in(folder, "{}", "old.ipynb")
    note = "There are 1 more notebooks; only tiny.ipynb is read."
    assert read(folder, "tiny").notes == (note,)


def test_several_notebooks_none_of_which_has_the_right_name_are_refused(folder):
    for name in ("a.ipynb", "b.ipynb"):
        hand_in(folder, name=name)
    assert reason(folder) == (
        "There are 2 notebooks, and none is called tiny.ipynb: 'a.ipynb', 'b.ipynb'."
        " Hand in the one to be graded under that name."
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("tiny.py", "a Python script"), ("tiny.html", "a web page"), ("t.pdf", "a PDF")],
)
def test_an_export_is_recognised(folder, name, kind):
    hand_in(folder, name=name)
    assert reason(folder) == (
        f"'{name}' is {kind}, not a notebook: hand in tiny.ipynb itself, not an export"
        " of it."
    )


def test_an_empty_folder_and_no_folder_are_told_apart(folder):
    assert reason(folder) == "No notebook was handed in: tiny.ipynb is missing."
    folder.rmdir()
    assert reason(folder) == "Nothing was handed in."
    folder.touch()
    assert reason(folder) == "'tiny' should be a folder, and is none."


# ------------------------------------------------------- links, pipes, names, sizes


def test_a_link_to_another_notebook_is_not_followed(folder, tmp_path):
    (folder / "tiny.ipynb").symlink_to(hand_in(tmp_path, name="another.ipynb"))
    assert reason(folder) == "'tiny.ipynb' is a symbolic link: hand in the file itself."


@pytest.mark.parametrize("depth", [0, 1])
def test_a_folder_that_is_a_link_is_not_entered(folder, tmp_path, depth):
    hand_in(folder)
    link = [folder, folder.parent][depth]
    link.rename(tmp_path / "elsewhere")
    link.symlink_to(tmp_path / "elsewhere")
    assert reason(folder) == (
        f"The folder '{link.name}' is a symbolic link: hand in the files themselves."
    )


def test_a_link_within_the_submission_is_not_entered(folder, tmp_path):
    hand_in(tmp_path)
    (folder / "work").symlink_to(tmp_path)
    assert reason(folder) == "No notebook was handed in: tiny.ipynb is missing."


def test_the_course_itself_may_lie_behind_a_link(folder, tmp_path):
    hand_in(folder)
    (tmp_path / "course").symlink_to(folder.parents[1])
    assert read(tmp_path / "course" / "ada" / "tiny", "tiny").notes == ()


def test_a_hard_link_is_a_file_like_another(folder, tmp_path):
    os.link(hand_in(tmp_path), folder / "tiny.ipynb")
    assert read(folder, "tiny").notes == ()


def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "tiny.ipynb")
    assert reason(folder) == "'tiny.ipynb' is a pipe: hand in the file itself."


def test_a_socket_and_a_folder_are_no_notebooks(folder):
    (folder / "tiny.ipynb").mkdir()
    assert reason(folder) == "'tiny.ipynb' is a folder: hand in the file itself."
    (folder / "tiny.ipynb").rmdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "tiny.ipynb"))
    assert reason(folder) == "'tiny.ipynb' is a socket: hand in the file itself."


def test_a_device_is_not_opened(folder, monkeypatch):
    hand_in(folder)
    real = os.stat

    def as_device(path, **options):
        found = real(path, **options)
        if path != "tiny.ipynb":
            return found
        return os.stat_result([stat.S_IFCHR | 0o600, *found[1:]])

    monkeypatch.setattr(os, "stat", as_device)
    assert reason(folder) == "'tiny.ipynb' is a device: hand in the file itself."


def test_a_file_exchanged_for_a_link_after_the_look_is_not_followed(
    folder, tmp_path, monkeypatch
):
    path = hand_in(folder)
    secret = hand_in(tmp_path, name="secret.ipynb")
    look = submission._check

    def exchange(*arguments):
        look(*arguments)
        path.unlink()
        path.symlink_to(secret)

    monkeypatch.setattr(submission, "_check", exchange)
    assert "cannot be read" in reason(folder)


def test_what_lies_beside_the_notebook_is_noted_and_left_alone(folder):
    hand_in(folder)
    (folder / "data.csv").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    assert sorted(read(folder, "tiny").notes) == [
        "'data.csv' is a symbolic link and was left alone.",
        "'pipe' is a pipe and was left alone.",
    ]


def test_a_file_that_cannot_be_read_is_refused(folder, monkeypatch):
    hand_in(folder)
    real = os.open

    def refuse(path, *arguments, **options):
        if path == "tiny.ipynb":
            raise PermissionError(13, "denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert reason(folder) == "'tiny.ipynb' cannot be read: permission denied."


def test_a_huge_file_is_not_read(folder):
    with open(folder / "tiny.ipynb", "wb") as file:
        file.truncate(10**12)  # a terabyte of holes
    assert reason(folder) == (
        "'tiny.ipynb' is larger than 20 MB: clear the outputs (Edit → Clear Outputs of"
        " All Cells), save and hand in again."
    )


def test_a_file_that_grows_while_it_is_read_is_refused(folder, monkeypatch):
    hand_in(folder)
    monkeypatch.setattr(submission, "MAX_BYTES", 20)
    monkeypatch.setattr(submission, "_check", lambda *arguments: None)
    assert "is larger than" in reason(folder)


def test_a_folder_of_very_many_files_is_refused(folder, monkeypatch):
    monkeypatch.setattr(submission, "MAX_NAMES", 3)
    for k in range(4):
        hand_in(folder, name=f"{k}.txt")
    assert reason(folder) == "The folder holds more than 3 files."


@pytest.mark.parametrize(
    "name",
    ["\x1b[2Jtiny.ipynb", "a\u202eb.ipynb", "<img src=x>.ipynb", "new\nline.ipynb"],
)
def test_a_strange_name_of_a_file_is_shown_without_its_strangeness(folder, name):
    hand_in(folder, name=name)
    (note,) = read(folder, "tiny").notes
    assert re.fullmatch(r"The notebook is called '[\w?\[= .]+', not tiny.ipynb.", note)


def test_a_name_that_is_no_text_is_shown(folder):
    hand_in(folder, name=os.fsdecode(b"caf\xe9.ipynb"))
    note = "The notebook is called 'caf?.ipynb', not tiny.ipynb."
    assert read(folder, "tiny").notes == (note,)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("<b>ada", "it has a sign that paths or pages reserve"),
        ("a\tb", "it has characters that cannot be seen"),
        ("a\u202eb", "it has characters that cannot be seen"),
        ("..ada", "it must begin and end with a letter, a digit or another visible"),
        ("a*", "it has a sign that paths or pages reserve"),
        ("a" * 101, "it must have 1 to 100 characters"),
    ],
)
def test_a_student_whose_name_would_do_harm_is_refused(folder, name, problem):
    student = folder.parent.with_name(name)
    folder.parent.rename(student)
    assert problem in reason(student / "tiny")


@pytest.mark.parametrize("name", ["ada", "ada@uni.example", "O'Neil, Zoë", "李_12-3"])
def test_ordinary_names_are_accepted(name):
    assert submission.odd_name(name) == ""


# ------------------------------------------------------------------------- the time


@pytest.mark.parametrize(
    ("content", "when"),
    [
        ("2030-02-02 15:58:23.948203 UTC\n", datetime(2030, 2, 2, 15, 58, 23, 948203)),
        ("2030-02-02 15:58:23 +0200", datetime(2030, 2, 2, 13, 58, 23)),
        ("2030-07-02 15:58:23 Europe/Berlin", datetime(2030, 7, 2, 13, 58, 23)),
    ],
)
def test_nbgraders_timestamp_is_read(folder, content, when):
    hand_in(folder)
    hand_in(folder, content, "timestamp.txt")
    assert read(folder, "tiny").submitted == when


@pytest.mark.parametrize(
    "content",
    [
        "yesterday",
        "",
        "0001-01-01 00:00:00 +2359",
        "2030-02-30 00:00:00 UTC",
        "2030-02-02 15:58:23 ../../etc/passwd",
        "2030-02-02 15:58:23 Nowhere/Land",
        b"\xff\xfe",
    ],
)
def test_a_time_that_is_none_is_unknown(folder, content):
    hand_in(folder)
    hand_in(folder, content, "timestamp.txt")
    found = read(folder, "tiny")
    assert found.submitted is None
    assert found.notes == ("The time is unknown: timestamp.txt holds no time.",)


def test_a_timestamp_is_not_waited_for(folder):
    hand_in(folder)
    os.mkfifo(folder / "timestamp.txt")
    found = read(folder, "tiny")
    assert found.submitted is None
    assert found.notes[-1] == (
        "The time is unknown: 'timestamp.txt' is a pipe: hand in the file itself."
    )


# ------------------------------------------------------------------- what it contains

CONFLICT = "{\n<<<<<<< HEAD\n=======\n>>>>>>> mine\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The notebook is empty: save it and hand in again."),
        (b"\0" * 5000, "The notebook is empty: save it and hand in again."),
        (b'{"a": "\xe9"}', "The file is not a notebook: its bytes are not text in "),
        (WHOLE[:-20], "The notebook is damaged at its end (it is cut short): ope"),
        (
            "{\n\n x }\n\n",
            "The notebook is damaged in line 3: open it in Jupyter, save it",
        ),
        ("[1, 2]", "The file is not a notebook: it holds JSON of another kind."),
        ('"text"', "The file is not a notebook: it holds JSON of another kind."),
        ('{"cells": 3}', "The file is not a notebook: it has no cells."),
        ("{}", "The file is not a notebook: it has no cells."),
        ("[" * 100_000, "The file is not a notebook: it is nested too deep."),
        ('{"a":' * 100_000, "The file is not a notebook: it is nested too deep."),
        ("[" * 3_000_000, "The notebook is too large: clear its outputs and save it."),
        (f'{{"a": {"9" * 5000}}}', "The notebook is damaged: open it in Jupyter"),
        (CONFLICT, "The notebook holds the marks of a merge that was not finished"),
        ("<!DOCTYPE html><html>", "The file is a web page, not a notebook: hand in"),
        ("# %%\nimport os\n", "The file is a Python script, not a notebook: hand in"),
        (b"%PDF-1.4", "The file is a PDF, not a notebook."),
        (b"PK\x03\x04", "The file is an archive, not a notebook."),
        ('{"nbformat": 5, "cells": []}', "The notebook has format 5, newer than this"),
        (
            json.dumps(notebook(*[text()] * 2001)),
            "The notebook has 2001 cells; up to 2000 are graded.",
        ),
        (
            json.dumps(notebook(code("x" * 1_000_001))),
            "The cells hold 1,000,001 characters; up to 1,000,000 are graded.",
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_notebook_is_refused_with_a_reason(folder, content, sentence):
    hand_in(folder, content)
    assert reason(folder).startswith(sentence)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(encoding):
    nb, notes = parse(WHOLE.encode(encoding))
    assert (len(nb.cells), notes) == (2, [])


def test_infinite_and_repeated_values_do_no_harm():
    data = WHOLE.replace('"nbformat": 4', '"nbformat": NaN, "nbformat": 4, "x": 1e999')
    assert parse(data.encode())[1] == []


def test_of_two_equal_keys_the_last_counts_as_in_jupyter():
    data = WHOLE.replace('"source": "x = 1"', '"source": "x = 1", "source": "x = 2"')
    assert parse(data.encode())[0].cells[1].source == "x = 2"


def test_outputs_and_foreign_metadata_are_dropped():
    bomb = {"output_type": "stream", "name": "stdout", "text": "x"}
    flags = {"grade_id": "f", "points": 2, "evil": {"a": 1}, "grade": [1]}
    metadata = {"tags": ["hide-input"], "nbgrader": flags, "deletable": False, "x": 1}
    nb, _ = parsed(
        code(outputs=[bomb] * 1000, execution_count="<b>", metadata=metadata),
        metadata={
            "widgets": {"a": 1},
            "title": "<script>",
            "kernelspec": {"name": "x"},
        },
    )
    (cell,) = nb.cells
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert cell.metadata == {
        "deletable": False, "nbgrader": {"grade_id": "f", "points": 2},
    }  # fmt: skip
    assert set(nb.metadata) == {"kernelspec", "language_info"}
    assert nb.metadata.kernelspec.name == "python3"


def test_a_notebook_of_format_3_is_converted():
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": ["Old"]},
                    {"cell_type": "heading", "level": 2.0, "source": "Odd"},
                    {"cell_type": "code", "input": ["a = 1\n", "b"], "outputs": []},
                ]
            },
            {"cells": None},
            7,
        ],
    }
    nb, notes = parse(json.dumps(old).encode())
    nbformat.validate(nb)
    assert [c.source for c in nb.cells] == ["## Old", "# Odd", "a = 1\nb"]
    assert notes == ["The notebook had an old format (3) and was converted."]


@pytest.mark.parametrize("minor", [0, 4, 5, 99])
def test_cells_without_ids_get_the_same_ids_every_time(minor):
    cells = [code(id=None), text(id=None), text(id=None)]
    for cell in cells:
        del cell["id"]
    first, again = (parsed(*cells, nbformat_minor=minor)[0] for _ in range(2))
    nbformat.validate(first)
    assert [c.id for c in first.cells] == [c.id for c in again.cells]
    assert len({c.id for c in first.cells}) == 3


def test_strange_cells_are_mended():
    nb, notes = parsed(
        7,
        {"cell_type": "code"},
        {"source": None, "metadata": 3},
        {"source": ["a", 1, "b"], "outputs": {}},
        {"cell_type": "banana", "source": {"x": 1}},
        {"cell_type": ["code"], "metadata": {"nbgrader": {"grade_id": ["f"]}}},
        code("\ud800\0", id="x" * 99),
        code(id={"a": 1}),
    )
    nbformat.validate(nb)
    assert [c.cell_type for c in nb.cells] == [
        "code", "markdown", "code", "markdown", "code", "code", "code",
    ]  # fmt: skip
    assert [c.source for c in nb.cells] == [
        "",
        "",
        "ab",
        "",
        "",
        "\ufffd\ufffd",
        "x = 1",
    ]
    assert notes == ["What stood in place of 1 of the cells was left out."]


def test_of_equal_ids_the_last_is_kept():
    nb, _ = parsed(code("1"), code("2"))
    assert nb.cells[1].id == "one" != nb.cells[0].id


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "language": "R"}}, "R"),
        ({"language_info": {"name": "julia<script>"}}, "julia?script?"),
    ],
)
def test_a_notebook_of_another_language_is_noted(metadata, language):
    _, notes = parsed(code(), metadata=metadata)
    assert notes == [f"The notebook was made for {language}; its cells run as Python."]


def test_an_unfinished_merge_within_a_cell_is_noted():
    _, notes = parsed(code("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> mine"))
    assert notes == ["Cell 1 holds the marks of a merge that was not finished."]


def test_pictures_in_text_cells_are_kept_and_bounded(monkeypatch):
    import base64

    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(60)).decode()
    kinds = {"image/png": picture, "text/html": "<script>"}
    cell = text("![a](attachment:a.png)", attachments={"a.png": kinds, "b": 3})
    nb, notes = parsed(cell, copy.deepcopy(cell) | {"id": "three"})
    assert nb.cells[0].attachments == {"a.png": {"image/png": picture}}
    assert notes == []
    monkeypatch.setattr(mend, "MAX_ATTACHED", len(picture))
    nb, notes = parsed(cell, copy.deepcopy(cell) | {"id": "three"})
    assert ["attachments" in c for c in nb.cells] == [True, False]
    assert notes == ["Pictures in text cells beyond 10 MB were left out."]


KEYS = re.findall(
    r"\w+",
    """cells nbformat nbformat_minor worksheets metadata cell_type source input outputs
    id nbgrader grade_id attachments level kernelspec language""",
)
KINDS = st.sampled_from(["code", "markdown", "raw", "heading", "html"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS), inner | KINDS, max_size=6)
    ),
    max_leaves=25,
)


@settings(deadline=None)
@given(JSON, st.lists(JSON, max_size=4))
def test_any_json_becomes_a_valid_notebook_or_a_reason(document, cells):
    for content in (document, notebook(*cells)):
        try:
            nb, _ = parse(json.dumps(content).encode())
        except Quarantine:
            continue
        nbformat.validate(json.loads(nbformat.v4.writes(nb).encode()))


@settings(deadline=None)
@given(st.binary(max_size=50) | st.text(max_size=50).map(str.encode))
def test_any_bytes_become_a_notebook_or_a_reason(data):
    with pytest.raises(Quarantine, match=r"\.$"):
        parse(data)


# ------------------------------------------------------------------ through nbgrader


def test_strangers_are_set_aside_without_being_followed(folder, tmp_path):
    hand_in(folder)
    hand_in(folder, "2030-02-02 15:58:23 UTC", "timestamp.txt")
    hand_in(folder, "<script>", "evil.html")
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / submission.ASIDE).symlink_to(outside)  # to make us write there
    (folder / "zero.csv").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    linked = folder.parents[1] / "bob" / "tiny"
    linked.parent.mkdir()
    linked.symlink_to(outside)
    for _ in range(2):
        paths = [folder / "tiny.ipynb", linked / "tiny.ipynb"]
        submission.set_strangers_aside("tiny", "*", [str(path) for path in paths])
        assert sorted(os.listdir(folder)) == [
            ".left-alone", "timestamp.txt", "tiny.ipynb",
        ]  # fmt: skip
    assert sorted(os.listdir(folder / ".left-alone")) == [
        "evil.html", "pipe", "zero.csv",
    ]  # fmt: skip
    assert os.listdir(outside) == []
    assert not os.path.lexists(linked)


@pytest.mark.course
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_nbgraders_autograde_survives_what_is_handed_in(tiny):
    import tinycheck
    from nbgrader.api import Gradebook
    from nbgrader.converters import Autograde
    from nbgrader.converters.base import NbGraderException

    from grader import assignments, course, demo

    for path, content in assignments.build(tiny, "tiny", tinycheck.get).items():
        (tiny / path).parent.mkdir(parents=True, exist_ok=True)
        (tiny / path).write_text(content, encoding="utf-8")
    demo.announce(tiny)
    solved = (tiny / "solutions/tiny/tiny.ipynb").read_bytes()
    submitted = tiny / "_build/course/submitted"
    for student in ("ada", "bob", "cyd"):
        (submitted / student / "tiny").mkdir(parents=True)
        hand_in(submitted / student / "tiny", solved)
    (submitted / "ada/tiny/zero.csv").symlink_to("/dev/zero")
    hand_in(submitted / "ada/tiny", "<script>", "evil.html")
    hand_in(submitted / "bob/tiny", "[" * 5000)
    (submitted / "cyd/tiny/tiny.ipynb").unlink()
    os.mkfifo(submitted / "cyd/tiny/tiny.ipynb")
    config = course.load_config(tiny)
    config.CourseDirectory.ignore += [submission.ASIDE]
    config.Autograde.exporter_class = "grader.submission.SubmissionExporter"
    config.Autograde.pre_convert_hook = "grader.submission.set_strangers_aside"
    with pytest.raises(NbGraderException):  # says that two could not be graded
        course.run(Autograde, config, "tiny")
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        assert gradebook.find_submission("tiny", "ada").score == 5
    autograded = Path(tiny, "_build/course/autograded")
    assert os.listdir(autograded / "ada/tiny") == ["tiny.ipynb"]
    assert not (autograded / "bob/tiny").exists()
