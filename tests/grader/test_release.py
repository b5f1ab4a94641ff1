"""Handing an assignment out: whole, always the same bytes, and without its secrets."""

import hashlib
import os
import zipfile

import nbformat
import pytest

from grader import assignments, course
from grader.assignments import CourseError
from grader.release import release

SOLUTION = "### BEGIN SOLUTION\nreturn sum(numbers)\n### END SOLUTION"
TEST = "### BEGIN HIDDEN TESTS\nassert total([1, 2]) == 3\n### END HIDDEN TESTS"


def notebook(path, *sources):
    cells = [
        nbformat.v4.new_code_cell(source, id=f"c{k}")
        for k, source in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture
def root(tmp_path):
    notebook(tmp_path / "solutions/sums/sums.ipynb", SOLUTION, TEST)
    notebook(tmp_path / "exercises/sums/sums.ipynb", "raise NotImplementedError", "")
    (tmp_path / "exercises/sums/data.csv").write_text("1,2\n")
    (tmp_path / "exercises/sums/.ipynb_checkpoints").mkdir()
    notebook(tmp_path / "exercises/sums/.ipynb_checkpoints/sums.ipynb", TEST)
    return tmp_path


def test_a_learner_gets_the_folder_without_hidden_files(root):
    path = release(root, "sums")
    assert path == root / "_build/release/sums.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["sums/data.csv", "sums/sums.ipynb"]
        assert archive.read("sums/data.csv") == b"1,2\n"


def test_the_bytes_are_the_same_at_every_run(root):
    first = release(root, "sums").read_bytes()
    os.utime(root / "exercises/sums/data.csv", (1, 1))
    (root / "exercises/sums/data.csv").chmod(0o600)
    assert release(root, "sums", root / "out" / "a.zip").read_bytes() == first


def test_the_bytes_do_not_depend_on_the_machine(root):
    nbformat.write(nbformat.v4.new_notebook(), root / "exercises/sums/sums.ipynb")
    digest = hashlib.sha256(release(root, "sums").read_bytes()).hexdigest()
    assert digest == (
        "f7025c3902511b9d1e000614fc348cd9f5f04287645fc11babaee85883cd046a"
    )


@pytest.mark.parametrize(
    "secret", [SOLUTION, "assert total([1, 2]) == 3", "### BEGIN SOLUTION"]
)
@pytest.mark.parametrize("name", ["sums.ipynb", "other.ipynb", "help.py"])
def test_a_secret_stops_the_release(root, secret, name):
    path = root / "exercises/sums" / name
    if name.endswith(".py"):
        path.write_text(f"x = 1\n    {secret}\n")
    else:
        notebook(path, f"x = 1\n{secret}")
    with pytest.raises(CourseError, match=rf"exercises/sums/{name} must not hold '"):
        release(root, "sums")
    assert not (root / "_build").exists()


def test_outputs_stop_the_release_since_they_may_quote_a_secret(root):
    path = root / "exercises/sums/sums.ipynb"
    made = nbformat.read(path, as_version=4)
    made.cells[0].outputs = [nbformat.v4.new_output("stream", text="x")]
    nbformat.write(made, path)
    with pytest.raises(CourseError, match=r"sums\.ipynb must not hold outputs: "):
        release(root, "sums")


def test_a_link_is_not_handed_out(root):
    (root / "exercises/sums/more.csv").symlink_to("/etc/passwd")
    with pytest.raises(CourseError, match=r"more\.csv in sums is no ordinary file"):
        release(root, "sums")


def test_an_assignment_that_was_not_derived_is_named(root):
    with pytest.raises(CourseError, match=r"nothing has no notebook in exercises/ or"):
        release(root, "nothing")


@pytest.mark.parametrize("name", assignments.names(course.ROOT))
def test_the_courses_own_assignments_can_be_released(name, tmp_path):
    with zipfile.ZipFile(release(course.ROOT, name, tmp_path / "a.zip")) as archive:
        assert f"{name}/{name}.ipynb" in archive.namelist()
