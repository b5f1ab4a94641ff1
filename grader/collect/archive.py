"""Read a zip archive that strangers filled, file by file, with limits.

Nothing is ever unpacked under a name that an archive gives: its list of contents is
looked at, and the bytes of single files are read into memory.
"""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.collect import entries
from grader.collect.entries import (
    Entry,
    Room,
    check_size,
    clean_path,
    decode_name,
    is_hidden,
    no_file,
)
from grader.collect.errors import CollectError
from grader.collect.folder import Folder
from grader.collect.names import as_utc
from grader.submission import MAX_BYTES, Quarantine, kind_of, shown

MAX_RATIO, SMALL = 200, 1_000_000  # an unpacked file may be so many times larger
DIRECTORY = 1_000 * entries.MAX_INNER  # bytes that a list of contents may have
ENCRYPTED = 0x2041  # flags of the three ways
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError,
          NotImplementedError, struct.error, IndexError)  # fmt: skip


class Archive:
    """The files of a zip archive."""

    clock = "the archive"

    def __init__(self, file: io.IOBase, zone: tzinfo, room: Room, most: int) -> None:
        self.room = room
        self.zip = zipfile.ZipFile(file)
        infos = self.zip.infolist()
        if len(infos) > most:
            raise Quarantine(f"The archive holds more than {most} files.")
        infos = [info for info in infos if not info.is_dir()]
        names = [_name(info) for info in infos]
        count, overlapping = Counter(names), _overlapping(infos)
        self.entries = []
        for info, name in zip(infos, names, strict=True):
            path, lost = clean_path(name)
            if is_hidden(path) and not lost:
                continue
            problem = lost or _odd(path, info)
            if not problem and count[name] > 1:
                problem = f"{shown(path)} stands twice in the archive."
            if not problem and id(info) in overlapping:
                problem = f"{shown(path)} shares bytes with another in the archive."
            when = _time(info, zone)
            self.entries.append(Entry(path, info, when, problem, bool(lost)))

    def read(self, entry: Entry, limit: int = MAX_BYTES) -> bytes:
        """The bytes of an entry, whatever the archive says of its size.

        Raises:
            Quarantine: it is damaged or too large.
        """
        if entry.problem:
            raise Quarantine(entry.problem)
        check_size(entry.path, entry.key.file_size, limit)
        parts, size = [], 0
        try:
            with self.zip.open(entry.key) as file:
                while part := file.read(1 << 16):
                    parts.append(part)
                    size += len(part)
                    check_size(entry.path, size, limit)
        except (*BROKEN, OSError):
            size = -1
        if size != entry.key.file_size:
            raise Quarantine(
                f"{shown(entry.path)} is damaged in the archive: download it again."
            )
        self.room.take(size)
        return b"".join(parts)


@contextmanager
def opened(path: Path, zone: tzinfo) -> Iterator[Folder | Archive]:
    """The source of a collection.

    Raises:
        CollectError: it is neither a folder nor a whole zip archive.
    """
    if path.is_dir():
        yield Folder(path, Room())
        return
    name = shown(path.name)
    if not path.is_file():
        raise CollectError(f"There is no folder and no archive {name}.")
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as problem:
        reason = os.strerror(problem.errno or 0).lower()
        raise CollectError(f"{name} cannot be read: {reason}.") from None
    with file:
        try:
            archive = Archive(file, zone, Room(), entries.MAX_ENTRIES)
        except (*BROKEN, OSError):
            raise CollectError(
                f"{name} is no zip archive or is cut short: download it again."
            ) from None
        except Quarantine as problem:
            raise CollectError(problem.reason) from None
        yield archive


def inner(data: bytes, name: str, zone: tzinfo, room: Room) -> Archive:
    """An archive that a learner handed in.

    Raises:
        Quarantine: it is none, or holds more than one person's work.
    """
    end = data.rfind(b"PK\5\6")
    whole = 0 <= end <= len(data) - 22
    size = struct.unpack_from("<I", data, end + 12)[0] if whole else 0
    # a list of that length would fill the memory before it could be counted
    if size > DIRECTORY or (whole and b"PK\6\7" in data[max(0, end - 20) : end]):
        raise Quarantine(f"{shown(name)} holds more than {entries.MAX_INNER} files.")
    try:
        return Archive(io.BytesIO(data), zone, room, entries.MAX_INNER)
    except (*BROKEN, OSError):
        raise Quarantine(f"{shown(name)} is no zip archive or is cut short.") from None


# ------------------------------------------------------------------------- entries


def _odd(path: str, info: zipfile.ZipInfo) -> str:
    """Why an entry is not read; "" if it is."""
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return no_file(path, kind_of(mode))
    if info.flag_bits & ENCRYPTED:
        return f"{shown(path)} is encrypted: hand it in without a password."
    # other ways have no bound on what one step of unpacking yields
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"{shown(path)} is packed in a way that is not read: use plain zip."
    if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
        return f"{shown(path)} unpacks to far more than a notebook holds."
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant; `filename` ends at a NUL, which hides the rest."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    raw = name.encode("cp437")
    for number, data in _extras(info):
        if number == 0x7075 and data[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return data[5:].decode("utf-8", "replace")
    return decode_name(raw)


def _extras(info: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    data = info.extra
    while len(data) >= 4:
        number, size = struct.unpack_from("<HH", data)
        yield number, data[4 : 4 + size]
        data = data[4 + size :]


def _time(info: zipfile.ZipInfo, zone: tzinfo) -> datetime | None:
    """When an entry was written: in UTC where the archive says so, else local."""
    try:
        for number, data in _extras(info):
            if number == 0x5455 and len(data) >= 5 and data[0] & 1:
                seconds = struct.unpack_from("<i", data, 1)[0]
                return as_utc(datetime.fromtimestamp(seconds, UTC), UTC)
        return as_utc(datetime(*info.date_time), zone)
    except (ValueError, OverflowError, OSError):
        return None


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """The entries that claim bytes of another one: one kernel, many times unpacked."""
    found: set[int] = set()
    end, last = 0, None
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            found |= {id(info), id(last)}
        reach = info.header_offset + 30 + info.compress_size
        if reach > end:
            end, last = reach, info
    return found
