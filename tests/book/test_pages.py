"""The sources of the pages: complete, well proportioned, and nothing left behind."""

import ast
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from cvlib import grade, widgets

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
TIMES = ROOT / "_build" / "pages.json"  # written by tools/build_book.py
SECONDS_AT_MOST = 60
WORDS = range(700, 2301)
CELL_LINES = 30
FIXED = {
    "book/intro",
    "book/references",
    "book/start/how-to-use",
    "book/start/exercises",
}
"""Pages that lead to others and need no rhythm of their own; `index` pages too."""
LOOKED_UP = {
    "book/conventions",
    "book/teach/collect-and-grade",
    "book/teach/security",
    "book/teach/scale",
}
"""Looked up rather than read: nothing to exercise, nobody to cite."""
IN_ARRAYS = {"book/vision/five-tasks"}
"""Its idea is the shape of an answer, which an array shows better than a formula."""
FENCE = re.compile(r"^(`{3,}|:{3,})\{([\w-]+)\}[^\n]*\n(.*?)^\1 *$", re.M | re.S)
LEFT_BEHIND = re.compile(
    r"\bTODO\b|\bFIXME\b|\bXXX\b|lorem ipsum|/(?:home|root|tmp|work|Users)/", re.I
)
INTERACTIVES = set(widgets.__all__) - {"Interactive", "Question"}
CHECKS = ("torch", "allclose", "array_equal", "assert", "abs(")


def listed() -> list[str]:
    """The pages of the table of contents, as paths without ending."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    entries, found = [{"chapters": toc["parts"]}], [toc["root"]]
    while entries:
        entry = entries.pop()
        found += [entry["file"]] if "file" in entry else []
        entries += entry.get("chapters", []) + entry.get("sections", [])
    return found


PAGES = sorted(p for p in listed() if (ROOT / f"{p}.md").exists())
SECTIONS = [
    p
    for p in PAGES
    if p not in FIXED and not p.endswith("/index") and "/appendix/" not in p
]
TAUGHT = [p for p in SECTIONS if p not in LOOKED_UP]


class Cell:
    """A code cell: its options, its code and the line it stands on."""

    def __init__(self, body: str, line: int) -> None:
        yaml_block = re.match(r"---\n(.*?)^---\n", body, re.S | re.M)
        colons = re.match(r"(?::[\w-]+:[^\n]*\n)*", body)[0]
        head = yaml_block[0] if yaml_block else colons
        self.code = body[len(head) :]
        self.line = line
        if yaml_block:
            self.options = yaml.safe_load(yaml_block[1])
        else:
            self.options = yaml.safe_load(colons.replace("\n:", "\n")[1:]) or {}
        self.tags = self.options.get("tags", [])
        self.tree = ast.parse(re.sub(r"^[%!].*", "", self.code, flags=re.M))

    @property
    def result(self) -> str:
        """The source of the expression the cell ends with."""
        last = self.tree.body[-1] if self.tree.body else None
        return ast.unparse(last) if isinstance(last, ast.Expr) else ""


class Page:
    """The parts of a page's source."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
        self.body = re.sub(r"\A---\n.*?\n---\n", "", self.text, flags=re.S)
        self.fences = [(m[2], m[3], m) for m in FENCE.finditer(self.body)]
        self.cells = [
            Cell(body, self.body[: m.start()].count("\n"))
            for kind, body, m in self.fences
            if kind == "code-cell"
        ]
        self.headings = re.findall(r"^## (.+)$", self.body, re.M)

    def part(self, heading: str) -> str:
        """What stands under a heading."""
        _, _, rest = self.body.partition(f"\n## {heading}\n")
        return rest.partition("\n## ")[0]

    def directives(self, kind: str) -> list[str]:
        """The argument of each directive of a kind."""
        return re.findall(rf"^[`:]{{3,}}\{{{kind}\}} *(.*)$", self.body, re.M)

    @property
    def prose(self) -> str:
        """What is read as sentences: no code, no formulas, no directives."""
        text = re.sub(r"^```.*?^```", "", self.body, flags=re.M | re.S)
        text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.S)
        text = re.sub(r"^:::.*$|^\|.*$|\{[\w:]+\}`[^`]*`", "", text, flags=re.M)
        return text


