"""From bytes that should be a notebook to one that is valid, or to a reason why not.

Nothing of the file is kept but what the grading needs: the kind, the id, the text and
nbgrader's flags of each cell, and pictures in text cells. So neither outputs, which are
not ours, nor metadata, nor anything nested can surprise a later step.
"""

import hashlib
import json
import re
from typing import Any

from nbformat import NotebookNode
from nbformat.notebooknode import from_dict

from grader.repair import NOTEBOOK_METADATA, is_cell_id
from grader.sanitise import clean_attachments

MAX_CELLS = 2_000
MAX_SOURCE = 1_000_000  # characters of all cells together
MAX_ATTACHED = 10_000_000
# Empty lists take twenty times the memory of their text, so their number is bounded.
MAX_PARTS = 2_000_000

STARTS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an archive",
    b"\x1f\x8b": "an archive",
    b"\x89PNG": "a picture",
}
CONFLICT = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
WEB_PAGE = re.compile(r"\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)
SCRIPT = re.compile(r"\s*(?:#!|#.*coding|# %%|# In\[|import |from \w+ import |def )")
KINDS = {
    "code": "code",
    "markdown": "markdown",
    "raw": "raw",
    "html": "markdown",  # formats of before 2015
    "heading": "markdown",
}
LOCKS = ("deletable", "editable")
FLAGS = ("grade_id", "grade", "solution", "locked", "task", "points", "cell_type",
         "checksum", "schema_version")  # fmt: skip


class Quarantine(Exception):  # noqa: N818 - the verdict's name
    """Work that cannot be graded as it is; the sentence tells everyone why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(data: bytes) -> tuple[NotebookNode, list[str]]:
    """A valid notebook of format 4.5 without outputs, and what had to be mended.

    Args:
        data: a file's content, whatever it is.

    Raises:
        Quarantine: it is no notebook.
    """
    text = _decode(data)
    document = _decode_json(text)
    if not isinstance(document, dict):
        raise Quarantine("The file is not a notebook: it holds JSON of another kind.")
    cells, notes = _cells(document)
    if len(cells) > MAX_CELLS:
        raise Quarantine(
            f"The notebook has {len(cells)} cells; up to {MAX_CELLS} are graded."
        )
    notes += _language(document.get("metadata"))
    made = [_cell(cell) for cell in cells if isinstance(cell, dict)]
    if lost := len(cells) - len(made):
        notes.append(f"What stood in place of {lost} of the cells was left out.")
    notes += _bound(made)
    notes += [
        f"Cell {k} holds the marks of a merge that was not finished."
        for k, cell in enumerate(made, 1)
        if CONFLICT.search(cell["source"])
    ][:5]
    _name(made)
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": NOTEBOOK_METADATA,
        "cells": made,
    }
    return from_dict(notebook), notes


def _decode(data: bytes) -> str:
    """Bytes as text, in the encodings that editors save."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Quarantine("The notebook is empty: save it and hand in again.")
    for start, kind in STARTS.items():
        if data.startswith(start):
            raise Quarantine(f"The file is {kind}, not a notebook.")
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise Quarantine(
            "The file is not a notebook: its bytes are not text in UTF-8."
        ) from None


def _decode_json(text: str) -> Any:
    """The document; of two equal keys the last counts, as everywhere in Jupyter."""
    parts = text.count(",") + text.count("[") + text.count("{")
    if parts > MAX_PARTS:
        raise Quarantine("The notebook is too large: clear its outputs and save it.")
    try:
        # NaN and its like are no JSON, but Python writes them, and we keep no numbers
        return json.loads(text, parse_constant=lambda name: None)
    except RecursionError:
        raise Quarantine("The file is not a notebook: it is nested too deep.") from None
    except ValueError as problem:
        raise Quarantine(_why_no_json(text, problem)) from None


def _why_no_json(text: str, problem: ValueError) -> str:
    if CONFLICT.search(text):
        return (
            "The notebook holds the marks of a merge that was not finished:"
            " choose one version, open it in Jupyter, save it and hand in again."
        )
    if WEB_PAGE.match(text):
        return "The file is a web page, not a notebook: hand in the notebook itself."
    if SCRIPT.match(text):
        return "The file is a Python script, not a notebook: hand in the notebook."
    where = ""
    if not text.rstrip().endswith("}"):
        where = " at its end (it is cut short)"
    elif isinstance(problem, json.JSONDecodeError):
        where = f" in line {problem.lineno}"
    again = "open it in Jupyter, save it and hand in again."
    return f"The notebook is damaged{where}: {again}"


def _cells(document: dict) -> tuple[list, list[str]]:
    """The cells of any version of the format, not yet looked at."""
    version = document.get("nbformat")
    cells, sheets = document.get("cells"), document.get("worksheets")
    if type(version) is int and version > 4:
        raise Quarantine(
            f"The notebook has format {str(version)[:9]}, newer than this grader knows:"
            " save it as format 4."
        )
    if isinstance(cells, list):
        mended = version in (3, 4) and type(document.get("nbformat_minor")) is int
        return cells, [] if mended else ["The notebook did not say its format."]
    if isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for some in lists if isinstance(some, list) for cell in some]
        return cells, ["The notebook had an old format (3) and was converted."]
    raise Quarantine("The file is not a notebook: it has no cells.")


