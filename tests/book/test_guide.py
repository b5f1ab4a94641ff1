"""The instructor's guide says what the commands do: names, options, settings."""

import re
import shlex
from pathlib import Path

import pytest

from grader import booklinks, cli, execute
from grader.batch import UNCHANGED, WAITING
from grader.collect.names import label
from grader.work import FAILED, GRADED, QUARANTINED

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "book" / "teach").glob("*.md"))
SETTINGS = {"JudgedExecute": execute.JudgedExecute, "BookLinks": booklinks.BookLinks}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands(page: Path) -> list[list[str]]:
    """Every `python -m grader …` of a page, as words."""
    joined = re.sub(r"\\\n\s*", " ", text(page))
    found = re.findall(r"python -m grader ([a-z][^`#|\n]*)", joined)
    return [shlex.split(line.partition(" > ")[0]) for line in found]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda p: p.stem)
def test_every_command_and_option_of_the_guide_exists(page):
    for name, *words in commands(page):
        known = {o for p in cli.main.commands[name].params for o in p.opts}
        options = {word for word in words if word.startswith("-")}
        assert options <= known | {"--help"}, f"{name} {words}"


def test_the_guide_shows_every_command():
    shown = {command[0] for page in PAGES for command in commands(page)}
    assert shown == set(cli.main.commands)


def test_every_setting_of_the_guide_exists():
    found = [
        m for page in PAGES for m in re.findall(r"^c\.(\w+)\.(\w+) =", text(page), re.M)
    ]
    ours = [(owner, name) for owner, name in found if owner in SETTINGS]
    assert len(ours) >= 4
    for owner, name in ours:
        assert SETTINGS[owner].class_traits(config=True).get(name), f"{owner}.{name}"


def test_every_status_is_explained():
    page = text(ROOT / "book" / "teach" / "collect-and-grade.md")
    table = re.search(r"^\| status .*\n((?:\|.*\n)+)", page, re.M)
    explained = set(re.findall(r"^\| `(\w+)`", table[1], re.M))
    assert explained == {GRADED, UNCHANGED, QUARANTINED, FAILED, WAITING}


def test_every_name_of_a_file_in_the_guide_is_read():
    page = text(ROOT / "book" / "teach" / "collect-and-grade.md")
    table = re.search(r"^\| platform .*\n((?:\|.*\n)+)", page, re.M)
    paths = re.findall(r"`([^`]+\.ipynb)`", table[1])
    assert len(paths) >= 8
    for path in paths:
        found = label(path, "convolution")
        assert found is not None, path
        assert re.search(r"ada|submission_4001", found.name, re.I), path
        assert found.number in ("", "4001", "12345"), path
