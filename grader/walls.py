"""The outer walls of the sandbox: bubblewrap, and the few files that are inside.

What is not listed here is not there: no file of the course, no test, no reference, no
other learner, no network, no shell. Which libraries are there is the policy of the
exercise: what it imports, what draws figures, and the notebook's own shell.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent
SHELL = ("ipython",)  # what every notebook has
DRAWING = ("matplotlib",)
GIVEN = ("__init__.py", "validate.py", "image.py")  # of cvlib: it holds no answer
DEVICES = ("null", "zero", "full", "random", "urandom")
LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib")
KNOWN = {
    "torch", "torchvision", "scipy", "skimage", "sklearn", "pandas", "cv2", "PIL",
    "jax", "tensorflow", "keras", "numba", "cupy", "sympy", "seaborn", "imageio",
    "requests",
}  # fmt: skip
"""Libraries whose absence is explained to those who use them."""


class SandboxMissing(RuntimeError):  # noqa: N818 - a fact, told to a person
    """There is no sandbox on this machine; the sentence says what to do."""


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


def absent(policy: Policy) -> list[str]:
    """What is known and not there."""
    tops = {place.partition("/")[0] for _, place in mounts(policy)}
    return sorted(KNOWN - tops | {"cvlib"})  # the rest of it


def environment(home: str) -> dict[str, str]:
    """The variables of the zygote, which are all there are."""
    return {
        "HOME": home, "PATH": "/nowhere", "LANG": "C.UTF-8", "TZ": "UTC",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "MPLCONFIGDIR": f"{home}/matplotlib", "IPYTHONDIR": f"{home}/ipython",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline", "TMPDIR": home,
    }  # fmt: skip


def bubblewrap(policy: Policy) -> list[str]:
    """bubblewrap's command line, up to the words of the program itself."""
    words = [available(), "--unshare-all", "--uid", "65534", "--gid", "65534"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--clearenv", "--hostname", "student"]
    words += ["--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/site"]
    words += system()
    words += devices()
    for path, place in mounts(policy):
        words += ["--ro-bind", str(path), f"/site/{place}"]
    words += ["--remount-ro", "/site", "--remount-ro", "/", "--chdir", "/tmp"]
    for name, value in environment("/tmp").items():
        words += ["--setenv", name, value]
    return [*words, "--"]


def without(policy: Policy, folder: Path) -> tuple[str, str]:
    """The same libraries where there are no walls: a home, and a folder of links."""
    home, site = folder / "home", folder / "site"
    home.mkdir()
    for path, place in mounts(policy):
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        (site / place).symlink_to(path)
    return str(home), str(site)


def system() -> list[str]:
    """The words for Python and the system's libraries, without anybody's packages."""
    python = Path(sys.executable).resolve()
    base = Path(sys.base_prefix).resolve() / "lib"
    words = []
    for folder in map(Path, LIBRARIES):
        if folder.is_symlink():
            words += ["--symlink", os.readlink(folder), str(folder)]
        elif folder.is_dir():
            words += ["--ro-bind", str(folder), str(folder)]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    words += ["--ro-bind", str(base), str(base), "--ro-bind", str(python), str(python)]
    return [*words, *empty(installed([base, *map(Path, LIBRARIES)]))]


def installed(folders: Iterable[Path]) -> list[str]:
    """Where under some folders packages are installed, our own among them perhaps."""
    found = {HERE.parent for folder in folders if HERE.is_relative_to(folder)}
    for folder in folders:
        for hidden in ("site-packages", "dist-packages"):
            found |= {path.resolve() for path in folder.glob(f"python3*/{hidden}")}
    return sorted(map(str, found))


def empty(folders: Iterable[str]) -> list[str]:
    """The words to hide what is in some folders, and to keep them so."""
    return [
        word
        for folder in folders
        for word in ("--tmpfs", folder, "--remount-ro", folder)
    ]


def devices() -> list[str]:
    """The words for the harmless ones, and for no terminal and no shared memory."""
    words = ["--tmpfs", "/dev"]
    for path in (f"/dev/{name}" for name in DEVICES):
        words += ["--dev-bind", path, path]
    return [*words, "--remount-ro", "/dev"]
