"""A hard cap on memory and processes by the kernel, where it lets us make groups.

Each zygote, and so its one student, is put into a control group of its own below a
group that was given to us. Nothing is made in a group that was not: as root nearly all
could be written, and they are somebody else's. A group is given to us by

- `STUDENT_CGROUP`, which names it; of cgroup v1 a folder for each controller, with a
  colon between them, as in `/sys/fs/cgroup/memory/course:/sys/fs/cgroup/pids/course`;
- or delegation (cgroup v2), as by `systemd-run --user --scope -p Delegate=yes COMMAND`.

While it is in use a group is locked, so that what a killed judge left can be told from
what another one uses, and is removed by the next.
"""

import contextlib
import fcntl
import os
import shlex
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
VARIABLE = "STUDENT_CGROUP"
PREFIX = "student-"
JUDGE = "judge"  # where we are ourselves
NUMBERS = count()


@dataclass(frozen=True)
class Files:
    """The files of a controller, by version."""

    procs: str = "cgroup.procs"  # of both versions
    most: str = "memory.max"
    now: str = "memory.current"
    swap: str = "memory.swap.max"
    pids: str = "pids.max"
    pids_now: str = "pids.current"


V2 = Files()
V1 = Files(
    most="memory.limit_in_bytes",
    now="memory.usage_in_bytes",
    swap="memory.memsw.limit_in_bytes",
)


@dataclass
class Group:
    """One zygote's, in one folder or, of cgroup v1, one for each controller.

    Example:
        group = Group.below(homes())
        process = Popen(group.entrance() + command)
        group.allow(memory=1 << 30, processes=40)
    """

    folders: list[Path]
    files: Files
    locks: list[int] = field(default_factory=list)

    @classmethod
    def below(cls, homes: tuple[Path, ...]) -> "Group":
        """Make one below each home; what killed judges left there is removed.

        Raises:
            OSError: the kernel does not allow it.
        """
        name = f"{PREFIX}{os.getpid()}-{next(NUMBERS)}"
        is_v2 = any((home / "cgroup.controllers").exists() for home in homes)
        group = cls([home / name for home in homes], V2 if is_v2 else V1)
        try:
            for home, folder in zip(homes, group.folders, strict=True):
                with locked(home):  # or another judge takes it for one left behind
                    remove_left(home)
                    folder.mkdir()
                    group.locks.append(lock(folder))
            if group.file(group.files.most) is None:
                raise OSError("memory cannot be capped in the groups we were given")
        except OSError:
            group.close()
            raise
        return group

    def file(self, name: str) -> Path | None:
        """Where a file of this name is, if a controller has it."""
        places = (folder / name for folder in self.folders)
        return next((path for path in places if path.exists()), None)

    def entrance(self) -> list[str]:
        """The words before a command that starts it inside."""
        places = [shlex.quote(str(folder / V2.procs)) for folder in self.folders]
        enter = " && ".join(f"echo $$ > {place}" for place in places)
        return ["/bin/sh", "-c", f'{enter} && exec "$@"', "sh"]

    def held(self) -> tuple[int, int]:
        """How many bytes, and how many processes and threads, there are inside now."""
        return tuple(
            int(path.read_text()) if (path := self.file(name)) else 0
            for name in (self.files.now, self.files.pids_now)
        )

    def allow(self, *, memory: int, processes: int) -> None:
        """Set the caps: bytes, and processes and threads together."""
        swap, most, pids = self.files.swap, self.files.most, self.files.pids
        settings = [(swap, 0), (most, memory), (pids, processes)]
        if self.files is V1:  # `swap` caps both together, and may not be the smaller
            settings = [(swap, -1), (most, memory), (swap, memory), (pids, processes)]
        for name, number in settings:
            if path := self.file(name):
                path.write_text(str(number))

    def close(self) -> None:
        """End what is inside, and remove it."""
        for folder in self.folders:
            remove(folder)
        for number in self.locks:
            os.close(number)
        self.locks.clear()


def lock(folder: Path, *, wait: bool = False) -> int:
    """Hold a folder as in use while the number this returns is open.

    Raises:
        OSError: somebody else does.
    """
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(number)
        raise
    return number


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for a moment."""
    number = lock(folder, wait=True)
    try:
        yield
    finally:
        os.close(number)


def remove_left(home: Path) -> None:
    """Remove the groups of ours that nobody uses any more."""
    for folder in home.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is in use, or just being removed
            number = lock(folder)
            remove(folder)
            os.close(number)


def remove(folder: Path, seconds: float = 2) -> None:
    """End what is in a group, and remove it; what will not go is left."""
    until = time.monotonic() + seconds
    while folder.exists():
        with contextlib.suppress(OSError):
            for word in (folder / V2.procs).read_text().split():
                os.kill(int(word), signal.SIGKILL)
        with contextlib.suppress(OSError):
            return folder.rmdir()
        if time.monotonic() > until:
            return None
        time.sleep(0.005)
    return None


@cache
def homes() -> tuple[Path, ...]:
    """The folders in which we may make groups; none if nobody gave us any."""
    if named := os.environ.get(VARIABLE):
        given = tuple(map(Path, named.split(os.pathsep)))
        for home in given:
            with contextlib.suppress(OSError):  # done already, or of version 1
                share_out(home)
        return given
    with contextlib.suppress(OSError):  # a kernel without groups
        home = delegated(Path("/proc/self/cgroup").read_text(), ROOT)
        return (home,) if home and make_room(home) else ()
    return ()


def delegated(membership: str, root: Path) -> Path | None:
    """Our own group if it was delegated to us; `membership` is /proc/self/cgroup."""
    paths = [line[3:] for line in membership.splitlines() if line.startswith("0::")]
    if not paths:
        return None
    # a judge that another one started is where that one had made room
    home = root / paths[0].strip("/").removesuffix(f"/{JUDGE}")
    try:  # what systemd says of it; to own a group is not enough
        given = os.getxattr(home, "user.delegate") == b"1"
    except OSError:
        return None
    return home if given else None


def make_room(home: Path) -> bool:
    """Let a group of cgroup v2 have groups: it may then have no processes itself."""
    try:
        judge = home / JUDGE
        judge.mkdir(exist_ok=True)
        for word in (home / V2.procs).read_text().split():
            (judge / V2.procs).write_text(word)
        share_out(home)
    except OSError:
        return False
    return True


def share_out(home: Path) -> None:
    """Let the groups in a group of cgroup v2 have caps of their own."""
    with open(home / "cgroup.subtree_control", "r+") as file:  # it must be there
        file.write("+memory +pids")
