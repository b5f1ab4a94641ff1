"""What one student does reaches neither the next one nor the judge nor the machine."""

import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.line import send
from grader.proxies import Proxy
from grader.sandbox import Limits, Policy
from grader.session import Sandbox
from grader.student import codec, syscalls
from tests.grader.hostile.protocol import FOUND

ROOT = Path(__file__).parents[3]
LIMITS = Limits(
    cell_seconds=5,
    submission_seconds=60,
    memory_bytes=200 << 20,
    shown_bytes=1 << 20,
)

LEAVE = """
import builtins, os, sys
import numpy as np, matplotlib
names = ("sitecustomize.py", "usercustomize.py", "evil.pth", "matplotlibrc",
         "ipython/profile_default/startup/00.py", "matplotlib/matplotlibrc", ".pythonrc")
for folder in ("/tmp", "/site", "/dev", "/dev/shm", "/usr/lib", "/var/tmp", "/run", "/"):
    for name in names:
        try:
            os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
            open(f"{folder}/{name}", "w").write("evil = 1")
        except OSError:
            pass
builtins.evil = np.evil = sys.evil = matplotlib.evil = 1
sys.path.insert(0, "/tmp")
os.environ["EVIL"] = "1"
np.random.seed(7)
get_ipython().evil = 1
old = os.umask(0)
"""
LOOK = """
import builtins, os, sys
found = os.listdir("/tmp")
import numpy as np, matplotlib
found += [o for o in (builtins, np, sys, matplotlib, get_ipython()) if hasattr(o, "evil")]
found += [path for path in sys.path if path == "/tmp"]
found += [name for name in os.environ if name == "EVIL"]
for folder, _, files in os.walk("/"):
    for path in (f"{folder}/{name}" for name in files):
        if os.path.isfile(path) and os.path.getsize(path) == 8:
            found += [path for text in open(path, "rb") if text == b"evil = 1"]
print(found)
"""


@pytest.fixture(scope="module")
def sandbox(bubblewrap):
    sandbox = Sandbox(LIMITS)
    yield sandbox
    sandbox.close()


@pytest.fixture
def student(sandbox):
    """The next one."""
    session = sandbox.session(Policy())
    yield session
    session.end()


def shown(session, source: str) -> str:
    return str([o.get("text") or o.get("evalue") for o in session.run(source)])


def inner(session) -> int:
    """The process of a student, as the machine knows it."""
    return below(session.zygote.process.pid)[-1]


