"""Read a folder that strangers filled: no link is followed, no pipe waited for."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from grader.collect import entries
from grader.collect.entries import Entry, Room, check_size, clean_path, no_file
from grader.collect.errors import CollectError
from grader.collect.names import as_utc
from grader.submission import MAX_BYTES, Quarantine, kind_of, shown


class Folder:
    """The files of a folder."""

    clock = "the file's own time"

    def __init__(self, root: Path, room: Room) -> None:
        self.room = room
        self.entries: list[Entry] = []
        for path, name, status in _walk(root):
            if len(self.entries) == entries.MAX_ENTRIES:
                raise CollectError(f"There are more than {entries.MAX_ENTRIES} files.")
            clean, lost = clean_path(name)
            is_file = stat.S_ISREG(status.st_mode)
            problem = "" if is_file else no_file(clean, kind_of(status.st_mode))
            when = as_utc(datetime.fromtimestamp(int(status.st_mtime), UTC), UTC)
            self.entries.append(Entry(clean, path, when, lost or problem, bool(lost)))

    def read(self, entry: Entry, limit: int = MAX_BYTES) -> bytes:
        """The bytes of a file.

        Raises:
            Quarantine: it cannot be read, is too large, or no ordinary file.
        """
        if entry.problem:
            raise Quarantine(entry.problem)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
        try:
            with open(os.open(entry.key, flags | os.O_CLOEXEC), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Quarantine(f"{shown(entry.path)} is no ordinary file.")
                data = file.read(limit + 1)
        except OSError as problem:
            reason = os.strerror(problem.errno or 0).lower()
            raise Quarantine(f"{shown(entry.path)} cannot be read: {reason}.") from None
        check_size(entry.path, len(data), limit)
        self.room.take(len(data))
        return data


def _walk(root: Path) -> Iterator[tuple[Path, str, os.stat_result]]:
    """All that lies below a folder, with its name as text; hidden things left out."""
    folders = [(root, "")]
    while folders:
        folder, above = folders.pop(0)
        for path, status in _listed(folder):
            # a surrogate stands for a byte that is no UTF-8
            name = above + entries.decode_name(os.fsencode(path.name))
            if entries.is_hidden(path.name):
                continue
            if stat.S_ISDIR(status.st_mode) and name.count("/") < entries.MAX_DEPTH:
                folders.append((path, f"{name}/"))
            else:
                yield path, name, status


def _listed(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """What lies in a folder, in order; nothing if it may not be read."""
    try:
        with os.scandir(folder) as found:
            things = [(Path(one), one.stat(follow_symlinks=False)) for one in found]
    except OSError:
        return []
    return sorted(things, key=lambda thing: thing[0])
