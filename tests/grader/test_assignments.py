"""Deriving notebooks from the text of an assignment."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from grader import assignments, course

SOLUTION = Path("solutions/tiny/tiny.ipynb")
RELEASE = Path("exercises/tiny/tiny.ipynb")


@pytest.fixture(scope="module")
def files(tiny):
    import tinycheck

    return assignments.build(tiny, "tiny", tinycheck.get)


def cells(text):
    return {cell.id: cell for cell in nbformat.reads(text, as_version=4).cells}


def convert(root, old, new):
    """Convert the course with one change to its text."""
    import tinycheck

    path = root / "solutions" / "tiny.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return assignments.convert(root, "tiny", tinycheck.get)


def test_the_same_text_gives_the_same_bytes(tiny, files):
    import tinycheck

    assert assignments.build(tiny, "tiny", tinycheck.get) == files


def test_the_notebooks_are_valid_and_end_with_one_newline(files):
    for text in files.values():
        nbformat.validate(json.loads(text))
        assert re.search(r"[^\n]\n\Z", text)


def test_no_notebook_carries_outputs_or_a_version(files):
    for text in files.values():
        nb = nbformat.reads(text, as_version=4)
        assert set(nb.metadata) == {"kernelspec", "language_info"}
        assert set(nb.metadata.language_info) == {"name"}
        assert not any(cell.get("outputs") for cell in nb.cells)


def test_points_and_flags_come_from_the_spec(files):
    flags = {name: c.metadata.nbgrader for name, c in cells(files[SOLUTION]).items()
             if "nbgrader" in c.metadata}  # fmt: skip
    assert list(flags) == [
        "setup", "double", "double-check", "double-test",
        "mean", "mean-check", "mean-test",
    ]  # fmt: skip
    assert [f.points for f in flags.values() if "points" in f] == [2, 3]
    assert [name for name, f in flags.items() if f.grade] == [
        "double-test",
        "mean-test",
    ]
    assert [name for name, f in flags.items() if f.solution] == ["double", "mean"]


def test_the_line_of_facts_is_written_from_the_spec(files):
    page = "[Twice as much](../../book/doubling.md)"
    line = f"*★★☆ medium · about 10 minutes · 3 points · {page}*"
    assert line in json.dumps(json.loads(files[RELEASE]), ensure_ascii=False)


def test_an_assignment_opens_with_how_to_work_and_ends_with_how_to_submit(files):
    sources = [cell.source for cell in cells(files[RELEASE]).values()]
    assert sources[0].startswith("# A tiny assignment")
    assert assignments.HOW_TO_WORK in sources[0]
    assert sources[-1] == assignments.HOW_TO_SUBMIT


def test_the_release_holds_neither_solutions_nor_hidden_tests(files):
    text = files[RELEASE]
    for secret in ("SOLUTION", "HIDDEN", "4711", "return 2 * x"):
        assert secret not in text
        assert secret in files[SOLUTION]
    stub = cells(text)["double"].source
    assert stub.endswith(
        '    # Write your code here\n    raise NotImplementedError("your turn")'
    )


def test_an_edit_changes_the_ids_of_the_edited_cell_only(tiny_copy, files):
    edited = convert(tiny_copy, "Return twice x.", "Return x twice.")
    before = set(cells(files[SOLUTION]))
    assert len(before - {cell.id for cell in edited.cells}) == 1


def test_two_equal_cells_have_different_ids(tiny_copy):
    hint = "<details><summary>Hint 1</summary>\n\nAdd it to itself.\n\n</details>"
    edited = convert(tiny_copy, hint, f"{hint}\n\n+++\n\n{hint}")
    ids = [cell.id for cell in edited.cells]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "exercise: mean\nrole: check",
            "exercise: mode\nrole: check",
            "solutions/tiny.md: cvlib.grade has no exercise named 'mode'",
        ),
        (
            "<!-- exercise: mean -->",
            "<!-- exercise: mode -->",
            "solutions/tiny.md: cvlib.grade has no exercise named 'mode'",
        ),
        (
            "exercise: mean\nrole: check",
            "exercise: mean\nrole: test",
            "solutions/tiny.md: the test cell of mean has no BEGIN HIDDEN TESTS",
        ),
        (
            "exercise: mean\nrole: check",
            "exercise: double\nrole: check",
            "solutions/tiny.md: double must have one solution, one check and one test "
            "cell in this order, got solution, check, test, check",
        ),
        (
            "## Double",
            "## Twice",
            "solutions/tiny.md: double must stand under its title, ## Double",
        ),
        (
            "role: check",
            "role: chekc",
            "solutions/tiny.md: role must be setup, solution, check, test, "
            "got 'chekc' for 'double'",
        ),
        (
            "### BEGIN SOLUTION",
            "",
            "solutions/tiny.md: the solution cell of double has no BEGIN SOLUTION",
        ),
        (
            "# A tiny assignment",
            "A tiny assignment",
            "solutions/tiny.md: the first cell must be the title, '# …'",
        ),
    ],
)
def test_a_faulty_text_is_refused_with_a_sentence(tiny_copy, old, new, sentence):
    with pytest.raises(assignments.CourseError, match=f"^{re.escape(sentence)}$"):
        convert(tiny_copy, old, new)


def test_differing_names_what_is_missing_and_what_was_edited(tiny_copy, files):
    assert assignments.differing(tiny_copy, files) == [SOLUTION, RELEASE]
    for path, text in files.items():
        (tiny_copy / path).parent.mkdir(parents=True)
        (tiny_copy / path).write_text(text, encoding="utf-8")
    assert assignments.differing(tiny_copy, files) == []
    (tiny_copy / RELEASE).write_text(files[RELEASE] + " ", encoding="utf-8")
    assert assignments.differing(tiny_copy, files) == [RELEASE]


def test_a_notebook_whose_text_is_gone_is_an_orphan(tiny_copy):
    old = tiny_copy / "exercises" / "old" / "old.ipynb"
    old.parent.mkdir(parents=True)
    old.touch()
    assert assignments.orphans(tiny_copy) == [Path("exercises/old/old.ipynb")]


def test_nothing_of_jupyter_is_left_for_the_users_home(tmp_path):
    folders = course.private_environment(tmp_path)
    for name in ("CONFIG", "DATA", "RUNTIME"):
        assert Path(folders[f"JUPYTER_{name}_DIR"]).is_relative_to(tmp_path)
    assert Path(folders["IPYTHONDIR"]).is_relative_to(tmp_path)
