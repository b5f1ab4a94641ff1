"""The list of papers: what references.bib says, and pages that build on each."""

import re
from pathlib import Path

import papers
import pytest

ROOT = Path(__file__).parents[2]

PAGE = (ROOT / "book" / "appendix" / "papers.md").read_text(encoding="utf-8")
SUMMARY = dict(re.findall(r"^```\{paper\} (\S+)\n(.*?)\n```$", PAGE, re.M | re.S))
TEXT = papers.BIBLIOGRAPHY.read_text(encoding="utf-8")
ENTRIES = papers.bibliography(TEXT).entries
FURTHER_READING = {
    "schroff2015facenet", "girshick2014rich", "girshick2015fast", "ren2015faster",
    "long2015fully", "pinheiro2015learning", "pinheiro2016learning", "gatys2016image",
    "johnson2016perceptual", "santurkar2018how", "dumoulin2016guide",
}  # fmt: skip
"""The list at the end of lecture 003, and the two papers to present."""
NAMED = {"li2015cascade", "taigman2014deepface"}
"""Papers that a lecture names without listing them."""


def test_what_the_lecture_gives_to_read_is_there():
    assert set(SUMMARY) >= FURTHER_READING


@pytest.mark.parametrize("key", SUMMARY)
def test_a_paper_is_known_and_told_in_a_paragraph(key):
    entry = ENTRIES[key]
    assert papers.authors(entry)
    assert papers.venue(entry)
    assert "\n" not in SUMMARY[key]
    assert 30 <= len(SUMMARY[key].split()) <= 90


@pytest.mark.parametrize("key", SUMMARY)
def test_a_paper_is_cited_by_a_page_or_named_by_a_lecture(key):
    assert papers.citing(key) or key in FURTHER_READING | NAMED


def test_the_bibtex_of_a_paper_is_the_entry_of_the_file():
    found = papers.source(TEXT, "girshick2015fast")
    assert found.startswith("@inproceedings{girshick2015fast,")
    assert found.endswith("}")
    assert found.count("@") == 1


def test_names_and_titles_are_readable():
    assert papers.authors(ENTRIES["ren2015faster"]) == "Ren, He, Girshick and Sun"
    assert papers.authors(ENTRIES["szegedy2015going"]) == "Szegedy and others"
    assert papers.plain(r"Doll{\'a}r") == "Dollár"
    assert papers.plain(r"{SegNet}: A deep") == "SegNet: A deep"
    assert papers.stop("How does it help?") == ""
    assert papers.stop("SegNet") == "."
    assert "{" not in "".join(papers.venue(e) for e in ENTRIES.values())


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_every_entry_of_the_file_can_be_shown(key):
    assert papers.source(TEXT, key).startswith("@")
    assert papers.authors(ENTRIES[key]) if "author" in ENTRIES[key].persons else True


def test_the_talk_takes_five_minutes():
    table = PAGE.partition("| slide |")[2].partition("\n\n")[0]
    minutes = re.findall(r"\| (\d):(\d\d) \|", table)
    assert len(minutes) == 5
    assert sum(60 * int(m) + int(s) for m, s in minutes) == 300
    marks = PAGE.partition("in ten points:")[2].partition(".\n")[0]
    assert sum(map(int, re.findall(r"\((\d)\)", marks))) == 10
