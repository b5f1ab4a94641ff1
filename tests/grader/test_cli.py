"""`python -m grader`: exit codes, what goes where, and Ctrl-C."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from grader.cli import main
from tests.grader import classes
from tests.grader.classes import WRONG, hand_in

ROOT = Path(__file__).parents[2]
COMMANDS = ["release", "collect", "grade", "feedback", "status", "export"]
pytestmark = [pytest.mark.course, pytest.mark.usefixtures("bubblewrap")]


def words(root, *command):
    return [sys.executable, "-m", "grader", "--course", str(root), *command]


def run(root, *command, **options):
    """A command in a process of its own; no problem is worth a traceback."""
    ended = subprocess.run(
        words(root, *command), capture_output=True, text=True, cwd=ROOT, **options
    )
    assert "Traceback" not in ended.stderr
    return ended


# ------------------------------------------------------------------------------ help


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_each_command_explains_itself(command):
    shown = CliRunner().invoke(main, [*command, "--help"])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Usage: main {' '.join(command)}".rstrip())
    assert max(map(len, shown.stdout.splitlines())) <= 88


def test_all_commands_are_in_the_first_help():
    shown = CliRunner().invoke(main, ["--help"]).stdout
    listed = shown.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.strip().splitlines()] == sorted(COMMANDS)


# ------------------------------------------------------------------------ exit codes


def test_zero_when_all_are_graded_and_the_table_alone_is_on_stdout(root):
    hand_in(root, "ann")
    hand_in(root, "bob", WRONG)
    ended = run(root, "grade", "tiny")
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0
    assert lines[0].split() == ["ann", "graded", "5", "/", "5"]
    assert lines[1].split() == ["bob", "graded", "0", "/", "5"]
    assert lines[3].startswith("tiny: 2 graded in ")
    assert len(lines) == 4
    assert "notebook" in ended.stderr  # the bar
    again = run(root, "grade", "tiny")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[3].startswith("tiny: 2 unchanged")


def test_one_when_some_are_not_graded_and_json_has_all_of_them(root):
    hand_in(root, "ann")
    classes.put(root, "bob", "no notebook")
    hand_in(root, "cat").unlink()
    hand_in(root, os.fsdecode(b"caf\xe9"))
    ended = run(root, "grade", "tiny", "--json", "--workers", "1")
    assert ended.returncode == 1
    found = json.loads(ended.stdout)
    assert found["assignment"] == "tiny"
    assert (found["points"], found["ungraded"], found["interrupted"]) == (5, 3, False)
    assert found["counts"] == {"graded": 1, "quarantined": 3}
    rows = {row["student"]: row for row in found["submissions"]}
    assert sorted(rows) == ["ann", "bob", "caf\udce9", "cat"]
    assert rows["ann"]["score"] == 5
    assert rows["bob"]["score"] is None
    assert all(rows[name]["reason"].endswith(".") for name in ("bob", "cat"))
    table = run(root, "grade", "tiny")  # names that no terminal can show
    assert table.returncode == 1
    assert "caf?  " in table.stdout


def test_a_dry_run_is_no_failure(root):
    hand_in(root, "ann")
    ended = run(root, "grade", "tiny", "--dry-run")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "tiny: 1 waiting." in ended.stdout


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["grade"], "Missing argument 'ASSIGNMENT'."),
        (["grade", "tiny", "--workers", "0"], "Invalid value for '--workers'"),
        (["grade", "tiny", "--fast"], "No such option"),
        (["grade", "tiny", "-s", "zoe"], "zoe handed in nothing for tiny."),
        (["collect", "tiny", "nowhere"], "Path 'nowhere' does not exist."),
        (["export", "--layout", "papyrus"], "'papyrus' is not one of"),
    ],
)
def test_two_when_the_command_line_is_wrong(root, command, sentence):
    ended = run(root, *command)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert sentence in ended.stderr


def test_a_folder_that_is_no_course_is_not_made_one(tmp_path):
    ended = run(tmp_path, "status")
    assert ended.returncode == 2
    assert "is no course: it has no nbgrader_config.py." in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_three_and_a_sentence_for_an_unknown_assignment(root):
    for command in (["grade", "x"], ["feedback", "x"], ["status", "x"]):
        ended = run(root, *command)
        assert ended.returncode == 3
        assert ended.stderr.endswith(
            "Error: the gradebook does not know x: release it first (python -m grader"
            " release x).\n"
        )
    ended = run(root, "release", "x")
    assert ended.returncode == 3
    assert "there is no solutions/x.md: the assignments are tiny." in ended.stderr


def test_three_and_a_sentence_while_another_run_is_at_work(root):
    with classes.opened(root).alone():
        ended = run(root, "grade", "tiny")
    assert ended.returncode == 3
    assert ended.stderr == (
        f"Error: this course is being graded already (process {os.getpid()}): wait for"
        " it, or end it.\n"
    )


def test_three_and_a_sentence_without_a_sandbox(root):
    hand_in(root, "ann")
    ended = run(root, "grade", "tiny", env={**os.environ, "PATH": "/nowhere"})
    assert ended.returncode == 3
    assert ended.stderr.startswith("Error: bubblewrap is missing, and without it")


def test_three_and_a_sentence_when_there_is_no_room(root):
    hand_in(root, "ann", when="2026-12-01 10:00:00 UTC")
    before = classes.tables(root)
    ended = run(root, "grade", "tiny", preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (9000, resource.RLIM_INFINITY)
    ))  # fmt: skip
    assert ended.returncode == 3
    assert ended.stdout == ""
    assert "Error: the disk that holds " in ended.stderr
    assert ended.stderr.endswith(" is full.\n")
    assert classes.tables(root) == before
    assert run(root, "grade", "tiny").returncode == 0


def test_status_and_export_put_data_on_stdout_and_words_on_stderr(root):
    hand_in(root, "ann")
    status = run(root, "status", "--json")
    assert json.loads(status.stdout)["tiny"]["waiting"] == 1
    assert status.stderr == ""
    export = run(root, "export", "--layout", "wide")
    assert export.stdout.splitlines() == [
        "student_id,last_name,first_name,email,tiny",
        "ann,,,,",
    ]
    assert export.stderr == "1 lines, 1 without a score.\n"


# ---------------------------------------------------------------------------- Ctrl-C


@pytest.fixture
def start(root):
    """Grade in a process group of its own, once some are at work."""
    started = []

    def start(*options):
        process = subprocess.Popen(
            words(root, "grade", "tiny", *options), cwd=ROOT, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def at_work(process):
    """Learners' processes: the children of the sandboxes' first interpreters."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            is_first = any("zygote.py" in word for word in child.cmdline())
            if is_first and child.name().startswith("python"):
                found += child.children()
    return found


