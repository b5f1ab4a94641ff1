"""Put a submission where nbgrader looks for it, whole or not at all."""

import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from grader.collect.errors import CollectError
from grader.submission import ASIDE, MAX_BYTES, Quarantine, kind_of, parse_time, shown


class Store:
    """The folder …/submitted of a course, for one assignment."""

    def __init__(
        self, submitted: Path, assignment: str, *, overwrite: bool, dry_run: bool
    ) -> None:
        self.submitted, self.assignment = submitted, assignment
        self.overwrite, self.dry_run = overwrite, dry_run
        self.taken: dict[str, str] = {}  # names that are there, without capitals

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second collection out.

        Raises:
            CollectError: one is running, or the folder cannot be written.
        """
        with suppress(FileNotFoundError, NotADirectoryError):
            self.taken = {name.casefold(): name for name in os.listdir(self.submitted)}
        if self.dry_run:
            yield
            return
        with self._whole():
            self.submitted.mkdir(parents=True, exist_ok=True)
            folder = os.open(self.submitted, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise CollectError("Another collection is running; wait for it.") from None
        try:
            yield
        finally:
            os.close(folder)

    def put(self, student: str, data: bytes, when: datetime | None) -> tuple[str, str]:
        """Store a notebook; a status and, if there is more to say, a sentence.

        An older submission gives way to a newer one, or to any other if `overwrite` is
        set, and is kept aside.

        Raises:
            Quarantine: something stands in the way.
            CollectError: the disk is full or may not be written.
        """
        folder = self.submitted / student / self.assignment
        self._look_alike(student)
        for path in (folder.parent, folder):
            check_kind(path, stat.S_ISDIR)
        notebook = folder / f"{self.assignment}.ipynb"
        with self._whole():
            old, then = read_old(notebook), read_time(folder)
        if old is None:
            self._write(folder, data, when)
            return "new", ""
        if old == data:
            if then is None:
                self._write(folder, None, when)  # a collection was interrupted here
            return "unchanged", ""
        if not self.overwrite and not (when and then and when > then):
            known = "it is not newer" if when and then else "which is newer is unknown"
            return "left out", (
                f"Another version is there already, and {known}: `--overwrite` takes"
                " this one."
            )
        aside = self._set_aside(folder, old, then)
        self._write(folder, data, when)
        return "replaced", f"The earlier version is kept as {shown(aside)}."

    def _look_alike(self, student: str) -> None:
        """Refuse a name that a disk or a reader could take for another one."""
        name = self.taken.setdefault(student.casefold(), student)
        if name != student:
            raise Quarantine(
                f"{shown(student)} and {shown(name)}, who is there already, differ in"
                " capitals only."
            )

    def _write(self, folder: Path, data: bytes | None, when: datetime | None) -> None:
        """The notebook, then its time: a time never stands beside older work."""
        if self.dry_run:
            return
        stamp = folder / "timestamp.txt"
        with self._whole(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if data is not None:
                stamp.unlink(missing_ok=True)
                write(folder / f"{self.assignment}.ipynb", data)
            if when is not None:
                write(stamp, f"{when:%Y-%m-%d %H:%M:%S} UTC".encode())

    def _set_aside(self, folder: Path, old: bytes, then: datetime | None) -> str:
        """Keep an earlier notebook in a folder that nbgrader ignores."""
        name = (
            f"{self.assignment}-{then:%Y-%m-%dT%H-%M-%S}" if then else self.assignment
        )
        path = folder / ASIDE / f"{name}.ipynb"
        check_kind(path.parent, stat.S_ISDIR)
        count = 1
        while (kept := read_old(path)) not in (None, old):
            count += 1
            path = path.with_name(f"{name}-{count}.ipynb")
        if kept is None and not self.dry_run:
            with self._whole():
                path.parent.mkdir(exist_ok=True)
                write(path, old)
        return f"{ASIDE}/{path.name}"

    @contextmanager
    def _whole(self, folder: Path | None = None) -> Iterator[None]:
        """Turn a failure to write into a sentence, and leave no empty folder."""
        try:
            yield
        except OSError as problem:
            if folder:
                with suppress(OSError):
                    folder.rmdir()
                    folder.parent.rmdir()
            reason = os.strerror(problem.errno or 0).lower()
            raise CollectError(
                f"The submissions cannot be stored: {reason}. What was stored so far is"
                " whole; run the command again when this is mended."
            ) from None


def write(path: Path, data: bytes) -> None:
    """Write a file that is there in whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # of a process that was killed
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with open(os.open(part, flags, 0o644), "wb") as file:
            file.write(data)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def check_kind(path: Path, is_right: object) -> None:
    """Refuse to go through links and the like.

    Raises:
        Quarantine: something of another kind has the name.
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not is_right(mode):
        raise Quarantine(
            f"{shown(path.name)} in the course's submissions is {kind_of(mode)}: look"
            " at it and remove it."
        )


def read_old(path: Path) -> bytes | None:
    """A file that was stored before; None if there is none."""
    check_kind(path, stat.S_ISREG)
    try:
        with open(path, "rb") as file:
            return file.read(10 * MAX_BYTES)
    except FileNotFoundError:
        return None


def read_time(folder: Path) -> datetime | None:
    """When the stored submission was handed in."""
    check_kind(folder / "timestamp.txt", stat.S_ISREG)
    try:
        with open(folder / "timestamp.txt", "rb") as file:
            text = file.read(100).decode("ascii", "replace")
    except FileNotFoundError:
        return None
    return parse_time(re.sub(r"\s+$", "", text))
