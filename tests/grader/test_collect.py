"""Collecting what a class handed in, from whatever a learning platform gives."""

import errno
import fcntl
import io
import os
import re
import socket
import stat
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.collect import Collected, CollectError, collect, entries, pick, read_roster
from grader.collect.names import label, student_id
from grader.submission import ASIDE, Quarantine, read

NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
OTHER = NOTEBOOK + b" "
NAME = "convolution"
TIME = (2026, 11, 20, 10, 11, 12)


@pytest.fixture
def submitted(tmp_path):
    return tmp_path / "course" / "submitted"


@pytest.fixture
def run(tmp_path, submitted):
    """Collect a folder, an archive or a dictionary of files."""

    def run(source, **options):
        if isinstance(source, dict):
            source = packed(tmp_path / "class.zip", source)
        return collect(source, NAME, submitted, **options)

    return run


def packed(path, files):
    """A zip archive of `files`: name → content, or content and more about the entry."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            content, more = content if isinstance(content, tuple) else (content, {})
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in more.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return path


def zipped(files):
    return packed(io.BytesIO(), files).getvalue()


def unpacked(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_795_169_472, 1_795_169_472))
    return folder


def stored(submitted):
    """Student → the time that nbgrader will read; nothing else may be there."""
    found = {}
    for path in sorted(submitted.glob("*/*/*")):
        student, assignment, name = path.relative_to(submitted).parts
        assert assignment == NAME
        assert name in (f"{NAME}.ipynb", "timestamp.txt", ASIDE)
        found.setdefault(student, "")
        if name == "timestamp.txt":
            found[student] = path.read_text()
    return found


def content(submitted, student):
    return (submitted / student / NAME / f"{NAME}.ipynb").read_bytes()


def reasons(report: Collected, status="refused"):
    """The sentences of one status, with nothing in them that could do harm."""
    for row in report.rows:
        for text in (row.source, row.sentence):
            assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u202e<>&]*", text)
        assert row.sentence.endswith((".", ""))
    return [row.sentence for row in report.rows if row.status == status]


# ------------------------------------------------------------------- whose file it is

MOODLE = "Ada Lovelace_1234567_assignsubmission_file_"
BLACKBOARD = "A_a_attempt_2026-11-20-10-11-12"
IN_THE_NAME = "2026-11-20 10:11:12 UTC"


@pytest.mark.parametrize(
    ("path", "student", "time"),
    [
        (f"{MOODLE}/convolution.ipynb", "ada-lovelace", ""),
        (f"{MOODLE}convolution.ipynb", "ada-lovelace", ""),
        (f"{MOODLE[:-1]}/my/work.ipynb", "ada-lovelace", ""),
        ("Participant_77_assignsubmission_file_/c.ipynb", "participant-77", ""),
        ("lovelaceada_LATE_12345_678901_convolution-1.ipynb", "lovelaceada", ""),
        ("lovelaceada_12345_678901_convolution.ipynb", "lovelaceada", ""),
        ("lovelaceada_1_2_bobbob_3_4_convolution.ipynb", "lovelaceada", ""),
        ("anon_x8sKp_LATE_678901_convolution.ipynb", "anon_x8sKp", ""),
        (
            "Assignment_ada42_attempt_2026-11-20-10-11-12_convolution.ipynb",
            "ada42",
            IN_THE_NAME,
        ),
        (
            "123456-789012 - Ada Lovelace- Nov 20, 2026 1011 AM - convolution.ipynb",
            "ada-lovelace",
            "2026-11-20 10:11:00 UTC",
        ),
        (
            "123456-789012 - Jean-Luc O'Neil - November 2, 2026 911 PM/c.ipynb",
            "jean-luc-o-neil",
            "2026-11-02 21:11:00 UTC",
        ),
        (
            "1-2 - Ada Lovelace - Nov 20, 2026 1230 PM - convolution.ipynb",
            "ada-lovelace",
            "2026-11-20 12:30:00 UTC",
        ),
        ("Ada Lovelace - convolution.ipynb", "ada-lovelace", ""),
        ("convolution - Ada Lovelace.ipynb", "ada-lovelace", ""),
        ("assignment_9_export/submission_123456/convolution.ipynb", "submission_1", ""),
        ("ada/convolution.ipynb", "ada", ""),
        ("ada/convolution/convolution.ipynb", "ada", ""),
        ("submitted/ada/convolution/convolution.ipynb", "ada", ""),
        ("class/ada/convolution.ipynb", "ada", ""),
        ("Submitted files/Ada/Homework/Version 2/convolution.ipynb", "Ada", ""),
        ("ada.ipynb", "ada", ""),
        ("ada_convolution.ipynb", "ada", ""),
        ("ada@uni.example.ipynb", "ada@uni.example", ""),
        ("ada+convolution+2026-11-20 10:11:12 UTC+r4nd0m/c.ipynb", "ada", IN_THE_NAME),
        ("ada\\convolution.ipynb", "ada", ""),
        ("Zoë Müller/convolution.ipynb", "zoe-muller", ""),
        ("Zoe\u0308 Mu\u0308ller/convolution.ipynb", "zoe-muller", ""),
        ("李明_12-3/convolution.ipynb", "李明_12-3", ""),
        ("ada/convolution.ipynb.txt", "ada", ""),
    ],
)
def test_platforms_names_are_understood(run, submitted, path, student, time):
    report = run({path: NOTEBOOK, "index.html": b"<html>"})
    (found,) = stored(submitted)
    assert found.startswith(student)
    assert content(submitted, found) == NOTEBOOK
    assert stored(submitted)[found] == (time or IN_THE_NAME)
    assert report.counts["new"] == 1
    assert f"Time from {'its name' if time else 'the archive'}: " in "".join(
        reasons(report, "new")
    )


def test_a_folder_is_collected_like_an_archive(run, submitted, tmp_path):
    unpacked(tmp_path / "in", {f"{MOODLE}/convolution.ipynb": NOTEBOOK})
    report = run(tmp_path / "in")
    assert stored(submitted) == {"ada-lovelace": "2026-11-20 10:11:12 UTC"}
    assert "Time from the file's own time" in reasons(report, "new")[0]


def test_what_was_collected_can_be_read_for_grading(run, submitted):
    run({"ada.ipynb": NOTEBOOK})
    found = read(submitted / "ada" / NAME, NAME)
    assert (found.notes, found.submitted) == ((), datetime(*TIME))


def test_a_timestamp_that_a_learner_handed_in_is_not_believed(run, submitted):
    early = b"2001-01-01 00:00:00 UTC"
    run({f"ada/{NAME}/{NAME}.ipynb": NOTEBOOK, f"ada/{NAME}/timestamp.txt": early})
    assert stored(submitted) == {"ada": IN_THE_NAME}


def test_times_in_names_are_read_in_the_platforms_zone(run, submitted):
    name = "Work_ada_attempt_2026-07-20-10-11-12_convolution.ipynb"
    run({name: NOTEBOOK}, zone=ZoneInfo("Europe/Berlin"))
    assert stored(submitted) == {"ada": "2026-07-20 08:11:12 UTC"}


def test_an_archive_that_knows_the_time_in_utc_is_believed(run, submitted):
    seconds = int(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp())
    extra = struct.pack("<HHBi", 0x5455, 5, 1, seconds)
    run({"ada.ipynb": (NOTEBOOK, {"extra": extra})}, zone=ZoneInfo("Asia/Tokyo"))
    assert stored(submitted) == {"ada": "2026-01-02 03:04:05 UTC"}


def test_a_time_that_nobody_knows_is_not_written(run, submitted):
    report = run({"ada.ipynb": (NOTEBOOK, {"date_time": (1980, 1, 1, 0, 0, 0)})})
    assert stored(submitted) == {"ada": ""}
    assert reasons(report, "new") == ["The time is unknown."]


def test_a_platforms_mark_of_lateness_is_reported(run):
    report = run({"lovelaceada_LATE_1_2_convolution.ipynb": NOTEBOOK})
    assert "The platform marked it as late." in reasons(report, "new")[0]


def test_a_pattern_of_the_instructor_goes_before_all_others(run, submitted):
    pattern = r"hw-(?P<timestamp>[\d-]{19})-(?P<student>\w+)"
    files = {"hw-2026-11-20-08-00-00-ada - x.ipynb": NOTEBOOK, "bob.ipynb": NOTEBOOK}
    report = run(files, pattern=pattern)
    assert stored(submitted) == {"ada": "2026-11-20 08:00:00 UTC"}
    assert reasons(report, "left out") == [
        "Its name does not say whose it is: `--pattern` can tell."
    ]


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(", r"The pattern cannot be read: missing \), unterminated subpattern"),
        ("(?P<pupil>.*)", r"The pattern must have a group \(\?P<student>…\)\."),
    ],
)
def test_a_pattern_that_cannot_work_is_refused(run, pattern, sentence):
    with pytest.raises(CollectError, match=sentence):
        run({"ada.ipynb": NOTEBOOK}, pattern=pattern)


def test_gradescopes_list_names_its_folders(run, submitted):
    listed = (
        b"---\nsubmission_123:\n  :submitters:\n  - :name: Ada Lovelace\n"
        b"    :sid: '4711'\n  :created_at: 2026-11-20 10:11:12.123 Z\n"
        b"  :results:\n    :output: |\n      - :sid: '4712'\n"
    )
    around = "assignment_9_export/"
    files = {
        f"{around}submission_metadata.yml": listed,
        f"{around}submission_123/c.ipynb": NOTEBOOK,
    }
    run(files)
    assert stored(submitted) == {"4711": IN_THE_NAME}


def test_a_learner_cannot_hand_in_for_another(run, submitted):
    name = "Bob Beier_1_assignsubmission_file_"
    inside = zipped({f"{name}/{NAME}.ipynb": OTHER, "x/y.txt": b""})
    run({"ada.zip": inside, f"cy/{name}/{NAME}.ipynb": OTHER, "dan.ipynb": NOTEBOOK})
    assert set(stored(submitted)) == {"ada", "cy", "dan"}


@pytest.mark.parametrize("ending", [".ipynb", ".zip"])
def test_a_file_that_says_nothing_of_its_author_is_left_out(run, submitted, ending):
    report = run({f"{NAME}{ending}": NOTEBOOK})
    assert report.counts["left out"] == 1
    assert stored(submitted) == {}


def test_an_empty_source_is_an_empty_report(run):
    assert run({}).rows == ()


# -------------------------------------------------------------------------- who is who


def test_two_people_with_one_name_are_refused_both(run, submitted):
    report = run(
        {
            "Ada Lovelace_1_assignsubmission_file_/c.ipynb": NOTEBOOK,
            "Ada Lovelace_2_assignsubmission_file_/c.ipynb": OTHER,
            "Bob_3_assignsubmission_file_/c.ipynb": OTHER,
        }
    )
    sentence = (
        "'Ada Lovelace (1)' and 'Ada Lovelace (2)' would both be stored as"
        " 'ada-lovelace': a roster or a pattern can tell them apart."
    )
    assert reasons(report) == [sentence, sentence]
    assert set(stored(submitted)) == {"Bob"}


@pytest.mark.parametrize("first", ["Zoe/c.ipynb", "zoe.ipynb"])
def test_names_that_differ_in_capitals_only_are_two_people(run, submitted, first):
    report = run({first: NOTEBOOK, "ZOE.ipynb": OTHER})
    assert len(reasons(report)) == 2
    assert stored(submitted) == {}


def test_capitals_do_not_make_a_second_student_later(run, submitted):
    run({"ada.ipynb": NOTEBOOK})
    report = run({"Ada.ipynb": OTHER})
    assert reasons(report) == [
        "'Ada' and 'ada', who is there already, differ in capitals only."
    ]
    assert content(submitted, "ada") == NOTEBOOK


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("-rf", "it must begin and end with a letter"),
        ("~root", "it must begin and end with a letter"),
        ("<b>ada", "it has a sign that paths or pages reserve"),
        ("a" * 101, "it must have 1 to 100 characters"),
        ("!!!", "it must have 1 to 100 characters"),
    ],
)
def test_a_name_that_would_do_harm_is_refused(run, submitted, name, problem):
    report = run({f"{name}/{NAME}.ipynb": NOTEBOOK})
    assert problem in reasons(report)[0]
    assert stored(submitted) == {}


ROSTERS = {
    "plain": "id,first_name,last_name,email\nal42,Ada,Lovelace,ada@uni.example\n",
    "moodle": (
        "Identifier,Full name,Email address,ID number\n"
        "Participant 1234567,Ada Lovelace,ada@uni.example,al42\n"
    ),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section\n"
        '    Points Possible,,,,\n"Lovelace, Ada",12345,x,al42,1\n'
    ),
    "brightspace": "OrgDefinedId;Last Name;First Name\n#al42;Lovelace;Ada\n",
}


@pytest.mark.parametrize("kind", ROSTERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_roster_gives_ids_to_names(run, submitted, tmp_path, kind, encoding):
    (tmp_path / "list.csv").write_text(ROSTERS[kind], encoding=encoding)
    roster = read_roster(tmp_path / "list.csv")
    report = run({f"{MOODLE}/c.ipynb": NOTEBOOK}, roster=roster)
    assert set(stored(submitted)) == {"al42"}
    (person,) = report.roster
    assert (person.first_name, person.last_name) == ("Ada", "Lovelace")
    assert report.missing == []


@pytest.mark.parametrize(
    "name",
    ["lovelaceada_12345_6_c", "Lovelace, Ada - c", "adá lovelace", "AL42", "al42 - c"],
)
def test_a_roster_knows_people_however_they_are_written(run, submitted, tmp_path, name):
    (tmp_path / "list.csv").write_text(ROSTERS["canvas"])
    run({f"{name}.ipynb": NOTEBOOK}, roster=read_roster(tmp_path / "list.csv"))
    assert set(stored(submitted)) == {"al42"}


def test_a_number_of_the_platform_tells_namesakes_apart(run, submitted, tmp_path):
    (tmp_path / "list.csv").write_text(
        "Identifier,Full name,Username\nParticipant 1,Al Li,a\nParticipant 2,Al Li,b\n"
    )
    files = {f"Al Li_{k}_assignsubmission_file_/c.ipynb": NOTEBOOK for k in (1, 2)}
    run(files, roster=read_roster(tmp_path / "list.csv"))
    assert set(stored(submitted)) == {"a", "b"}


def test_who_is_unknown_to_the_roster_or_known_twice_is_refused(run, tmp_path):
    (tmp_path / "list.csv").write_text(
        "id,first_name,last_name\na,Al,Li\nb,Al,Li\nc,Cy,Li\n"
    )
    roster = read_roster(tmp_path / "list.csv")
    report = run({"Al Li.ipynb": NOTEBOOK, "Eve.ipynb": NOTEBOOK}, roster=roster)
    assert sorted(reasons(report)) == [
        "'Al Li' may be 'a' and 'b': the roster has both.",
        "'Eve' is not in the roster.",
    ]
    assert [person.id for person in report.missing] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name\nAda\n", "The roster 'list.csv' has no column id."),
        ("", "The roster 'list.csv' has no column id."),
        ("id\na\nA\n", "list.csv, line 3: 'A' stands twice."),
        ("id\n../a\n", "list.csv, line 2: '../a': it must begin and end with"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(tmp_path, text, sentence):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(CollectError, match=re.escape(sentence)):
        read_roster(tmp_path / "list.csv")


def test_the_column_of_a_roster_can_be_chosen(tmp_path):
    (tmp_path / "list.csv").write_text("id,Matrikel Nr.\n1,m1\n")
    assert read_roster(tmp_path / "list.csv", "Matrikel Nr.").people[0].id == "m1"
    with pytest.raises(CollectError, match=r"has no column 'Nummer'\."):
        read_roster(tmp_path / "list.csv", "Nummer")


# ------------------------------------------------------------------- which of several


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("A_a_attempt_2026-11-19-10-11-12_c.ipynb", f"{BLACKBOARD}_c.ipynb"),
        ("ada_1_2_convolution-2.ipynb", "ada_1_2_convolution-10.ipynb"),
        ("1-2 - A- Nov 9, 2026 911 PM - c.ipynb", "1-2 - A- Nov 10, 2026 911 AM.ipynb"),
        ("x/ada/W/Version 9/c.ipynb", "x/ada/W/Version 10/c.ipynb"),
        ("ada (2).ipynb", "ada (3).ipynb"),
        ("Ada B - convolution.ipynb", "Ada B - convolution (1).ipynb"),
    ],
)  # fmt: skip
def test_of_several_attempts_the_latest_counts(run, submitted, earlier, later):
    earlier, later = earlier.removeprefix("x/"), later.removeprefix("x/")
    for files in ({earlier: OTHER, later: NOTEBOOK}, {later: NOTEBOOK, earlier: OTHER}):
        report = run(files, dry_run=True)
        counting, other = report.rows
        assert (counting.status, other.status) == ("new", "left out")
        assert other.sentence == "A later attempt of the same student counts."
        assert other.source == f"'{earlier}'"


def test_an_attempt_without_a_notebook_does_not_hide_an_earlier_one(run, submitted):
    name = "A_ada_attempt_2026-11-{}-10-11-12{}"
    run({name.format(19, "_c.ipynb"): NOTEBOOK, name.format(20, ".txt"): b"hello"})
    assert stored(submitted) == {"ada": "2026-11-19 10:11:12 UTC"}


def test_of_equal_names_the_one_written_last_counts(run, submitted):
    late = (NOTEBOOK, {"date_time": (2026, 11, 21, 0, 0, 0)})
    report = run({f"ada/a/{NAME}.ipynb": OTHER, f"ada/b/{NAME}.ipynb": late})
    assert content(submitted, "ada") == NOTEBOOK
    assert f"left alone: 'ada/a/{NAME}.ipynb'" in reasons(report, "new")[0]


def test_the_right_name_nearest_to_the_top_counts(run, submitted):
    run(
        {
            f"ada/old/{NAME}.ipynb": (OTHER, {"date_time": (2027, 1, 1, 0, 0, 0)}),
            f"ada/{NAME}.ipynb": NOTEBOOK,
            f"ada/{NAME}-Copy1.ipynb": OTHER,
            f"ada/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": OTHER,
            f"__MACOSX/ada/._{NAME}.ipynb": b"\0",
        }
    )
    assert content(submitted, "ada") == NOTEBOOK


def test_notebooks_of_which_none_has_the_right_name_are_refused(run):
    report = run({"ada/a.ipynb": NOTEBOOK, "ada/b/c.ipynb": NOTEBOOK})
    assert reasons(report) == [
        "There are 2 notebooks, and none is called convolution.ipynb: 'ada/a.ipynb',"
        " 'ada/b/c.ipynb'."
    ]


def test_another_name_is_noted_and_taken(run, submitted):
    report = run({"ada/mine.ipynb": NOTEBOOK, "ada/data.csv": b"1"})
    assert reasons(report, "new") == [
        "It is called 'mine.ipynb', not convolution.ipynb. Time from the archive:"
        " 2026-11-20 10:11:12 UTC. Not taken: 1 file of another kind."
    ]


@pytest.mark.parametrize(
    "path",
    [
        "ada/layers/layers.ipynb",
        "ada/layers.ipynb",
        "ada_1_2_layers-1.ipynb",
        "ada+layers+2026-11-20 10:11:12 UTC+x/layers.ipynb",
    ],
)
def test_work_for_another_assignment_is_left_out(run, submitted, path):
    report = run({path: NOTEBOOK, "bob.ipynb": NOTEBOOK}, others=["layers", NAME])
    assert reasons(report, "left out") == ["It belongs to 'layers'."]
    assert set(stored(submitted)) == {"bob"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("c.py", "'ada/c.py' is a Python script, not a notebook: hand in convolution"),
        ("c.html", "'ada/c.html' is a web page, not a notebook: hand in convolution."),
        ("c.rar", "'ada/c.rar' is an archive of a kind that is not opened: use zip."),
        ("c", "No notebook was handed in: convolution.ipynb is missing."),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(run, name, sentence):
    assert reasons(run({f"ada/{name}": b"x"}))[0].startswith(sentence)


def test_an_archive_of_each_student_is_opened(run, submitted):
    inside = zipped({f"work/{NAME}.ipynb": NOTEBOOK, "work/data.csv": b"1"})
    run({"ada.zip": inside, f"{MOODLE}/homework.ZIP": inside})
    assert stored(submitted) == {"ada": IN_THE_NAME, "ada-lovelace": IN_THE_NAME}


def test_the_times_in_a_learners_own_archive_are_not_believed(run, submitted):
    entry = (NOTEBOOK, {"date_time": (2020, 1, 1, 0, 0, 0)})
    run({"ada.zip": zipped({f"{NAME}.ipynb": entry})})
    assert stored(submitted) == {"ada": IN_THE_NAME}


# ---------------------------------------------------------------- what is there already


def test_collecting_twice_changes_nothing(run, submitted):
    files = {"ada.ipynb": NOTEBOOK, "bob.zip": zipped({"x.ipynb": OTHER})}
    run(files)
    before = {path: path.stat().st_mtime_ns for path in submitted.rglob("*")}
    assert run(files, overwrite=True).counts["unchanged"] == 2
    assert before == {path: path.stat().st_mtime_ns for path in submitted.rglob("*")}


def attempt(day, data=NOTEBOOK):
    return {f"A_ada_attempt_2026-11-{day}-10-11-12_c.ipynb": data}


def test_a_newer_submission_replaces_an_older_one_which_is_kept(run, submitted):
    run(attempt(19, OTHER))
    report = run(attempt(20))
    (sentence,) = reasons(report, "replaced")
    kept = f"{ASIDE}/{NAME}-2026-11-19T10-11-12.ipynb"
    assert f"The earlier version is kept as '{kept}'." in sentence
    assert (submitted / "ada" / NAME / kept).read_bytes() == OTHER
    assert content(submitted, "ada") == NOTEBOOK
    assert stored(submitted) == {"ada": IN_THE_NAME}
    assert read(submitted / "ada" / NAME, NAME).notes == ()


def test_an_older_submission_replaces_a_newer_one_on_request_only(run, submitted):
    run(attempt(20))
    (sentence,) = reasons(run(attempt(19, OTHER)), "left out")
    assert "is there already, and it is not newer: `--overwrite` takes" in sentence
    assert content(submitted, "ada") == NOTEBOOK
    assert run(attempt(19, OTHER), overwrite=True).counts["replaced"] == 1
    assert stored(submitted) == {"ada": "2026-11-19 10:11:12 UTC"}


def test_of_unknown_times_none_is_newer(run, submitted):
    run(attempt(20))
    (submitted / "ada" / NAME / "timestamp.txt").write_text("yesterday")
    (sentence,) = reasons(run(attempt(21, OTHER)), "left out")
    assert "which is newer is unknown" in sentence


def test_the_time_of_an_older_version_does_not_stay_with_a_new_one(run, submitted):
    run(attempt(20))
    timeless = (OTHER, {"date_time": (1980, 1, 1, 0, 0, 0)})
    assert run({"ada.ipynb": timeless}, overwrite=True).counts["replaced"] == 1
    assert stored(submitted) == {"ada": ""}


def test_no_earlier_version_is_ever_lost(run, submitted):
    versions = [NOTEBOOK + b" " * k for k in range(4)]
    for data in [*versions, versions[0]]:
        run(attempt(20, data), overwrite=True)
    kept = [path.read_bytes() for path in submitted.rglob(f"{ASIDE}/*")]
    assert sorted(kept) == sorted(versions)


def test_a_time_that_an_interruption_left_out_is_added(run, submitted):
    run(attempt(20))
    (submitted / "ada" / NAME / "timestamp.txt").unlink()
    assert run(attempt(20)).counts["unchanged"] == 1
    assert stored(submitted) == {"ada": IN_THE_NAME}


def test_a_dry_run_says_the_same_and_changes_nothing(run, submitted):
    assert run(attempt(19, OTHER), dry_run=True).counts["new"] == 1
    assert not submitted.exists()
    run(attempt(19, OTHER))
    before = sorted(submitted.rglob("*"))
    assert run(attempt(20), dry_run=True).counts["replaced"] == 1
    assert sorted(submitted.rglob("*")) == before
    assert content(submitted, "ada") == OTHER


def test_a_full_disk_stops_with_a_sentence_and_leaves_no_half_file(
    run, submitted, monkeypatch
):
    real = os.replace

    def full(source, target):
        if "bob" in str(target):
            raise OSError(errno.ENOSPC, "full")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    files = {f"{name}.ipynb": NOTEBOOK for name in ("ada", "bob", "cy")}
    sentence = "The submissions cannot be stored: no space left on device"
    with pytest.raises(CollectError, match=sentence):
        run(files)
    assert stored(submitted) == {"ada": IN_THE_NAME}
    assert os.listdir(submitted) == ["ada"]
    monkeypatch.undo()
    assert run(files).counts == {
        "new": 2, "replaced": 0, "unchanged": 1, "refused": 0, "left out": 0,
    }  # fmt: skip


def test_what_a_killed_process_left_is_cleared(run, submitted):
    run({"ada.ipynb": NOTEBOOK})
    part = submitted / "ada" / NAME / f".{NAME}.ipynb.part"
    part.write_bytes(b"half")
    run({"ada.ipynb": OTHER}, overwrite=True)
    assert not part.exists()


@pytest.mark.parametrize("path", ["ada", f"ada/{NAME}", f"ada/{NAME}/{NAME}.ipynb"])
def test_a_link_in_the_course_is_not_written_through(run, submitted, tmp_path, path):
    (tmp_path / "outside").mkdir()
    (submitted / path).parent.mkdir(parents=True)
    (submitted / path).symlink_to(tmp_path / "outside")
    report = run({"ada.ipynb": NOTEBOOK})
    assert "in the course's submissions is a symbolic link" in reasons(report)[0]
    assert os.listdir(tmp_path / "outside") == []


def test_two_collections_do_not_run_at_once(run, submitted):
    submitted.mkdir(parents=True)
    other = os.open(submitted, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(CollectError, match="Another collection is running"):
        run({"ada.ipynb": NOTEBOOK})
    os.close(other)


# ------------------------------------------------------------------- hostile archives

OUT = "leads out of the submissions."
UNSEEN = "has characters that cannot be seen."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../../ada/convolution.ipynb", OUT),
        ("ada/../../convolution.ipynb", OUT),
        ("..\\ada\\convolution.ipynb", OUT),
        ("/etc/convolution.ipynb", OUT),
        ("\\\\server\\convolution.ipynb", OUT),
        ("C:\\ada\\convolution.ipynb", OUT),
        ("c:ada.ipynb", OUT),
        ("a\x1b[2J/convolution.ipynb", UNSEEN),
        ("ada\n/convolution.ipynb", UNSEEN),
        ("ada\u202ebpnyi/convolution.ipynb", UNSEEN),
        ("ada/" * 50 + "convolution.ipynb", "is too long or too deep."),
        ("a" * 600 + ".ipynb", "is too long or too deep."),
    ],
)
def test_a_path_that_cannot_be_believed_is_left_out(
    run, submitted, tmp_path, name, sentence
):
    before = sorted(tmp_path.rglob("*"))
    report = run({name: NOTEBOOK})
    (found,) = reasons(report, "left out")
    assert found.endswith(sentence)
    after = {tmp_path / "class.zip", submitted, submitted.parent, *before}
    assert set(tmp_path.rglob("*")) == after


def test_a_nul_does_not_hide_the_rest_of_a_name(run, submitted, tmp_path):
    path = packed(tmp_path / "class.zip", {"ada.ipynbXexe": NOTEBOOK})
    path.write_bytes(path.read_bytes().replace(b"ipynbX", b"ipynb\0"))
    assert UNSEEN in reasons(run(path), "left out")[0]
    assert stored(submitted) == {}


@pytest.mark.parametrize("code", ["utf-8", "cp437", "cp850", "cp1252"])
@pytest.mark.parametrize("folder", [False, True])
def test_names_in_old_encodings_are_read(run, submitted, tmp_path, code, folder):
    raw = "Zoë Müller - convolution.ipynb".encode(code)
    if folder:
        source = tmp_path / "in"
        source.mkdir()
        Path(os.fsdecode(os.fsencode(source) + b"/" + raw)).write_bytes(NOTEBOOK)
    else:
        mask = "Z" * len(raw)
        source = packed(tmp_path / "class.zip", {mask: NOTEBOOK})
        source.write_bytes(source.read_bytes().replace(mask.encode(), raw))
    run(source)
    assert set(stored(submitted)) == {"zoe-muller"}


def test_the_unicode_name_beside_an_old_one_counts(run, submitted):
    meant = "李明.ipynb".encode()
    crc = struct.pack("<BI", 1, zlib.crc32(b"__.ipynb"))
    extra = struct.pack("<HH", 0x7075, 5 + len(meant)) + crc + meant
    run({"__.ipynb": (NOTEBOOK, {"extra": extra})})
    assert set(stored(submitted)) == {"李明"}


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (stat.S_IFLNK, "a symbolic link"),
        (stat.S_IFCHR, "a device"),
        (stat.S_IFIFO, "a pipe"),
        (stat.S_IFSOCK, "a socket"),
    ],
)
def test_an_entry_that_is_no_file_is_refused(run, mode, kind):
    entry = (b"/etc/passwd", {"external_attr": (mode | 0o777) << 16})
    inside = zipped({f"{NAME}.ipynb": entry})
    report = run({f"ada/{NAME}.ipynb": entry, "bob.zip": inside})
    assert reasons(report) == [
        f"'ada/{NAME}.ipynb' is {kind}: hand in the file itself.",
        f"'{NAME}.ipynb' is {kind}: hand in the file itself.",
    ]


def test_a_link_beside_a_notebook_is_reported(run):
    link = (b"/etc/passwd", {"external_attr": (stat.S_IFLNK | 0o777) << 16})
    report = run({"ada/c.ipynb": NOTEBOOK, "ada/data": link})
    assert reasons(report, "left out") == [
        "'ada/data' is a symbolic link: hand in the file itself."
    ]


@pytest.mark.parametrize("nested", [False, True])
def test_a_notebook_that_is_too_large_is_refused(run, nested):
    noise = os.urandom(30_000) * 700  # 21 MB, and well packed
    files = {"ada.ipynb": noise}
    report = run({"ada.zip": zipped(files)} if nested else files)
    assert "'ada.ipynb' is larger than 20 MB: clear the outputs" in reasons(report)[0]


@pytest.mark.parametrize("nested", [False, True])
def test_a_bomb_is_not_unpacked(run, nested):
    files = {"ada.ipynb": bytes(19_000_000)}
    report = run({"ada.zip": zipped(files)} if nested else files)
    assert reasons(report) == ["'ada.ipynb' unpacks to far more than a notebook holds."]


@pytest.mark.parametrize("claim", [10, 100_000])
@pytest.mark.parametrize("place", [b"PK\1\2", b"PK\3\4"])
def test_a_size_that_is_a_lie_is_found_out(run, tmp_path, claim, place):
    path = packed(tmp_path / "class.zip", {"ada.ipynb": bytes(50_000)})
    data = bytearray(path.read_bytes())
    at = data.index(place) + (24 if place == b"PK\1\2" else 22)
    data[at : at + 4] = struct.pack("<I", claim)
    path.write_bytes(data)
    report = run(path)
    if place == b"PK\3\4":  # nobody believes this one
        assert report.counts["new"] == 1
    else:
        assert "is damaged in the archive" in reasons(report)[0]


def test_a_wrong_checksum_is_found_out(run, tmp_path):
    path = packed(tmp_path / "class.zip", {"ada.ipynb": NOTEBOOK, "bob.ipynb": OTHER})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 16] ^= 1
    path.write_bytes(data)
    report = run(path)
    assert reasons(report) == [
        "'ada.ipynb' is damaged in the archive: download it again."
    ]
    assert report.counts["new"] == 1


def test_an_encrypted_entry_is_refused(run, tmp_path):
    path = packed(tmp_path / "class.zip", {"ada.ipynb": NOTEBOOK})
    data = bytearray(path.read_bytes())
    for at in (data.index(b"PK\1\2") + 8, data.index(b"PK\3\4") + 6):
        data[at] |= 1
    path.write_bytes(data)
    assert reasons(run(path)) == [
        "'ada.ipynb' is encrypted: hand it in without a password."
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_without_a_bound_is_not_read(run, method):
    report = run({"ada.ipynb": (NOTEBOOK, {"compress_type": method})})
    assert "is packed in a way that is not read" in reasons(report)[0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada.ipynb", NOTEBOOK)
        archive.writestr("ada.ipynb", OTHER)
    report = run(tmp_path / "class.zip")
    assert reasons(report) == ["'ada.ipynb' stands twice in the archive."]


def test_entries_that_share_their_bytes_are_refused(run, tmp_path):
    path = packed(tmp_path / "class.zip", {"ada.ipynb": NOTEBOOK, "bob.ipynb": OTHER})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\1\2")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    assert reasons(run(path)) == [
        "'ada.ipynb' shares bytes with another in the archive.",
        "'bob.ipynb' shares bytes with another in the archive.",
    ]


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_an_archive_that_is_cut_short_stops_the_collection(run, tmp_path, cut):
    path = packed(tmp_path / "class.zip", {"ada.ipynb": NOTEBOOK})
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(CollectError, match="no zip archive or is cut short"):
        run(path)


@pytest.mark.parametrize("data", [b"", b"PK\5\6", b"PK\5\6" + bytes(18), b"x" * 500])
def test_a_learners_broken_archive_is_refused_alone(run, submitted, data):
    report = run({"ada.zip": data, "bob.ipynb": NOTEBOOK})
    (sentence,) = reasons(report)
    assert "no zip archive or is cut short" in sentence or "missing" in sentence
    assert set(stored(submitted)) == {"bob"}


def test_an_archive_within_a_learners_archive_is_not_opened(run):
    deep = zipped({"b.zip": zipped({f"{NAME}.ipynb": NOTEBOOK})})
    assert reasons(run({"ada.zip": deep})) == [
        "'b.zip' lies in another archive and is not opened."
    ]


def test_too_many_entries_are_refused(run, monkeypatch):
    monkeypatch.setattr(entries, "MAX_INNER", 3)
    many = {f"{k}.txt": b"" for k in range(4)}
    report = run({"ada.zip": zipped(many)})
    assert reasons(report) == ["The archive holds more than 3 files."]
    monkeypatch.setattr(entries, "MAX_ENTRIES", 3)
    with pytest.raises(CollectError, match=r"The archive holds more than 3 files\."):
        run(many)


def test_a_long_list_of_contents_is_not_even_read(run):
    data = zipped({f"{k:0200}.txt": b"" for k in range(9_000)})
    assert reasons(run({"ada.zip": data})) == ["'ada.zip' holds more than 2000 files."]


def test_there_is_an_end_to_what_is_read(run, monkeypatch):
    monkeypatch.setattr(entries, "MAX_TOTAL", 100)
    with pytest.raises(CollectError, match="hold more than is believable"):
        run({"ada.ipynb": NOTEBOOK, "bob.ipynb": NOTEBOOK})


def test_very_many_archives_of_one_student_are_not_opened(run, monkeypatch):
    monkeypatch.setattr(pick, "MAX_ARCHIVES", 1)
    report = run({"ada/a.zip": zipped({}), "ada/b.zip": zipped({})})
    assert reasons(report) == ["There are 2 archives and no notebook."]


@pytest.mark.parametrize("name", ["nothing.zip", "pipe"])
def test_a_source_that_is_none_is_refused(run, tmp_path, name):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(
        CollectError, match=f"There is no folder and no archive '{name}"
    ):
        run(tmp_path / name)


# -------------------------------------------------------------------- hostile folders


def test_links_pipes_and_sockets_in_a_folder_are_refused(run, submitted, tmp_path):
    secret = unpacked(tmp_path, {"secret/convolution.ipynb": NOTEBOOK}) / "secret"
    source = unpacked(tmp_path / "in", {f"{name}/x": b"" for name in "abcd"})
    (source / f"a/{NAME}.ipynb").symlink_to(secret / f"{NAME}.ipynb")
    os.mkfifo(source / f"b/{NAME}.ipynb")
    (source / "c/more").symlink_to(secret)
    (source / "e").symlink_to(secret)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(source / f"d/{NAME}.ipynb"))
    report = run(source)
    assert reasons(report) == [
        f"'a/{NAME}.ipynb' is a symbolic link: hand in the file itself.",
        f"'b/{NAME}.ipynb' is a pipe: hand in the file itself.",
        "'c/more' is a symbolic link: hand in the file itself.",
        f"'d/{NAME}.ipynb' is a socket: hand in the file itself.",
    ]
    assert stored(submitted) == {}


def test_a_file_exchanged_for_a_link_is_not_followed(run, tmp_path, monkeypatch):
    source = unpacked(tmp_path / "in", {"ada.ipynb": NOTEBOOK})
    real = os.open

    def exchanged(path, *arguments, **options):
        if str(path).endswith("ada.ipynb"):
            path.unlink()
            path.symlink_to("/etc/passwd")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", exchanged)
    assert "'ada.ipynb' cannot be read: too many levels" in reasons(run(source))[0]


def test_a_huge_file_in_a_folder_is_not_read(run, tmp_path):
    (tmp_path / "in").mkdir()
    with open(tmp_path / "in" / "ada.ipynb", "wb") as file:
        file.truncate(10**12)  # a terabyte of holes
    assert "is larger than 20 MB" in reasons(run(tmp_path / "in"))[0]


def test_a_folder_of_absurd_depth_is_not_walked(run, tmp_path, monkeypatch):
    unpacked(tmp_path / "in", {"ada/" + "x/" * 30 + "c.ipynb": NOTEBOOK})
    report = run(tmp_path / "in")
    assert report.counts["left out"] + report.counts["refused"] == 1
    unpacked(tmp_path / "in", {f"{k}.txt": b"" for k in range(5)})
    monkeypatch.setattr(entries, "MAX_ENTRIES", 3)
    with pytest.raises(CollectError, match=r"There are more than 3 files\."):
        run(tmp_path / "in")


# ---------------------------------------------------------------------- any name at all


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_path_is_understood_or_not_but_never_an_error(path):
    found = label(path, NAME)
    if found is not None:
        try:
            made = student_id(found.name)
        except Quarantine:
            return
        assert student_id(made) == made
        assert "/" not in made
        assert made not in (".", "..")


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_an_archive_with_any_byte_changed_does_no_harm(tmp_path_factory, data):
    whole = zipped({"ada.ipynb": NOTEBOOK, "bob/b.zip": zipped({"b.ipynb": OTHER})})
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("changed")
    (folder / "class.zip").write_bytes(changed)
    try:
        report = collect(folder / "class.zip", NAME, folder / "submitted")
    except CollectError:
        return
    reasons(report)
    for path in (folder / "submitted").rglob("*.ipynb"):
        assert path.read_bytes() in (NOTEBOOK, OTHER)
