"""The batch: it gives what nbgrader gives, and does again only what has changed."""

import os
import shutil

import click
import nbformat
import pytest
from nbgrader.api import Gradebook

from grader import batch, grading, work
from grader.folders import Busy, open_course
from grader.paper import UnknownAssignment
from grader.pool import Lost
from grader.repair import KERNEL
from tests.grader import classes
from tests.grader.classes import EMPTY, RIGHT, WRONG, grade, hand_in, statuses, tables

pytestmark = [pytest.mark.course, pytest.mark.usefixtures("bubblewrap")]

BROKEN = '{"cells": [{"cell_type":'


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """No worker has to start: what a pool does is tested elsewhere."""
    monkeypatch.setattr(grading, "hire", classes.here)


@pytest.fixture
def asked(monkeypatch):
    """Who was really graded, in order."""
    students = []
    judged = work.Grader.judged
    monkeypatch.setattr(
        work.Grader,
        "judged",
        lambda self, student, taken: (
            students.append(student) or judged(self, student, taken)
        ),
    )
    return students


@pytest.fixture
def failing(monkeypatch):
    """Something goes wrong on our side while the work of `bob` is graded."""
    judged = work.Grader.judged

    def fail(self, student, taken):
        if student == "bob":
            raise ZeroDivisionError("the judge fell over")
        return judged(self, student, taken)

    monkeypatch.setattr(work.Grader, "judged", fail)
    return lambda: monkeypatch.setattr(work.Grader, "judged", judged)


# ------------------------------------------------------------- the same as nbgrader


def both(root, tmp_path, assignment="tiny"):
    """The same course graded by nbgrader and by us."""
    theirs = shutil.copytree(root, tmp_path / "theirs")
    classes.run_nbgrader(theirs, "Autograde", assignment)
    report = grade(root, assignment)
    assert report.ungraded == 0
    return theirs


def hand_all_in(root):
    for name in classes.ACTS:
        hand_in(root, name, name)
    return list(classes.ACTS)


def test_the_gradebook_is_the_one_nbgrader_makes(root, tmp_path):
    hand_all_in(root)
    hand_in(root, "in-time", RIGHT, "2026-12-01 10:00:00.123456 UTC")
    hand_in(root, "too-late", RIGHT, "2026-12-03 10:00:00 Europe/Berlin")
    classes.release(root, "2026-12-02 00:00")
    theirs = both(root, tmp_path)
    assert classes.book(root) == classes.book(theirs)
    assert len(classes.book(root)["grade"]) == 2 * 11


def test_the_notebooks_are_those_nbgrader_makes(root, tmp_path):
    names = hand_all_in(root)
    theirs = both(root, tmp_path)
    for name in names:
        assert classes.autograded(root, name) == classes.autograded(theirs, name)


def late(root, method):
    """A course that takes points off, and three who are late in their ways."""
    config = root / "nbgrader_config.py"
    config.write_text(
        config.read_text() + f"\nc.LateSubmissionPlugin.penalty_method = '{method}'\n"
    )
    hand_in(root, "in-time", RIGHT, "2026-12-01 10:00:00 UTC")
    hand_in(root, "too-late", RIGHT, "2026-12-03 10:00:00 UTC")
    hand_in(root, "extended", RIGHT, "2026-12-03 10:00:00 UTC")
    hand_in(root, "by-hand", WRONG, "2026-12-03 10:00:00 UTC")
    classes.release(root, "2026-12-02 00:00")


@pytest.mark.parametrize("method", ["none", "zero"])
def test_penalties_and_extensions_are_nbgraders(root, tmp_path, method):
    late(root, method)
    grade(root)
    by_hand(root)
    theirs = shutil.copytree(root, tmp_path / "theirs")
    classes.run_nbgrader(theirs, "Autograde")
    grade(root, force=True)
    assert classes.book(root) == classes.book(theirs)
    lost = {row[1]: row[3] for row in classes.book(root)["notebook"]}
    expected = {"too-late": 5.0, "by-hand": 2.5} if method == "zero" else {}
    assert {name: loss for name, loss in lost.items() if loss is not None} == expected