def until(condition, seconds=40):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
    return found


def test_ctrl_c_finishes_and_writes_what_is_at_work(root, start):
    for k in range(8):
        classes.slow(root, f"s{k}", 1)
    process = start("--json")
    until(lambda: classes.judged_at(root))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=40)
    assert process.returncode == 130
    assert "Traceback" not in err
    report = json.loads(out)
    assert report["interrupted"]
    done = {r["student"] for r in report["submissions"] if r["status"] == "graded"}
    assert 2 < len(done) < 8
    before = classes.judged_at(root)
    assert set(before) == done
    ended = run(root, "grade", "tiny", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["counts"] == {
        "graded": 8 - len(done),
        "unchanged": len(done),
    }
    assert before.items() <= classes.judged_at(root).items()


def test_a_second_ctrl_c_ends_at_once(root, start):
    classes.slow(root, "ann", 12)
    classes.slow(root, "bob", 12)
    process = start()
    until(lambda: at_work(process))
    found = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(1)
    assert process.poll() is None
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=40)
    assert time.monotonic() - begun < 6
    assert process.returncode == 130
    assert err.endswith("Stopped.\n")
    assert "Traceback" not in err
    assert classes.judged_at(root) == {}
    assert psutil.wait_procs(found, timeout=8)[1] == []
