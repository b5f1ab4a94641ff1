"""The sandbox in which learners' code runs: bubblewrap, and who forks inside it.

What is not listed here is not there: no file of the course, no test, no reference, no
other learner, no network, no shell. Which libraries are there is the policy of the
exercise: what it imports, what draws figures, and the notebook's own shell.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent
SHELL = ("ipython",)  # what every notebook has
DRAWING = ("matplotlib",)
GIVEN = ("__init__.py", "validate.py", "image.py")  # of cvlib: it holds no answer
KNOWN = {
    "torch", "torchvision", "scipy", "skimage", "sklearn", "pandas", "cv2", "PIL",
    "jax", "tensorflow", "keras", "numba", "cupy", "sympy", "seaborn", "imageio",
    "requests",
}  # fmt: skip
"""Libraries whose absence is explained to those who use them."""


class SandboxMissing(RuntimeError):  # noqa: N818 - a fact, told to a person
    """There is no sandbox on this machine; the sentence says what to do."""


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


@dataclass(frozen=True)
class Policy:
    """Which distributions are there, by the names pip knows them by."""

    imports: tuple[str, ...] = ("numpy",)

    @property
    def words(self) -> str:
        """`NumPy and plain Python` needs the first half."""
        return " and ".join(self.imports)


def available() -> str:
    """The path of bubblewrap.

    Raises:
        SandboxMissing: it is not there, or may not make namespaces.
    """
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxMissing(
            "bubblewrap is missing, and without it learners' code could read and change"
            " anything on this machine; install it (Debian: apt install bubblewrap;"
            " there is none for macOS or Windows: use a Linux machine or container)"
        )
    command = [path, "--ro-bind", "/", "/", "--unshare-all", "true"]
    trial = subprocess.run(command, capture_output=True, text=True)
    if trial.returncode:
        raise SandboxMissing(
            "bubblewrap may not make namespaces on this machine"
            f" ({trial.stderr.strip()}); allow unprivileged user namespaces"
        )
    return path


@cache
def distributions(names: tuple[str, ...]) -> frozenset[str]:
    """The distributions that `names` need, themselves included."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            wanted = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # wanted only elsewhere, or under another name
        found.add(name)
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(requirement.name)
    return frozenset(found)


@cache
def mounts(policy: Policy) -> tuple[tuple[Path, str], ...]:
    """(file or folder of this environment, its place under /site) of a policy."""
    wanted = distributions((*policy.imports, *SHELL, *DRAWING))
    places: dict[str, Path] = {}
    for name in sorted(wanted):
        for file in metadata.files(name) or []:
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not top.endswith(".pth"):
                places[top] = Path(file.locate()).parents[len(file.parts) - 1] / top
    given = [(HERE.parent / "cvlib" / name, f"cvlib/{name}") for name in GIVEN]
    given.append((HERE / "student" / "stand_in.py", "cvlib/grade/__init__.py"))
    ours = [(HERE / "student", "student")]
    return (*((path, top) for top, path in places.items()), *given, *ours)


def command(policy: Policy, control: int, settings: dict) -> list[str]:
    """bubblewrap's command line for a zygote."""
    python = Path(sys.executable).resolve()
    base = Path(sys.base_prefix).resolve()
    words = [available(), "--unshare-all", "--uid", "65534", "--gid", "65534"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--clearenv", "--hostname", "student"]
    for folder in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib"):
        path = Path(folder)
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), folder]
        elif path.is_dir():
            words += ["--ro-bind", folder, folder]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    words += ["--ro-bind", str(base / "lib"), str(base / "lib")]
    words += ["--ro-bind", str(python), str(python)]
    sealed = ["/dev", "/site", "/"]
    for parent in {base / "lib", Path("/usr/lib"), Path("/usr/local/lib")}:
        for hidden in ("site-packages", "dist-packages"):
            for folder in sorted(parent.glob(f"python3*/{hidden}")):
                words += ["--tmpfs", str(folder)]
                sealed.append(str(folder))
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/site"]
    for path, place in mounts(policy):
        words += ["--ro-bind", str(path), f"/site/{place}"]
    # students share these: none may leave a note there for the next
    for folder in sealed:
        words += ["--remount-ro", folder]
    words += ["--chdir", "/tmp"]
    variables = {
        "HOME": "/tmp", "PATH": "/nowhere", "LANG": "C.UTF-8", "TZ": "UTC",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "MPLCONFIGDIR": "/tmp/matplotlib", "IPYTHONDIR": "/tmp/ipython",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }  # fmt: skip
    for name, value in variables.items():
        words += ["--setenv", name, value]
    program = "/site/student/zygote.py"
    words += ["--", str(python), "-I", "-S", "-B", program]
    return [*words, str(control), json.dumps(settings)]


class Zygote:
    """Z as J sees it: give it one end of a socket, and a fresh student holds it."""

    def __init__(self, policy: Policy, *, start_seconds: float = 60) -> None:
        tops = {place.partition("/")[0] for _, place in mounts(policy)}
        settings = {
            "path": ["/site"],
            "preload": [*policy.imports, "IPython.core.interactiveshell"],
            "allowed": policy.words,
            "output_bytes": Limits.output_bytes,
            "absent": sorted(KNOWN - tops | {"cvlib"}),  # the rest of it
        }
        # packets: a word is a whole word
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        self.control, self.busy = ours, False
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as we do
        with theirs:
            self.process = subprocess.Popen(
                command(policy, theirs.fileno(), settings),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self.complaints,
                stderr=self.complaints,
            )
        self.control.settimeout(start_seconds)
        try:
            word = self.control.recv(16)
        except TimeoutError:
            word = b""
        if word != b"ready":
            self.complaints.seek(0)
            said = self.complaints.read().decode(errors="replace").strip()
            self.close()
            raise SandboxMissing(f"the sandbox did not start: {said[-2000:]}")

    def fork(self, limits: Limits) -> socket.socket:
        """J's end of the line to a new student; the one before must have ended."""
        if self.busy:
            raise RuntimeError("a zygote has one student at a time: end() it first")
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
                return json.loads(self.control.recv(4096) or b"{}").get("ended", "lost")
            except TimeoutError:
                self.control.sendall(b"x")  # it has hung up, and goes on
            except OSError:
                break
        return "lost"

    def close(self) -> None:
        """End Z and all inside."""
        self.control.close()
        self.process.terminate()
        deadline = time.monotonic() + 2
        while self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        self.process.kill()
        self.process.wait()
        self.complaints.close()