def by_hand(root):
    """What an instructor does in formgrader, and an extension."""
    submission = "(SELECT id FROM submitted_assignment WHERE student_id = ?)"
    notebook = f"(SELECT id FROM submitted_notebook WHERE assignment_id = {submission})"
    cell = "(SELECT id FROM base_cell WHERE name = ?)"
    where = f"WHERE notebook_id = {notebook} AND cell_id = {cell}"
    classes.change(
        root,
        "UPDATE grade SET manual_score = 1.5, extra_credit = 1, needs_manual_grade = 0 "
        + where,
        "by-hand",
        "double-test",
    )
    comment = f"UPDATE comment SET manual_comment = 'Nearly.' {where}"
    classes.change(root, comment, "by-hand", "mean")
    classes.change(
        root,
        "UPDATE submitted_assignment SET extension = '1970-01-06 00:00:00.000000'"
        " WHERE student_id = ?",
        "extended",
    )


def test_what_a_person_wrote_stays_and_is_to_be_looked_at_again(root):
    late(root, "none")
    grade(root)
    by_hand(root)
    hand_in(root, "by-hand", RIGHT, "2026-12-03 11:00:00 UTC")
    grade(root)
    found = tables(root)
    assert ("tiny", "by-hand", "double-test", 2.0, 1.5, 1.0, 1) in found["grade"]
    assert ("tiny", "by-hand", "mean", None, "Nearly.") in found["comment"]


def essay(root):
    """An assignment of which a person has to read some."""
    cells = [
        nbformat.v4.new_markdown_cell("Why?", id="why"),
        nbformat.v4.new_markdown_cell("Draw something.", id="draw"),
        nbformat.v4.new_code_cell("answer = 42", id="compute"),
        nbformat.v4.new_code_cell("assert answer == 42", id="compute-test"),
    ]
    flags = [(1, 1, 0, 0, 3), (0, 0, 1, 1, 4), (0, 1, 0, 0, None), (1, 0, 0, 1, 2)]
    for cell, row in zip(cells, flags, strict=True):
        graded, solution, task, locked, points = row
        cell.metadata["nbgrader"] = {
            "grade_id": cell.id,
            "grade": bool(graded),
            "solution": bool(solution),
            "task": bool(task),
            "locked": bool(locked),
            "schema_version": 3,
        } | ({} if points is None else {"points": points})
    path = root / "solutions/essay/essay.ipynb"
    path.parent.mkdir()
    nb = nbformat.v4.new_notebook(cells=cells)
    nb.metadata["kernelspec"] = KERNEL
    nbformat.write(nb, path)
    classes.run_nbgrader(root, "GenerateAssignment", "essay")
    released = nbformat.read(root / "exercises/essay/essay.ipynb", as_version=4)
    for student, text in (("ann", "Because."), ("bob", released.cells[0].source)):
        released.cells[0].source = text
        path = root / "_build/course/submitted" / student / "essay/essay.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(released, path)


def test_cells_that_a_person_grades_are_left_to_a_person(root, tmp_path):
    essay(root)
    theirs = both(root, tmp_path, "essay")
    assert classes.book(root) == classes.book(theirs)
    for one in (root, theirs):  # a person gives points, then all is graded again
        classes.change(
            one, "UPDATE grade SET manual_score = 1, needs_manual_grade = 0"
            " WHERE auto_score IS NULL"
        )  # fmt: skip
    classes.run_nbgrader(theirs, "Autograde", "essay")
    grade(root, "essay", force=True)
    assert classes.book(root) == classes.book(theirs)


# ------------------------------------------------------------------------- statuses


def test_each_submission_gets_its_status(root, failing):
    hand_in(root, "ann")
    hand_in(root, "bob")
    classes.put(root, "cat", BROKEN)
    report = grade(root)
    assert statuses(report) == {"ann": "graded", "bob": "failed", "cat": "quarantined"}
    assert "ZeroDivisionError: the judge fell over" in report.rows["bob"].reason
    assert report.rows["ann"].score == 5
    assert report.rows["bob"].score is report.rows["cat"].score is None
    assert report.ungraded == 2


def test_what_failed_is_tried_again_and_resume_leaves_it_alone(root, failing, asked):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)
    failing()
    report = grade(root, resume=True)
    assert statuses(report) == {"ann": "unchanged", "bob": "failed"}
    assert "the judge fell over" in report.rows["bob"].reason
    assert statuses(grade(root)) == {"ann": "unchanged", "bob": "graded"}


def test_a_second_run_grades_nothing(root, asked):
    hand_in(root, "ann")
    classes.put(root, "cat", BROKEN)
    first = grade(root)
    asked.clear()
    before = tables(root)
    report = grade(root)
    assert asked == []
    assert statuses(report) == {"ann": "unchanged", "cat": "quarantined"}
    assert report.rows["ann"].score == first.rows["ann"].score
    assert report.rows["cat"].reason == first.rows["cat"].reason
    assert tables(root) == before


