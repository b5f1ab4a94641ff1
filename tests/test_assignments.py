"""The assignments of the book: notebooks as their text says, answers as specified."""

import json
import runpy
from pathlib import Path

import pytest

from cvlib import grade
from grader import assignments, course

tool = runpy.run_path(str(course.ROOT / "tools" / "build_assignments.py"))


def exercises():
    """(assignment, exercise) of each solution cell, in the order of the book."""
    for name in assignments.names(course.ROOT):
        for cell in assignments.convert(course.ROOT, name, grade.get).cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                yield name, cell.id


EXERCISES = list(exercises())
each_exercise = pytest.mark.parametrize(("assignment", "exercise"), EXERCISES)


def define(assignment, exercise, notebook):
    """What the setup and the cell of an exercise define."""
    namespace = {"__name__": "__main__"}
    for cell in notebook:
        if cell["id"] in ("setup", exercise):
            exec("".join(cell["source"]), namespace)
    return namespace.get(exercise)


def released(assignment):
    path = course.ROOT / "exercises" / assignment / f"{assignment}.ipynb"
    return path.read_text(encoding="utf-8")


def test_the_notebooks_are_what_their_text_says(capsys):
    code = tool["build"](course.ROOT, grade.get, check=True)
    assert code == 0, capsys.readouterr().out


def test_every_exercise_has_its_place_in_one_assignment():
    placed = [exercise for _, exercise in EXERCISES]
    assert sorted(placed) == sorted(spec.name for spec in grade.all_exercises())


@each_exercise
def test_the_solution_is_right_on_several_seeds(assignment, exercise):
    cells = assignments.convert(course.ROOT, assignment, grade.get).cells
    answer = define(assignment, exercise, cells)
    for seed in range(3):
        result = grade.judge(grade.get(exercise), answer, seed)
        assert result.passed, result.sentence


@each_exercise
def test_the_untouched_starter_is_told_so(assignment, exercise):
    answer = define(assignment, exercise, json.loads(released(assignment))["cells"])
    result = grade.judge(grade.get(exercise), answer, 0)
    assert (result.passed, result.kind) == (False, "starter")


@each_exercise
def test_an_exercise_has_three_hints_and_a_page_to_read(assignment, exercise):
    assert (course.ROOT / f"{grade.get(exercise).page}.md").is_file()
    cells = assignments.convert(course.ROOT, assignment, grade.get).cells
    start = next(i for i, cell in enumerate(cells) if cell.id == exercise)
    end = next(i for i, cell in enumerate(cells) if cell.id == f"{exercise}-test")
    text = "\n".join(cell.source for cell in cells[start:end])
    assert [f"Hint {n}</summary>" in text for n in (1, 2, 3)] == [True] * 3
    assert assignments.facts_line(course.ROOT, grade.get(exercise)) in (
        cells[start - 1].source
    )


@pytest.mark.parametrize("assignment", assignments.names(course.ROOT))
def test_no_release_tells_a_seed_or_a_solution(assignment):
    text = released(assignment)
    for secret in ("seed=", "BEGIN HIDDEN", "BEGIN SOLUTION"):
        assert secret not in text


@pytest.fixture
def spoilt(tmp_path, monkeypatch):
    """A course with one assignment of no exercises, built and then edited."""
    for name, value in course.private_environment(tmp_path).items():
        monkeypatch.setenv(name, value)  # put back afterwards
    (tmp_path / "nbgrader_config.py").write_bytes(
        (course.ROOT / "nbgrader_config.py").read_bytes()
    )
    text = tmp_path / "solutions" / "empty.md"
    text.parent.mkdir()
    text.write_text("# Nothing to do\n", encoding="utf-8")
    assert tool["build"](tmp_path, grade.get) == 0
    assert tool["build"](tmp_path, grade.get, check=True) == 0
    text.write_text("# Nothing at all to do\n", encoding="utf-8")
    return tmp_path


def test_check_names_what_differs_and_writes_nothing(spoilt, capsys):
    path = spoilt / "exercises" / "empty" / "empty.ipynb"
    before = path.read_bytes()
    assert tool["build"](spoilt, grade.get, check=True) == 1
    out = capsys.readouterr().out
    assert str(Path("solutions/empty/empty.ipynb")) in out
    assert str(Path("exercises/empty/empty.ipynb")) in out
    assert path.read_bytes() == before


def test_a_second_build_changes_nothing(spoilt, capsys):
    assert tool["build"](spoilt, grade.get) == 0
    assert "empty: written" in capsys.readouterr().out
    assert tool["build"](spoilt, grade.get) == 0
    assert "empty: unchanged" in capsys.readouterr().out


def test_a_faulty_text_is_an_error_of_one_line(spoilt, capsys):
    (spoilt / "solutions" / "empty.md").write_text("No title.\n", encoding="utf-8")
    assert tool["build"](spoilt, grade.get) == 2
    assert capsys.readouterr().err == (
        "error: solutions/empty.md: the first cell must be the title, '# …'\n"
    )
