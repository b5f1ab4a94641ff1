"""Feedback that says what is wrong and does not show the hidden tests.

nbgrader clears the source of hidden tests on request, but a traceback quotes the lines
it passed through, and so can anything a learner's function prints about its caller.
"""

import html
import textwrap
from dataclasses import replace

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

from grader.reasons import ANSI, reasons, sentence

HIDDEN = "(hidden test)"


class HideTests(NbGraderPreprocessor):
    """Reduce errors of test cells to a sentence; drop every line of a hidden test.

    `resources["reasons"]` then has what is said in place of each test, by its grade_id.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point."""
        told = reasons(nb)
        secrets = hidden_lines(nb, resources)
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            if utils.is_locked(cell):
                cell.outputs = tell_once(cell.outputs)
            for output in cell.outputs:
                hide(output, secrets)
        resources["reasons"] = {
            name: replace(
                reason,
                sentence=_without(reason.sentence, secrets),
                case=_without(reason.case, secrets),
            )
            for name, reason in told.items()
        }
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