def below(pid: int) -> list[int]:
    """A process and those it led to, one from the other."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    return [pid, *(below(int(children[0])) if children else [])]


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if os.path.exists(f"/proc/{pid}")]


def test_nothing_a_student_leaves_is_found_by_the_next(sandbox, student):
    first = sandbox.session(Policy())
    left = shown(first, LEAVE)
    first.end()
    assert left == "[]"
    assert shown(student, LOOK) == r"['[]\n']"


def test_what_a_student_left_running_ends_with_it(sandbox):
    first = sandbox.session(Policy())
    first.run("import threading\ndef f():\n    while True: pass\n"
              "for _ in range(4): threading.Thread(target=f).start()")  # fmt: skip
    pid = inner(first)
    first.end()
    assert not os.path.exists(f"/proc/{pid}")


def test_a_notebook_that_is_slow_in_every_cell_ends_at_its_own_limit(bubblewrap):
    sandbox = Sandbox(Limits(cell_seconds=1, submission_seconds=2))
    session = sandbox.session(Policy())
    began = time.monotonic()
    for _ in range(100):
        session.run("import time\ntime.sleep(0.9)")
    took = time.monotonic() - began
    sandbox.close()
    assert took < 15  # of 90
    assert session.notes[-1].reason == "submission time"


def test_outputs_forged_without_end_do_not_fill_the_judge(student):
    student.run(
        FOUND + 'text = \'[{"output_type": "display_data", "data": {}, "metadata":'
        " {\"a\": [' + '[],' * 200_000 + '1]}}]'\n"
        "student.do_run = lambda **k: {'outputs': text, 'names': []}"
    )
    kept = [student.run("1") for _ in range(2)]
    assert "displayed too much" in str(kept[-1])
    assert len(json.dumps(kept)) < 1.5 * LIMITS.shown_bytes


def test_classes_made_up_without_end_do_not_fill_the_judge(student):
    student.run(
        FOUND + "made = iter(range(10**9))\n"
        "def hold(value):\n    n = next(made)\n"
        "    return {'object': n, 'kinds': [f'k{n}'], 'callable': False}\n"
        "student.held.hold = hold\n"
        "student.do_find = lambda name: {'value': [object()] * 2_000}"
    )
    assert len(student.find("x")) == 2_000
    gc.collect()
    assert len(Proxy.__subclasses__()) < 1_000


def test_the_kernel_would_end_the_student_before_the_judge(student):
    student.run("1")
    with open(f"/proc/{inner(student)}/oom_score_adj") as file:
        assert file.read() == "1000\n"


def most_held(session) -> int:
    """Bytes, as far as we looked in time, of a student who takes 3 GiB at once."""
    session.run("1")
    path, most = f"/proc/{inner(session)}/status", 0
    code = "import mmap\nmmap.mmap(-1, 3 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS"
    request = {"do": "run", "source": f"{code} | 0x8000)", "count": None}
    send(session.line, [codec.encode(request)], time.monotonic() + 5)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with open(path) as file:
                facts = dict(line.split(":", 1) for line in file if ":" in line)
            most = max(most, 1024 * int(facts["VmHWM"].split()[0]))
        except (OSError, KeyError):
            break
    session.end()
    return most


def test_a_fast_allocation_hardly_passes_the_limit(sandbox):
    seen = []
    # on a busy machine it may be over before we look; the next one is seen
    while len(seen) < 10 and max(seen, default=0) < 0.9 * LIMITS.memory_bytes:
        seen.append(most_held(sandbox.session(Policy())))
    assert LIMITS.memory_bytes * 0.9 < max(seen) < LIMITS.memory_bytes + (100 << 20)


def test_a_zygote_that_was_killed_is_replaced(sandbox, student):
    student.run("1")
    pid = inner(student)
    student.zygote.process.kill()
    while os.path.exists(f"/proc/{pid}"):
        time.sleep(0.01)
    assert "ended Python" in shown(student, "2")
    assert shown(student, "print(3)") == r"['3\n']"


def test_a_zygote_that_no_longer_answers_is_replaced(sandbox, student):
    student.run("1")
    zygote = student.zygote
    zygote.control = Silent(zygote.control)
    student.end()
    assert zygote.lost
    assert shown(student, "print(3)") == r"['3\n']"
    assert not zygote.lost


class Silent:
    """A line on which nothing is heard."""

    def __init__(self, line):
        self.line = line
        self.close = line.close

    def settimeout(self, seconds):
        pass

    def sendall(self, data):
        pass

    def recv(self, count):
        raise TimeoutError


def test_nothing_goes_on_when_the_judge_was_killed(bubblewrap):
    code = (
        "import time\nfrom grader.sandbox import Policy\n"
        "from grader.session import Sandbox\n"
        "session = Sandbox().session(Policy())\nsession.run('1')\n"
        "print(session.zygote.process.pid, flush=True)\n"
        "session.run('while True: pass')"
    )
    command = [sys.executable, "-c", code]
    judge = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = below(int(judge.stdout.readline()))
    judge.kill()
    judge.wait()
    judge.stdout.close()
    assert len(pids) >= 4  # bubblewrap twice, the zygote, the student
    deadline = time.monotonic() + 5
    while living(pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not living(pids)


def test_a_judge_that_is_not_root_has_the_same_sandbox(bubblewrap):
    """Root owns what others may not write: a wall may stand for root alone."""
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    nobody = nobody if os.getuid() == 0 else {}
    try:
        command = [sys.executable, "-c", "import numpy"]
        readable = subprocess.run(command, **nobody).returncode == 0
    except PermissionError:
        readable = False
    if not readable:
        pytest.skip("Python or its libraries lie where only root can read them")
    code = (
        "from grader.sandbox import Policy\nfrom grader.session import Sandbox\n"
        "sandbox = Sandbox()\nsession = sandbox.session(Policy())\n"
        "print(session.run('import os; print(os.listdir(\"/tmp\"))'))\n"
        "session.end()\nsandbox.close()"
    )
    said = subprocess.run(
        [sys.executable, "-B", "-c", code], capture_output=True, text=True, **nobody
    )
    assert "'text': '[]\\n'" in said.stdout, said.stderr


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURES)
def test_the_filter_of_every_machine_refuses_processes_and_networks(machine):
    names = {"execve": (59, 221), "socket": (41, 198), "ptrace": (101, 117)}
    column = list(syscalls.ARCHITECTURES).index(machine)
    refused = syscalls.refused(machine)
    assert {numbers[column] for numbers in names.values()} <= set(refused)
    assert len(syscalls.program(machine)) == 8 * (13 + 2 * len(refused))


def test_a_machine_without_a_filter_has_the_other_walls():
    assert syscalls.packed("riscv64") is None
