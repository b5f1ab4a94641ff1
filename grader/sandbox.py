"""The sandbox in which learners' code runs, as the judge sees it.

A zygote is a warm interpreter behind walls (`grader.walls`) that forks a student for
each submission (`grader/student/zygote.py`). Where control groups can be made it is in
one of its own (`grader.cgroup`).
"""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from grader import cgroup, walls
from grader.walls import Policy, SandboxMissing, available

__all__ = ["WITHOUT", "Limits", "Policy", "SandboxMissing", "Zygote", "available"]

PROGRAM = "student/zygote.py"
# words that are whole words; macOS has only streams, in which ours still are
KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM

WITHOUT = (
    "There is no sandbox: what learners wrote runs with all your rights. It can read"
    " the tests, the solutions and other learners' work, and change their scores and"
    " any file of yours; only its time and its memory are limited."
)
HARD = (
    "Each learner's code is in a sandbox, and the kernel caps its memory and its"
    " processes (control groups)."
)
WATCHED = (
    "Each learner's code is in a sandbox; its memory is watched and may pass the limit"
    " for some milliseconds, for the kernel lets us make no control groups here"
    f" ({cgroup.VARIABLE} can name one)."
)


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds, bytes, counts."""

    cell_seconds: float = 15
    submission_seconds: float = 120
    cpu_seconds: int = 180
    memory_bytes: int = 1 << 30  # what it really holds
    address_bytes: int = 4 << 30  # what it may ask for
    file_bytes: int = 16 << 20
    tmp_bytes: int = 64 << 20
    message_bytes: int = 96 << 20
    threads: int = 32
    output_bytes: int = 1_000_000  # a cell; the same for all students of a zygote
    shown_bytes: int = 24 << 20  # of a notebook's outputs, pictures and all


def describe(*, sandboxed: bool = True) -> str:
    """One sentence: what keeps learners' code in."""
    if not sandboxed:
        return WITHOUT
    group = make_group()
    if group is None:
        return WATCHED
    group.close()
    return HARD


def make_group() -> cgroup.Group | None:
    """A group for a zygote; None where there can be none."""
    homes = cgroup.homes()
    with contextlib.suppress(OSError):
        return cgroup.Group.below(homes) if homes else None
    return None


class Zygote:
    """Z as J sees it: give it one end of a socket, and a fresh student holds it.

    Args:
        policy: which libraries are there.
        sandboxed: False to do without walls; `WITHOUT` says what is lost.
        start_seconds: how long it may take to begin.

    Raises:
        SandboxMissing: it cannot be made here; the sentence says what to do.
    """

    def __init__(
        self, policy: Policy, *, sandboxed: bool = True, start_seconds: float = 60
    ) -> None:
        self.policy, self.sandboxed = policy, sandboxed
        self.start_seconds = start_seconds
        self.start()

    def start(self) -> None:
        """Start the process, and wait until it is ready."""
        self.busy, self.lost = False, False
        self.group = make_group() if self.sandboxed else None
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as we do
        self.process = self.folder = None
        ours, theirs = socket.socketpair(type=KIND)
        self.control = ours
        with theirs:
            try:
                self.process = self.begin(theirs.fileno())
            except BaseException:
                self.close()
                raise
        self.control.settimeout(self.start_seconds)
        try:
            word = self.control.recv(16)
        except OSError:
            word = b""
        if word != b"ready":
            self.complaints.seek(0)
            said = self.complaints.read().decode(errors="replace").strip()
            self.close()
            raise SandboxMissing(f"the sandbox did not start: {said[-2000:]}")
        self.empty = self.group.held() if self.group else (0, 0)

    def begin(self, control: int) -> subprocess.Popen:
        """The process, which holds the other end of our line."""
        if self.sandboxed:
            home, site, env = "/tmp", "/site", None
            words = walls.bubblewrap(self.policy)
            python = str(Path(sys.executable).resolve())
        else:
            self.folder = tempfile.TemporaryDirectory(prefix="student-")
            home, site = walls.without(self.policy, Path(self.folder.name))
            words, python, env = [], sys.executable, walls.environment(home)
        if self.group:
            words = self.group.entrance() + words
        settings = {
            "path": [site],
            "home": home,
            "sandboxed": self.sandboxed,
            "preload": [*self.policy.imports, "IPython.core.interactiveshell"],
            "allowed": self.policy.words,
            "output_bytes": Limits.output_bytes,
            "absent": walls.absent(self.policy),
        }
        words = [*words, python, "-I", "-S", "-B", f"{site}/{PROGRAM}", str(control)]
        return subprocess.Popen(
            [*words, json.dumps(settings)],
            pass_fds=[control],
            stdin=subprocess.DEVNULL,
            stdout=self.complaints,
            stderr=self.complaints,
            env=env,
        )

    def fork(self, limits: Limits) -> socket.socket:
        """J's end of the line to a new student; the one before must have ended."""
        if self.busy:
            raise RuntimeError("a zygote has one student at a time: end() it first")
        if self.lost or self.process.poll() is not None:
            self.close()
            self.start()
        if self.group:
            held, processes = self.empty
            self.group.allow(
                memory=held + limits.memory_bytes + limits.tmp_bytes,
                processes=processes + limits.threads + 2,
            )
        ours, theirs = socket.socketpair()
        with theirs:
            request = json.dumps(asdict(limits)).encode()
            socket.send_fds(self.control, [request], [theirs.fileno()])
        self.busy = True
        return ours

    def end(self) -> None:
        """End the student if it still runs."""
        if self.busy:
            with contextlib.suppress(OSError):
                self.control.sendall(b"x")
            self.report()

    def report(self) -> str:
        """How the student ended: exit, memory, crash, …; waits for it, or ends it."""
        self.busy = False
        for seconds in (1, 10):
            self.control.settimeout(seconds)
            try:
                return json.loads(self.control.recv(4096))["ended"]
            except TimeoutError:
                with contextlib.suppress(OSError):
                    self.control.sendall(b"x")  # it has hung up, and goes on
            except (OSError, ValueError):
                break
        self.lost = True  # whatever it still says would be taken for the next one's
        return "lost"

    def close(self) -> None:
        """End Z and all inside."""
        self.control.close()
        if self.process:
            end(self.process)
        self.complaints.close()
        if self.group:
            self.group.close()
        if self.folder:
            self.folder.cleanup()


def end(process: subprocess.Popen) -> None:
    """Ask a process to end, and end it."""
    process.terminate()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
