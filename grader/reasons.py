"""Why an exercise has its points: what a learner reads at the place of a hidden test.

The outputs of a test hold more than a learner may see: what a hidden case expects, and
whatever their own function printed about it. So none of them is shown. What is said
instead is made here: the sentence of the check, without the numbers that were expected,
and of a hidden case the call, the input and what the learner's function made of it.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from nbformat import NotebookNode

from cvlib import grade
from grader import assignments, course
from grader.sanitise import plain

LONGEST = 600  # characters of a sentence: a learner's own error may be a novel
LINES = 40  # of a hidden case
NUMBER = r"[−\w.+()]+"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
# what cvlib.grade.sentences says of values, and what is said in its place; that an
# array is expected, or another shape, is no secret
EXPECTED = (
    (re.compile(rf": {NUMBER} is expected, your function gives "), ", where you give "),
    (
        re.compile(
            r"^((?:The answer|Part `[^`]*` of the answer) is .+),"
            r" where (?!(?:an? \w+|None) is).+ is expected\.$",
            re.DOTALL,
        ),
        r"\1: not right.",
    ),
    (re.compile(rf": each is {NUMBER} too (?:large|small)\.$"), ", all by as much."),
    (
        re.compile(rf": each is {NUMBER} times what it should be\.$"),
        ", all by the same factor.",
    ),
)
RIGHT = re.compile(r"^Right in .+\.$", re.M)
PART = re.compile(r"^(Case: .*|input .*:|expected:|got:)$")


@dataclass(frozen=True)
class Reason:
    """What a learner is told of one exercise."""

    name: str  # grade_id of the test
    title: str
    page: str = ""  # of the book, without ending; "" if there is none
    section: str = ""  # its title
    passed: bool = True
    sentence: str = ""
    case: str = ""  # a hidden one, as text
    above: bool = False  # the check above shows a case


def reasons(nb: NotebookNode) -> dict[str, Reason]:
    """The reason of every test of a graded notebook, by its grade_id."""
    by_name = {
        cell.metadata.nbgrader.get("grade_id"): cell
        for cell in nb.cells
        if "nbgrader" in cell.metadata
    }
    found = {}
    for name, cell in by_name.items():
        if is_test(cell):
            exercise = name.removesuffix("-test")
            check = by_name.get(assignments.grade_id(exercise, "check"))
            found[name] = reason(name, cell, check)
    return found


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is graded by running it."""
    flags = cell.metadata.get("nbgrader", {})
    graded = flags.get("grade") and not flags.get("solution")
    return cell.cell_type == "code" and bool(graded)


def reason(name: str, test: NotebookNode, check: NotebookNode | None) -> Reason:
    """The reason of one test, which has run."""
    about = facts(name.removesuffix("-test"))
    failed = [o for o in test.outputs if o.output_type == "error"]
    if not failed:
        cards = [found[0] for card in cards_of(test) if (found := RIGHT.search(card))]
        return Reason(name, **about, sentence=cards[-1] if cards else "")
    said = without_expected(" ".join(sentence(failed[0]).split()))
    card = cards_of(test)[-1:]
    above = bool(card) and check is not None and card == cards_of(check)[-1:]
    if above:  # a visible case, of which nothing is a secret
        said = " ".join(sentence(failed[0]).split())
    return Reason(
        name,
        **about,
        passed=False,
        sentence=plain(said, LONGEST),
        case="" if above else case_of(card),
        above=above and "\nCase: " in card[0],
    )


def sentence(error: NotebookNode) -> str:
    """An error output as the learner should read it: one sentence, no traceback.

    WrongAnswer is already one. A test that does not find the learner's function says
    so, because the reason is usually an error in the cell above.
    """
    message = ANSI.sub("", error.evalue).strip()
    if error.ename == "WrongAnswer":
        return message
    if error.ename == "NameError" and (name := UNDEFINED.search(message)):
        return f"{name[1]} is not defined: did the cell that defines it run?"
    if error.ename == "CellTimeoutError":
        return "The cell did not finish in time: is there a loop that never ends?"
    return f"{error.ename}: {message}" if message else error.ename


def cards_of(cell: NotebookNode) -> list[str]:
    """The cards of a cell, as text."""
    outputs = [o for o in cell.get("outputs", []) if o.output_type == "display_data"]
    return [o.data["text/plain"] for o in outputs if "text/plain" in o.data]


def case_of(cards: Iterable[str]) -> str:
    """The call, its input and what came of it; never what was expected.

    Example:
        >>> print(case_of(["✗ no\\n\\nCase: f(3)\\nexpected:\\n  6\\ngot:\\n  9"]))
        f(3)
        your function gives:
          9
    """
    kept: list[str] = []
    part = ""
    for line in "\n".join(cards).splitlines():
        if heading := PART.match(line):
            part = heading[1]
            line = part.removeprefix("Case: ").replace("got:", "your function gives:")
        if part and part != "expected:":
            kept.append(line)
    if len(kept) > LINES:
        kept = [*kept[:LINES], f"… ({len(kept) - LINES} more lines)"]
    return "\n".join(kept)


def without_expected(sentence: str) -> str:
    """A sentence about values without those that were expected.

    Example:
        >>> without_expected("The answer is 9, where 6 is expected.")
        'The answer is 9: not right.'
    """
    for pattern, instead in EXPECTED:
        sentence = pattern.sub(instead, sentence)
    return sentence


@cache
def facts(exercise: str) -> dict[str, str]:
    """Title, page and section of an exercise; its name where we do not know it."""
    known = {found.name: found for found in grade.all_exercises()}
    if exercise not in known:
        return {"title": exercise}
    spec = known[exercise]
    section = assignments.page_title(course.ROOT, spec.page)
    return {"title": spec.title, "page": spec.page, "section": section}


def in_short(text: str, width: int = 110) -> str:
    """The first sentence, for a list.

    Example:
        >>> in_short("You flipped the kernel. Slide it as it is.")
        'You flipped the kernel.'
    """
    first = re.match(r".+?[.?!](?=\s|$)", text)
    return textwrap.shorten(first[0] if first else text, width, placeholder=" …")