def test_only_the_changed_submission_is_graded_again(root, asked):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)
    asked.clear()
    hand_in(root, "bob", WRONG)
    report = grade(root)
    assert asked == ["bob"]
    assert statuses(report) == {"ann": "unchanged", "bob": "graded"}
    assert report.rows["bob"].score == 0


def test_another_time_of_handing_in_is_a_change(root, asked):
    path = hand_in(root, "ann", RIGHT, "2026-12-01 10:00:00 UTC")
    grade(root)
    (path.parent / "timestamp.txt").write_text("2026-12-02 10:00:00 UTC")
    grade(root)
    assert asked == ["ann", "ann"]
    assert tables(root)["submission"][0][2] == "2026-12-02 10:00:00.000000"


def test_a_time_that_goes_away_stays_in_the_gradebook_as_with_nbgrader(root, tmp_path):
    path = hand_in(root, "ann", RIGHT, "2026-12-01 10:00:00 UTC")
    grade(root)
    (path.parent / "timestamp.txt").unlink()
    theirs = both(root, tmp_path)
    assert classes.book(root) == classes.book(theirs)
    for one in (root, theirs):
        stamp = one / "_build/course/autograded/ann/tiny/timestamp.txt"
        assert not stamp.exists()


def test_a_test_that_was_released_again_judges_everyone_anew(root, asked):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)
    asked.clear()
    classes.change_a_test(root)
    assert statuses(grade(root)) == {"ann": "graded", "bob": "graded"}
    assert asked == ["ann", "bob"]


def test_a_graded_notebook_that_is_gone_is_made_again(root, asked):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)
    asked.clear()
    shutil.rmtree(root / "_build/course/autograded/ann")
    grade(root)
    assert asked == ["ann"]
    assert classes.autograded(root, "ann")


def test_someone_removed_from_the_gradebook_is_graded_again(root, asked):
    hand_in(root, "ann")
    grade(root)
    from nbgrader.api import Gradebook

    with classes.quiet(), Gradebook(classes.opened(root).gradebook) as gradebook:
        gradebook.remove_student("ann")
    assert not tables(root)["grade"]
    assert statuses(grade(root)) == {"ann": "graded"}
    assert len(tables(root)["grade"]) == 2


def test_force_grades_all_and_only_those_named(root, asked):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)
    asked.clear()
    grade(root, force=True, student=("bob",))
    assert asked == ["bob"]
    grade(root, force=True)
    assert asked == ["bob", "ann", "bob"]


def test_a_forced_run_that_was_cut_short_is_completed_by_the_next(root, monkeypatch):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)

    class Short(classes.Here):
        def results(self, tasks):
            yield next(super().results(tasks))

    def short(batch, *_):
        return Short(lambda: work.Grader(batch.paper))

    monkeypatch.setattr(grading, "hire", short)
    assert statuses(grade(root, force=True)) == {"ann": "graded", "bob": "waiting"}
    monkeypatch.setattr(grading, "hire", classes.here)
    assert statuses(grade(root)) == {"ann": "unchanged", "bob": "graded"}


def test_only_the_named_students_are_looked_at(root, asked):
    hand_in(root, "ann")
    hand_in(root, "bob")
    assert statuses(grade(root, student=("bob",))) == {"bob": "graded"}
    assert asked == ["bob"]
    with pytest.raises(click.UsageError, match=r"^zoe handed in nothing for tiny\.$"):
        grade(root, student=("zoe",))


@pytest.mark.parametrize("options", [{}, {"force": True}])
def test_a_dry_run_changes_nothing(root, asked, options):
    hand_in(root, "ann")
    grade(root)
    hand_in(root, "bob")
    hand_in(root, "cat").unlink()
    asked.clear()
    before = classes.files(root / "_build/course")
    report = grade(root, dry_run=True, **options)
    after = classes.files(root / "_build/course")
    assert {**after, ".grading": b""} == {**before, ".grading": b""}
    assert asked == []
    ann = "waiting" if options else "unchanged"
    assert statuses(report) == {"ann": ann, "bob": "waiting", "cat": "quarantined"}


def test_broken_work_in_place_of_good_is_quarantined_and_has_no_score(root):
    hand_in(root, "ann")
    grade(root)
    classes.put(root, "ann", BROKEN)
    report = grade(root)
    assert statuses(report) == {"ann": "quarantined"}
    assert report.rows["ann"].score is None
    (row,) = tables(root)["judged"]
    assert row[3:6] == ("quarantined", report.rows["ann"].reason, None)
    hand_in(root, "ann")
    assert statuses(grade(root)) == {"ann": "graded"}


