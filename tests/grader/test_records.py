"""The one writer: it waits for others, and what it writes is there or it is not."""

import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from grader import gradebook, records
from grader.records import Entry, GradebookLocked, NoSpace, Records
from grader.work import GRADED, QUARANTINED, Graded
from tests.grader import classes

HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def said():
    return []


@pytest.fixture
def book(root, said):
    with Records(classes.opened(root).gradebook, "cvbook", said.append) as book:
        yield book


@contextmanager
def held(root, seconds):
    """Another process has the gradebook for itself."""
    command = [sys.executable, "-c", HOLD, str(classes.database(root)), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def entry(student="ann", score=2.0, notes=()):
    scores = {"double-test": score, "mean-test": 0.0}
    comments = {"double": None, "mean": "No response."}
    graded = Graded(student, GRADED, "", "{}", scores, comments, tuple(notes))
    return Entry(graded, "digest", None)


# ---------------------------------------------------------------------------- locks


def test_a_locked_gradebook_is_waited_for_and_it_is_told(root, book, said):
    with held(root, 2.5):
        start = time.monotonic()
        book.write("tiny", [entry()])
        waited = time.monotonic() - start
    assert 2 < waited < 20
    assert said[0] in [f"the gradebook is locked: waiting ({s} s)" for s in (1, 2, 3)]
    assert ("tiny", "ann", "double-test", 2.0, None, None, 0) in classes.tables(root)[
        "grade"
    ]


def test_opening_a_locked_gradebook_waits_too(root, said):
    url = classes.opened(root).gradebook
    with held(root, 2), Records(url, "cvbook", said.append) as book:
        assert book.assignments() == ["tiny"]


def test_a_new_course_id_waits_too_where_nbgrader_wraps_the_error(root, said):
    url = classes.opened(root).gradebook
    with closing(sqlite3.connect(classes.database(root))) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookLocked):
            Records(url, "another", said.append, patience=0.5)
        db.rollback()
    with Records(url, "another", said.append):
        pass


def test_one_that_stays_locked_is_given_up_with_a_sentence(root, book):
    book.patience = 1
    sentence = (
        r"^the gradebook was locked by another program for \d+ s: close what writes to"
        r" it and run this again$"
    )
    with held(root, 60), pytest.raises(GradebookLocked, match=sentence):
        book.write("tiny", [entry()])
    assert classes.tables(root)["grade"] == []
    book.write("tiny", [entry()])
    assert len(classes.tables(root)["grade"]) == 2


def test_the_pauses_between_tries_grow_up_to_two_seconds(book, monkeypatch):
    pauses, clock = [], iter(range(1000))
    monkeypatch.setattr(records.time, "sleep", pauses.append)
    monkeypatch.setattr(records.time, "monotonic", lambda: next(clock))
    tries = iter([True] * 8 + [False])

    def act():
        if next(tries):
            raise locked()
        return "done"

    assert book.patiently(act) == "done"
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


def locked():
    return OperationalError("", {}, sqlite3.OperationalError("database is locked"))


