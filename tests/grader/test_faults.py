"""Whatever happens during a run, running again ends with the same gradebook.

`pytest -s` prints what was done to the runs, and what came of it.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from itertools import cycle
from pathlib import Path

import psutil
import pytest

from tests.grader import classes
from tests.grader.test_records import HOLD

ROOT = Path(__file__).parents[2]
CLASS = 24
KILLS = 20
MARK = "GRADER_FAULTS"  # a variable by which our processes are known
pytestmark = [
    pytest.mark.course,
    pytest.mark.slow,
    pytest.mark.usefixtures("bubblewrap"),
]


class Run:
    """One `python -m grader grade tiny` in a process of its own."""

    def __init__(self, root):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", "--course", str(root), "grade", "tiny"],
            cwd=ROOT, env={**os.environ, MARK: str(root)}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.start = time.monotonic()

    def goes_on(self, seconds=0.0):
        """Whether it still runs after a time."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        return self.process.poll() is None

    def end(self):
        """Wait for it: its code, and the seconds it took."""
        _, self.said = self.process.communicate(timeout=120)
        assert "Traceback" not in self.said
        return self.process.returncode, time.monotonic() - self.start

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def workers(self):
        """The processes that grade, and all that they have started."""
        found = []
        for server in psutil.Process(self.process.pid).children():
            if "forkserver" in " ".join(server.cmdline()):
                found += server.children()
        return found

    def walled(self):
        """What runs behind the walls of their sandboxes, and the walls."""
        return [
            inner
            for worker in self.workers()
            for inner in worker.children(recursive=True)
        ]


@pytest.fixture(scope="module")
def told():
    """Lines for the summary."""
    lines = []
    yield lines.append
    print("\n\nWhat was done to the runs, and what came of it:", *lines, sep="\n  ")


@pytest.fixture(scope="module")
def quick(tiny, tmp_path_factory):
    """A class, and the same graded undisturbed."""
    root = shutil.copytree(tiny, tmp_path_factory.mktemp("quick") / "course")
    classes.make(root)
    for k, kind in zip(range(CLASS), cycle(classes.ACTS), strict=False):
        classes.hand_in(root, f"s{k:02}", kind)
    return root, *reference(root)