page = cache(Page)


def test_every_page_is_listed_and_every_listed_page_exists():
    found = [p.relative_to(ROOT).with_suffix("") for p in BOOK.rglob("*.md")]
    # JupyterLab keeps its checkpoints in hidden folders beside the pages
    files = {str(p) for p in found if not any(part[0] == "." for part in p.parts)}
    assert Counter(listed()) == Counter(files)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_nothing_left_behind(name):
    body = re.sub(r"^(```|:::).*?^\1", "", page(name).body, flags=re.M | re.S)
    assert len(re.findall(r"^# ", body, re.M)) == 1
    assert LEFT_BEHIND.findall(page(name).text) == []


ITEM = re.compile(r"\s*(?:[+*-]|\d+[.)])\s")


@pytest.mark.parametrize("name", PAGES)
def test_no_line_becomes_a_list_by_accident(name):
    # "it collects\n3. Change" and "$3\n+ 4 + 6$" are lists to Markdown
    fences = re.compile(r"^ *(`{3,}|\$\$).*?^ *\1", re.M | re.S)
    body = fences.sub("\n", page(name).body)
    for paragraph in re.split(r"\n\s*\n", body):
        first, *others = paragraph.strip("\n").split("\n")
        if not ITEM.match(first) and not first.startswith((" ", ":::", "---")):
            assert [line for line in others if ITEM.match(line)] == []


@pytest.mark.parametrize("name", SECTIONS)
def test_a_page_opens_with_a_question(name):
    lead = re.search(
        r"^# .+\n+:::\{div\} lead\n(.*?)^:::", page(name).body, re.M | re.S
    )
    assert lead, "a lead comes right after the title"
    assert "?" in lead[1]


@pytest.mark.parametrize("name", TAUGHT)
def test_a_page_is_neither_a_note_nor_a_treatise(name):
    words = len(re.findall(r"[^\W\d_]{2,}[\w’'-]*|\b[aIA]\b", page(name).prose))
    assert words in WORDS


@pytest.mark.parametrize("name", TAUGHT)
def test_a_page_shows_calculates_and_checks(name):
    here = page(name)
    code = "\n".join(cell.code for cell in here.cells)
    shown = [c for c in here.cells if "figure" in c.options.get("mystnb", {})]
    moved = re.findall(rf"^({'|'.join(INTERACTIVES)})\(", code, re.M)
    assert shown or moved, "no figure and nothing to move"
    formula = "$$" in here.body or "{math}" in here.body
    if name not in IN_ARRAYS:
        assert formula or here.directives("literalinclude"), "no formula and no code"
    assert re.search(r"^(from|import) cvlib\b", code, re.M), "nothing of cvlib is used"
    assert any(word in code for word in CHECKS), "nothing is checked"


@pytest.mark.parametrize("name", SECTIONS)
def test_a_page_ends_with_questions_and_what_to_remember(name):
    here = page(name)
    questions = re.findall(r"^Question\.(\w+)\($", here.part("Check yourself"), re.M)
    assert 2 <= len(questions) <= 4
    points = re.findall(r"^- ", here.part("What to remember"), re.M)
    assert 3 <= len(points) <= 5
    closing = ["Check yourself", "Exercises", "What to remember"]
    closing = [h for h in here.headings if h in closing or h.startswith("Sources")]
    assert here.headings[-len(closing) :] == closing


@pytest.mark.parametrize("name", PAGES)
def test_a_page_links_its_own_exercises(name):
    own = {e.name for e in grade.all_exercises() if e.page == name}
    assert set(page(name).directives("exercise")) == own
    assert ("Exercises" in page(name).headings) == bool(own)


