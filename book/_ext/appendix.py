"""What the appendix writes from data: the index of exercises, the lists of topics.

    ```{exercise-index}
    ```

lists every exercise under the title of its page, from the specs. And

    ```{coverage} Part I
    ```

lists the topics of a part of the lectures, from `book/data/coverage.csv`: where each is
explained, what of cvlib does it, which tests hold it and where it is practised.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import yaml
from docutils import nodes
from exercise import assignment_of
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cvlib import grade

ROOT = Path(__file__).parents[2]
COVERAGE = ROOT / "book" / "data" / "coverage.csv"
SPECS = ROOT / "cvlib" / "grade" / "exercises"
LEVELS = ("easy", "medium", "hard")


def listed() -> list[str]:
    """The pages in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def walk(entries: list[dict]) -> Iterator[str]:
        for entry in entries:
            yield entry["file"]
            yield from walk(entry.get("sections", []))

    return [page for part in toc["parts"] for page in walk(part["chapters"])]


def to_page(page: str, words: str = "", doc: str = "") -> pending_xref:
    """A link to a page; without words of ours it bears the page's title."""
    inner = nodes.inline("", words or page)
    return pending_xref(
        "", inner, refdomain="std", reftype="doc", reftarget=f"/{page}",
        refexplicit=bool(words), refdoc=doc, refwarn=True,
    )  # fmt: skip


def line(*parts: nodes.Node | str, muted: bool = False) -> nodes.paragraph:
    """A paragraph of words and links."""
    pieces = [nodes.Text(p) if isinstance(p, str) else p for p in parts]
    return nodes.paragraph("", "", *pieces, classes=["cv-meta"] if muted else [])


def entry(*lines: nodes.paragraph) -> nodes.container:
    """Lines that belong together."""
    return nodes.container("", *lines, classes=["cv-entry"])


class ExerciseIndex(SphinxDirective):
    """Every exercise: title, difficulty, minutes, name and assignment, page by page."""

    def run(self) -> list[nodes.Node]:
        """List the pages in reading order."""
        for path in [*SPECS.glob("*.py"), *(ROOT / "solutions").glob("*.md")]:
            self.env.note_dependency(str(path))
        found: dict[str, list[grade.Exercise]] = {}
        for exercise in grade.all_exercises():
            found.setdefault(exercise.page, []).append(exercise)
        order = {page: k for k, page in enumerate(listed())}
        pages = sorted((p for p in found if p in order), key=order.__getitem__)
        return [node for page in pages for node in self.page(page, found[page])]

    def page(self, page: str, exercises: list[grade.Exercise]) -> list[nodes.Node]:
        """A page's title, and its exercises below."""
        title = nodes.strong("", "", to_page(page, doc=self.env.docname))
        return [line(title), *(entry(*self.lines(e)) for e in exercises)]

    def lines(self, exercise: grade.Exercise) -> list[nodes.paragraph]:
        """What a learner and a teacher want to know before they begin."""
        stars = "★" * exercise.difficulty + "☆" * (3 - exercise.difficulty)
        points = f"{exercise.points} point" + "s" * (exercise.points > 1)
        facts = (
            f"{stars} {LEVELS[exercise.difficulty - 1]} · "
            f"{exercise.minutes} minutes · {points} · "
        )
        name = nodes.literal("", exercise.name)
        return [
            line(exercise.title),
            line(facts, name, f" in {assignment_of(exercise.name)}", muted=True),
        ]


def heard(lectures: str) -> str:
    """Where a topic was heard: in one lecture, in several, in all, or in none."""
    if not lectures[0].isdigit():
        return {"all": "all lectures", "added": "added"}[lectures]
    numbers = lectures.split()
    return "lecture" + "s" * (len(numbers) > 1) + " " + ", ".join(numbers)


class Coverage(SphinxDirective):
    """The topics of one part: where each is explained, computed, tested, practised."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """List the rows of the part, or warn that there are none."""
        self.env.note_dependency(str(COVERAGE))
        with COVERAGE.open(encoding="utf-8", newline="") as file:
            rows = [r for r in csv.DictReader(file) if r["part"] == self.arguments[0]]
        if not rows:
            sentence = f"no topic belongs to {self.arguments[0]!r}"
            return [self.state.document.reporter.warning(sentence, line=self.lineno)]
        return [entry(*self.lines(row)) for row in rows]

    def lines(self, row: dict[str, str]) -> list[nodes.paragraph]:
        """The topic, linked to its section, and what belongs to it."""
        facts: list[nodes.Node | str] = [heard(row["lectures"])]
        for name in row["cvlib"].split():
            facts += [" · ", self.code(name)]
        for test in row["tests"].split():
            facts += [" · ", test.rpartition("/")[2]]
        practice = row["practice"].split()
        for name in practice:
            facts += [" · ", name if name == "questions" else self.exercise(name)]
        return [line(f"{row['row']}  ", self.section(row)), line(*facts, muted=True)]

    def section(self, row: dict[str, str]) -> nodes.Node:
        """A link to the section; a page that is not there is a warning of Sphinx."""
        page, doc = row["page"], self.env.docname
        if page not in self.env.found_docs:
            return to_page(page, row["topic"], doc)
        uri = self.env.app.builder.get_relative_uri(doc, page)
        return nodes.reference(
            "", row["topic"], refuri=f"{uri}#{row['anchor']}", internal=True
        )

    def code(self, name: str) -> nodes.Node:
        """A name of cvlib, linked to the reference where that has it."""
        inner = nodes.literal("", name.rpartition(".")[2])
        if inner.astext().isupper():  # a constant has no entry of its own
            return inner
        return pending_xref(
            "", inner, refdomain="py", reftype="obj", reftarget=name,
            refexplicit=True, refdoc=self.env.docname,
        )  # fmt: skip

    def exercise(self, name: str) -> nodes.Node:
        """An exercise, linked to the page that sets it."""
        return to_page(grade.get(name).page, name, self.env.docname)


def dress(app: Sphinx, pagename: str, *_: object) -> None:
    """The appendix has a style sheet of its own; no other page loads it."""
    if pagename.startswith("book/appendix/"):
        app.add_css_file("appendix.css")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives, and those of the list of papers and of the API."""
    app.setup_extension("api_reference")
    app.setup_extension("papers")
    app.add_directive("exercise-index", ExerciseIndex)
    app.add_directive("coverage", Coverage)
    app.connect("html-page-context", dress)
    return {"version": "1", "parallel_read_safe": True}
