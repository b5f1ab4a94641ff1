"""Files of a source: their paths, and how much of them may be read."""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.collect.errors import CollectError
from grader.submission import Quarantine, shown

MAX_ENTRIES, MAX_INNER = 200_000, 2_000  # in a class's archive, in a learner's
MAX_TOTAL = 20_000_000_000  # bytes read in all
MAX_DEPTH, MAX_PATH = 10, 500
HIDDEN = re.compile(r"\..*|__MACOSX|Thumbs\.db|desktop\.ini", re.IGNORECASE)
JOINERS = re.compile("[\u200c\u200d]")  # unseen, and part of Persian and Hindi names


@dataclass(frozen=True)
class Entry:
    """A file of a source."""

    path: str
    key: zipfile.ZipInfo | Path
    when: datetime | None = None  # UTC
    problem: str = ""  # why it cannot be read, in a sentence
    lost: bool = False  # its path cannot be believed either


class Room:
    """How much may still be read."""

    def __init__(self) -> None:
        self.left = MAX_TOTAL

    def take(self, size: int) -> None:
        """Count what was read.

        Raises:
            CollectError: it was too much.
        """
        self.left -= size
        if self.left < 0:
            raise CollectError(
                "The submissions hold more than is believable: collect them in smaller"
                " parts if they are honest."
            )


def check_size(path: str, size: int, limit: int) -> None:
    """Refuse a file larger than a notebook may be.

    Raises:
        Quarantine: it is.
    """
    if size > limit:
        raise Quarantine(
            f"{shown(path)} is larger than {limit / 1e6:g} MB: clear the outputs"
            " (Edit → Clear Outputs of All Cells), save and hand in again."
        )


def is_hidden(path: str) -> bool:
    """Whether a system or an editor left this behind."""
    return any(HIDDEN.fullmatch(part) for part in path.split("/"))


def no_file(path: str, kind: str) -> str:
    """Why something of another kind is not read."""
    if kind == "a folder":
        return f"The folder {shown(path)} lies too deep."
    return f"{shown(path)} is {kind}: hand in the file itself."


def clean_path(name: str) -> tuple[str, str]:
    r"""A path with "/" and without ".", and a sentence if it cannot be believed.

    Example:
        >>> clean_path("ada\\./a.ipynb")
        ('ada/a.ipynb', '')
        >>> clean_path("../a.ipynb")[1]
        "The path '../a.ipynb' leads out of the submissions."
    """
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    clean = unicodedata.normalize("NFC", "/".join(parts))
    absolute = path.startswith("/") or re.match("[A-Za-z]:", path)
    if absolute or ".." in parts or not parts:
        return clean, f"The path {shown(name)} leads out of the submissions."
    if len(parts) > MAX_DEPTH + 1 or len(path) > MAX_PATH:
        return clean, f"The path {shown(name)} is too long or too deep."
    if any(unicodedata.category(sign)[0] == "C" for sign in JOINERS.sub("", path)):
        return clean, f"The path {shown(name)} has characters that cannot be seen."
    return clean, ""


def decode_name(raw: bytes) -> str:
    """A name whose encoding nobody wrote down: UTF-8, else DOS's, else Windows's.

    Example:
        >>> [decode_name("Zoë".encode(code)) for code in ("utf-8", "cp437", "cp1252")]
        ['Zoë', 'Zoë', 'Zoë']
    """
    for code in ("utf-8", "cp437", "cp1252"):
        try:
            text = raw.decode(code)
        except UnicodeDecodeError:
            continue
        beyond = [unicodedata.name(sign, "") for sign in text if sign > "\x7f"]
        if code == "utf-8" or all(name.startswith("LATIN") for name in beyond):
            return text
    return raw.decode("cp437")