def _language(metadata: Any) -> list[str]:
    """A note if the notebook was written for another language."""
    for part, name in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(part) if isinstance(metadata, dict) else None
        language = info.get(name) if isinstance(info, dict) else None
        if isinstance(language, str) and not re.match("i?python", language, re.I):
            language = re.sub(r"[^\w+#-]", "?", language[:20])
            return [f"The notebook was made for {language}; its cells run as Python."]
    return []


def _cell(cell: dict) -> dict[str, Any]:
    """A new cell with what is known to be good of the old."""
    metadata = _metadata(cell.get("metadata"))
    kind = cell.get("cell_type")
    kind = KINDS.get(kind) if isinstance(kind, str) else None
    if kind is None:
        signs = [sign in cell for sign in ("outputs", "input", "execution_count")]
        kind = "code" if "nbgrader" in metadata or any(signs) else "markdown"
    source = _source(cell.get("source", cell.get("input")))
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        known = type(level) is int and 1 <= level <= 6
        source = f"{'#' * (level if known else 1)} {source}"
    made = {"id": cell.get("id"), "cell_type": kind, "metadata": metadata}
    made["source"] = source
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    if kind == "markdown" and (kept := clean_attachments(cell.get("attachments"))):
        made["attachments"] = kept
    return made


def _source(source: Any) -> str:
    """The text of a cell, which files hold as a string or as a list of lines."""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    # halves of characters cannot be saved, and no database takes a null
    return re.sub("[\ud800-\udfff\0]", "\ufffd", source)


def _metadata(metadata: Any) -> dict[str, Any]:
    """Plain values under the names that nbgrader uses; `repair` checks them."""
    if not isinstance(metadata, dict):
        return {}
    kept = {n: metadata[n] for n in LOCKS if type(metadata.get(n)) is bool}
    flags = metadata.get("nbgrader")
    if isinstance(flags, dict):
        known = {name: _plain(flags[name]) for name in FLAGS if name in flags}
        kept["nbgrader"] = {k: v for k, v in known.items() if v is not None}
    return kept


def _plain(value: Any) -> str | bool | float | None:
    """A short text, a truth or a number of ordinary size; None for all else."""
    if isinstance(value, str):
        return _source(value[:200])
    if type(value) in (bool, int, float) and abs(value) < 1e9:
        return value
    return None


def _bound(cells: list[dict]) -> list[str]:
    """Refuse what is too long; drop what is too large to be shown."""
    size = sum(len(cell["source"]) for cell in cells)
    if size > MAX_SOURCE:
        raise Quarantine(
            f"The cells hold {size:,} characters; up to {MAX_SOURCE:,} are graded."
        )
    room, notes = MAX_ATTACHED, []
    for cell in cells:
        pictures = cell.get("attachments", {}).values()
        room -= sum(len(data) for picture in pictures for data in picture.values())
        if room < 0 and cell.pop("attachments", None):
            notes = ["Pictures in text cells beyond 10 MB were left out."]
    return notes


def _name(cells: list[dict]) -> None:
    """Give every cell an id; of equal ids the last cell keeps it."""
    taken: set[str] = set()
    for cell in reversed(cells):
        name = cell["id"] if isinstance(cell["id"], str) else ""
        if name in taken or not is_cell_id(name):
            digest = hashlib.sha256(cell["source"].encode()).hexdigest()[:12]
            name = digest
            while name in taken:
                name = hashlib.sha256(name.encode()).hexdigest()[:12]
        taken.add(name)
        cell["id"] = name
