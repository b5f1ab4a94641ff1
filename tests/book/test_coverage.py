"""Every topic of the lectures has its place: page, code, test and practice exist."""

import csv
import importlib
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from docutils.nodes import make_id

from cvlib import grade

ROOT = Path(__file__).parents[2]
with (ROOT / "book/data/coverage.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
TOPICS = {"1": 3, "2": 21, "3": 4, "4": 14, "5": 32, "6": 2, "7": 12, "8": 13, "9": 6,
          "10": 5, "11": 3, "12": 4, "13": 9, "14": 4, "15": 6, "16": 8, "17": 7,
          "18": 3, "19": 2, "A": 2}  # fmt: skip
"""How many topics each chapter of the lectures has."""
FENCE = re.compile(r"^(`{3,}).*?^\1", re.M | re.S)


def named(rows):
    return [pytest.param(row, id=row["row"]) for row in rows]


@cache
def text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


@cache
def anchors(page: str) -> set[str]:
    """What Sphinx makes of the headings of a page."""
    headings = re.findall(r"^#{1,3} (.+)$", FENCE.sub("", text(page)), re.M)
    return {make_id(re.sub(r"[*`$]", "", heading)) for heading in headings}


@cache
def captions() -> dict[str, str]:
    """The part of each page: what its caption says before the dot."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    found = {}
    for part in toc["parts"]:
        entries = list(part["chapters"])
        while entries:
            entry = entries.pop()
            found[entry["file"]] = part["caption"].partition(" · ")[0]
            entries += entry.get("sections", [])
    return found


def test_no_topic_was_lost():
    wanted = [f"{c}.{k + 1}" for c, n in TOPICS.items() for k in range(n)]
    assert [row["row"] for row in ROWS] == wanted
    assert len(wanted) == 160
    assert all(None not in row and row["topic"] and row["lectures"] for row in ROWS)


@pytest.mark.parametrize("row", named(ROWS))
def test_a_topic_is_explained_where_its_line_says(row):
    assert row["anchor"] in anchors(row["page"])
    # that every page is listed is for test_pages.py to say
    assert captions().get(row["page"], row["part"]) == row["part"]


@pytest.mark.parametrize("row", named(r for r in ROWS if r["cvlib"]))
def test_what_cvlib_does_for_a_topic_is_there_and_tested(row):
    tests = [ROOT / name for name in row["tests"].split()]
    held = "".join(path.read_text(encoding="utf-8") for path in tests)
    for name in row["cvlib"].split():
        module, _, last = name.rpartition(".")
        assert hasattr(importlib.import_module(module), last), name
        assert re.search(rf"\b{last}\b", held), f"{name} is in none of its tests"


@pytest.mark.parametrize("row", named(r for r in ROWS if r["tests"]))
def test_the_tests_of_a_topic_exist(row):
    for name in row["tests"].split():
        assert Path(name).name.startswith("test_")
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("row", named(ROWS))
def test_a_topic_can_be_practised(row):
    practice = row["practice"].split()
    assert practice
    for name in practice:
        if name == "questions":
            assert re.search(r"^Question\.\w+\(", text(row["page"]), re.M)
        else:
            assert grade.get(name)


def test_the_page_shows_every_part():
    page = text("book/appendix/coverage")
    shown = re.findall(r"^```\{coverage\} (.+)$", page, re.M)
    assert len(shown) == len(set(shown))
    assert set(shown) == {row["part"] for row in ROWS}
