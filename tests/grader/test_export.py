"""Grades for a learning platform: no score is not the score 0."""

import csv
import io
import shutil
from dataclasses import replace

import pytest

from grader import export, grading, work
from grader.export import Line
from grader.records import Records
from grader.status import plans, status
from tests.grader import classes
from tests.grader.classes import EMPTY, RIGHT, hand_in

pytestmark = [pytest.mark.course, pytest.mark.usefixtures("bubblewrap")]


@pytest.fixture(scope="module")
def made(tiny, bubblewrap):
    """A class in which each has another status."""
    classes.make(tiny)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "hire", classes.here)
        judged = work.Grader.judged

        def fail(self, student, taken):
            if student == "failed":
                raise ZeroDivisionError
            return judged(self, student, taken)

        patch.setattr(work.Grader, "judged", fail)
        classes.release(tiny, "2026-12-02 00:00")
        for name in ("failed", "reviewed", "by-hand", "replaced"):
            hand_in(tiny, name)
        hand_in(tiny, "graded", RIGHT, "2026-12-01 10:00:00 UTC")
        hand_in(tiny, "late", RIGHT, "2026-12-03 10:00:00 UTC")
        hand_in(tiny, "zero", EMPTY)
        classes.put(tiny, "broken", "no notebook")
        classes.grade(tiny)
    hand_in(tiny, "waiting")
    hand_in(tiny, "replaced").unlink()
    notebook = """(SELECT m.id FROM submitted_notebook m JOIN submitted_assignment s
        ON s.id = m.assignment_id WHERE s.student_id = ?)"""
    for change, student in (
        ("grade SET manual_score = 1, needs_manual_grade = 1", "reviewed"),
        ("grade SET auto_score = NULL", "by-hand"),
    ):
        classes.change(tiny, f"UPDATE {change} WHERE notebook_id = {notebook}", student)
    classes.change(
        tiny, "UPDATE submitted_notebook SET late_submission_penalty = 1.5"
        f" WHERE id = {notebook}", "late",
    )  # fmt: skip
    classes.change(
        tiny, "INSERT INTO student (id, first_name, last_name, email)"
        " VALUES ('absent', 'Zoë', 'Ørsted, née =1+1', '@zoe')",
    )  # fmt: skip
    return tiny


@pytest.fixture(scope="module")
def lines(made):
    return read(made)


def read(root, *names):
    course = classes.opened(root)
    with Records(course.gradebook, course.id) as records:
        reports = plans(course, records, names).values()
        return records.transaction(lambda db: list(export.lines(db, reports)))


def written(lines, layout):
    file = io.StringIO(newline="")
    export.write(lines, layout, file)
    return list(csv.reader(io.StringIO(file.getvalue(), newline="")))


STATUS = {
    "absent": "not handed in",
    "broken": "quarantined",
    "by-hand": "by hand",
    "failed": "failed",
    "graded": "graded",
    "late": "graded",
    "replaced": "quarantined",
    "reviewed": "review",
    "waiting": "waiting",
    "zero": "graded",
}
SCORE = {"graded": 5.0, "late": 3.5, "reviewed": 2.0, "zero": 0.0}


def test_everyone_has_a_line_with_the_status(lines):
    assert {line.student_id: line.status for line in lines} == STATUS


def test_a_score_stands_only_where_it_counts(lines):
    found = {line.student_id: line.score for line in lines if line.score is not None}
    assert found == SCORE


def test_the_long_layout_says_why_there_is_no_score(lines):
    head, *rows = written(lines, "long")
    table = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
    assert table["zero"]["score"] == "0.0"
    for name in STATUS.keys() - SCORE.keys():
        assert table[name]["score"] == table[name]["raw_score"] == ""
        assert table[name]["late_penalty"] == ""
        assert table[name]["status"] == STATUS[name]
    assert table["failed"]["reason"].startswith("ZeroDivisionError")
    assert table["broken"]["reason"].startswith("The notebook is damaged")
    assert {row["max_score"] for row in table.values()} == {"5.0"}


def test_a_penalty_is_taken_off_and_shown(lines):
    head, *rows = written(lines, "long")
    (late,) = [row for row in rows if row[1] == "late"]
    found = dict(zip(head, late, strict=True))
    assert (found["score"], found["raw_score"], found["late_penalty"]) == (
        "3.5",
        "5.0",
        "1.5",
    )
    assert found["submitted"] == "2026-12-03 10:00:00 UTC"


@pytest.mark.parametrize("layout", ["wide", "canvas", "moodle"])
def test_in_every_layout_no_score_is_empty_and_zero_is_zero(lines, layout):
    rows = written(lines, layout)
    column = {"wide": 0, "canvas": 3, "moodle": 0}[layout]
    found = {row[column]: row[-1] for row in rows[1:] if row[column]}
    assert found == {name: str(SCORE.get(name, "")) for name in STATUS}


def test_canvas_gets_its_columns_and_the_points(lines):
    head, points, *_ = written(lines, "canvas")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "tiny"]
    assert points == ["    Points Possible", "", "", "", "", "5.0"]


def test_names_are_kept_letter_by_letter(lines):
    (zoe,) = [row for row in written(lines, "wide") if row[0] == "absent"]
    assert zoe[1:3] == ["Ørsted, née =1+1", "Zoë"]
    (zoe,) = [row for row in written(lines, "canvas") if row[3] == "absent"]
    assert zoe[0] == "Ørsted, née =1+1, Zoë"


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
@pytest.mark.parametrize("layout", export.LAYOUTS)
def test_no_text_is_taken_for_a_formula(layout, start):
    evil = f"{start}cmd|' /C calc'!A0"
    line = Line("tiny", evil, evil, evil, evil, "graded", -1.0, -1.0, 0.0, 5, "", evil)
    cells = [cell for row in written([line], layout)[1:] for cell in row]
    for cell in cells:
        assert cell == "-1.0" or not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_a_line_break_cannot_begin_another_line():
    assert export.shown("a\nb\x1b[2J\u202e\udce9") == "a?b?[2J??"


def test_someone_of_one_assignment_has_an_empty_field_in_the_others(made, lines):
    second = [replace(one, assignment="second", score=None) for one in lines[:1]]
    rows = written([*lines, *second], "wide")
    assert rows[0][-2:] == ["tiny", "second"]
    assert {len(row) for row in rows} == {6}


def test_the_lines_agree_with_status(made, lines):
    course = classes.opened(made)
    with Records(course.gradebook, course.id) as records:
        assert status(course, records)["tiny"] == {
            "handed in": 9,
            "graded": 5,
            "waiting": 1,
            "quarantined": 2,
            "failed": 1,
            "for a person": 2,
        }


def test_an_assignment_that_we_cannot_grade_does_not_hide_the_others(made, tmp_path):
    root = shutil.copytree(made, tmp_path / "course")
    classes.change(
        root,
        "INSERT INTO assignment (id, name, course_id) VALUES ('x', 'odd', 'cvbook')",
    )
    said = []
    course = classes.opened(root)
    with Records(course.gradebook, course.id, said.append) as records:
        assert list(plans(course, records)) == ["tiny"]
    (sentence,) = said
    assert sentence.startswith("odd is left out: the gradebook does not know odd")
