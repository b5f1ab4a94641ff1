"""The `paper` directive: data and BibTeX from references.bib, our words below them.

```{paper} girshick2015fast
Pass the picture through the network once …
```
"""

import html
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from pybtex.database import BibliographyData, Entry, parse_string
from pybtex.richtext import Text
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
VENUES = ("booktitle", "journal", "howpublished", "school", "institution", "publisher")


@cache
def bibliography(text: str) -> BibliographyData:
    """The parsed file; its text is the key, so a change is seen."""
    return parse_string(text, "bibtex")


def plain(latex: str) -> str:
    """Words without braces and with their accents."""
    return str(Text.from_latex(latex)).replace("--", "–")


def authors(entry: Entry) -> str:
    """`Ren, He, Girshick and Sun`; after six names, the first and others."""
    names = [plain(" ".join([*p.prelast_names, *p.last_names]))
             for p in entry.persons["author"]]  # fmt: skip
    if len(names) > 6 or names[-1] == "others":
        return f"{names[0]} and others"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def venue(entry: Entry) -> str:
    """Where it was published, and when."""
    place = next((plain(entry.fields[v]) for v in VENUES if v in entry.fields), "")
    return ", ".join(filter(None, [place, entry.fields.get("year", "")]))


def source(text: str, key: str) -> str:
    """The entry as it stands in the file."""
    return re.search(rf"^@\w+\{{{re.escape(key)},.*?^\}}", text, re.M | re.S)[0]


def citing(key: str) -> list[str]:
    """The pages that cite a paper, as paths without ending."""
    role = re.compile(rf"\{{(?:foot)?cite:\w+\}}`[^`]*\b{re.escape(key)}\b")
    return [
        str(path.relative_to(ROOT).with_suffix(""))
        for path in sorted((ROOT / "book").glob("*/*.md"))
        if role.search(path.read_text(encoding="utf-8"))
    ]


def stop(title: str) -> str:
    """What ends a title: a full stop, unless it asks a question."""
    return "" if title.endswith("?") else "."


class Paper(SphinxDirective):
    """Authors, title and venue; what we say of it; the pages that cite it; BibTeX."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Build the entry; a key nobody knows is a warning, so a failed build."""
        self.env.note_dependency(str(BIBLIOGRAPHY))
        key, text = self.arguments[0], BIBLIOGRAPHY.read_text(encoding="utf-8")
        entries = bibliography(text).entries
        if key not in entries:
            sentence = f"references.bib has no {key!r}"
            return [self.state.document.reporter.warning(sentence, line=self.lineno)]
        entry = entries[key]
        title = plain(entry.fields["title"])
        place = nodes.Text(f"{stop(title)} {venue(entry)}.")
        head = nodes.paragraph(
            "", f"{authors(entry)}, ", nodes.strong("", title), place
        )
        words = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, words)
        whole = [head, *words.children, *self.cited(key), *bibtex(source(text, key))]
        found = nodes.container(
            "", *whole, classes=["cv-entry"], names=[f"paper-{key}"]
        )
        self.state.document.note_explicit_target(found)  # {ref}`words <paper-KEY>`
        return [found]

    def cited(self, key: str) -> list[nodes.Node]:
        """Links to the pages that build on the paper, by their titles."""
        pages = [p for p in citing(key) if p in self.env.found_docs]
        if not pages:
            return []
        for page in pages:
            self.env.note_dependency(str(ROOT / f"{page}.md"))
        links: list[nodes.Node] = [nodes.Text("On the pages ")]
        for k, page in enumerate(pages):
            before = "" if k == 0 else (" and " if k == len(pages) - 1 else ", ")
            links += [nodes.Text(before), pending_xref(
                "", nodes.inline("", page), refdomain="std", reftype="doc",
                reftarget=f"/{page}", refexplicit=False, refdoc=self.env.docname,
                refwarn=True,
            )]  # fmt: skip
        return [nodes.paragraph("", "", *links, classes=["cv-meta"])]


def bibtex(text: str) -> list[nodes.Node]:
    """The entry to copy, folded up."""
    block = f'<pre tabindex="0">{html.escape(text)}</pre>'
    fold = f'<details class="cv-bibtex"><summary>BibTeX</summary>{block}</details>'
    return [nodes.raw("", fold, format="html")]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("paper", Paper)
    return {"version": "1", "parallel_read_safe": True}
