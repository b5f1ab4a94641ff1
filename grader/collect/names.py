"""Whose file is it? What learning platforms write into the names of files.

A platform puts what it knows (a name, a number, a time) before what the learner chose.
Only the first part of a path is therefore believed, from its beginning, and nothing
that stands within a learner's own folder or archive.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath

from grader.submission import ENDINGS, Quarantine, odd_name, parse_time, shown

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)"
    r"(?:_(?P<rest>.*))?"
)
CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<rest>.+)"
    r"|(?P<anon>anon_[^_]+)_(?P<anonlate>LATE_)?\d+_(?P<anonrest>.+)"
)
BLACKBOARD = re.compile(
    r"(?P<name>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+))?"
)
BRIGHTSPACE = re.compile(
    r"(?P<number>\d+)-\d+ ?- (?P<name>.+?) ?- (?P<time>[A-Z][a-z]{2,8} \d\d?, \d{4}"
    r" \d{1,2}:?\d\d(?: [AP]M)?)(?: ?- (?P<rest>.+))?"
)
EXCHANGE = re.compile(
    r"(?P<name>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>[^+]+)(?:\+[^+]*)?"
)
GRADESCOPE = re.compile(r"(?P<name>submission_(?P<number>\d+))")
DRIVE = re.compile(r"(?P<name>.+?) - (?P<rest>.+)")  # Google Classroom, OneDrive
PLATFORMS = (MOODLE, BLACKBOARD, BRIGHTSPACE, EXCHANGE, GRADESCOPE, CANVAS, DRIVE)
FLAT, NESTED = (BLACKBOARD, CANVAS, DRIVE), (EXCHANGE, GRADESCOPE)  # files, folders

WRAPPER = re.compile(
    r"submissions?|submitted( files)?|working files|inbound|assignment_\d+_export",
    re.IGNORECASE,
)
VERSION = re.compile(r"(?:version|attempt)[ _-]?(\d{1,6})", re.IGNORECASE)
COPY = re.compile(r"(?:-(\d{1,6})| ?\((\d{1,6})\))")  # second attempt, second download
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun",
          "jul", "aug", "sep", "oct", "nov", "dec")  # fmt: skip
LONG_DATE = re.compile(
    r"([A-Z][a-z]{2})[a-z]* (\d+), (\d+) (\d\d?):?(\d\d)(?: ([AP])M)?"
)
PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")


@dataclass(frozen=True)
class Label:
    """What a path says: whose, which attempt, when, and what the learner called it."""

    person: str  # as the platform tells people apart
    name: str  # a full name or an id
    rest: str  # the path that the learner chose
    number: str = ""  # the platform's number of the person
    attempt: int = 0
    when: datetime | None = None  # UTC, without a time zone
    assignment: str = ""  # where the platform names it
    late: bool = False


def label(path: str, assignment: str, zone: tzinfo = UTC) -> Label | None:
    """Read a path; None if it does not say whose it is.

    Args:
        path: below the source and its wrapping folders, with "/".
        assignment: its name, which is nobody's.
        zone: of the times in names, which do not say theirs.

    Example:
        >>> found = label("lovelaceada_LATE_12345_678_conv-1.ipynb", "conv")
        >>> found.name, found.number, found.attempt, found.late
        ('lovelaceada', '12345', 1, True)
    """
    first, _, below = path.partition("/")
    stem, ending = (first, "") if below else split_ending(first)
    for platform in PLATFORMS:
        if platform in (FLAT if below else NESTED):
            continue
        if match := platform.fullmatch(stem):
            return _platform_label(match, below, ending, assignment, zone)
    return _plain_label(first, below, assignment)


def _platform_label(
    match: re.Match, below: str, ending: str, assignment: str, zone: tzinfo
) -> Label:
    found = {name: text for name, text in match.groupdict().items() if text}
    name = found.get("name") or found["anon"]
    number = found.get("number", "")
    rest = found.get("rest") or found.get("anonrest") or ""
    person = f"{name} ({number})" if number else name
    if match.re is BLACKBOARD:
        name = name.rpartition("_")[2]  # what stands before is the assignment
    if match.re is MOODLE and name == "Participant":  # marked without names
        name = f"participant-{number}"
    if match.re is DRIVE and name.casefold() == assignment.casefold():
        name, rest = rest, name  # forms put the person last
        person = name
    copy = copy_number(rest, assignment) if match.re in (CANVAS, DRIVE) else 0
    return Label(
        person=person,
        name=name,
        rest=f"{rest}/{below}" if rest and below else rest + ending + below,
        number=number,
        attempt=copy or _version(below),
        when=read_time(found.get("time", ""), zone),
        assignment=found.get("assignment", ""),
        late=bool(found.get("late") or found.get("anonlate")),
    )


def _plain_label(first: str, below: str, assignment: str) -> Label | None:
    """ada/convolution.ipynb, ada/convolution/convolution.ipynb, ada.ipynb."""
    if below:
        return Label(first, first, below, attempt=_version(below))
    stem, ending = split_ending(first)
    known = ending.lower() in (*ENDINGS, ".zip")
    if not known or copy_number(stem, assignment) is not None:
        return None
    # ada-1 may well be an id, ada (1) is what browsers make of a second ada
    match = re.fullmatch(r"(.+?) ?\((\d{1,6})\)", stem)
    name, attempt = (match[1], int(match[2])) if match else (stem, 0)
    a = re.escape(assignment)
    around = re.fullmatch(rf"(?:{a}[ _+-]+(.+)|(.+?)[ _+-]+{a})", name, re.IGNORECASE)
    name = (around[1] or around[2]) if around else name
    return Label(name, name, f"{assignment}{ending}", attempt=attempt)


def by_pattern(path: str, pattern: re.Pattern, zone: tzinfo = UTC) -> Label | None:
    """Read a path by the instructor's own pattern; None if it does not match."""
    match = pattern.match(path)
    found = match.groupdict() if match else {}
    name = found.get("student") or found.get("student_id")
    if not name:
        return None
    attempt = found.get("attempt") or ""
    return Label(
        name, name, path.rpartition("/")[2],
        attempt=int(attempt) if re.fullmatch(r"\d{1,9}", attempt) else 0,
        when=read_time(found.get("timestamp") or "", zone),
    )  # fmt: skip


