"""Grading without bubblewrap: the same scores, the same limits, and no walls."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from grader import sandbox, walls
from grader.execute import Judge
from grader.sandbox import Limits, Policy, SandboxMissing, Zygote
from grader.session import Sandbox

ROOT = Path(__file__).parents[2]
LIMITS = Limits(cell_seconds=3, submission_seconds=60, memory_bytes=250 << 20)


@pytest.fixture(autouse=True)
def no_bubblewrap(monkeypatch):
    """The machine these are for."""
    which = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name: None if name == "bwrap" else which(name)
    )


@pytest.fixture(scope="module")
def bare():
    sandbox = Sandbox(LIMITS, sandboxed=False)
    yield sandbox
    sandbox.close()


@pytest.fixture
def student(bare):
    session = bare.session(Policy())
    yield session
    session.end()


def shown(session, source: str) -> str:
    return str([o.get("text") or o.get("evalue") for o in session.run(source)])


def test_without_bubblewrap_nothing_is_run_unless_it_was_said():
    with pytest.raises(SandboxMissing, match="bubblewrap is missing, and without it"):
        Zygote(Policy())


def test_what_is_lost_is_said_in_words():
    said = sandbox.describe(sandboxed=False)
    assert said == sandbox.WITHOUT
    assert "It can read the tests, the solutions" in said


def test_right_answers_earn_every_point():
    path = ROOT / "solutions" / "convolution" / "convolution.ipynb"
    nb = nbformat.read(path, as_version=4)
    wanted = ("setup", "scale_to_unit", "topk_error", "slide_window")
    nb.cells = [cell for cell in nb.cells if cell.id.startswith(wanted)]
    judge = Judge(LIMITS, sandboxed=False)
    notes = judge.run(nb).notes
    judge.close()
    tests = [cell for cell in nb.cells if cell.id.endswith("-test")]
    assert notes == []
    assert len(tests) == 3
    assert all(determine_grade(cell)[0] == determine_grade(cell)[1] for cell in tests)


def test_the_libraries_are_those_of_the_exercise(student):
    used = shown(student, "import cvlib.conv\ncvlib.conv.conv2d(1, 2)")
    assert "which is not there when work is graded" in used


def test_a_loop_without_end_is_ended(student):
    assert "did not finish in 3 seconds" in shown(student, "while True: pass")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is watched on Linux only")
def test_too_much_memory_is_seen(student):
    code = "kept = []\nwhile True: kept.append(bytearray(1_000_000))"
    assert "of memory" in shown(student, code)


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_programs_and_networks_are_refused_all_the_same(student):
    assert "not permitted" in shown(student, "import os\nos.fork()")
    assert "not permitted" in shown(student, "import socket\nsocket.socket()")


def test_the_next_student_begins_in_an_empty_folder(bare):
    first = bare.session(Policy())
    first.run("import os\nos.makedirs('a/b')\nopen('a/b/answer', 'w').write('x')")
    first.end()
    second = bare.session(Policy())
    assert shown(second, "import os\nprint(os.listdir())") == r"['[]\n']"
    second.end()


def test_nothing_is_left_on_the_disk():
    zygote = Zygote(Policy(), sandboxed=False)
    folder = Path(zygote.folder.name)
    assert (folder / "site" / "numpy").is_dir()
    zygote.close()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own ties")
def test_a_student_ends_with_a_judge_that_was_killed():
    code = (
        "import time\nfrom grader.sandbox import Limits, Policy, Zygote\n"
        "zygote = Zygote(Policy(), sandboxed=False)\nzygote.fork(Limits())\n"
        "print(zygote.process.pid, zygote.folder.name, flush=True)\ntime.sleep(99)"
    )
    command = [sys.executable, "-c", code]
    judge = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid, folder = judge.stdout.readline().split()
    judge.send_signal(signal.SIGKILL)
    judge.wait()
    judge.stdout.close()
    shutil.rmtree(folder)
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not os.path.exists(f"/proc/{pid}")


def test_where_no_walls_are_needed_none_are_asked_for(tmp_path):
    home, site = walls.without(Policy(), tmp_path)
    assert os.listdir(home) == []
    assert {"numpy", "IPython", "student", "cvlib"} <= set(os.listdir(site))
    assert set(os.listdir(f"{site}/cvlib")) == {*walls.GIVEN, "grade"}
