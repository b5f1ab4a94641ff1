"""Feedback: the pages nbgrader would make, and a reason for who has none."""

import os
import shutil
import zipfile

import pytest

from grader import grading, telling
from tests.grader import classes
from tests.grader.classes import WRONG, hand_in

pytestmark = [pytest.mark.course, pytest.mark.usefixtures("bubblewrap")]


@pytest.fixture(scope="module")
def made(tiny, bubblewrap):
    """The demo class and somebody whose work cannot be read, graded and told."""
    classes.make(tiny)
    for name in classes.ACTS:
        hand_in(tiny, name, name)
    classes.put(tiny, "broken", "no notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "hire", classes.here)
        classes.grade(tiny)
    assert tell(tiny).made == 10
    return tiny


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    monkeypatch.setattr(grading, "hire", classes.here)
    return shutil.copytree(made, tmp_path / "course")


def tell(root, **options):
    with classes.quiet():
        course = classes.opened(root)
        return telling.run(course, "tiny", say=lambda text: None, **options)


def page(root, student):
    folder = root / "_build/course/feedback" / student / "tiny"
    return (folder / "tiny.html").read_text(encoding="utf-8")


def test_the_pages_are_nbgraders_byte_for_byte(root, tmp_path):
    ours = {name: page(root, name) for name in classes.ACTS}
    shutil.rmtree(root / "_build/course/feedback")
    classes.run_nbgrader(root, "GenerateFeedback")
    for name, text in ours.items():
        assert text == page(root, name)


def test_so_are_those_with_a_persons_points_comments_and_penalties(root):
    classes.change(root, "UPDATE grade SET manual_score = 1.25, extra_credit = 0.5")
    classes.change(root, "UPDATE comment SET manual_comment = 'Well <b>done</b>.'")
    classes.change(root, "UPDATE submitted_notebook SET late_submission_penalty = 0.75")
    assert tell(root).made == len(classes.ACTS)
    ours = {name: page(root, name) for name in classes.ACTS}
    shutil.rmtree(root / "_build/course/feedback")
    classes.run_nbgrader(root, "GenerateFeedback")
    for name, text in ours.items():
        assert text == page(root, name)


def test_no_page_shows_a_hidden_test(made):
    for student in classes.ACTS:
        assert "4711" not in page(made, student)
        assert "HIDDEN TESTS" not in page(made, student)


def test_a_page_says_the_sentence(made):
    assert "You squared x: doubling adds it once." in page(made, WRONG)


def test_whose_work_is_quarantined_reads_why(made):
    text = page(made, "broken")
    assert "tiny: not graded yet" in text
    assert "hand in again" in text
    (row,) = [row for row in classes.tables(made)["judged"] if row[1] == "broken"]
    assert row[4].replace("'", "&#x27;") in text


def test_what_is_unchanged_is_not_made_again(root):
    before = {path: path.stat().st_mtime_ns for path in root.rglob("tiny.html")}
    told = tell(root)
    assert (told.made, told.same, told.waiting) == (0, 10, 0)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("tiny.html")} == before


def test_only_the_page_whose_score_changed_is_made_again(root):
    notebook = """(SELECT m.id FROM submitted_notebook m JOIN submitted_assignment s
        ON s.id = m.assignment_id WHERE s.student_id = 'demo-ben-wrong')"""
    classes.change(
        root, f"UPDATE grade SET manual_score = 1 WHERE notebook_id = {notebook}"
    )
    told = tell(root)
    assert (told.made, told.same) == (1, 9)


def test_who_is_not_graded_gets_no_page(root):
    hand_in(root, "new")
    told = tell(root)
    assert (told.made, told.same, told.waiting) == (0, 10, 1)
    assert told.summary == "0 pages made, 10 unchanged, 1 not graded yet."
    assert not (root / "_build/course/feedback/new").exists()


def test_a_refusal_gives_way_to_a_page_and_the_other_way_round(root):
    hand_in(root, "broken")
    classes.grade(root)
    assert tell(root, student=("broken",)).made == 1
    assert "not graded yet" not in page(root, "broken")
    classes.put(root, "broken", "again none")
    classes.grade(root)
    assert tell(root, student=("broken",)).made == 1
    assert "not graded yet" in page(root, "broken")


def test_an_odd_name_is_told_to_the_instructor_only(root):
    odd = os.fsdecode(b"caf\xe9")
    hand_in(root, odd)
    told = tell(root)
    assert told.made == 0
    assert told.summary.startswith("'caf?': The folder 'caf?' has a name we refuse")
    assert not (root / "_build/course/feedback" / odd).exists()


def test_the_archive_has_every_page_that_holds_and_no_other(root, tmp_path):
    hand_in(root, WRONG)  # handed in again: the page is about older work
    tell(root, zipped=str(tmp_path / "pages.zip"))
    with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
        names = archive.namelist()
        expected = {"broken", *classes.ACTS} - {WRONG}
        assert set(names) == {f"{name}/tiny.html" for name in expected}
        assert archive.read("broken/tiny.html").decode() == page(root, "broken")


def test_a_page_that_cannot_be_made_is_named_and_the_others_are_made(root):
    shutil.rmtree(root / "_build/course/feedback")
    path = root / f"_build/course/autograded/{WRONG}/tiny/tiny.ipynb"
    path.write_text("no notebook")
    told = tell(root)
    assert told.made == 9
    assert list(told.problems) == [WRONG]
    assert told.summary.startswith(f"{WRONG}: NotJSONError")