def test_who_ended_two_workers_is_quarantined_and_tried_again(root, monkeypatch):
    hand_in(root, "ann")

    class Deadly(classes.Here):
        def results(self, tasks):
            for student, _ in tasks:
                yield None
                yield Lost(student)

    monkeypatch.setattr(grading, "hire", lambda *_: Deadly(lambda: None))
    report = grade(root)
    assert report.rows["ann"].reason == batch.TOO_DEADLY
    assert report.rows["ann"].status == "quarantined"
    monkeypatch.setattr(grading, "hire", classes.here)
    assert statuses(grade(root)) == {"ann": "graded"}


def test_a_new_deadline_or_an_extension_is_heeded_by_the_next_run(root):
    hand_in(root, "ann")
    hand_in(root, "bob")
    grade(root)
    with Gradebook(open_course(root).gradebook, "cvbook") as book:
        book.update_or_create_assignment("tiny", duedate="2030-01-01 12:00 UTC")
    assert statuses(grade(root)) == {"ann": "graded", "bob": "graded"}
    with Gradebook(open_course(root).gradebook, "cvbook") as book:
        book.grant_extension("tiny", "ann", days=1)
    assert statuses(grade(root)) == {"ann": "graded", "bob": "unchanged"}


# --------------------------------------------------------------------- odd classes


def test_a_folder_with_a_weird_name_is_quarantined_and_in_no_page(root):
    weird = ["a<b>", "new\nline", os.fsdecode(b"latin-\xe9"), "x" * 120, "-rf"]
    for name in ["ann", *weird]:
        hand_in(root, name)
    report = grade(root)
    assert {*weird} == {n for n, s in statuses(report).items() if s == "quarantined"}
    assert [row[0] for row in tables(root)["student"]] == ["ann"]
    assert [row[1] for row in tables(root)["judged"]] == ["ann"]


def test_a_student_folder_that_is_a_link_is_quarantined(root, tmp_path):
    hand_in(root, "ann")
    elsewhere = tmp_path / "elsewhere"
    submitted = root / "_build/course/submitted"
    os.replace(submitted / "ann", elsewhere)
    (submitted / "bob").symlink_to(elsewhere)
    report = grade(root)
    assert statuses(report) == {"bob": "quarantined"}
    assert "is a symbolic link" in report.rows["bob"].reason


@pytest.mark.parametrize("there", [True, False])
def test_an_empty_class_is_graded_at_once(root, there):
    if there:
        (root / "_build/course/submitted").mkdir(exist_ok=True)
    report = grade(root)
    assert (report.rows, report.ungraded, report.points) == ({}, 0, 5)


def test_an_unknown_assignment_says_how_to_make_it_known(root):
    with pytest.raises(UnknownAssignment, match="the gradebook does not know nothing:"):
        grade(root, "nothing")


def test_two_notebooks_in_an_assignment_are_left_to_nbgrader(root):
    classes.change(
        root,
        "INSERT INTO notebook (id, name, assignment_id)"
        " SELECT 'x', 'second', id FROM assignment",
    )
    with pytest.raises(UnknownAssignment, match="tiny has several notebooks: grade it"):
        grade(root)


def test_a_second_run_at_the_same_time_is_told_who_is_first(root):
    with (
        classes.opened(root).alone(),
        pytest.raises(Busy, match=rf"graded already \(process {os.getpid()}\): wait"),
    ):
        grade(root)
    grade(root)


def test_a_class_is_written_through_one_engine(root, monkeypatch):
    import sqlalchemy
    from nbgrader import api

    made = []
    monkeypatch.setattr(
        api,
        "create_engine",
        lambda *args, **kwargs: (
            made.append(args) or sqlalchemy.create_engine(*args, **kwargs)
        ),
    )
    hand_in(root, "ann")
    hand_in(root, "bob", EMPTY)
    grade(root)
    assert len(made) == 1


def test_without_walls_the_scores_count_as_well(root):
    from grader.status import status

    hand_in(root, "ann")
    report = grade(root, no_sandbox=True)
    assert statuses(report) == {"ann": "graded"}
    with grading.Records(classes.opened(root).gradebook, "cvbook") as records:
        assert status(classes.opened(root), records)["tiny"]["graded"] == 1
