"""Links of a notebook to pages of the book, where the notebook is no longer beside it.

In a course `../../book/sizes/padding.md` is a file. On a feedback page it is a link to
the published book, if nbgrader_config.py says where that is, or else words.
"""

import re

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

LINK = re.compile(r"\[([^][]*)\]\((?:\.\./)+(book/[\w/-]+)\.md(#[\w-]*)?\)")


class BookLinks(NbGraderPreprocessor):
    """Lead the links of text cells to the published book, or make words of them."""

    url = Unicode(
        "",
        help="What stands before book/intro.html where it is published, or nothing.",
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict
    ) -> tuple[NotebookNode, dict]:
        """nbconvert's entry point; `resources["book"]` has the address."""
        resources["book"] = f"{self.url.rstrip('/')}/" if self.url else ""
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = relinked(cell.source, resources["book"])
        return nb, resources


def relinked(text: str, book: str) -> str:
    """Markdown whose links to the book arrive.

    Example:
        >>> relinked("[Edges](../../book/convolution/edges.md)", "https://a.example/")
        '[Edges](https://a.example/book/convolution/edges.html)'
        >>> relinked("[Edges](../../book/convolution/edges.md)", "")
        'Edges'
    """
    return LINK.sub(
        lambda m: f"[{m[1]}]({book}{m[2]}.html{m[3] or ''})" if book else m[1], text
    )
