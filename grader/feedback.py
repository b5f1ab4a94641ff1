"""Feedback that says what is wrong and does not show the hidden tests.

nbgrader clears the source of hidden tests on request, but a traceback quotes the lines
it passed through, and so can anything a learner's function prints about its caller.
"""

import html
import re
import textwrap

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

HIDDEN = "(hidden test)"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
STYLE = """
#toc a[href$="-test"]::after { content: " " attr(href); }
summary { display: list-item; cursor: pointer; }
.rendered_html table th, .rendered_html table td { padding: .15em .8em .15em 0; }
.rendered_html [role=group] td { padding: .12em .45em; }
"""
UNDEFINED = re.compile(r"name '(\w+)' is not defined")


class HideTests(NbGraderPreprocessor):
    """Reduce errors of test cells to a sentence; drop every line of a hidden test."""

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point."""
        secrets = hidden_lines(nb, resources)
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            if utils.is_locked(cell):
                cell.outputs = tell_once(cell.outputs)
            for output in cell.outputs:
                hide(output, secrets)
        return nb, resources


class AddStyle(NbGraderPreprocessor):
    """Say which test has which score; give tables room and hints their triangle."""

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point, after its own styles."""
        resources.setdefault("inlining", {}).setdefault("css", []).append(STYLE)
        return nb, resources


def tell_once(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a check with each error reduced to its sentence.

    A WrongAnswer says what the card above it says already, so it goes if there is one.
    """
    card = any(output.output_type == "display_data" for output in outputs)
    kept = []
    for output in outputs:
        if output.output_type == "error":
            if card and output.ename == "WrongAnswer":
                continue
            output.traceback = [textwrap.fill(sentence(output), 80)]
        kept.append(output)
    return kept


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


def hidden_lines(nb: NotebookNode, resources: dict) -> set[str]:
    """Clear the hidden tests of `nb` in place; the lines that went."""
    gone: set[str] = set()
    for index, cell in enumerate(nb.cells):
        if utils.is_grade(cell):  # a learner's own cells may hold a lone delimiter
            before = set(cell.source.splitlines())
            ClearHiddenTests().preprocess_cell(cell, resources, index)
            gone |= before - set(cell.source.splitlines())
    # a closing bracket alone on its line is no secret
    return {line.strip() for line in gone if len(line.strip()) > 8}


def hide(output: NotebookNode, secrets: set[str]) -> None:
    """Replace every line of an output that quotes one of `secrets`, in place."""
    if "text" in output:
        output.text = _without(output.text, secrets)
    if "traceback" in output:
        output.traceback = [_without(part, secrets) for part in output.traceback]
        output.evalue = _without(output.evalue, secrets)
    for kind, content in output.get("data", {}).items():
        if isinstance(content, str) and kind.startswith("text/"):
            output.data[kind] = _without(content, secrets)


def _without(text: str, secrets: set[str]) -> str:
    def leaks(line: str) -> bool:
        plain = html.unescape(ANSI.sub("", line))
        return any(secret in plain for secret in secrets)

    return "\n".join(HIDDEN if leaks(line) else line for line in text.split("\n"))
