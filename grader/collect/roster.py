"""The list of a class, as platforms export it: who has which id and name."""

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from grader.collect.errors import CollectError
from grader.collect.names import Label, fold
from grader.submission import Quarantine, odd_name, shown

MAX_BYTES = 20_000_000
IDS = ("studentid", "username", "sisloginid", "loginid", "login", "sisuserid",
       "orgdefinedid", "idnumber", "sid", "id", "email")  # fmt: skip
FIRST = ("firstname", "givenname", "first")
LAST = ("lastname", "surname", "familyname", "last")
FULL = ("fullname", "student", "name", "studentname")
EMAIL = ("email", "emailaddress", "mail")
NUMBERS = ("identifier", "id")  # Moodle's participant, Canvas's user


@dataclass(frozen=True)
class Person:
    """A student as the gradebook will know them."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


@dataclass
class Roster:
    """Finds the person that a file's name means."""

    people: list[Person] = field(default_factory=list)
    numbers: dict[str, set[Person]] = field(default_factory=lambda: defaultdict(set))
    ids: dict[str, set[Person]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[Person]] = field(default_factory=lambda: defaultdict(set))

    def find(self, label: Label) -> Person:
        """The person of a label: by the platform's number, by id, by name.

        Raises:
            Quarantine: nobody, or more than one.
        """
        for index, key in (
            (self.numbers, label.number),
            (self.ids, label.name.casefold()),
            (self.names, _joined(label.name)),
        ):
            found = index.get(key, set()) if key else set()
            if len(found) == 1:
                return next(iter(found))
            if found:
                some = " and ".join(sorted(shown(person.id) for person in found)[:3])
                raise Quarantine(
                    f"{shown(label.name)} may be {some}: the roster has both."
                )
        raise Quarantine(f"{shown(label.name)} is not in the roster.")


def read_roster(path: Path, student_column: str | None = None) -> Roster:
    """Read a CSV file.

    Args:
        path: with a line of headers: id, first_name, last_name, email, or what Moodle,
            Canvas, Blackboard and Brightspace call these.
        student_column: the header of the column that holds the ids.

    Raises:
        CollectError: it has no ids, or two people have one.
    """
    rows = _rows(path)
    header = [_key(cell) for cell in rows[0]] if rows else []
    column = _column(header, student_column, path)
    numbers = [n for n in NUMBERS if n in header and header.index(n) != column][:1]
    roster = Roster()
    seen: set[str] = set()
    for line, cells in enumerate(rows[1:], 2):
        cells = [_value(cell) for cell in cells] + [""] * (len(header) - len(cells))
        row = dict(zip(header, cells, strict=False))
        name = cells[column] if cells else ""
        if not name:
            continue
        if problem := odd_name(name):
            raise CollectError(f"{path.name}, line {line}: {shown(name)}: {problem}.")
        if name.casefold() in seen:
            raise CollectError(f"{path.name}, line {line}: {shown(name)} stands twice.")
        seen.add(name.casefold())
        _add(roster, name, row, numbers)
    return roster


def _add(roster: Roster, name: str, row: dict[str, str], numbers: list[str]) -> None:
    first, last, full = (_first(row, keys) for keys in (FIRST, LAST, FULL))
    if full and not (first or last):
        head, comma, tail = full.partition(",")
        first, last = (tail.strip(), head) if comma else full.rpartition(" ")[::2]
    person = Person(name, first, last, _first(row, EMAIL))
    roster.people.append(person)
    for key in {name, person.email, *(row.get(key, "") for key in IDS[:-2])} - {""}:
        roster.ids[key.casefold()].add(person)
    for key in numbers:
        if digits := re.search(r"\d+", row.get(key, "")):
            roster.numbers[digits[0]].add(person)
    for key in {f"{first} {last}", f"{last} {first}", full} - {" ", ""}:
        roster.names[_joined(key)].add(person)


def _rows(path: Path) -> list[list[str]]:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise CollectError(f"The roster cannot be read: {problem.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise CollectError(f"The roster {shown(path.name)} is too large.")
    text = _decoded(data)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as problem:
        raise CollectError(f"The roster is no CSV file: {problem}.") from None


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _column(header: list[str], wanted: str | None, path: Path) -> int:
    """Where the ids are."""
    for name in [_key(wanted)] if wanted else IDS:
        if name in header:
            return header.index(name)
    what = shown(wanted) if wanted else "id"
    raise CollectError(f"The roster {shown(path.name)} has no column {what}.")


def _first(row: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((row[key] for key in keys if row.get(key)), "")


def _key(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.casefold())


def _value(cell: str) -> str:
    """Brightspace writes #ada so that spreadsheets leave it alone."""
    return cell.strip().removeprefix("#")


def _joined(name: str) -> str:
    return fold(name).replace("-", "")