def test_every_exercise_has_a_page():
    pages = {e.name: e.page for e in grade.all_exercises()}
    assert {n: p for n, p in pages.items() if p not in PAGES} == {}


def test_every_page_of_a_part_has_an_exercise():
    part = [p for p in TAUGHT if not p.startswith("book/vision/")]
    without = {p for p in part if not page(p).directives("exercise")}
    assert without == set()


@cache
def references() -> set[str]:
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,\s]+),", text, re.M)
    assert len(keys) == len(set(keys)), "a key stands twice in references.bib"
    return set(keys)


@pytest.mark.parametrize("name", TAUGHT)
def test_a_page_says_where_it_comes_from(name):
    here = page(name)
    sources = here.part("Sources and further reading")
    assert re.search(r"\{(?:foot)?cite:\w+\}`", sources), "nothing is cited"
    assert "```{footbibliography}" in sources


@pytest.mark.parametrize("name", PAGES)
def test_what_is_cited_is_in_the_references(name):
    roles = re.findall(r"\{(?:foot)?cite:\w+\}`([^`]+)`", page(name).body)
    keys = {key.strip() for role in roles for key in role.split(",")}
    assert keys - references() == set()


@pytest.mark.parametrize("name", PAGES)
def test_what_is_included_exists(name):
    here = page(name)
    for kind, body, found in here.fences:
        if kind != "literalinclude":
            continue
        target = found[0].split("}", 1)[1].split("\n")[0].strip()
        path = (ROOT / f"{name}.md").parent / target
        assert path.resolve().is_relative_to(ROOT / "cvlib"), target
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = re.search(r":pyobject: (\w+)", body)
        if named:
            assert named[1] in {getattr(node, "name", "") for node in tree.body}
        caption = re.search(r":caption: ([^\s,]+)", body)
        assert caption, f"{target} is shown without its name"
        assert path.resolve() == ROOT / caption[1]


@pytest.mark.parametrize("name", PAGES)
def test_cells_are_short_and_stay_offline(name):
    for cell in page(name).cells:
        lines = [line for line in cell.code.splitlines() if line.strip()]
        assert len(lines) <= CELL_LINES or "remove-input" in cell.tags, cell.line
        assert not re.search(r"https?://|urlopen|requests\.", cell.code), cell.line


@pytest.mark.parametrize("name", PAGES)
def test_a_figure_has_a_caption(name):
    for cell in page(name).cells:
        # a grid of numbers is a result like another, and titles say what it holds
        picture = re.match(r"show\.(?!table\b|numbers\b)\w+\(", cell.result)
        figure = cell.options.get("mystnb", {}).get("figure", {})
        if picture or figure:
            said = figure.get("caption", "")
            assert len(said.split()) >= 4, f"cell at line {cell.line}: {said!r}"


def test_no_two_figures_share_a_name():
    names = [
        cell.options["mystnb"]["figure"]["name"]
        for name in PAGES
        for cell in page(name).cells
        if "name" in cell.options.get("mystnb", {}).get("figure", {})
    ]
    assert [n for n, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_code_of_a_question_or_an_interactive_is_not_shown(name):
    makers = "|".join(sorted(INTERACTIVES | {"Question"}))
    for cell in page(name).cells:
        if re.match(rf"({makers})\b", cell.result):
            assert cell.tags == ["remove-input"], cell.line  # it holds the answer


def test_every_interactive_has_a_page():
    code = "\n".join(cell.code for name in PAGES for cell in page(name).cells)
    used = {name for name in widgets.__all__ if re.search(rf"^{name}\b", code, re.M)}
    assert used == set(widgets.__all__) - {"Interactive"}


@pytest.mark.parametrize("name", [name for name in PAGES if page(name).cells])
def test_a_page_runs_within_the_hard_limit(name, need):
    """The build warns from 20 s on; a busy machine may double what a page takes."""
    times = json.loads(TIMES.read_text("utf-8")) if TIMES.exists() else {}
    need(name in times, "page times: run `make book` first")
    assert times[name]["seconds"] <= SECONDS_AT_MOST