@pytest.fixture(scope="module")
def slow(tiny, tmp_path_factory):
    """One in which each notebook takes its time."""
    root = shutil.copytree(tiny, tmp_path_factory.mktemp("slow") / "course")
    classes.make(root)
    for k in range(CLASS // 2):
        classes.slow(root, f"s{k:02}", 0.6)
    return root, *reference(root)


def reference(root):
    """What comes of an undisturbed run, and the seconds it takes."""
    with closing(sqlite3.connect(classes.database(root))) as db:
        db.executescript(
            "CREATE TABLE written (student TEXT, status TEXT);"
            "CREATE TRIGGER judged_log AFTER INSERT ON judged_submission BEGIN"
            " INSERT INTO written VALUES (new.student, new.status); END;"
        )
    done = shutil.copytree(root, root.parent / "reference")
    code, seconds = Run(done).end()
    assert code == 0
    return outcome(done), seconds


def outcome(root):
    """All that counts: the gradebook without its ids, and the graded notebooks."""
    return classes.tables(root), classes.files(root / "_build/course/autograded")


def check(root, expected):
    """The same came of it, nothing was graded again, and nothing is left behind."""
    assert outcome(root) == expected
    with closing(sqlite3.connect(classes.database(root))) as db:
        written = db.execute("SELECT student FROM written WHERE status = 'graded'")
        assert set(Counter(written).values()) == {1}
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    end = time.monotonic() + 8
    while left(root) and time.monotonic() < end:
        time.sleep(0.1)
    assert left(root) == []


def left(root):
    """Processes of ours that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(root):
                found.append(process.cmdline())
        except psutil.Error:
            continue
    return found


def until_done(root, most=5):
    """Run until all are graded; how many runs it took."""
    for count in range(1, most + 1):
        code, _ = Run(root).end()
        if code == 0:
            return count
    raise AssertionError("it does not come to an end")


def test_killing_the_run_costs_nothing_but_time(quick, tmp_path, told):
    made, expected, seconds = quick
    dice, kills, rounds = random.Random(4711), 0, 0
    while kills < KILLS:
        rounds += 1
        root = shutil.copytree(made, tmp_path / f"round-{rounds}")
        while kills < KILLS:
            run = Run(root)
            if not run.goes_on(dice.uniform(0.2, 0.9) * seconds):
                assert run.end()[0] == 0
                break
            run.kill()
            kills += 1
        else:
            until_done(root)
        check(root, expected)
    told(
        f"{kills} runs killed at random moments (kill -9) in {rounds} classes of"
        f" {CLASS}: all ended with the reference, nobody was graded twice"
    )


def disturb(run, victims, pause=1.0):
    """Kill something of a run every now and then; how often."""
    dice, kills = random.Random(4711), 0
    while run.goes_on(pause):
        try:
            found = victims(run)
            if found:
                dice.choice(found).kill()
                kills += 1
        except psutil.NoSuchProcess:
            continue
    return kills


@pytest.mark.parametrize("what", ["workers", "walled"])
def test_killing_those_who_work_changes_no_score(slow, tmp_path, told, what):
    made, expected, _ = slow
    root = shutil.copytree(made, tmp_path / "course")
    run = Run(root)
    kills = disturb(run, getattr(Run, what))
    code, seconds = run.end()
    runs = 1 if code == 0 else 1 + until_done(root)
    assert kills >= 3
    check(root, expected)
    names = {"workers": "workers", "walled": "processes of the sandboxes"}
    told(
        f"{kills} {names[what]} killed in {seconds:.0f} s: the reference after {runs}"
        f" run{'s' * (runs > 1)}"
    )


def test_somebody_else_who_writes_is_waited_for(slow, tmp_path, told):
    made, expected, _ = slow
    root = shutil.copytree(made, tmp_path / "course")
    run = Run(root)
    while not classes.judged_at(root):
        assert run.goes_on(0.05)
    hold = [sys.executable, "-c", HOLD, str(classes.database(root)), "10"]
    with subprocess.Popen(hold, stdout=subprocess.PIPE):
        code, seconds = run.end()
    assert code == 0
    assert "the gradebook is locked: waiting" in run.said
    assert seconds > 10
    check(root, expected)
    told(f"the gradebook locked for 10 s: one run of {seconds:.0f} s, the reference")


@pytest.fixture
def disk(tmp_path):
    """A small disk; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk that is soon full needs the right to mount one (root)")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk, leave):
    """Leave some bytes free."""
    usage = shutil.disk_usage(disk)
    (disk / "ballast").write_bytes(b"x" * (usage.free - leave))


def test_a_full_disk_ends_the_run_and_with_room_it_goes_on(slow, disk, told):
    made, expected, _ = slow
    root = shutil.copytree(made, disk / "course")
    fill(disk, 150 << 10)
    assert Run(root).end()[0] == 3
    full = Run(root)
    assert full.end()[0] == 3
    assert full.said.rstrip().endswith("is full.")
    some = len(classes.judged_at(root))
    assert some < CLASS // 2
    (disk / "ballast").unlink()
    assert until_done(root) == 1
    check(root, expected)
    told(
        f"a full disk: two runs ended with one sentence and {some} of {CLASS // 2}"
        " graded; with room, the reference after one run"
    )


def test_two_runs_at_once_are_one_run_and_a_sentence(slow, tmp_path, told):
    made, expected, _ = slow
    root = shutil.copytree(made, tmp_path / "course")
    runs = [Run(root), Run(root)]
    assert sorted(run.end()[0] for run in runs) == [0, 3]
    assert any("this course is being graded already" in run.said for run in runs)
    check(root, expected)
    told("two runs at the same time: one was refused with a sentence, the reference")