def wrapper(paths: list[str], assignment: str, stem: str) -> str:
    """The folders around everything that say nothing about people, with a "/".

    Example:
        >>> wrapper(["submitted/ada/a.ipynb", "submitted/bob/a.ipynb"], "a", "")
        'submitted/'
    """
    around = ""
    while paths:
        first = {path.partition("/")[0] for path in paths}
        name = first.pop()
        known = name.casefold() in (assignment.casefold(), stem.casefold())
        if first or not (known or WRAPPER.fullmatch(name)):
            break
        paths = [path.partition("/")[2] for path in paths]
        if "" in paths:
            break
        around += f"{name}/"
    return around


# --------------------------------------------------------------------------- parts


def split_ending(name: str) -> tuple[str, str]:
    """A file's name without and with the ending we know; "" if we do not."""
    for ending in sorted((*ENDINGS, ".zip"), key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)], name[-len(ending) :]
    suffix = PurePosixPath(name).suffix
    return (name[: -len(suffix)], suffix) if suffix else (name, "")


def copy_number(stem: str, assignment: str) -> int | None:
    """0 for the assignment's own name, n for its n-th copy, None for another name.

    Example:
        >>> copy_number("conv (2)", "conv"), copy_number("conv", "conv")
        (2, 0)
        >>> copy_number("mine", "conv")
    """
    if not stem.casefold().startswith(assignment.casefold()):
        return None
    rest = stem[len(assignment) :]
    match = COPY.fullmatch(rest)
    return int(match[1] or match[2]) if match else (None if rest else 0)


def _version(below: str) -> int:
    """Teams keeps each attempt in a folder of its own."""
    found = [VERSION.fullmatch(part) for part in below.split("/")[:-1]]
    return max((int(match[1]) for match in found if match), default=0)


def read_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """UTC from a time as platforms write it; None if it is none.

    Example:
        >>> read_time("2026-11-20-10-11-12")
        datetime.datetime(2026, 11, 20, 10, 11, 12)
        >>> read_time("Nov 20, 2026 911 PM")
        datetime.datetime(2026, 11, 20, 21, 11)
    """
    try:
        if re.fullmatch(r"\d{4}(-\d\d){5}", text):
            return as_utc(datetime(*map(int, text.split("-"))), zone)
        if match := LONG_DATE.fullmatch(text):
            month, day, year, hour, minute, half = match.groups()
            clock = int(hour) % 12 + 12 * (half == "P") if half else int(hour)
            date = int(year), MONTHS.index(month.lower()) + 1, int(day)
            return as_utc(datetime(*date, clock, int(minute)), zone)
    except ValueError:
        return None
    when = parse_time(text)
    return when.replace(microsecond=0) if when else None


def as_utc(when: datetime, zone: tzinfo) -> datetime | None:
    """A local time as nbgrader keeps it; None before 2000, when no time was known."""
    if not 2000 <= when.year < 2200:
        return None
    return when.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def fold(name: str) -> str:
    """A name without what people write in different ways: accents, case, spaces.

    Example:
        >>> fold("Zoë O'Neil")
        'zoe-o-neil'
    """
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub("[\u200c\u200d]", "", plain).casefold()
    words = re.sub(r"[^\w@.]+", "-", unicodedata.normalize("NFC", plain))
    return words.strip("-._")


def student_id(name: str) -> str:
    """The id of a student in the course: an id as it is, a full name folded.

    Raises:
        Quarantine: the name cannot be used.

    Example:
        >>> student_id("ada42"), student_id("Ada Lovelace")
        ('ada42', 'ada-lovelace')
    """
    name = unicodedata.normalize("NFC", name).strip()
    made = name if PLAIN_ID.fullmatch(name) else fold(name)
    for text in (re.sub("[\u200c\u200d]", "", name), made):
        if problem := odd_name(text):
            raise Quarantine(f"The student's name {shown(name)} is refused: {problem}.")
    return made
