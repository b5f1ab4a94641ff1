"""Each of the twenty-two slips: stated, proved by a cell that can fail, practised."""

import csv
import re
from operator import itemgetter
from pathlib import Path

import pytest

from cvlib import grade

ROOT = Path(__file__).parents[2]
APPENDIX = ROOT / "book" / "appendix"
with (ROOT / "book/data/errata.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
TEXT = "".join(
    (APPENDIX / name).read_text(encoding="utf-8")
    for name in ("errata.md", "errata-tables.md")
)
NUMBER = itemgetter("number")
CELL = re.compile(r"^```\{code-cell\} ipython3\n(.*?)^```$", re.M | re.S)


def erratum(number: str) -> str:
    """What stands under a number, up to the next heading."""
    found = re.search(
        rf"^\(erratum-{number}\)=\n## {number} [^\n]+\n(.*?)(?=^\(erratum-|^## |\Z)",
        TEXT, re.M | re.S,
    )  # fmt: skip
    assert found, f"erratum {number} is on neither page"
    return found[1]


def test_there_are_twenty_two_in_order():
    wanted = [str(n) for n in range(1, 23)]
    assert [row["number"] for row in ROWS] == wanted
    assert re.findall(r"^\(erratum-(\d+)\)=$", TEXT, re.M) == wanted
    assert all(None not in row and row["printed"] and row["correct"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=NUMBER)
def test_a_slip_is_stated_proved_and_practised(row):
    part = erratum(row["number"])
    statement, *_ = part.partition("```{code-cell}")
    said = {"*As transcribed", "*Printed"}
    assert any(statement.lstrip().startswith(word) for word in said)
    assert re.search(r"\*(It must be|Calculated|In the source|On the next)", statement)
    proof, question = CELL.findall(part)[-2:]
    assert re.search(r"^\s*assert ", proof, re.M), "the proof cannot fail"
    assert "Question." in question
    assert ":tags: [remove-input]" in question  # it holds the answer


@pytest.mark.parametrize("row", [r for r in ROWS if r["exercise"]], ids=NUMBER)
def test_the_graded_exercise_of_a_slip_is_named(row):
    assert grade.get(row["exercise"])
    assert f"With a grade: `{row['exercise']}`" in erratum(row["number"])


@pytest.mark.parametrize("row", ROWS, ids=NUMBER)
def test_a_slip_leads_to_the_page_where_it_was_met(row):
    page = row["elsewhere"].removeprefix("book/")
    assert f"[](../{page}.md)" in erratum(row["number"])


def test_transcribed_notes_are_quoted_as_transcribed():
    for row in ROWS[:10]:
        assert erratum(row["number"]).lstrip().startswith("*As transcribed:*")