def test_it_is_told_less_and_less_often(book, said, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(records.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(records.time, "monotonic", lambda: next(clock))
    with pytest.raises(GradebookLocked):
        book.patiently(lambda: (_ for _ in ()).throw(locked()))
    assert len(said) == 8  # in ten minutes


def test_an_error_that_waiting_does_not_mend_is_raised_at_once(book):
    with pytest.raises(OperationalError, match="no such table"):
        book.transaction(lambda db: db.exec_driver_sql("SELECT * FROM nowhere"))


def test_somebody_who_reads_delays_the_commit_and_nothing_is_written_twice(root, book):
    calls = []

    def act(db):
        calls.append(1)
        if len(calls) == 2:
            cursor.close()  # the first commit met it
        gradebook.add_students(db, [f"ann-{len(calls)}"])

    with closing(sqlite3.connect(classes.database(root))) as reader:
        cursor = reader.execute("SELECT * FROM base_cell")
        cursor.fetchone()
        book.transaction(act)
    assert len(calls) == 2
    assert [row[0] for row in classes.tables(root)["student"]] == ["ann-2"]


# -------------------------------------------------------------------- all or nothing


def test_verdicts_are_written_all_or_none(root, book, monkeypatch):
    write_scores = gradebook.write_scores

    def fail(db, asked, graded, *rest):
        write_scores(db, asked, graded, *rest)
        if graded.student == "bob":
            raise ZeroDivisionError

    monkeypatch.setattr(gradebook, "write_scores", fail)
    before = classes.tables(root)
    with pytest.raises(ZeroDivisionError):
        book.write("tiny", [entry("ann"), entry("bob")])
    assert classes.tables(root) == before


def test_an_error_of_the_database_leaves_nothing_half_written(root, book):
    before = classes.tables(root)
    with pytest.raises(IntegrityError):
        book.write("tiny", [entry("ann"), entry("ann")])
    assert classes.tables(root) == before


def test_nobody_can_write_between_what_we_read_and_what_we_write(
    root, book, monkeypatch
):
    other = sqlite3.connect(classes.database(root), timeout=0)
    read, tried = gradebook.assignment, []

    def meddle(db, name):
        found = read(db, name)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE student SET first_name = 'Ada'")
        tried.append(name)
        return found

    monkeypatch.setattr(gradebook, "assignment", meddle)
    with closing(other):
        book.write("tiny", [entry()])
    assert tried == ["tiny"]


def test_writing_the_same_again_changes_nothing(root, book):
    book.write("tiny", [entry("ann"), entry("bob", 0.0)])
    before = classes.tables(root)
    book.write("tiny", [entry("ann"), entry("bob", 0.0)])
    assert classes.tables(root) == before


def test_what_is_remembered_comes_back(root, book):
    refused = Graded("cat", QUARANTINED, "It is empty.")
    book.write("tiny", [entry("ann", notes=["a", "b"]), Entry(refused, "", None)])
    states = book.states("tiny")
    ann, cat = states["ann"], states["cat"]
    assert (ann.digest, ann.status, ann.score) == ("digest", GRADED, 2.0)
    assert (cat.digest, cat.status, cat.reason) == ("", QUARANTINED, "It is empty.")
    assert cat.score is None
    assert ann.notes == "a\nb"


def test_nothing_to_write_opens_no_transaction(root, book):
    with held(root, 60):
        book.write("tiny", [])
        book.enrol([])


# ------------------------------------------------------------------------- full disks


def many():
    """More than fits into some kilobytes."""
    return [entry(f"student-{k}", notes=["x" * 5000]) for k in range(200)]


def consistent(root):
    with closing(sqlite3.connect(classes.database(root))) as db:
        return db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def no_larger(size):
    """No file of this process may grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_gradebook_that_cannot_grow_stays_as_it_was(root, book):
    book.write("tiny", [entry("ann")])
    before = classes.tables(root)
    with (
        no_larger(classes.database(root).stat().st_size + 8192),
        pytest.raises(NoSpace, match=r"^the disk that holds the gradebook is full$"),
    ):
        book.write("tiny", many())
    assert classes.tables(root) == before
    assert consistent(root)
    book.write("tiny", many())
    assert len(classes.tables(root)["judged"]) == 201


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk needs the right to mount one (root)")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_one_sentence_and_with_room_it_goes_on(made, small_disk):
    root = small_disk / "course"
    shutil.copytree(made / "_build/course", root / "_build/course")
    shutil.copy(made / "nbgrader_config.py", root)
    before = classes.tables(root)
    with Records(f"sqlite:///{classes.database(root)}", "cvbook") as book:
        (small_disk / "ballast").write_bytes(b"x" * (700 << 10))
        with pytest.raises(
            NoSpace, match=r"^the disk that holds the gradebook is full$"
        ):
            book.write("tiny", many())
        assert classes.tables(root) == before
        assert consistent(root)
        (small_disk / "ballast").unlink()
        book.write("tiny", many()[:20])
    assert len(classes.tables(root)["judged"]) == 20
