"""One folder of an archive, known by what it holds and not by how it was packed.

GitHub may pack the archive of a commit anew at any time: its files stay, its own bytes
do not. So the files are what is checked.
"""

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that a file manager leaves in folders it has shown."""

DAMAGED = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)


def folder_hash(folder: Path) -> str:
    """The hash of all files below a folder: of their names and of what they hold.

    In a shell, within the folder:
    `find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`.

    Returns:
        "sha256:…", as pooch writes it; `LITTER` is left out.

    Example:
        >>> with TemporaryDirectory() as folder:
        ...     _ = Path(folder, "cells.txt").write_bytes(b"RBC")
        ...     folder_hash(Path(folder))[:16]
        'sha256:40c261054'
    """
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in LITTER
    }
    total = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{content}  {name}\n".encode())
    return f"sha256:{total.hexdigest()}"


class Wanted(NamedTuple):
    """A folder of an archive."""

    folder: str  # its path below the first part, which GitHub names after the commit
    target: Path  # the folder that is to be; nothing is there yet
    known_hash: str  # what `folder_hash` must find


def unpack(archive: Path, parts: Sequence[Wanted]) -> None:
    """Move folders of an archive to where they are wanted, each whole or not at all.

    The archive is deleted, unless unpacking was interrupted.

    Args:
        archive: a `.tar.gz` file.
        parts: of it.

    Raises:
        ValueError: the archive is damaged, or holds something else.
        OSError: there is no room.
    """
    try:
        for folder, target, known_hash in parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=target.parent) as aside:
                extract(archive, folder, Path(aside))
                if folder_hash(Path(aside, folder)) != known_hash:
                    raise ValueError(f"{archive} must hold {folder} with {known_hash}")
                os.replace(Path(aside, folder), target)
    except DAMAGED as error:
        archive.unlink()
        raise ValueError(f"{archive} is damaged: {error}") from error
    except Exception:  # an interruption is none: the archive waits for the next call
        archive.unlink()
        raise
    archive.unlink()


def extract(archive: Path, folder: str, into: Path) -> None:
    """Write the files of one folder; no links, no devices, nothing outside `into`.

    Raises:
        tarfile.TarError: a name leads outside, or this is no archive.
    """
    wanted = PurePosixPath(folder).parts
    with tarfile.open(archive, "r:gz") as tar:
        members = []
        for member in tar:
            parts = PurePosixPath(member.name).parts[1:]
            if member.isfile() and parts[: len(wanted)] == wanted:
                member.name = "/".join(parts)
                members.append(member)
        tar.extractall(into, members, filter="data")
