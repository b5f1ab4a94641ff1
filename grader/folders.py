"""Where a course keeps what: nbgrader's folders, and how we write into them."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from traitlets.config import Config

from grader.course import ROOT, load_config
from grader.records import NoSpace

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the last: `ulimit -f`


class Busy(RuntimeError):  # noqa: N818 - a fact, told to an instructor
    """Another run of ours is at work on the same course."""


@dataclass(frozen=True)
class Course:
    """The folders of a course and its gradebook.

    Example:
        >>> open_course().submitted.name
        'submitted'
    """

    root: Path
    config: Config

    def _folder(self, step: str) -> Path:
        return self.root / self.config.CourseDirectory[f"{step}_directory"]

    @property
    def submitted(self) -> Path:
        """What learners handed in: STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb below it."""
        return self._folder("submitted")

    @property
    def autograded(self) -> Path:
        """The notebooks as they ran."""
        return self._folder("autograded")

    @property
    def feedback(self) -> Path:
        """What learners get back."""
        return self._folder("feedback")

    @property
    def gradebook(self) -> str:
        """The URL of the database."""
        return self.config.CourseDirectory.db_url

    @property
    def id(self) -> str:
        """nbgrader's name for the course."""
        return self.config.CourseDirectory.course_id

    def students(self, assignment: str) -> list[str]:
        """Who handed something in, in order."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self.submitted) as all_:
            return sorted(
                entry.name
                for entry in all_
                if not entry.name.startswith(".")
                and os.path.lexists(os.path.join(entry.path, assignment))
            )
        return []

    def keep(self, student: str, assignment: str, text: str, when: datetime | None):
        """Write an autograded notebook, whole or not at all.

        Raises:
            NoSpace: the disk is full.
        """
        folder = self.autograded / student / assignment
        write_whole(folder / f"{assignment}.ipynb", text)
        stamp = folder / "timestamp.txt"
        if when is None:
            stamp.unlink(missing_ok=True)
        else:
            write_whole(stamp, f"{when.isoformat(sep=' ')} UTC")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the course's lock, which ends with the process however it ends.

        Raises:
            Busy: another run has it.
        """
        path = self.submitted.parent / ".grading"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise Busy(
                    "this course is being graded already"
                    f" (process {file.read() or 'unknown'}):"
                    " wait for it, or end it"
                ) from None
            with contextlib.suppress(OSError):  # on a full disk it has no number
                os.ftruncate(file.fileno(), 0)
                os.write(file.fileno(), str(os.getpid()).encode())
            yield


def open_course(root: Path = ROOT) -> Course:
    """The course whose nbgrader_config.py lies in `root`."""
    return Course(root, load_config(root))


def write_whole(path: Path, text: str) -> None:
    """Write a file under another name and move it into place.

    Raises:
        NoSpace: the disk is full; what was there before is untouched.
    """
    there = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, encoding="utf-8")
        os.replace(there, path)
    except BaseException as problem:
        with contextlib.suppress(OSError):
            there.unlink(missing_ok=True)
        if isinstance(problem, OSError) and problem.errno in FULL:
            raise NoSpace(f"the disk that holds {path.name} is full") from None
        raise
