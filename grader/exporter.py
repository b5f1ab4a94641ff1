"""The feedback page: a graded notebook as one file that asks no other for anything.

`nbgrader generate_feedback`, the formgrader's button and `python -m grader feedback`
all make it by this class, which nbgrader_config.py names. Its looks are in templates/.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from grader.formulas import mathml
from grader.reasons import in_short, is_test

TEMPLATES = Path(__file__).with_name("templates")
SCROLLS = re.compile(r'<pre(?=[ >])|<div class="harmless"|<span class="formula"')


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML with our template, MathML for formulas, and nothing to load."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # after the configuration, which names nbgrader's for all exporters
        self.extra_template_basedirs = [str(TEMPLATES)]
        self.template_name = "told"
        self.template_paths = self._template_paths()

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Those of the template, besides nbconvert's."""
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html
        yield "in_short", in_short
        yield "with_code", with_code
        yield "is_test", is_test
        yield "points", points

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown with formulas as MathML."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = Renderer(
            escape=False, attachments=attachments, exclude_anchor_links=True
        )
        return MarkdownWithMath(renderer=renderer).render(source)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **kw: Any
    ) -> tuple[str, dict]:
        """nbconvert's entry point."""
        resources = {} if resources is None else resources
        resources["code_style"] = code_style()
        page, resources = super().from_notebook_node(nb, resources, **kw)
        # whatever may be wider than a phone can be scrolled by keyboard
        return SCROLLS.sub(lambda tag: f'{tag[0]} tabindex="0"', page), resources


class Renderer(IPythonRenderer):
    """Markdown as notebooks have it, its formulas made when the page is."""

    def inline_math(self, body: str) -> str:
        """Between single dollars."""
        return mathml(body, block=False)

    def block_math(self, body: str) -> str:
        """Between double dollars."""
        return mathml(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        """A bare begin … end."""
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", block=True)


def with_code(text: str) -> str:
    """Text as HTML, what stands between backticks as code.

    Example:
        >>> with_code("a `b` <c>")
        'a <code>b</code> &lt;c&gt;'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def points(value: float | None) -> str:
    """Points as a person writes them.

    Example:
        >>> points(2.0), points(30.6), points(None)
        ('2', '30.6', '0')
    """
    return f"{round(float(value or 0), 2):g}"


@cache
def code_style() -> str:
    """Colours of code, by day and by night."""
    day, night = (
        HtmlFormatter(style=f"a11y-high-contrast-{name}").get_style_defs(".highlight")
        for name in ("light", "dark")
    )
    return f"{day}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}"


@cache
def looks() -> str:
    """A digest of the templates: pages are made anew when they change."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.rglob("*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
